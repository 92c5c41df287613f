"""The read log of a file tells also who read the report card or the clue it came from, before there was a file: such a look stands
under the card's or the clue's own key, and belongs to the person as soon as that is known."""

from django.db import migrations

from xinqiao.accounts.rls import VISIBLE

_OF_PERSON = VISIBLE.replace("managing_code", "p.managing_code").replace("shared_codes", "p.shared_codes")

READS_OF = f"""
create or replace function registry_reads_of(wanted uuid, before uuid, most int)
returns table (id uuid, at timestamptz, actor_id uuid, role text, actor_place text, kind text, purpose text, people int)
language sql stable security definer set search_path = public, pg_temp as $$
    with recursive files (id) as (
        select wanted
        union
        select m.loser_id from files f join duplicates_merge m on m.winner_id = f.id and m.undone_at is null
    ), keys (id) as (
        select id from files
        union select c.id from reporting_card c join files f on f.id = c.person_id
        union select c.id from screening_clue c join files f on f.id = c.person_id
    ), ids as (select array_agg(id) as all_of from keys)
    select r.id, r.at, r.actor_id, r.role::text, r.actor_place::text, r.kind::text, r.purpose::text,
           cardinality(r.person_ids)
    from audit_read r
    where r.person_ids && (select all_of from ids)
      and (before is null or (r.at, r.id) < (select b.at, b.id from audit_read b
                                              where b.id = before and b.person_ids && (select all_of from ids)))
      and exists (select 1 from registry_person p where p.id = wanted and {_OF_PERSON})
    order by r.at desc, r.id desc limit least(most, 500)
$$
"""  # noqa: S608 -- made of constants


class Migration(migrations.Migration):
    dependencies = [
        ("ownview", "0002_row_level_security"),
        ("duplicates", "0002_ledger"),
        ("reporting", "0001_cards"),
        ("screening", "0001_screening"),
    ]

    operations = [migrations.RunSQL(sql=READS_OF, reverse_sql=migrations.RunSQL.noop)]
