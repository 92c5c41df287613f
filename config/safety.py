"""Refuses to serve people through a database role that could look past row-level security.

Called before the web server takes its first request (`config.wsgi`) and by the demo's runner.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from config.setup.folders import SetupProblem

_ROLE = """
select r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole,
       (select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relowner = r.oid and c.relkind in ('r', 'p', 'v', 'm') and n.nspname not like 'pg\\_%%'),
       (select count(*) from pg_roles o where o.oid <> r.oid and (o.rolsuper or o.rolbypassrls)
           and pg_has_role(r.oid, o.oid, 'member'))
  from pg_roles r where r.rolname = session_user
"""
_SETTING = "select current_setting('row_security')"
_TABLES = """
select wanted.name, c.oid is not null, coalesce(c.relrowsecurity, false),
       exists (select 1 from pg_policy p where p.polrelid = c.oid)
  from unnest(%s::text[]) as wanted(name)
  left join pg_class c on c.oid = to_regclass(wanted.name)
"""


class UnsafeRole(SetupProblem):
    """The role, or a table, would let a person see rows that are not theirs."""


def faults(connection: Any, tables: Iterable[str] = ()) -> list[str]:
    """Sentences about what is wrong with the role of `connection` and with the named tables; empty when safe."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLE)
        name, superuser, bypasses, makes_roles, owned, climbs = cursor.fetchone()
        cursor.execute(_SETTING)
        switched_on = cursor.fetchone()[0] == "on"
        names = list(tables)
        cursor.execute(_TABLES, [names])
        found = cursor.fetchall()
    said = []
    if superuser:
        said.append(f"the role {name} is a superuser")
    if bypasses:
        said.append(f"the role {name} bypasses row-level security (BYPASSRLS)")
    if makes_roles:
        said.append(f"the role {name} may create roles")
    if owned:
        said.append(f"the role {name} owns {owned} tables")
    if climbs:
        said.append(f"the role {name} is a member of a role that bypasses row-level security")
    if not switched_on:
        said.append("row_security is off")
    for table, exists, secured, has_policy in found:
        if not exists:
            said.append(f"the table {table} is missing (run the migrations)")
        elif not secured:
            said.append(f"row-level security is off on {table}")
        elif not has_policy:
            # Without a policy nobody sees a row, which is safe but never meant.
            said.append(f"the table {table} has no policy")
    return said


def scoped_tables() -> list[str]:
    """Tables of every model that carries personal data (derives from registry's ScopedModel)."""
    from django.apps import apps

    from xinqiao.registry.scoped import ScopedModel

    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, ScopedModel) and model._meta.managed
    )


def check_roles(connection: Any, tables: Iterable[str] | None = None) -> None:
    """Raise UnsafeRole unless the app role of `connection` (Django's or psycopg's) may serve people."""
    said = faults(connection, scoped_tables() if tables is None else tables)
    if said:
        raise UnsafeRole("Refusing to serve: " + "; ".join(said) + ".")
