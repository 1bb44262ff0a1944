"""What was found in the texts of a week, so that the next week can be held against it."""

from django.db import models


class TopicStudy(models.Model):
    """What everybody said in the weeks up to one, studied once it was over.

    `refusal` says in both languages why nothing was found; empty where topics were.
    """

    week = models.DateField(unique=True, help_text="its Monday")
    texts = models.PositiveIntegerField()
    unassigned = models.PositiveIntegerField(default=0)
    emerging = models.JSONField(default=list, help_text="what is new in the week, the surest first")
    gone = models.JSONField(default=list, help_text="keys of topics that nobody speaks of any more")
    refusal = models.JSONField(default=dict, help_text='{"zh": …, "en": …}')
    strategy_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        app_label = "understand"


class FoundTopic(models.Model):
    """One topic of one study. A topic that is the same in another week has the same key.

    `revenue_minor` is a year's revenue of the customers who spoke of it, each counted once;
    `weeks` counts its texts by the Monday of their week. All texts are masked.
    """

    study = models.ForeignKey(TopicStudy, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=16)
    rank = models.PositiveSmallIntegerField(help_text="1 is to be fixed first")
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    topic = models.CharField(max_length=60, blank=True, help_text="its place in topics.toml")
    texts = models.PositiveIntegerField()
    customers = models.PositiveIntegerField()
    revenue_minor = models.BigIntegerField()
    complaining = models.FloatField(help_text="share of its texts, 0 to 1")
    is_new = models.BooleanField()
    phrases = models.JSONField()
    weeks = models.JSONField()
    examples = models.JSONField()
    grams = models.JSONField(help_text="what it is known by")

    class Meta:
        app_label = "understand"
        constraints = [
            models.UniqueConstraint(fields=["study", "key"], name="found_topic_once"),
        ]
        indexes = [models.Index(fields=["key", "-study"], name="found_topic_key")]
