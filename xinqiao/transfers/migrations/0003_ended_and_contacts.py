"""A hand-over ends with the file; contacts recorded as visits and tries stand in its history; the person is locked before it.

`transfers_hold` keeps one order of locks, the person first: who accepts does not see the person yet, and a death recorded at the
same moment holds the person and then wants the hand-over.
"""

from django.conf import settings
from django.db import migrations, models

from xinqiao.accounts.rls import VISIBLE

APP = settings.XINQIAO_ROLES["app"]

HOLD = f"""
create function transfers_hold(wanted uuid) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    whom uuid;
begin
    select person_id into whom from transfers_transfer where id = wanted and {VISIBLE};
    perform 1 from registry_person where id = whom for update;
end
$$
"""  # noqa: S608 -- made of constants

# Which of these people have a hand-over or a second listing that is open, wherever it lies: nothing else is told.
UNDER_WAY = """
create function transfers_under_way(people uuid[]) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
    select person_id from transfers_transfer where person_id = any (people) and state in ('sent', 'leaving')
    union select person_id from transfers_listing where person_id = any (people) and until is null
$$
"""

# A village that was split by people meanwhile: the person's village is another one of the same township.
TAKE_OVER = f"""
create or replace function transfers_take_over(wanted uuid, village text, on_day date) returns text
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
    if left(before, 9) <> left(one.managing_code, 9) then
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

OPEN_ONES = """
update followup_standing s set handed_since = t.sent_on from transfers_transfer t
where t.person_id = s.person_id and t.state in ('sent', 'leaving')
"""

_STATES = [
    ("sent", "待接收"),
    ("accepted", "已接收"),
    ("returned", "已退回"),
    ("withdrawn", "已撤回"),
    ("leaving", "等待回执"),
    ("left", "已迁出系统"),
    ("ended", "已终止"),
]
_STEPS = [
    ("sent", "发出"),
    ("passed", "转送"),
    ("called", "电话联系"),
    ("accepted", "接收"),
    ("returned", "退回"),
    ("withdrawn", "撤回"),
    ("confirmed", "收到回执"),
    ("ended", "终止"),
]
_ENDED = [
    ("moved", "已流转"),
    ("home", "已回户籍地"),
    ("stayed", "户口已迁来"),
    ("ended", "不再管理"),
    ("died", "已死亡"),
]


class Migration(migrations.Migration):
    dependencies = [("transfers", "0002_row_level_security"), ("followup", "0012_handed_since")]

    operations = [
        migrations.AlterField("transfer", "state", models.CharField(choices=_STATES, max_length=10)),
        migrations.AlterField("hop", "kind", models.CharField(choices=_STEPS, max_length=10)),
        migrations.AlterField(
            "listing", "ended", models.CharField(blank=True, choices=_ENDED, max_length=10)
        ),
        migrations.AlterField(
            "hop",
            "recorded_by",
            models.UUIDField(help_text="null: by the system, with the file", null=True),
        ),
        migrations.AlterField(
            "hop",
            "by_name",
            models.CharField(
                blank=True, help_text="name of the account, for both sides to see", max_length=60
            ),
        ),
        migrations.AddField(
            "hop", "source_id", models.UUIDField(help_text="of a call: the visit or try that it was", null=True)
        ),
        migrations.AddField(
            "hop", "voided_at", models.DateTimeField(help_text="that visit or try no longer stands", null=True)
        ),
        migrations.AddIndex(
            "transfer",
            models.Index(
                condition=models.Q(("state", "ended")), fields=["closed_on"], name="transfer_ended"
            ),
        ),
        migrations.RunSQL(
            sql=[
                HOLD,
                UNDER_WAY,
                TAKE_OVER,
                f"grant update (voided_at) on transfers_hop to {APP}",
                "revoke all on function transfers_hold(uuid), transfers_under_way(uuid[]) from public",
                f"grant execute on function transfers_hold(uuid), transfers_under_way(uuid[]) to {APP}",
                OPEN_ONES,
            ],
            reverse_sql=[
                f"revoke update (voided_at) on transfers_hop from {APP}",
                "drop function transfers_hold(uuid), transfers_under_way(uuid[])",
            ],
        ),
    ]  # fmt: skip
