"""Writes `docs/reference/clocks.md` from the released rules: `python -m xinqiao.clocks.clocks_page`.

A test compares the committed page.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xinqiao.kernel.codes import NATION
from xinqiao.policy.policies import PolicySet, released_policies

TARGET = Path(__file__).resolve().parents[2] / "docs" / "reference" / "clocks.md"
UNITS = {"workdays": "个工作日", "days": "天", "months": "个月", "hours": "小时"}
WHOLE = {"quarter_end": "当季末之前", "year_end": "当年年底前"}
POSTS = {
    "hospital": "医院",
    "police": "派出所",
    "village": "村医",
    "township": "乡镇精防人员",
    "county": "县精防办",
    "city": "市精防办",
    "province": "省精防办",
}
_INTRODUCTION = """# Clocks: what must be done by when

Written by `python -m xinqiao.clocks.clocks_page`; do not edit by hand. Limits are `policy/data/registry/deadlines.yaml`, who
holds a clock and who is told is `policy/data/registry/escalation.yaml`. A deployment replaces single clocks for its area on the
page 当地规定 (`docs/how-to/local-rules.md`); what it does not name stays as here. The rules of the day on which a clock starts hold.

The starting day is not counted; working days follow the published calendars; a period ends on its last day. While a clock stands
still, days do not count. Who is told how late is this system's proposal where a clause gives no number. The page 办理时限
(`/inbox/`) lists what is open. `xinqiao clocks check` computes every clock anew from the events of its domain and says what is
stored differently.

{kept}
"""
#: Clocks whose domain keeps rows of its own: the inbox shows how many, and where they are listed.
ELSEWHERE = {"D11": "随访（应访日）", "D12": "随访（应访日）", "D19": "年度健康体检", "D23": "国网待录"}
#: Limits laid down before there is a domain whose events start them.
NOT_YET = ("D13", "D16", "D18")


def page() -> str:
    """The whole page as Markdown."""
    policies = released_policies()
    areas = {row.area: row for row in policies.rows("registry/deadlines")}
    chains = {row.area: row for row in policies.rows("registry/escalation")}
    nation, told = areas[NATION].value, chains[NATION].value
    elsewhere = "; ".join(f"{code} {words}" for code, words in ELSEWHERE.items())
    kept = (
        f"Kept by a list of their own, one line each in the inbox: {elsewhere}. Laid down, and not yet started by any"
        f" event of this system: {', '.join(NOT_YET)}. D10 is the intervals of follow-up; D20 the own limits of an area."
    )
    lines = [
        _INTRODUCTION.format(kept=kept),
        "| clock | 事项 | 起 | 止 | 期限 | 承办 | 提前提醒 | 逾期后报 | clause | 依据 |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [_line(code, item, told.get(code, told["*"]), policies) for code, item in nation.items()]
    lines += [
        "",
        "## 地区的不同规定 Areas with their own",
        "",
        "| area | clock | 期限 | clause | 依据 |",
        "|---|---|---|---|---|",
    ]
    for area, row in areas.items():
        if area != NATION:
            lines += [
                f"| `{area}` | {code} | {limit(item)} | `{item['clause']}` | {row.source} |"
                for code, item in row.value.items()
            ]
    return "\n".join(lines) + "\n"


def limit(item: Any) -> str:
    """10 个工作日, 当年年底前."""
    return WHOLE.get(item["unit"]) or f"{item['limit']} {UNITS[item['unit']]}"


def _line(code: str, item: Any, steps: Any, policies: PolicySet) -> str:
    unit = "个工作日" if item["unit"] == "workdays" else "天"
    chain = "；".join(f"{step['after']} {unit} → {POSTS[step['to']]}" for step in steps["chain"]) or "—"
    return (
        f"| {code} | {item['label']} | {item['start']} | {item['end']} | {limit(item)} | {POSTS[steps['holder']]} |"
        f" {steps['warn']} {unit} | {chain} | `{item['clause']}` | {policies.clause(item['clause']).text} |"
    )


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
