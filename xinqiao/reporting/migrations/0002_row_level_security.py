"""Row-level security, what may be changed, and the one way in which a card goes to a place out of the sender's reach."""

from django.conf import settings
from django.db import migrations

from xinqiao.accounts.rls import enable, never_deleted

APP = settings.XINQIAO_ROLES["app"]

# Passing on takes a card out of the own area, which the policy refuses. Only who holds the card by place may do it (a hospital
# holds it by sharing), and only until a file was made of it.
MOVE = """
create function reporting_pass_on(wanted uuid, destination text)
returns boolean
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if destination !~ '^[0-9]{12}$' then
        return false;
    end if;
    update reporting_card c set managing_code = destination
    where c.id = wanted and c.person_id is null
      and c.managing_code >= current_setting('app.lo', true) and c.managing_code < current_setting('app.hi', true);
    if not found then
        return false;
    end if;
    update reporting_cardversion set managing_code = destination where card_id = wanted;
    update reporting_cardevent set managing_code = destination where card_id = wanted;
    update reporting_sharedfacts set managing_code = destination where card_id = wanted;
    update reporting_addresssearch set managing_code = destination where card_id = wanted;
    return true;
end
$$
"""
_SIGNATURE = "reporting_pass_on(uuid, text)"
_ANSWER = (
    "managing_code", "person_id", "outcome", "found_place", "found_detail", "note", "answered_on", "answered_at", "answered_by",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_cards"), ("accounts", "0001_initial")]

    operations = [
        enable("reporting_card"),
        never_deleted("reporting_card"),
        enable("reporting_cardversion"),
        never_deleted("reporting_cardversion", ("managing_code",)),
        enable("reporting_cardevent"),
        never_deleted("reporting_cardevent", ("managing_code",)),
        enable("reporting_carddraft"),
        never_deleted("reporting_carddraft"),
        enable("reporting_addresssearch"),
        never_deleted("reporting_addresssearch", _ANSWER),
        enable("reporting_sharedfacts"),
        never_deleted("reporting_sharedfacts", ("managing_code", "person_id")),
        migrations.RunSQL(
            sql=[
                MOVE,
                f"revoke all on function {_SIGNATURE} from public",
                f"grant execute on function {_SIGNATURE} to {APP}",
            ],
            reverse_sql=f"drop function {_SIGNATURE}",
        ),
    ]
