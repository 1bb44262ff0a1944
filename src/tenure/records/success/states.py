"""The states of a to-do and what can come of it. The allowed moves stand in `rules.py`."""

from django.db import models


class ToDoState(models.TextChoices):
    """Where one piece of work stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"  # the reason to do it went away: renewed, cancelled, opted out


class Department(models.TextChoices):
    """Who else may be asked to do it (TEAM-04)."""

    SERVICE = "service"
    PRODUCT = "product"
    OPERATIONS = "operations"
    FINANCE = "finance"
    SALES = "sales"


class Outcome(models.TextChoices):
    """What came of one attempt (R-C-034)."""

    REACHED = "reached"
    REFUSED = "refused"  # wants nothing more about this term
    CALL_BACK = "call_back"  # asked for another time
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    OPTED_OUT = "opt_out"  # wants no marketing on any channel
