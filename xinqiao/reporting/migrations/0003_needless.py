"""A request to a station may end because nobody needs the answer any more. The database keeps the word only as text."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reporting", "0002_row_level_security")]

    operations = [
        migrations.AlterField(
            model_name="addresssearch",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("found", "查到现住址"),
                    ("not_found", "查不到"),
                    ("other", "其他情况"),
                    ("needless", "已不需要协查"),
                ],
                max_length=10,
            ),
        ),
    ]
