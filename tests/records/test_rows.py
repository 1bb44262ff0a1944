"""Writing many rows at once: exact counts, defaults, and the same on both databases."""

from datetime import date, time
from pathlib import Path

import pytest

from tenure.records.among import among
from tenure.records.customers.models import Account, Person
from tenure.records.jobs.models import Fill
from tenure.records.rows import insert_rows, run_statement, select_rows, update_rows
from tests.builders import AS_OF, AT, an_account, day

COLUMNS = ("entry", "day", "version", "row_count", "filled_at")


def test_only_rows_that_no_unique_key_holds_are_added(either_database: str) -> None:
    rows = [(f"entry-{one}", 20_000, "v1", one, AT) for one in range(6_000)]
    insert_rows(Fill, rows[:10], columns=COLUMNS)

    added = insert_rows(Fill, rows, columns=COLUMNS)

    assert added == 5_990
    assert Fill.objects.count() == 6_000
    assert Fill.objects.get(entry="entry-5999").row_count == 5_999


def test_every_kind_of_value_comes_back_as_it_was(either_database: str) -> None:
    account = an_account(person=False)
    columns = ("account_id", "external_id", "name", "preferred_channels", "preferred_from")
    insert_rows(
        Person, [(account.pk, "p1", "李娜", ["phone", "email"], time(9, 30))], columns=columns
    )

    person = Person.objects.get(external_id="p1")

    assert person.name == "李娜"
    assert person.preferred_channels == ["phone", "email"]
    assert person.preferred_from == time(9, 30)
    assert (person.language, person.is_primary, person.is_minor) == ("zh-Hans", True, False)
    assert (person.zone, person.born_year) == ("", None)


@pytest.mark.parametrize(
    "name", ['"', "\\", '\\"', "NULL", "", " ", "{a,b}", "'", "%s", "一\n二", "\t", "null"]
)
def test_no_text_is_another_one_afterwards(either_database: str, name: str) -> None:
    """Of several at once, with nothing among them: columns travel as text."""
    account = an_account(person=False)
    rows = [(account.pk, f"p{place}", one, None) for place, one in enumerate((name, "李娜", name))]
    insert_rows(Person, rows, columns=("account_id", "external_id", "name", "preferred_from"))

    found = Person.objects.filter(among("external_id", ["p0", "p1", "p2"])).order_by("external_id")

    assert [one.name for one in found] == [name, "李娜", name]


def test_rows_are_found_among_keys(either_database: str) -> None:
    fills = [(f"entry-{one}", one, "v1", one, AT) for one in range(2_000)]
    insert_rows(Fill, fills, columns=COLUMNS)
    named = Fill.objects.filter(among("entry", ["entry-7", 'entry-"7', "none"]))

    assert list(named.values_list("day", flat=True)) == [7]
    assert Fill.objects.filter(among("day", range(1_000, 3_000))).count() == 1_000
    assert Fill.objects.exclude(among("day", {0})).count() == 1_999
    assert not Fill.objects.filter(among("day", [])).exists()


def test_a_column_without_a_default_may_not_be_left_out(db: None) -> None:
    with pytest.raises(AssertionError, match="Account needs recorded_at"):
        insert_rows(
            Account,
            [("test", "a1", "A", "CNY", AS_OF, 1)],
            columns=(
                "source",
                "external_id",
                "name",
                "currency",
                "started_on",
                "holdout_bucket",
            ),
        )

    assert Account.objects.count() == 0


def test_a_column_that_does_not_exist_is_named(db: None) -> None:
    with pytest.raises(LookupError, match="Fill has no column colour"):
        insert_rows(Fill, [("x",)], columns=("colour",))


def test_rows_are_changed_by_key(either_database: str) -> None:
    insert_rows(Fill, [(f"e{one}", 1, "v1", 0, AT) for one in range(3)], columns=COLUMNS)
    keys = dict(Fill.objects.values_list("entry", "id"))

    changed = update_rows(
        Fill,
        [("v2", 7, keys["e0"]), ("v3", 9, keys["e2"]), ("v4", 1, -1)],
        columns=("version", "row_count"),
    )

    assert changed == 2
    assert sorted(Fill.objects.values_list("entry", "version", "row_count")) == [
        ("e0", "v2", 7),
        ("e1", "v1", 0),
        ("e2", "v3", 9),
    ]


def test_dates_are_changed_by_another_key(either_database: str) -> None:
    account = an_account(person=False, external_id="a1", started_on=date(2024, 2, 29))

    update_rows(Account, [(day(-1), "a1")], columns=("started_on",), key="external_id")

    account.refresh_from_db()
    assert account.started_on == day(-1)


def test_nothing_is_written_for_no_rows(either_database: str) -> None:
    assert insert_rows(Fill, [], columns=COLUMNS) == 0
    assert update_rows(Fill, [], columns=("version",)) == 0


def test_a_statement_stands_in_a_file_of_its_own(either_database: str, tmp_path: Path) -> None:
    statement, reading = tmp_path / "refill.sql", tmp_path / "read.sql"
    statement.write_text(
        "UPDATE records_fill SET version = %(version)s, filled_at = %(at)s WHERE day = %(day)s"
    )
    reading.write_text("SELECT entry, version FROM records_fill WHERE day = %(day)s ORDER BY 1")
    insert_rows(Fill, [("a", 1, "v1", 0, AT), ("b", 2, "v1", 0, AT)], columns=COLUMNS)

    changed = run_statement(statement, {"version": "v9", "day": 2, "at": AT})

    assert changed == 1
    assert select_rows(reading, {"day": 2}) == [("b", "v9")]
    assert Fill.objects.get(entry="b").filled_at == AT


def test_one_database_may_have_a_statement_of_its_own(either_database: str, tmp_path: Path) -> None:
    (tmp_path / "which.sql").write_text("SELECT 'plain'")
    (tmp_path / "which.postgresql.sql").write_text("SELECT 'postgresql'")

    rows = select_rows(tmp_path / "which.sql", {})

    assert rows == [({"sqlite": "plain", "postgres": "postgresql"}[either_database],)]
