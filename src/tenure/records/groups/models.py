"""A group that renews together, and a place in it for each customer (REF-03, R-L-012)."""

from django.db import models

from tenure.records.groups.states import GroupState


class Group(models.Model):
    """So many customers who must have paid by an instant; only then is anybody renewed."""

    public_id = models.CharField(max_length=40, unique=True)
    opened_by = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    plan_code = models.CharField(max_length=60)
    size = models.PositiveSmallIntegerField(help_text="so many have to pay")
    percent_off = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=GroupState, default=GroupState.OPEN)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=GroupState.OPEN, settled_at__isnull=True)
                | ~models.Q(state=GroupState.OPEN) & models.Q(settled_at__isnull=False),
                name="group_settled_has_instant",
            ),
            models.CheckConstraint(
                condition=models.Q(size__gte=2, percent_off__gte=1, percent_off__lte=90),
                name="group_is_more_than_one",
            ),
        ]
        indexes = [models.Index(fields=["state", "deadline_at"], name="group_state_deadline")]


class GroupPlace(models.Model):
    """One customer in a group, with the order that is paid for it; counted once it is paid."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", on_delete=models.PROTECT, related_name="+")
    order = models.OneToOneField(
        "records.Order", null=True, on_delete=models.PROTECT, related_name="+"
    )
    plan_code = models.CharField(max_length=60)
    joined_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    is_open = models.BooleanField(default=True, help_text="the group is not settled yet")

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["group", "account"], name="group_place_once"),
            models.UniqueConstraint(
                fields=["account", "plan_code"],
                condition=models.Q(is_open=True),
                name="group_place_one_open",
            ),
        ]
