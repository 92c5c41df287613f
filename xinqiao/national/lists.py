"""超期未录 among the lists that prevent: people with a visit that should stand in the national system by now and does not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import county_of
from xinqiao.rosters import List, register

from .choices import NATIONAL, Wanted
from .queries.platforms import late_before, platform_of, setting_of, since_of

_WAITS = (
    "v.voided_at is null and not v.superseded and v.visit_date >= %(national_since)s and v.visit_date < %(national_late)s"
    " and (v.review_status = '1' or (%(national_any)s and v.review_status <> '2'))"
    " and (%(national_imported)s or v.entry_mode <> 'import')"
    f" and not exists (select from national_entry e where e.visit_id = v.id and e.platform = '{NATIONAL}'"
    " and e.voided_at is null)"
)


def _given(actor: Actor, today: date) -> Mapping[str, Any]:
    """What the county asks to be entered, and from which day on a visit is late. One statement."""
    setting = setting_of(county_of(actor.place))
    return {
        "national_since": since_of(setting, today),
        "national_late": late_before(platform_of(setting, NATIONAL), today, actor.place) or date.min,
        "national_any": setting.wanted != Wanted.PASSED,
        "national_imported": setting.with_imported,
    }


def tell() -> None:
    """Called once when Django starts."""
    register(
        List(
            "unentered",
            _("超期未录"),
            _("随访后 10 个工作日还没有录入国家系统的人；一个人有几次未录，也只算一人"),
            _("随访记录在 10 个工作日内录入国家系统"),
            "entry",
            f"s.state in ('registered', 'lost') and exists (select from followup_visit v"
            f" where v.person_id = s.person_id and {_WAITS})",
            "coalesce(to_char(s.last_visit_on, 'YYYYMMDD'), '00000000')",
            ("last_visit_on", "worker"),
            permission=Permission.ENTER_NATIONAL,
            work="national:list",
            given=_given,
        )
    )
