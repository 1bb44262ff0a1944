"""What a browser needs to know before it subscribes, and whose subscriptions are taken."""

from typing import Final, cast

from tenure.act.channels import registry
from tenure.act.channels.push.web import WebPush, subscription_of

NAME: Final = "webpush"


def public_key() -> str:
    """The public half of our VAPID key; empty where no browser can be woken from here."""
    mouth = registry.mouths().get(NAME)
    return cast("WebPush", mouth.channel).public_key if mouth is not None else ""


def may_be_woken(subscription: str) -> bool:
    """Whether it is a subscription of a push service that we may ask."""
    mouth = registry.mouths().get(NAME)
    endpoint, _ = subscription_of(subscription)
    if mouth is None or not endpoint:
        return False
    return cast("WebPush", mouth.channel).may_ask(endpoint)
