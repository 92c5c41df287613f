"""Accounts and institutions as their managers see them: counts of people, never who."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Q, QuerySet, Sum

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import SHANGHAI
from xinqiao.kernel.codes import bounds, contains, full_code, township_of
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.terms import SHARED_ROLES, Role
from xinqiao.places import queries as places
from xinqiao.places.models import Institution, ServiceArea

from .leaving import burdens_of, burdens_of_institutions
from .models import User, VillageAssignment
from .permissions import Permission, require
from .rules import DORMANT_DAYS, dormant, ending, manageable, manages, standing_at

PAGE = 50


@dataclass(frozen=True, slots=True)
class AccountFilters:
    """What the address of the list holds."""

    role: str = ""
    place: str = ""
    state: str = ""
    text: str = ""
    after: str = ""


@dataclass(slots=True)
class AccountRow:
    """One account on the list, with what needs somebody's attention as codes in `marks`."""

    user: User
    place: str
    villages: list[str]
    last: datetime | None
    people: int
    marks: list[str]


def accounts_of(
    *, actor: Actor, filters: AccountFilters, today: date, now: datetime
) -> tuple[list[AccountRow], str]:
    """The actor's accounts by place and name, and the key of the next page ("" for none). `now` is real time: lock-outs
    are. At most eight statements."""
    require(actor, Permission.MANAGE_USERS)
    lo, hi = bounds(actor.place)
    rows = User.objects.filter(place__gte=lo, place__lt=hi, role__in=manageable(actor.role)).exclude(
        pk=actor.user_id
    )
    # Who belongs to an institution above is looked after there (`looks_after`).
    rows = rows.filter(
        ~Q(role__in=SHARED_ROLES)
        | Q(institution=None)
        | Q(institution__place__gte=lo, institution__place__lt=hi)
    )
    if filters.role:
        rows = rows.filter(role=filters.role)
    if filters.place and filters.place.isdecimal():
        low, high = bounds(full_code(filters.place))
        rows = rows.filter(place__gte=low, place__lt=high)
    if filters.text:
        rows = rows.filter(Q(username__icontains=filters.text) | Q(display_name__icontains=filters.text))
    rows = _in_state(rows, filters.state, now)
    if "/" in filters.after:
        place, username = filters.after.split("/", 1)
        rows = rows.filter(Q(place__gt=place) | Q(place=place, username__gt=username))
    found = list(rows.select_related("institution").order_by("place", "username")[: PAGE + 1])
    more = f"{found[PAGE - 1].place}/{found[PAGE - 1].username}" if len(found) > PAGE else ""
    return rows_of(found[:PAGE], today, now), more


def _in_state(rows: QuerySet[User], state: str, now: datetime) -> QuerySet[User]:
    if state == "closed":
        return rows.filter(is_active=False)
    rows = rows.filter(is_active=True)
    if state == "locked":
        return rows.filter(username__in=_locked(None, now))
    if state == "dormant":
        since = now - timedelta(days=DORMANT_DAYS)
        return rows.filter(Q(last_login__lt=since) | Q(last_login=None, created_at__lt=since))
    if state == "first":
        return rows.filter(must_change_password=True)
    return rows


def rows_of(users: list[User], today: date, now: datetime) -> list[AccountRow]:
    """Accounts with place, villages of today, last sign-in, people they answer for and marks."""
    ids = [user.pk for user in users]
    serving = VillageAssignment.objects.filter(user_id__in=ids, valid_from__lte=today).filter(
        Q(valid_to=None) | Q(valid_to__gt=today)
    )
    villages: dict[UUID, list[VillageAssignment]] = {}
    for row in serving.order_by("division_code"):
        villages.setdefault(row.user_id, []).append(row)
    names = places.short_names({u.place for u in users})
    plain = places.names_of({row.division_code for row in serving} | {township_of(u.place) for u in users})
    people = burdens_of(ids)
    locked = _locked([user.username for user in users], now)
    result = []
    for user in users:
        own = villages.get(user.pk, [])
        marks = _marks(user, user.username in locked, people.get(user.pk, 0), today)
        if user.is_active and user.role == Role.VILLAGE_DOCTOR and not own:
            marks.append("no_village")
        if any(row.covers_id for row in own):
            marks.append("stands_in")
        result.append(
            AccountRow(
                user,
                plain.get(township_of(user.place), "") if own else names.get(user.place, user.place),
                [plain.get(row.division_code, row.division_code) for row in own],
                user.last_login,
                people.get(user.pk, 0),
                marks,
            )
        )
    return result


