"""Which rows go along when a person moves to another village, and which columns refer to a person at all.

The database moves rows by its catalogue (migration 0014, `registry_references`): every scoped table with a foreign key to the
person, and every scoped table that hangs on such a row. A column says otherwise by its comment (`db_comment`, words in
`registry.scoped`): `STAYS` for what belongs to the office that wrote it, `IN_COUNTY` for what follows within the county only. Here the same is read
from the models; a test holds both together and fails for a scoped table that neither reaches.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models

from .models import Person
from .scoped import FOLLOWS, ScopedModel

#: Scoped tables that are about no single person: the office that wrote them keeps them. Label → what they are.
OF_AN_OFFICE: dict[str, str] = {
    "registry.CareGroup": "a group of a village",
    "registry.CareMember": "who sits in a group",
    "registry.Inquiry": "a question about somebody who may have no file",
    "national.Comparison": "a list that a county brought",
    "national.ExportRow": "a row of that list",
    "papers.Pile": "a pile of paper on a desk",
    "papers.Pack": "a bundle made for an inspection",
    "interchange.Batch": "a workbook that an office brought",
    "interchange.Row": "a row of that workbook",
    "duplicates.Hunt": "a search for duplicates through an area",
    "screening.SweepVillage": "how far a village is with a sweep",
    "screening.SweepCheck": "that a sweep asked about somebody, without whom",
    "reporting.CardDraft": "an unfinished card on a hospital's desk",
}
#: Columns that name a person without a foreign key, and why nothing has to follow them. Merging looks at them too.
LOOSE: dict[str, str] = {
    "interchange.Row.person_id": "what an imported row became; stays with the batch",
    "audit.Read.person_ids": "who was looked at, as it was then",
    "duplicates.Moved.was_person": "what the ledger of a merge puts back; stays as written",
}


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """`table.column` refers to a person, or (`parent` given) to a row of `parent`, whose `parent_column` does.

    `rule` is follow, county or stay.
    """

    table: str
    column: str
    rule: str
    parent: str = ""
    parent_column: str = ""


def scoped_models() -> list[type[ScopedModel]]:
    """Every table with personal data."""
    return [model for model in apps.get_models() if issubclass(model, ScopedModel)]


def references() -> list[Reference]:
    """All references to a person in scoped tables, by the models."""
    direct: dict[type[models.Model], list[Reference]] = {}
    for model in scoped_models():
        for field in _keys(model):
            if field.related_model is Person:
                rule = (field.db_comment or FOLLOWS).removeprefix("moving: ")
                direct.setdefault(model, []).append(Reference(model._meta.db_table, field.column, rule))
    found = [one for rows in direct.values() for one in rows]
    for model in scoped_models():
        if model in direct or model is Person:
            continue
        found += [
            Reference(model._meta.db_table, field.column, above.rule, above.table, above.column)
            for field in _keys(model)
            for above in direct.get(field.related_model, [])
        ]
    return sorted(found)


def references_in_database() -> list[Reference]:
    """The same, as the catalogue of the database says: what the moving functions go by."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select child::text, col, rule, coalesce(parent::text, ''), coalesce(parent_col, '') from registry_references()"
        )
        return sorted(Reference(*row) for row in cursor.fetchall())


def _keys(model: type[models.Model]) -> list[models.ForeignKey[models.Model, models.Model]]:
    return [one for one in model._meta.local_fields if isinstance(one, models.ForeignKey)]
