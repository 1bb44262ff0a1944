"""The Django application of this stage."""

from django.apps import AppConfig


class ObserveConfig(AppConfig):
    """Its ideas are folders; `models.py` only gathers their models."""

    name = "tenure.observe"
    label = "observe"
    default_auto_field = "django.db.models.BigAutoField"
