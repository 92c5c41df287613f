"""The frame's rooms stay small enough to be read at a glance, for every role."""

from __future__ import annotations

import pytest

from config.navigation import items
from xinqiao.accounts.permissions import TABLE
from xinqiao.kernel.terms import Role
from xinqiao.web.navigation import ROOMS, rooms


@pytest.mark.parametrize("role", list(Role))
def test_no_room_offers_more_than_six_pages(role: Role) -> None:
    allowed = TABLE[role]
    made = rooms(items(), lambda permission: permission in allowed, "/")
    assert made
    assert {room.key: len(room.links) for room in made if len(room.links) > 6} == {}
    assert [room.key for room in made] == [key for key in ROOMS if key in {room.key for room in made}]


@pytest.mark.parametrize("role", list(Role))
def test_no_two_pages_of_a_role_have_the_same_name(role: Role) -> None:
    made = rooms(items(), lambda permission: permission in TABLE[role], "/")
    names = [str(link.label) for room in made for link in room.links]
    assert len(names) == len(set(names))
