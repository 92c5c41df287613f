"""Writes `docs/reference/life-cycle.md` from the table of steps: `python -m xinqiao.registry.cycle_page`.

A test compares the committed page.
"""

from __future__ import annotations

from pathlib import Path

from xinqiao.accounts.permissions import WORDS, Permission
from xinqiao.policy.policies import released_policies

from .rules.cycle import AS_BEFORE, NOT_MANAGED, SAME, STATES, STEPS, WITHIN_A_DAY, diagram

TARGET = Path(__file__).resolve().parents[2] / "docs" / "reference" / "life-cycle.md"

_INTRODUCTION = """# The life of a file

Written by `python -m xinqiao.registry.cycle_page`; do not edit by hand. The table is `STEPS` in
`xinqiao/registry/rules/cycle.py`. A state is never stored: it is folded from the dated events for any day, in an order that
does not hang on who typed first.

In the register (在册) are 在册 and 失访. Whether somebody in it is managed (在管) is computed from consent or legal basis and
the complete visits of the year. 住院 stands beside the state.

"""
_AFTER = """
A typed step that the table does not know from the state it meets is refused with a sentence. What a visit tells and what is
imported did happen: it is kept, changes no state, and stands on the person's page as something to look at.
"""


def page() -> str:
    """The whole page as Markdown."""
    clauses = released_policies()
    lines = [_INTRODUCTION, "```mermaid", diagram().rstrip(), "```", _AFTER, "## Steps", ""]
    lines += [
        "| step | 变动 | from | to | who may type it | a visit may tell it | second person | clause |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for step in STEPS:
        target = {SAME: "（不变）", AS_BEFORE: "（按其余事件）"}.get(step.to) or STATES[step.to]
        sources = "、".join(STATES[code] for code in step.sources)
        who = WORDS[Permission(step.permission)].label
        marks = ["✓" if step.by_visit else "", "✓" if step.second_person else ""]
        cells = [f"`{step.event}`", step.label, sources, target, str(who), *marks]
        lines.append(f"| {' | '.join(cells)} | {step.clause}：{clauses.clause(step.clause).text} |")
    lines += ["", "## 非在管的原因", "", "| code | 原因 |", "|---|---|"]
    lines += [f"| {code} | {words} |" for code, words in NOT_MANAGED.items()]
    lines += ["", "The first that holds, in this order: 2, 1, 6, 5, 7, 4, 3.", "", "## Within one day", ""]
    return "\n".join([*lines, " → ".join(f"`{kind}`" for kind in WITHIN_A_DAY), ""])


if __name__ == "__main__":
    import django

    django.setup()
    TARGET.write_text(page(), encoding="utf-8")
