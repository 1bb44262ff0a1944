"""What customers told us: answers, reasons for leaving from one list, rounds of surveys, posts."""

from django.db import models


class Answer(models.Model):
    """One answer to one survey question with a score."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    survey = models.CharField(max_length=60)  # nps | csat | ces | intent
    score = models.IntegerField()
    text = models.TextField(blank=True)
    answered_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="answer_external_id"),
        ]
        indexes = [models.Index(fields=["account", "-answered_on"], name="answer_account_on")]


class LossReason(models.Model):
    """Why one term was not renewed, by the taxonomy in `strategy/reasons.toml`."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60)  # cancel | survey | interview | import:…
    external_id = models.CharField(max_length=120)
    reason = models.CharField(max_length=40)
    text = models.TextField(blank=True)
    given_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="loss_reason_external_id"
            ),
        ]


class SurveyWave(models.Model):
    """One round of one survey; answers of different rounds of a survey can be compared.

    Whoever was asked may change the answer until `closes_on`, the first day that is closed.
    """

    survey = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    opens_on = models.DateField()
    closes_on = models.DateField()
    strategy_hash = models.CharField(max_length=64)
    opened_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="survey_wave_number"),
            models.CheckConstraint(
                condition=models.Q(closes_on__gt=models.F("opens_on")), name="survey_wave_has_days"
            ),
        ]


class Invitation(models.Model):
    """One person asked in one round; the message that asks is the key to the answer's page."""

    wave = models.ForeignKey(SurveyWave, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("records.Person", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", on_delete=models.PROTECT, related_name="+")
    message = models.OneToOneField("records.Message", on_delete=models.PROTECT, related_name="+")
    invited_on = models.DateField()
    answered_on = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    score = models.IntegerField(null=True)
    given = models.JSONField(default=dict, help_text="a reason, or prices in minor units")
    text = models.TextField(blank=True, help_text="without numbers and addresses of people")

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["wave", "person"], name="invitation_once"),
            models.CheckConstraint(
                condition=models.Q(answered_on__isnull=True, answered_at__isnull=True)
                | models.Q(answered_on__isnull=False, answered_at__isnull=False),
                name="invitation_answered_has_instant",
            ),
        ]
        indexes = [models.Index(fields=["person", "-invited_on"], name="invitation_person_on")]


class Post(models.Model):
    """What somebody wrote in a community, as it was brought in; linked where we know them."""

    account = models.ForeignKey(
        "records.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    author = models.CharField(max_length=120, blank=True)
    text = models.TextField(help_text="without numbers and addresses of people")
    link = models.URLField(max_length=500, blank=True)
    posted_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="post_external_id"),
        ]
        indexes = [models.Index(fields=["-posted_on"], name="post_on")]


class TicketCause(models.Model):
    """What a person found to be the root of a complaint, by the one list of reasons (FBK-05)."""

    ticket = models.OneToOneField("records.Ticket", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=40)
    text = models.TextField(blank=True)
    found_on = models.DateField()
    found_at = models.DateTimeField()
    found_by = models.CharField(max_length=120)

    class Meta:
        app_label = "records"
