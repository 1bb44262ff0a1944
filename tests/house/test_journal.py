"""Whoever changes a row says so in the journal; nobody changes rows behind a verb's back."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from django.apps import apps

from tests.house.sources import (
    Function,
    Source,
    dotted,
    functions,
    nodes,
    product_sources,
    source_of,
)

JOURNAL = "tenure.records.journal"
WRITING_CALLS = {
    "update", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete",
}  # fmt: skip
SET_WRITERS = {"insert_rows", "update_rows"}
# Tables that are themselves the record of what was done: an entry about each row of them would
# say everything twice.
OWN_RECORD = {
    "Entry",  # the journal
    "StoredFile", "Fill", "Run", "Lease", "Job", "Attempt", "Follower",  # the loop's own books
    "Copied", "Touched",  # what copies hold, and what they no longer tell
    # outcomes of a run, stamped with it
    "Decision", "Alternative", "MetricValue", "CohortMonth", "ForecastWeek", "ForecastMonth",
    "SegmentCount",
    "Readout", "RiskWatch", "GuardBite",
    "InboxEvent", "Milestone", "Quarantine", "Delivery", "ImportedRow",  # the outside's own words
    "ImportBatch", "ImportedFile",  # the books of imports
    "WebhookDelivery", "WebhookAttempt",  # the log of what other programs were told
    "StaffNotice",  # the log of what the business's own people were told
    "Call",  # the book of what programs asked for
    "Booking", "BookingLine",  # the books of money
    "BatchLine",  # the list of a batch; the journal tells of the batch and of each line that fails
}  # fmt: skip
MODELS = {one.__name__ for one in apps.get_models() if one.__module__.startswith("tenure.")}


def model_of(chain: str) -> str:
    """`Term` of `Term.objects.filter`; empty where no model is named."""
    before, found, _ = f"{chain}.".partition(".objects.")
    return before.rpartition(".")[2] if found else ""


def kinds_of(function: Function) -> dict[str, str]:
    """The models of a function's own names, as far as annotations and queries tell."""
    arguments = [*function.args.args, *function.args.kwonlyargs]
    kinds = {one.arg: dotted(one.annotation) for one in arguments if one.annotation}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and (model := model_of(dotted(node.value))):
            for target in node.targets:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                kinds[dotted(names[0])] = model
    return kinds


def is_claim(call: ast.Call) -> bool:
    """Taking or giving back a piece of work for a while is a lease, no fact to be remembered."""
    return any(one.arg == "leased_until" for one in call.keywords)


def written_by(function: Function) -> set[str]:
    """The models that a function writes itself; `row` where it saves an unknown object."""
    found = set()
    kinds = kinds_of(function)
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        start, _, verb = dotted(node.func).rpartition(".")
        if is_claim(node):
            continue
        if verb in WRITING_CALLS and model_of(start):
            found.add(model_of(start))
        elif verb == "save" and start:
            found.add(kinds.get(start, "row"))
        elif verb in {"update", "delete"} and kinds.get(start, "dict") in MODELS:
            found.add(kinds[start])
        elif verb in SET_WRITERS and node.args:
            found.add(dotted(node.args[0]).rpartition(".")[2])
    return found - OWN_RECORD


def journal_names(source: Source) -> set[str]:
    """What a file calls the journal's verbs."""
    return {
        alias.asname or alias.name
        for node in nodes(source.tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if f"{node.module}.{alias.name}".startswith(f"{JOURNAL}.")
    }


def called_by(function: Function) -> set[str]:
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
    return {dotted(call.func).partition(".")[0] for call in calls}


def reach(name: str, *, calls: dict[str, set[str]]) -> set[str]:
    """A function and every function of the same idea that it leads to."""
    found, fringe = {name}, [name]
    while fringe:
        fresh = calls[fringe.pop()] & calls.keys() - found
        found |= fresh
        fringe += fresh
    return found


def silent_verbs(sources: list[Source]) -> Iterator[str]:
    """Public verbs of one idea that lead to a write and to no journal entry."""
    known = {one.name: (source, one) for source in sources for one in functions(source.tree)}
    calls = {name: called_by(function) for name, (_, function) in known.items()}
    for name, (source, function) in known.items():
        if name.startswith("_"):
            continue
        reached = [known[one] for one in reach(name, calls=calls)]
        written = {model for _, one in reached for model in written_by(one)}
        if written and not any(called_by(one) & journal_names(where) for where, one in reached):
            yield f"{source.at(function)} {name} writes {', '.join(sorted(written))}"


def by_idea() -> dict[str, list[Source]]:
    """The action files of each idea."""
    found: dict[str, list[Source]] = defaultdict(list)
    for source in product_sources():
        if source.holds("actions"):
            parts = source.parts
            cut = parts.index("actions") if "actions" in parts else len(parts) - 1
            found["/".join(parts[:cut])].append(source)
    return found


def test_every_verb_that_writes_leaves_a_journal_entry() -> None:
    assert [line for sources in by_idea().values() for line in silent_verbs(sources)] == []


def test_rows_are_written_by_actions_alone() -> None:
    """Rules, expressions, estimators and queries read; save() is nobody's place for work."""
    quiet = [
        source
        for source in product_sources()
        if any(source.holds(kind) for kind in ("rules", "expressions", "estimator", "queries"))
    ]
    overridden = [
        source.at(one)
        for source in product_sources()
        if source.holds("models")
        for one in functions(source.tree)
        if one.name in {"save", "delete"}
    ]

    assert [
        f"{source.at(one)} {one.name}"
        for source in quiet
        for one in functions(source.tree)
        if written_by(one)
    ] == []
    assert overridden == []


def test_a_silent_verb_is_found_through_its_own_functions() -> None:
    text = (
        "from tenure.records.journal.actions import append\n"
        "def pause(term):\n    _change(term)\n"
        "def end(term):\n    _change(term)\n    append(term)\n"
        "def _change(term):\n    Term.objects.filter(pk=1).update(state='x')\n"
        "def count():\n    Fill.objects.create(day=1)\n    names.update(a=1)\n"
    )

    assert list(silent_verbs([source_of(text, path="a.py")])) == ["a.py:2 pause writes Term"]


def test_sets_and_saved_rows_count_as_writes() -> None:
    text = "def a():\n    insert_rows(Message, rows)\ndef b(term):\n    term.save()\n"

    assert list(silent_verbs([source_of(text, path="a.py")])) == [
        "a.py:1 a writes Message",
        "a.py:3 b writes row",
    ]


def test_a_name_is_traced_to_its_model() -> None:
    text = (
        "def a(lease: Lease):\n    mine = Term.objects.filter(pk=1)\n    mine.update(state='x')\n"
        "def b(run: Run):\n    run.save()\ndef c(content: dict):\n    content.update(a=1)\n"
    )

    assert list(silent_verbs([source_of(text, path="a.py")])) == ["a.py:1 a writes Term"]
