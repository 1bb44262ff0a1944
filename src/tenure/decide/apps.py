"""The Django application of this stage."""

from django.apps import AppConfig


class DecideConfig(AppConfig):
    """Its ideas are folders; `models.py` only gathers their models."""

    name = "tenure.decide"
    label = "decide"
    default_auto_field = "django.db.models.BigAutoField"
