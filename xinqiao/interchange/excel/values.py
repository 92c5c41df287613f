"""Cell texts → values of the registers: codes or labels, several in one cell, counts of acts, rows of drugs, yes and no.

Each reader returns the value or raises `Unreadable` with one sentence that names the column, what was typed and what would
be right. Values have the shapes that `check_person` and `check_record` expect.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from xinqiao.kernel.words import sentence, term

from .dates import NotADate, parse_date
from .drugs import read_drug
from .headings import Code, Heading
from .marks import ERRORS
from .text import LOST, NO_RESULT, clean, prose, squeeze


class Unreadable(Exception):
    """`code` is stable; the message goes to the person who brought the file."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


YES = frozenset({"是", "有", "对", "真", "y", "yes", "true", "1", "√", "✓", "✔"})
NO = frozenset({"否", "无", "不是", "没有", "假", "n", "no", "false", "0", "×", "✗", "x"})
NOTHING = frozenset({"无", "没有", "均无", "未发生", "/", "-", "—", "--", "——", "\\"})
_SPLIT = re.compile(r"[、,，;；/|+\s]+")
_NUMBER_THEN_WORDS = re.compile(r"(\d{1,4})\s*[.、:：．)）\-]?\s*(\D.*)")
_CODE_SPACE_WORDS = re.compile(r"(\d{1,4})[ .、]\s*(\d.*)")
_WHOLE = re.compile(r"([+-]?\d+)(?:\.0+)?")
_LEVEL = re.compile(r"(\d)\s*级")


def read(heading: Heading, typed: str) -> Any:
    """The value of one cell, or None when it is blank; Unreadable otherwise."""
    text = clean(typed)
    if not text:
        return None
    if text == NO_RESULT:
        raise Unreadable(
            "formula",
            sentence(
                "“%(label)s”是没有计算结果的公式，请在表格软件中复制这一列并“选择性粘贴为数值”",
                label=term(heading.title),
            ),
        )
    if text.upper() in ERRORS or (
        text.startswith("#") and text.upper().rstrip("!?") in {e.rstrip("!?") for e in ERRORS}
    ):
        raise Unreadable(
            "cell_error",
            sentence(
                "“%(label)s”的单元格显示错误 %(typed)s，请改正公式或直接填写数值",
                label=term(heading.title),
                typed=text,
            ),
        )
    if text.startswith(LOST):
        raise _lost_digits(heading, text)
    return _READERS[heading.kind](heading, text, typed)


def _lost_digits(heading: Heading, text: str) -> Unreadable:
    return Unreadable(
        "lost_digits",
        sentence(
            "“%(label)s”存成了数字 %(typed)s，第 16 位以后的数字已经丢失；请把这一列的单元格格式设为“文本”，再重新录入完整号码",
            label=term(heading.title),
            typed=text.removeprefix(LOST),
        ),
    )


def _wrong(heading: Heading, typed: str, right: str) -> Unreadable:
    return Unreadable(
        "wrong_value",
        sentence(
            "“%(label)s”的“%(typed)s”无法识别，%(right)s",
            label=term(heading.title),
            typed=prose(typed)[:40],
            right=right,
        ),
    )


def _choices(codes: Sequence[Code]) -> str:
    shown = "、".join(f"{code.code} {code.label}" for code in codes[:12])
    return sentence("应为 %(choices)s 之一", choices=shown + ("…" if len(codes) > 12 else ""))


# ── text ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _text(heading: Heading, text: str, typed: str) -> str:
    return prose(typed)


def _name(heading: Heading, text: str, typed: str) -> str:
    # 张 三 → 张三, but a name in Latin letters or with the dot of minorities' names keeps its shape.
    kept = prose(typed)
    return kept if kept.isascii() else kept.replace(" ", "").replace("•", "·").replace("‧", "·")


