"""Row-level security; a clock is cancelled, never deleted."""

from django.db import migrations

from xinqiao.accounts.rls import enable, never_deleted


class Migration(migrations.Migration):
    dependencies = [("clocks", "0001_clocks"), ("accounts", "0001_initial")]

    operations = [enable("clocks_clock"), never_deleted("clocks_clock")]
