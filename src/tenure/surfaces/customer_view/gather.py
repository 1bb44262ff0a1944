"""Gather everything about one customer, as of one moment."""

from dataclasses import dataclass
from datetime import date, datetime

from tenure.kernel.clock import today as civil_day
from tenure.kernel.failures import Refusal, Sentence
from tenure.strategy.sections import Strategy
from tenure.surfaces.customer_view import choices, contracts, people, service
from tenure.surfaces.customer_view.moment import reading
from tenure.surfaces.customer_view.scores import NOTHING, scores
from tenure.surfaces.customer_view.shapes import CustomerView, Moment
from tenure.surfaces.customer_view.timeline import PAGE_ROWS, Asked, timeline


class NoSuchCustomer(Refusal):
    """Nobody has this number."""

    code = "no_such_customer"
    said = Sentence(
        zh="没有编号为 {customer} 的客户；请核对编号，或按名称搜索。",
        en="No customer has the number {customer}; check it, or search by name.",
    )


@dataclass(frozen=True, slots=True)
class Standpoint:
    """From where a customer is looked at: the rules, the last finished day, this instant."""

    strategy: Strategy
    as_of: date | None
    at: datetime

    @property
    def today(self) -> date:
        return civil_day(self.strategy.business.zone, self.at)


def customer(
    account_id: int, standpoint: Standpoint, *, rows: int = PAGE_ROWS, source: str = ""
) -> CustomerView:
    """The whole customer, unmasked, in one transaction and on one day of the warehouse.

    Args:
        rows: how much of the timeline is wanted.
        source: only this part of it.
    Raises:
        NoSuchCustomer: no account has that id.
    """
    with reading():
        party = people.party_of(account_id, at=standpoint.at)
        if party is None:
            raise NoSuchCustomer(customer=account_id)
        asked = Asked(account_id, until=standpoint.at, source=source, rows=rows)
        return _gathered(party, standpoint, asked=asked)


def _gathered(party: people.Party, standpoint: Standpoint, *, asked: Asked) -> CustomerView:
    strategy, at, today = standpoint.strategy, standpoint.at, standpoint.today
    account = party.account
    terms = contracts.terms_read(account.pk, today=today)
    chains = contracts.contracts(terms)
    comes = contracts.next_renewal(chains, terms=terms, today=today)
    made = choices.decisions_read(account.pk, today=today)
    known = (
        NOTHING
        if standpoint.as_of is None
        else scores(
            party,
            term_id=comes.term_id if comes else None,
            on=standpoint.as_of,
            strategy=strategy,
        )
    )
    is_open = service.open_of(account.pk, (one.subscription_id for one in chains), at=at)
    return CustomerView(
        moment=Moment(at, standpoint.as_of, today, strategy.hash),
        profile=people.profile(party, strategy=strategy),
        contracts=chains,
        next_renewal=comes,
        worth=party.worth,
        health=known.health,
        risk=known.risk,
        tags=known.tags,
        choices=choices.choices(made, strategy=strategy),
        offers=choices.offers(made, sent=party.sent, terms=terms),
        channels=people.channel_rules(party, at=at),
        caps=people.caps(party, strategy=strategy, at=at),
        open_tickets=is_open.tickets,
        open_todos=is_open.todos,
        faults=is_open.faults,
        timeline=timeline(asked, strategy=strategy),
    )
