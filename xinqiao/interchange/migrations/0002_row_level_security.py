from django.db import migrations

from xinqiao.accounts.rls import enable


class Migration(migrations.Migration):
    dependencies = [("interchange", "0001_initial")]

    operations = [enable("interchange_batch"), enable("interchange_row")]
