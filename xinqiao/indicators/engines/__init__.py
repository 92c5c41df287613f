"""Ways to fill the declared sets. `reference` is plain Python and decides what is right; the others must equal it."""

from __future__ import annotations

from dataclasses import dataclass

from xinqiao.kernel.codes import bounds


@dataclass(frozen=True, slots=True)
class Area:
    """Where people are counted: every code in [lo, hi), or the codes listed (a village doctor's own)."""

    lo: str = ""
    hi: str = ""
    codes: tuple[str, ...] = ()

    @classmethod
    def below(cls, code: str) -> Area:
        """A division and everything below it."""
        return cls(*bounds(code))

    def holds(self, code: str) -> bool:
        return bool(self.lo and self.lo <= code < self.hi) or code in self.codes


#: (digits of the place, 12-digit code) → set key → number. Digits 0 is the whole area, with code "".
Cells = dict[tuple[int, str], dict[str, int]]
WHOLE = (0, "")
