"""What follows from the answers to the nine items, who may bring somebody to diagnosis, and what a conclusion leads to. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from xinqiao.kernel.words import sentence

#: Items that by themselves mean danger: to others (impulsive violence), to oneself.
TO_OTHERS, TO_ONESELF = "3", "9"
ITEM_CODES = tuple("123456789")
#: Who may always bring somebody, who only with danger, who only somebody without a home (article 28).
ALWAYS = ("self", "kin")
WITH_DANGER = ("employer", "police")
FOR_VAGRANTS = ("civil",)


@dataclass(frozen=True, slots=True)
class Checked:
    """The checklist read: `items` that were answered 有, `missing` those without an answer."""

    items: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def is_clue(self) -> bool:
        """Any 有 makes a clue."""
        return bool(self.items)

    @property
    def dangers(self) -> tuple[str, ...]:
        """Which kinds of danger the items alone speak of: others, self."""
        found = [name for item, name in ((TO_OTHERS, "others"), (TO_ONESELF, "self")) if item in self.items]
        return tuple(found)


def read_checklist(answers: Mapping[str, str]) -> Checked:
    """`answers`: item → "1" (有) or "0" (没有). Anything else is no answer."""
    return Checked(
        tuple(code for code in ITEM_CODES if answers.get(code) == "1"),
        tuple(code for code in ITEM_CODES if answers.get(code) not in ("0", "1")),
    )


def may_send(sent_by: str, *, danger: bool, vagrant: bool) -> str:
    """ "" when article 28 lets this party bring the person to diagnosis, else a sentence naming who may.

    The person and near relatives always may; employer and police when somebody hurt or may hurt himself or others; civil
    affairs with others a person without a home whose relatives cannot be found. Health workers persuade and contact.
    """
    if sent_by in ALWAYS:
        return ""
    if sent_by in WITH_DANGER:
        if danger:
            return ""
        return sentence(
            "没有伤害自身或危害他人安全的行为或危险时，不由单位或公安机关送诊：请动员本人就诊，或由近亲属送诊（精神卫生法第二十八条）。"
        )
    if sent_by in FOR_VAGRANTS:
        if vagrant:
            return ""
        return sentence(
            "民政等部门只帮助查找不到近亲属的流浪乞讨人员就诊：有家属的由本人就诊或近亲属送诊（精神卫生法第二十八条）。"
        )
    return sentence(
        "精防人员、村医和村（居）干部只动员和联系，不送诊：送诊人应为本人或近亲属；有伤害危险的还可以是所在单位、公安机关，流浪乞讨人员由民政等部门帮助（精神卫生法第二十八条）。"
    )


def who_may_send(*, danger: bool, vagrant: bool) -> tuple[str, ...]:
    """Those whom article 28 allows here, for the form."""
    return (*ALWAYS, *(WITH_DANGER if danger else ()), *(FOR_VAGRANTS if vagrant else ()))


#: Result of a diagnosis for a clue → what it may lead to, the usual first.
LEADS_TO: Mapping[str, tuple[str, ...]] = {
    "six": ("file", "close"),
    "other": ("refer", "watch", "file", "close"),
    "watch": ("watch",),
    "exclude": ("close",),
}
#: The same for somebody on the register.
LEADS_TO_OF_FILE: Mapping[str, tuple[str, ...]] = {
    "six": ("keep", "correct", "refer"),
    "other": ("correct", "keep", "refer"),
    "watch": ("keep", "refer"),
    "exclude": ("correct",),
}


def leads_to(result: str, *, of_file: bool) -> tuple[str, ...]:
    """Outcomes that fit a result."""
    return (LEADS_TO_OF_FILE if of_file else LEADS_TO).get(result, ())


def state_after(result: str, outcome: str) -> str:
    """Where a clue stands once a diagnosis is known. One of the six disorders closes nothing by itself, whatever the
    hospital ticked: the township still has to ask, to tell, to try, and to close it with a reason."""
    if outcome == "watch":
        return "watch"
    return "concluded" if outcome == "file" or result == "six" else "closed"


def requested_in_time(concluded_on: date, requested_on: date, days: int = 3) -> bool:
    """Whether a second diagnosis was asked for in time (article 32: within 3 days of the conclusion)."""
    return (requested_on - concluded_on).days <= days


@dataclass(frozen=True, slots=True)
class Known:
    """What is compared of one person: `birth_on` or `age` on `asked_on` may be missing."""

    name_key: str
    sex: str
    birth_on: date | None
    age: int | None = None
    asked_on: date | None = None


#: Whoever gives an age by heart is often off by a year or two.
AGE_SLACK = 2


def may_be_same(one: Known, other: Known) -> bool:
    """Whether two descriptions may be one person: the same name, no different sex, birth date or about the same age."""
    if not one.name_key or one.name_key != other.name_key:
        return False
    if one.sex in ("1", "2") and other.sex in ("1", "2") and one.sex != other.sex:
        return False
    if one.birth_on and other.birth_on:
        return one.birth_on == other.birth_on
    first, second = _year(one), _year(other)
    return first is None or second is None or abs(first - second) <= AGE_SLACK


def _year(one: Known) -> int | None:
    if one.birth_on:
        return one.birth_on.year
    return one.asked_on.year - one.age if one.age is not None and one.asked_on else None


def quarter_of(day: date) -> tuple[int, int]:
    """(year, quarter)."""
    return day.year, (day.month + 2) // 3


def first_day_of_quarter(year: int, quarter: int) -> date:
    """1 January, 1 April, 1 July or 1 October."""
    return date(year, 3 * quarter - 2, 1)


def last_day_of_quarter(year: int, quarter: int) -> date:
    """31 March, 30 June, 30 September or 31 December."""
    month, day = {1: (3, 31), 2: (6, 30), 3: (9, 30), 4: (12, 31)}[quarter]
    return date(year, month, day)


def missing_villages(villages: Collection[str], done: Collection[str]) -> list[str]:
    """Villages of a sweep that nobody marked, by code."""
    return sorted(set(villages) - set(done))