def _marks(user: User, locked: bool, people: int, today: date) -> list[str]:
    if not user.is_active:
        return ["closed", *(["burdened"] if people else [])]
    marks = ["locked"] if locked else []
    if user.must_change_password and not user.is_demo:
        marks.append("first_password")
    seen = (user.last_login or user.created_at).astimezone(SHANGHAI).date()
    if dormant(seen, today):
        marks.append("dormant")
    if ending(user.valid_until, today):
        marks.append("ending")
    return marks


def _locked(usernames: list[str] | None, now: datetime) -> set[str]:
    """User names locked out now by wrong passwords."""
    since = now - timedelta(hours=float(settings.AXES_COOLOFF_TIME))
    rows = AccessAttempt.objects.filter(attempt_time__gt=since)
    if usernames is not None:
        rows = rows.filter(username__in=usernames)
    counted = rows.values("username").annotate(n=Sum("failures_since_start"), at=Max("attempt_time"))
    return {row["username"] for row in counted if row["n"] >= settings.AXES_FAILURE_LIMIT}


def account_of(*, actor: Actor, user_id: UUID) -> User:
    """One account that is the actor's to manage; NotFound otherwise, also for the own one."""
    require(actor, Permission.MANAGE_USERS)
    found = User.objects.select_related("institution").filter(pk=user_id).first()
    if found is None or found.pk == actor.user_id or not looks_after(actor, found):
        raise NotFound(code="not_found.account")
    return found


def looks_after(actor: Actor, user: User) -> bool:
    """Whether an account is the actor's to manage: by where it stands, and by what it reads."""
    role, institution = Role(user.role), user.institution.place if user.institution else ""
    return manages(actor, role=role, place=standing_at(role, user.place, institution))


def colleagues(place: str, *roles: Role) -> list[User]:
    """Working accounts of the roles at or below a place, by name."""
    lo, hi = bounds(place)
    rows = User.objects.filter(place__gte=lo, place__lt=hi, is_active=True, role__in=[r.value for r in roles])
    return list(rows.order_by("place", "display_name"))


def names_of_users(ids: set[UUID]) -> dict[UUID, str]:
    """Account → name of the person."""
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "display_name")) if ids else {}


# ── institutions ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class InstitutionRow:
    """One institution with whom it serves, its accounts and how many people it counts or answers for."""

    institution: Institution
    place: str
    serves: list[str]
    leader: str
    staff: int
    people: int


def institutions_of(
    *, actor: Actor, place: str = "", closed: bool = False, after: str = ""
) -> tuple[list[InstitutionRow], str]:
    """Institutions at or below the actor's place (or a place below it), by place; key of the next page."""
    require(actor, Permission.MANAGE_PLACES)
    where = full_code(place) if place.isdecimal() and contains(actor.place, full_code(place)) else actor.place
    lo, hi = bounds(where)
    rows = Institution.objects.filter(place__gte=lo, place__lt=hi, valid_to__isnull=not closed)
    if "/" in after:
        code, pk = after.split("/", 1)
        rows = rows.filter(Q(place__gt=code) | Q(place=code, name__gt=pk))
    found = list(rows.order_by("place", "name")[: PAGE + 1])
    more = f"{found[PAGE - 1].place}/{found[PAGE - 1].name}" if len(found) > PAGE else ""
    found = found[:PAGE]
    ids = [one.pk for one in found]
    areas: dict[UUID, list[str]] = {}
    for served_by, code in ServiceArea.objects.filter(institution_id__in=ids, valid_to=None).values_list(
        "institution_id", "division_code"
    ):
        areas.setdefault(served_by, []).append(code)
    names = places.short_names({one.place for one in found} | {c for codes in areas.values() for c in codes})
    leaders = names_of_users({one.in_charge_id for one in found if one.in_charge_id})
    staff = staff_of(ids)
    people = burdens_of_institutions(ids)
    return [
        InstitutionRow(
            one,
            names.get(one.place, one.place),
            sorted(names.get(code, code) for code in areas.get(one.pk, [])),
            leaders.get(one.in_charge_id, "") if one.in_charge_id else "",
            staff.get(one.pk, 0),
            people.get(one.pk, 0),
        )
        for one in found
    ], more


def staff_of(ids: list[UUID]) -> dict[UUID, int]:
    """Institution → working accounts."""
    rows = User.objects.filter(institution_id__in=ids, is_active=True).values_list(
        "institution_id", flat=True
    )
    found: dict[UUID, int] = {}
    for pk in rows:
        if pk is not None:
            found[pk] = found.get(pk, 0) + 1
    return found
