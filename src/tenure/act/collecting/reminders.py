"""Letters that the law owes besides the notice before a deduction: terms, yearly, best tariff."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from tenure.act.collecting.letters import JOURNEY, Subject, reachable, write
from tenure.decide.obligations.queries import bindings
from tenure.decide.obligations.rules import Binding
from tenure.decide.obligations.windows import notice_days
from tenure.kernel.clock import today
from tenure.kernel.periods import add_months
from tenure.records.billing.mandates.models import Mandate
from tenure.records.billing.mandates.states import MandateState
from tenure.records.contacts.models import Message
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.strategy.duties import Event, ProductClass
from tenure.strategy.sections import Strategy

# An anniversary that a few nights missed is still remembered.
STILL_YEARLY: Final = timedelta(days=14)
_YEAR_MONTHS: Final = 12
_LETTER_LIVES: Final = timedelta(days=2)


def acknowledge(mandate_numbers: Collection[str], *, at: datetime) -> int:
    """Send the terms of automatic renewal to who has just agreed; how many letters.

    Owed within an hour in California and by card networks (R-A-032, R-A-074); good everywhere.
    """
    strategy, _ = _today(at)
    signed = Mandate.objects.filter(number__in=mandate_numbers, state=MandateState.SIGNED)
    terms = _running_terms(signed.values_list("subscription_id", flat=True))
    return sum(
        send_about(term, "acknowledgment", step=f"terms_{mandate.pk}", strategy=strategy, at=at)
        for mandate in signed.order_by("pk")
        if (term := terms.get(mandate.subscription_id)) is not None
    )


def remind_yearly(*, at: datetime) -> int:
    """Remind of automatic renewal on each anniversary of the consent, where that is owed.

    In California whatever the length of a term (§ 17602); how many letters.
    """
    strategy, on = _today(at)
    standing = Mandate.objects.filter(state=MandateState.SIGNED).select_related("consent")
    due = [
        (mandate, years)
        for mandate in standing.order_by("pk")
        if (years := _years(today(strategy.business.zone, mandate.consent.clicked_at), on))
    ]
    chains = {mandate.subscription_id: mandate.method for mandate, _ in due}
    bound, terms = bindings(chains, on=on, methods=chains), _running_terms(chains)
    sent = 0
    for mandate, years in due:
        term = terms.get(mandate.subscription_id)
        step = f"yearly_{years}"
        owes = bound[mandate.subscription_id].notices(Event.YEARLY)
        if term is not None and owes and not _had(mandate.subscription_id, step):
            sent += send_about(term, Event.YEARLY, step=step, strategy=strategy, at=at)
    return sent


def _years(agreed_on: date, on: date) -> int:
    """Whole years since a consent, on its anniversary or a few days after it; 0 otherwise."""
    years = on.year - agreed_on.year
    for count in (years, years - 1):
        anniversary = add_months(agreed_on, 12 * count)
        if count > 0 and anniversary <= on < anniversary + STILL_YEARLY:
            return count
    return 0


def tell_best_tariffs(*, at: datetime) -> int:
    """Tell telecom customers the best tariffs before their contract ends, and yearly (R-A-060).

    Between 40 and 10 days before an end in the United Kingdom; once in twelve months where a
    contract goes on by the month. How many letters.
    """
    strategy, on = _today(at)
    terms = list(_telecom_terms(strategy, on=on))
    chains = [term.subscription_id for term in terms]
    told = _told_within_a_year(chains, on=on)
    bound = bindings(chains, on=on)
    return sum(
        send_about(term, Event.BEST_TARIFF, step=f"tariff_{on:%Y%m%d}", strategy=strategy, at=at)
        for term in terms
        if term.subscription_id not in told
        and _is_tariff_day(bound[term.subscription_id], term, on=on)
    )


def _is_tariff_day(binding: Binding, term: Term, *, on: date) -> bool:
    """Whether the best tariffs are to be told today, in every window that the law draws."""
    if not binding.notices(Event.BEST_TARIFF):
        return False
    windows = notice_days(
        binding, Event.CONTRACT_END, due_on=term.ends_on, term_months=term.cycle_months
    )
    if windows:
        return all(one.contains(on) for one in windows)
    return timedelta(0) <= term.ends_on - on <= timedelta(days=40)


def _telecom_terms(strategy: Strategy, *, on: date) -> Iterable[Term]:
    obligations = strategy.obligations
    products = [
        name for name, kind in obligations.product_classes.items() if kind is ProductClass.TELECOM
    ]
    countries = {
        country
        for policy in obligations.policies
        if any(rule.event is Event.BEST_TARIFF for rule in policy.notices)
        for country in policy.countries
    }
    ending = Term.objects.filter(
        state=TermState.RUNNING, ends_on__gt=on, ends_on__lte=on + timedelta(days=40)
    )
    return ending.filter(
        account__country__in=countries, plan_version__plan__product_code__in=products
    ).order_by("pk")


def _told_within_a_year(chains: Sequence[int], *, on: date) -> set[int]:
    messages = Message.objects.filter(
        journey=JOURNEY, step__startswith="tariff_", term__subscription__in=chains,
        planned_at__date__gt=add_months(on, -_YEAR_MONTHS),
    )  # fmt: skip
    return set(messages.values_list("term__subscription_id", flat=True))


def _had(subscription_id: int, step: str) -> bool:
    return Message.objects.filter(
        journey=JOURNEY, step=step, term__subscription_id=subscription_id
    ).exists()


def _running_terms(chains: Iterable[int]) -> dict[int, Term]:
    terms = Term.objects.filter(subscription_id__in=list(chains), state=TermState.RUNNING)
    return {term.subscription_id: term for term in terms}


def send_about(term: Term, event: str, *, step: str, strategy: Strategy, at: datetime) -> int:
    """Write the letter of an event to the customer of a term, once a step; how many."""
    template = strategy.messages.get(strategy.obligations.messages.get(event, ""))
    if template is None:
        return 0
    _, ways = reachable(term.account_id, strategy.collecting.channels)
    last_on = today(strategy.business.zone, at) + _LETTER_LIVES
    subject = Subject(term.account_id, term.pk, step, last_on)
    return write(subject, template, ways=ways, strategy=strategy, at=at)


def _today(at: datetime) -> tuple[Strategy, date]:
    strategy = current()
    on = today(strategy.business.zone, at)
    return strategy.at(on), on
