"""Going over to new keys beside normal work: sealed columns portion by portion, keyed hashes in a second column that is then
put in the place of the first. Driven by the models' sealed fields and by `privacy.HASHED`. Run by the owner of the tables."""

from .hashes import Switched, begin, fill, forget, pending, switch, waiting
from .seals import reseal, uses

__all__ = ["Switched", "begin", "fill", "forget", "pending", "reseal", "switch", "uses", "waiting"]
