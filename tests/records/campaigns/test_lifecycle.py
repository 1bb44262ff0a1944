"""A campaign through any order of verbs: what the table says holds, and promises are kept."""

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tenure.kernel.failures import Refusal
from tenure.records.campaigns import actions
from tenure.records.campaigns.actions import Learned
from tenure.records.campaigns.models import Campaign, CampaignLine, CampaignMember
from tenure.records.campaigns.rules import CAMPAIGN
from tenure.records.campaigns.states import CampaignState
from tenure.records.journal.models import Entry
from tests.builders import a_term
from tests.records.campaigns.planning import LIMIT, WHO, a_dry_run, a_plan

SECOND = {**WHO, "by": "user:2"}
_SEEN = {"campaign.asked", "campaign.launched", "campaign.sent_back", "campaign.stopped",
         "campaign.ended", "campaign.closed", "campaign.dropped"}  # fmt: skip


class Life(RuleBasedStateMachine):
    """Verbs in any order; a refused one changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.key = f"c{Campaign.objects.count()}"
        self.campaign = a_plan(key=self.key)
        term = a_term()
        self.people = [(term.account_id, term.pk, "treated")]
        other = a_term()
        self.people.append((other.account_id, other.pk, "control"))
        self.state, self.moves = CampaignState.DRAFT, 0

    def _try(self, verb: object, *allowed: CampaignState, then: CampaignState) -> None:
        before = self.state
        try:
            verb()  # type: ignore[operator]
        except Refusal:
            assert before not in allowed or before == then
            return
        assert before in allowed or before == then
        if before != then:
            self.moves += 1
        self.state = then

    @rule()
    def launch(self) -> None:
        if self.state in (CampaignState.ASKED, CampaignState.RUNNING):
            return
        dry = a_dry_run(self.campaign, *self.people)
        self._try(
            lambda: actions.launch(self.key, dry, **WHO),
            CampaignState.DRAFT,
            then=CampaignState.RUNNING,
        )

    @rule()
    def ask(self) -> None:
        if self.state in (CampaignState.ASKED, CampaignState.RUNNING):
            return
        dry = a_dry_run(self.campaign, *self.people, cost_minor=LIMIT.amount_minor + 1)
        self._try(
            lambda: actions.launch(self.key, dry, **WHO),
            CampaignState.DRAFT,
            then=CampaignState.ASKED,
        )

    @rule()
    def approve(self) -> None:
        dry = a_dry_run(self.campaign, *self.people, cost_minor=LIMIT.amount_minor + 1)
        self._try(
            lambda: actions.approve(self.key, dry, **SECOND),
            CampaignState.ASKED,
            then=CampaignState.RUNNING,
        )

    @rule()
    def send_back(self) -> None:
        self._try(
            lambda: actions.reject(self.key, "", **SECOND),
            CampaignState.ASKED,
            then=CampaignState.DRAFT,
        )

    @rule()
    def stop(self) -> None:
        self._try(
            lambda: actions.stop(self.key, "", **WHO),
            CampaignState.RUNNING,
            then=CampaignState.STOPPED,
        )

    @rule()
    def close(self) -> None:
        self._try(
            lambda: actions.close(self.key, Learned("a", "b"), **WHO),
            CampaignState.STOPPED,
            CampaignState.ENDED,
            then=CampaignState.CLOSED,
        )

    @rule()
    def drop(self) -> None:
        self._try(
            lambda: actions.drop(self.key, **WHO),
            CampaignState.DRAFT,
            then=CampaignState.DROPPED,
        )

    @invariant()
    def the_row_says_the_same(self) -> None:
        found = Campaign.objects.get(key=self.key)
        assert found.state == self.state
        live = CampaignMember.objects.filter(campaign=found, is_live=True).count()
        assert live == (2 if self.state == CampaignState.RUNNING else 0)

    @invariant()
    def each_move_is_one_entry(self) -> None:
        told = Entry.objects.filter(kind__in=_SEEN, content__campaign=self.key)
        assert told.count() == self.moves

    @invariant()
    def no_line_is_above_its_cap(self) -> None:
        assert all(one.left_minor >= 0 for one in CampaignLine.objects.all())


@pytest.mark.django_db
def test_a_campaign_lives_by_its_table() -> None:
    run_state_machine_as_test(
        Life, settings=settings(max_examples=12, stateful_step_count=10, deadline=None)
    )


def test_every_state_is_reached_and_the_last_ones_lead_nowhere() -> None:
    assert CAMPAIGN.reachable == set(CampaignState)
    assert CAMPAIGN.terminal == {CampaignState.CLOSED, CampaignState.DROPPED}
