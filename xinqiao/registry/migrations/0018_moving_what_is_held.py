"""What is only shared with somebody is not theirs to take: a person is moved by who holds the place left, and the new one."""

from django.db import migrations

MOVE = """
create or replace function registry_move_person(person uuid, village text) returns boolean
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    perform 1 from registry_person where id = person and registry_holds(managing_code) for update;
    if not found or not registry_holds(village) then
        return false;
    end if;
    perform registry_carry(array[person], village);
    return true;
end
$$
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0017_cards")]

    operations = [migrations.RunSQL(sql=MOVE, reverse_sql=migrations.RunSQL.noop)]
