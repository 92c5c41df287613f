"""The day something stands on the list, with indexes for village, township and county; losses to verify."""

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("followup", "0005_visit_once"),
        ("registry", "0004_already_registered"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="obligation",
            name="obligation_county_due",
        ),
        migrations.RemoveIndex(
            model_name="obligation",
            name="obligation_place_due",
        ),
        migrations.AddField(
            model_name="obligation",
            name="act_on",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.comparison.Least("due_on", "planned_on"),
                help_text="the earlier of due and agreed: the day it stands on the list",
                output_field=models.DateField(),
            ),
        ),
        migrations.AddIndex(
            model_name="obligation",
            index=models.Index(
                condition=models.Q(("outcome", "open")),
                fields=["county_code", "act_on"],
                name="obligation_county_act",
            ),
        ),
        migrations.AddIndex(
            model_name="obligation",
            index=models.Index(
                condition=models.Q(("outcome", "open")),
                fields=["managing_code", "act_on"],
                name="obligation_place_act",
            ),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(
                condition=models.Q(
                    ("flags__contains", ["lost_to_verify"]), ("superseded", False), ("voided_at", None)
                ),
                fields=["managing_code"],
                name="visit_loss_to_verify",
            ),
        ),
    ]
