"""What a person says, or sends: a script per language from the strategy's own texts (CHN-04)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tenure.act.messages.rendering import render, slots_of
from tenure.act.messages.slots import Reader, slots_for
from tenure.act.messages.terms import TermFacts
from tenure.act.messages.wording import dated
from tenure.kernel.failures import Refusal, Sentence
from tenure.strategy.business import LANGUAGES
from tenure.strategy.facts import Fact
from tenure.strategy.journeys import ToDoKind
from tenure.strategy.messages import Channel, MessageTemplate
from tenure.strategy.sections import Strategy

_PLAIN = Sentence(
    zh="请联系{name}：{plan}，{ends_on}到期。",
    en="Get in touch with {name}: {plan}, until {ends_on}.",
)
_OFFER = Sentence(zh="可以给的优惠：{name}。", en="You may offer: {name}.")
_FACT = Sentence(
    zh="可以告诉对方：{title}——我们 {ours}，一般 {usual}（依据：{evidence}）。",
    en="You may say: {title}. Ours: {ours}. Usual: {usual}. Evidence: {evidence}",
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a script is about: the reader, the term, the message of the step, and what we are
    better at, where the reader looks elsewhere.
    """

    kind: ToDoKind
    reader: Reader
    term: TermFacts
    template: str = ""
    facts: tuple[Fact, ...] = ()


def script_for(told: Told, *, strategy: Strategy) -> dict[str, str]:
    """Language → script; where a text needs what is not known, the bare facts stand in for it."""
    return {
        language: _written(told, strategy=strategy, language=language) for language in LANGUAGES
    }


def _written(told: Told, *, strategy: Strategy, language: str) -> str:
    reader = replace(told.reader, language=language)
    for template, channel in _texts(told, strategy=strategy):
        body = template.renderings[channel].body.say(language)
        asked = slots_of(body, template=template.id)
        slots = slots_for(reader, term=told.term, strategy=strategy, asked=asked)
        try:
            text = render("", body, template=template.id, slots=slots).body
        except Refusal:
            continue
        return "\n".join([*_offered(reader), text, *_compared(told, language)])
    return _PLAIN.fill(
        name=reader.name or told.term.account_name,
        plan=told.term.plan_name,
        ends_on=dated(told.term.ends_on, language),
    ).say(language)


def _offered(reader: Reader) -> list[str]:
    if reader.given is None:
        return []
    return [_OFFER.fill(name=reader.given.name).say(reader.language)]


def _compared(told: Told, language: str) -> list[str]:
    """The comparison card for whoever looks elsewhere (WIN-03): never a price war."""
    return [
        _FACT.fill(title=one.title, ours=one.ours, usual=one.usual, evidence=one.evidence).say(
            language
        )
        for one in told.facts
    ]


def _texts(told: Told, *, strategy: Strategy) -> Iterator[tuple[MessageTemplate, Channel]]:
    """Candidates, best first: options are a text to send on, everything else is spoken."""
    own = strategy.messages.get(told.template)
    if told.kind is ToDoKind.OPTIONS:
        if own is not None and Channel.EMAIL in own.renderings:
            yield own, Channel.EMAIL
    elif own is not None and Channel.PHONE in own.renderings:
        yield own, Channel.PHONE
    for template in strategy.messages.values():
        if Channel.PHONE in template.renderings:
            yield template, Channel.PHONE
