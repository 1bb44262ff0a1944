"""The states and kinds of documents. The allowed moves stand in `rules/lives.py`."""

from django.db import models


class DocumentKind(models.TextChoices):
    """Our own papers. None of them is a tax document of the tax platform (R-I-001)."""

    RECEIPT = "receipt"
    CREDIT_NOTE = "credit_note"
    STATEMENT = "statement"
    QUOTE = "quote"


class DocumentState(models.TextChoices):
    """Where one paper stands."""

    ISSUED = "issued"
    VOID = "void"  # it keeps its number
