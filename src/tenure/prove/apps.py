"""The Django application of this stage."""

from django.apps import AppConfig


class ProveConfig(AppConfig):
    """Its ideas are folders; `models.py` only gathers their models."""

    name = "tenure.prove"
    label = "prove"
    default_auto_field = "django.db.models.BigAutoField"
