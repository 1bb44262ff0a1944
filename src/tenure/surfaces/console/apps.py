"""The console's template tags and static files, as Django finds them."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Pages only; the console owns no tables."""

    name = "tenure.surfaces.console"
    label = "console"
