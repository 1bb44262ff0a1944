"""The kinds and states of a request. The allowed moves stand in `rules.py`."""

from django.db import models


class TitleKind(models.TextChoices):
    """Whom a title names."""

    COMPANY = "company"
    INDIVIDUAL = "individual"


class InvoiceKind(models.TextChoices):
    """Blue is the document itself, red takes it back, whole or in part."""

    BLUE = "blue"
    RED = "red"


class InvoiceState(models.TextChoices):
    """Where one request stands (R-I-003)."""

    REQUESTED = "requested"
    ISSUING = "issuing"  # handed over, and not yet answered
    ISSUED = "issued"
    FAILED = "failed"
    DELIVERED = "delivered"
    RED_REQUESTED = "red_requested"  # a red one is on its way
    REVERSED = "reversed"  # red ones took all of it back
    WITHDRAWN = "withdrawn"  # given up before anything was issued


class FileFormat(models.TextChoices):
    """The three forms in which the platform gives one document."""

    XML = "xml"
    OFD = "ofd"
    PDF = "pdf"


# A request in one of these no longer stands for its payment.
OVER = (InvoiceState.REVERSED, InvoiceState.WITHDRAWN)
# The platform gave it a number.
NUMBERED = (
    InvoiceState.ISSUED,
    InvoiceState.DELIVERED,
    InvoiceState.RED_REQUESTED,
    InvoiceState.REVERSED,
)