def _number_text(heading: Heading, text: str, typed: str) -> str:
    """ID numbers, phones, codes: no spaces, no leading apostrophe, no `.0` of a number that became text."""
    kept = squeeze(text).strip("'‘’`\"").upper()
    if re.fullmatch(r"\d\.\d+E\+?\d+", kept):
        exact = float(kept)
        if exact >= 1e15:
            raise _lost_digits(heading, kept)
        kept = str(int(exact))
    return re.sub(r"(?<=\d)\.0+$", "", kept)


def _texts(heading: Heading, text: str, typed: str) -> list[str] | None:
    found = [prose(part) for part in re.split(r"[、,，;；/]+", typed)]
    return [part for part in found if part and part not in NOTHING] or None


# ── dates and numbers ───────────────────────────────────────────────────────────────────────────────────────────────


def _date(heading: Heading, text: str, typed: str) -> date | None:
    if text == "不详" or text in NOTHING:
        return None
    try:
        return parse_date(text)[0]
    except NotADate as error:
        raise _wrong(heading, typed, str(error)) from error


def _partial(heading: Heading, text: str, typed: str) -> str | None:
    """A date of which the day, or the day and month, may be unknown: `2004`, `2004-05` or `2004-05-06`."""
    known = re.sub(r"[日月]*不详[日月]*", "", text).strip()
    if not known:
        return None
    try:
        found, precision = parse_date(known, partial=True)
    except NotADate as error:
        raise _wrong(heading, typed, str(error)) from error
    return found.isoformat()[: {"year": 4, "month": 7, "day": 10}[precision]]


def _int(heading: Heading, text: str, typed: str) -> int:
    compact = squeeze(text)
    match = _WHOLE.fullmatch(compact) or _LEVEL.fullmatch(compact)
    if match is None:
        match = re.fullmatch(r"(\d+)\s*(?:次|天|级|人|年|元)", compact)
    if match is None and heading.codes:
        return int(_code_of(heading, text, typed))
    if match is None:
        raise _wrong(heading, typed, sentence("应为整数"))
    return int(match.group(1))


def _bool(heading: Heading, text: str, typed: str) -> bool:
    compact = squeeze(text).casefold().removesuffix(".0")
    for codes in (heading.codes,):
        for code in codes:
            if compact in (code.code, code.label):
                return code.code in ("1", "true")
    match = _NUMBER_THEN_WORDS.fullmatch(compact)
    if match:
        compact = match.group(2)
    if compact in YES:
        return True
    if compact in NO or compact in ("2",):
        return False
    raise _wrong(heading, typed, sentence("应为“是”或“否”"))


# ── codes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _same(text: str) -> str:
    return re.sub(r"[\s()（）\[\]【】“”\"'、,，.。;；:：/·-]", "", clean(text)).casefold()


def code_of(heading: Heading, text: str) -> str | None:
    """The code that a piece of text names: `1`, `1.0`, `01`, `1 同意`, `1.同意`, `①`, `同意`; None when it names none."""
    compact = squeeze(text)
    by_code = {code.code: code.code for code in heading.codes}
    plain = re.sub(r"\.0+$", "", compact)
    if plain in by_code:
        return plain
    if plain.isdigit():
        for code in by_code:
            if code.isdigit() and int(code) == int(plain):
                return code
        return None
    match = _LEVEL.fullmatch(plain)
    if match and match.group(1) in by_code:
        return match.group(1)
    wanted = _same(text)
    names = heading.names
    if wanted in names:
        return names[wanted]
    match = _NUMBER_THEN_WORDS.fullmatch(compact) or _CODE_SPACE_WORDS.fullmatch(clean(text))
    if match:
        number, words = match.group(1), names.get(_same(match.group(2)))
        # Number and words must agree: editions of the forms number some lists differently.
        if words is not None:
            return words if int(number) == int(words or -1) or number not in by_code else None
    return None


def _code_of(heading: Heading, text: str, typed: str) -> str:
    found = code_of(heading, text)
    if found is None:
        raise _wrong(heading, typed, _choices(heading.codes))
    return found


