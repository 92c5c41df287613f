"""Villages by name: registers kept by hand often have no codes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from xinqiao.kernel.errors import Problem
from xinqiao.places.queries import villages_below

from ..excel.text import squeeze

_ENDS = re.compile(r"(村民委员会|居民委员会|社区居委会|村委会|居委会|社区|街道办事处|街道|民族乡|村|镇|乡)$")


def _stem(name: str) -> str:
    stem = _ENDS.sub("", name)
    return stem if len(stem) > 1 else name


@dataclass(slots=True)
class Villages:
    """The villages of the actor's place by name, alone and behind the name of their township."""

    by_name: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def below(cls, place: str) -> Villages:
        """One statement."""
        found = cls()
        for village in villages_below(place):
            own, above = squeeze(village.name), squeeze(village.parent_name)
            for name in {own, _stem(own)}:
                for key in {name, above + name, _stem(above) + name}:
                    found.by_name.setdefault(key, set()).add(village.code)
        return found

    def find(self, township: str, village: str) -> str | Problem:
        """The village's code, or why it cannot be told."""
        above, own = squeeze(township), squeeze(village)
        asked = f"{township}{village}".strip()
        for key in (
            (above + own, _stem(above) + _stem(own), above + _stem(own)) if above else (own, _stem(own))
        ):
            codes = self.by_name.get(key, set())
            if len(codes) == 1:
                return next(iter(codes))
            if codes:
                return Problem(
                    "village",
                    "village_ambiguous",
                    _("有 %(count)s 个村都叫“%(name)s”，请在“现住址(村/社区)”一列填写 12 位代码，或写明乡镇")
                    % {"count": len(codes), "name": asked[:40]},
                    asked,
                )
        return Problem(
            "village",
            "village_unknown",
            _("没有找到名为“%(name)s”的村，或不在本县管理范围；请核对村名，或填写 12 位代码")
            % {"name": asked[:40]},
            asked,
        )
