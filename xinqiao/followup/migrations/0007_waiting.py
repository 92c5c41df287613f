"""Whose class or level waits for a second person, found without reading everybody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("followup", "0006_worklist"),
        ("registry", "0004_already_registered"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="standing",
            index=models.Index(
                condition=models.Q(("pending_confirmation", True)),
                fields=["managing_code"],
                name="standing_waiting",
            ),
        ),
    ]
