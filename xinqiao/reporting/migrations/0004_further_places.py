"""A card that lies in a further place of the worker is passed on like one in the own: what is held by place is asked as everywhere."""

from django.db import migrations

MOVE = """
create or replace function reporting_pass_on(wanted uuid, destination text)
returns boolean
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if destination !~ '^[0-9]{12}$' then
        return false;
    end if;
    update reporting_card c set managing_code = destination
    where c.id = wanted and c.person_id is null and registry_holds(c.managing_code);
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


class Migration(migrations.Migration):
    dependencies = [("reporting", "0003_needless"), ("registry", "0014_moving")]

    operations = [migrations.RunSQL(sql=MOVE, reverse_sql=migrations.RunSQL.noop)]
