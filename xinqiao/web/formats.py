"""How dates, rates and numbers read on a page. Pure functions; `FILTERS` names them for the templates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xinqiao.kernel.clock import SHANGHAI
from xinqiao.kernel.masks import mask_id, mask_phone

NOTHING = "—"


def weekday(day: dt.date) -> str:
    """周一 … 周日."""
    return [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")][day.weekday()]


def civil(value: dt.date | dt.datetime) -> dt.date:
    """The civil date in Shanghai of a date or an aware instant."""
    if isinstance(value, dt.datetime):
        return value.astimezone(SHANGHAI).date()
    return value


def date(value: dt.date | dt.datetime | None) -> str:
    """2026-11-21 周六; a dash for nothing."""
    if not value:
        return NOTHING
    day = civil(value)
    return f"{day.isoformat()} {weekday(day)}"


def short_date(value: dt.date | dt.datetime | None, today: dt.date | None = None) -> str:
    """11-21 within the year of `today`, 2025-11-21 otherwise; without `today` always the short form."""
    if not value:
        return NOTHING
    day = civil(value)
    return day.isoformat() if today and day.year != today.year else f"{day:%m-%d}"


def moment(value: dt.datetime | None) -> str:
    """2026-11-21 14:05, in Shanghai."""
    return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if value else NOTHING


def days_left(due: dt.date | None, today: dt.date) -> str:
    """超期 3 天, 今天, 明天 or 还有 5 天; a dash when nothing is due."""
    if due is None:
        return NOTHING
    days = (due - today).days
    if days < 0:
        return ngettext("超期 %(n)s 天", "超期 %(n)s 天", -days) % {"n": -days}
    if days == 0:
        return _("今天")
    if days == 1:
        return _("明天")
    return ngettext("还有 %(n)s 天", "还有 %(n)s 天", days) % {"n": days}


def pct(value: Decimal | None, unit: str = "%") -> str:
    """A rate already in its unit (Decimal("95.75") → "95.75 %"), two decimals, halves up; a dash without a base."""
    if value is None:
        return NOTHING
    return f"{Decimal(value).quantize(Decimal('0.01'), ROUND_HALF_UP)} {unit}"


def number(value: int | Decimal | None) -> str:
    """1,223; a dash for nothing."""
    return NOTHING if value is None else f"{value:,}"


def masked_id(value: str | None) -> str:
    """990***********1234; a dash for nothing."""
    return mask_id(value) if value else NOTHING


def masked_phone(value: str | None) -> str:
    """138****5678; a dash for nothing."""
    return mask_phone(value) if value else NOTHING


FILTERS: dict[str, Callable[..., Any]] = {
    "date": date,
    "short_date": short_date,
    "moment": moment,
    "days_left": days_left,
    "pct": pct,
    "number": number,
    "masked_id": masked_id,
    "masked_phone": masked_phone,
}
