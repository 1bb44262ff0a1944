"""What a company wants to renew together, line by line, and what became of each line."""

from django.db import models

from tenure.records.subscriptions.batches.states import HELD, LIVE, BatchState, LineState


class Batch(models.Model):
    """Many renewals of one account as one purchase: one quote, one order, one payment.

    `content_key` is a digest of what was asked for: while one batch with it is alive, whoever
    brings the same list finds that one. `digest` names every line's bill.
    """

    public_id = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=BatchState)
    name = models.CharField(max_length=200, help_text="the file's name, or how it was chosen")
    content_key = models.CharField(max_length=64)
    until = models.DateField(null=True, help_text="the common date to which every line is brought")
    digest = models.CharField(max_length=64, blank=True)
    total_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    priced_on = models.DateField(null=True, help_text="the day of its prices")
    changed_lines = models.PositiveIntegerField(
        default=0, help_text="whose price or standing changed when it was placed"
    )
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    placing_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    order = models.ForeignKey(
        "records.Order", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "content_key"],
                condition=models.Q(state__in=LIVE),
                name="batch_one_alive",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[BatchState.PLACED, BatchState.DONE])
                | models.Q(order__isnull=False),
                name="batch_placed_has_order",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=BatchState.DONE) | models.Q(done_at__isnull=False),
                name="batch_done_has_instant",
            ),
        ]
        indexes = [models.Index(fields=["state", "-made_at"], name="batch_state_made")]


class BatchLine(models.Model):
    """One contract of a batch. `place` is its row in the file, as a spreadsheet counts them."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=LineState)
    contract = models.CharField(max_length=120, help_text="as it was written")
    given = models.JSONField(default=dict, help_text="the cells as they were written")
    wish = models.JSONField(default=dict, help_text="cycle_months, plan_code, quantity")
    term = models.ForeignKey("records.Term", null=True, on_delete=models.PROTECT, related_name="+")
    sold = models.JSONField(default=dict, help_text="cycle, plan version and seats as quoted")
    bill = models.JSONField(default=dict)
    amount_minor = models.BigIntegerField(default=0)
    fault = models.JSONField(default=dict, help_text="what is wrong, in which column, what to do")
    checked_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    added = models.ForeignKey("records.Term", null=True, on_delete=models.PROTECT, related_name="+")
    refund = models.ForeignKey(
        "records.Refund", null=True, on_delete=models.PROTECT, related_name="+"
    )
    back_minor = models.BigIntegerField(
        null=True, help_text="what of it `refund` returned, until its term has followed"
    )

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["batch", "place"], name="batch_line_place"),
            models.UniqueConstraint(
                fields=["term"],
                condition=models.Q(state__in=HELD),
                name="batch_line_one_order",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[*HELD, LineState.GIVEN])
                | models.Q(term__isnull=False),
                name="batch_line_ordered_has_term",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=LineState.GIVEN) | models.Q(added__isnull=False),
                name="batch_line_given_has_term",
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "state", "place"], name="batch_line_state"),
            models.Index(
                fields=["refund"],
                condition=models.Q(back_minor__isnull=False),
                name="batch_line_going_back",
            ),
        ]
