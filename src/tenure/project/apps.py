"""What is set up once per process, whichever program it is."""

from django.apps import AppConfig

from tenure.project import logs


class ProjectConfig(AppConfig):
    """No tables, no pages: the logs' scrubber."""

    name = "tenure.project"
    label = "project"

    def ready(self) -> None:
        logs.configure()
