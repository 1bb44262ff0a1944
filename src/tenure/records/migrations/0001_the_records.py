import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
from django.db import migrations, models

import tenure.records.journal.fields


class Migration(migrations.Migration):
    replaces = [
        ("records", "0022_declarations_are_looked_at"),
        ("records", "0002_documents"),
        ("records", "0003_webhooks"),
        ("records", "0004_mandates_and_deductions"),
        ("records", "0005_calls"),
        ("records", "0006_customers_come_in"),
        ("records", "0007_cancellations"),
        ("records", "0008_wishes_and_data_requests"),
        ("records", "0009_orders_refunds_and_the_books"),
        ("records", "0010_declarations"),
        ("records", "0011_copies_and_plain_todos"),
        ("records", "0012_terms_and_money"),
        ("records", "0013_what_providers_kept"),
        ("records", "0014_invoice_requests"),
        ("records", "0015_contracts"),
        ("records", "0016_mandates_know_where_they_are_signed"),
        ("records", "0017_lines_know_their_extension"),
        ("records", "0018_batches"),
        ("records", "0019_benefits_and_gifts"),
        ("records", "0020_versions_know_their_prices"),
        ("records", "0021_renewals_can_be_undone"),
        ("records", "0022_declarations_are_looked_at"),
    ]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=60)),
                ("external_id", models.CharField(max_length=120)),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("household", "Household"),
                            ("business", "Business"),
                            ("individual", "Individual"),
                        ],
                        default="household",
                        max_length=20,
                    ),
                ),
                ("country", models.CharField(default="CN", max_length=2)),
                ("region", models.CharField(blank=True, max_length=80)),
                (
                    "zone",
                    models.CharField(
                        blank=True, help_text="empty: the business's zone", max_length=60
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("sales_channel", models.CharField(blank=True, max_length=60)),
                ("started_on", models.DateField()),
                (
                    "holdout_bucket",
                    models.PositiveSmallIntegerField(
                        help_text="0 to 9999 by hashing; below the holdout's share nobody persuades this account"
                    ),
                ),
                ("attributes", models.JSONField(default=dict)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["name"], name="account_name")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "external_id"), name="account_external_id"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="records.account",
                    ),
                ),
                ("external_id", models.CharField(max_length=120)),
                ("name", models.CharField(max_length=200)),
                ("language", models.CharField(default="zh-Hans", max_length=10)),
                ("zone", models.CharField(blank=True, max_length=60)),
                ("is_primary", models.BooleanField(default=True)),
                ("is_minor", models.BooleanField(default=False)),
                ("born_year", models.PositiveSmallIntegerField(null=True)),
                ("preferred_channels", models.JSONField(default=list)),
                ("preferred_from", models.TimeField(null=True)),
                ("preferred_until", models.TimeField(null=True)),
                ("personalised", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "external_id"), name="person_external_id"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=60, unique=True)),
                ("product_code", models.CharField(max_length=60)),
                ("name_zh", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
                ("tier_rank", models.PositiveSmallIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="PlanVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.plan",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("effective_on", models.DateField()),
                (
                    "cost_minor_per_month",
                    models.BigIntegerField(help_text="what a month of service costs us"),
                ),
                ("speed_mbps", models.PositiveIntegerField(null=True)),
                ("lapse_policy", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "version"), name="plan_version_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
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
                ("source", models.CharField(max_length=60)),
                ("external_id", models.CharField(max_length=120)),
                (
                    "plan_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.planversion",
                    ),
                ),
                ("cycle_months", models.PositiveSmallIntegerField()),
                (
                    "anchor_on",
                    models.DateField(help_text="due dates are counted from here, never chained"),
                ),
                ("auto_renew", models.BooleanField(default=False)),
                ("quantity", models.PositiveIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused"), ("ended", "Ended")],
                        max_length=20,
                    ),
                ),
                ("started_on", models.DateField()),
                ("ended_on", models.DateField(null=True)),
                ("end_kind", models.CharField(blank=True, max_length=20)),
                (
                    "paused_on",
                    models.DateField(help_text="the first day without service", null=True),
                ),
                (
                    "resumes_on",
                    models.DateField(help_text="the first day with service again", null=True),
                ),
                ("owner_name", models.CharField(blank=True, max_length=80)),
                ("attributes", models.JSONField(default=dict)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "external_id"), name="subscription_external_id"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ended"), _negated=True),
                            ("ended_on__isnull", False),
                            _connector="OR",
                        ),
                        name="subscription_ended_has_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "paused"), _negated=True),
                            models.Q(("paused_on__isnull", False), ("resumes_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="subscription_paused_has_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Term",
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
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.subscription",
                    ),
                ),
                (
                    "plan_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.planversion",
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(help_text="1 for the first term of the chain"),
                ),
                ("cycle_months", models.PositiveSmallIntegerField()),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                (
                    "price_minor",
                    models.BigIntegerField(
                        help_text="what a whole term like this costs, net of discounts, with the plan and seats in force; what was charged for it until a change in its middle"
                    ),
                ),
                (
                    "list_price_minor",
                    models.BigIntegerField(help_text="the list price on the day it was sold"),
                ),
                (
                    "tax_minor",
                    models.BigIntegerField(default=0, help_text="the tax inside the price"),
                ),
                (
                    "free_days",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="at the end, not paid for"
                    ),
                ),
                (
                    "gift_minor",
                    models.BigIntegerField(
                        default=0, help_text="what the free days would have cost"
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("cancelling", "Cancelling"),
                            ("grace", "Grace"),
                            ("renewed", "Renewed"),
                            ("lapsed", "Lapsed"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "renewed_on",
                    models.DateField(help_text="the day the next term was bought", null=True),
                ),
                (
                    "closed_on",
                    models.DateField(help_text="the day it was lapsed or cancelled", null=True),
                ),
                ("cancel_asked_on", models.DateField(null=True)),
                ("end_kind", models.CharField(blank=True, max_length=20)),
                ("extended_days", models.PositiveSmallIntegerField(default=0)),
                (
                    "reversed_on",
                    models.DateField(
                        help_text="from then on it counts as never bought, and the one before goes on",
                        null=True,
                    ),
                ),
                (
                    "sold_before_on",
                    models.DateField(
                        help_text="of a reversed term: the day it was bought; else the renewal says it",
                        null=True,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "ends_on"], name="term_state_ends"),
                    models.Index(fields=["account", "-ends_on"], name="term_account_ends"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("reversed_on__isnull", True)),
                        fields=("subscription", "number"),
                        name="term_number_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "cancelled"), _negated=True),
                        fields=("subscription", "starts_on"),
                        name="term_start_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("running", "cancelling", "grace"))),
                        fields=("subscription",),
                        name="term_one_live",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                        name="term_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "renewed"), _negated=True),
                            ("renewed_on__isnull", False),
                            _connector="OR",
                        ),
                        name="term_renewed_has_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reversed_on__isnull", True),
                            models.Q(("sold_before_on__isnull", False), ("state", "cancelled")),
                            _connector="OR",
                        ),
                        name="term_reversed_is_cancelled",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["lapsed", "cancelled"]), _negated=True),
                            ("closed_on__isnull", False),
                            _connector="OR",
                        ),
                        name="term_closed_has_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("send_key", models.CharField(max_length=160, unique=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.account",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.person",
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
                ("journey_version", models.CharField(max_length=16)),
                ("step", models.CharField(max_length=60)),
                ("template", models.CharField(max_length=60)),
                (
                    "message_class",
                    models.CharField(
                        choices=[
                            ("transactional", "Transactional"),
                            ("legal_notice", "Legal Notice"),
                            ("marketing", "Marketing"),
                        ],
                        max_length=20,
                    ),
                ),
                ("channel", models.CharField(max_length=20)),
                ("language", models.CharField(max_length=10)),
                ("address", models.CharField(blank=True, max_length=254)),
                ("decision_id", models.BigIntegerField(null=True)),
                ("subject", models.CharField(blank=True, max_length=300)),
                ("body", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("read", "Read"),
                            ("suppressed", "Suppressed"),
                            ("failed", "Failed"),
                            ("expired", "Expired"),
                        ],
                        default="planned",
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=60)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("planned_at", models.DateTimeField()),
                ("send_after", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("leased_until", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "settled_at",
                    models.DateTimeField(
                        help_text="delivered, suppressed, failed, expired", null=True
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "send_after"], name="message_state_due"),
                    models.Index(fields=["person", "-sent_at"], name="message_person_sent"),
                    models.Index(fields=["account", "-planned_at"], name="message_account_planned"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "suppressed"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="message_suppressed_has_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LoginCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ticket", models.CharField(max_length=40, unique=True)),
                ("address_digest", models.CharField(max_length=64)),
                ("nonce", models.CharField(max_length=40)),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="records.person",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.message",
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["address_digest", "-asked_at"], name="login_code_address")
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token_digest", models.CharField(max_length=64, unique=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="records.account",
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
                (
                    "door",
                    models.CharField(
                        choices=[("code", "Code"), ("passkey", "Passkey")], max_length=20
                    ),
                ),
                ("device", models.CharField(blank=True, max_length=120)),
                ("opened_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["person"],
                        name="customer_session_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("credential_id", models.CharField(max_length=400, unique=True)),
                (
                    "public_key",
                    models.BinaryField(
                        help_text="as CBOR, with the credential's identity around it"
                    ),
                ),
                ("sign_count", models.BigIntegerField(default=0)),
                ("name", models.CharField(max_length=80)),
                ("added_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["person"], name="passkey_person")],
            },
        ),
        migrations.CreateModel(
            name="CreditEntry",
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
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("reason", models.CharField(max_length=60)),
                (
                    "term",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.term",
                    ),
                ),
                ("on", models.DateField()),
                ("once_key", models.CharField(max_length=200, unique=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["account", "currency"], name="credit_account")],
            },
        ),
        migrations.CreateModel(
            name="AutoRenewConsent",
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
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.subscription",
                    ),
                ),
                ("text_version", models.CharField(max_length=40)),
                (
                    "disclosure",
                    models.TextField(help_text="the text as it stood beside the control"),
                ),
                ("disclosure_sha256", models.CharField(max_length=64)),
                ("language", models.CharField(max_length=10)),
                ("shown_at", models.DateTimeField()),
                ("clicked_at", models.DateTimeField()),
                ("ip", models.CharField(blank=True, max_length=45)),
                ("user_agent", models.CharField(blank=True, max_length=300)),
                (
                    "price_minor",
                    models.BigIntegerField(help_text="what the next deduction was said to be"),
                ),
                (
                    "cap_minor",
                    models.BigIntegerField(help_text="the most that one deduction may take"),
                ),
                ("currency", models.CharField(max_length=3)),
                ("period_months", models.PositiveSmallIntegerField()),
                (
                    "stamps",
                    models.JSONField(
                        default=list, help_text="the policies that it was given under"
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("subscription",),
                        name="auto_renew_consent_one_live",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("clicked_at__gte", models.F("shown_at"))),
                        name="auto_renew_consent_shown_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cap_minor__gte", models.F("price_minor"))),
                        name="auto_renew_consent_within_cap",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mandate",
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
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.subscription",
                    ),
                ),
                (
                    "consent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.autorenewconsent",
                    ),
                ),
                ("number", models.CharField(help_text="ours", max_length=32, unique=True)),
                ("provider", models.CharField(max_length=30)),
                ("method", models.CharField(max_length=30)),
                (
                    "agreement_id",
                    models.CharField(blank=True, help_text="the provider's", max_length=120),
                ),
                (
                    "payer",
                    models.CharField(
                        blank=True, help_text="the provider's own customer", max_length=120
                    ),
                ),
                (
                    "instrument",
                    models.CharField(
                        blank=True,
                        help_text="fingerprint of a card: attempts are counted on it",
                        max_length=80,
                    ),
                ),
                ("network", models.CharField(blank=True, max_length=20)),
                (
                    "limit_minor",
                    models.BigIntegerField(help_text="the most that one deduction may take"),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "handoff",
                    models.JSONField(default=dict, help_text="where the customer signs it"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("signed", "Signed"),
                            ("suspended", "Suspended"),
                            ("released", "Released"),
                            ("expired", "Expired"),
                        ],
                        max_length=20,
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                ("signed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=60)),
                ("unsign_at", models.DateTimeField(null=True)),
                ("unsign_attempts", models.PositiveIntegerField(default=0)),
                (
                    "unsigned_at",
                    models.DateTimeField(help_text="the provider confirmed the end", null=True),
                ),
                ("alarmed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("unsign_at__isnull", False)),
                        fields=["unsign_at"],
                        name="mandate_to_unsign",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("signed", "suspended"))),
                        fields=("subscription",),
                        name="mandate_one_standing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("signed", "suspended")), _negated=True),
                            ("signed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="mandate_signed_has_instant",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["released", "expired"]), _negated=True),
                            ("ended_at__isnull", False),
                            _connector="OR",
                        ),
                        name="mandate_ended_has_instant",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Deduction",
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
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.subscription",
                    ),
                ),
                (
                    "term",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.term",
                    ),
                ),
                (
                    "mandate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.mandate",
                    ),
                ),
                ("due_on", models.DateField()),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("notified", "Notified"),
                            ("charging", "Charging"),
                            ("retrying", "Retrying"),
                            ("collected", "Collected"),
                            ("held", "Held"),
                            ("manual", "Manual"),
                            ("stopped", "Stopped"),
                            ("failed", "Failed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=60)),
                (
                    "stamps",
                    models.JSONField(
                        default=list, help_text="the policies that it was planned under"
                    ),
                ),
                ("windows", models.JSONField(default=list)),
                ("proof", models.JSONField(default=list)),
                ("planned_at", models.DateTimeField()),
                ("notified_at", models.DateTimeField(null=True)),
                ("opens_on", models.DateField(null=True)),
                ("closes_on", models.DateField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("first_tried_at", models.DateTimeField(null=True)),
                ("decline_code", models.CharField(blank=True, max_length=60)),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_action", models.CharField(blank=True, max_length=20)),
                (
                    "end_action_on",
                    models.DateField(help_text="when the end action is due", null=True),
                ),
                ("end_acted_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at"],
                        name="deduction_next",
                    ),
                    models.Index(fields=["state", "due_on"], name="deduction_state_due"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("planned", "notified", "charging", "retrying")),
                            ("ended_at__isnull", False),
                            _connector="OR",
                        ),
                        name="deduction_ended_has_instant",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "notified"), _negated=True),
                            ("notified_at__isnull", False),
                            _connector="OR",
                        ),
                        name="deduction_notified_has_instant",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)),
                        name="deduction_takes_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeductionAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "deduction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.deduction",
                    ),
                ),
                ("ordinal", models.PositiveSmallIntegerField()),
                ("number", models.CharField(blank=True, max_length=32)),
                ("instrument", models.CharField(blank=True, max_length=80)),
                ("amount_minor", models.BigIntegerField()),
                ("stamps", models.JSONField(default=list)),
                ("tried_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=20)),
                ("decline_code", models.CharField(blank=True, max_length=60)),
                ("decline_class", models.CharField(blank=True, max_length=20)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["instrument", "-tried_at"], name="deduction_attempt_card")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("deduction", "ordinal"), name="deduction_attempt_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InstalmentPlan",
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
                ("currency", models.CharField(max_length=3)),
                ("total_minor", models.BigIntegerField()),
                ("agreed_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("term",), name="instalment_plan_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Instalment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.instalmentplan",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(help_text="1 for the first")),
                ("due_on", models.DateField()),
                ("amount_minor", models.BigIntegerField()),
                ("paid_minor", models.BigIntegerField(default=0)),
                (
                    "paid_on",
                    models.DateField(help_text="the day on which it was paid whole", null=True),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["due_on"], name="instalment_due")],
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "number"), name="instalment_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("paid_minor__gte", 0), ("paid_minor__lte", models.F("amount_minor"))
                        ),
                        name="instalment_not_overpaid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("paid_on", None),
                            ("paid_minor", models.F("amount_minor")),
                            _connector="OR",
                        ),
                        name="instalment_paid_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InstalmentPayment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.instalmentplan",
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("on", models.DateField()),
                ("once_key", models.CharField(max_length=200, unique=True)),
                ("recorded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=40, unique=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.account",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("renewal", "Renewal"),
                            ("plan_change", "Plan Change"),
                            ("seats", "Seats"),
                            ("add_on", "Add On"),
                            ("co_term", "Co Term"),
                            ("batch", "Batch"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "subject",
                    models.JSONField(default=dict, help_text="which term, and what was chosen"),
                ),
                ("subject_key", models.CharField(blank=True, max_length=120)),
                ("bill", models.JSONField(default=dict)),
                ("digest", models.CharField(max_length=64)),
                ("total_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("paid", "Paid"),
                            ("fulfilled", "Fulfilled"),
                            ("cancelled", "Cancelled"),
                            ("expired", "Expired"),
                        ],
                        max_length=20,
                    ),
                ),
                ("once_key", models.CharField(max_length=200, unique=True)),
                ("placed_at", models.DateTimeField()),
                (
                    "placed_on",
                    models.DateField(help_text="the day of its price, in the business's zone"),
                ),
                ("expires_at", models.DateTimeField()),
                ("paid_at", models.DateTimeField(null=True)),
                (
                    "closed_at",
                    models.DateTimeField(help_text="fulfilled, cancelled or expired", null=True),
                ),
                (
                    "reversed_at",
                    models.DateTimeField(help_text="what it gave was taken back", null=True),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "-placed_at"], name="order_account_at"),
                    models.Index(fields=["state", "expires_at"], name="order_state_expires"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state", "open"), models.Q(("subject_key", ""), _negated=True)
                        ),
                        fields=("subject_key",),
                        name="order_one_open",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("reversed_at__isnull", True),
                            ("state__in", ("paid", "fulfilled")),
                            models.Q(("subject_key", ""), _negated=True),
                        ),
                        fields=("subject_key",),
                        name="order_one_taken",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("total_minor__gte", 0)), name="order_total_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("paid", "fulfilled")), _negated=True),
                            ("paid_at__isnull", False),
                            _connector="OR",
                        ),
                        name="order_taken_has_instant",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.term",
                    ),
                ),
                ("source", models.CharField(max_length=60)),
                ("external_id", models.CharField(max_length=120)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("method", models.CharField(blank=True, max_length=30)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("created", "Created"),
                            ("pending", "Pending"),
                            ("unknown", "Unknown"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                            ("closed", "Closed"),
                            ("expired", "Expired"),
                            ("disputed_amount", "Disputed Amount"),
                            ("partially_refunded", "Partially Refunded"),
                            ("refunded", "Refunded"),
                            ("charged_back", "Charged Back"),
                            ("won", "Won"),
                            ("lost", "Lost"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "paid_on",
                    models.DateField(help_text="the day of the attempt, in the business's zone"),
                ),
                ("recorded_at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.order",
                    ),
                ),
                ("number", models.CharField(max_length=32, null=True, unique=True)),
                ("way", models.CharField(blank=True, default="", max_length=20)),
                ("provider_id", models.CharField(blank=True, default="", max_length=120)),
                ("handoff", models.JSONField(default=dict, help_text="where the customer pays it")),
                ("expires_at", models.DateTimeField(null=True)),
                ("paid_at", models.DateTimeField(help_text="as the provider says", null=True)),
                (
                    "superseded_at",
                    models.DateTimeField(help_text="another attempt took its place", null=True),
                ),
                ("next_query_at", models.DateTimeField(null=True)),
                ("decline_code", models.CharField(blank=True, default="", max_length=60)),
                (
                    "received",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="what really came, where it is disputed",
                        max_length=40,
                    ),
                ),
                ("refunded_minor", models.BigIntegerField(default=0)),
                (
                    "fee_minor",
                    models.BigIntegerField(
                        help_text="what the provider kept, by its bill", null=True
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "-paid_on"], name="payment_account_on"),
                    models.Index(
                        condition=models.Q(("next_query_at__isnull", False)),
                        fields=["next_query_at"],
                        name="payment_to_query",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "external_id"), name="payment_external_id"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ("created", "pending", "unknown")),
                            ("superseded_at__isnull", True),
                        ),
                        fields=("order",),
                        name="payment_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("refunded_minor__gte", 0),
                            ("refunded_minor__lte", models.F("amount_minor")),
                        ),
                        name="payment_refunded_within",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=32, unique=True)),
                ("once_key", models.CharField(max_length=120, unique=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.account",
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
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("customer_request", "Customer Request"),
                            ("withdrawal", "Withdrawal"),
                            ("cancellation", "Cancellation"),
                            ("goodwill", "Goodwill"),
                            ("service_failure", "Service Failure"),
                            ("our_mistake", "Our Mistake"),
                            ("double_payment", "Double Payment"),
                            ("late_payment", "Late Payment"),
                            ("wrong_amount", "Wrong Amount"),
                            ("not_fulfilled", "Not Fulfilled"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "effect",
                    models.CharField(
                        choices=[("none", "None"), ("reverse", "Reverse"), ("end", "End")],
                        max_length=20,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("processing", "Processing"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                            ("abnormal", "Abnormal"),
                            ("rejected", "Rejected"),
                        ],
                        max_length=20,
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                ("requested_by", models.CharField(max_length=120)),
                ("needs_second", models.BooleanField(default=False)),
                ("decided_at", models.DateTimeField(null=True)),
                ("approved_by", models.CharField(blank=True, max_length=120)),
                ("rejected_by", models.CharField(blank=True, max_length=120)),
                ("sent_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("refunded_on", models.DateField(null=True)),
                ("provider_id", models.CharField(blank=True, max_length=120)),
                ("next_query_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["payment"], name="refund_payment"),
                    models.Index(fields=["state", "next_query_at"], name="refund_state_query"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="refund_gives_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", ""),
                            models.Q(("approved_by", models.F("requested_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="refund_second_is_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("needs_second", False),
                            models.Q(("approved_by", ""), _negated=True),
                            models.Q(
                                ("state__in", ("processing", "succeeded", "failed", "abnormal")),
                                _negated=True,
                            ),
                            _connector="OR",
                        ),
                        name="refund_sent_is_approved",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("once_key", models.CharField(max_length=120, unique=True)),
                ("kind", models.CharField(max_length=40)),
                ("on", models.DateField(help_text="the day of the books, in the business's zone")),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=120)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.account",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.order",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.payment",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.refund",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["on"], name="booking_on"),
                    models.Index(fields=["account", "on"], name="booking_account_on"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BookingLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.booking",
                    ),
                ),
                ("debit", models.CharField(max_length=60)),
                ("credit", models.CharField(max_length=60)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["debit"], name="booking_line_debit"),
                    models.Index(fields=["credit"], name="booking_line_credit"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)),
                        name="booking_line_moves_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("debit", models.F("credit")), _negated=True),
                        name="booking_line_two_accounts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentStep",
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
                ("at", models.DateTimeField()),
                (
                    "from_state",
                    models.CharField(
                        choices=[
                            ("created", "Created"),
                            ("pending", "Pending"),
                            ("unknown", "Unknown"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                            ("closed", "Closed"),
                            ("expired", "Expired"),
                            ("disputed_amount", "Disputed Amount"),
                            ("partially_refunded", "Partially Refunded"),
                            ("refunded", "Refunded"),
                            ("charged_back", "Charged Back"),
                            ("won", "Won"),
                            ("lost", "Lost"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("created", "Created"),
                            ("pending", "Pending"),
                            ("unknown", "Unknown"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                            ("closed", "Closed"),
                            ("expired", "Expired"),
                            ("disputed_amount", "Disputed Amount"),
                            ("partially_refunded", "Partially Refunded"),
                            ("refunded", "Refunded"),
                            ("charged_back", "Charged Back"),
                            ("won", "Won"),
                            ("lost", "Lost"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("notify", "Notify"),
                            ("query", "Query"),
                            ("reconcile", "Reconcile"),
                            ("operator", "Operator"),
                            ("import", "Import"),
                            ("engine", "Engine"),
                        ],
                        max_length=20,
                    ),
                ),
                ("actor", models.CharField(max_length=120)),
                (
                    "told",
                    models.JSONField(
                        default=dict, help_text="what the origin said, as far as it matters"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["payment", "at"], name="payment_step_at")],
            },
        ),
        migrations.CreateModel(
            name="BroughtFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=40, unique=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.account",
                    ),
                ),
                (
                    "data_id",
                    models.CharField(
                        help_text="which kind of data, by the strategy", max_length=60
                    ),
                ),
                ("name", models.CharField(help_text="of the file", max_length=200)),
                ("mapping", models.JSONField(default=dict, help_text="our column → the file's")),
                ("rows", models.JSONField(default=list)),
                ("count", models.PositiveIntegerField()),
                ("brought_on", models.DateField()),
                ("once_key", models.CharField(max_length=200, unique=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["account"], name="brought_account")],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("public_id", models.CharField(max_length=16, unique=True)),
                ("secret_hash", models.CharField(help_text="SHA-256, hexadecimal", max_length=64)),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("customers", "Customers"),
                            ("customers_masked", "Masked"),
                            ("metrics", "Metrics"),
                            ("renewals", "Renewals"),
                            ("webhooks", "Webhooks"),
                        ],
                        max_length=30,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "api_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.apikey",
                    ),
                ),
                ("idempotency_key", models.CharField(max_length=255)),
                (
                    "fingerprint",
                    models.CharField(
                        help_text="SHA-256 of method, address and body", max_length=64
                    ),
                ),
                (
                    "leased_until",
                    models.DateTimeField(help_text="null: it was answered", null=True),
                ),
                ("http_status", models.PositiveSmallIntegerField(null=True)),
                ("media_type", models.CharField(blank=True, max_length=80)),
                ("body", models.TextField(blank=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="call_created")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("api_key", "idempotency_key"), name="call_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("leased_until__isnull", False),
                            ("http_status__isnull", False),
                            _connector="OR",
                        ),
                        name="call_answered_has_status",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cancellation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=40, unique=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.account",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.subscription",
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
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("started", "Started"),
                            ("offer_shown", "Offer Shown"),
                            ("confirmed", "Confirmed"),
                            ("kept", "Kept"),
                            ("abandoned", "Abandoned"),
                        ],
                        max_length=20,
                    ),
                ),
                ("channel", models.CharField(max_length=20)),
                ("language", models.CharField(max_length=10)),
                ("jurisdiction", models.CharField(max_length=60)),
                (
                    "policy_version",
                    models.TextField(help_text="the stamps of every policy that bound"),
                ),
                ("strategy_hash", models.CharField(max_length=64)),
                ("is_porting", models.BooleanField(default=False)),
                ("started_at", models.DateTimeField(help_text="the instant of the first click")),
                ("started_on", models.DateField(help_text="its day in the business's zone")),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("reason_text", models.TextField(blank=True)),
                ("considered", models.JSONField(default=list)),
                (
                    "held_out_of",
                    models.CharField(
                        blank=True, help_text="the offer not shown by lot", max_length=60
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_on", models.DateField(null=True)),
                (
                    "stop",
                    models.CharField(
                        blank=True,
                        choices=[("at_end", "At End"), ("at_once", "At Once")],
                        max_length=10,
                    ),
                ),
                (
                    "ends_on",
                    models.DateField(help_text="the first day without the service", null=True),
                ),
                ("refund_minor", models.BigIntegerField(null=True)),
                ("refund_basis", models.CharField(blank=True, max_length=30)),
                ("currency", models.CharField(blank=True, max_length=3)),
                (
                    "declaration",
                    models.TextField(blank=True, help_text="what was declared, in full"),
                ),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_on", models.DateField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "-started_at"], name="cancellation_account"),
                    models.Index(fields=["term", "-started_at"], name="cancellation_term"),
                    models.Index(
                        condition=models.Q(("state__in", ("started", "offer_shown"))),
                        fields=["started_at"],
                        name="cancellation_waiting",
                    ),
                    models.Index(fields=["started_on"], name="cancellation_started_on"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("started", "offer_shown"))),
                        fields=("subscription",),
                        name="cancellation_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("started", "offer_shown")),
                            ("settled_at__isnull", False),
                            _connector="OR",
                        ),
                        name="cancellation_settled_has_instant",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "confirmed"), _negated=True),
                            models.Q(
                                ("ends_on__isnull", False), models.Q(("stop", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="cancellation_confirmed_has_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SaveOffer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "cancellation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.cancellation",
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
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.subscription",
                    ),
                ),
                ("save_id", models.CharField(max_length=60)),
                ("kind", models.CharField(max_length=20)),
                ("rung", models.PositiveSmallIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("shown", "Shown"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                        ],
                        max_length=20,
                    ),
                ),
                ("shown_at", models.DateTimeField()),
                ("shown_on", models.DateField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("currency", models.CharField(max_length=3)),
                (
                    "now_minor",
                    models.BigIntegerField(help_text="what the customer pays now for `now_months`"),
                ),
                ("now_months", models.PositiveSmallIntegerField()),
                (
                    "price_minor",
                    models.BigIntegerField(help_text="what `months` would cost with the offer"),
                ),
                (
                    "months",
                    models.PositiveSmallIntegerField(help_text="of service, free ones included"),
                ),
                ("discount_share", models.DecimalField(decimal_places=4, default=0, max_digits=5)),
                ("buy_months", models.PositiveSmallIntegerField(default=0)),
                ("free_months", models.PositiveSmallIntegerField(default=0)),
                ("valid_until", models.DateField(help_text="last day on which it may be used")),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "used_by",
                    models.CharField(blank=True, help_text="the order that used it", max_length=60),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "-shown_at"], name="save_offer_account"),
                    models.Index(
                        condition=models.Q(("state", "accepted"), ("used_at__isnull", True)),
                        fields=["subscription"],
                        name="save_offer_promised",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "shown"), ("answered_at__isnull", False), _connector="OR"
                        ),
                        name="save_offer_answered_has_instant",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("used_at__isnull", True), ("state", "accepted"), _connector="OR"
                        ),
                        name="save_offer_used_was_accepted",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Declaration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=40, unique=True)),
                (
                    "once_key",
                    models.CharField(
                        help_text="of the page it was sent by", max_length=80, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("termination", "Termination"), ("withdrawal", "Withdrawal")],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("contract", models.CharField(max_length=120)),
                ("address", models.CharField(max_length=254)),
                ("is_extraordinary", models.BooleanField(default=False)),
                ("reason", models.TextField(blank=True)),
                ("wished_on", models.DateField(null=True)),
                ("language", models.CharField(max_length=10)),
                ("content", models.TextField()),
                ("declared_at", models.DateTimeField()),
                ("declared_on", models.DateField()),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.account",
                    ),
                ),
                (
                    "cancellation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.cancellation",
                    ),
                ),
                (
                    "ends_on",
                    models.DateField(
                        help_text="the first day without the service, if known", null=True
                    ),
                ),
                ("receipt_tries", models.PositiveSmallIntegerField(default=0)),
                ("leased_until", models.DateTimeField(null=True)),
                ("receipt_sent_at", models.DateTimeField(null=True)),
                (
                    "looked_at",
                    models.DateTimeField(help_text="a person found out whose it is", null=True),
                ),
                ("looked_by", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("receipt_sent_at__isnull", True)),
                        fields=["declared_at"],
                        name="declaration_unanswered",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Price",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "plan_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prices",
                        to="records.planversion",
                    ),
                ),
                ("cycle_months", models.PositiveSmallIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan_version", "cycle_months", "currency"), name="price_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gte", 0)), name="price_not_below_0"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entitlement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "plan_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.planversion",
                    ),
                ),
                ("code", models.CharField(max_length=60)),
                ("name_zh", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
                ("kind", models.CharField(default="core", max_length=20)),
                ("quantity", models.BigIntegerField(help_text="null: without limit", null=True)),
                ("unit", models.CharField(blank=True, max_length=20)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan_version", "code"), name="entitlement_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AddOn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=60, unique=True)),
                ("product_code", models.CharField(max_length=60)),
                ("name_zh", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name="AddOnVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "add_on",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.addon",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("effective_on", models.DateField()),
                (
                    "cost_minor_per_month",
                    models.BigIntegerField(help_text="what a month of it costs us"),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "prices",
                    models.JSONField(help_text="cycle in months → minor units for the whole cycle"),
                ),
                ("plans", models.JSONField(default=list)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("add_on", "version"), name="add_on_version_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AddOnEntitlement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "add_on_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.addonversion",
                    ),
                ),
                ("code", models.CharField(max_length=60)),
                ("name_zh", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
                ("kind", models.CharField(default="value_added", max_length=20)),
                ("quantity", models.BigIntegerField(help_text="null: without limit", null=True)),
                ("unit", models.CharField(blank=True, max_length=20)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("add_on_version", "code"), name="add_on_entitlement_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Contract",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=40, unique=True)),
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.term",
                    ),
                ),
                (
                    "annex_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.contract",
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("template", models.CharField(max_length=60)),
                ("template_version", models.PositiveSmallIntegerField()),
                ("strategy_hash", models.CharField(max_length=64)),
                ("prevailing", models.CharField(max_length=10)),
                ("name", models.JSONField()),
                ("text", models.JSONField()),
                ("consent", models.JSONField()),
                ("variables", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("sent", "Sent"),
                            ("viewed", "Viewed"),
                            ("signed", "Signed"),
                            ("effective", "Effective"),
                            ("expired", "Expired"),
                            ("terminated", "Terminated"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                (
                    "signer",
                    models.CharField(
                        help_text="who seals: local, or a connected service", max_length=30
                    ),
                ),
                ("starts_on", models.DateField(null=True)),
                ("ends_on", models.DateField(help_text="its first day without effect", null=True)),
                ("presented_sha256", models.CharField(max_length=64)),
                ("sealed_sha256", models.CharField(blank=True, max_length=64)),
                ("once_key", models.CharField(max_length=160, unique=True)),
                ("drafted_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("signed_at", models.DateTimeField(null=True)),
                ("closed_on", models.DateField(null=True)),
                ("close_reason", models.CharField(blank=True, max_length=200)),
                (
                    "is_held",
                    models.BooleanField(
                        default=False, help_text="a legal hold: deletion passes it by"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "-drafted_at"], name="contract_account_at"),
                    models.Index(fields=["state", "ends_on"], name="contract_state_ends"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("signed", "effective")), _negated=True),
                            models.Q(
                                ("signed_at__isnull", False),
                                models.Q(("sealed_sha256", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="contract_signed_is_sealed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("expired", "terminated")), _negated=True),
                            ("closed_on__isnull", False),
                            _connector="OR",
                        ),
                        name="contract_over_has_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signatory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.contract",
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
                ("role", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=200)),
                ("address", models.CharField(help_text="where the code goes", max_length=254)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("viewed", "Viewed"),
                            ("signed", "Signed"),
                        ],
                        default="waiting",
                        max_length=20,
                    ),
                ),
                ("code_nonce", models.CharField(blank=True, max_length=64)),
                (
                    "code_message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="records.message",
                    ),
                ),
                ("code_sent_at", models.DateTimeField(null=True)),
                ("code_tries", models.PositiveSmallIntegerField(default=0)),
                ("viewed_at", models.DateTimeField(null=True)),
                ("signed_at", models.DateTimeField(null=True)),
                ("ip", models.CharField(blank=True, max_length=45)),
                ("device", models.CharField(blank=True, max_length=300)),
                ("consent_text", models.TextField(blank=True)),
                (
                    "document_sha256",
                    models.CharField(
                        blank=True,
                        help_text="the file as it was before this signature",
                        max_length=64,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contract", "place"), name="signatory_place_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "signed"), _negated=True),
                            models.Q(
                                ("signed_at__isnull", False),
                                models.Q(("consent_text", ""), _negated=True),
                                models.Q(("document_sha256", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="signatory_signed_has_evidence",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.contract",
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("kept_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["sha256"], name="contract_file_sha256")],
                "constraints": [
                    models.UniqueConstraint(fields=("contract", "place"), name="contract_file_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Copied",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fact", models.CharField(max_length=60, unique=True)),
                ("path", models.CharField(max_length=200)),
                ("zone", models.CharField(max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name="Touched",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fact", models.CharField(max_length=60)),
                ("row_id", models.BigIntegerField()),
                ("written_in", tenure.records.journal.fields.TransactionField()),
            ],
            options={
                "indexes": [models.Index(fields=["fact", "row_id"], name="touched_fact_row")],
            },
        ),
        migrations.CreateModel(
            name="ContactPoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("channel", models.CharField(max_length=20)),
                ("address", models.CharField(max_length=254)),
                (
                    "bounced_at",
                    models.DateTimeField(help_text="a hard bounce: never used again", null=True),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("channel"),
                        django.db.models.functions.text.Lower("address"),
                        name="contact_point_reached",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "channel", "address"), name="contact_point_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("purpose", models.CharField(max_length=30)),
                ("channel", models.CharField(max_length=20)),
                ("basis", models.CharField(default="consent", max_length=30)),
                ("text_version", models.CharField(default="1", max_length=40)),
                ("given_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("evidence", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("person", "purpose", "channel"),
                        name="consent_one_live",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TagRefusal",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="records.account",
                    ),
                ),
                ("tag", models.CharField(max_length=60)),
                ("refused_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "tag"), name="tag_refusal_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("entity", models.CharField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("receipt", "Receipt"),
                            ("credit_note", "Credit Note"),
                            ("statement", "Statement"),
                            ("quote", "Quote"),
                        ],
                        max_length=20,
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entity", "kind", "year"), name="number_series_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=40, unique=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.account",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("receipt", "Receipt"),
                            ("credit_note", "Credit Note"),
                            ("statement", "Statement"),
                            ("quote", "Quote"),
                        ],
                        max_length=20,
                    ),
                ),
                ("entity", models.CharField(max_length=60)),
                ("year", models.PositiveSmallIntegerField()),
                ("sequence", models.PositiveBigIntegerField()),
                ("number", models.CharField(max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[("issued", "Issued"), ("void", "Void")],
                        default="issued",
                        max_length=20,
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.payment",
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.document",
                    ),
                ),
                ("once_key", models.CharField(max_length=160, null=True, unique=True)),
                ("language", models.CharField(max_length=10)),
                ("currency", models.CharField(max_length=3)),
                ("gross_minor", models.BigIntegerField(help_text="below zero on a credit note")),
                ("net_minor", models.BigIntegerField()),
                ("tax_minor", models.BigIntegerField()),
                ("content", models.JSONField()),
                ("content_sha256", models.CharField(max_length=64)),
                ("issued_on", models.DateField()),
                ("issued_at", models.DateTimeField()),
                ("void_reason", models.CharField(blank=True, max_length=200)),
                ("voided_at", models.DateTimeField(null=True)),
                (
                    "is_held",
                    models.BooleanField(
                        default=False, help_text="a legal hold: deletion passes it by (R-I-012)"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["account", "-issued_on", "-id"], name="document_account_on"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entity", "kind", "year", "sequence"), name="document_number_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "receipt"), ("state", "issued")),
                        fields=("payment",),
                        name="document_one_receipt",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "gross_minor",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net_minor"), "+", models.F("tax_minor")
                                ),
                            )
                        ),
                        name="document_adds_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "credit_note"), _negated=True),
                            models.Q(("corrects__isnull", False), ("gross_minor__lt", 0)),
                            _connector="OR",
                        ),
                        name="document_credit_note_corrects",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "void"), _negated=True),
                            ("voided_at__isnull", False),
                            _connector="OR",
                        ),
                        name="document_void_has_instant",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Experiment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=60, unique=True)),
                ("kind", models.CharField(max_length=20)),
                ("salt", models.CharField(max_length=60)),
                ("arms", models.JSONField(default=dict)),
                ("started_on", models.DateField()),
                ("ended_on", models.DateField(null=True)),
                ("outcome_days", models.PositiveSmallIntegerField(default=15)),
            ],
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "experiment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.experiment",
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
                ("arm", models.CharField(max_length=40)),
                ("assigned_on", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("experiment", "term"), name="assignment_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Answer",
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
                ("source", models.CharField(max_length=60)),
                ("external_id", models.CharField(max_length=120)),
                ("survey", models.CharField(max_length=60)),
                ("score", models.IntegerField()),
                ("text", models.TextField(blank=True)),
                ("answered_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "-answered_on"], name="answer_account_on")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "external_id"), name="answer_external_id"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LossReason",
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.term",
                    ),
                ),
                ("source", models.CharField(max_length=60)),
                ("external_id", models.CharField(max_length=120)),
                ("reason", models.CharField(max_length=40)),
                ("text", models.TextField(blank=True)),
                ("given_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "external_id"), name="loss_reason_external_id"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GiftStock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule_id", models.CharField(max_length=60, unique=True)),
                ("total", models.PositiveIntegerField()),
                ("taken", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("taken__lte", models.F("total"))),
                        name="gift_stock_not_oversold",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Gift",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=40, unique=True)),
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
                (
                    "choices",
                    models.JSONField(default=list, help_text="entries of the strategy that fit"),
                ),
                (
                    "rule_id",
                    models.CharField(blank=True, help_text="what was chosen", max_length=60),
                ),
                ("kind", models.CharField(blank=True, max_length=10)),
                ("name_zh", models.CharField(blank=True, max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
                ("recipient", models.CharField(blank=True, max_length=80)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("address", models.CharField(blank=True, max_length=400)),
                ("tracking", models.CharField(blank=True, max_length=80)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("returned", "Returned"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=20,
                    ),
                ),
                ("earned_on", models.DateField()),
                ("choose_until", models.DateField(help_text="the last day for choosing")),
                ("chosen_on", models.DateField(null=True)),
                ("sent_on", models.DateField(null=True)),
                ("delivered_on", models.DateField(null=True)),
                ("closed_on", models.DateField(help_text="returned or cancelled", null=True)),
                ("why", models.CharField(blank=True, help_text="of a cancellation", max_length=40)),
                ("once_key", models.CharField(max_length=200, unique=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "earned_on"], name="gift_state_earned"),
                    models.Index(fields=["account"], name="gift_account"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["sent", "delivered", "returned"]), _negated=True
                            ),
                            models.Q(
                                models.Q(("rule_id", ""), _negated=True), ("sent_on__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="gift_sent_was_chosen",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["returned", "cancelled"]), _negated=True),
                            ("closed_on__isnull", False),
                            _connector="OR",
                        ),
                        name="gift_closed_has_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GiftCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule_id", models.CharField(max_length=60)),
                ("code", models.CharField(max_length=120)),
                (
                    "gift",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.gift",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("rule_id", "code"), name="gift_code_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Title",
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
                    "kind",
                    models.CharField(
                        choices=[("company", "Company"), ("individual", "Individual")],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("tax_id", models.CharField(blank=True, max_length=20)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("bank", models.CharField(blank=True, max_length=120)),
                ("bank_account", models.CharField(blank=True, max_length=60)),
                ("email", models.CharField(blank=True, max_length=254)),
                ("is_default", models.BooleanField(default=False)),
                ("recorded_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at__isnull", True)),
                        fields=("account", "name", "tax_id"),
                        name="title_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True), ("removed_at__isnull", True)),
                        fields=("account",),
                        name="title_one_default",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "company"), ("tax_id", ""), _connector="XOR"),
                        name="title_company_has_tax_id",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=40, unique=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.account",
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
                (
                    "kind",
                    models.CharField(choices=[("blue", "Blue"), ("red", "Red")], max_length=10),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("issuing", "Issuing"),
                            ("issued", "Issued"),
                            ("failed", "Failed"),
                            ("delivered", "Delivered"),
                            ("red_requested", "Red Requested"),
                            ("reversed", "Reversed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="requested",
                        max_length=20,
                    ),
                ),
                ("provider", models.CharField(max_length=30)),
                ("order_number", models.CharField(max_length=32, unique=True)),
                ("is_special", models.BooleanField(default=False)),
                ("seller", models.JSONField()),
                ("buyer", models.JSONField()),
                ("lines", models.JSONField()),
                ("currency", models.CharField(max_length=3)),
                ("paid_minor", models.BigIntegerField()),
                ("gross_minor", models.BigIntegerField()),
                ("net_minor", models.BigIntegerField()),
                ("tax_minor", models.BigIntegerField()),
                ("reversed_minor", models.BigIntegerField(default=0)),
                (
                    "corrects",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.invoice",
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.invoice",
                    ),
                ),
                (
                    "reissue_title",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.title",
                    ),
                ),
                ("once_key", models.CharField(max_length=160, null=True, unique=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "confirmation",
                    models.CharField(blank=True, help_text="the red confirmation", max_length=60),
                ),
                ("number", models.CharField(max_length=20, null=True, unique=True)),
                ("issued_on", models.DateField(null=True)),
                ("failure", models.CharField(blank=True, max_length=300)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("requested_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                (
                    "leased_until",
                    models.DateTimeField(help_text="left alone until then", null=True),
                ),
                (
                    "is_held",
                    models.BooleanField(
                        default=False, help_text="a legal hold: deletion passes it by (R-I-012)"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "requested_at"], name="invoice_state_at"),
                    models.Index(fields=["account", "-requested_at"], name="invoice_account_at"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("kind", "blue"),
                            models.Q(("state__in", ("reversed", "withdrawn")), _negated=True),
                        ),
                        fields=("payment",),
                        name="invoice_one_blue",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=("replaces",),
                        name="invoice_replaced_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "red"),
                            models.Q(
                                ("gross_minor__gt", 0), ("gross_minor__lte", models.F("paid_minor"))
                            ),
                            _connector="OR",
                        ),
                        name="invoice_within_paid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "blue"),
                            models.Q(("corrects__isnull", False), ("gross_minor__lt", 0)),
                            _connector="OR",
                        ),
                        name="invoice_red_corrects",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "gross_minor",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net_minor"), "+", models.F("tax_minor")
                                ),
                            )
                        ),
                        name="invoice_adds_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reversed_minor", 0),
                            models.Q(
                                ("kind", "blue"),
                                ("reversed_minor__gt", 0),
                                ("reversed_minor__lte", models.F("gross_minor")),
                            ),
                            _connector="OR",
                        ),
                        name="invoice_reversed_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ("issued", "delivered", "red_requested", "reversed")),
                                _negated=True,
                            ),
                            models.Q(("issued_on__isnull", False), ("number__isnull", False)),
                            _connector="OR",
                        ),
                        name="invoice_issued_has_number",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.invoice",
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[("xml", "Xml"), ("ofd", "Ofd"), ("pdf", "Pdf")], max_length=5
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("attached_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("invoice", "format"), name="invoice_file_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Lease",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("holder", models.CharField(max_length=120)),
                ("taken_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateField(unique=True)),
                ("strategy_hash", models.CharField(max_length=64)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("stages", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Follower",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("place", models.CharField(max_length=60)),
                ("moved_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table", models.CharField(max_length=60)),
                ("day", models.IntegerField(help_text="days since 1970-01-01")),
                ("path", models.CharField(max_length=200, unique=True)),
                ("row_count", models.BigIntegerField()),
                ("written_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at__isnull", True)),
                        fields=("table", "day"),
                        name="stored_file_one_valid",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Fill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("entry", models.CharField(max_length=80)),
                ("day", models.IntegerField()),
                ("version", models.CharField(max_length=64)),
                ("row_count", models.BigIntegerField(default=0)),
                ("filled_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("entry", "day"), name="fill_once")],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "on",
                    models.DateField(
                        help_text="the day in the business's zone that the entry belongs to"
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("actor", models.CharField(max_length=120)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.account",
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.term",
                    ),
                ),
                ("content", models.JSONField(default=dict)),
                ("once_key", models.CharField(max_length=200, null=True, unique=True)),
                (
                    "written_in",
                    tenure.records.journal.fields.TransactionField(
                        help_text="orders the entries for a follower: ids can commit out of order"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "-at"], name="entry_account_at"),
                    models.Index(fields=["kind", "on"], name="entry_kind_on"),
                    models.Index(fields=["written_in", "id"], name="entry_written"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DataRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=40, unique=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.account",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.person",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("export", "Export"), ("erasure", "Erasure")], max_length=20
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("expired", "Expired")],
                        max_length=20,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("due_on", models.DateField(help_text="by when the law wants it done")),
                (
                    "expires_at",
                    models.DateTimeField(help_text="a copy can be fetched until then", null=True),
                ),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "certificate",
                    models.JSONField(
                        default=dict, help_text="what was deleted, what kept, and why"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "due_on"], name="data_request_due")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            ("done_at__isnull", False),
                            _connector="OR",
                        ),
                        name="data_request_done_has_day",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "erasure")),
                        fields=("account",),
                        name="data_request_one_erasure",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Node",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=60, unique=True)),
                ("region", models.CharField(blank=True, max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "subscription",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="records.subscription",
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.node",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.node",
                    ),
                ),
                ("source", models.CharField(max_length=60)),
                ("external_id", models.CharField(max_length=120)),
                ("title_zh", models.CharField(max_length=200)),
                ("title_en", models.CharField(max_length=200)),
                ("severity", models.CharField(default="major", max_length=20)),
                ("started_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "external_id"), name="incident_external_id"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Ticket",
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
                    "subscription",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.subscription",
                    ),
                ),
                ("source", models.CharField(max_length=60)),
                ("external_id", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=30)),
                ("subject", models.CharField(blank=True, max_length=300)),
                ("priority", models.CharField(blank=True, max_length=20)),
                ("opened_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("resolved_at", models.DateTimeField(null=True)),
                ("sla_missed", models.BooleanField(default=False)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "-opened_at"], name="ticket_account_opened")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "external_id"), name="ticket_external_id"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content_hash", models.CharField(max_length=64, unique=True)),
                ("content", models.JSONField()),
                ("applied_at", models.DateTimeField()),
                ("applied_by", models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=40, unique=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.account",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checking", "Checking"),
                            ("checked", "Checked"),
                            ("placing", "Placing"),
                            ("placed", "Placed"),
                            ("done", "Done"),
                            ("dropped", "Dropped"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="the file's name, or how it was chosen", max_length=200
                    ),
                ),
                ("content_key", models.CharField(max_length=64)),
                (
                    "until",
                    models.DateField(
                        help_text="the common date to which every line is brought", null=True
                    ),
                ),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("total_minor", models.BigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("priced_on", models.DateField(help_text="the day of its prices", null=True)),
                (
                    "changed_lines",
                    models.PositiveIntegerField(
                        default=0, help_text="whose price or standing changed when it was placed"
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=120)),
                ("placing_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.order",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "-made_at"], name="batch_state_made")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ("checking", "checked", "placing", "placed"))
                        ),
                        fields=("account", "content_key"),
                        name="batch_one_alive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["placed", "done"]), _negated=True),
                            ("order__isnull", False),
                            _connector="OR",
                        ),
                        name="batch_placed_has_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            ("done_at__isnull", False),
                            _connector="OR",
                        ),
                        name="batch_done_has_instant",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BatchLine",
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
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.batch",
                    ),
                ),
                ("place", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("ready", "Ready"),
                            ("faulty", "Faulty"),
                            ("left_out", "Left Out"),
                            ("ordered", "Ordered"),
                            ("given", "Given"),
                            ("stuck", "Stuck"),
                            ("failed", "Failed"),
                            ("returned", "Returned"),
                        ],
                        max_length=20,
                    ),
                ),
                ("contract", models.CharField(help_text="as it was written", max_length=120)),
                (
                    "given",
                    models.JSONField(default=dict, help_text="the cells as they were written"),
                ),
                (
                    "wish",
                    models.JSONField(default=dict, help_text="cycle_months, plan_code, quantity"),
                ),
                (
                    "term",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.term",
                    ),
                ),
                (
                    "sold",
                    models.JSONField(
                        default=dict, help_text="cycle, plan version and seats as quoted"
                    ),
                ),
                ("bill", models.JSONField(default=dict)),
                ("amount_minor", models.BigIntegerField(default=0)),
                (
                    "fault",
                    models.JSONField(
                        default=dict, help_text="what is wrong, in which column, what to do"
                    ),
                ),
                ("checked_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "added",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.term",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.refund",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["batch", "state", "place"], name="batch_line_state")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "place"), name="batch_line_place"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("ordered", "stuck"))),
                        fields=("term",),
                        name="batch_line_one_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["ordered", "stuck", "given"]), _negated=True),
                            ("term__isnull", False),
                            _connector="OR",
                        ),
                        name="batch_line_ordered_has_term",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "given"), _negated=True),
                            ("added__isnull", False),
                            _connector="OR",
                        ),
                        name="batch_line_given_has_term",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractPeriod",
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
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.subscription",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pause", "Pause"),
                            ("price_lock", "Price Lock"),
                            ("trial", "Trial"),
                            ("promo", "Promo"),
                            ("comeback", "Comeback"),
                            ("read_only", "Read Only"),
                        ],
                        max_length=20,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("content", models.JSONField(default=dict)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subscription", "kind", "starts_on"), name="contract_period_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                        name="contract_period_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Benefit",
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
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.subscription",
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        help_text="it came with this",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.term",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("anniversary", "anniversary"),
                            ("streak", "streak"),
                            ("newcomer", "newcomer"),
                            ("comeback", "comeback"),
                            ("bundle", "bundle"),
                            ("trial", "trial"),
                        ],
                        max_length=20,
                    ),
                ),
                ("rule_id", models.CharField(help_text="the entry of the strategy", max_length=60)),
                ("name_zh", models.CharField(max_length=200)),
                ("name_en", models.CharField(max_length=200)),
                ("reason_zh", models.CharField(max_length=400)),
                ("reason_en", models.CharField(max_length=400)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(help_text="the first day without it")),
                (
                    "worth_minor",
                    models.BigIntegerField(default=0, help_text="what it would have cost"),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "period",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="records.contractperiod",
                    ),
                ),
                ("given_on", models.DateField()),
                ("reminded_on", models.DateField(null=True)),
                ("ended_on", models.DateField(null=True)),
                (
                    "end",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("over", "Over"),
                            ("taken_back", "Taken Back"),
                            ("converted", "Converted"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "converted_on",
                    models.DateField(help_text="a trial: when it was bought", null=True),
                ),
                ("converted_to", models.CharField(blank=True, max_length=60)),
                (
                    "settled_on",
                    models.DateField(help_text="a trial: counted, won or not", null=True),
                ),
                ("once_key", models.CharField(max_length=200, unique=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "kind"], name="benefit_account_kind"),
                    models.Index(
                        condition=models.Q(("ended_on", None)),
                        fields=["ends_on"],
                        name="benefit_open_ends",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end", ""), ("ended_on__isnull", True)),
                            models.Q(
                                ("ended_on__isnull", False), models.Q(("end", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="benefit_end_says_how",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("converted_on__isnull", True), ("kind", "trial"), _connector="OR"
                        ),
                        name="benefit_only_trials_convert",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TermLine",
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
                ("kind", models.CharField(max_length=20)),
                (
                    "code",
                    models.CharField(
                        blank=True, help_text="the add-on, where it is one", max_length=60
                    ),
                ),
                ("name_zh", models.CharField(max_length=200)),
                ("name_en", models.CharField(max_length=200)),
                ("sold_on", models.DateField()),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("quantity", models.PositiveIntegerField(default=1)),
                ("list_minor", models.BigIntegerField()),
                (
                    "amount_minor",
                    models.BigIntegerField(help_text="charged; below zero for what is given back"),
                ),
                ("tax_minor", models.BigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                (
                    "closed_on",
                    models.DateField(help_text="the first day that it covers no more", null=True),
                ),
                (
                    "extended_days",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="given after it was sold, for the same price"
                    ),
                ),
                (
                    "closes",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.termline",
                    ),
                ),
                ("once_key", models.CharField(max_length=200, unique=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["term", "kind"], name="line_term_kind")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                        name="line_ends_after_start",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
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
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.subscription",
                    ),
                ),
                (
                    "add_on",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.addon",
                    ),
                ),
                (
                    "add_on_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.addonversion",
                    ),
                ),
                ("quantity", models.PositiveIntegerField(default=1)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(help_text="the first day without it", null=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until_on", None)),
                        fields=("subscription", "add_on"),
                        name="attachment_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PlannedChange",
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
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.subscription",
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        help_text="the term at whose end it takes effect, wherever that end moves",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.term",
                    ),
                ),
                (
                    "kind",
                    models.CharField(choices=[("plan", "Plan"), ("seats", "Seats")], max_length=20),
                ),
                ("asked_on", models.DateField()),
                (
                    "plan_version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.planversion",
                    ),
                ),
                ("quantity", models.PositiveIntegerField(null=True)),
                ("applied_on", models.DateField(null=True)),
                ("withdrawn_on", models.DateField(null=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("applied_on", None), ("withdrawn_on", None)),
                        fields=("subscription", "kind"),
                        name="planned_change_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reservation",
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
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.subscription",
                    ),
                ),
                (
                    "resource",
                    models.CharField(help_text="a meter's code, or “seats”", max_length=60),
                ),
                ("units_per_month", models.PositiveBigIntegerField()),
                ("per", models.PositiveIntegerField(default=1)),
                ("unit_minor", models.BigIntegerField()),
                ("list_unit_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("cancelled_on", models.DateField(null=True)),
                ("once_key", models.CharField(max_length=200, unique=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                        name="reservation_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit_minor__lte", models.F("list_unit_minor"))),
                        name="reservation_not_dearer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UsageDay",
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
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.subscription",
                    ),
                ),
                ("meter", models.CharField(max_length=60)),
                ("on", models.DateField()),
                ("units", models.BigIntegerField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subscription", "meter", "on"), name="usage_day_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("units__gte", 0)), name="usage_day_not_below_0"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ToDo",
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
                ("kind", models.CharField(max_length=30)),
                ("owner_name", models.CharField(blank=True, max_length=80)),
                ("due_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("dropped", "Dropped")],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=30)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("first_tried_on", models.DateField(null=True)),
                ("template", models.CharField(blank=True, max_length=60)),
                ("decision_id", models.BigIntegerField(null=True)),
                ("script", models.JSONField(default=dict)),
                ("reasons", models.JSONField(default=list)),
                ("expected_margin_minor", models.BigIntegerField(null=True)),
                ("once_key", models.CharField(max_length=120, unique=True)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "due_on"], name="todo_state_due"),
                    models.Index(fields=["account", "-opened_at"], name="todo_account_opened"),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=20, unique=True)),
                ("url", models.CharField(max_length=500)),
                ("about", models.CharField(blank=True, max_length=120)),
                (
                    "kinds",
                    models.JSONField(
                        default=list, help_text='what it wants: ["payment.*"]; empty: all'
                    ),
                ),
                (
                    "generation",
                    models.PositiveIntegerField(default=1, help_text="which secret signs"),
                ),
                (
                    "previous_until",
                    models.DateTimeField(
                        help_text="until then the secret before this one signs, too", null=True
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("failing_since", models.DateTimeField(help_text="no 2xx since then", null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_why", models.CharField(blank=True, max_length=20)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at__isnull", True),
                            models.Q(("closed_why", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="endpoint_closed_has_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.webhookendpoint",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.entry",
                    ),
                ),
                ("message_id", models.CharField(max_length=60, unique=True)),
                ("kind", models.CharField(max_length=60)),
                ("body", models.TextField(help_text="the exact text that is signed and sent")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("delivered", "Delivered"),
                            ("given_up", "Given Up"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(default=0, help_text="of this round"),
                ),
                ("next_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["next_at"],
                        name="delivery_due",
                    ),
                    models.Index(fields=["endpoint", "-id"], name="delivery_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("endpoint", "entry"), name="delivery_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "waiting"), _negated=True),
                            ("next_at__isnull", False),
                            _connector="OR",
                        ),
                        name="delivery_waiting_has_next",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.webhookdelivery",
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "http_status",
                    models.PositiveSmallIntegerField(help_text="null: no answer", null=True),
                ),
                ("failure", models.CharField(blank=True, max_length=40)),
                ("answer", models.TextField(blank=True)),
                ("took_ms", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["delivery", "id"], name="webhook_attempt_of")],
            },
        ),
    ]
