"""Every column that holds a division code, and what becomes of it when borders change.

`managing_code` is not listed: every table that has it is found by the catalogue of the database and goes along, with the
keys `at:<code>` of its `shared_codes`. A test fails for a column of twelve digits that stands nowhere here.
"""

from __future__ import annotations

from enum import StrEnum

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Rule(StrEnum):
    """What the commit does with a column."""

    CARRIED = "carried"  # says where something is now: the old code becomes the new one
    OPEN = "open"  # likewise, in rows whose `valid_to` is empty
    COUNTY = "county"  # follows the county of the row's own managing_code
    KEYS = "keys"  # a list of keys `at:<code>`
    OWN = "own"  # handled by name in actions/carrying.py or in the functions of the owner
    PAST = "past"  # what held then: stays
    NOTE = "note"  # stays, and the receipt says that somebody has to look at it
    OTHER = "other"  # twelve characters, but no division


R = Rule
COLUMNS: dict[str, Rule] = {
    "policy.LocalValue.division_code": R.NOTE,
    "audit.Event.place": R.PAST,
    "audit.Read.actor_place": R.PAST,
    "places.Division.code": R.OWN,
    "places.Division.parent_code": R.OWN,
    "places.Institution.place": R.OWN,
    "places.ServiceArea.division_code": R.OWN,
    "places.Population.division_code": R.NOTE,
    "places.DivisionChange.place": R.PAST,
    "places.DivisionChangeRow.old_code": R.PAST,
    "places.DivisionChangeRow.new_code": R.PAST,
    "accounts.User.place": R.OWN,
    "accounts.User.further_places": R.OWN,
    "accounts.VillageAssignment.division_code": R.OWN,
    "accounts.Posting.place": R.PAST,
    "registry.Address.division_code": R.OPEN,
    "registry.Responsibility.counted_code": R.OWN,
    "registry.Responsibility.counted_now": R.OWN,
    "registry.FileSerial.code": R.PAST,
    "registry.LookUp.place": R.PAST,
    "duplicates.Moved.was_code": R.CARRIED,
    "duplicates.Moved.was_shared": R.KEYS,
    "reporting.Card.county": R.COUNTY,
    "reporting.Card.place": R.CARRIED,
    "reporting.CardDraft.county": R.COUNTY,
    "reporting.CardEvent.from_code": R.PAST,
    "reporting.CardEvent.to_code": R.CARRIED,  # where it lay is where its clock runs
    "reporting.AddressSearch.found_place": R.CARRIED,
    "reporting.SharedFacts.receiver_code": R.PAST,
    "screening.Round.place": R.CARRIED,
    "screening.Sweep.place": R.CARRIED,
    "transfers.Transfer.to_code": R.CARRIED,
    "transfers.Transfer.at_code": R.CARRIED,
    "transfers.Transfer.accepted_code": R.PAST,
    "transfers.Hop.from_code": R.PAST,
    "transfers.Hop.to_code": R.CARRIED,  # likewise
    "transfers.Listing.residence_code": R.CARRIED,
    "campaigns.Campaign.place": R.CARRIED,
    "staff.HandOver.place": R.CARRIED,
    "staff.Portion.village": R.CARRIED,
    "staff.Leave.place": R.CARRIED,
    "staff.Leave.villages": R.CARRIED,
    "staff.WorkRecord.place": R.PAST,
    "papers.Pile.place": R.CARRIED,
    "national.Difference.county_code": R.COUNTY,
    "national.Setting.county_code": R.PAST,
    "registry.Diagnosis.icd10": R.OTHER,
    "registry.Responsibility.kind": R.OTHER,
    "registry.Support.kind": R.OTHER,
    "registry.ResponsiblePerson.role": R.OTHER,
    "registry.CareMember.role": R.OTHER,
    "registry.LifeCorrection.kind": R.OTHER,
    "clocks.Clock.counted_code": R.CARRIED,
    "clocks.Clock.code": R.OTHER,
    "reporting.Card.icd10": R.OTHER,
    "screening.Clue.close_reason": R.OTHER,
    "followup.Standing.state": R.OTHER,
    "papers.Pack.parts": R.OTHER,
    "tracing.Told.fields": R.OTHER,
    "interchange.Batch.state": R.OTHER,
    "interchange.Progress.phase": R.OTHER,
    "national.Comparison.state": R.OTHER,
    "national.Difference.reason": R.OTHER,
    "national.DifferenceStep.reason": R.OTHER,
}


def twelve_digits() -> set[str]:
    """`app.Model.field` of every stored column that could hold a division code, but `managing_code`."""
    found = set()
    for model in apps.get_models():
        if not model.__module__.startswith("xinqiao."):
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.GeneratedField) or field.name in ("managing_code", "shared_codes"):
                continue
            inner = field.base_field if isinstance(field, ArrayField) else field
            keys = isinstance(inner, models.TextField) and "shared" in field.name
            if keys or (isinstance(inner, models.CharField) and inner.max_length == 12):
                found.add(f"{model._meta.label}.{field.name}")
    return found


def columns(rule: Rule) -> list[str]:
    """`table.column` of every column under one rule, for the function of the owner; what is not installed is left out."""
    found = []
    for label, one in COLUMNS.items():
        if one is rule:
            app, model, field = label.split(".")
            made = apps.get_model(app, model)
            found.append(f"{made._meta.db_table}.{made._meta.get_field(field).column}")
    return sorted(found)
