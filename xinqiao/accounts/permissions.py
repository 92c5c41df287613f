"""What each role may do, in one table. Where (which records) is the scope's business; this says what."""

from __future__ import annotations

from enum import StrEnum

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import NotAllowed
from xinqiao.kernel.terms import Role


class Permission(StrEnum):
    """One operation somebody may or may not do."""

    VIEW_RECORDS = "view_records"
    UNMASK = "unmask"
    RECORD_VISIT = "record_visit"
    RECORD_ATTEMPT = "record_attempt"
    REGISTER_PERSON = "register_person"
    ASSIGN_WORKER = "assign_worker"
    AMEND_VISIT = "amend_visit"
    REVIEW_VISIT = "review_visit"
    CONFIRM_CLASS = "confirm_class"
    LOOK_UP_REGISTERED = "look_up_registered"
    IMPORT_REGISTER = "import_register"
    CORRECT_RECORD = "correct_record"
    EXPORT_LIST = "export_list"
    SEE_FIGURES = "see_figures"
    OPEN_FIGURE = "open_figure"
    MANAGE_USERS = "manage_users"
    MANAGE_PLACES = "manage_places"
    READ_TRAIL = "read_trail"


_P = Permission
_VILLAGE = frozenset(
    {
        _P.VIEW_RECORDS,
        _P.UNMASK,
        _P.RECORD_VISIT,
        _P.RECORD_ATTEMPT,
        _P.LOOK_UP_REGISTERED,
        _P.SEE_FIGURES,
        _P.OPEN_FIGURE,
    }
)
_TOWNSHIP = _VILLAGE | {
    _P.REGISTER_PERSON,
    _P.ASSIGN_WORKER,
    _P.AMEND_VISIT,
    _P.REVIEW_VISIT,
    _P.CONFIRM_CLASS,
    _P.EXPORT_LIST,
}
_COUNTY = _TOWNSHIP | {_P.IMPORT_REGISTER, _P.CORRECT_RECORD}

TABLE: dict[Role, frozenset[Permission]] = {
    Role.VILLAGE_DOCTOR: _VILLAGE,
    Role.TOWNSHIP_WORKER: _TOWNSHIP,
    Role.COUNTY_OFFICE: _COUNTY,
    Role.CITY_OFFICE: frozenset({_P.SEE_FIGURES}),
    Role.PROVINCE_OFFICE: frozenset({_P.SEE_FIGURES}),
    Role.PROGRAMME_ADMIN: frozenset({_P.SEE_FIGURES}),
    Role.SYSTEM_ADMIN: frozenset({_P.MANAGE_USERS, _P.MANAGE_PLACES}),
    Role.AUDITOR: frozenset({_P.READ_TRAIL}),
}


def may(actor: Actor, permission: Permission) -> bool:
    """Whether the actor's role holds the permission."""
    return permission in TABLE[actor.role]


def require(actor: Actor, permission: Permission) -> None:
    """NotAllowed unless the role holds the permission."""
    if not may(actor, permission):
        raise NotAllowed(code=f"not_allowed.{permission.value}")
