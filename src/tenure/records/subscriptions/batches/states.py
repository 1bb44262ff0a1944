"""Where a batch and each of its lines stand. The allowed moves stand in `rules.py`."""

from django.db import models


class BatchState(models.TextChoices):
    """Where a batch stands."""

    CHECKING = "checking"  # its lines are being looked at, nothing has happened
    CHECKED = "checked"  # every line has its price, or says what is wrong
    PLACING = "placing"  # looked at once more, on the way to its order
    PLACED = "placed"  # ordered; the order says whether it is paid
    DONE = "done"  # paid, and every line was tried
    DROPPED = "dropped"


class LineState(models.TextChoices):
    """Where one line of a batch stands."""

    WAITING = "waiting"  # to be looked at
    READY = "ready"  # has its price
    FAULTY = "faulty"  # says what is wrong; nothing will be bought by it
    LEFT_OUT = "left_out"
    ORDERED = "ordered"
    GIVEN = "given"
    STUCK = "stuck"  # paid, and a person must look before it can be given
    FAILED = "failed"  # paid, and can never be given: its money goes back
    RETURNED = "returned"  # was given, and taken back for its money


# A batch in one of these is still wanted: the same lines again are the same batch.
LIVE = (BatchState.CHECKING, BatchState.CHECKED, BatchState.PLACING, BatchState.PLACED)
# A term in one of these lines is on its way to be renewed by a batch.
HELD = (LineState.ORDERED, LineState.STUCK)
