"""How long is left, who is told: in words."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..choices import Post

POSTS = dict(Post.choices)


def section_labels() -> dict[str, str]:
    """The sections of the inbox in their order."""
    return {
        "overdue": _("已逾期"),
        "today": _("今天到期"),
        "week": _("本周"),
        "later": _("以后"),
        "paused": _("暂停"),
    }


def left_words(left: int, unit: str) -> str:
    """还有 3 个工作日, 今天到期, 已逾期 2 天."""
    if left == 0:
        return _("今天到期")
    if unit == "workdays":
        if left > 0:
            return ngettext("还有 %(n)s 个工作日", "还有 %(n)s 个工作日", left) % {"n": left}
        return ngettext("已逾期 %(n)s 个工作日", "已逾期 %(n)s 个工作日", -left) % {"n": -left}
    if left > 0:
        return ngettext("还有 %(n)s 天", "还有 %(n)s 天", left) % {"n": left}
    return ngettext("已逾期 %(n)s 天", "已逾期 %(n)s 天", -left) % {"n": -left}


def time_left(left: int, unit: str, due_on: date, today: date) -> str:
    """The same for a clock that runs. With nothing but days off between, it is said in days."""
    if left == 0 and due_on != today:
        return left_words((due_on - today).days, "days")
    return left_words(left, unit)


def span_words(count: int, unit: str) -> str:
    """3 个工作日, 2 天, 1 个月."""
    match unit:
        case "workdays":
            return ngettext("%(n)s 个工作日", "%(n)s 个工作日", count) % {"n": count}
        case "months":
            return ngettext("%(n)s 个月", "%(n)s 个月", count) % {"n": count}
        case "hours":
            return ngettext("%(n)s 小时", "%(n)s 小时", count) % {"n": count}
        case "quarter_end":
            return _("当季末之前")
        case "year_end":
            return _("当年年底前")
    return ngettext("%(n)s 天", "%(n)s 天", count) % {"n": count}


def took_words(count: int, unit: str) -> str:
    """How long it took: working days for clocks of working days, days for all others."""
    return span_words(count, "workdays" if unit == "workdays" else "days")
