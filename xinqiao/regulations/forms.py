"""A place's own value, asked for by the kind of the rule and read back strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from xinqiao.indicators.declarations import catalogue
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.periods import day_or_none
from xinqiao.kernel.words import term, told
from xinqiao.policy.kinds import Interval
from xinqiao.policy.loader import PolicyRow, Thing
from xinqiao.registry.choices.printed import RESPONSIBLE_ROLE
from xinqiao.web.fields import Field

from . import words
from .actions import NewValue

#: Kinds whose values can be asked for on a page; a decision table is changed by a release only.
ASKED = ("switch", "numbers", "roles", "targets", "intervals", "clocks")
#: Situations no national rule knows: what some places ask for on top, in months.
_ON_TOP = ("any_risk", "everyone")
_AIM = re.compile(r"\d{1,4}(\.\d{1,2})?")


def value_fields(
    thing: Thing, row: PolicyRow, nation: PolicyRow, typed: Mapping[str, Any] | None
) -> list[Field]:
    """The questions about the value, filled with what was typed, else with what is in force."""

    def given(name: str, held: Any) -> Any:
        return held if typed is None else typed.get(name, "")

    def number(name: str, label: Any, held: Any, **more: Any) -> Field:
        return Field(name, label, given(name, held), inputmode="numeric", maxlength=7, **more)

    match thing.kind:
        case "switch":
            choices = list(words.SWITCHES[thing.name].items())
            return [Field("value", told(thing.title), given("value", row.value), choices, required=True)]
        case "numbers":
            return [
                number(f"n-{name}", told(label), str(row.value[name]), required=True)
                for name, label in words.number_labels(thing).items()
            ]
        case "roles":
            chosen = typed.getlist("roles") if isinstance(typed, QueryDict) else row.value["roles"]
            return [
                Field("name", _("名称"), given("name", row.value["name"]), required=True, maxlength=20),
                number("from_risk", _("危险性几级起"), str(row.value["from_risk"]), required=True),
                Field(
                    "roles",
                    _("责任人"),
                    chosen,
                    [(one.code, told(term(one.label))) for one in RESPONSIBLE_ROLE],
                ),
            ]
        case "targets":
            held = row.value if row.local else {}
            return [
                Field(
                    f"t-{one.key}", words.measure_label(one.key), given(f"t-{one.key}", _aim(held.get(one.key))),
                    unit=one.unit, inputmode="decimal", maxlength=7,
                    hint=_("上级 %(aim)s") % {"aim": _aim(nation.value.get(one.key))} if one.key in nation.value else "",
                )
                for one in catalogue().measures.values()
                if one.is_rate
            ]  # fmt: skip
        case "clocks":
            return [
                number(
                    f"c-{key}",
                    told(term(one["label"])),
                    str(one["limit"]),
                    unit=words.UNITS[one["unit"]],
                    required=True,
                )
                for key, one in {**nation.value, **row.value}.items()
            ]
        case _:
            fields = [
                number(
                    f"i-{at}", words.situation(rule), str(_length(_same(rule, row) or rule)), required=True,
                    unit=words.UNITS["days" if rule.days else "months"],
                    hint=_("上级 %(length)s，只能更短") % {"length": words.after(rule)},
                )
                for at, rule in enumerate(_base(nation))
            ]  # fmt: skip
            for name in _ON_TOP:
                own = next((rule for rule in row.value if rule.situation == name), None)
                fields.append(
                    number(
                        f"top-{name}", told(words.SITUATION_LABELS[name]), str(own.months) if own else "",
                        unit=words.UNITS["months"], hint=_("没有这样的规定就空着"),
                    )
                )  # fmt: skip
            return fields


def read(thing: Thing, row: PolicyRow, nation: PolicyRow, post: QueryDict) -> NewValue:
    """What was typed as a new row; Invalid with every part that is wrong."""
    problems: list[Problem] = []
    value = _value(thing, row, nation, post, problems)
    day = post.get("valid_from", "").strip()
    start = day_or_none(day) or row.valid_from
    if day_or_none(day) is None:
        problems.append(_wrong("valid_from", _("施行日期"), day, _("应为日期，如 2026-11-21")))
    if problems:
        raise Invalid(problems)
    return NewValue(thing.name, start, value, post.get("source", "").strip())


def _value(thing: Thing, row: PolicyRow, nation: PolicyRow, post: QueryDict, problems: list[Problem]) -> Any:
    def number(name: str, label: Any, low: int, high: int) -> int:
        text = post.get(name, "").strip()
        if not re.fullmatch(r"[0-9]{1,7}", text) or not low <= int(text) <= high:
            say = _("应为 %(low)s 到 %(high)s 的整数") % {"low": low, "high": high}
            problems.append(_wrong(name, label, text, say))
            return low
        return int(text)

    match thing.kind:
        case "switch":
            if post.get("value", "") not in words.SWITCHES[thing.name]:
                problems.append(_wrong("value", told(thing.title), post.get("value", ""), _("请选择一项")))
            return post.get("value", "")
        case "numbers":
            return {
                name: number(f"n-{name}", told(label), 0, 1_000_000)
                for name, label in words.number_labels(thing).items()
            }
        case "roles":
            name, known = post.get("name", "").strip()[:20], {one.code for one in RESPONSIBLE_ROLE}
            if not name:
                problems.append(_wrong("name", _("名称"), "", _("应写明，如 五包一")))
            if unknown := [one for one in post.getlist("roles") if one not in known]:
                problems.append(_wrong("roles", _("责任人"), unknown[0], _("请从所列中选择")))
            chosen = set(post.getlist("roles"))
            return {
                "name": name,
                "from_risk": number("from_risk", _("危险性几级起"), 0, 5),
                "roles": [one.code for one in RESPONSIBLE_ROLE if one.code in chosen],
            }
        case "targets":
            return _targets(thing, nation, post, problems)
        case "clocks":
            asked = {
                key: {**one, "limit": number(f"c-{key}", told(term(one["label"])), 1, 1000)}
                for key, one in {**nation.raw, **row.raw}.items()
            }
            return {key: one for key, one in asked.items() if one != nation.raw.get(key)} or asked
        case _:
            rules = []
            for at, rule in enumerate(_base(nation)):
                length = number(f"i-{at}", words.situation(rule), 1, _length(rule))
                rules.append(_plain(rule, length))
            for name in _ON_TOP:
                if post.get(f"top-{name}", "").strip():
                    months = number(f"top-{name}", told(words.SITUATION_LABELS[name]), 1, 12)
                    more = {"risk": [1, 2, 3, 4, 5], "joint": True} if name == "any_risk" else {}
                    rules.append(
                        {"situation": name, "plus": {"months": months}, "clause": thing.clause, **more}
                    )
            return {"profile": "local", "title": "当地规定", "rules": rules}


def _targets(
    thing: Thing, nation: PolicyRow, post: QueryDict, problems: list[Problem]
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for one in catalogue().measures.values():
        text = post.get(f"t-{one.key}", "").strip()
        if not text or not one.is_rate:
            continue
        if not _AIM.fullmatch(text) or (one.unit == "%" and float(text) > 100):
            say = _("应为数字，如 95 或 4.64；百分比不超过 100")
            problems.append(_wrong(f"t-{one.key}", words.measure_label(one.key), text, say))
            continue
        side = "at_most" if "at_most" in nation.value.get(one.key, {}) else "at_least"
        found[one.key] = {side: text, "clause": thing.clause}
    if not found and not problems:
        problems.append(Problem("value", "missing", _("至少写一项目标。")))
    return found


def _wrong(field: str, label: Any, value: str, should: str) -> Problem:
    text = _("“%(label)s”的值“%(value)s”无效，%(should)s")
    return Problem(
        field, "wrong_value", text % {"label": label, "value": value[:20], "should": should}, value[:20]
    )


def _aim(one: Mapping[str, str] | None) -> str:
    return (one.get("at_least") or one.get("at_most") or "") if one else ""


def _base(nation: PolicyRow) -> list[Interval]:
    return [rule for rule in nation.value if rule.situation not in _ON_TOP]


def _same(rule: Interval, row: PolicyRow) -> Interval | None:
    return next((one for one in row.value if (one.situation, one.risk) == (rule.situation, rule.risk)), None)


def _length(rule: Interval) -> int:
    return rule.days or rule.months


def _plain(rule: Interval, length: int) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "situation": rule.situation, "plus": {"days" if rule.days else "months": length}, "clause": rule.clause,
    }  # fmt: skip
    if rule.risk:
        plain["risk"] = list(rule.risk)
    if rule.joint:
        plain["joint"] = True
    return plain
