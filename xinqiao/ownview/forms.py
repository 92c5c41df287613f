"""The questions of a request, its decision, a correction and its answer; typed text into values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.periods import day_or_none
from xinqiao.web.fields import Field, Spec, build

from .choices import ALWAYS, Answer, Asker, Footing, Section, Verdict


def request_fields(
    values: Mapping[str, Any], problems: Iterable[Problem], *, correction: bool
) -> dict[str, Field]:
    """Fields of a new request; of a correction when said so."""
    specs = [
        Spec("asker", _("谁申请"), Asker.choices, required=True),
        Spec(
            "asker_name", _("申请人姓名"), hint=_("监护人申请时填写"),
            extra={"show_when": "asker=guardian", "maxlength": 60},
        ),
        Spec("asked_on", _("申请日期"), required=True, extra={"input_type": "date"}),
    ]  # fmt: skip
    if correction:
        specs += [
            Spec("about", _("哪一部分"), Section.choices, required=True),
            Spec(
                "says",
                _("哪里不对、应该怎样"),
                required=True,
                hint=_("用申请人自己的话写"),
                extra={"maxlength": 500},
            ),
        ]
    else:
        when = {"show_when": "asker=guardian"}
        specs[2:2] = [
            Spec("relation", _("与本人关系"), extra={**when, "maxlength": 20}),
            Spec("footing", _("依据"), Footing.choices, extra=when),
            Spec(
                "footing_note", _("依据说明"), hint=_("本人何时怎样表示同意，或由谁、在哪天认定无能力作出决定"),
                extra={**when, "maxlength": 200},
            ),
        ]  # fmt: skip
    return build(specs, values, problems)


def decision_fields(values: Mapping[str, Any], problems: Iterable[Problem]) -> dict[str, Field]:
    """Fields of the look beforehand."""
    parts = [(code, label) for code, label in Section.choices if code not in ALWAYS]
    specs = [
        Spec("verdict", _("结论"), Verdict.choices, required=True),
        Spec("held_back", _("暂不给的部分"), parts, many=True, extra={"show_when": "verdict=part"}),
        Spec(
            "reason", _("理由"), hint=_("可能怎样影响治疗，何时再议"),
            extra={"show_when": "verdict=part,later", "maxlength": 200},
        ),
        Spec("psychiatrist", _("征询的精神科医师"), extra={"maxlength": 60}),
    ]  # fmt: skip
    return build(specs, values, problems)


def answer_fields(values: Mapping[str, Any], problems: Iterable[Problem]) -> dict[str, Field]:
    """Fields of an answer."""
    specs = [
        Spec("answer", _("答复"), Answer.choices, required=True),
        Spec(
            "reason",
            _("答复说明"),
            required=True,
            hint=_("改了什么，或为什么不改；会告诉申请人"),
            extra={"maxlength": 500},
        ),
    ]
    return build(specs, values, problems)


def read_asked_on(post: Mapping[str, str]) -> date:
    """The day of the request; Invalid for anything that is no day."""
    text = post.get("asked_on", "").strip()
    found = day_or_none(text)
    if found is None:
        words = _("“申请日期”的值“%(value)s”无效，应为日期，如 2026-11-21") % {"value": text[:20]}
        raise Invalid([Problem("asked_on", "wrong_value", words, text[:20])])
    return found
