import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0016_holds_and_retention"),
    ]

    operations = [
        migrations.AddField(
            model_name="sharejoin",
            name="payment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="records.payment",
            ),
        ),
        migrations.AddField(
            model_name="sharejoin",
            name="rewarded_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="sharejoin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("payment__isnull", True), ("rewarded_on__isnull", True)),
                    models.Q(("payment__isnull", False), ("rewarded_on__isnull", False)),
                    _connector="OR",
                ),
                name="share_join_rewarded_by",
            ),
        ),
    ]
