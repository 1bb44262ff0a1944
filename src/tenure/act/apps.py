"""The Django application of this stage."""

from django.apps import AppConfig


class ActConfig(AppConfig):
    """Its ideas are folders; `models.py` only gathers their models."""

    name = "tenure.act"
    label = "act"
    default_auto_field = "django.db.models.BigAutoField"
