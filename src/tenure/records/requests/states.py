"""The states of a request about one's own data. The allowed moves stand in `rules.py`."""

from django.db import models


class RequestState(models.TextChoices):
    """Where a request stands."""

    OPEN = "open"  # asked for, not finished
    DONE = "done"  # the copy was fetched, or the data is gone
    EXPIRED = "expired"  # the copy was not fetched in time
