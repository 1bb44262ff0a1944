"""Views of pages that somebody saved."""

from django.db import models


class SavedView(models.Model):
    """One page of the console with its filters and order, as its address says them."""

    owner = models.CharField(max_length=120, help_text='as the journal names them: "user:7"')
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=1000, help_text="path and query, nothing before them")
    is_shared = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="view_name_once"),
        ]


class MutedNotice(models.Model):
    """A kind of notice that somebody does not want to see in their own list."""

    owner = models.CharField(max_length=120, help_text='as the journal names them: "user:7"')
    kind = models.CharField(max_length=60)
    muted_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["owner", "kind"], name="notice_muted_once"),
        ]


class ChosenColumns(models.Model):
    """Which columns of a list somebody wants to see, in the order of the list."""

    owner = models.CharField(max_length=120, help_text='as the journal names them: "user:7"')
    table = models.CharField(max_length=40, help_text='"customers"')
    columns = models.JSONField(default=list)
    chosen_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["owner", "table"], name="columns_chosen_once"),
        ]


class NoticeMail(models.Model):
    """Where somebody wants to be told of notices by e-mail; without a row they are not."""

    owner = models.CharField(
        max_length=120, unique=True, help_text='as the journal names them: "user:7"'
    )
    address = models.CharField(max_length=120)
    asked_at = models.DateTimeField()

    class Meta:
        app_label = "records"
