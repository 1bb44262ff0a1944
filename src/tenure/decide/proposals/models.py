"""Plans for one renewal, as they were proposed, changed and decided about."""

from django.db import models

from tenure.decide.proposals.states import ProposalState


class Proposal(models.Model):
    """One plan for one term: an action, a channel, a message and the day on which it is sent.

    `proposed` is what was proposed before anybody changed it, with the same names; `alternatives`
    and `inputs` are as in the log of decisions. Probabilities and margins are estimates of the
    day, of what is planned now; null where nobody had scored the term.
    """

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", on_delete=models.PROTECT, related_name="+")
    made_on = models.DateField(help_text="last day counted, in the business's zone")
    state = models.CharField(max_length=20, choices=ProposalState, default=ProposalState.PROPOSED)
    action = models.CharField(max_length=60)
    channel = models.CharField(max_length=20, help_text="empty where nothing is said")
    message = models.CharField(max_length=60, help_text="id of the template; empty: none")
    send_on = models.DateField()
    reason = models.CharField(max_length=40)
    p_without = models.FloatField(null=True)
    currency = models.CharField(max_length=3)
    alternatives = models.JSONField(default=list)
    inputs = models.JSONField(default=dict)
    proposed = models.JSONField(default=dict)
    estimator_id = models.BigIntegerField(null=True)
    learning_id = models.BigIntegerField(null=True)
    strategy_hash = models.CharField(max_length=64)
    made_by = models.CharField(max_length=80)
    changed_by = models.CharField(max_length=80, blank=True)
    decided_by = models.CharField(max_length=80, blank=True)
    recorded_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "decide"
        constraints = [
            models.UniqueConstraint(
                fields=["term"],
                condition=models.Q(state="proposed"),
                name="proposal_one_open_a_term",
            ),
            models.CheckConstraint(
                condition=models.Q(state="proposed")
                | (~models.Q(decided_by="") & models.Q(decided_at__isnull=False)),
                name="proposal_decided_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["state", "-made_on"], name="proposal_state_made")]

    @property
    def journey(self) -> str:
        """How decisions and messages name the plan: no strategy can use it."""
        return f"plan-{self.pk}"

    @property
    def is_changed(self) -> bool:
        """Whether a person made it another plan than the proposed one."""
        now = (self.action, self.channel, self.message, self.send_on.isoformat())
        return now != tuple(
            self.proposed.get(name) for name in ("action", "channel", "message", "send_on")
        )
