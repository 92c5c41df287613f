"""The tab 状态: how the file has gone, the state on any past day, and the corrections that wait or were decided."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, may
from xinqiao.web.fields import Field

from .choices import CorrectionKind, LifeEventKind
from .models import Person
from .page import current_page
from .queries import PersonPage
from .queries.corrections import named
from .rules import read_date
from .rules.cycle import NOT_MANAGED, STATES, State, course, management_on, state_on, unfitting
from .rules.service import service_on
from .wordings import service_follows


def state_panel(request: HttpRequest, person: Person) -> str:
    """Everything is folded from the events that the page has read already; one statement more for the names of who asked."""
    actor, today = request.actor, request.clock.today()  # type: ignore[attr-defined]
    page = current_page(request, person)
    events = [one for one in page.events if one.voided_at is None]
    typed = request.GET.get("on", "")
    on = read_date(typed) if typed else today
    asked = named(page.corrections)
    wrong = (
        _("日期没有填写，或不是有效日期。")
        if on is None
        else _("今天以后的状态还不知道。")
        if on > today
        else ""
    )
    stretches = course([one for one in events if one.happened_on <= today])
    context = {
        "person": person,
        "present": words_of(state_on(events, today)),
        "managed": managed_words(page),
        "on": Field("on", _("看哪一天"), typed or today.isoformat(), error=wrong),
        "that_day": "" if wrong or on is None else _said(page, on),
        "stretches": [(one.since, words_of(one.state)) for one in reversed(stretches)],
        "unfitting": [(one, str(LifeEventKind(one.kind).label)) for one in unfitting(events)],
        "asked": [(one, CorrectionKind(one.row.kind).label) for one in asked],
        "waiting": any(one.row.decision == "" and one.row.voided_at is None for one in asked),
        "may_register": may(actor, Permission.REGISTER_PERSON),
        "may_decide": may(actor, Permission.APPROVE_CORRECTION),
        "actor_id": actor.user_id,
    }
    return render_to_string("registry/panels/state.html", context, request=request)


def words_of(state: State) -> str:
    """在册，住院中."""
    words = _(STATES[state.state])
    return _("，").join((words, _("住院中"))) if state.in_hospital else words


def _said(page: PersonPage, on: Any) -> str:
    """在 2025-03-01：在册，已同意."""
    events = [one for one in page.events if one.voided_at is None]
    state = state_on(events, on)
    said = [words_of(state)]
    if state.on_register:
        answers = [one for one in page.consents if one.voided_at is None]
        service = service_on(answers, on, without_consent=service_follows(on, page.person.managing_code))
        labels = {"full": _("已同意服务"), "limited": _("有限服务"), "statutory": _("依法报告，已告知"), "unasked": _("尚未征询同意")}  # fmt: skip
        said.append(labels[service.standing.value])
    return _("在 %(day)s：%(said)s") % {"day": on.isoformat(), "said": _("，").join(said)}


def managed_words(page: PersonPage) -> str:
    """在管, or why not; empty outside the register or where nobody is followed up here."""
    standing: Any = page.standing
    if standing is None:
        return ""
    this_year = standing.visits_year if getattr(standing, "counted_year", 0) == page.today.year else 0
    found = management_on(
        page.state,
        page.service,
        complete_this_year=this_year,
        ever_complete=standing.last_visit_on is not None,
        filed_this_year=page.person.filed_on.year == page.today.year,
        away=getattr(standing, "away_on", None) is not None,
    )
    if found is None:
        return ""
    return _("在管") if found.managed else _("非在管：%(why)s") % {"why": _(NOT_MANAGED[found.reason])}


def waiting_flags(request: HttpRequest, person: Person) -> list[tuple[str, str]]:
    """待核准, while a correction waits."""
    waiting = any(
        not one.decision and one.voided_at is None for one in current_page(request, person).corrections
    )
    return [(_("更正待核准"), "waiting")] if waiting else []
