"""Pages of the figures, one file per kind of reader."""

from .asked import COLUMNS, MAIN, TILES, said, words
from .outside import outside, outside_workbook
from .pages import measure, measures, people, table, trend
from .variants import variants
from .workbook import workbook

__all__ = [
    "COLUMNS",
    "MAIN",
    "TILES",
    "measure",
    "measures",
    "outside",
    "outside_workbook",
    "people",
    "said",
    "table",
    "trend",
    "variants",
    "words",
    "workbook",
]
