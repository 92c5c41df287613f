"""Going over to new keys: everything readable at every moment, whatever is interrupted; an old key goes when nothing uses it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings as live
from django.db import connection, models

from tests.factories.county import County
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.secrets import Keyring, SecretsUnreadable, key_id_of
from xinqiao.registry import rotation
from xinqiao.registry.actions import NewScan, attach_scan, look_up_registered, open_attachment, update_person
from xinqiao.registry.fields import EncryptedText, keyring
from xinqiao.registry.models import Address, Guardian, Identifier, Person
from xinqiao.registry.privacy import CLASSES, HASHED, Privacy, gather
from xinqiao.registry.queries import page_of_person, search
from xinqiao.registry.rotation.columns import hash_columns, sealed_tables
from xinqiao.registry.scoped import ScopedModel

from .records import new_person, whole_record
from .scans import jpeg

Enter = Callable[[str], AbstractContextManager[None]]
TODAY = date(2026, 11, 21)
NUMBER, GUARDIAN_PHONE = "990101198507081231", "13800000002"


class Stopped(Exception):
    """Somebody pulled the plug."""


@pytest.fixture
def rings(settings: Any) -> tuple[Keyring, Keyring]:
    """The keys while the change is under way, and after it; the first ones are in force."""
    old = keyring()
    fresh = {kind: bytes([50 + n]) * 32 for n, kind in enumerate(old.hash_keys)}
    keys = {"t2": b"\x07" * 32, **old.keys}
    going = Keyring(keys, "t2", old.hash_keys, fresh)
    settings.XINQIAO_KEYRING = going
    return going, replace(going, hash_keys=fresh, next_hash_keys=None)


@pytest.fixture
def scan(county: County, acting_as: Enter, clock: FixedClock, north: UUID, south: UUID) -> UUID:
    """Two people, a scan and a question handed in, all under the first key."""
    with acting_as("village"):
        actor = county.actors["village"]
        look_up_registered(actor=actor, clock=clock, id_number=NUMBER)
        paper = NewScan(uuid7(), "01", TODAY, jpeg((60, 80)))
        return attach_scan(actor=actor, clock=clock, person_id=north, scan=paper)


def _everything_opens(county: County, acting_as: Enter, clock: FixedClock, north: UUID, scan: UUID) -> None:
    """The page, every way of searching by number, a look-up and the scan."""
    actor = county.actors["township"]
    with acting_as("township"):
        page = page_of_person(actor=actor, today=TODAY, person=Person.objects.get(pk=north))
        assert page.identifier is not None
        assert (page.identifier.number, page.person.phone) == (NUMBER, "13800000001")
        assert {one.detail for one in page.addresses} >= {"柳树村3组8号"}
        for typed in (NUMBER, NUMBER[-4:], "13800000001", GUARDIAN_PHONE):
            found = search(actor=actor, today=TODAY, text=typed)
            assert [card.id for card in found.cards] == [north], typed
        assert look_up_registered(actor=actor, clock=clock, id_number=NUMBER).answer == "here"
        assert (
            open_attachment(actor=actor, clock=clock, attachment_id=scan, how="scan").body[:2] == b"\xff\xd8"
        )


#: What an uploaded file is told by, not somebody in it: made anew with each file.
FINGERPRINTS = {
    ("interchange.Batch", "content_hash"),
    ("interchange.Batch", "name_hash"),
    ("national.Comparison", "content_hash"),
}


def test_the_register_of_hashes_knows_every_keyed_hash_of_a_scoped_table() -> None:
    gather()
    scoped = [model for model in apps.get_models() if issubclass(model, ScopedModel)]
    found = {
        (model._meta.label, field.name)
        for model in scoped
        for field in model._meta.concrete_fields
        if type(field) is models.BinaryField and field.name.endswith("_hash")
    }
    known = {(label, name) for label, rules in HASHED.items() for name in rules}
    assert found - FINGERPRINTS == known
    for label, rules in HASHED.items():
        assert {CLASSES[label][rule.sealed] for rule in rules.values()} == {Privacy.SEALED}


def test_a_kept_hash_is_what_the_register_says(north: UUID, south: UUID) -> None:
    for one in hash_columns():
        for row in apps.get_model(one.label)._default_manager.all():
            text = getattr(row, one.sealed)
            text = text[-one.rule.last :] if one.rule.last else text
            kept = getattr(row, one.column)
            assert (bytes(kept) if kept else None) == (keyring().hash(one.rule.kind, text) if text else None)


def test_every_sealed_column_of_the_product_goes_over() -> None:
    named = {(one.label, column) for one in sealed_tables() for column in one.columns}
    fields = {
        (model._meta.label, field.column)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedText)
    }
    assert named == fields
    assert ("registry.Attachment", "body") in named


def test_everything_stays_readable_while_keys_change_and_is_interrupted(
    scan: UUID, rings: tuple[Keyring, Keyring], county: County, acting_as: Enter, clock: FixedClock, north: UUID,
    settings: Any,
) -> None:  # fmt: skip
    going, after = rings
    before = rotation.uses("t1")
    assert {"registry_identifier.number", "registry_attachment.body", "registry_inquiry.asked"} <= set(before)

    portions = []

    def stop_after_three(table: str, done: int) -> None:
        portions.append(table)
        if len(portions) == 3:
            raise Stopped

    with pytest.raises(Stopped):
        rotation.reseal(going, at_once=1, say=stop_after_three)
    half = rotation.uses("t2")
    assert half
    assert rotation.uses("t1")
    _everything_opens(county, acting_as, clock, north, scan)
    rotation.reseal(going, at_once=1)
    assert rotation.uses("t1") == {}
    assert rotation.reseal(going) == 0
    _everything_opens(county, acting_as, clock, north, scan)

    rotation.begin(going)
    portions.clear()
    with pytest.raises(Stopped):
        rotation.fill(going, at_once=1, say=stop_after_three)
    assert rotation.waiting() > 0
    _everything_opens(county, acting_as, clock, north, scan)
    rotation.begin(going)
    rotation.fill(going, at_once=1)
    assert rotation.waiting() == 0
    _everything_opens(county, acting_as, clock, north, scan)

    def tell() -> None:
        settings.XINQIAO_KEYRING = after

    rotation.switch(going, tell=tell)
    assert rotation.pending() == {}
    _everything_opens(county, acting_as, clock, north, scan)

    settings.XINQIAO_KEYRING = replace(after, keys={"t2": after.keys["t2"]})
    _everything_opens(county, acting_as, clock, north, scan)


def test_when_the_keys_cannot_be_told_the_change_of_place_does_not_happen(
    scan: UUID,
    rings: tuple[Keyring, Keyring],
    county: County,
    acting_as: Enter,
    clock: FixedClock,
    north: UUID,
) -> None:
    going, _after = rings
    rotation.begin(going)
    rotation.fill(going)

    def fail() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        rotation.switch(going, tell=fail)
    assert set(rotation.pending().values()) != set()
    _everything_opens(county, acting_as, clock, north, scan)


def test_what_is_written_meanwhile_is_found_under_the_new_keys(
    scan: UUID, rings: tuple[Keyring, Keyring], county: County, acting_as: Enter, clock: FixedClock, north: UUID,
    settings: Any,
) -> None:  # fmt: skip
    going, after = rings
    rotation.begin(going)
    rotation.fill(going)
    actor = county.actors["township"]
    with acting_as("township"):
        person = Person.objects.get(pk=north)
        record = whole_record(id_number=NUMBER, phone="13911112222", guardian_phone="13933334444")
        update_person(
            actor=actor, clock=clock, person_id=north, op_id=new_person().op_id, record=record,
            row_version=person.row_version,
        )  # fmt: skip
    assert rotation.waiting() > 0

    def tell() -> None:
        settings.XINQIAO_KEYRING = after

    assert rotation.switch(going, tell=tell).late > 0
    with acting_as("township"):
        for typed, hits in (("13911112222", [north]), ("13933334444", [north]), ("13800000001", [])):
            found = search(actor=actor, today=TODAY, text=typed)
            assert [card.id for card in found.cards] == hits, typed


def test_new_columns_of_other_keys_are_made_anew(scan: UUID, rings: tuple[Keyring, Keyring]) -> None:
    going, _after = rings
    rotation.begin(going)
    rotation.fill(going)
    other = replace(going, next_hash_keys=dict.fromkeys(going.hash_keys, b"c" * 32))
    with pytest.raises(ValueError, match="other keys"):
        rotation.switch(other, tell=lambda: None)
    rotation.begin(other)
    assert rotation.waiting() > 0
    rotation.forget()
    assert rotation.pending() == {}


def test_the_indexes_and_constraints_are_the_same_after_the_change(
    scan: UUID, rings: tuple[Keyring, Keyring]
) -> None:
    going, _after = rings

    def shape() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(
                "select indexname, indexdef from pg_indexes where indexname in"
                " ('identifier_hash', 'identifier_last4', 'person_phone', 'guardian_phone') order by 1"
            )
            indexes = cursor.fetchall()
            cursor.execute(
                "select attname, attnotnull from pg_attribute where attrelid = 'registry_identifier'::regclass"
                " and attname like '%hash' order by 1"
            )
            return indexes + cursor.fetchall()

    before = shape()
    rotation.begin(going)
    rotation.fill(going)
    rotation.switch(going, tell=lambda: None)
    assert shape() == before
    assert before


def test_the_key_is_named_in_what_is_stored_and_an_unknown_one_says_so(north: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select number from registry_identifier where person_id = %s", [north])
        stored = bytes(cursor.fetchone()[0])
    assert key_id_of(stored) == "t1"
    with pytest.raises(SecretsUnreadable):
        Keyring({"t9": b"\x01" * 32}, "t9", {}).open_bytes(stored)
    assert live.XINQIAO_KEYRING.current == "t1"
    assert {Identifier, Address, Guardian} <= {apps.get_model(one.label) for one in sealed_tables()}
