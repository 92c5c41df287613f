"""A unit may be the end of a quarter, whose name is longer than the first ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clocks", "0003_counting_from_the_index")]

    operations = [migrations.AlterField("clock", "unit", models.CharField(max_length=20))]
