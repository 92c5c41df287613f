"""Scopes and keys."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from xinqiao.kernel.actor import Actor, Scope
from xinqiao.kernel.clock import DayClock, FixedClock, SystemClock, from_environment
from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.terms import RECORD_ROLES, ROLE_LABELS, SHARED_ROLES, Role


def _actor(role: Role, place: str, villages: tuple[str, ...] = ()) -> Actor:
    return Actor(uuid4(), "u", "某", role, place, villages=villages)


def test_only_roles_that_hold_records_have_a_scope() -> None:
    for role in Role:
        scope = _actor(role, "640122000000", ("640122100201",)).scope
        assert (scope == Scope()) == (role not in RECORD_ROLES), role


def test_a_role_that_is_shown_single_rows_sees_nothing_of_a_place() -> None:
    for role in SHARED_ROLES:
        actor = Actor(uuid4(), "u", "某", role, "640122000000", shared=("org:1",))
        assert actor.scope == Scope(shared=("org:1",))
        assert not actor.scope.covers("640122100201")


def test_a_village_doctor_sees_the_villages_served_and_not_the_range_between() -> None:
    scope = _actor(Role.VILLAGE_DOCTOR, "640122100201", ("640122100201", "640122100205")).scope
    assert scope.covers("640122100205")
    assert not scope.covers("640122100203")


def test_a_township_covers_its_villages_only() -> None:
    scope = _actor(Role.TOWNSHIP_WORKER, "640122100000").scope
    assert scope.covers("640122100201")
    assert not scope.covers("640122101201")


def test_the_empty_scope_covers_nothing() -> None:
    assert not Scope().covers("640122100201")


def test_every_role_has_a_chinese_name() -> None:
    assert set(ROLE_LABELS) == set(Role)


def test_the_clock_can_be_fixed_from_outside() -> None:
    kept = from_environment({"XINQIAO_TODAY": "2020-02-29"})
    assert kept == DayClock(date(2020, 2, 29))
    assert kept.now().date() == kept.today() == date(2020, 2, 29)
    assert kept.now().utcoffset() is not None
    assert isinstance(from_environment({}), SystemClock)
    assert FixedClock(date(2020, 2, 29)).now().utcoffset() is not None


def test_keys_are_version_7_and_grow_with_time() -> None:
    keys = [uuid7() for _ in range(50)]
    assert {k.version for k in keys} == {7}
    assert keys[0].int >> 80 <= keys[-1].int >> 80
    assert len(set(keys)) == 50
