"""Samples for the style guide: made-up people, no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xinqiao.kernel.errors import NotFound, Problem

from .fields import Spec, build
from .formats import number, pct

PAGES = ("today", "visit", "person", "figures", "import", "sign-in", "empty")
DAY = date(2026, 11, 21)


@dataclass(frozen=True)
class Sample:
    """One made-up person of the sample list."""

    name: str
    village: str
    visit_class: str
    risk: int | None
    due_on: date | None
    limit_on: date | None = None
    flags: list[str] = field(default_factory=list)


def _only_in_demo() -> None:
    if not (settings.XINQIAO_DEMO or settings.DEBUG):
        raise NotFound()


def people() -> list[tuple[str, list[Sample]]]:
    """The sample worklist in its sections."""

    def in_days(number: int) -> date:
        return DAY + timedelta(days=number)

    return [
        (
            _("超期"),
            [
                Sample("沈样例", "习岗村", "1", 3, in_days(-4), in_days(9), [_("两人同行"), _("上次不服药")]),
                Sample("罗样例", "黎明村", "2", 1, in_days(-1), None, []),
            ],
        ),
        (_("今天"), [Sample("欧阳样例", "新胜村", "2", 2, DAY, None, [_("长效针到期")])]),
        (
            _("本周"),
            [
                Sample("马样例", "习岗村", "3", 0, in_days(2), None, []),
                Sample("丁样例", "德胜村", "3", 0, in_days(5), None, []),
                Sample("何样例", "黎明村", "", None, in_days(6), None, [_("首次随访")]),
            ],
        ),
    ]


def visit_specs() -> list[Spec]:
    """Some questions of a visit, of every kind."""
    adherence = [
        ("1", _("按医嘱规律服药")),
        ("2", _("间断服药")),
        ("3", _("不服药")),
        ("4", _("医嘱无需服药")),
    ]
    return [
        Spec("visit_date", _("随访日期"), required=True, extra={"input_type": "date"}),
        Spec(
            "form", _("随访形式"), [("1", _("门诊")), ("2", _("家庭访视")), ("3", _("电话"))], required=True
        ),
        Spec(
            "risk",
            _("危险性"),
            [(str(n), str(n)) for n in range(6)],
            required=True,
            hint=_("0 无；1 口头威胁；2 打砸且劝得住；3 明显打砸且劝不住；4 持续打砸或针对人；5 持械或纵火"),
        ),
        Spec(
            "symptoms",
            _("目前症状"),
            [
                ("0", _("无")),
                ("1", _("幻觉")),
                ("2", _("交流困难")),
                ("3", _("猜疑")),
                ("4", _("喜怒无常")),
                ("5", _("行为怪异")),
                ("6", _("兴奋话多")),
                ("7", _("伤人毁物")),
                ("8", _("悲观厌世")),
            ],
            required=True,
            many=True,
            extra={"none_code": "0"},
        ),
        Spec(
            "insight",
            _("自知力"),
            [("1", _("自知力完全")), ("2", _("自知力不全")), ("3", _("自知力缺失"))],
            required=True,
        ),
        Spec("adherence", _("服药依从性"), adherence, required=True),
        Spec("reason", _("不服药的原因"), required=False, extra={"show_when": "adherence=2,3"}),
        Spec("count", _("本月轻度滋事"), hint="", extra={"unit": _("次")}),
        Spec("doctor", _("随访人员"), [("a", "村医甲"), ("b", "村医乙")]),
        Spec("note", _("备注"), hint=_("不写与随访无关的内容")),
        Spec("told", _("已把下次日期告诉本人或家属")),
    ]


_LONG = "家属说近两周睡眠好转，白天愿意出门，仍有时自言自语；药由母亲保管，每晚看着服下。" * 3


def _more_specs() -> list[Spec]:
    """Fields that a visit does not have: secret, file, fixed, very long, and a choice that was refused."""
    return [
        Spec("password", _("密码"), required=True),
        Spec("file", _("工作簿"), hint=_("Excel 工作簿，不超过 20 MB")),
        Spec("fixed", _("区划代码"), hint=_("由村决定，不能改"), extra={"readonly": True}),
        Spec("long", _("经过")),
        Spec(
            "wrong",
            _("责任人"),
            [("a", "村医甲"), ("b", "乌鲁木齐市天山区团结路街道社区卫生服务中心")],
            required=True,
        ),
    ]


def _wrong() -> list[Problem]:
    return [Problem("wrong", "missing", _("责任人没有选择，请选一位。"))]


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every component once."""
    _only_in_demo()
    problems = [
        Problem("risk", "required", _("请选择危险性，0 至 5 中的一个。")),
        Problem(
            "visit_date", "future", _("随访日期 2026-12-01 晚于今天，请填今天或更早的日期。"), "2026-12-01"
        ),
    ]
    return render(
        request,
        "web/styleguide/index.html",
        {
            **_context(),
            "problems": problems,
            "bad": build(visit_specs(), {"visit_date": "2026-12-01"}, problems),
            "more": build(_more_specs(), {"fixed": "640122205201", "long": _LONG, "wrong": ""}, _wrong()),
            "pages": PAGES,
        },
    )


@require_GET
def sample(request: HttpRequest, page: str) -> HttpResponse:
    """A whole page as an example."""
    _only_in_demo()
    if page not in PAGES:
        raise NotFound()
    return render(request, f"web/styleguide/{page}.html", _context())


def _context() -> dict[str, Any]:
    fields = build(
        visit_specs(),
        {
            "visit_date": "2026-11-21",
            "form": "2",
            "risk": "1",
            "symptoms": ["1", "3"],
            "adherence": "2",
            "reason": "",
            "count": "0",
        },
        previous={"risk": "0", "symptoms": ["0"], "insight": "2", "adherence": "1"},
    )
    places = [
        ("习岗镇", 312, 301),
        ("立岗镇", 268, 257),
        ("金贵镇", 241, 226),
        ("常信乡", 158, 155),
        ("洪广镇", 203, 198),
        ("富兴街", 41, 34),
        ("南梁台子", 0, 0),
    ]
    rows: list[dict[str, Any]] = [
        {
            "place": name,
            "registered": base,
            "managed": done,
            "rate": Decimal(done * 100) / base if base else None,
            "share": Decimal(done) / base if base else None,
            "trend": [Decimal(done - step * 3 + (step * step) % 5) for step in range(11, -1, -1)]
            if base
            else [],
        }
        for name, base, done in places
    ]
    return {
        "day": DAY,
        "sections": people(),
        "fields": fields,
        "rows": rows,
        "bars": [(row["place"], number(row["registered"]), row["registered"] / 312) for row in rows],
        "tiles": [(row["place"], pct(row["rate"]), row["share"]) for row in rows],
        "total": {"registered": 1223, "managed": 1171, "rate": Decimal("95.7482")},
    }