def _single(heading: Heading, text: str, typed: str) -> str:
    return _code_of(heading, text, typed)


def _multi(heading: Heading, text: str, typed: str) -> list[str] | None:
    whole = code_of(heading, text)
    if whole is not None:
        return [whole]
    found: set[str] = set()
    parts = [part for part in _SPLIT.split(text) if part]
    index = 0
    while index < len(parts):
        part = parts[index]
        # "1 幻觉 3 猜疑": a number and its words are two pieces that name one code.
        follows = parts[index + 1] if index + 1 < len(parts) else ""
        pair = (
            code_of(heading, f"{part} {follows}")
            if part.isdigit() and follows and not follows.isdigit()
            else None
        )
        if pair is not None:
            found.add(pair)
            index += 2
            continue
        code = code_of(heading, part)
        if (
            code is None
            and part.isdigit()
            and all(code_of(heading, digit) for digit in part)
            and len(part) > 2
        ):
            raise _wrong(heading, typed, sentence("几个选项之间请用“、”隔开"))
        if code is None:
            raise _wrong(heading, typed if len(parts) == 1 else part, _choices(heading.codes))
        found.add(code)
        index += 1
    return sorted(found) or None


_ACT = re.compile(
    r"(?:(\d)\s*[.、:：]?\s*)?([^\d\s、,，;；/]*?[^\d\s、,，;；/×x*:：(（]+)\s*[×x*:：(（]?\s*(?:(\d{1,3})\s*[次)）]*)?"
)


def _counts(heading: Heading, text: str, typed: str) -> dict[str, int]:
    """`肇事1次;自伤2次`, `2:1;5:2`, `肇事`, `无`, `7 无`; an act without a number happened once."""
    codes = {code.code: code for code in heading.codes if not code.exclusive}
    counts = dict.fromkeys(codes, 0)
    compact = squeeze(text)
    if compact in NOTHING or compact in ("0", "7", "7无", "7.无", "0次", "0无"):
        return counts
    for part in re.split(r"[、,，;；\n+]+|(?<=次)\s*", text):
        piece = squeeze(part)
        if not piece:
            continue
        pair = re.fullmatch(r"(\d)[:：×x*=](\d{1,3})次?", piece)
        if pair and pair.group(1) in codes:
            counts[pair.group(1)] += int(pair.group(2))
            continue
        match = _ACT.fullmatch(piece)
        words = code_of(heading, match.group(2)) if match else None
        if words not in codes:
            alone = code_of(heading, piece)
            if alone not in codes:
                raise _wrong(heading, typed, sentence("应写成“肇事1次；自伤2次”，没有则写“无”"))
            counts[alone] += 1
            continue
        number_before, times = (match.group(1), match.group(3)) if match else ("", "")
        if number_before and number_before != words:
            raise _wrong(heading, typed, sentence("编号与名称不一致，应写成“肇事1次；自伤2次”"))
        counts[words] += int(times) if times else 1
    return counts


def _drugs(heading: Heading, text: str, typed: str) -> list[dict[str, Any]] | None:
    """Rows separated by `;` or line breaks: `奥氮平 早0 中0 晚10mg`, `帕利哌酮 长效 每1月 100mg`, `氯氮平 200mg/日`."""
    if squeeze(text) in NOTHING:
        return None
    rows = []
    for part in re.split(r"[;；\n\r]+", typed):
        line = clean(part)
        if line:
            row = read_drug(line)
            if row is None:
                raise _wrong(
                    heading,
                    typed,
                    sentence("应写成“奥氮平 早0 中0 晚10mg”，长效药写成“帕利哌酮 长效 每1月 100mg”"),
                )
            rows.append(row)
    return rows or None


_READERS = {
    "text": _text,
    "name": _name,
    "number": _number_text,
    "texts": _texts,
    "date": _date,
    "partial": _partial,
    "int": _int,
    "bool": _bool,
    "single": _single,
    "multi": _multi,
    "counts": _counts,
    "drugs": _drugs,
}
