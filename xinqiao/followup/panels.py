"""What follow-up shows on a person's page: visits with tries, drugs in use, and its entries of the timeline."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from xinqiao.accounts.permissions import Permission, may
from xinqiao.kernel.codes import ancestors
from xinqiao.policy import current
from xinqiao.registry.models import Person
from xinqiao.web.panels import Item, Panel

from . import choices, forms
from .actions.visits import record_of
from .models import Visit, VisitAttempt
from .queries import visits_and_attempts
from .rules import CLASSES, FIELDS, precautions, tries
from .views.precautions import precaution_words

_KEY = "_followup_of"


def _known(request: HttpRequest, person: Person) -> tuple[list[Visit], list[VisitAttempt]]:
    """Visits and tries of the person, read once per request."""
    kept: tuple[list[Visit], list[VisitAttempt]] | None = getattr(request, _KEY, None)
    if kept is None:
        actor = request.actor  # type: ignore[attr-defined]
        kept = visits_and_attempts(actor=actor, person_id=person.pk)
        setattr(request, _KEY, kept)
    return kept


def _standing(visits: Iterable[Visit]) -> list[Visit]:
    return [one for one in visits if one.voided_at is None and not one.superseded]


def _visits(request: HttpRequest, person: Person) -> str:
    visits, attempts = _known(request, person)
    context: dict[str, Any] = {
        "person": person,
        "visits": visits,
        "attempts": attempts,
        "forms": FIELDS["form"].labels,
        "timing": choices.TIMING,
        "review": choices.REVIEW,
        "outcomes": dict(choices.AttemptOutcome.choices),
        "may_record": may(request.actor, Permission.RECORD_VISIT),  # type: ignore[attr-defined]
        "open": getattr(person, "standing", None),
    }
    return render_to_string("followup/panels/visits.html", context, request=request)


def _drugs(request: HttpRequest, person: Person) -> str:
    visits, _attempts = _known(request, person)
    told = [one for one in _standing(visits) if one.adherence]
    last = told[0] if told else None
    changes = [
        (one, FIELDS["adherence"].label_of(one.adherence), [forms.drug_words(row) for row in one.drugs])
        for one in told[:12]
    ]
    context = {
        "person": person,
        "last": last,
        "adherence": FIELDS["adherence"].label_of(last.adherence) if last else "",
        "reaction": forms.in_words("adr", last.adr) if last and last.adr else "",
        "drugs": [forms.drug_words(row) for row in last.drugs] if last else [],
        "advice": [forms.drug_words(row) for row in last.drug_advice] if last else [],
        "changes": changes,
    }
    return render_to_string("followup/panels/drugs.html", context, request=request)


def timeline(request: HttpRequest, person: Person) -> Iterable[Item]:
    """Visits that stand and tries without contact."""
    visits, attempts = _known(request, person)
    for one in _standing(visits):
        record = record_of(one)
        form = FIELDS["form"].label_of(one.form)
        ended = _("失访") if one.lost_reason else _("死亡") if one.death_date else ""
        pairs = [
            (FIELDS[key].label, forms.in_words(key, record[key]))
            for key in ("risk", "symptoms", "insight", "adherence", "drugs", "hospital", "note")
            if key in record
        ]
        context = {"visit": one, "pairs": pairs}
        yield Item(
            on=one.visit_date,
            title=_("随访：%(form)s") % {"form": _(ended or form)},
            kind="warning" if ended else "visit",
            badges=_badges(one),
            by=one.doctor,
            body=Markup(render_to_string("followup/panels/entry.html", context)),  # noqa: S704
            rank=2,
        )
    outcomes = dict(choices.AttemptOutcome.choices)
    for tried in attempts:
        words = str(outcomes.get(tried.outcome, tried.outcome))
        how = _("上门") if tried.form == "2" else _("电话")
        title = _("未联系上：%(outcome)s") if tried.outcome in choices.MISSES else _("联系：%(outcome)s")
        yield Item(on=tried.happened_on, title=title % {"outcome": words}, badges=how, body=tried.note)


def _badges(visit: Visit) -> Markup | str:
    """The class that counts, and what still waits about it."""
    said = _badge(visit.counted_class)
    waits = []
    if visit.class_source == "imported":
        waits.append(_("未复算"))
    if "provisional_risk" in visit.flags and visit.review_status == "0":
        waits.append(_("待乡镇核实"))
    if visit.review_status == "2":
        waits.append(_("审核退回"))
    for words in waits:
        said = Markup('{}<span class="flag">{}</span>').format(said, words)
    return said


def _badge(code: str) -> Markup | str:
    if code not in CLASSES:
        return ""
    symbol = {"1": "▲", "2": "◆", "3": "●"}[code]
    return Markup('<span class="state state-{}"><i aria-hidden="true">{}</i>{}</span>').format(
        code, symbol, _(CLASSES[code])
    )


PANELS = [
    Panel("visits", gettext_lazy("随访"), 10, Permission.VIEW_RECORDS, _visits),
    Panel("drugs", gettext_lazy("用药"), 30, Permission.VIEW_RECORDS, _drugs),
]


def flags(request: HttpRequest, person: Person) -> list[tuple[str, str]]:
    """Who goes along, with the reason; village doctors' grave levels that wait for the township."""
    standing = getattr(person, "standing", None)
    if standing is None or standing.state != "registered":
        return []
    today_here: dict[str, Any] = {
        "policies": current(),
        "on": request.clock.today(),  # type: ignore[attr-defined]
        "ancestors": ancestors(person.managing_code),
    }
    found = precautions(
        visit_class=standing.visit_class,
        risk=standing.risk,
        in_hospital=standing.in_hospital,
        past_incident=standing.past_incident,
        visited=standing.last_visit_on is not None,
        **today_here,
    )
    said = [
        (_("%(what)s：%(why)s") % {"what": what, "why": why}, "warning")
        for what, why in precaution_words(found)
    ]
    if tries.enough(standing.attempts_since, **today_here):
        said.append((_("未访到 %(n)s 次，待核失访") % {"n": standing.attempts_since}, "warning"))
    return said


TIMELINE = [timeline]
FLAGS = [flags]
