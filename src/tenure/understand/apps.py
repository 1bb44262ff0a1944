"""The Django application of this stage."""

from django.apps import AppConfig


class UnderstandConfig(AppConfig):
    """Its ideas are folders; `models.py` only gathers their models."""

    name = "tenure.understand"
    label = "understand"
    default_auto_field = "django.db.models.BigAutoField"
