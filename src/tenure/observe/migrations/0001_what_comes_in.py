import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("observe", "0001_intake_and_imports")]

    initial = True

    dependencies = [
        ("records", "0001_the_records"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=60)),
                ("actor", models.CharField(max_length=120)),
                ("mapping_hash", models.CharField(max_length=64)),
                ("is_strict", models.BooleanField(default=False)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("done", "Done"), ("refused", "Refused"), ("stopped", "Stopped")],
                        max_length=10,
                    ),
                ),
                ("counts", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="ImportedFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="observe.importbatch",
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "digest",
                    models.CharField(help_text="SHA-256 of the bytes on the disk", max_length=64),
                ),
                ("as_of", models.DateField(help_text="the day whose state the file tells")),
                ("counts", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [models.Index(fields=["digest"], name="imported_file_digest")],
            },
        ),
        migrations.CreateModel(
            name="ImportedRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=60)),
                ("kind", models.CharField(max_length=20)),
                (
                    "key",
                    models.CharField(
                        help_text="the external id, or several of them", max_length=400
                    ),
                ),
                ("digest", models.CharField(max_length=32)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="observe.importbatch",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "kind", "key"), name="imported_row_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("client", "Client"), ("server", "Server")],
                        default="server",
                        max_length=10,
                    ),
                ),
                (
                    "write_key_hash",
                    models.CharField(help_text="SHA-256, hexadecimal", max_length=64, unique=True),
                ),
                (
                    "zone",
                    models.CharField(
                        help_text="the business's zone: whose day an event is", max_length=60
                    ),
                ),
                ("events_per_second", models.PositiveIntegerField(default=100000)),
                ("created_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="InboxEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="observe.source",
                    ),
                ),
                ("message_id", models.CharField(max_length=100)),
                ("kind", models.CharField(max_length=10)),
                ("name", models.CharField(blank=True, max_length=200)),
                (
                    "identity",
                    models.CharField(help_text="userId, else anonymousId", max_length=200),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="records.account",
                    ),
                ),
                ("day", models.IntegerField(help_text="days since 1970 in the source's zone")),
                (
                    "claimed_day",
                    models.IntegerField(help_text="the day by the sender's own clock", null=True),
                ),
                ("at_us", models.BigIntegerField(help_text="when it happened, clocks corrected")),
                ("known_us", models.BigIntegerField(help_text="when we first had it")),
                (
                    "raw",
                    models.TextField(help_text="the JSON as it came, without what may not be kept"),
                ),
                (
                    "waited",
                    models.BooleanField(default=False, help_text="a seal found no account for it"),
                ),
                ("sealed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("sealed_at__isnull", True)),
                        fields=["day"],
                        name="inbox_event_unsealed",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "message_id"), name="inbox_event_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IdentityLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="observe.source",
                    ),
                ),
                ("known_as", models.CharField(max_length=200)),
                ("belongs_to", models.CharField(max_length=200)),
                ("made_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("source", "known_as"),
                        name="identity_link_one_live",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Quarantine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=60)),
                ("reason", models.CharField(max_length=60)),
                ("place", models.CharField(blank=True, max_length=200)),
                (
                    "kept",
                    models.BooleanField(
                        default=False, help_text="stored nevertheless, with a correction"
                    ),
                ),
                ("raw", models.CharField(blank=True, max_length=4000)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["source", "-at"], name="quarantine_source_at")],
            },
        ),
    ]
