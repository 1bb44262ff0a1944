"""What to say, written when somebody reads it."""

from collections.abc import Mapping, Sequence
from datetime import date

from tenure.act.care.rules import SUBSTITUTION
from tenure.act.care.scripts import Told, script_for
from tenure.act.messages.slots import Reader
from tenure.act.messages.terms import term_facts
from tenure.act.prices.decided import Given, chosen, given_by, givens
from tenure.records.strategies.queries import one_reading
from tenure.records.success.models import ToDo
from tenure.records.together import read_together
from tenure.strategy.facts import card
from tenure.strategy.journeys import ToDoKind
from tenure.strategy.sections import Strategy


def script_of(todo_id: int, *, strategy: Strategy, on: date) -> Mapping[str, str] | None:
    """What to say of one to-do, which is read with the decision behind it; None where it is not."""
    named = ToDo.objects.filter(pk=todo_id)
    todos, decided = read_together(named, chosen().filter(pk__in=named.values("decision_id")))
    given = {one.pk: given_by(one, strategy=strategy) for one in decided}
    return _scripts(todos, given, strategy=strategy, on=on).get(todo_id)


def scripts_of(
    todos: Sequence[ToDo], *, strategy: Strategy, on: date
) -> Mapping[int, Mapping[str, str]]:
    """To-do → its script in each language, as things stand on a day (CHN-04).

    A script that a person wrote stays as it is. A few thousand are opened in a night and a few
    read by day, when prices and offers may be others: so they are written here. However many
    to-dos, it is a handful of queries.
    """
    given = givens([one.decision_id for one in todos if not one.script], strategy=strategy)
    return _scripts(todos, given, strategy=strategy, on=on)


def _scripts(
    todos: Sequence[ToDo], given: Mapping[int, Given], *, strategy: Strategy, on: date
) -> Mapping[int, Mapping[str, str]]:
    plain = [one for one in todos if not one.script]
    terms = term_facts({one.term_id for one in plain}, on=on, strategy=strategy)
    found: dict[int, Mapping[str, str]] = {one.pk: one.script for one in todos if one.script}
    with one_reading():
        for one in plain:
            reader = Reader(
                name=terms[one.term_id].reader_name,
                language=strategy.business.language,
                on=on,
                given=given.get(one.decision_id or 0),
            )
            looks_elsewhere = one.once_key.startswith(SUBSTITUTION)
            told = Told(
                ToDoKind(one.kind),
                reader,
                terms[one.term_id],
                template=one.template,
                facts=card(strategy.facts, on=on) if looks_elsewhere else (),
            )
            found[one.pk] = script_for(told, strategy=strategy)
    return found
