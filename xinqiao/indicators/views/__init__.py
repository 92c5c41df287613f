"""Pages of the figures, one file per kind of reader."""

from .asked import COLUMNS, MAIN, TILES, said, words
from .balances import balance, balance_people, balance_workbook
from .outside import outside, outside_workbook
from .pages import measure, measures, people, table, trend
from .variants import variants
from .workbook import workbook

__all__ = [
    "COLUMNS",
    "MAIN",
    "TILES",
    "balance",
    "balance_people",
    "balance_workbook",
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
