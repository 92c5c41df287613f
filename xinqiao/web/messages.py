"""The English catalogue: `python -m xinqiao.web.messages extract|compile|check|bare`.

extract reads every Python file and template, and brings `xinqiao/locale/en/LC_MESSAGES/django.po` up to date, keeping
translations. compile writes the `.mo` beside it. check fails (1) when a string of the sources is missing from the
catalogue, has no translation or loses a placeholder, and when a file has more calls of `_(` than the extractor found
strings in it. bare lists Chinese in templates that stands outside `_()`; it never fails.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from xinqiao.kernel import terms
from xinqiao.policy.loader import released

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "xinqiao" / "locale" / "en" / "LC_MESSAGES" / "django.po"
FOLDERS = ("xinqiao", "config")
#: Words that live below Django and are translated where they are shown.
CONSTANTS = (terms.ROLE_LABELS, terms.LEVEL_LABELS)
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_NAMES = "_|_lazy|gettext|gettext_lazy|gettext_noop|ngettext|ngettext_lazy|pgettext|pgettext_lazy|npgettext|npgettext_lazy|N_|_L|sentence"
KEYWORDS["_lazy"] = None
KEYWORDS["sentence"] = None
KEYWORDS["_L"] = None
_CALL = re.compile(rf"(?<![\w.])(?:{_NAMES})\(\s*[rbuRBU]?[\"'][^\"']")
_ODD = re.compile(
    r"(?<![\w.])(?:_|_lazy|gettext_lazy)\(\s*(?:f[\"']|[\"'][^\"'\n]*[\"']\s*(?:\.format|%|\+)[^\n])"
)
_PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[sd%]")
_CJK = re.compile(r"[\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Found:
    """One string where it stands: file relative to the root, line, message (a pair for plurals), context."""

    file: str
    line: int
    message: str | tuple[str, ...]
    context: str | None


def found(root: Path = ROOT) -> Iterator[Found]:
    """Every string the extractor sees, in the order of files and lines."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    for folder in FOLDERS:
        if not (root / folder).is_dir():
            continue
        for name, line, message, _comments, context in extract_from_dir(
            str(root / folder), methods, options, KEYWORDS, comment_tags=()
        ):
            yield Found(f"{folder}/{name}", line, message, context)


def sources(root: Path = ROOT) -> Iterator[Path]:
    """The files that may hold strings."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if "tests" in path.parts or "styleguide" in path.as_posix() or not path.is_file():
                continue
            if path.suffix == ".py" or (path.suffix == ".html" and "jinja2" in path.parts):
                yield path


def _code(path: Path) -> str:
    """A source without its comments and docstrings, lines kept."""
    text = path.read_text(encoding="utf-8")

    def blank(match: re.Match[str]) -> str:
        return "\n" * match.group().count("\n")

    if path.suffix == ".html":
        return re.sub(r"\{#.*?#\}", blank, text, flags=re.DOTALL)
    text = re.sub(r'^\s*[rR]?""".*?"""', blank, text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"(^|\s)#[^\n]*", r"\1", text)


def dropped(root: Path = ROOT) -> list[str]:
    """Files where a plain count of calls finds more strings than the extractor did, or a call it cannot read."""
    seen = Counter(one.file for one in found(root))
    problems = []
    for path in sources(root):
        name = path.relative_to(root).as_posix()
        code = _code(path)
        calls = len(_CALL.findall(code))
        if calls > seen[name]:
            problems.append(f"{name}: {calls} strings are marked, {seen[name]} were extracted")
        for match in _ODD.finditer(code):
            line = code[: match.start()].count("\n") + 1
            problems.append(f"{name}:{line}: a built string cannot be translated; use placeholders")
    return problems


def data_words() -> Iterator[tuple[str, str]]:
    """Words of the policy files that pages show: clauses, documents, headings, reasons and steps of decision tables."""
    known = released()
    for clause in known.clauses.values():
        yield str(clause.text), "xinqiao/policy/data/clauses.yaml"
    for document in known.documents.values():
        yield str(document.title), "xinqiao/policy/data/clauses.yaml"
    for name in known.names():
        if name.startswith("calendar/"):
            continue
        thing = known.thing(name)
        yield str(thing.title), f"xinqiao/policy/data/{name}.yaml"
        for label in thing.header.get("names", {}).values():
            yield str(label), f"xinqiao/policy/data/{name}.yaml"
        if thing.kind == "clocks":
            for row in thing.rows:
                for one in row.value.values():
                    yield str(one["label"]), f"xinqiao/policy/data/{name}.yaml"
        for row in thing.rows:
            yield str(row.source), f"xinqiao/policy/data/{name}.yaml"
            if thing.kind == "roles":
                yield str(row.value["name"]), f"xinqiao/policy/data/{name}.yaml"
            if thing.kind == "decision_table":
                for line in row.raw["rows"]:
                    yield line["reason"], f"xinqiao/policy/data/{name}.yaml"


def declared_words(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Words of declarations that stand above the shell and are read as text: names of acts, sources of figures."""
    for path in sources(root):
        if path.suffix != ".py" or "register_actions(" not in (text := path.read_text(encoding="utf-8")):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("register_actions"):
                for given in node.args:
                    for one in given.values if isinstance(given, ast.Dict) else ():
                        if isinstance(one, ast.Constant) and _CJK.search(str(one.value)):
                            yield str(one.value), path.relative_to(root).as_posix()
    measures = root / "xinqiao" / "indicators" / "catalogue" / "measures.yaml"
    if measures.exists():
        for one in yaml.safe_load(measures.read_text(encoding="utf-8"))["measures"]:
            yield one["source"], "xinqiao/indicators/catalogue/measures.yaml"


