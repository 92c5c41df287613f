"""What the registry itself adds to the timeline of a person's page. Other domains list theirs in `panels.TIMELINE`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from xinqiao.web.panels import Item

from .choices import LifeEventKind, PaperKind, ResponsibilityKind, printed
from .models import Attachment, LifeEvent, Person
from .page import current_page

#: Steps that need somebody's attention stand out.
_WARNING = frozenset({LifeEventKind.LOST, LifeEventKind.DIED, LifeEventKind.ADMITTED})


def entries(request: HttpRequest, person: Person) -> Iterable[Item]:
    """Life events, diagnoses, answers to the offer of service, and changes of who is responsible."""
    page = current_page(request, person)
    for event in page.events:
        if event.voided_at is None:
            yield Item(
                on=event.happened_on,
                title=str(LifeEventKind(event.kind).label),
                kind="warning" if event.kind in _WARNING else "",
                body=_words(_event_words(event)),
                rank=1,
            )
    first = min((one.happened_on for one in page.diagnoses), default=None)
    for diagnosis in page.diagnoses:
        if diagnosis.voided_at is None:
            name = _(printed.label_of(printed.CATEGORY, diagnosis.category)) if diagnosis.category else ""
            yield Item(
                on=diagnosis.happened_on,
                title=_("确诊") if diagnosis.happened_on == first else _("诊断变更"),
                body=_words([(_("诊断"), f"{diagnosis.icd10} {name}"), (_("医院"), diagnosis.hospital)]),
            )
    for consent in page.consents:
        if consent.voided_at is None:
            title = _("依法告知") if consent.basis == "statutory" else _("知情同意")
            answer = printed.label_of(printed.CONSENT, consent.decision) if consent.decision else ""
            answer = "撤回同意" if consent.withdrawn else answer
            yield Item(on=consent.happened_on, title=_("：").join((title, _(answer))) if answer else title)
    for duty in page.duties:
        if (
            duty.kind == ResponsibilityKind.RESPONSIBLE
            and duty.voided_at is None
            and duty.valid_from != person.filed_on
        ):
            who = duty.worker.display_name if duty.worker else duty.worker_name
            yield Item(
                on=duty.valid_from,
                title=_("责任人变更"),
                body=_words([(_("责任人"), who), (_("机构"), duty.institution.name)]),
            )


def papers(request: HttpRequest, person: Person) -> Iterable[Item]:
    """Scans of papers, at the date of the paper."""
    rows = Attachment.objects.filter(person=person, voided_at=None)
    for row in rows.only("id", "kind", "happened_on", "note"):
        link = Markup('<a href="{}">{}</a>').format(reverse("registry:attachment", args=[row.pk]), _("打开"))
        body = Markup("{} {}").format(row.note, link)
        yield Item(
            on=row.happened_on, title=_("文书：%(kind)s") % {"kind": PaperKind(row.kind).label}, body=body
        )


def _event_words(event: LifeEvent) -> list[tuple[str, str]]:
    reasons = {LifeEventKind.LOST: printed.LOST_REASON, LifeEventKind.DIED: printed.DEATH_CAUSE}
    listed = reasons.get(LifeEventKind(event.kind))
    words = []
    if event.reason:
        words.append((_("原因"), _(printed.label_of(listed, event.reason)) if listed else event.reason))
    if event.note:
        words.append((_("说明"), event.note))
    return words


def _words(pairs: Iterable[tuple[str, Any]]) -> Markup | str:
    """Pairs as a list of terms, or nothing."""
    kept = [(key, value) for key, value in pairs if value]
    if not kept:
        return ""
    rows = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(escape(key), escape(value)) for key, value in kept
    )
    return Markup('<dl class="pairs">{}</dl>').format(rows)
