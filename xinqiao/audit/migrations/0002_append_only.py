"""The trail is only added to: the application can neither change nor read it back (reads go through functions)."""

from django.conf import settings
from django.db import migrations

from xinqiao.audit.grants import append_only

APP = settings.XINQIAO_ROLES["app"]


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        append_only("audit_event"),
        append_only("audit_read"),
        migrations.RunSQL(
            sql=[f"revoke select on audit_event, audit_read from {APP}"],  # noqa: S608 -- a role's name from settings
            reverse_sql=[f"grant select on audit_event, audit_read to {APP}"],
        ),
    ]
