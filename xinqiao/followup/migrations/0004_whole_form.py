"""The columns of the record form that were missing, under the keys of the register of fields, and what the fold may rewrite."""

from django.conf import settings
from django.db import migrations, models

APP = settings.XINQIAO_ROLES["app"]
DERIVED = "counted_risk, timing, due_on"


class Migration(migrations.Migration):
    dependencies = [("followup", "0003_row_level_security")]

    operations = [
        migrations.RenameField("visit", "death_subcause", "death_disease"),
        migrations.RenameField("visit", "symptom_note", "symptoms_note"),
        migrations.RenameField("visit", "remark", "note"),
        migrations.AddField(
            "visit",
            "death_note",
            models.CharField(max_length=200, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField("visit", "recipe_3m", models.BooleanField(null=True)),
        migrations.AddField(
            "visit",
            "untreated_reason",
            models.CharField(max_length=200, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField("visit", "case_mgmt", models.BooleanField(null=True)),
        migrations.AddField("visit", "emergency_done", models.BooleanField(null=True)),
        migrations.AddField(
            "visit",
            "life_events",
            models.CharField(max_length=200, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField("visit", "counted_risk", models.SmallIntegerField(null=True)),
        migrations.AlterField("visit", "adr_acute", models.BooleanField(null=True)),
        migrations.RunSQL(
            sql=f"grant update ({DERIVED}) on followup_visit to {APP}",
            reverse_sql=f"revoke update ({DERIVED}) on followup_visit from {APP}",
        ),
    ]
