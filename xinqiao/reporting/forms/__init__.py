"""The forms of reporting: what is asked, what was typed, how a card reads."""

from .questions import DEFAULTS, Part, parts
from .reading import ELSEWHERE, record_of, typed_of, values_of
from .words import Line, lines_of

__all__ = ["DEFAULTS", "ELSEWHERE", "Line", "Part", "lines_of", "parts", "record_of", "typed_of", "values_of"]
