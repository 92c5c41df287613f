"""What the preventing lists ask, kept beside each person. `manage.py refold` fills it for people who were there before."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("followup", "0009_drafts_and_reviews_rls"),
        ("treatment", "0002_row_level_security"),
    ]

    operations = [
        migrations.AddField(
            model_name="standing",
            name="away_on",
            field=models.DateField(help_text="said to be away, and not seen since", null=True),
        ),
        migrations.AddField(
            model_name="standing",
            name="counted_year",
            field=models.SmallIntegerField(help_text="year of the last complete visit", null=True),
        ),
        migrations.AddField(
            model_name="standing",
            name="exam_on",
            field=models.DateField(help_text="last yearly exam", null=True),
        ),
        migrations.AddField(
            model_name="standing",
            name="exam_refused_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="standing",
            name="filed_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="standing",
            name="guardianship",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="1 reachable 2 without phone 0 nobody",
                max_length=1,
            ),
        ),
        migrations.AddField(
            model_name="standing",
            name="loss_to_verify",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="standing",
            name="referred_on",
            field=models.DateField(help_text="last referral, by event or by visit", null=True),
        ),
        migrations.AddField(
            model_name="standing",
            name="refused",
            field=models.BooleanField(
                db_default=False, default=False, help_text="the newest answer is a refusal"
            ),
        ),
        migrations.AddField(
            model_name="standing",
            name="unstable_since",
            field=models.DateField(help_text="first visit of the present run of class 1", null=True),
        ),
        migrations.AddField(
            model_name="standing",
            name="visits_year",
            field=models.SmallIntegerField(db_default=0, default=0, help_text="complete visits of that year"),
        ),
        migrations.AddField(
            model_name="standing",
            name="worker_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(),
                db_default=models.Value("{}"),
                default=list,
                help_text="named as responsible",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="standing",
            name="worker_named",
            field=models.BooleanField(
                db_default=False, default=False, help_text="somebody responsible has no account"
            ),
        ),
    ]
