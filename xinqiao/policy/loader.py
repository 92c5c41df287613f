"""Reads the released rules: `data/<domain>/<thing>.yaml`, one thing a file, values by area and date, and the clauses.

Strict: unknown keys, keys written twice, wrong shapes and unknown clauses are errors. Files are parsed when first
asked for; the version is a hash over all of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from xinqiao.kernel.codes import full_code
from xinqiao.kernel.words import term

from .kinds import KINDS, KindError, exact, text

DATA = Path(__file__).parent / "data"
_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class PolicyError(ValueError):
    """A rule file or a local row is wrong; the text says which and where."""


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One value with where and when it holds: half-open [valid_from, valid_to), at and below `area`.

    `raw` is the value as written, `value` as read by its kind. `author` is set for a deployment's own rows.
    """

    thing: str
    area: str
    valid_from: date
    valid_to: date | None
    raw: Any = field(compare=False)
    value: Any = field(compare=False)
    clause: str
    source: str
    author: str = ""

    @property
    def key(self) -> str:
        return f"{self.thing} {self.area} {self.valid_from.isoformat()}"

    @property
    def local(self) -> bool:
        return bool(self.author)

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)

    def fingerprint(self) -> str:
        """Hash of everything that must not change once released."""
        return fingerprint([self.area, self.valid_from, self.valid_to, self.clause, self.source, self.raw])


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that is regulated: its heading and its released rows."""

    name: str
    title: str
    clause: str
    unit: str
    kind: str
    header: Mapping[str, Any]
    rows: tuple[PolicyRow, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    id: str
    document: str
    confidence: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    id: str
    title: str
    issued_on: date | None
    confidence: str


class Released:
    """The released rules of one folder."""

    def __init__(self, folder: Path = DATA) -> None:
        self._folder = folder
        self._things: dict[str, Thing] = {}
        self._version = ""
        self._clauses: dict[str, Clause] | None = None
        self._documents: dict[str, Document] = {}

    @property
    def version(self) -> str:
        if not self._version:
            digest = hashlib.sha256()
            for path in sorted(self._folder.rglob("*.yaml")):
                digest.update(
                    path.relative_to(self._folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0"
                )
            self._version = digest.hexdigest()[:12]
        return self._version

    def names(self) -> tuple[str, ...]:
        """All things, as `domain/thing`."""
        return tuple(
            sorted(
                path.relative_to(self._folder).with_suffix("").as_posix()
                for path in self._folder.glob("*/*.yaml")
            )
        )

    def has(self, name: str) -> bool:
        return name in self._things or name in self.names()

    def thing(self, name: str) -> Thing:
        """One thing; PolicyError when the file is missing or wrong."""
        if name not in self._things:
            if not self.has(name):
                raise PolicyError(f"no rule file for {name!r}")
            self._things[name] = _read_thing(name, read_yaml(self._folder / f"{name}.yaml"))
        return self._things[name]

    @property
    def clauses(self) -> Mapping[str, Clause]:
        if self._clauses is None:
            data = read_yaml(self._folder / "clauses.yaml")
            body = _strict("clauses.yaml", data, {"documents", "clauses"})
            for name, item in body["documents"].items():
                part = _strict(f"document {name}", item, {"title", "date", "confidence"})
                self._documents[name] = Document(name, term(part["title"]), part["date"], part["confidence"])
            found: dict[str, Clause] = {}
            for name, item in body["clauses"].items():
                part = _strict(f"clause {name}", item, {"confidence", "text"})
                document = name.split("/")[0]
                if document not in self._documents:
                    raise PolicyError(f"clause {name}: unknown document")
                if part["confidence"] not in ("verified", "GK-H", "GK-M", "GK-L", "own"):
                    raise PolicyError(f"clause {name}: unknown confidence {part['confidence']!r}")
                found[name] = Clause(name, document, part["confidence"], term(part["text"]))
            self._clauses = found
        return self._clauses

    @property
    def documents(self) -> Mapping[str, Document]:
        _ = self.clauses
        return self._documents


@cache
def released() -> Released:
    """The rules this version of the product ships."""
    return Released()


def read_row(thing: Thing, body: Mapping[str, Any], *, author: str = "") -> PolicyRow:
    """One row of a thing, from a file or from the database; PolicyError when it is wrong."""
    where = f"{thing.name} {body.get('area')} {body.get('from')}"
    fields = _strict(where, body, {"area", "from", "source", "value"}, {"to", "clause"})
    start, end = fields["from"], fields.get("to")
    if type(start) is not date or (end is not None and type(end) is not date):
        raise PolicyError(f"{where}: from and to must be dates")
    if end is not None and end <= start:
        raise PolicyError(f"{where}: ends before it starts")
    try:
        area = full_code(fields["area"] if isinstance(fields["area"], str) else "?")
        reader = KINDS[thing.kind][0]
        value = reader(fields["value"], thing.header)
        source = term(text(f"{where}.source", fields["source"]))
    except (KindError, ValueError) as error:
        raise PolicyError(f"{where}: {error}") from error
    clause = fields.get("clause", thing.clause)
    return PolicyRow(thing.name, area, start, end, fields["value"], value, clause, source, author)


def fingerprint(data: object) -> str:
    """Stable short hash of plain data."""
    line = json.dumps(data, ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()[:16]


def read_yaml(path: Path) -> Any:
    """Plain data from one file; a key written twice is an error."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 (derives from the safe loader)
    except yaml.YAMLError as error:
        raise PolicyError(f"{path.name}: {error}") from error


def _read_thing(name: str, data: Any) -> Thing:
    if not isinstance(data, dict) or data.get("kind") not in KINDS:
        raise PolicyError(f"{name}: not a mapping, or an unknown kind")
    extra = KINDS[data["kind"]][1]
    body = _strict(name, data, {"title", "clause", "unit", "kind", "values"} | extra)
    heading = Thing(name, term(body["title"]), body["clause"], body["unit"], body["kind"], body, ())
    if not isinstance(body["values"], list) or not body["values"]:
        raise PolicyError(f"{name}: no values")
    rows = tuple(read_row(heading, item) for item in body["values"])
    keys = [row.key for row in rows]
    if len(set(keys)) != len(keys):
        raise PolicyError(f"{name}: two rows for one area and date")
    return Thing(name, term(body["title"]), body["clause"], body["unit"], body["kind"], body, rows)


def _strict(
    where: str, data: Any, required: set[str], optional: set[str] | frozenset[str] = frozenset()
) -> Any:
    try:
        return exact(where, data, required, optional)
    except KindError as error:
        raise PolicyError(str(error)) from error


class _StrictLoader(_BASE):  # type: ignore[misc]
    pass


def _mapping(loader: Any, node: Any) -> dict[Any, Any]:
    loader.flatten_mapping(node)
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in found:
            raise yaml.constructor.ConstructorError(
                None, None, f"key {key!r} written twice", key_node.start_mark
            )
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
