"""Moving a person: every row follows or has a reason to stay, the past keeps its place, and nobody moves what is not theirs."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from tests.factories.county import EAST_1, NORTH, NORTH_1, NORTH_2, SOUTH, SOUTH_1, County
from xinqiao.accounts.scope import acting
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Invalid, NotAllowed, NotFound
from xinqiao.registry import moving
from xinqiao.registry.actions import move_person
from xinqiao.registry.models import Address, LifeEvent, OtherNumber, Person, Responsibility

TODAY = date(2026, 11, 21)


# ── the list of tables ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_the_models_and_the_catalogue_name_the_same_references() -> None:
    assert moving.references() == moving.references_in_database()


def test_every_scoped_table_follows_a_person_or_is_named_as_an_offices_own() -> None:
    reached = {one.table for one in moving.references()} | {Person._meta.db_table}
    uncovered = {
        model._meta.label
        for model in moving.scoped_models()
        if model._meta.db_table not in reached and model._meta.label not in moving.OF_AN_OFFICE
    }
    assert not uncovered, f"say in registry.moving what these are: {sorted(uncovered)}"


def test_no_row_is_pulled_two_ways() -> None:
    pulls: dict[str, int] = {}
    for one in moving.references():
        if one.rule != "stay":
            pulls[one.table] = pulls.get(one.table, 0) + 1
    assert [table for table, count in pulls.items() if count > 1] == []


def test_a_column_that_names_a_person_without_a_foreign_key_is_known() -> None:
    loose = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if "person" in field.name and _uuid(field)
    }
    assert loose == set(moving.LOOSE)


def _uuid(field: models.Field) -> bool:
    inner = field.base_field if isinstance(field, ArrayField) else field
    return isinstance(inner, models.UUIDField)


def test_what_is_named_as_an_offices_own_exists() -> None:
    assert {apps.get_model(label)._meta.label for label in moving.OF_AN_OFFICE} == set(moving.OF_AN_OFFICE)


# ── moving one person ──────────────────────────────────────────────────────────────────────────────────────────────


def _move(
    county: County, clock: FixedClock, person: UUID, village: str, key: str = "county", **more: object
) -> None:
    actor = county.actors[key]
    with acting(actor):
        move_person(
            actor=actor, clock=clock, person_id=person, village=village,
            **{"since": TODAY, "reason": "address", **more},  # type: ignore[arg-type]
        )  # fmt: skip


def test_every_row_of_the_person_lies_in_the_new_village(
    county: County, clock: FixedClock, north: UUID
) -> None:
    _move(county, clock, north, SOUTH_1)
    for one in moving.references():
        if one.rule == "follow" and not one.parent:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"select distinct managing_code from {one.table} where {one.column} = %s",
                    [north],
                )
                assert cursor.fetchall() in ([], [(SOUTH_1,)]), one
    with acting(county.actors["township"]):
        assert not Person.objects.filter(pk=north).exists()
    with acting(county.actors["other_township"]):
        assert Person.objects.filter(pk=north).exists()
        assert Responsibility.objects.filter(person_id=north).count() == 4


def test_who_counts_changes_on_the_day_and_the_past_keeps_its_place(
    county: County, clock: FixedClock, north: UUID
) -> None:
    _move(county, clock, north, SOUTH_1, since=TODAY - timedelta(days=3), detail="渡口村5组")
    rows = Responsibility.objects.filter(person_id=north, kind="counting").order_by("valid_from")
    assert [(one.counted_code, one.valid_to, one.institution_id) for one in rows] == [
        (NORTH_1, TODAY - timedelta(days=3), county.institutions[NORTH].pk),
        (SOUTH_1, None, county.institutions[SOUTH].pk),
    ]
    now = Responsibility.objects.get(person_id=north, kind="responsible", valid_to=None)
    assert (now.institution_id, now.worker_id) == (
        county.institutions[SOUTH].pk,
        county.users["other_township"].pk,
    )
    events = LifeEvent.objects.filter(person_id=north).values_list("kind", flat=True)
    assert sorted(events) == ["filed", "moved_in", "moved_out"]
    live = Address.objects.get(person_id=north, kind="live", valid_to=None)
    assert (live.division_code, live.detail) == (SOUTH_1, "渡口村5组")


def test_the_new_village_gives_a_number_and_the_old_one_is_kept(
    county: County, clock: FixedClock, north: UUID, south: UUID
) -> None:
    before = Person.objects.get(pk=north).file_no
    _move(county, clock, north, SOUTH_1)
    after = Person.objects.get(pk=north).file_no
    assert after[:12] == SOUTH_1
    assert after != Person.objects.get(pk=south).file_no
    assert OtherNumber.objects.get(person_id=north, kind="file").number == before


def test_between_two_villages_of_one_township_nobody_has_moved_out(
    county: County, clock: FixedClock, north: UUID
) -> None:
    _move(county, clock, north, NORTH_2, key="township")
    assert not LifeEvent.objects.filter(person_id=north, kind__startswith="moved").exists()
    assert Responsibility.objects.get(person_id=north, kind="counting", valid_to=None).counted_code == NORTH_2
    assert Responsibility.objects.get(person_id=north, kind="responsible", valid_to=None).worker_id == (
        county.users["village_2"].pk
    )


def test_moving_to_the_same_village_again_changes_nothing(
    county: County, clock: FixedClock, north: UUID
) -> None:
    _move(county, clock, north, SOUTH_1)
    version = Person.objects.get(pk=north).row_version
    _move(county, clock, north, SOUTH_1)
    assert Person.objects.get(pk=north).row_version == version


def test_moving_away_and_back_on_one_day_leaves_one_open_counting_row(
    county: County, clock: FixedClock, north: UUID
) -> None:
    _move(county, clock, north, SOUTH_1)
    _move(county, clock, north, NORTH_1)
    assert Responsibility.objects.get(person_id=north, kind="counting", valid_to=None).counted_code == NORTH_1
    assert Responsibility.objects.filter(person_id=north, kind="responsible", valid_to=None).count() == 1


@pytest.mark.parametrize(
    ("key", "village"),
    [("township", SOUTH_1), ("other_township", SOUTH_1), ("county", EAST_1), ("county", "990101101999")],
)
def test_nobody_moves_somebody_else_s_people_or_into_a_place_that_is_not_theirs(
    county: County, clock: FixedClock, north: UUID, key: str, village: str
) -> None:
    with pytest.raises(NotFound):
        _move(county, clock, north, village, key=key)
    assert Person.objects.get(pk=north).managing_code == NORTH_1


def test_a_village_doctor_moves_nobody(county: County, clock: FixedClock, north: UUID) -> None:
    with pytest.raises(NotAllowed):
        _move(county, clock, north, NORTH_1, key="village")


@pytest.mark.parametrize("since", [TODAY + timedelta(days=1), date(2019, 1, 1)])
def test_a_day_that_does_not_fit_is_refused(
    county: County, clock: FixedClock, north: UUID, since: date
) -> None:
    with pytest.raises(Invalid) as refused:
        _move(county, clock, north, SOUTH_1, since=since)
    assert refused.value.problems[0].field == "since"
    assert Person.objects.get(pk=north).managing_code == NORTH_1


def test_the_function_of_the_owner_refuses_by_itself(county: County, north: UUID) -> None:
    for key, village in (
        ("other_township", SOUTH_1),
        ("township", SOUTH_1),
        ("hospital", NORTH_2),
        ("township", "x"),
    ):
        with acting(county.actors[key]), connection.cursor() as cursor:
            cursor.execute("select registry_move_person(%s, %s)", [north, village])
            assert cursor.fetchone() == (False,), key
    with acting(county.actors["county"]), connection.cursor() as cursor:
        cursor.execute("select has_function_privilege('registry_carry(uuid[], text)', 'execute')")
        assert cursor.fetchone() == (False,)


def test_keys_of_the_place_left_go_and_others_stay(county: County, clock: FixedClock, north: UUID) -> None:
    keys = ["org:0190", f"at:{NORTH}", "at:990101000000", "at:990102000000"]
    Address.objects.filter(person_id=north).update(shared_codes=keys)
    _move(county, clock, north, SOUTH_1)
    assert Address.objects.filter(person_id=north).first().shared_codes == [  # type: ignore[union-attr]
        "org:0190",
        "at:990101000000",
        "at:990102000000",
    ]
