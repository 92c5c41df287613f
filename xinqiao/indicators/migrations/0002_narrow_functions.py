"""Functions of the owner keep to a search path that ends with the session's own tables, so that none of these takes the place of ours;
those of triggers are called by triggers only. The first form of the read log's function, which nobody calls, goes."""

from django.db import migrations

_TRIGGERS = """
do $$
declare
    one regprocedure;
begin
    for one in select p.oid from pg_proc p
        where p.prosecdef and p.pronamespace = 'public'::regnamespace and p.prorettype = 'trigger'::regtype
          and pg_get_userbyid(p.proowner) = current_user
    loop
        execute format('alter function %s set search_path = public, pg_temp', one);
        execute format('revoke all on function %s from public', one);
    end loop;
end
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0001_tallies"),
        ("followup", "0009_drafts_and_reviews_rls"),
        ("registry", "0010_look_ups_followed_up"),
    ]

    operations = [
        migrations.RunSQL(
            sql=[
                _TRIGGERS,
                "alter function end_drafts(timestamptz) set search_path = public, pg_temp",
                "drop function if exists registry_reads_of(uuid)",
            ],
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
