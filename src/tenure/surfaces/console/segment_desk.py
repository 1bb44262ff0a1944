"""What the page of one segment shows: the lines with what each leaves, and whom it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from tenure.kernel.failures import Sentence
from tenure.records.customers.models import Account
from tenure.records.subscriptions.models import Term
from tenure.strategy.fields import ACCOUNT, EVENT, QUANTILE, TAG, Fields
from tenure.strategy.rule_sentences import sentence_of
from tenure.strategy.rules import AllOf, Leaf, Op, Rule
from tenure.strategy.sections import Strategy
from tenure.strategy.segments import Group
from tenure.surfaces.console.segment_draft import OPS, SAID, Draft, shown
from tenure.understand.segments.queries import Known, Waterfall, waterfall
from tenure.understand.segments.why import Why, why

SAMPLE = 6
MOST_MEETINGS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the builder: an editable comparison, a heading, or a sentence."""

    path: str
    word: str  # "when", "and", "or", "except"
    depth: int
    said: Sentence
    field: str = ""
    op: str = ""
    value: str = ""
    is_flag: bool = False
    is_group: bool = False
    ops: tuple[tuple[str, Sentence], ...] = ()
    left: int | None = None
    removed: int = 0
    length: float = 0.0


@dataclass(frozen=True)
class Choice:
    """A heading of the list of fields, with ids and names."""

    said: Sentence
    fields: tuple[tuple[str, Sentence], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """How many of those whom a rule means share something."""

    said: Sentence
    customers: int
    share: float

    @property
    def of_hundred(self) -> float:
        return self.share * 100


@dataclass(frozen=True)
class Meant:
    """Whom a rule means: how many, of which plans, who may be asked, and whom else they are."""

    found: Waterfall
    share: float
    reach: tuple[Part, ...]
    plans: tuple[Part, ...]
    meets: tuple[Part, ...]
    sample: Sequence[Term]


_KINDS = (
    (Sentence(zh="指标", en="Numbers"), ""),
    (Sentence(zh="标签", en="Tags"), TAG),
    (Sentence(zh="客户属性", en="Attributes"), ACCOUNT),
    (Sentence(zh="事件次数", en="Counts of events"), EVENT),
    (Sentence(zh="分位（在所有客户中的位置）", en="Quantiles (standing among all)"), QUANTILE),
)
_FAMILIES = (TAG, ACCOUNT, EVENT, QUANTILE)
_NOT_READ = Sentence(zh="", en="")
_MARKETING = Sentence(zh="可营销触达", en="May be sent marketing")
_SERVICE = Sentence(zh="只可服务通知", en="Service messages only")


def choices(fields: Fields, strategy: Strategy, *, used: Sequence[str]) -> list[Choice]:
    """Every field that may be chosen, by family; events of what the plans give, and those used."""
    given = {one.code for plan in strategy.catalog.plans.values() for one in plan.entitlements}
    events = {f"event:Feature Used/{code}:30" for code in given} | {"event:Login:30"}
    events |= {one for one in used if one.startswith(EVENT)}
    names = [*fields, *sorted(events)]
    return [
        Choice(
            said,
            tuple(
                (name, fields[name].name)
                for name in names
                if (name.startswith(family) if family else not name.startswith(_FAMILIES))
            ),
        )
        for said, family in _KINDS
    ]


def lines(draft: Draft, *, found: Waterfall | None) -> list[Line]:
    """The lines of a draft with what each leaves, where the rule can be read."""
    counted = (
        {} if found is None else {".".join(map(str, one.step.path)): one for one in found.lines}
    )
    said = {path: one.step.part for path, one in counted.items()}
    everyone = 0 if found is None else found.everyone
    editable = draft.leaves()
    told = []
    for place, part in enumerate(draft.parts):
        word = "except" if "not" in part else "and" if place else "when"
        inner = part.get("not", part)
        paths = [str(place)]
        alternatives = inner.get("any") or inner.get("all")
        if "any" in inner:
            paths += [f"{place}.{below}" for below in range(len(alternatives or ()))]
        for path in paths:
            count = counted.get(path)
            line = _line(path, draft, leaf=editable.get(path), word=word, rule=said.get(path))
            if count is not None:
                length = count.left / everyone * 100 if everyone else 0.0
                line = replace(line, left=count.left, removed=count.removed, length=length)
            told.append(line)
            word = "or"
    return told


def _line(
    path: str, draft: Draft, *, leaf: Mapping[str, object] | None, word: str, rule: Rule | None
) -> Line:
    depth = path.count(".")
    base = Line(
        path=path,
        word="" if depth and path.endswith(".0") else word,
        depth=depth,
        said=_NOT_READ if rule is None else sentence_of(rule, names=draft.fields),
    )
    if leaf is None:
        part = draft.parts[int(path.partition(".")[0])]
        return replace(base, is_group="any" in part.get("not", part) and not depth)
    field = draft.fields[str(leaf["feature"])]
    return replace(
        base,
        field=field.id,
        op=str(leaf.get("op", "")),
        value=shown(leaf.get("value")),
        is_flag=OPS[field.kind] == ("==",),
        ops=tuple((op, SAID[op]) for op in OPS[field.kind]),
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """From where a rule is looked at: the day, its strategy, the other segments, and the lot."""

    on: date
    strategy: Strategy
    known: Mapping[str, Known]
    seed: int


def meant(rule: Rule, segment: str, *, seen: Seen) -> Meant:
    """Read a rule on everyone, with everything that the page says about whom it means."""
    plans, known = seen.strategy.catalog.plans, seen.known
    beside: dict[str, Rule] = {"marketing": Leaf("marketing_consent", Op.EQUAL, 1)}
    beside |= {f"plan {code}": Leaf("plan_code", Op.EQUAL, code) for code in plans}
    beside |= {f"segment {name}": one.rule for name, one in known.items() if name != segment}
    found = waterfall(rule, on=seen.on, beside=beside)
    total = found.customers
    marketing = found.both("marketing")
    return Meant(
        found=found,
        share=total / found.everyone if found.everyone else 0.0,
        reach=(
            _part(_MARKETING, marketing, total=total),
            _part(_SERVICE, total - marketing, total=total),
        ),
        plans=_largest(
            [(plan.name, found.both(f"plan {code}")) for code, plan in plans.items()], total
        ),
        meets=_largest(
            [
                (one.name, found.both(f"segment {name}"))
                for name, one in known.items()
                if found.has(f"segment {name}")
            ],
            total,
        ),
        sample=_sample(found, seed=seen.seed),
    )


def _part(said: Sentence, customers: int, *, total: int) -> Part:
    return Part(said, customers, customers / total if total else 0.0)


def _largest(parts: Sequence[tuple[Sentence, int]], total: int) -> tuple[Part, ...]:
    kept = sorted((one for one in parts if one[1]), key=lambda one: -one[1])
    return tuple(_part(said, customers, total=total) for said, customers in kept[:MOST_MEETINGS])


def _sample(found: Waterfall, *, seed: int) -> list[Term]:
    """Some of them by lot; the same seed draws the same."""
    terms = found.terms()
    lot = Random(seed)  # nosec B311
    chosen = [int(terms[n]) for n in lot.sample(range(len(terms)), k=min(SAMPLE, len(terms)))]
    rows = Term.objects.filter(pk__in=chosen).select_related(
        "subscription__account", "subscription__plan_version__plan"
    )
    return list(rows.order_by("ends_on", "pk"))


def why_one(
    number: str, rule: Rule, *, seen: Seen, names: Fields
) -> tuple[Account | None, list[Why]]:
    """One customer by number, and for each live term whether the draft means it, and why.

    Args:
        number: empty where nobody is asked about.
    """
    account = Account.objects.filter(external_id=number).first() if number else None
    if account is None:
        return None, []
    draft = Known("draft", _NOT_READ, _NOT_READ, Group.OWN, rule, "")
    return account, why(account.pk, {"draft": draft}, on=seen.on, names=names)


def as_all(rule: Rule) -> AllOf:
    """A rule with an `all` at its top, as the builder edits it."""
    return rule if isinstance(rule, AllOf) else AllOf((rule,))
