"""A township that goes to another county takes along what lies there for it: a hand-over, its history and its clocks are shown to
the office of the county where it is now, as they were to that where it was. The function is that of 0003 with one more step."""

from importlib import import_module

from django.db import migrations

_meeting = import_module("xinqiao.boundaries.migrations.0003_meeting")

_AT = "    select array_agg(distinct x) filter (where x is not null) into told from boundaries_rows("
_STEP = """    select coalesce(array_agg('at:' || n), '{}') into keys from unnest(olds, news) m(o, n) where left(o, 6) <> left(n, 6);
    if keys <> '{}' then
        for one in select a.attrelid::regclass as child from pg_attribute a join pg_class c on c.oid = a.attrelid
            where a.attname = 'shared_codes' and not a.attisdropped and c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
            order by 1
        loop
            execute format($sql$update %s t set shared_codes = array(select k from unnest(t.shared_codes) k
                union select left(k, 9) || '000000' from unnest(t.shared_codes) k where k = any ($1) order by 1)
                where t.shared_codes && $1$sql$, one.child)
            using keys;
        end loop;
    end if;

"""
assert _meeting.CARRY.count(_AT) == 1  # noqa: S101 -- the text is this folder's own
CARRY = _meeting.CARRY.replace(_AT, _STEP + _AT)


class Migration(migrations.Migration):
    dependencies = [("boundaries", "0003_meeting")]

    operations = [migrations.RunSQL(sql=[CARRY], reverse_sql=[_meeting.CARRY])]
