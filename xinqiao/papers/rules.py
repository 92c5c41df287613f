"""How the keys typed from a paper form are read: short dates, codes without a separator, counts, drugs in a line.

Pure: text in, answers of the visit form (as the form itself would have sent them) out. What cannot be read is handed on as
typed, so that the rules of the record name it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from xinqiao.followup.rules import FIELDS

#: Answers given afresh from every form: the keys "as above" and "as last time" do nothing in them.
JUDGEMENTS = frozenset(
    {
        "ending",
        "lost_reason",
        "death_date",
        "death_cause",
        "danger",
        *(k for k, f in FIELDS.items() if f.judgement),
    }
)
DRUG_ROWS = 6


@dataclass(frozen=True, slots=True)
class Key:
    """One box of the compact form, in the order of the printed one. `kind`: date, one (a single code: one key), many
    (codes one after the other), acts, drugs, text. `when`: "other=1,2", asked only then. `optional`: Enter passes it."""

    name: str
    kind: str
    when: str = ""
    optional: bool = False
    wide: bool = False

    @property
    def carried(self) -> bool:
        """Whether "as above" and "as last time" may fill it."""
        return self.name not in JUDGEMENTS and not self.name.endswith("reason") and self.name != "planned_on"


KEYS: tuple[Key, ...] = (
    Key("visit_date", "date"),
    Key("form", "one"),
    Key("ending", "one"),
    Key("targets", "many", "ending=1,4"),
    Key("lost_reason", "one", "ending=2"),
    Key("lost_note", "text", "lost_reason=5", wide=True),
    Key("death_date", "date", "ending=3"),
    Key("death_cause", "one", "ending=3"),
    Key("death_disease", "one", "death_cause=1"),
    Key("death_note", "text", "death_cause=6", wide=True),
    Key("risk", "one", "ending=1"),
    Key("risk_reason", "text", "lowered=1", wide=True),
    Key("symptoms", "many", "ending=1"),
    Key("symptoms_note", "text", "symptoms=12", wide=True),
    Key("symptom_severity", "one", "symptoms!=0&ending=1"),
    Key("insight", "one", "ending=1"),
    Key("sleep", "one", "ending=1"),
    Key("diet", "one", "ending=1"),
    Key("soc_selfcare", "one", "ending=1"),
    Key("soc_housework", "one", "ending=1"),
    Key("soc_work", "one", "ending=1"),
    Key("soc_study", "one", "ending=1"),
    Key("soc_interpersonal", "one", "ending=1"),
    Key("danger", "acts", "ending=1"),
    Key("risk_confirmed_reason", "text", "risk=0&danger!=0,7", wide=True),
    Key("locked", "one", "ending=1"),
    Key("hospital", "one", "ending=1"),
    Key("last_discharge", "date", "hospital=2"),
    Key("lab", "one", "ending=1"),
    Key("lab_note", "text", "lab=2", wide=True),
    Key("adherence", "one", "ending=1"),
    Key("untreated_reason", "text", "adherence=3", optional=True, wide=True),
    Key("adr", "one", "ending=1"),
    Key("adr_note", "text", "adr=2", wide=True),
    Key("adr_severity", "one", "adr=2"),
    Key("adr_acute", "one", "adr=2"),
    Key("physical_severity", "one", "ending=1"),
    Key("physical_note", "text", "physical_severity=1,2", optional=True, wide=True),
    Key("effect", "one", "ending=1"),
    Key("refer_suggest", "one", "ending=1"),
    Key("refer_reason", "text", "refer_suggest=2", wide=True),
    Key("referred", "one", "ending=1"),
    Key("refer_to", "text", "referred=2", wide=True),
    Key("drugs", "drugs", "adherence=1,2", wide=True),
    Key("rehab", "many", "ending=1", optional=True),
    Key("rehab_note", "text", "rehab=5", wide=True),
    Key("visit_class", "one", "ending=1", optional=True),
    Key("class_reason", "text", "milder=1", wide=True),
    Key("planned_on", "date", "ending=1,4", optional=True),
    Key("planned_reason", "text", "later=1", optional=True, wide=True),
    Key("doctor", "text", optional=True),
)  # fmt: skip
NAMES = frozenset(key.name for key in KEYS)
#: Names under which problems of the record come, and the box that shows them.
SHOWN_AT = {"danger_acts": "danger", "danger_any": "danger"}
LONGEST = 500


def short_date(text: str, *, month: date, latest: date | None = None, earliest: date | None = None) -> str:
    """`1115` → the fifteenth of November, `15` → that day of the pile's month; whole dates as they are.

    Of several years the one that is not after `latest` (a visit), or not before `earliest` (a next date). What is no date
    comes back as typed.
    """
    plain = text.strip().translate(str.maketrans("０１２３４５６７８９．／－", "0123456789./-"))
    digits = re.sub(r"[^0-9]", "", plain)
    if parts := re.fullmatch(r"([0-9]{1,2})[./-]([0-9]{1,2})", plain):
        digits = f"{int(parts[1]):02}{int(parts[2]):02}"
    elif not re.fullmatch(r"[0-9]{1,8}", plain):
        return plain
    try:
        if len(digits) <= 2:
            return month.replace(day=int(digits)).isoformat()
        if len(digits) in (3, 4):
            day = (int(digits[:-2]), int(digits[-2:]))
            years = (month.year - 1, month.year, month.year + 1)
            found = [made for year in years if (made := _day(year, *day))]
            if latest:
                found = [one for one in found if one <= latest][-1:] or found[:1]
            elif earliest:
                found = [one for one in found if one >= earliest][:1] or found[-1:]
            return found[0].isoformat() if found else plain
        if len(digits) == 6:
            digits = "20" + digits
        if len(digits) == 8:
            return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).isoformat()
    except ValueError:
        return plain
    return plain


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def codes_typed(text: str, known: Sequence[str]) -> list[str]:
    """`1 3 11` or `1,3,11`, and `12` where every code has one digit: the codes in order, what is unknown kept as typed."""
    found: list[str] = []
    for part in re.split(r"[\s,，、;.]+", text.strip()):
        if not part:
            continue
        split = part not in known and all(digit in known for digit in part)
        found += list(part) if split or all(len(code) == 1 for code in known) else [part]
    return sorted(set(found), key=lambda code: (not code.isdigit(), int(code) if code.isdigit() else 0, code))


def acts_typed(text: str) -> dict[str, str]:
    """`0` or `7` none; `1` once 轻度滋事; `1*2 5` twice and once. Keys and values as the form sends them."""
    plain = text.strip()
    if plain in ("0", "7"):
        return {"danger_any": "0"}
    if not plain:
        return {}
    sent = {"danger_any": "1"}
    for part in re.split(r"[\s,，、;]+", plain):
        read = re.fullmatch(r"([1-6])(?:[*xX×]([0-9]{1,3}))?", part)
        if read:
            sent[f"danger_acts.{read[1]}"] = read[2] or "1"
        else:
            sent["danger_acts.1"] = part
    return sent


_DAILY = re.compile(r"^(.*?)[\s]*([0-9.]+)\s*[-－/]\s*([0-9.]+)\s*[-－/]\s*([0-9.]+)\s*([a-zA-Zμ片]*)$")
_LONG = re.compile(
    r"^(.*?)\s*(?:长效)?\s*每?\s*([0-9]+)\s*(天|周|月)\s*(?:1次|一次)?[\s，,]*([0-9.]+)\s*([a-zA-Zμ]*)$"
)
_UNITS = {"天": "day", "周": "week", "月": "month"}


def drugs_typed(text: str) -> dict[str, str]:
    """`奥氮平 0-0-10; 帕利哌酮 每4周 100`: morning, noon, night in mg, or a long-acting injection."""
    sent: dict[str, str] = {}
    parts = [part.strip() for part in re.split(r"[;；\n]+", text) if part.strip()]
    for index, part in enumerate(parts[:DRUG_ROWS]):
        row = f"drugs.{index}."
        if read := _DAILY.match(part):
            sent |= dict(
                zip(
                    (f"{row}drug", f"{row}morning", f"{row}noon", f"{row}night"),
                    read.groups()[:4],
                    strict=True,
                )
            )
            sent[f"{row}unit"] = read[5] or "mg"
        elif read := _LONG.match(part):
            sent |= {
                f"{row}drug": read[1],
                f"{row}long_acting": "1",
                f"{row}every": read[2],
                f"{row}dose": read[4],
            }
            sent |= {f"{row}every_unit": _UNITS[read[3]], f"{row}unit": read[5] or "mg"}
        else:
            sent[f"{row}drug"] = part
    return sent


def drugs_text(rows: Sequence[Mapping[str, object]]) -> str:
    """The drugs of a stored visit in the same short writing."""
    words = []
    for row in rows:
        unit = str(row.get("unit") or "mg")
        after = "" if unit == "mg" else f" {unit}"
        if row.get("every"):
            every = {"day": "天", "week": "周", "month": "月"}.get(str(row.get("every_unit") or "week"), "周")
            words.append(
                f"{row.get('drug', '')} 每{_plain(row['every'])}{every} {_plain(row.get('dose'))}{after}"
            )
        else:
            doses = "-".join(_plain(row.get(time)) for time in ("morning", "noon", "night"))
            words.append(f"{row.get('drug', '')} {doses}{after}")
    return "; ".join(words)


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value or 0)


def form_values(typed: Mapping[str, str], *, month: date, today: date) -> dict[str, list[str]]:
    """What was typed in the boxes as the visit form would have sent it: name → values."""
    sent: dict[str, list[str]] = {}
    for key in KEYS:
        text = typed.get(key.name, "").strip()[:LONGEST]
        if not text:
            continue
        if key.kind == "date":
            later = key.name == "planned_on"
            sent[key.name] = [
                short_date(
                    text, month=month, latest=None if later else today, earliest=month if later else None
                )
            ]
        elif key.kind == "many":
            sent[key.name] = codes_typed(text, tuple(FIELDS[key.name].labels))
        elif key.kind == "acts":
            sent |= {name: [value] for name, value in acts_typed(text).items()}
        elif key.kind == "drugs":
            sent |= {name: [value] for name, value in drugs_typed(text).items()}
        else:
            sent[key.name] = [text]
    return sent


def boxes_of(record: Mapping[str, object]) -> dict[str, str]:
    """A stored record in the writing of the boxes: for what may be taken over from last time."""
    found: dict[str, str] = {}
    for key in KEYS:
        value = record.get(key.name)
        if key.name == "drugs" and isinstance(value, list):
            found["drugs"] = drugs_text(value)
        elif isinstance(value, list):
            found[key.name] = " ".join(str(one) for one in value)
        elif isinstance(value, date):
            found[key.name] = value.isoformat()
        elif isinstance(value, str):
            found[key.name] = value
    return found


def end_of(month: date) -> date:
    """Last day of a month given by its first."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
