"""Whether somebody who is looked for has turned up elsewhere: a clue, a card or another file with the same document number."""

from django.conf import settings
from django.db import migrations

from xinqiao.accounts.rls import VISIBLE
from xinqiao.kernel.codes import NATION

APP = settings.XINQIAO_ROLES["app"]
_MINE = VISIBLE.replace("managing_code", "s.managing_code").replace("shared_codes", "s.shared_codes")

# Of searches that the caller sees: what came since, on which day and where. Nothing of what it says.
SEEN = f"""
create function tracing_seen_again(wanted uuid[]) returns table (search uuid, kind text, seen_on date, place text)
language sql stable security definer set search_path = public, pg_temp as $$
    select distinct s.id, x.kind, x.seen_on, x.place
    from tracing_search s
    join registry_identifier i on i.person_id = s.person_id and i.voided_at is null and i.valid_to is null
    cross join lateral (
        select 'clue', c.recorded_at, c.managing_code::text from screening_clue c
        where c.id_hash = i.number_hash and c.erased_at is null
        union all
        select 'card', c.recorded_at, c.managing_code::text from reporting_card c where c.number_hash = i.number_hash
        union all
        select 'file', p.recorded_at, p.managing_code::text from registry_identifier o join registry_person p on p.id = o.person_id
        where o.number_hash = i.number_hash and o.person_id <> s.person_id and o.voided_at is null
    ) y(kind, at, place)
    cross join lateral (select y.kind, (y.at at time zone 'Asia/Shanghai')::date as seen_on, y.place) x
    where s.id = any (wanted) and s.ended_on is null and {_MINE}
        and x.seen_on >= s.opened_on and x.place <> '{NATION}'
$$
"""  # noqa: S608 -- made of constants

_GIVEN = "tracing_seen_again(uuid[])"


class Migration(migrations.Migration):
    dependencies = [
        ("tracing", "0003_counts_after"),
        ("screening", "0001_screening"),
        ("reporting", "0001_cards"),
    ]

    operations = [
        migrations.RunSQL(
            sql=[
                SEEN,
                f"revoke all on function {_GIVEN} from public",
                f"grant execute on function {_GIVEN} to {APP}",
            ],
            reverse_sql=[f"drop function {_GIVEN}"],
        ),
    ]
