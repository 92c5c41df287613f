"""What ran out before it was cancelled stays in the figures, counted from the index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clocks", "0004_units")]

    operations = [
        migrations.RemoveIndex("clock", "clock_timely"),
        migrations.AddIndex(
            "clock",
            models.Index(
                fields=["county", "due_on", "managing_code"],
                include=("code", "outcome", "took", "unit", "paused_on", "ended_on"),
                name="clock_timely",
            ),
        ),
    ]
