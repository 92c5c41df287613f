"""`python -m config.setup.postgres start|stop|status|env|reset [--cluster main|test]`

Three ways to a database, in this order: DATABASE_URL; a private cluster on installed server programs; a private
cluster on the programs of a pinned wheel. SQLite is not offered: it has no roles and no row-level security.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from config.setup import privileges, state
from config.setup.binaries import Binaries, installed, wheel
from config.setup.cluster import PORT, SUPERUSER, Cluster
from config.setup.folders import ROOT, SetupProblem, ending, short_hash, var
from config.setup.state import Login, Server

DATABASE = "xinqiao"


def base_for(run_as: str) -> tuple[Path, str]:
    """Where clusters and copied programs may lie, and a sentence when that is not `var/`."""
    inside = var()
    if not run_as or privileges.may_enter(inside, run_as):
        return inside, ""
    outside = Path("/var/lib") / f"xinqiao-{short_hash(inside)}"
    outside.mkdir(mode=0o711, parents=True, exist_ok=True)
    outside.chmod(0o711)
    return (
        outside,
        f"The user {run_as} cannot enter {ROOT}, so the database lies in {outside} (`make clean` removes it).",
    )


def find(base: Path, run_as: str) -> Binaries:
    """The second and third way."""
    wanted = os.environ.get("XINQIAO_POSTGRES", "").strip()
    if wanted not in {"", "installed", "wheel"}:
        raise SetupProblem(f"XINQIAO_POSTGRES is {wanted!r}; it must be installed or wheel.")
    found = None if wanted == "wheel" else installed(run_as)
    if found:
        return found
    if wanted == "installed":
        raise SetupProblem(
            "No PostgreSQL server of version 15 or newer is installed (Debian: `apt-get install postgresql`)."
        )
    return wheel(base, run_as)


def ensure(cluster: str = "main", *, say: bool = False) -> Server:
    """A running database with its three roles; made at the first call, found at later ones. Repeatable and locked."""
    with _locked(cluster):
        given = state.from_environment()
        if given is not None:
            return _given(given)
        known = state.read(cluster)
        if known is not None and _answers(known):
            return known
        return _private(cluster, known, say=say)


def stop(cluster: str = "main") -> bool:
    with _locked(cluster):
        known = state.read(cluster)
        return bool(known and known.home and as_cluster(known).stop())


def reset(cluster: str = "main") -> None:
    """Remove a private cluster with its data; a database given by DATABASE_URL is not ours to remove."""
    with _locked(cluster):
        known = state.read(cluster)
        if known and known.home:
            as_cluster(known).remove()
        state.forget(cluster)
        base, _ = base_for(privileges.server_user())
        if base != var() and not any(state.read(name) for name in ("main", "test")):
            shutil.rmtree(base, ignore_errors=True)


def as_cluster(known: Server) -> Cluster:
    binaries = Binaries(known.way, Path(known.binaries), known.version)
    return Cluster(Path(known.home), binaries, known.run_as, durable=known.durable)


def _given(server: Server) -> Server:
    if "app" in server.roles and "report" in server.roles:
        return server
    from config.setup import roles

    roles.make_in_given_database(server)
    made = Server("url", server.host, server.port, server.database, dict(server.roles))
    # The owner's password stays in the environment where it was given.
    made.roles = {role: login for role, login in server.roles.items() if role != "owner" and not login.host}
    state.write("url", made)
    return server


def _private(cluster: str, known: Server | None, *, say: bool) -> Server:
    from config.setup import roles

    run_as = privileges.server_user()
    durable = cluster == "main"
    if known is not None and known.home:
        kept = as_cluster(known)
        if kept.exists() and Path(kept.binaries.program("postgres")).exists():
            kept.start()
            known.host = str(kept.socket_folder)
            state.write(cluster, known)
            return known
        if kept.exists() and durable:
            raise SetupProblem(
                f"The data in {kept.data} was made by PostgreSQL {known.version} in {known.binaries}, which is gone;"
                " install that version again, or `make demo-reset` to begin anew."
            )
    base, sentence = base_for(run_as)
    if sentence and say:
        print(sentence, file=sys.stderr)
    fresh = Cluster(
        base / ("pg" if durable else f"pg-{cluster}"), find(base, run_as), run_as, durable=durable
    )
    if fresh.exists() and durable:
        raise SetupProblem(
            f"{fresh.data} holds a database whose keys in {state.path(cluster)} are gone; move it away first."
        )
    if fresh.exists():
        fresh.remove()
    password = fresh.create()
    server = Server(
        way=fresh.binaries.way,
        host=str(fresh.socket_folder),
        port=PORT,
        database=DATABASE,
        roles={"super": Login(SUPERUSER, password)},
        version=fresh.binaries.version,
        binaries=str(fresh.binaries.folder),
        home=str(fresh.home),
        run_as=run_as,
        durable=durable,
    )
    try:
        fresh.start()
        roles.make_in_private_cluster(server, create_databases=not durable)
    except BaseException:
        # Half a cluster would be refused at the next start; nothing of worth is in it yet.
        with contextlib.suppress(SetupProblem):
            fresh.remove()
        raise
    state.write(cluster, server)
    return server


def _answers(known: Server) -> bool:
    import psycopg

    try:
        with psycopg.connect(known.conninfo("owner"), connect_timeout=3):
            return True
    except psycopg.OperationalError:
        return False


@contextlib.contextmanager
def _locked(cluster: str) -> Iterator[None]:
    """One process at a time makes or starts a cluster; the others wait and find it."""
    with (var() / f"postgres-{cluster}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def describe(known: Server) -> str:
    where = f"{known.host}, database {known.database}"
    if known.way == "url":
        return f"PostgreSQL given by DATABASE_URL at {where}"
    return f"PostgreSQL {known.version} ({known.way}: {known.binaries}), private cluster in {known.home}, socket {where}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m config.setup.postgres", description=(__doc__ or "").split("\n\n")[1]
    )
    parser.add_argument("what", choices=["start", "stop", "status", "env", "reset"])
    parser.add_argument("--cluster", default="main", choices=["main", "test"])
    chosen = parser.parse_args(arguments)
    return ending(lambda: _do(chosen.what, chosen.cluster))


def _do(what: str, cluster: str) -> int:
    if what == "start":
        print(describe(ensure(cluster, say=True)))
        return 0
    if what == "stop":
        print("stopped" if stop(cluster) else "was not running")
        return 0
    if what == "reset":
        reset(cluster)
        return 0
    known = state.from_environment() or state.read(cluster)
    running = known is not None and _answers(known)
    if what == "status":
        print(f"{describe(known)}: {'running' if running else 'not running'}" if known else "no database yet")
        return 0 if running else 3
    if known is None:
        print("no database yet", file=sys.stderr)
        return 3
    # For psql and its kin; passwords, so for this user's terminal only.
    app = known.roles["owner"]
    print(
        f"export PGHOST='{known.host}' PGPORT='{known.port}' PGDATABASE='{known.database}' PGUSER='{app.name}'"
    )
    print(f"export PGPASSWORD='{app.password}'")
    return 0


if __name__ == "__main__":
    sys.exit(main())
