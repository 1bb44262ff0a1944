"""A campaign, its budget lines with what was spent on them, and its customers."""

from django.db import models

from tenure.records.campaigns.states import Arm, CampaignKind, CampaignState


class Campaign(models.Model):
    """One campaign: what it is for, whom it means, and what became of it.

    `audiences` are segments; whom several of them hold, the first one brings. `goals`, `tasks` and
    `checks` are the values of `plan.py`; `background` holds the findings of the day on which it
    was planned, `blast` what the dry run before the launch said.
    """

    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    purpose = models.CharField(max_length=400, blank=True)
    kind = models.CharField(max_length=20, choices=CampaignKind)
    owner = models.CharField(max_length=80, blank=True)
    audiences = models.JSONField(default=list, help_text="ids of segments, the first one first")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="its last day")
    control_share = models.PositiveSmallIntegerField(help_text="of 10,000 customers, by lot")
    currency = models.CharField(max_length=3)
    background = models.JSONField(default=list)
    goals = models.JSONField(default=list)
    tasks = models.JSONField(default=list)
    checks = models.JSONField(default=dict, help_text="what a person has looked at: code → who, on")
    blast = models.JSONField(default=dict)
    state = models.CharField(max_length=20, choices=CampaignState)
    planned_at = models.DateTimeField()
    planned_by = models.CharField(max_length=120)
    asked_by = models.CharField(max_length=120, blank=True)
    asked_at = models.DateTimeField(null=True)
    needs_second = models.BooleanField(default=False)
    approved_by = models.CharField(max_length=120, blank=True)
    launched_at = models.DateTimeField(null=True)
    launched_on = models.DateField(null=True)
    over_at = models.DateTimeField(null=True, help_text="stopped or ended")
    stop_reason = models.CharField(max_length=200, blank=True)
    lessons = models.TextField(blank=True)
    next_action = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="campaign_has_days"
            ),
            models.CheckConstraint(
                condition=models.Q(control_share__lte=10_000), name="campaign_control_is_share"
            ),
            models.CheckConstraint(
                condition=models.Q(needs_second=False)
                | ~models.Q(state__in=["running", "ended", "closed", "stopped"])
                | ~models.Q(approved_by="") & ~models.Q(approved_by=models.F("asked_by")),
                name="campaign_second_is_another",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="running") | models.Q(launched_at__isnull=False),
                name="campaign_running_was_launched",
            ),
        ]
        indexes = [models.Index(fields=["state", "starts_on"], name="campaign_state_starts")]


class CampaignLine(models.Model):
    """One line of a campaign's budget; with an `offer_id` it pays that offer, else what people do.

    `used_minor` can never pass `planned_minor`: the database refuses it.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="lines")
    name = models.CharField(max_length=80)
    offer_id = models.CharField(max_length=60, blank=True)
    planned_minor = models.BigIntegerField()
    used_minor = models.BigIntegerField(default=0)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "name"], name="campaign_line_name"),
            models.UniqueConstraint(
                fields=["campaign", "offer_id"],
                condition=~models.Q(offer_id=""),
                name="campaign_line_offer",
            ),
            models.CheckConstraint(
                condition=models.Q(used_minor__lte=models.F("planned_minor"))
                & models.Q(used_minor__gte=0),
                name="campaign_line_stops_at_cap",
            ),
        ]

    @property
    def left_minor(self) -> int:
        return self.planned_minor - self.used_minor


class CampaignSpend(models.Model):
    """One movement of a line: what something may cost at most, or what came back of it."""

    line = models.ForeignKey(CampaignLine, on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", null=True, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField(help_text="below zero gives back")
    contact_minor = models.BigIntegerField(default=0, help_text="of it, gone whatever follows")
    on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    once_key = models.CharField(max_length=160, unique=True)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        indexes = [models.Index(fields=["line", "on"], name="campaign_spend_line")]


class CampaignMember(models.Model):
    """One customer of a campaign, the audience that brought them, and what the lot gave.

    An arm never moves. While a campaign runs its customers are in no other: `is_live` is unique
    for an account.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=60, blank=True, help_text="id of the segment")
    arm = models.CharField(max_length=10, choices=Arm)
    is_live = models.BooleanField(default=True)
    joined_on = models.DateField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "account"], name="campaign_member_once"),
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(is_live=True),
                name="campaign_member_of_one_campaign",
            ),
        ]
