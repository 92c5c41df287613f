"""Fields as the templates see them: our own thin forms, no framework rendering.

A form declares `Spec`s once; `build` marries them with what was typed and what was wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

from xinqiao.kernel.errors import Problem

Choice = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One question on a page. `value` is a string, or a list of strings for `checks`; `previous` is last time's
    answer as words, shown in grey and never filled in. `show_when` is "other_field=1,2": asked only then.
    """

    name: str
    label: Any
    value: Any = ""
    choices: Sequence[Choice] = ()
    required: bool = False
    error: str = ""
    hint: Any = ""
    previous: Any = ""
    unit: Any = ""
    show_when: str = ""
    input_type: str = "text"
    inputmode: str = ""
    autocomplete: str = "off"
    maxlength: int | None = None
    minimum: str = ""
    maximum: str = ""
    none_code: str = ""
    readonly: bool = False

    @property
    def id(self) -> str:
        """The element's id, which the error summary links to."""
        return "f-" + self.name.replace(".", "-").replace("[", "-").replace("]", "")

    @property
    def described_by(self) -> str:
        """Ids of hint, previous answer and error, as far as there are any."""
        parts = [("hint", self.hint), ("previous", self.previous), ("error", self.error)]
        return " ".join(f"{self.id}-{key}" for key, text in parts if text)

    def chosen(self, code: str) -> bool:
        """Whether a choice is the present answer."""
        if isinstance(self.value, (list, tuple, set, frozenset)):
            return code in self.value
        return self.value is not None and str(self.value) == code

    def label_of(self, code: Any) -> Any:
        """Words of a code, or the code itself when the list does not know it."""
        return dict(self.choices).get(str(code), code)


@dataclass(frozen=True, slots=True)
class Spec:
    """How a field is asked, without any answer; `many` marks multiple choice."""

    name: str
    label: Any
    choices: Sequence[Choice] = ()
    required: bool = False
    hint: Any = ""
    many: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


def build(
    specs: Iterable[Spec],
    values: Mapping[str, Any] | None = None,
    problems: Iterable[Problem] = (),
    previous: Mapping[str, Any] | None = None,
) -> dict[str, Field]:
    """Fields by name. `values` may be a QueryDict (then `many` reads the whole list), `previous` holds last time's
    codes, which are put into words here. Unknown keys in `values` are ignored: refusing them is the form's business.
    """
    typed = values or {}
    wrong: dict[str, str] = {}
    for problem in problems:
        wrong.setdefault(problem.field, problem.message)
    last = previous or {}
    result: dict[str, Field] = {}
    for spec in specs:
        made = Field(
            name=spec.name,
            label=spec.label,
            value=_value(typed, spec),
            choices=spec.choices,
            required=spec.required,
            error=wrong.get(spec.name, ""),
            hint=spec.hint,
            **spec.extra,
        )
        if last.get(spec.name) not in (None, "", []):
            made = replace(made, previous=words(made, last[spec.name]))
        result[spec.name] = made
    return result


def words(asked: Field, value: Any) -> str:
    """A stored answer in words: choices by their labels, joined with 、."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return "、".join(str(asked.label_of(code)) for code in sorted(value))
    return str(asked.label_of(value))


def _value(typed: Mapping[str, Any], spec: Spec) -> Any:
    if spec.many:
        getlist = getattr(typed, "getlist", None)
        found = getlist(spec.name) if getlist else typed.get(spec.name) or []
        return [str(v) for v in found]
    found = typed.get(spec.name)
    return "" if found is None else found


class Shown(Protocol):
    """A question with the name of the component that asks it."""

    @property
    def widget(self) -> str: ...

    @property
    def field(self) -> Field: ...


Q = TypeVar("Q", bound=Shown)
#: Components whose answers are short enough for two of them to share a line.
SHORT = frozenset({"text", "date", "number", "select"})


def two_to_a_line(questions: Sequence[Q]) -> list[list[Q]]:
    """Short answers stand two to a line at the desk; choices, long answers and what is only sometimes asked have a line of their own."""
    lines: list[list[Q]] = []
    half = False
    for question in questions:
        short = question.widget in SHORT and not question.field.show_when
        if short and half:
            lines[-1].append(question)
        else:
            lines.append([question])
        half = short and not half
    return lines
