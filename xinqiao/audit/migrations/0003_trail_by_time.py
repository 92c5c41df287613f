"""The auditor reads the trail newest first: an index by time on both tables."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]

    operations = [
        migrations.AddIndex("event", models.Index(fields=["-at", "-id"], name="event_at")),
        migrations.AddIndex("read", models.Index(fields=["-at", "-id"], name="read_at")),
    ]
