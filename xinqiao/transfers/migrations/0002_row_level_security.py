"""Row-level security, and the two narrow functions by which one side writes what lies with the other."""

from django.conf import settings
from django.db import migrations

from xinqiao.accounts.rls import VISIBLE, enable, never_deleted

APP = settings.XINQIAO_ROLES["app"]

# The other side is responsible as well while a hand-over is open: that row lies with the person's, where the office that passes
# it on or returns it cannot write. `institution` null ends it.
RECEIVING = f"""
create function transfers_receiving(
    wanted uuid, institution uuid, worker uuid, on_day date, at_time timestamptz, by_user uuid) returns boolean
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    one transfers_transfer;
begin
    select * into one from transfers_transfer where id = wanted and {VISIBLE} for update;
    if not found then
        return false;
    end if;
    update registry_responsibility set valid_to = greatest(on_day, valid_from)
    where person_id = one.person_id and kind = 'receiving' and valid_to is null and voided_at is null;
    if institution is not null and one.state = 'sent' then
        insert into registry_responsibility (id, managing_code, shared_codes, person_id, recorded_at, recorded_by,
            voided_reason, kind, institution_id, worker_id, worker_name, counted_code, valid_from)
        select gen_random_uuid(), p.managing_code, p.shared_codes, p.id, at_time, by_user,
            '', 'receiving', institution, worker, '', p.managing_code, on_day
        from registry_person p where p.id = one.person_id;
    end if;
    return true;
end
$$
"""  # noqa: S608 -- made of constants

# Acceptance: the one way in which a person's rows come into a scope that did not hold them. Returns the village left.
TAKE_OVER = f"""
create function transfers_take_over(wanted uuid, village text, on_day date) returns text
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    one transfers_transfer;
    before text;
begin
    select * into one from transfers_transfer where id = wanted and state = 'sent' and {VISIBLE} for update;
    if not found or not registry_holds(village)
       or one.at_code not in (left(village, 9) || '000', left(village, 6) || '000000') then
        return null;
    end if;
    select managing_code into before from registry_person where id = one.person_id for update;
    if before <> one.managing_code then
        return null;
    end if;
    perform registry_carry(array[one.person_id], village);
    update transfers_listing set until = greatest(on_day, since), ended = 'moved'
    where person_id = one.person_id and until is null;
    update transfers_transfer set state = 'accepted', accepted_code = village, closed_on = on_day where id = wanted;
    return before;
end
$$
"""  # noqa: S608 -- made of constants

_RECEIVING = "transfers_receiving(uuid, uuid, uuid, date, timestamptz, uuid)"
_TAKE_OVER = "transfers_take_over(uuid, text, date)"


class Migration(migrations.Migration):
    dependencies = [("transfers", "0001_transfers"), ("registry", "0014_moving")]

    operations = [
        *[enable(f"transfers_{table}") for table in ("transfer", "hop", "listing")],
        never_deleted(
            "transfers_transfer",
            ("shared_codes", "at_code", "state", "closed_on", "return_reason", "receipt_on", "receiver"),
        ),
        never_deleted("transfers_hop", ("shared_codes",)),
        never_deleted("transfers_listing", ("until", "ended")),
        migrations.RunSQL(
            sql=[
                RECEIVING,
                TAKE_OVER,
                f"revoke all on function {_RECEIVING}, {_TAKE_OVER} from public",
                f"grant execute on function {_RECEIVING}, {_TAKE_OVER} to {APP}",
            ],
            reverse_sql=[f"drop function {_RECEIVING}, {_TAKE_OVER}"],
        ),
    ]
