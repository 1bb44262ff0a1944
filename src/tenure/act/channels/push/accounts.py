"""Who we are at the push services; no secret is ever shown."""

from dataclasses import dataclass, field

from tenure.act.channels.channel import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPushAccount:
    """A key pair of this installation; browsers give out addresses of their own services only."""

    #: A private key of P-256 in PEM.
    private_key: str = field(repr=False)
    #: Whom a push service may write to about us: mailto:… or https://…
    contact: str
    #: Hosts that may be asked, beside those below; a subscription of any other is refused.
    services: str = ""
    per_second: int = 100
    hours_to_live: int = 24

    @property
    def limits(self) -> Limits:
        """How fast this installation may push."""
        return Limits(self.per_second, self.per_second, self.per_second)

    @property
    def gateway(self) -> str:
        """Each browser names its own; all of them speak https."""
        return "https://"


@dataclass(frozen=True, slots=True, kw_only=True)
class FcmAccount:
    """A service account of a Firebase project."""

    gateway: str = "https://fcm.googleapis.com"
    token_uri: str = "https://oauth2.googleapis.com/token"  # nosec B105
    project_id: str
    client_email: str
    private_key: str = field(repr=False)
    per_second: int = 500

    @property
    def limits(self) -> Limits:
        """A twentieth of the 600,000 a minute that a project may send."""
        return Limits(self.per_second, self.per_second, self.per_second)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApnsAccount:
    """A signing key of a team at Apple, and the app that it wakes."""

    gateway: str = "https://api.push.apple.com"
    team_id: str
    key_id: str
    private_key: str = field(repr=False)
    topic: str
    per_second: int = 500
    hours_to_live: int = 24

    @property
    def limits(self) -> Limits:
        """How fast this app may push."""
        return Limits(self.per_second, self.per_second, self.per_second)
