"""What an app store tells of a contract that it sold."""

from django.db import models

from tenure.records.stores.states import PriceRise, Store, StoreState


class StoreContract(models.Model):
    """One subscription of ours that a store sold and renews; it stands as the store told last."""

    subscription = models.OneToOneField(
        "records.Subscription", on_delete=models.PROTECT, related_name="+"
    )
    store = models.CharField(max_length=20, choices=Store)
    # The store alone moves it, from anywhere to anywhere: it has no table of moves.
    standing = models.CharField(max_length=20, choices=StoreState)
    price_rise = models.CharField(max_length=20, choices=PriceRise, default=PriceRise.NONE)
    told_at = models.DateTimeField(help_text="when the store sent what counts now")

    class Meta:
        app_label = "records"
