"""Who is being handed over: marked by `transfers`, so that a contact meanwhile is told to it. Hand-overs that are open already
are marked by `transfers`' own migration."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("followup", "0011_searched_since")]

    operations = [
        migrations.AddField(
            model_name="standing",
            name="handed_since",
            field=models.DateField(help_text="a hand-over is under way since that day", null=True),
        ),
    ]
