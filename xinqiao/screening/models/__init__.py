"""Tables of screening."""

from .clue import Clue, ClueAct, ClueSerial
from .review import Rediagnosis
from .rounds import Round, RoundPerson
from .sweep import Sweep, SweepCheck, SweepVillage

__all__ = [
    "Clue",
    "ClueAct",
    "ClueSerial",
    "Rediagnosis",
    "Round",
    "RoundPerson",
    "Sweep",
    "SweepCheck",
    "SweepVillage",
]
