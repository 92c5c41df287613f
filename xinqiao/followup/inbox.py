"""What follow-up owes, as lines of the inbox: visits (the day's list has them one by one), and the yearly exam near the year's end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xinqiao.accounts.permissions import Permission
from xinqiao.clocks.inbox import Summary, provide
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds, county_of, level_of
from xinqiao.kernel.terms import Level, Role
from xinqiao.policy import current

_VISITS = """
  select count(*) filter (where o.due_on < %(today)s), count(*) filter (where o.due_on >= %(today)s and o.act_on <= %(today)s)
  from followup_obligation o
  where o.outcome = 'open' and (o.act_on <= %(today)s or o.due_on < %(today)s) and {where}
"""
_EXAMS = """
  select count(*) from followup_standing s
  where s.state = 'registered' and not s.in_hospital and {where}
    and not exists (select from treatment_exam e
                    where e.person_id = s.person_id and e.voided_at is null and e.happened_on >= %(first)s)
"""


def _where(actor: Actor, alias: str, county: str = "") -> tuple[str, dict[str, Any]]:
    """The actor's own places, said in the way that the index is for."""
    if actor.role is Role.VILLAGE_DOCTOR:
        return f"{alias}.managing_code = any(%(villages)s)", {"villages": list(actor.villages)}
    if county and level_of(actor.place) is Level.COUNTY:
        return f"{alias}.{county} = %(county)s", {"county": county_of(actor.place)}
    lo, hi = bounds(actor.place)
    own = f"{alias}.managing_code >= %(lo)s and {alias}.managing_code < %(hi)s"
    if actor.further_codes:
        further = {"lo": lo, "hi": hi, "further": list(actor.further_codes)}
        return f"({own} or {alias}.managing_code = any(%(further)s))", further
    return own, {"lo": lo, "hi": hi}


def visits(actor: Actor, today: date) -> Summary:
    """Visits overdue and to be made today (D10–D12). One statement."""
    where, given = _where(actor, "o", "county_code")
    with connection.cursor() as cursor:
        cursor.execute(_VISITS.format(where=where), {**given, "today": today})
        late, now = cursor.fetchone()
    section = "?section=overdue" if late else ""
    return Summary(_("随访"), late, now, reverse("followup:today") + section)


def exams(actor: Actor, today: date) -> Summary | None:
    """Who was not examined this year (D19), from the day on which the rules warn. At most one statement."""
    year_end = date(today.year, 12, 31)
    profile = current().profile("registry/escalation", on=today)
    warn = next((row.value["D19"]["warn"] for row in profile if "D19" in row.value), 0)
    if today < year_end - timedelta(days=warn):
        return None
    where, given = _where(actor, "s")
    with connection.cursor() as cursor:
        cursor.execute(_EXAMS.format(where=where), {**given, "first": date(today.year, 1, 1)})
        left = cursor.fetchone()[0]
    if not left:
        return None
    note = ngettext("%(n)s 人未体检，年底前完成", "%(n)s 人未体检，年底前完成", left) % {"n": left}
    return Summary(_("年度健康体检"), 0, 0, reverse("followup:today"), note)


def tell() -> None:
    """Called once when Django starts."""
    provide("visits", Permission.VIEW_RECORDS, visits)
    provide("exams", Permission.VIEW_RECORDS, exams)
