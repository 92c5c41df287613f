"""The part of a change that is about places and accounts, not about people: divisions, institutions, whom they serve, accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from xinqiao.accounts.models import Posting, User, VillageAssignment
from xinqiao.kernel.clock import SHANGHAI
from xinqiao.kernel.codes import ancestors, county_of, level_of, township_of
from xinqiao.kernel.terms import Level
from xinqiao.places.choices import ChangeKind, InstitutionKind
from xinqiao.places.models import Division, DivisionChange, Institution, Population, ServiceArea
from xinqiao.places.queries import Serving, institutions_serving

from ..rules import Became

BOTH = "both"


def rehearse_places(change: DivisionChange, rows: Sequence[Became]) -> dict[str, Serving]:
    """Who would serve each village after the change. Nothing stays written."""
    with transaction.atomic():
        point = transaction.savepoint()
        try:
            return change_places(change, rows)
        finally:
            transaction.savepoint_rollback(point)


def change_places(change: DivisionChange, rows: Sequence[Became]) -> dict[str, Serving]:
    """Write divisions, institutions, areas and accounts as they are from the day on; who serves each new village."""
    day, carried = change.effective_on, {row.old_code: row.new_code for row in rows if row.carries}
    _divisions(change, rows, day)
    _institutions(carried)
    _areas(change, rows, carried, day)
    _accounts(change, rows, carried, day)
    _residents(change, carried)
    villages = [row.new_code for row in rows if level_of(row.new_code) is Level.VILLAGE]
    return institutions_serving(villages, day)


def _divisions(change: DivisionChange, rows: Sequence[Became], day: date) -> None:
    source = f"{change.document}"[:200]
    there = {
        row.code: row
        for row in Division.objects.filter(code__in={row.new_code for row in rows}, valid_to=None)
    }
    Division.objects.filter(code__in=[row.old_code for row in rows if row.carries], valid_to=None).update(
        valid_to=day
    )
    fresh: dict[str, Division] = {}
    for row in rows:
        old = there.get(row.new_code)
        if old is not None and old.name == row.new_name:
            continue
        if old is not None:
            old.valid_to = day
            old.save(update_fields=["valid_to"])
        fresh[row.new_code] = Division(
            code=row.new_code, name=row.new_name, level=level_of(row.new_code),
            parent_code=[*ancestors(row.new_code), ""][1], valid_from=day, source=source,
        )  # fmt: skip
    Division.objects.bulk_create(fresh.values())


def _institutions(carried: dict[str, str]) -> None:
    moved = list(Institution.objects.filter(place__in=carried, valid_to=None))
    for one in moved:
        one.place = carried[one.place]
    Institution.objects.bulk_update(moved, ["place"])


def _areas(change: DivisionChange, rows: Sequence[Became], carried: dict[str, str], day: date) -> None:
    """Whoever served a place serves what it became; an area that goes up in another place shrinks to the villages it was."""
    old_areas = list(
        ServiceArea.objects.filter(division_code__in=carried, valid_to=None).select_related("institution")
    )
    villages = [row for row in rows if row.carries and level_of(row.new_code) is Level.VILLAGE]
    merged = change.kind == ChangeKind.MERGE
    made: list[ServiceArea] = []

    def serve(institution: Institution, code: str) -> None:
        if not any(one.institution == institution and one.division_code == code for one in made):
            made.append(ServiceArea(institution=institution, division_code=code, valid_from=day))

    for area in old_areas:
        replaced = (
            change.serving_id is not None and area.institution.kind == InstitutionKind.TOWNSHIP_HOSPITAL
        )
        if replaced and area.institution_id != change.serving_id:
            continue
        if merged and level_of(area.division_code) is Level.TOWNSHIP:
            for row in villages:
                if township_of(row.old_code) == area.division_code:
                    serve(area.institution, row.new_code)
        else:
            serve(area.institution, carried[area.division_code])
    new_townships = [
        row.new_code for row in rows if level_of(row.new_code) is Level.TOWNSHIP and not row.old_code
    ]
    townships = [
        row.new_code
        for row in rows
        if level_of(row.new_code) is Level.TOWNSHIP and row.old_code != row.new_code
    ]
    chief = change.serving
    if change.new_institution and townships:
        chief = Institution.objects.create(
            name=change.new_institution, kind=InstitutionKind.TOWNSHIP_HOSPITAL, place=townships[0], valid_from=day,
            in_charge_id=_first_account(change),
        )  # fmt: skip
    elif chief is not None and chief.in_charge_id is None and (first := _first_account(change)):
        Institution.objects.filter(pk=chief.pk).update(in_charge_id=first)
    if chief is not None:
        for code in townships:
            if not ServiceArea.objects.filter(institution=chief, division_code=code, valid_to=None).exists():
                serve(chief, code)
    elif new_townships and villages:
        # Nobody named: whoever served the township they come from goes on.
        home = ServiceArea.objects.filter(division_code=township_of(villages[0].old_code), valid_to=None)
        for area in home.select_related("institution"):
            for code in new_townships:
                serve(area.institution, code)
    ends = ServiceArea.objects.filter(pk__in=[area.pk for area in old_areas])
    ends.filter(valid_from__gte=day).delete()
    ends.update(valid_to=day)
    ServiceArea.objects.bulk_create(made)


def _first_account(change: DivisionChange) -> UUID | None:
    """Who is in charge of what is new: somebody who goes there, else somebody who serves both."""
    ordered = sorted(change.accounts.items(), key=lambda one: (one[1] == BOTH, one[0]))
    return UUID(ordered[0][0]) if ordered else None


def _accounts(change: DivisionChange, rows: Sequence[Became], carried: dict[str, str], day: date) -> None:
    moved: list[User] = []
    new = next(
        (row.new_code for row in rows if level_of(row.new_code) is Level.TOWNSHIP and not row.old_code), ""
    )
    for user in User.objects.filter(
        Q(place__in=carried) | Q(pk__in=list(change.accounts)) | Q(further_places__overlap=list(carried))
    ):
        how = change.accounts.get(str(user.pk))
        place = carried.get(user.place, user.place)
        if how == BOTH and new:
            user.further_places = sorted({*user.further_places, new})
        elif how and new:
            place = new
        # A township that goes to another county takes along who works in it, not who served it from here besides: the other
        # county would not see that account, and could not end it.
        kept = {
            carried.get(one, one)
            for one in user.further_places
            if county_of(one) != county_of(user.place) or county_of(carried.get(one, one)) == county_of(place)
        }
        user.further_places = sorted(kept - {place})
        if place != user.place:
            _keep_posting(user, change.made_by, day)
        user.place = place
        if how and new and place == new:
            user.institution = _institution_there(change, new) or user.institution
        moved.append(user)
    User.objects.bulk_update(moved, ["place", "further_places", "institution"])
    rows_held = list(VillageAssignment.objects.filter(division_code__in=carried, valid_to=None))
    VillageAssignment.objects.filter(pk__in=[one.pk for one in rows_held if one.valid_from < day]).update(
        valid_to=day
    )
    for one in rows_held:
        if one.valid_from >= day:
            VillageAssignment.objects.filter(pk=one.pk).update(division_code=carried[one.division_code])
    VillageAssignment.objects.bulk_create(
        VillageAssignment(
            user_id=one.user_id,
            division_code=carried[one.division_code],
            valid_from=day,
            covers_id=one.covers_id,
        )
        for one in rows_held
        if one.valid_from < day
    )


def _institution_there(change: DivisionChange, code: str) -> Institution | None:
    if change.serving is not None:
        return change.serving
    return Institution.objects.filter(
        place=code, valid_to=None, kind=InstitutionKind.TOWNSHIP_HOSPITAL
    ).first()


def _keep_posting(user: User, by: UUID, day: date) -> None:
    last = user.postings.order_by("-valid_to").first()
    since = last.valid_to if last else user.created_at.astimezone(SHANGHAI).date()
    Posting.objects.create(
        user=user, role=user.role, place=user.place, institution=user.institution, valid_from=min(since, day),
        valid_to=day, changed_by=by,
    )  # fmt: skip


def _residents(change: DivisionChange, carried: dict[str, str]) -> None:
    """A place with another code has the people it had; where places are put together or parted, somebody enters them anew."""
    if change.kind not in (ChangeKind.RECODE, ChangeKind.MOVE):
        return
    Population.objects.bulk_create(
        (
            Population(division_code=carried[row.division_code], year=row.year, residents=row.residents, source=row.source)
            for row in Population.objects.filter(division_code__in=carried)
        ),
        ignore_conflicts=True,
    )  # fmt: skip
