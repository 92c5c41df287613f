"""Writes `docs/reference/roles.md` from the table of permissions: `python -m xinqiao.accounts.roles_page`.

A test compares the committed page.
"""

from __future__ import annotations

from pathlib import Path

from xinqiao.kernel.terms import ROLE_LABELS, Role

from .permissions import TABLE, WHERE, WORDS

TARGET = Path(__file__).resolve().parents[2] / "docs" / "reference" / "roles.md"

_INTRODUCTION = """# Roles and permissions

Written by `python -m xinqiao.accounts.roles_page`; do not edit by hand. The table is `xinqiao/accounts/permissions.py`; the
page 角色与权限 (`/roles/`) shows the same to everybody who is signed in. A permission says what; the scope says where: the
database shows no row outside it, whatever the permission.
"""


def page() -> str:
    """The whole page as Markdown."""
    lines = [_INTRODUCTION, "## 角色 Roles", "", "| role | 角色 | 范围 |", "|---|---|---|"]
    lines += [f"| `{role.value}` | {ROLE_LABELS[role]} | {WHERE[role]} |" for role in Role]
    heads = " | ".join(ROLE_LABELS[role] for role in Role)
    lines += [
        "",
        "## 权限 Permissions",
        "",
        f"| permission | 权限 | {heads} |",
        "|---|---|" + "---|" * len(Role),
    ]
    for permission, words in WORDS.items():
        marks = " | ".join("✓" if permission in TABLE[role] else "" for role in Role)
        lines.append(f"| `{permission.value}` | {words.label} | {marks} |")
    lines += ["", "| permission | 允许什么 |", "|---|---|"]
    lines += [f"| `{permission.value}` | {words.allows} |" for permission, words in WORDS.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import django

    django.setup()
    TARGET.write_text(page(), encoding="utf-8")
