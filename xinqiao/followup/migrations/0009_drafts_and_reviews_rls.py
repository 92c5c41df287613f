"""Row-level security for drafts and reviews: a draft is seen by its author only, and ends by itself."""

from django.conf import settings
from django.db import migrations

from xinqiao.accounts.rls import enable, never_deleted

APP = settings.XINQIAO_ROLES["app"]
AUTHOR = "user_id::text = current_setting('app.user', true)"


class Migration(migrations.Migration):
    dependencies = [("followup", "0008_drafts_and_reviews")]

    operations = [
        enable("followup_draft"),
        enable("followup_review"),
        never_deleted("followup_review", ("managing_code", "shared_codes")),
        migrations.RunSQL(
            sql=f"create policy author on followup_draft as restrictive using ({AUTHOR}) with check ({AUTHOR})",
            reverse_sql="drop policy author on followup_draft",
        ),
        # Ending what nobody came back to crosses all authors, so it is one narrow function of the owner's.
        migrations.RunSQL(
            sql=[
                "create function end_drafts(before timestamptz) returns integer language sql security definer"
                " set search_path = public as"
                " 'with gone as (delete from followup_draft where saved_at < before returning 1)"
                " select count(*)::integer from gone'",
                "revoke all on function end_drafts(timestamptz) from public",
                f"grant execute on function end_drafts(timestamptz) to {APP}",
            ],
            reverse_sql="drop function end_drafts(timestamptz)",
        ),
    ]
