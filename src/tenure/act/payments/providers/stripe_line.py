"""The one place that touches Stripe's client library: never its global state (§3.6)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import stripe

from tenure.act.payments.configuration import StripeAccount
from tenure.act.payments.provider import ProviderDown, ProviderRefused
from tenure.kernel.money import Money

NAME: Final = "stripe"
_TIMEOUTS_S: Final = (5, 20)
_RETRIES: Final = 2
_MISSING: Final = "resource_missing"
#: A payment is looked for among the sessions of the days around the date in its number.
_AROUND: Final = timedelta(days=2)


class StripeLine:
    """The library for one account: calls that fail as the house wants them to."""

    def __init__(self, account: StripeAccount) -> None:
        client = stripe.StripeClient(
            account.secret_key,
            base_addresses={"api": account.gateway},
            max_network_retries=_RETRIES,
            http_client=stripe.RequestsClient(timeout=_TIMEOUTS_S),
        )
        self._sdk: Any = client.v1

    def ask(self, call: Callable[[Any], Any]) -> dict[str, Any]:
        """One call; the object as plain values.

        The library repeats it after a broken line or a 5xx, with the same key (R-Y-042).

        Raises:
            ProviderDown: no answer, a 5xx, or a 429.
            ProviderRefused: any other refusal, with Stripe's code.
            stripe.CardError: the card was declined; only a charge can be.
        """
        try:
            return plain(call(self._sdk))
        except stripe.CardError:
            raise
        except (stripe.APIConnectionError, stripe.RateLimitError) as error:
            raise ProviderDown(provider=NAME, why=type(error).__name__) from error
        except stripe.StripeError as error:
            if (error.http_status or 500) >= 500:
                raise ProviderDown(provider=NAME, why=str(error.http_status)) from error
            reason = error.code or type(error).__name__
            raise ProviderRefused(provider=NAME, reason=reason) from error

    def every(self, call: Callable[[Any], Any]) -> Iterator[dict[str, Any]]:
        """All rows of a list, page by page."""
        try:
            for one in call(self._sdk).auto_paging_iter():
                yield plain(one)
        except stripe.StripeError as error:
            raise ProviderDown(provider=NAME, why=type(error).__name__) from error

    def payment(self, number: str, *, provider_id: str = "") -> dict[str, Any] | None:
        """The session or the intent of a payment, by Stripe's id where it is known."""
        if provider_id:
            return self._named(provider_id)
        intent = self._intent_of(number)
        return intent or self.session_of(number)

    def session_of(self, number: str) -> dict[str, Any] | None:
        """The session that carries a number of ours."""
        wish: dict[str, Any] = {"limit": 100}
        day = _day_in(number)
        if day is not None:
            span = {"gte": day - _AROUND, "lt": day + 2 * _AROUND}
            wish["created"] = {name: int(at.timestamp()) for name, at in span.items()}
        found = self.every(lambda sdk: sdk.checkout.sessions.list(wish))
        return next((one for one in found if one.get("client_reference_id") == number), None)

    def _named(self, provider_id: str) -> dict[str, Any] | None:
        expand = {"expand": ["latest_charge"]}
        try:
            if provider_id.startswith("pi_"):
                return self.ask(lambda sdk: sdk.payment_intents.retrieve(provider_id, expand))
            session = self.ask(lambda sdk: sdk.checkout.sessions.retrieve(provider_id))
        except ProviderRefused as refusal:
            if refusal.reason == _MISSING:
                return None
            raise
        # Once somebody submitted the page, its intent knows more.
        intent = session.get("payment_intent")
        is_paid = session.get("payment_status") == "paid"
        return self._named(str(intent)) if intent and is_paid else session

    def _intent_of(self, number: str) -> dict[str, Any] | None:
        """By search, which may lag a minute behind: the sessions are looked through as well."""
        wish = {"query": f"metadata['number']:'{number}'", "expand": ["data.latest_charge"]}
        found = self.ask(lambda sdk: sdk.payment_intents.search(wish))["data"]
        return found[0] if found else None


def _day_in(number: str) -> datetime | None:
    """The day that a payment's number names; a mandate's names none."""
    try:
        return datetime.strptime(number[:9], "R%Y%m%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def plain(told: Any) -> dict[str, Any]:
    """A library's object as plain values, all the way down."""
    if isinstance(told, stripe.StripeObject):
        told = told.to_dict()
    return {name: _plain(value) for name, value in dict(told).items()}


def money(amount_minor: int, currency: str) -> Money:
    """An amount as Stripe writes it: minor units of a currency in small letters (R-Y-001)."""
    return Money(amount_minor, currency.upper())


def _plain(value: Any) -> Any:
    if isinstance(value, stripe.StripeObject | Mapping):
        return plain(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value
