"""Meetings, who was invited to them and came, and cards of paper or plastic."""

from django.db import models

from tenure.records.salons.states import CardState, GuestState


class Salon(models.Model):
    """One meeting with customers, and what it cost."""

    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    place = models.CharField(max_length=120, blank=True)
    on = models.DateField()
    cost_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    campaign = models.CharField(max_length=60, blank=True, help_text="key of the plan, if any")
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(cost_minor__gte=0), name="salon_cost_not_negative"
            ),
        ]


class SalonGuest(models.Model):
    """A customer who was invited to a meeting, once."""

    salon = models.ForeignKey(Salon, on_delete=models.CASCADE, related_name="guests")
    account = models.ForeignKey("records.Account", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=20, choices=GuestState, default=GuestState.INVITED)
    invited_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["salon", "account"], name="salon_guest_once"),
        ]


class GiftCard(models.Model):
    """One card that a customer holds in the hand; worth its value once."""

    number = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    salon = models.ForeignKey(Salon, on_delete=models.PROTECT, null=True, related_name="cards")
    value_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=20, choices=CardState, default=CardState.ISSUED)
    issued_on = models.DateField()
    handed_on = models.DateField(null=True)
    redeemed_on = models.DateField(null=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(value_minor__gt=0), name="gift_card_has_value"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=CardState.REDEEMED)
                | models.Q(handed_on__isnull=False, redeemed_on__isnull=False),
                name="gift_card_redeemed_was_handed",
            ),
        ]
