"""One person's whole file as pages: every part that an inspection turns, in its order, each as a PDF of its own."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pypdf import PdfReader

from xinqiao.accounts.models import User
from xinqiao.followup.models import Visit
from xinqiao.followup.queries import attempts_of, visits_of
from xinqiao.kernel.actor import Actor
from xinqiao.places.queries import short_names
from xinqiao.registry.models import Person
from xinqiao.registry.queries import page_of_person
from xinqiao.registry.shown import Shown
from xinqiao.reporting.models import Card
from xinqiao.reporting.rules import from_json
from xinqiao.screening.models import Clue
from xinqiao.screening.queries import reviews_by_clue
from xinqiao.transfers.models import Hop, Transfer
from xinqiao.transfers.queries import preview_of
from xinqiao.web import papers

from ..documents import person as person_forms
from ..documents.card import card_form
from ..documents.clue import register
from ..documents.exam import exam_forms
from ..documents.moving import referral_form, transfer_form
from .print import recorded_form
from .scans import scans_of

MOST_VISITS = 2000
#: Short names of the parts in a table of contents.
SHORT = {
    "clue": "线索登记表",
    "cards": "报告卡",
    "consent": "知情同意书",
    "personal": "基本信息表",
    "supplement": "补充表",
    "visits": "随访表",
    "exam": "体检",
    "referral": "转诊单",
    "transfers": "流转单",
    "ending": "失访死亡登记表",
    "scans": "附件",
}


def parts_of(
    *,
    actor: Actor,
    person: Person,
    today: date,
    parts: Sequence[str],
    since: date,
    until: date,
    shown: Shown,
    foot: dict[str, str] | None = None,
    qr: str = "",
) -> Iterator[tuple[list[tuple[str, int]], bytes]]:
    """(parts with their pages, PDF) in inspection order; parts that the file does not have are left out. Visits of the period only,
    by date; those that were undone or replaced are left out. Without `foot` the pages carry none: a bundle lays its own over. `qr`: a
    code (SVG) on each form of the file."""
    page = page_of_person(actor=actor, today=today, person=person)
    before: list[tuple[str, list[dict[str, Any]]]] = []
    if "clue" in parts:
        before.append(("clue", clue_forms(person, shown)))
    if "cards" in parts:
        before.append(("cards", card_forms(person, shown)))
    yield from _set(before, foot)
    if "consent" in parts:
        body = papers.render(
            "papers/consent.typ", {"forms": [person_forms.consent_paper(page, shown, qr=qr)], "foot": foot}
        )
        yield [("consent", pages_in(body))], body
    forms: list[tuple[str, list[dict[str, Any]]]] = []
    if "personal" in parts:
        forms.append(("personal", [person_forms.personal_form(page, shown, qr=qr)]))
    if "supplement" in parts:
        forms.append(("supplement", [person_forms.supplement_form(page, shown, qr=qr)]))
    visits = (
        visits_of(actor=actor, person_id=person.pk, limit=MOST_VISITS)
        if {"visits", "ending", "referral"} & set(parts)
        else []
    )
    standing = [
        one
        for one in visits
        if one.voided_at is None and not one.superseded and since <= one.visit_date <= until
    ]
    if "visits" in parts:
        forms.append(("visits", visit_forms_of(page.person, standing, visits, page.village)))
    if "exam" in parts:
        forms.append(("exam", exam_forms(actor=actor, person=person, since=since, until=until)))
    if "referral" in parts:
        referring = [one for one in standing if "2" in (one.referred, one.refer_suggest)]
        made = [referral_form(page, one, shown, age=page.age) for one in reversed(referring)]
        forms.append(("referral", made))
    if "transfers" in parts:
        forms.append(("transfers", transfer_forms(person, shown)))
    if "ending" in parts:
        ending = person_forms.ending_form(
            page, shown, visits, attempts_of(actor=actor, person_id=person.pk), qr=qr
        )
        forms.append(("ending", [ending] if ending else []))
    yield from _set(forms, foot)
    if "scans" in parts:
        for body in scans_of(person, since=since, until=until):
            yield [("scans", pages_in(body))], body


def _set(
    forms: Sequence[tuple[str, Sequence[dict[str, Any]]]], foot: dict[str, str] | None
) -> Iterator[tuple[list[tuple[str, int]], bytes]]:
    """All these forms as one PDF with the pages of each part; nothing when there are none."""
    every = [form for _part, made in forms for form in made]
    if not every:
        return
    body = papers.render("papers/form.typ", {"forms": every, "foot": foot})
    counts = [(part, len(made)) for part, made in forms if made]
    if pages_in(body) != len(every):  # a long note took a form over its page
        counts = [
            (part, pages_in(papers.render("papers/form.typ", {"forms": made})))
            for part, made in forms
            if made
        ]
    yield counts, body


def clue_forms(person: Person, shown: Shown) -> list[dict[str, Any]]:
    """F02 of the clues that led to this file. Two statements."""
    found = list(Clue.objects.filter(person=person, erased_at=None).order_by("found_on"))
    reviews = reviews_by_clue(found)
    return [register(one, reviews.get(one.pk, []), shown) for one in found]


def card_forms(person: Person, shown: Shown) -> list[dict[str, Any]]:
    """F03 and F04 of this file, in the order they came. One statement."""
    found = Card.objects.filter(person=person).order_by("recorded_at")
    return [card_form(one, from_json(one.form, one.content), shown) for one in found]


def transfer_forms(person: Person, shown: Shown) -> list[dict[str, Any]]:
    """L12 of every hand-over that the reader sees, with its steps. Two statements, and one for names not in memory."""
    found = list(
        Transfer.objects.filter(person=person).select_related("from_institution").order_by("sent_at")
    )
    hops: dict[UUID, list[Hop]] = {}
    for hop in Hop.objects.filter(transfer__in=found, voided_at=None).order_by("recorded_at", "id"):
        hops.setdefault(hop.transfer_id, []).append(hop)
    codes = {code for one in found for code in (one.managing_code, one.at_code, one.to_code)}
    codes |= {code for many in hops.values() for hop in many for code in (hop.from_code, hop.to_code)}
    names = short_names(code for code in codes if code)
    return [transfer_form(one, preview_of(one), hops.get(one.pk, []), names, shown) for one in found]


def visit_forms_of(
    person: Person, shown: Sequence[Visit], every: Sequence[Visit], place: str
) -> list[dict[str, object]]:
    """Recorded forms by date, each with its earlier versions noted."""
    names = names_of_accounts(every)
    return [
        recorded_form(person=person, visit=visit, versions=_versions(visit, every), people=names, place=place)
        for visit in sorted(shown, key=lambda one: (one.visit_date, one.recorded_at))
    ]


def _versions(visit: Visit, every: Sequence[Visit]) -> list[Visit]:
    by_id = {one.pk: one for one in every}
    chain = [visit]
    while chain[-1].amends_id and chain[-1].amends_id in by_id:
        chain.append(by_id[chain[-1].amends_id])
    return chain


def names_of_accounts(visits: Sequence[Visit]) -> dict[UUID, str]:
    """Display names of who went and who recorded. One statement."""
    ids = {pk for visit in visits for pk in (visit.recorded_by, visit.visited_by) if pk}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "display_name"))


def pages_in(body: bytes) -> int:
    """How many pages a PDF has."""
    return len(PdfReader(io.BytesIO(body)).pages)
