import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("decide", "0001_decisions_and_budget")]

    initial = True

    dependencies = [
        ("records", "0001_the_records"),
    ]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.account",
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.term",
                    ),
                ),
                ("journey", models.CharField(max_length=60)),
                ("step", models.CharField(max_length=60)),
                ("as_of", models.DateField(help_text="last day counted, in the business's zone")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("chosen", "Chosen"), ("withheld", "Withheld")], max_length=20
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        help_text="id of the offer; the one called nothing", max_length=60
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        help_text="what the action does: reminder, coupon, …", max_length=20
                    ),
                ),
                (
                    "reason",
                    models.CharField(help_text="why this action, or why none", max_length=40),
                ),
                (
                    "explored",
                    models.BooleanField(default=False, help_text="chosen at random, to learn"),
                ),
                (
                    "drawn_from",
                    models.CharField(
                        blank=True,
                        help_text="actions that chance drew from, with spaces between",
                        max_length=500,
                    ),
                ),
                (
                    "propensity",
                    models.FloatField(
                        help_text="the probability with which this action was chosen"
                    ),
                ),
                (
                    "p_without",
                    models.FloatField(help_text="renews if left alone, 0 to 1", null=True),
                ),
                (
                    "p_with",
                    models.FloatField(help_text="renews with the action, 0 to 1", null=True),
                ),
                ("p_low", models.FloatField(null=True)),
                ("p_high", models.FloatField(null=True)),
                ("currency", models.CharField(max_length=3)),
                (
                    "margin_minor",
                    models.BigIntegerField(help_text="expected, against doing nothing", null=True),
                ),
                ("margin_low_minor", models.BigIntegerField(null=True)),
                ("margin_high_minor", models.BigIntegerField(null=True)),
                ("cost_minor", models.BigIntegerField(default=0, help_text="expected")),
                ("contact_cost_minor", models.BigIntegerField(default=0)),
                (
                    "list_price_minor",
                    models.BigIntegerField(help_text="of the term that is offered", null=True),
                ),
                (
                    "price_minor",
                    models.BigIntegerField(help_text="of that term with the offer", null=True),
                ),
                (
                    "months",
                    models.PositiveSmallIntegerField(
                        help_text="length of the term that is offered"
                    ),
                ),
                ("extension_days", models.PositiveSmallIntegerField(default=0)),
                ("valid_until", models.DateField(help_text="last day of the offer", null=True)),
                ("coupon_code", models.CharField(max_length=20, null=True, unique=True)),
                ("alternatives", models.JSONField(default=list)),
                ("inputs", models.JSONField(default=dict)),
                ("strategy_hash", models.CharField(max_length=64)),
                ("estimator_id", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["as_of", "outcome"], name="decision_as_of"),
                    models.Index(fields=["account", "-as_of"], name="decision_account_as_of"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("term", "journey", "step"), name="decision_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="decision_always_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("propensity__gt", 0), ("propensity__lte", 1)),
                        name="decision_propensity_is_probability",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", "chosen"),
                            models.Q(
                                ("cost_minor", 0),
                                ("coupon_code__isnull", True),
                                ("kind", "nothing"),
                            ),
                            _connector="OR",
                        ),
                        name="decision_withheld_gives_nothing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BudgetEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="decide.decision",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("commit", "Commit"), ("settle", "Settle")], max_length=10
                    ),
                ),
                (
                    "month_on",
                    models.DateField(help_text="the first day of the month whose budget it is"),
                ),
                (
                    "on",
                    models.DateField(help_text="the day of the movement, in the business's zone"),
                ),
                ("amount_minor", models.BigIntegerField(help_text="below zero gives budget back")),
                ("currency", models.CharField(max_length=3)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["month_on", "currency"], name="budget_entry_month")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("decision", "kind"), name="budget_entry_once")
                ],
            },
        ),
    ]
