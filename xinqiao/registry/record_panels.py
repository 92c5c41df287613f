"""The tabs with what a file holds: both forms whole, the family, supports and who stands by."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, may
from xinqiao.kernel.codes import ancestors

from .actions import may_undo
from .answers import former_words, lines_of, parts_of, value_words
from .choices import LifeEventKind, SupportKind, printed
from .models import Person
from .page import current_page
from .profiles import wanted_roles
from .queries import PersonPage, record_of
from .rules import FIELDS
from .rules.cycle import GUARDED
from .rules.dated import DATED
from .shown import Shown, private


def basic_panel(request: HttpRequest, person: Person) -> str:
    """Both forms by parts, names, numbers and addresses with their history, and what was changed when."""
    page, shown, actor = current_page(request, person), private(request), request.actor  # type: ignore[attr-defined]
    record = record_of(actor=actor, person=person, kinds=("name", "number", "certificate", "support"))
    parts = parts_of(page, record, shown)
    return render_to_string(
        "registry/panels/basic.html",
        {
            "person": person,
            "page": page,
            "parts": parts,
            "missing": [(part.key, label) for part in parts for label in part.missing],
            "may_register": may(actor, Permission.REGISTER_PERSON),
            "tables": [
                lines_of("name", record.rows["name"], shown),
                lines_of("number", record.rows["number"], shown),
                lines_of("address", page.addresses, shown),
            ],
            "identifiers": identifiers_of(page, shown),
            "facts": facts_of(request, page, shown),
            "revisions": [
                (
                    row,
                    [str(FIELDS[key].label) for key in row.keys if key in FIELDS],
                    former_words(json.loads(row.former), shown, person.form_edition),
                )
                for row in page.revisions
            ],
        },
        request=request,
    )


def facts_of(request: HttpRequest, page: PersonPage, shown: Shown) -> list[dict[str, Any]]:
    """Diagnoses, answers, steps and documents as they were recorded, with whether the reader may void each."""
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    said: list[tuple[str, str, Any, Any]] = []
    for diagnosis in page.diagnoses:
        category = printed.label_of(printed.CATEGORY, diagnosis.category)
        said.append(
            ("diagnosis", (_("诊断") + f" {diagnosis.icd10} {_(category)}"), diagnosis, diagnosis.happened_on)
        )
    for consent in page.consents:
        answer = _(printed.label_of(printed.CONSENT, consent.decision)) if consent.decision else _("依法告知")
        answer = _("撤回同意") if consent.withdrawn else answer
        said.append(("consent", (_("知情同意") + f" {answer}"), consent, consent.happened_on))
    for event in page.events:
        said.append(("life_event", str(LifeEventKind(event.kind).label), event, event.happened_on))
    for number in page.identifiers:
        words = f"{value_words(FIELDS['id_kind'], number.kind, shown)} {shown.number(number.number)}"
        said.append(("identifier", words, number, number.valid_from))
    corrects = may(actor, Permission.CORRECT_RECORD)
    writes = may(actor, Permission.REGISTER_PERSON)
    return [
        {
            "ref": f"{kind}-{fact.pk}",
            "words": words,
            "on": on,
            "void": fact.voided_reason if fact.voided_at else "",
            "may_void": not fact.voided_at
            and not (kind == "life_event" and fact.kind == LifeEventKind.FILED)
            and (
                corrects
                or (writes and may_undo(actor, clock, fact))
                or (writes and kind == "life_event" and fact.kind in GUARDED)
            ),
        }
        for kind, words, fact, on in sorted(said, key=lambda one: one[3], reverse=True)
    ]


def identifiers_of(page: PersonPage, shown: Shown) -> list[dict[str, Any]]:
    """The documents by which the file was known, newest first."""
    return [
        {
            "kind": value_words(FIELDS["id_kind"], one.kind, shown),
            "number": shown.number(one.number),
            "since": one.valid_from,
            "until": one.valid_to,
            "void": one.voided_reason if one.voided_at else "",
            "now": one.voided_at is None and one.valid_to is None,
        }
        for one in page.identifiers
    ]


def family_panel(request: HttpRequest, person: Person) -> str:
    """Guardians, relatives, who lives together, and the village committee."""
    page, shown, actor = current_page(request, person), private(request), request.actor  # type: ignore[attr-defined]
    record = record_of(actor=actor, person=person, kinds=("relative", "household"), health=False)
    return render_to_string(
        "registry/panels/family.html",
        {
            "person": person,
            "may_register": may(actor, Permission.REGISTER_PERSON),
            "guardians": lines_of("guardian", page.guardians, shown),
            "relatives": lines_of("relative", record.rows["relative"], shown),
            "mates": [
                (
                    one.person,
                    value_words(DATED["household"].field("relation"), one.relation, shown),
                    one.since,
                )
                for one in record.mates
            ],
            "mine": record.now("household"),
            "household": lines_of("household", record.rows["household"], shown),
            "economy": value_words(FIELDS["economy"], person.economy, shown),
        },
        request=request,
    )


def keepers_of(request: HttpRequest, person: Person) -> dict[str, Any]:
    """People by name who have taken on a part, and which the profile of the place still wants."""
    page, shown, actor = current_page(request, person), private(request), request.actor  # type: ignore[attr-defined]
    record = record_of(actor=actor, person=person, kinds=("keeper",), health=False)
    risk = page.standing.risk if page.standing else None
    held = {one.role for one in record.now("keeper")}
    profile = wanted_roles(on=page.today, ancestors=ancestors(person.managing_code), risk=risk)
    return {
        "may_register": may(actor, Permission.REGISTER_PERSON),
        "keepers": lines_of("keeper", record.rows["keeper"], shown, str(_("按姓名落实的责任人"))),
        "profile": profile,
        "lacking": [label for code, label in profile.roles if code not in held] if profile else [],
    }


def support_panel(request: HttpRequest, person: Person) -> str:
    """Supports, the certificate and the care group."""
    shown, actor = private(request), request.actor  # type: ignore[attr-defined]
    record = record_of(
        actor=actor, person=person, kinds=("certificate", "support", "placement"), health=False
    )
    return render_to_string(
        "registry/panels/support.html",
        {
            "person": person,
            "may_register": may(actor, Permission.REGISTER_PERSON),
            "certificates": lines_of("certificate", record.rows["certificate"], shown),
            "no_certificate": next(
                (one for one in record.now("support") if one.kind == SupportKind.DISABILITY_CERTIFICATE), None
            ),
            "supports": lines_of("support", _yes_first(record.rows["support"]), shown),
            "placements": lines_of("placement", record.rows["placement"], shown),
            "group": record.group,
            "members": [(one, shown.phone(one.phone)) for one in record.members],
        },
        request=request,
    )


def _yes_first(rows: list[Any]) -> list[Any]:
    """Supports that are received before recorded nos; that there is no certificate stands with the certificates."""
    kept = [one for one in rows if one.kind != SupportKind.DISABILITY_CERTIFICATE]
    return sorted(kept, key=lambda one: one.answer != "1")
