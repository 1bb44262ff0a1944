"""Attempts to leave, the one offer that each may hold, and declarations made without a login."""

from django.db import models

from tenure.records.cancellations.states import OPEN, CancellationState, SaveAnswer, Stop


class Cancellation(models.Model):
    """One attempt to leave, from the first click until it is confirmed, given up or abandoned.

    `considered` says of every offer why it was or was not shown (R-A-086). The facts of the
    confirmation stay as they were told to the customer, with the version of the policy that bound.
    """

    public_id = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(
        "records.Subscription", on_delete=models.PROTECT, related_name="+"
    )
    term = models.ForeignKey("records.Term", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=CancellationState)
    channel = models.CharField(max_length=20)  # portal | link | form | withdrawal | api | staff
    language = models.CharField(max_length=10)
    jurisdiction = models.CharField(max_length=60)
    policy_version = models.TextField(help_text="the stamps of every policy that bound")
    strategy_hash = models.CharField(max_length=64)
    is_porting = models.BooleanField(default=False)
    started_at = models.DateTimeField(help_text="the instant of the first click")
    started_on = models.DateField(help_text="its day in the business's zone")
    reason = models.CharField(max_length=40, blank=True)
    reason_text = models.TextField(blank=True)
    considered = models.JSONField(default=list)  # [{"save": …, "why": …}], empty why: shown
    held_out_of = models.CharField(
        max_length=60, blank=True, help_text="the offer not shown by lot"
    )
    settled_at = models.DateTimeField(null=True)
    settled_on = models.DateField(null=True)
    stop = models.CharField(max_length=10, choices=Stop, blank=True)
    ends_on = models.DateField(null=True, help_text="the first day without the service")
    refund_minor = models.BigIntegerField(null=True)
    refund_basis = models.CharField(max_length=30, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    declaration = models.TextField(blank=True, help_text="what was declared, in full")
    undone_at = models.DateTimeField(null=True)
    undone_on = models.DateField(null=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["subscription"],
                condition=models.Q(state__in=OPEN),
                name="cancellation_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=OPEN) | models.Q(settled_at__isnull=False),
                name="cancellation_settled_has_instant",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=CancellationState.CONFIRMED)
                | models.Q(ends_on__isnull=False) & ~models.Q(stop=""),
                name="cancellation_confirmed_has_end",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-started_at"], name="cancellation_account"),
            models.Index(fields=["term", "-started_at"], name="cancellation_term"),
            models.Index(
                fields=["started_at"],
                condition=models.Q(state__in=OPEN),
                name="cancellation_waiting",
            ),
            models.Index(fields=["started_on"], name="cancellation_started_on"),
        ]


class SaveOffer(models.Model):
    """The one offer that an attempt to leave was shown, with the prices that were compared.

    An accepted one that lowers a price is a promise, good until `valid_until`, used once.
    """

    cancellation = models.OneToOneField(Cancellation, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(
        "records.Subscription", on_delete=models.PROTECT, related_name="+"
    )
    save_id = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    rung = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=20, choices=SaveAnswer)
    shown_at = models.DateTimeField()
    shown_on = models.DateField()
    answered_at = models.DateTimeField(null=True)
    currency = models.CharField(max_length=3)
    now_minor = models.BigIntegerField(help_text="what the customer pays now for `now_months`")
    now_months = models.PositiveSmallIntegerField()
    price_minor = models.BigIntegerField(help_text="what `months` would cost with the offer")
    months = models.PositiveSmallIntegerField(help_text="of service, free ones included")
    discount_share = models.DecimalField(max_digits=5, decimal_places=4, default=0)
    buy_months = models.PositiveSmallIntegerField(default=0)
    free_months = models.PositiveSmallIntegerField(default=0)
    valid_until = models.DateField(help_text="last day on which it may be used")
    used_at = models.DateTimeField(null=True)
    used_by = models.CharField(max_length=60, blank=True, help_text="the order that used it")

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=SaveAnswer.SHOWN) | models.Q(answered_at__isnull=False),
                name="save_offer_answered_has_instant",
            ),
            models.CheckConstraint(
                condition=models.Q(used_at__isnull=True) | models.Q(state=SaveAnswer.ACCEPTED),
                name="save_offer_used_was_accepted",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-shown_at"], name="save_offer_account"),
            models.Index(
                fields=["subscription"],
                condition=models.Q(state=SaveAnswer.ACCEPTED, used_at__isnull=True),
                name="save_offer_promised",
            ),
        ]


class Declaration(models.Model):
    """What somebody declared on a public page, without a login: an end, or a withdrawal.

    It counts from `declared_at`, whether or not the contract could be found. `content` is the whole
    declaration as it was given; the receipt goes to the address that was named.
    """

    class Kind(models.TextChoices):
        TERMINATION = "termination"
        WITHDRAWAL = "withdrawal"

    public_id = models.CharField(max_length=40, unique=True)
    once_key = models.CharField(max_length=80, unique=True, help_text="of the page it was sent by")
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=200)
    contract = models.CharField(max_length=120)
    address = models.CharField(max_length=254)
    is_extraordinary = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    wished_on = models.DateField(null=True)
    language = models.CharField(max_length=10)
    content = models.TextField()
    declared_at = models.DateTimeField()
    declared_on = models.DateField()
    account = models.ForeignKey(
        "records.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    cancellation = models.ForeignKey(
        Cancellation, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ends_on = models.DateField(null=True, help_text="the first day without the service, if known")
    receipt_tries = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    receipt_sent_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True, help_text="a person found out whose it is")
    looked_by = models.CharField(max_length=120, blank=True)

    class Meta:
        app_label = "records"
        indexes = [
            models.Index(
                fields=["declared_at"],
                condition=models.Q(receipt_sent_at__isnull=True),
                name="declaration_unanswered",
            ),
        ]


class WithdrawalWaiver(models.Model):
    """That somebody asked for digital content at once and knew what they gave up (R-A-053).

    One act with one text that says both, kept word for word; it belongs to one order and ends
    with what that order bought.
    """

    order = models.OneToOneField("records.Order", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    text_version = models.CharField(max_length=40)
    disclosure = models.TextField(help_text="the text as it stood beside the control")
    disclosure_sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    given_at = models.DateTimeField()
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    stamps = models.JSONField(default=list, help_text="the policies that it was given under")

    class Meta:
        app_label = "records"
