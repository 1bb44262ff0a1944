"""Bad input: one clear sentence with file, line and what to do; nothing half written."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from tenure.kernel.failures import Refusal
from tenure.observe.imports.models import ImportedRow
from tenure.observe.intake.models import InboxEvent, Quarantine
from tenure.records.customers.models import Account, Person
from tenure.records.subscriptions.models import Subscription, Term
from tests.builders import AT
from tests.observe.imports.folders import ACCOUNTS, SUBSCRIPTIONS, Folder, codes, counts, told

SOLD = "id,account,plan,cycle_months,starts_on,price"
TERMS = "subscription,account,plan,cycle_months,starts_on,ends_on,price\n"
EVENTS = "id,account,name,at,note\n"

# file, its text, the code, the place that the sentence begins with, and what it says to do
CASES = {
    "a wrong type": (
        "subscriptions",
        f"{SOLD}\ns1,a1,standard,monthly,2024-01-15,99.00\n",
        "bad_number",
        "subscriptions.csv, line 2, column “cycle_months”: “monthly” is not a whole number",
    ),
    "an unknown plan": (
        "subscriptions",
        f"{SOLD}\ns1,a1,standart,1,2024-01-15,99.00\n",
        "unknown_plan",
        "subscriptions.csv, line 2, column “plan”: the catalogue has no plan “standart”, the "
        "nearest is “standard”; map it under values, or add it with [[plan]].",
    ),
    "two currencies in one account": (
        "subscriptions",
        f"{SOLD},currency\ns1,a1,standard,1,2024-01-15,99.00,USD\n",
        "two_currencies",
        "subscriptions.csv, line 2, column “currency”: account a1 pays in CNY, but this is in USD",
    ),
    "a currency sign of another currency": (
        "subscriptions",
        f"{SOLD}\ns1,a1,standard,1,2024-01-15,$99.00\n",
        "two_currencies",
        "subscriptions.csv, line 2, column “price”: account a1 pays in CNY",
    ),
    "a subscription that ends before it starts": (
        "subscriptions",
        f"{SOLD},ended_on\ns1,a1,standard,1,2024-02-15,99.00,2024-01-15\n",
        "ends_before_start",
        "subscriptions.csv, line 2, column “ended_on”: ends on 2024-01-15, before it starts on "
        "2024-02-15; correct one of the two.",
    ),
    "a term that ends before it starts": (
        "terms",
        f"{TERMS}s1,a1,standard,12,2024-02-15,2023-02-15,99.00\n",
        "ends_before_start",
        "terms.csv, line 2, column “ends_on”: ends on 2023-02-15, before it starts on 2024-02-15",
    ),
    "overlapping terms": (
        "terms",
        f"{TERMS}s1,a1,standard,12,2024-02-15,2025-02-15,99.00\n"
        "s1,a1,standard,12,2025-02-01,2026-02-01,99.00\n",
        "terms_overlap",
        "terms.csv, line 3, column “ends_on”: 2025-02-01 to 2026-02-01 (not included) overlaps",
    ),
    "an event from 1970": (
        "events",
        f"{EVENTS}e1,a1,Login,1970-01-01 00:00,\n",
        "implausible_time",
        "events.csv, line 2, column “at”: 1970-01-01 is not between 2000-01-01 and 2026-06-16",
    ),
    "an event from next year": (
        "events",
        f"{EVENTS}e1,a1,Login,2027-06-15 12:00,\n",
        "implausible_time",
        "events.csv, line 2, column “at”: 2027-06-15 is not between 2000-01-01 and 2026-06-16",
    ),
    "an event of 40 kB": (
        "events",
        f"{EVENTS}e1,a1,Login,2026-06-14,{'x' * 38_000}\n",
        "too_large",
        "events.csv, line 2, column “id”: the event has 38",
    ),
    "an event with a card number": (
        "events",
        f"{EVENTS}e1,a1,Login,2026-06-14,card 4111 1111 1111 1111\n",
        "card_number",
        "events.csv, line 2, column “id”: carries a card number",
    ),
    "a date that Excel made a number": (
        "subscriptions",
        f"{SOLD}\ns1,a1,standard,1,45231,99.00\n",
        "spreadsheet_date",
        "subscriptions.csv, line 2, column “starts_on”: “45231” is a spreadsheet's day number "
        "(2023-11-01)",
    ),
    "a date whose order is not clear": (
        "subscriptions",
        f"{SOLD}\ns1,a1,standard,1,3/4/24,99.00\n",
        "ambiguous_date",
        "subscriptions.csv, line 2, column “starts_on”: “3/4/24” does not say",
    ),
    "a date that Excel hid": (
        "subscriptions",
        f"{SOLD}\ns1,a1,standard,1,########,99.00\n",
        "hashed_cell",
        "subscriptions.csv, line 2, column “starts_on”: holds only “########”",
    ),
    "mixed decimals": (
        "subscriptions",
        f'{SOLD}\ns1,a1,standard,1,2024-01-15,"1.188,00"\n',
        "unclear_number",
        "subscriptions.csv, line 2, column “price”: the points and commas of “1.188,00” do not fit",
    ),
    "an unknown account": (
        "subscriptions",
        f"{SOLD}\ns1,a9,standard,1,2024-01-15,99.00\n",
        "unknown_account",
        "subscriptions.csv, line 2, column “account”: there is no account “a9”; import the "
        "accounts first, or correct the id.",
    ),
    "one id with two contents": (
        "subscriptions",
        f"{SOLD}\ns1,a1,standard,1,2024-01-15,99.00\ns1,a1,plus,1,2024-01-15,199.00\n",
        "told_twice",
        "subscriptions.csv, line 3, column “id”: the id “s1” stands in this file already",
    ),
    "an address that is none": (
        "people",
        "account,email\na1,zhang at example.com\n",
        "bad_address",
        "people.csv, line 2, column “email”: “zhang at example.com” is no address for e-mail",
    ),
    "a reason that the strategy does not know": (
        "cancellations",
        "id,account,reason,given_on\nc1,a1,prices,2026-06-01\n",
        "unknown_value",
        "cancellations.csv, line 2, column “reason”: “prices” is not known, the nearest is “price”",
    ),
    "a payment of the future": (
        "payments",
        "id,account,amount,paid_on\np1,a1,99.00,2026-07-01\n",
        "implausible_time",
        "payments.csv, line 2, column “paid_on”: 2026-07-01 is not between",
    ),
    "more columns than the header": (
        "subscriptions",
        f"{SOLD}\ns1,a1,standard,1,2024-01-15,1,188.00\n",
        "cell_count",
        "subscriptions.csv, line 2: has 7 cells and the header 6",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_bad_line_is_one_sentence_and_nothing_of_it_is_stored(folder: Folder, name: str) -> None:
    file, text, code, sentence = CASES[name]
    folder.write(accounts=ACCOUNTS, **{file: text})

    done = folder.take()

    assert codes(done) == [code]
    assert told(done)[0].startswith(sentence)
    (_, fault) = done.first_faults[0]
    assert fault.told(f"{file}.csv").zh.startswith(f"{file}.csv 第 {fault.line} 行")
    assert done.total("rejected") == 1
    assert Quarantine.objects.get().reason == code
    stored = text.count("\n") - 2  # without the header and the bad line
    kind = {"people": "person"}.get(file, file.removesuffix("s"))
    assert ImportedRow.objects.filter(kind=kind).count() == stored


@pytest.mark.parametrize("name", CASES)
def test_a_strict_import_refuses_the_whole_file_with_the_same_sentence(
    folder: Folder, name: str
) -> None:
    file, text, _, sentence = CASES[name]
    folder.write(accounts=ACCOUNTS, **{file: text})

    done = folder.take(strict=True)

    assert done.refusal is not None
    assert done.refusal.told.en.startswith(sentence)
    assert done.refusal.told.en.endswith("with --strict nothing of that file was stored.")
    accounts, refused = done.files
    assert (accounts.is_refused, accounts.counted.stored) == (False, 2)
    assert (refused.is_refused, refused.counted.stored) == (True, 0)
    assert refused.counted.read == refused.counted.rejected == text.count("\n") - 1
    assert set(ImportedRow.objects.values_list("kind", flat=True)) == {"account"}
    assert not Quarantine.objects.exists()
    assert not Subscription.objects.exists()
    assert not InboxEvent.objects.exists()


def test_a_mapping_that_names_a_missing_column_writes_nothing(folder: Folder) -> None:
    mapping = """
        [import]
        source = "crm"
        [[file]]
        path = "accounts.csv"
        [file.account]
        id = "id"
        started_on = "since"
    """
    folder.write(accounts=ACCOUNTS, mapping=mapping)

    with pytest.raises(Refusal) as caught:
        folder.take()

    assert caught.value.code == "missing_column"
    assert caught.value.told.zh == (
        "accounts.csv 没有 file[accounts.csv].account.started_on 需要的列“since”；文件里的列："
        "id、name、started_on。请改映射或文件。"
    )
    assert not Account.objects.exists()


def test_an_empty_file_stops_the_import_before_anything_is_written(folder: Folder) -> None:
    folder.write(accounts=ACCOUNTS, subscriptions="")

    with pytest.raises(Refusal, match=r"subscriptions\.csv is empty \(line 1"):
        folder.take()

    assert not Account.objects.exists()


def test_broken_utf8_is_one_line(folder: Folder) -> None:
    raw = ACCOUNTS.encode() + b"a3,\xe5\xbc,2024-01-15\na4,\xe5\xbc\xa0,2024-01-15\n"

    done = folder.write(accounts=raw).take()

    assert counts(done) == (4, 3, 0, 1)
    assert told(done)[0] == (
        "accounts.csv, line 4: is not valid UTF-8; export this line again from its system as UTF-8."
    )
    assert Quarantine.objects.get().raw == "a3,??,2024-01-15"


def test_a_gbk_file_is_read_and_said(folder: Folder) -> None:
    done = folder.write(accounts=ACCOUNTS.encode("gbk")).take()

    assert done.files[0].to_read.file.was_detected
    assert Account.objects.get(external_id="a1").name == "张伟"


def test_a_formula_is_stored_as_text_and_never_leaves_as_a_formula(folder: Folder) -> None:
    bad = '=HYPERLINK("http://evil.example","x")'
    quoted = '"' + bad.replace('"', '""') + '"'
    rows = f"a3,{quoted},2024-01-15\na4,x,{quoted}\n"

    done = folder.write(accounts=ACCOUNTS + rows).take()

    assert Account.objects.get(external_id="a3").name == bad
    assert done.rejected_path is not None
    (row,) = csv.DictReader(done.rejected_path.open(encoding="utf-8-sig", newline=""))
    assert row["raw"] == f"'{bad}"
    assert (row["file"], row["line"], row["column"], row["code"]) == (
        "accounts.csv",
        "5",
        "started_on",
        "bad_date",
    )
    assert row["reason_zh"].endswith("或在映射里写明 date 格式。")
    assert row["reason_en"].startswith("“=HYPERLINK")


def test_the_file_of_rejected_lines_opens_in_a_spreadsheet(folder: Folder) -> None:
    done = folder.write(accounts=ACCOUNTS + "a3,x,\n").take()

    path = done.rejected_path
    assert path is not None
    assert path.read_bytes().startswith(b"\xef\xbb\xbffile,line,column,code,reason_zh")
    assert [one.name for one in path.parent.iterdir()] == ["rejected.csv"]
    assert folder.write(accounts=ACCOUNTS).take().rejected_path is None


def test_a_bad_line_that_is_imported_again_is_counted_again_and_kept_once(folder: Folder) -> None:
    folder.write(accounts=ACCOUNTS + "a3,x,\n").take()

    done = folder.take(at=AT + timedelta(days=1))

    assert counts(done) == (3, 0, 2, 1)
    assert Quarantine.objects.count() == 1


def test_a_line_that_makes_several_rows_makes_all_of_them_or_none(folder: Folder) -> None:
    mapping = """
        [import]
        source = "crm"
        [[file]]
        path = "customers.csv"
        [file.account]
        id = "id"
        started_on = "since"
        [file.person]
        account = "id"
        email = "email"
        [file.subscription]
        id = "id"
        account = "id"
        plan = "plan"
        cycle_months = { value = 1 }
        starts_on = "since"
    """
    rows = (
        "id,since,email,plan\n"
        "c1,2026-01-01,c1@example.com,standard\n"
        "c2,2026-01-01,c2@example.com,premium\n"  # no such plan: no account and no person either
        "c3,2026-01-01,,plus\n"
    )

    done = folder.write(mapping=mapping, customers=rows).take()

    assert counts(done) == (3, 2, 0, 1)
    for model, name in ((Account, "external_id"), (Person, "external_id")):
        names = model._default_manager.order_by(name).values_list(name, flat=True)
        assert list(names) == ["c1", "c3"]
    assert Term.objects.filter(subscription__external_id="c1").count() == 6


def test_a_line_about_an_account_that_a_bad_line_would_have_made_is_turned_away(
    folder: Folder,
) -> None:
    mapping = """
        [import]
        source = "crm"
        [[file]]
        path = "rows.csv"
        [file.account]
        only_if = "since"
        id = "account"
        started_on = "since"
        [file.subscription]
        only_if = "plan"
        id = "id"
        account = "account"
        plan = "plan"
        cycle_months = { value = 1 }
        starts_on = { value = 2026-01-01 }
    """
    rows = "id,account,since,plan\ns1,c1,2026-01-01,gold\ns2,c1,,plus\n"

    done = folder.write(mapping=mapping, rows=rows).take()

    assert codes(done) == ["unknown_plan", "unknown_account"]
    assert not Account.objects.exists()


def test_an_event_does_not_change(folder: Folder) -> None:
    folder.write(accounts=ACCOUNTS, events=f"{EVENTS}e1,a1,Login,2026-06-14,x\n").take()

    done = folder.write(events=f"{EVENTS}e1,a1,Login,2026-06-13,x\n").take()

    assert codes(done) == ["changed_event"]
    assert InboxEvent.objects.get().day == 20_618


def test_history_is_not_rewritten_by_another_start(folder: Folder) -> None:
    folder.write(accounts=ACCOUNTS, subscriptions=SUBSCRIPTIONS).take()

    done = folder.write(subscriptions=SUBSCRIPTIONS.replace("2024-01-15", "2024-01-20")).take()

    assert codes(done) == ["history_changed"]
    assert Term.objects.filter(subscription__external_id="s1").count() == 3


def test_a_directory_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="is no directory"):
        Folder(tmp_path / "none").take()
