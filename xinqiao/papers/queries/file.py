"""One person's whole file as pages: every part that an inspection turns, in its order, each as a PDF of its own."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from pypdf import PdfReader

from xinqiao.accounts.models import User
from xinqiao.followup.models import Visit
from xinqiao.followup.queries import attempts_of, visits_of
from xinqiao.kernel.actor import Actor
from xinqiao.registry.models import Person
from xinqiao.registry.queries import page_of_person
from xinqiao.registry.shown import Shown
from xinqiao.web import papers

from ..documents import person as person_forms
from ..documents.exam import exam_forms
from .print import recorded_form
from .scans import scans_of

MOST_VISITS = 2000
#: Short names of the parts in a table of contents.
SHORT = {
    "consent": "知情同意书",
    "personal": "基本信息表",
    "supplement": "补充表",
    "visits": "随访表",
    "exam": "体检",
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
) -> Iterator[tuple[list[tuple[str, int]], bytes]]:
    """(parts with their pages, PDF) in inspection order; parts that the file does not have are left out. Visits of the period only,
    by date; those that were undone or replaced are left out. Without `foot` the pages carry none: a bundle lays its own over."""
    page = page_of_person(actor=actor, today=today, person=person)
    if "consent" in parts:
        body = papers.render(
            "papers/consent.typ", {"forms": [person_forms.consent_paper(page, shown)], "foot": foot}
        )
        yield [("consent", pages_in(body))], body
    forms: list[tuple[str, list[dict[str, object]]]] = []
    if "personal" in parts:
        forms.append(("personal", [person_forms.personal_form(page, shown)]))
    if "supplement" in parts:
        forms.append(("supplement", [person_forms.supplement_form(page, shown)]))
    visits = (
        visits_of(actor=actor, person_id=person.pk, limit=MOST_VISITS)
        if {"visits", "ending"} & set(parts)
        else []
    )
    if "visits" in parts:
        standing = [
            v for v in visits if v.voided_at is None and not v.superseded and since <= v.visit_date <= until
        ]
        forms.append(("visits", visit_forms_of(page.person, standing, visits, page.village)))
    if "exam" in parts:
        forms.append(("exam", exam_forms(actor=actor, person=person, since=since, until=until)))
    if "ending" in parts:
        ending = person_forms.ending_form(page, shown, visits, attempts_of(actor=actor, person_id=person.pk))
        forms.append(("ending", [ending] if ending else []))
    every = [form for _part, made in forms for form in made]
    if every:
        body = papers.render("papers/form.typ", {"forms": every, "foot": foot})
        counts = [(part, len(made)) for part, made in forms if made]
        if pages_in(body) != len(every):  # a long note took a form over its page
            counts = [
                (part, pages_in(papers.render("papers/form.typ", {"forms": made})))
                for part, made in forms
                if made
            ]
        yield counts, body
    if "scans" in parts:
        for body in scans_of(person, since=since, until=until):
            yield [("scans", pages_in(body))], body


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
