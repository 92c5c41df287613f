"""Reading the values of a record: types and codes only, one field at a time. Clause: N3/form/record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import isfinite
from typing import Any, Literal

from xinqiao.kernel.errors import Problem
from xinqiao.kernel.periods import read_day
from xinqiao.kernel.words import sentence, term

from .classify import wrong
from .fields import DRUG_KEYS, DRUG_LABELS, EVERY_UNITS, FIELDS, Field

Mode = Literal["entry", "import"]


class Values:
    """Reads records into `clean` (known keys, dates as `date`, multiple choice sorted, blanks left out) and says in
    `problems` what could not be read."""

    def __init__(self, mode: Mode = "entry") -> None:
        self.mode = mode
        self.clean: dict[str, Any] = {}
        self.problems: list[Problem] = []

    def read(self, record: Mapping[str, Any]) -> None:
        """Read one record."""
        for key in record:
            if key not in FIELDS:
                self.problems.append(
                    Problem(
                        str(key),
                        "unknown_key",
                        sentence("随访记录没有“%(key)s”这一项", key=key),
                        str(key)[:40],
                    )
                )
        for key, field in FIELDS.items():
            value = record.get(key)
            if value is None or value == "" or value == [] or (isinstance(value, str) and not value.strip()):
                continue
            if field.kind == "single" and isinstance(value, str) and value in field.labels:
                self.clean[key] = value  # most of the form
                continue
            read = self._read(field, value)
            if read is not None:
                self.clean[key] = read

    def _read(self, field: Field, value: object) -> Any:
        match field.kind:
            case "date" if (day := _as_date(value)) is not None:
                return day
            case "single" if isinstance(value, str) and value in field.labels:
                return value
            case "int" if type(value) is int and field.low <= value <= field.high:
                return value
            case "bool" if type(value) is bool:
                return value
            case "text" if (
                isinstance(value, str) and len(value.strip()) <= field.longest and "\x00" not in value
            ):
                return value.strip()
            case "multi":
                return self._multi(field, value)
            case "texts":
                return self._texts(field, value)
            case "counts":
                return self._counts(field, value)
            case "drugs":
                return self._drugs(field, value)
        self._wrong(field, value)
        return None

    def _wrong(self, field: Field, value: object) -> None:
        self.problems.append(wrong(field.key, value))

    def _multi(self, field: Field, value: object) -> list[str] | None:
        if (
            not isinstance(value, list | tuple)
            or any(not isinstance(item, str) or item not in field.labels for item in value)
            or len(set(value)) != len(value)
        ):
            self._wrong(field, value)
            return None
        alone = [code for code in field.codes if code.exclusive and code.code in value]
        if alone and len(value) > 1:
            self.problems.append(
                Problem(
                    field.key,
                    "exclusive",
                    sentence(
                        "“%(label)s”选了“%(label2)s”，就不能再选其他项",
                        label=term(field.label),
                        label2=term(alone[0].label),
                    ),
                    "、".join(field.label_of(item) for item in value),
                )
            )
            return None
        return sorted(value)

    def _texts(self, field: Field, value: object) -> list[str] | None:
        if (
            not isinstance(value, list | tuple)
            or len(value) > field.longest
            or any(not isinstance(item, str) or len(item.strip()) > 40 for item in value)
        ):
            self.problems.append(
                Problem(
                    field.key,
                    "wrong_value",
                    sentence(
                        "“%(label)s”应为不超过 %(longest)s 个姓名的列表，每个不超过 40 字",
                        label=term(field.label),
                        longest=field.longest,
                    ),
                    str(value)[:40],
                )
            )
            return None
        return [item.strip() for item in value if item.strip()]

    def _counts(self, field: Field, value: object) -> dict[str, int] | None:
        if not isinstance(value, Mapping):
            self.problems.append(Problem(field.key, "wrong_value", _counts_right(field), str(value)[:40]))
            return None
        found = {code.code: 0 for code in field.codes}
        for key, count in value.items():
            if key not in found or type(count) is not int or not 0 <= count <= field.high:
                label = term(field.label_of(str(key)))
                self.problems.append(
                    Problem(
                        field.key,
                        "wrong_value",
                        sentence(
                            "%(counts_right)s；“%(label)s”的值“%(count)s”无效",
                            counts_right=_counts_right(field),
                            label=label,
                            count=str(count)[:20],
                        ),
                        str(count)[:20],
                    )
                )
                return None
            found[key] = count
        return found

    def _drugs(self, field: Field, value: object) -> list[dict[str, Any]] | None:
        def bad(row: int, key: str, right: str, shown: object) -> None:
            self.problems.append(
                Problem(
                    f"{field.key}.{row}.{key}",
                    "wrong_value",
                    sentence(
                        "“%(label)s”第 %(row)s 行“%(item)s”的值“%(shown)s”无效，应为%(right)s",
                        label=term(field.label),
                        row=row + 1,
                        item=term(DRUG_LABELS.get(key, key)),
                        shown=str(shown)[:20],
                        right=right,
                    ),
                    str(shown)[:20],
                )
            )

        if not isinstance(value, list | tuple) or any(not isinstance(item, Mapping) for item in value):
            self._wrong(field, value)
            return None
        if len(value) > field.longest:
            self.problems.append(
                Problem(
                    field.key,
                    "too_many",
                    sentence(
                        "“%(label)s”有 %(count)s 行，最多 %(longest)s 行",
                        label=term(field.label),
                        count=len(value),
                        longest=field.longest,
                    ),
                    str(len(value)),
                )
            )
            return None
        before = len(self.problems)
        rows: list[dict[str, Any]] = []
        for index, item in enumerate(value):
            for key in item:
                if key not in DRUG_KEYS:
                    bad(index, str(key), sentence("已知的项目"), key)
            name = item.get("drug")
            if not isinstance(name, str) or not name.strip() or len(name) > 80:
                bad(index, "drug", sentence("不超过 80 字的药名"), name if name is not None else "")
                continue
            long_acting = item.get("long_acting", False)
            if type(long_acting) is not bool:
                bad(index, "long_acting", sentence("是（true）或否（false）"), long_acting)
                continue
            row: dict[str, Any] = {"drug": name.strip(), "long_acting": long_acting}
            for key in ("morning", "noon", "night", "dose", "every"):
                number = item.get(key)
                if number is None or number == "":
                    continue
                if type(number) not in (int, float) or not isfinite(number) or not 0 <= number <= 100_000:
                    bad(index, key, sentence("0 到 100000 的数"), number)
                else:
                    row[key] = number
            unit = item.get("unit") or "mg"
            if not isinstance(unit, str) or len(unit) > 10:
                bad(index, "unit", sentence("不超过 10 字的单位"), unit)
            row["unit"] = unit
            every_unit = item.get("every_unit")
            if every_unit not in (None, ""):
                if every_unit not in EVERY_UNITS:
                    bad(index, "every_unit", sentence("day 天、week 周、month 月"), every_unit)
                row["every_unit"] = every_unit
            if (
                long_acting
                and not (row.get("dose") and row.get("every") and row.get("every_unit"))
                and self.mode == "entry"
            ):
                bad(index, "dose", sentence("长效药的每次剂量、间隔和间隔单位"), "")
            rows.append(row)
        names = [row["drug"] for row in rows]
        for index, name in enumerate(names):
            if name in names[:index]:
                self.problems.append(
                    Problem(
                        f"{field.key}.{index}.drug",
                        "duplicate",
                        sentence(
                            "“%(label)s”中“%(name)s”重复，同一药只填一行", label=term(field.label), name=name
                        ),
                        name,
                    )
                )
        return rows if len(self.problems) == before else None


def _counts_right(field: Field) -> str:
    return sentence(
        "“%(label)s”应按种类给出次数，如 {'1': 0, '5': 1}，次数为 0 到 %(high)s 的整数",
        label=term(field.label),
        high=field.high,
    )


def read_values(record: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Types and codes only: the known keys that are given, as `check_record` reads them, and what could not be read."""
    values = Values("import")
    values.read(record)
    return values.clean, values.problems


def _as_date(value: object) -> date | None:
    if isinstance(value, date):
        # a datetime is a date in Python, but no civil date
        return value if type(value) is date else None
    if isinstance(value, str):
        try:
            return read_day(value)
        except ValueError:
            return None
    return None
