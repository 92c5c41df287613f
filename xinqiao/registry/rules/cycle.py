"""The life of a file: its states, the one table of steps between them, and the state on any day.

States are never stored. `state_on` folds the dated events that are known now, in an order that does not hang on who typed
first; so the state of a past day is the same whenever it is asked, unless the facts were corrected. What somebody reported
before a file was made (`suspected`, `confirmed`, `cleared`) are events of clues and cards: they stand in the table, and the
domains above hand them in; the registry keeps the others as `LifeEvent`.

In the register (在册) are REGISTERED and LOST; whether somebody in it is managed (在管) is computed (`management_on`), with the
reason when not. IN_HOSPITAL is beside the state, not one of its own. Clauses: R13/correct, N18/lost, OWN/second-person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from .service import Service


class Event(Protocol):
    """A life event as the rules read it; voided ones are left out by the caller."""

    @property
    def kind(self) -> str: ...

    @property
    def happened_on(self) -> date: ...


NOT_FILED, SUSPECTED, PENDING = "not_filed", "suspected", "pending"
REGISTERED, LOST, MOVED_OUT, DEAD, EXCLUDED = "registered", "lost", "moved_out", "dead", "excluded"
#: Code → words, in the order in which a file goes through them.
STATES: Mapping[str, str] = {
    NOT_FILED: "尚未建档",
    SUSPECTED: "疑似（线索）",
    PENDING: "确诊待建档",
    REGISTERED: "在册",
    LOST: "失访",
    MOVED_OUT: "已迁出",
    DEAD: "死亡",
    EXCLUDED: "已排除",
}
#: Where a correction leads: to whatever the other events say.
AS_BEFORE = "as_before"
SAME = "same"


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of step: from which states, to which (`SAME`: the state stays; `AS_BEFORE`: a correction), which permission
    it takes when somebody types it, whether a visit may tell it, whether a second person must agree, and the clause."""

    event: str
    label: str
    sources: tuple[str, ...]
    to: str
    permission: str
    clause: str
    by_visit: bool = False
    second_person: bool = False


_BEFORE = (NOT_FILED, SUSPECTED, PENDING)
_ON = (REGISTERED, LOST)
#: The one table of what may happen to a file.
STEPS: tuple[Step, ...] = (
    Step("suspected", "登记线索", (NOT_FILED,), SUSPECTED, "record_clue", "N18/checklist"),
    Step("cleared", "线索排除", (SUSPECTED, PENDING), EXCLUDED, "review_clue", "N18/checklist"),
    Step("confirmed", "确诊报告", (NOT_FILED, SUSPECTED), PENDING, "report_card", "R13/report-card"),
    Step("filed", "建档", _BEFORE, REGISTERED, "register_person", "QYS24/file"),
    Step("referred", "转诊", _ON, SAME, "register_person", "N3/after-referral", by_visit=True),
    Step("admitted", "住院", _ON, SAME, "register_person", "N18/in-hospital", by_visit=True),
    Step("discharged", "出院", _ON, SAME, "register_person", "N18/after-discharge", by_visit=True),
    Step("lost", "失访", (REGISTERED,), LOST, "register_person", "N18/attempts", by_visit=True),
    Step("found", "失访后找到", (LOST,), REGISTERED, "register_person", "OWN/found-again", by_visit=True),
    Step("moved_out", "迁出（对方接收后）", _ON, MOVED_OUT, "transfer_person", "OWN/transfer-receipt"),
    Step("moved_in", "迁入", (*_ON, MOVED_OUT), REGISTERED, "transfer_person", "OWN/transfer-receipt"),
    Step(
        "excluded", "诊断排除", (*_ON, MOVED_OUT), EXCLUDED, "approve_correction", "R13/correct", second_person=True
    ),
    Step(
        "died", "死亡", (*_BEFORE, *_ON, MOVED_OUT, EXCLUDED), DEAD, "register_person", "N3/form/lost-or-dead", by_visit=True
    ),
    Step(
        "undo_exclude", "更正诊断排除", (EXCLUDED,), AS_BEFORE, "approve_correction", "OWN/second-person", second_person=True
    ),
    Step("undo_death", "更正死亡", (DEAD,), AS_BEFORE, "approve_correction", "OWN/second-person", second_person=True),
)  # fmt: skip
STEP: Mapping[str, Step] = {one.event: one for one in STEPS}
#: Kinds after which nobody here owes the person anything.
ENDS = frozenset({"died", "excluded", "moved_out"})
#: Kinds that end a file for good: taking one back needs a second person, and so does recording an exclusion.
GUARDED: Mapping[str, str] = {"died": "undo_death", "excluded": "undo_exclude"}

#: Events of one day happen in this order: what ends care, then what begins it again, and last what ends it for good.
WITHIN_A_DAY = (
    "filed",
    "referred",
    "admitted",
    "discharged",
    "lost",
    "found",
    "moved_out",
    "moved_in",
    "excluded",
    "died",
)
_PLACE = {kind: place for place, kind in enumerate(("suspected", "cleared", "confirmed", *WITHIN_A_DAY))}
_FIRST = _PLACE["filed"]


def place_in_day(kind: str) -> int:
    """Where an event stands among those of one day, however they were entered."""
    return _PLACE[kind] - _FIRST if kind in _PLACE else len(WITHIN_A_DAY)


@dataclass(frozen=True, slots=True)
class State:
    """`state` (a key of `STATES`) and since when; `in_hospital` beside it."""

    state: str
    since: date | None = None
    in_hospital: bool = False

    @property
    def on_register(self) -> bool:
        """Counted as 在册: filed, alive, not excluded, not moved away. The lost count too."""
        return self.state in {REGISTERED, LOST}


