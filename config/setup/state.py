"""What is known about a database: where it listens, which roles, which passwords. Kept in `var/`, mode 0600."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from config.setup.folders import SetupProblem, read_json, var, write_private_json

NAMES = {"owner": "xinqiao_owner", "app": "xinqiao_app", "report": "xinqiao_report"}


@dataclass
class Login:
    """A role that may sign in; host and port only where they differ from the server's."""

    name: str
    password: str
    host: str = ""
    port: int = 0

    def __repr__(self) -> str:
        return f"Login({self.name!r})"


@dataclass
class Server:
    """A database and how to reach it.

    `way` is `url`, `installed`, `wheel` or `none`; `home`, `binaries` and `run_as` only for a private cluster.
    """

    way: str
    host: str
    port: int
    database: str
    roles: dict[str, Login]
    options: dict[str, str] = field(default_factory=dict)
    version: str = ""
    binaries: str = ""
    home: str = ""
    run_as: str = ""
    durable: bool = True

    @classmethod
    def nowhere(cls, host: str) -> Server:
        return cls("none", host, 5432, "xinqiao", {role: Login(name, "") for role, name in NAMES.items()})

    def conninfo(self, role: str, database: str = "") -> str:
        """A libpq connection string for `owner`, `app`, `report` (or `super` of a private cluster)."""
        login = self.roles[role]
        parts = {
            "host": login.host or self.host,
            "port": str(login.port or self.port),
            "dbname": database or self.database,
            "user": login.name,
            "password": login.password,
            **self.options,
        }
        return " ".join(f"{key}={_quoted(value)}" for key, value in parts.items() if value)


def path(cluster: str) -> Path:
    return var() / ("postgres.json" if cluster == "main" else f"postgres-{cluster}.json")


def read(cluster: str) -> Server | None:
    kept = read_json(path(cluster))
    if kept is None:
        return None
    roles = {role: Login(**login) for role, login in kept.pop("roles").items()}
    return Server(roles=roles, **kept)


def write(cluster: str, server: Server) -> None:
    write_private_json(path(cluster), asdict(server))


def forget(cluster: str) -> None:
    path(cluster).unlink(missing_ok=True)


def from_environment() -> Server | None:
    """The database given by DATABASE_URL, with the two other roles given or as made earlier (kept in `var/`)."""
    url = os.environ.get("DATABASE_URL", "").strip()
    if not url:
        return None
    server = from_url(url)
    kept = read("url")
    same = kept is not None and (kept.host, kept.port, kept.database) == (
        server.host,
        server.port,
        server.database,
    )
    for role, variable in (("app", "APP_DATABASE_URL"), ("report", "REPORT_DATABASE_URL")):
        given = os.environ.get(variable, "").strip()
        if given:
            other = from_url(given, variable)
            login = other.roles["owner"]
            server.roles[role] = Login(login.name, login.password, other.host, other.port)
        elif same and kept is not None and role in kept.roles:
            server.roles[role] = kept.roles[role]
    return server


def from_url(url: str, variable: str = "DATABASE_URL") -> Server:
    """Parse `postgresql://user:password@host:port/name?options`; a socket folder is given as `?host=/path`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = None, None
    if parts is None or parts.scheme not in {"postgres", "postgresql"}:
        # The value itself holds a password and is not repeated.
        raise SetupProblem(f"{variable} must look like postgresql://user:password@host:5432/name.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    port = int(options.pop("port", 0) or port or 5432)
    name = unquote(parts.path.lstrip("/"))
    if not (parts.username and name):
        raise SetupProblem(
            f"{variable} must name a user and a database: postgresql://user:password@host:5432/name."
        )
    login = Login(unquote(parts.username), unquote(parts.password or ""))
    return Server("url", host or "localhost", port, name, {"owner": login}, options)


def _quoted(value: str) -> str:
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"
