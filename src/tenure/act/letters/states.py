"""The states of a printed letter. The allowed moves stand in `rules.py`."""

from django.db import models


class LetterState(models.TextChoices):
    """From the printer to the post, or back."""

    PRINTED = "printed"
    DROPPED = "dropped"  # it was no longer true when it was to be printed; never printed
    HANDED_OVER = "handed_over"
    RETURNED = "returned"  # the post brought it back
