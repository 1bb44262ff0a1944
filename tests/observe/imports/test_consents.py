"""Consents that a file tells: proven, and proven later."""

from tenure.records.customers.models import Consent
from tenure.records.customers.queries import proved
from tenure.records.journal.models import Entry
from tests.observe.imports.folders import Folder


def test_r_p_032_a_proof_of_a_confirmed_consent_comes_with_it(folder: Folder) -> None:
    """What another system confirmed counts here; the soft opt-in comes with its three facts."""
    folder.write(
        accounts="id,started_on\na1,2024-01-15\na2,2024-01-15\n",
        people="account,name,email\na1,Li,li@example.com\na2,Wu,wu@example.com\n",
        consents="account,purpose,channel,given_at,double_opt_in_at,soft_opt_in_product,"
        "soft_opt_in_at,opt_out_offered\n"
        "a1,marketing,email,2024-01-15,2024-01-16T08:00:00Z,,,\n"
        "a2,marketing,email,2024-01-15,,home_300,2024-01-15,yes\n",
    ).take()

    confirmed, soft = Consent.objects.order_by("person__account__external_id")
    assert confirmed.double_opt_in_at is not None
    assert confirmed.double_opt_in_at.isoformat() == "2024-01-16T08:00:00+00:00"
    assert (soft.soft_opt_in_product, soft.opt_out_offered) == ("home_300", True)
    assert soft.soft_opt_in_at is not None
    assert proved(Consent.objects.all()).count() == 2


def test_r_p_032_a_later_file_proves_the_consent_that_stands(folder: Folder) -> None:
    """Once, with an entry; a proof of an earlier consent proves nothing, nor do half the facts."""
    people = "account,name,email\n" + "".join(f"a{n},Li,li{n}@example.com\n" for n in range(1, 5))
    accounts = "id,started_on\n" + "".join(f"a{n},2024-01-15\n" for n in range(1, 5))
    head = (
        "account,purpose,channel,given_at,double_opt_in_at,soft_opt_in_product,"
        "soft_opt_in_at,opt_out_offered\n"
    )
    given = "".join(f"a{n},marketing,email,2024-01-15,,,,\n" for n in range(1, 5))
    folder.write(accounts=accounts, people=people, consents=head + given).take()
    later = (
        "a1,marketing,email,2024-01-15,2024-01-16T08:00:00Z,,,\n"
        "a2,marketing,email,2024-01-15,,home_300,2024-01-15,yes\n"
        "a3,marketing,email,2023-01-15,2023-01-15T08:00:00Z,,,\n"
        "a4,marketing,email,2024-01-15,,,2024-01-15,yes\n"
    )

    for _ in range(2):
        folder.write(consents=head + later).take()

    held = Consent.objects.order_by("person__account__external_id")
    assert [one.double_opt_in_at is not None for one in held] == [True, False, False, False]
    assert [one.soft_opt_in_product for one in held] == ["", "home_300", "", ""]
    assert proved(Consent.objects.all()).count() == 2
    assert Entry.objects.filter(kind="consent.proved").count() == 2
