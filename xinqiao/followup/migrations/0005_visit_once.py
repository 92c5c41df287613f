"""One standing visit per person, day and form, whoever writes it; why an agreed day is later than due."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("followup", "0004_whole_form")]

    operations = [
        migrations.AddField(
            "obligation",
            "planned_reason",
            models.CharField(max_length=200, blank=True, default="", db_default=""),
        ),
        migrations.AddConstraint(
            "visit",
            models.UniqueConstraint(
                name="visit_once_a_day_and_form",
                fields=["person", "visit_date", "form"],
                condition=Q(voided_at=None, superseded=False),
            ),
        ),
    ]
