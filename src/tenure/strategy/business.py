"""Who is speaking: the business itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from tenure.kernel.currencies import EXPONENTS
from tenure.kernel.failures import Sentence
from tenure.kernel.office_hours import OfficeHours
from tenure.kernel.periods import GRACE_DAYS_DEFAULT
from tenure.strategy.reading import UNKNOWN, Reader
from tenure.strategy.working import Working, zone_at
from tenure.strategy.working import read as read_working

LANGUAGES = ("zh-Hans", "en")


@dataclass(frozen=True, slots=True)
class Business:
    """The seller, as messages name it and as dates and amounts are counted."""

    name: Sentence
    zone: str
    currency: str
    language: str
    country: str
    sender_name: Sentence
    sender_email: str
    postal_address: Sentence
    support_phone: str
    portal_url: str
    grace_days: int
    terms_url: str = ""
    privacy_url: str = ""
    icp_number: str = ""
    police_number: str = ""
    working: Working = field(default_factory=Working)

    def hours(self, owner: str = "") -> OfficeHours:
        """When somebody works, on the clock of their own zone."""
        return self.working.hours(country=self.country, zone=self.zone, owner=owner)


def read(reader: Reader) -> Business:
    """Read business.toml."""
    country = reader.text("country")
    if len(country) != 2 or not country.isupper():
        reader.refuse("country", UNKNOWN.fill(name=country, nearest=_TWO_LETTERS))
    return Business(
        name=reader.sentence("name"),
        zone=zone_at(reader, "zone"),
        currency=reader.known("currency", EXPONENTS),
        language=reader.known("language", LANGUAGES),
        country=country,
        sender_name=reader.sentence("sender_name"),
        sender_email=_email(reader),
        postal_address=reader.sentence("postal_address"),
        support_phone=reader.text("support_phone"),
        portal_url=reader.text("portal_url").rstrip("/"),
        grace_days=reader.whole("grace_days", GRACE_DAYS_DEFAULT, most=90),
        terms_url=_page(reader, "terms_url"),
        privacy_url=_page(reader, "privacy_url"),
        icp_number=reader.text("icp_number", ""),
        police_number=reader.text("police_number", ""),
        working=read_working(reader),
    )


_TWO_LETTERS = Sentence(
    zh="；请用两个大写字母的国家代码，如 CN",
    en="; use the two capital letters of a country, like CN",
)
_NO_ADDRESS = Sentence(zh="“{found}”不是邮箱地址", en="“{found}” is not an e-mail address")


_NO_PAGE = Sentence(
    zh="“{found}”不是网页地址；请以 https:// 开头",
    en="“{found}” is not the address of a page; begin it with https://",
)


def _page(reader: Reader, key: str) -> str:
    address = reader.text(key, "")
    if address and not address.startswith(("https://", "http://")):
        reader.refuse(key, _NO_PAGE.fill(found=address))
    return address


def _email(reader: Reader) -> str:
    address = reader.text("sender_email")
    name, at, host = address.partition("@")
    if not (name and at and "." in host and " " not in address):
        reader.refuse("sender_email", _NO_ADDRESS.fill(found=address))
    return address
