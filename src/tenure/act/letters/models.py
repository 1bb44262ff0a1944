"""Batches of letters as they went to the printer, and each letter in them."""

from django.db import models

from tenure.act.letters.states import LetterState


class LetterBatch(models.Model):
    """Letters that were printed together; its file is made from its rows, the same each time."""

    number = models.CharField(max_length=20, unique=True)
    on = models.DateField()
    printed_at = models.DateTimeField()
    handed_over_at = models.DateTimeField(null=True)
    carrier = models.CharField(max_length=80, blank=True, help_text="who took them, as told")

    class Meta:
        app_label = "act"


class PrintedLetter(models.Model):
    """One message on paper, once; `place` is its place in the file of its batch."""

    batch = models.ForeignKey(LetterBatch, on_delete=models.PROTECT, related_name="letters")
    message = models.OneToOneField("records.Message", on_delete=models.CASCADE, related_name="+")
    place = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=LetterState, default=LetterState.PRINTED)
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        app_label = "act"
        constraints = [
            models.UniqueConstraint(fields=["batch", "place"], name="printed_letter_place"),
            models.CheckConstraint(
                condition=~models.Q(state__in=[LetterState.DROPPED, LetterState.RETURNED])
                | ~models.Q(reason=""),
                name="printed_letter_says_why",
            ),
        ]
