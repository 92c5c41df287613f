"""A rule's parts in words: what its codes are called, and its value as lines to read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinqiao.followup.rules.intervals import SITUATION_LABELS
from xinqiao.indicators.declarations import catalogue
from xinqiao.indicators.views.asked import said
from xinqiao.kernel.codes import NATION
from xinqiao.kernel.words import joined, term, told
from xinqiao.policy.deployment import current
from xinqiao.policy.kinds import Interval
from xinqiao.policy.loader import Thing
from xinqiao.registry.choices.printed import RESPONSIBLE_ROLE

SWITCHES: dict[str, dict[str, Any]] = {
    "followup/own_review": {
        "another": gettext_lazy("由另一人审核"),
        "own_marked": gettext_lazy("可以自审，并标明"),
    },
    "registry/service_without_consent": {
        "follows": gettext_lazy("依法提供服务，告知并征询"),
        "waits": gettext_lazy("先征得同意再提供服务"),
    },
    "followup/partial_insight": {
        "partial": gettext_lazy("按自知力较差处理"),
        "recovered": gettext_lazy("按自知力基本恢复处理"),
    },
}
UNITS: dict[str, Any] = {
    "workdays": gettext_lazy("个工作日"),
    "days": gettext_lazy("天"),
    "months": gettext_lazy("个月"),
    "hours": gettext_lazy("小时"),
    "quarter_end": gettext_lazy("个季度末"),
    "year_end": gettext_lazy("个年底"),
}
#: Who holds a clock, or is told that it ran out.
POSTS: dict[str, Any] = {
    "hospital": gettext_lazy("填报医院"),
    "police": gettext_lazy("派出所"),
    "village": gettext_lazy("村医"),
    "township": gettext_lazy("乡镇"),
    "county": gettext_lazy("县精防办"),
    "city": gettext_lazy("市精防办"),
}
#: Domain → heading, in the order of the page.
DOMAINS: dict[str, Any] = {
    "followup": gettext_lazy("随访"),
    "registry": gettext_lazy("档案"),
    "indicators": gettext_lazy("统计"),
}
Line = tuple[Any, Any]


def lines(thing: Thing, value: Any) -> list[Line]:
    """The value of one row as (what, how much)."""
    match thing.kind:
        case "switch":
            return [(told(thing.title), SWITCHES[thing.name][value])]
        case "numbers":
            return [(told(label), str(value[name])) for name, label in number_labels(thing).items()]
        case "roles":
            people = joined(term(code.label) for code in RESPONSIBLE_ROLE if code.code in value["roles"])
            return [
                (_("名称"), told(term(value["name"]))),
                (_("危险性几级起"), str(value["from_risk"])),
                (_("责任人"), told(people)),
            ]
        case "targets":
            return [_target(key, one) for key, one in value.items()]
        case "intervals":
            return [(situation(rule), after(rule)) for rule in value]
        case "clocks":
            return [
                (told(term(one["label"])), f"{one['limit']} {UNITS[one['unit']]}") for one in value.values()
            ]
        case "escalation":
            return [(_clock_label(key), _chain(one)) for key, one in value.items()]
        case "wording":
            # What people sign is signed in Chinese; it stands so on the English page too.
            signed = [
                format_html('<span lang="zh">{}</span>', one)
                for one in (value["version"], *value["paragraphs"])
            ]
            return [(_("版本"), signed[0]), *((_("正文"), one) for one in signed[1:])]
        case _:
            return [(_("判定表"), _("%(n)s 行") % {"n": len(value.rows)})]


def number_labels(thing: Thing) -> dict[str, Any]:
    """Name → label of a rule made of numbers."""
    return {name: term(label) for name, label in thing.header["names"].items()}


def situation(rule: Interval) -> str:
    """When an interval applies."""
    words = told(SITUATION_LABELS[rule.situation])
    if not rule.risk:
        return words
    return _("%(when)s（危险性 %(levels)s 级）") % {"when": words, "levels": _levels(rule.risk)}


def after(rule: Interval) -> str:
    """How long after."""
    number, unit = (rule.days, "days") if rule.days else (rule.months, "months")
    return f"{number} {UNITS[unit]}"


def _clock_label(key: str) -> str:
    clocks = current().at("registry/deadlines", on=date.max, ancestors=(NATION,)).value
    return _("其余各项") if key == "*" else told(term(clocks[key]["label"])) if key in clocks else key


def _chain(one: dict[str, Any]) -> str:
    steps = [_("由%(who)s办理") % {"who": told(POSTS[one["holder"]])}]
    if one["warn"]:
        steps.append(_("提前 %(n)s 天提醒") % {"n": one["warn"]})
    for step in one["chain"]:
        steps.append(_("逾期 %(n)s 天告知%(who)s") % {"n": step["after"], "who": told(POSTS[step["to"]])})
    return joined(steps)


def measure_label(key: str) -> str:
    """A figure's name."""
    one = catalogue().measures.get(key)
    return said(one) if one else key


def _target(key: str, one: dict[str, str]) -> Line:
    sign = "≥" if "at_least" in one else "≤"
    measure = catalogue().measures.get(key)
    return (
        measure_label(key),
        f"{sign} {one.get('at_least') or one.get('at_most')} {measure.unit if measure else ''}",
    )


def _levels(levels: Iterable[int]) -> str:
    return "、".join(map(str, levels))