def _in_order(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=lambda one: (one.happened_on, place_in_day(one.kind), one.kind))


def _fold(events: Iterable[Event]) -> tuple[State, list[Event]]:
    """The state after these events, and those of them that did not fit the state they met.

    Once a file is made, what happened before its filing counts as well: somebody filed after having died is dead.
    """
    known = _in_order(events)
    filed = next((one.happened_on for one in known if one.kind == "filed"), None)
    state, since, hospital = (NOT_FILED, None, False) if filed is None else (REGISTERED, filed, False)
    unfitting: list[Event] = []
    for event in known:
        if filed is not None and event.kind in {"suspected", "cleared", "confirmed", "filed"}:
            continue  # how it came to the file; the filing itself is where the fold began
        step = STEP.get(event.kind)
        if step is None or step.to == AS_BEFORE or state not in step.sources:
            unfitting.append(event)
            if event.kind not in {"admitted", "discharged"} or state in {DEAD, EXCLUDED}:
                continue  # a stay in hospital is true wherever the person counts
        if event.kind in {"admitted", "discharged"}:
            hospital = event.kind == "admitted"
        if step is not None and step.to != SAME and step.to != state:
            state = step.to
            since = event.happened_on if filed is None else max(event.happened_on, filed)
    return State(state, since, hospital and state in {REGISTERED, LOST}), unfitting


def state_on(events: Iterable[Event], day: date) -> State:
    """The state at the end of `day`. Events in any order.

    Death ends everything but a correction (which voids the event), an exclusion everything but a correction or death; found
    answers lost, and nothing else.
    """
    return _fold(event for event in events if event.happened_on <= day)[0]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The state `state` holds from `since` until the day before the next stretch begins."""

    since: date
    state: State


def course(events: Iterable[Event]) -> list[Stretch]:
    """All changes of state, oldest first: on every day from the first event on exactly one stretch holds."""
    known = list(events)
    found: list[Stretch] = []
    for day in sorted({one.happened_on for one in known}):
        now = state_on(known, day)
        before = found[-1].state if found else None
        if before is None or (before.state, before.in_hospital) != (now.state, now.in_hospital):
            found.append(Stretch(day, now))
    return found


def unfitting(events: Iterable[Event]) -> list[Event]:
    """Events that do not fit the state they met: kept, never counted, shown so that somebody looks."""
    return _fold(events)[1]


def state_before(events: Iterable[Event], kind: str, day: date) -> State:
    """The state that an event of this kind on this day would meet, whatever was recorded later."""
    place = (day, place_in_day(kind))
    met = [one for one in events if one.kind == "filed" or (one.happened_on, place_in_day(one.kind)) < place]
    return _fold(met)[0]


def fits(events: Iterable[Event], kind: str, day: date) -> bool:
    """Whether the table knows this step from the state that holds then."""
    step = STEP.get(kind)
    return step is not None and state_before(events, kind, day).state in step.sources


# ── managed or not ──────────────────────────────────────────────────────────────────────────────────────────────────

#: Why somebody in the register is not managed, as the norm lists it.
NOT_MANAGED: Mapping[str, str] = {
    "1": "拒绝管理（未同意）",
    "2": "失访",
    "3": "本年度无完整随访",
    "4": "新建档尚未随访",
    "5": "长期住外地（待流转）",
    "6": "羁押或服刑",
    "7": "其他",
}


@dataclass(frozen=True, slots=True)
class Management:
    """Whether somebody in the register is managed on a day; `reason` a key of `NOT_MANAGED` when not. None of both outside."""

    managed: bool
    reason: str = ""


def management_on(
    state: State,
    service: Service,
    *,
    complete_this_year: int,
    ever_complete: bool = True,
    filed_this_year: bool = False,
    away: bool = False,
    detained: bool = False,
) -> Management | None:
    """在管 = in the register, not lost, service lawful, at least one complete visit in the year; else the first reason that
    holds, the graver first. None for somebody outside the register."""
    if not state.on_register:
        return None
    if state.state == LOST:
        return Management(False, "2")
    if service.said_no and not service.lawful:
        return Management(False, "1")
    if service.lawful and complete_this_year > 0:
        return Management(True)
    if detained:
        return Management(False, "6")
    if away:
        return Management(False, "5")
    if complete_this_year > 0:
        return Management(False, "7")  # visited, and nobody asked for consent yet
    return Management(False, "4" if filed_this_year and not ever_complete else "3")


def diagram(steps: Sequence[Step] = STEPS) -> str:
    """The table as a mermaid state diagram, for the page of the documentation."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{words}" as {code}' for code, words in STATES.items()]
    lines.append(f"    [*] --> {NOT_FILED}")
    for step in steps:
        words = step.label + ("（须第二人核准）" if step.second_person else "")
        for source in step.sources:
            target = source if step.to == SAME else step.to
            if step.to == AS_BEFORE:
                target = REGISTERED
            lines.append(f"    {source} --> {target}: {words}")
    lines += [
        f"    state {REGISTERED} {{",
        '        state "在管" as managed',
        '        state "非在管（写明原因）" as not_managed',
        "        not_managed --> managed: 本年度首次完整随访（计算得出）",
        "        managed --> not_managed: 新的一年尚无完整随访、不同意或撤回（计算得出）",
        "    }",
    ]
    return "\n".join(lines) + "\n"
