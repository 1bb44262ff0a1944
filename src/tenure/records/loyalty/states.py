"""The kinds of movement of points."""

from django.db import models


class MoveKind(models.TextChoices):
    """Why points moved."""

    EARN = "earn"
    REDEEM = "redeem"
    REVERSE = "reverse"
    RETURN = "return"
    EXPIRE = "expire"
