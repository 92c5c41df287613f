"""What was missed up to the end of an earlier search is not counted in a later one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracing", "0002_row_level_security")]

    operations = [
        migrations.AddField(
            model_name="search",
            name="counts_after",
            field=models.DateField(
                help_text="end of the search before: what was missed until then is not counted", null=True
            ),
        ),
    ]
