"""Sentences that rules say: Chinese at once, and still translatable where they are shown.

A rule knows no request and no language. It writes `sentence("“%(label)s”%(day)s 晚于今天", label=…, day=…)`: a `str` that
reads in Chinese, is stored and compared as Chinese, and remembers its pattern. A page asks `told` for it in the language
in use, or just prints it: templates escape through `__html__`. Values that are sentences themselves are translated with
it, all others (typed text, days, numbers) stay as they are. The extractor of the catalogue knows `sentence`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape
from types import MappingProxyType
from typing import Any

Translate = Callable[[str], str]


def _as_written(text: str) -> str:
    return text


_translate: Translate = _as_written


def speak_with(translate: Translate) -> None:
    """Name the lookup of patterns in the language in use; called once, by the shell."""
    global _translate  # one process speaks through one catalogue
    _translate = translate


class Sentence(str):
    """Chinese text made of `pattern` and `values`."""

    pattern: str
    values: Mapping[str, Any]

    __slots__ = ("pattern", "values")

    def __new__(cls, pattern: str, values: Mapping[str, Any] | None = None) -> Sentence:
        made = super().__new__(cls, pattern % values if values else pattern)
        made.pattern = pattern
        made.values = MappingProxyType(dict(values or {}))
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return self.pattern, dict(self.values)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return Sentence, (self.pattern, dict(self.values))

    def __html__(self) -> str:
        return escape(self.told(), quote=True)

    def told(self) -> str:
        """In the language in use."""
        pattern = _translate(self.pattern) if self.pattern else ""
        if not self.values:
            return pattern
        return pattern % {key: told(value) for key, value in self.values.items()}

    def with_value(self, old: str, new: str) -> Sentence:
        """The same sentence with the values that read `old` saying `new`, a text that is nobody's to translate."""
        return Sentence(
            self.pattern, {key: new if value == old else value for key, value in self.values.items()}
        )


def sentence(pattern: str, /, **values: Any) -> Sentence:
    """A sentence with `%(name)s` for its values; without values the text stands as it is, `%` and all."""
    return Sentence(pattern, values)


def term(label: str) -> Sentence:
    """A word of a register or of the rules' data, kept elsewhere for the catalogue."""
    return Sentence(label)


def joined(parts: Iterable[str]) -> Sentence:
    """Parts with the listing comma of the language between them."""
    given = list(parts)
    if not given:
        return Sentence("")
    whole = given[-1] if isinstance(given[-1], Sentence) else Sentence("%(only)s", {"only": given[-1]})
    for part in reversed(given[:-1]):
        whole = sentence("%(head)s、%(tail)s", head=part, tail=whole)
    return whole


def told(value: Any) -> Any:
    """A sentence in the language in use; anything else as it is."""
    return value.told() if isinstance(value, Sentence) else value


def to_json(text: str) -> Any:
    """What can be stored and read again by `from_json`: plain text, or pattern and values."""
    if not isinstance(text, Sentence):
        return text
    values = {
        key: to_json(value) if isinstance(value, str) else str(value) for key, value in text.values.items()
    }
    return {"says": text.pattern, "with": values}


def from_json(stored: Any) -> str:
    """The text or sentence `to_json` gave."""
    if isinstance(stored, Mapping):
        return Sentence(stored["says"], {key: from_json(value) for key, value in stored["with"].items()})
    return str(stored)