def template(root: Path = ROOT) -> Catalog:
    """A catalogue of all strings without translations."""
    day = datetime(2026, 1, 1, tzinfo=UTC)
    catalog = Catalog(project="xinqiao", version="1", charset="utf-8", creation_date=day, revision_date=day)
    for one in found(root):
        catalog.add(one.message, None, [(one.file, None)], context=one.context)  # type: ignore[list-item]
    for text, where in (*data_words(), *declared_words(root)):
        catalog.add(text, None, [(where, None)])  # type: ignore[list-item]
    for table in CONSTANTS:
        for label in table.values():
            catalog.add(label, None, [("xinqiao/kernel/terms.py", None)])  # type: ignore[list-item]
    return catalog


def read(po: Path = PO) -> Catalog:
    """The English catalogue as it stands."""
    if not po.exists():
        return Catalog(locale="en")
    with po.open("rb") as file:
        return read_po(file, locale="en")


def extract(po: Path = PO, root: Path = ROOT) -> Catalog:
    """Bring the catalogue up to date; strings no longer used are kept at its end, in case they come back."""
    catalog = read(po)
    fresh = template(root)
    catalog.update(fresh, no_fuzzy_matching=True, update_creation_date=False)
    catalog.creation_date = fresh.creation_date
    catalog.revision_date = fresh.revision_date
    po.parent.mkdir(parents=True, exist_ok=True)
    with po.open("wb") as file:
        write_po(file, catalog, width=110, sort_output=True, include_lineno=False)
    return catalog


def compile_catalogue(po: Path = PO, target: Path | None = None) -> Path:
    """Write the binary catalogue that Django reads."""
    mo = target or po.with_suffix(".mo")
    with mo.open("wb") as file:
        write_mo(file, read(po))
    return mo


def problems_of(catalog: Catalog, root: Path = ROOT) -> list[str]:
    """What keeps the English interface from being whole, a line each; empty when nothing does."""
    problems = dropped(root)
    for wanted in template(root):
        if not wanted.id:
            continue
        key = wanted.id if isinstance(wanted.id, str) else wanted.id[0]
        where = wanted.locations[0][0] if wanted.locations else ""
        kept = catalog.get(key, wanted.context)
        if kept is None:
            problems.append(f"{where}: not in the catalogue: {key}")
            continue
        words = (kept.string,) if isinstance(kept.string, str) else tuple(kept.string or ("",))
        if kept.fuzzy or not words or not all(words):
            problems.append(f"{where}: no translation: {key}")
        elif any(_marks(word) != _marks(key) for word in words):
            problems.append(f"{where}: placeholders differ: {key} → {words[0]}")
    return problems


def _marks(text: str) -> set[str]:
    return {match.group(1) or "" for match in _PLACEHOLDER.finditer(text) if match.group() != "%%"}


def bare(root: Path = ROOT) -> list[str]:
    """Chinese in templates outside `_()`: shown in every language."""
    result = []
    for path in sources(root):
        if path.suffix != ".html":
            continue
        code = re.sub(
            rf"(?:{_NAMES})\((?:[^()\"']|\"[^\"]*\"|'[^']*'|\((?:[^()]|\([^()]*\))*\))*\)", "", _code(path)
        )
        for number, line in enumerate(code.split("\n"), 1):
            for match in _CJK.finditer(line):
                result.append(f"{path.relative_to(root).as_posix()}:{number}: {match.group()}")
    return result


def main(arguments: list[str]) -> int:
    """0 done, 1 something to repair, 2 unknown command."""

    def say(words: object) -> None:
        sys.stdout.write(f"{words}\n")

    command = arguments[0] if arguments else ""
    if command == "extract":
        catalog = extract()
        say(
            f"{len(catalog)} strings, {sum(not m.string or not all(m.string) for m in catalog if m.id)} to translate"
        )
    elif command == "compile":
        say(compile_catalogue().relative_to(ROOT))
    elif command == "bare":
        say("\n".join(bare()))
    elif command == "check":
        problems = problems_of(read())
        say("\n".join(problems) or "the catalogue is whole")
        return 1 if problems else 0
    else:
        say(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
