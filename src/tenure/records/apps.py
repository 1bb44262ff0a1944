"""The Django application of this stage."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Its ideas are folders; `models.py` only gathers their models."""

    name = "tenure.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
