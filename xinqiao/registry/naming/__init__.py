"""How a name is found: with or without its dot, by pinyin, by initials. One function makes the keys that are stored, one
the conditions for what somebody typed; both read surnames by the same table."""

from .keys import NameKeys, fold, keys_of
from .looks import looks_key, looks_of
from .typed import Wanted, read_typed

__all__ = ["NameKeys", "Wanted", "fold", "keys_of", "looks_key", "looks_of", "read_typed"]
