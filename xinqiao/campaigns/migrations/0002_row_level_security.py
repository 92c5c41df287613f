"""Row-level security on the lines; actions and lines are never deleted, numbers of an ended action not changed."""

from django.db import migrations

from xinqiao.accounts.rls import enable, never_deleted


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_campaigns")]

    operations = [
        enable("campaigns_target"),
        never_deleted("campaigns_target"),
        never_deleted(
            "campaigns_campaign", ("state", "ended_on", "ended_by", "ended_at", "conclusion", "figures")
        ),
    ]
