"""What an address of the figures asks for, and the words of declarations in the page's language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.periods import read_day

from .. import queries
from ..declarations import EARLIEST, CountedSet, Group, Measure, Variant
from ..engines.sql import NOW, THEN

#: The rates that stand first, and the columns of the table by places.
MAIN = (
    "management_rate",
    "standard_rate",
    "face_rate_half",
    "medication_rate",
    "regular_rate",
    "stable_rate",
)
COLUMNS = ("registered", "managed", *MAIN, "lost")
TILES = (*MAIN, "timeliness", "high_risk_share")


@dataclass(frozen=True)
class Asked:
    """What the address asks for: place ("" = a village doctor's own villages), date, and what was wrong with the date."""

    actor: Actor
    code: str
    on: date
    problem: str
    borders: str = THEN

    @property
    def query(self) -> dict[str, str]:
        """The same again, for links."""
        now = {"borders": NOW} if self.borders == NOW else {}
        return {"place": self.code, "on": self.on.isoformat()} | now


def asked_of(request: HttpRequest) -> Asked:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    today: date = request.clock.today()  # type: ignore[attr-defined]
    code = request.GET.get("place", "")
    if code and not re.fullmatch(r"[0-9]{12}", code):
        raise NotFound()
    code = queries.place_for(actor, code)
    typed = request.GET.get("on", "").strip()
    on, problem = today, ""
    if typed:
        try:
            on = read_day(typed)
        except ValueError:
            problem = _("截至日“%(typed)s”不是日期，应写成 2026-11-21 的样子；先按今天统计") % {
                "typed": typed[:20]
            }
        if not EARLIEST <= on <= today:
            problem = _("截至日应在 %(first)s 至今天之间；先按今天统计") % {"first": EARLIEST.isoformat()}
            on = today
    return Asked(actor, code, on, problem, NOW if request.GET.get("borders") == NOW and code else THEN)


def english() -> bool:
    return (get_language() or "").startswith("en")


def said(thing: Measure | Variant | Group) -> str:
    """The label of a declaration in the page's language."""
    return thing.english if english() else thing.label


def words(one: CountedSet) -> str:
    """The definition of a set in the page's language."""
    return one.english if english() else one.words


def either(pair: tuple[str, str]) -> str:
    return pair[1] if english() else pair[0]


SAID: dict[str, Any] = {"said": said, "words": words, "either": either}
