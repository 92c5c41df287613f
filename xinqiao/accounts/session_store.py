"""Sessions in the database that know whose they are: one statement brings the session and the account together.

Django's own store keeps the account's key inside the sealed text and asks for the account afterwards. Knowing it beside
the session also ends all sessions of an account with one statement (`end_sessions`).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import db
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

if TYPE_CHECKING:
    from .models import Session, User


class SessionStore(db.SessionStore):
    """The engine named by SESSION_ENGINE."""

    #: The account of a loaded session, as it stands now; None before loading and for a session of nobody.
    account: User | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        from .models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        kept = cast("Session", super().create_model_instance(data))
        kept.user_id = UUID(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        return kept

    def _get_session_from_db(self) -> Session | None:
        session, account = _read(self.session_key) if self.session_key else (None, None)
        if session is None:
            self._session_key = None
        self.account = account
        return session


def _read(key: str) -> tuple[Session | None, User | None]:
    """Plain SQL, since every request begins here: building this join anew costs more than running it."""
    from .models import Session, User

    users = [field.column for field in User._meta.concrete_fields]
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple(users)), [key, timezone.now()])
        row = cursor.fetchone()
    if row is None:
        return None, None
    session = Session(session_key=key, session_data=row[0], expire_date=row[1], user_id=row[2])
    names = [field.attname for field in User._meta.concrete_fields]
    return session, User.from_db(connection.alias, names, row[3:]) if row[2] else None


@cache
def _statement(columns: tuple[str, ...]) -> str:
    names = ", ".join(f"u.{column}" for column in columns)
    return (
        f"select s.session_data, s.expire_date, s.user_id, {names} from accounts_session s"  # noqa: S608 -- our own columns
        " left join accounts_user u on u.id = s.user_id where s.session_key = %s and s.expire_date > %s"
    )


def user_of(request: HttpRequest) -> User | AnonymousUser:
    """Who is signed in. The account that came with the session, when all that Django asks of it holds: the same key, and
    the password has not changed since. Whatever differs goes the long way, which ends the session where it must.
    """
    session = request.session
    claimed = session.get(SESSION_KEY)
    account = getattr(session, "account", None)
    if (
        account is not None
        and claimed == str(account.pk)
        and constant_time_compare(session.get(HASH_SESSION_KEY, ""), account.get_session_auth_hash())
    ):
        return account
    return get_user(request)


def end_sessions(user_id: UUID) -> int:
    """Sign an account out everywhere, now; how many sessions ended."""
    from .models import Session

    return Session.objects.filter(user_id=user_id).delete()[0]
