"""The reminders before leaving, in words: for the list, the person's page and the top of the form."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ..choices import PRECAUTIONS
from ..rules import Precautions


def precaution_words(found: Precautions) -> list[tuple[str, str]]:
    """(what to do, why), gravest first; empty when nothing is special."""
    lines: list[tuple[str, str]] = []
    if found.police:
        lines.append((_("请民警同行"), _said(found.police)))
    if found.two_together:
        lines.append((_("两人同行"), _said(found.two_together)))
    if found.township:
        lines.append((_("乡镇精防人员同去"), _("首次随访")))
    return lines


def _said(codes: tuple[str, ...]) -> str:
    words: list[Any] = [PRECAUTIONS[code] for code in codes]
    return _("、").join(str(word) for word in words)
