"""A consent says how it was proved; a request waits for the click that confirms it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0019_indexes_of_sending"),
    ]

    operations = [
        migrations.AddField(
            model_name="consent",
            name="double_opt_in_at",
            field=models.DateTimeField(help_text="when its reader confirmed it", null=True),
        ),
        migrations.AddField(
            model_name="consent",
            name="soft_opt_in_product",
            field=models.CharField(blank=True, default="", max_length=120),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="consent",
            name="soft_opt_in_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="consent",
            name="opt_out_offered",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="ConsentRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("purpose", models.CharField(max_length=30)),
                ("channel", models.CharField(max_length=20)),
                ("address", models.CharField(max_length=254)),
                ("text_version", models.CharField(max_length=40)),
                ("disclosure", models.TextField(help_text="word for word what is agreed to")),
                ("language", models.CharField(max_length=10)),
                ("asked_at", models.DateTimeField()),
                ("asked_ip", models.CharField(blank=True, max_length=45)),
                ("expires_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("confirmed_ip", models.CharField(blank=True, max_length=45)),
                (
                    "dropped_at",
                    models.DateTimeField(help_text="asked anew, or taken back before", null=True),
                ),
                (
                    "message",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.message",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="records.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("confirmed_at__isnull", True), ("dropped_at__isnull", True)
                        ),
                        fields=("person", "purpose", "channel"),
                        name="consent_request_one_waits",
                    )
                ],
            },
        ),
    ]
