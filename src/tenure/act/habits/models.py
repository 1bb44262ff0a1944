"""What was learned of a person, and from how much."""

from django.db import models


class Habit(models.Model):
    """The way and the hour at which somebody answers; either may be unknown.

    Shares are already drawn towards those of people alike, and stand here to be told.
    """

    person = models.OneToOneField("records.Person", on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=20, blank=True)
    sent = models.PositiveIntegerField(default=0, help_text="on that channel, in a year")
    answered = models.PositiveIntegerField(default=0)
    share = models.FloatField(null=True, help_text="of those answered, drawn to people alike")
    alike = models.FloatField(null=True, help_text="the share of people alike on that channel")
    hour = models.PositiveSmallIntegerField(null=True, help_text="0 to 23, in the business's zone")
    answers = models.PositiveIntegerField(default=0, help_text="from so many the hour was learned")
    learned_on = models.DateField()

    class Meta:
        app_label = "act"
