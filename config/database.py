"""Django's DATABASES: three aliases, three roles, one database.

`default` is the app role (row-level security holds), `report` counts and only reads, `owner` migrates. In tests all
three are the owner on one connection, and entering a scope takes the app role with SET LOCAL ROLE.

Environment: `XINQIAO_SERVING=1` gives `default` and `report` a connection pool (servers only: a command or a test ends
sooner than a pool pays); `XINQIAO_CLUSTER=test` with `XINQIAO_DATABASE_NAME` points a served process at a test database.
"""

from __future__ import annotations

import sys
from typing import Any

from config import env
from config.setup import state
from config.setup.folders import SetupProblem

ALIASES = {"default": "app", "report": "report", "owner": "owner"}
NOWHERE = "/nonexistent/xinqiao-has-no-database-yet"


def cluster() -> str:
    """`main` or `test`: which private cluster this process belongs to."""
    return env.text("XINQIAO_CLUSTER") or ("test" if env.is_test() else "main")


def databases() -> dict[str, dict[str, Any]]:
    """DATABASES for this process; in a test the private test cluster is started first when it is not running."""
    known = state.from_environment() or state.read(cluster())
    if "pytest" in sys.modules and env.is_test():
        from config.setup import postgres

        known = postgres.ensure(cluster())
    if known is None:
        # Settings must load without a database (type checks, `--help`); who needs one asks `require()`.
        known = state.Server.nowhere(NOWHERE)
    if env.is_test():
        owner = _alias(known, "owner", pool=False)
        return {
            "default": owner | {"TEST": {"NAME": None}},
            "report": owner | {"TEST": {"MIRROR": "default"}},
            "owner": owner | {"TEST": {"MIRROR": "default"}},
        }
    pool = env.flag("XINQIAO_SERVING")
    return {alias: _alias(known, role, pool=pool and role != "owner") for alias, role in ALIASES.items()}


def roles() -> dict[str, str]:
    """The names of the roles `owner`, `app`, `report` (a given database may call them otherwise)."""
    known = state.from_environment() or state.read(cluster())
    names = {"owner": "xinqiao_owner", "app": "xinqiao_app", "report": "xinqiao_report"}
    return names | {role: known.roles[role].name for role in names if known and role in known.roles}


def require() -> state.Server:
    """The database of this process, or a SetupProblem that says how to get one."""
    known = state.from_environment() or state.read(cluster())
    if known is None:
        raise SetupProblem(
            "There is no database yet: run `make demo`, or `python -m config.setup.postgres start`, or set DATABASE_URL."
        )
    return known


def _alias(known: state.Server, role: str, *, pool: bool) -> dict[str, Any]:
    login = known.roles.get(role)
    options: dict[str, Any] = dict(known.options) | {"application_name": f"xinqiao-{role}"}
    if pool:
        size = int(env.text("XINQIAO_POOL_SIZE", "6"))
        options["pool"] = {"min_size": 1, "max_size": size, "timeout": 10, "max_lifetime": 3600}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": env.text("XINQIAO_DATABASE_NAME") or known.database,
        "USER": login.name if login else "",
        "PASSWORD": login.password if login else "",
        "HOST": login.host if login and login.host else known.host,
        "PORT": str(login.port if login and login.port else known.port),
        "OPTIONS": options,
        # A pool keeps connections itself; a command keeps its one.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": pool,
        "ATOMIC_REQUESTS": False,
    }
