import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("act", "0004_reconciliation_judged"),
        ("act", "0002_what_follows_from_payments"),
        ("act", "0003_days_of_bills"),
        ("act", "0004_reconciliation_judged"),
    ]

    initial = True

    dependencies = [
        ("records", "0001_the_records"),
    ]

    operations = [
        migrations.CreateModel(
            name="Enrolment",
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
                ("version", models.CharField(max_length=16)),
                ("strategy_hash", models.CharField(max_length=64)),
                ("ends_on", models.DateField()),
                ("enrolled_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("term", "journey"), name="enrolment_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProviderEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider", models.CharField(max_length=40)),
                ("event_id", models.CharField(max_length=200)),
                ("about", models.CharField(max_length=20)),
                ("number", models.CharField(max_length=64)),
                ("body", models.TextField()),
                ("received_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=30)),
            ],
            options={
                "indexes": [models.Index(fields=["number"], name="provider_event_number")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("provider", "event_id"), name="provider_event_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Effect",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.payment",
                    ),
                ),
                ("kind", models.CharField(max_length=30)),
                ("planned_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("done_at", models.DateTimeField(null=True)),
                ("stuck_at", models.DateTimeField(null=True)),
                (
                    "told",
                    models.JSONField(default=dict, help_text="the last refusal, or what was done"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True), ("stuck_at__isnull", True)),
                        fields=["due_at"],
                        name="effect_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("payment", "kind"), name="effect_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider", models.CharField(max_length=40)),
                (
                    "day",
                    models.DateField(help_text="the day of the bill, in the provider's calendar"),
                ),
                ("first_read_at", models.DateTimeField()),
                ("read_at", models.DateTimeField()),
                ("bill_digest", models.CharField(max_length=64)),
                ("report_hash", models.CharField(max_length=64)),
                ("counts", models.JSONField(default=dict, help_text="finding → how many")),
                (
                    "sums",
                    models.JSONField(
                        default=dict, help_text="currency → gross, refunds, fees, settlement"
                    ),
                ),
                (
                    "ledger",
                    models.JSONField(default=dict, help_text="currency → what our books moved"),
                ),
                (
                    "judged_at",
                    models.DateTimeField(
                        help_text="everything that differs was followed up", null=True
                    ),
                ),
                ("is_balanced", models.BooleanField(default=False)),
                (
                    "closed_at",
                    models.DateTimeField(
                        help_text="balanced, and nothing left to explain", null=True
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["day"], name="reconciliation_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("provider", "day"), name="reconciliation_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at__isnull", True), ("is_balanced", True), _connector="OR"
                        ),
                        name="reconciliation_closed_is_balanced",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReconciliationRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="act.reconciliation",
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("number", models.CharField(max_length=64)),
                ("refund_number", models.CharField(blank=True, max_length=64)),
                ("finding", models.CharField(max_length=20)),
                ("theirs_minor", models.BigIntegerField(null=True)),
                ("ours_minor", models.BigIntegerField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("alarmed_at", models.DateTimeField(null=True)),
                ("resolved_at", models.DateTimeField(null=True)),
                ("resolved_by", models.CharField(blank=True, max_length=120)),
                ("resolution", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("resolved_at__isnull", True)),
                        fields=["finding"],
                        name="reconciliation_row_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("report", "kind", "number", "refund_number"),
                        name="reconciliation_row_once",
                    )
                ],
            },
        ),
    ]
