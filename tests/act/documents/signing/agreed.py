"""Contracts to sign."""

from datetime import timedelta

from tenure.act.documents import contracts
from tenure.act.documents.contracts import Signing, Wanted, customer_party, seller_party
from tenure.records.access.secrets import code_from
from tenure.records.contracts.actions import drafting, signing
from tenure.records.contracts.models import Contract, Signatory
from tenure.records.contracts.queries import signatories_of
from tenure.records.customers.models import Account
from tenure.records.strategies.queries import current
from tests.builders import AS_OF, AT, a_term, an_account, day
from tests.builders.moments import fresh

LATER = AT + timedelta(minutes=2)


def a_wanted(account: Account | None = None, **change: object) -> Wanted:
    account = account or an_account(name="张伟")
    seller = current().documents.seller_for("CN")
    known: dict[str, object] = {
        "account_id": account.pk,
        "template": "subscription",
        "once_key": fresh("contract"),
        "parties": {
            **customer_party(account, address="zhang@mail.example"),
            **seller_party(seller),
        },
        "variables": {"plan": "300M 宽带", "price": "¥1,069.20"},
        "starts_on": AS_OF,
        "ends_on": day(365),
    }
    return Wanted(**{**known, **change})  # type: ignore[arg-type]


def a_contract(account: Account | None = None, **change: object) -> Contract:
    """A contract that was sent, to an account with a term."""
    account = account or an_account(name="张伟")
    a_term(account=account)
    contract = contracts.draft(a_wanted(account, **change), at=AT, by="user:1")
    return drafting.send(contract.pk, on=AS_OF, at=AT, by="user:1")


def sign_next(contract: Contract, *, agrees: bool = True) -> Contract:
    """The next signatory views it, gets a code and signs."""
    waiting = [one for one in signatories_of(contract.pk) if one.state != "signed"]
    return sign_as(waiting[0], agrees=agrees)


def sign_as(signatory: Signatory, *, agrees: bool = True) -> Contract:
    signing.view(signatory.pk, on=AS_OF, at=AT, by="customer")
    contracts.send_code(signatory, at=AT, by="customer")
    signed = Signing(code_of(signatory), agrees, "203.0.113.9", "Mozilla/5.0 (test)")
    return contracts.sign(signatory, signed, at=LATER)


def code_of(signatory: Signatory) -> str:
    """The digits that were mailed."""
    return code_from(Signatory.objects.get(pk=signatory.pk).code_nonce)
