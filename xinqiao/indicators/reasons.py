"""Why somebody is in the base of a figure and not in its numerator, in the words of the declaration. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from xinqiao.kernel.periods import month_gap
from xinqiao.kernel.words import sentence

from .state import Frame, State

_MANAGED = frozenset({"man", "man_12m", "std", "std_four", "home", "home_seen", "stable_class3", "stable_class23",
                      "home_std", "home_four_exam", "std_exam", "exam_man", "med_man", "regmed_man", "sz_man", "sz_med_man", "sz_regmed_man", "risk_assessed"})  # fmt: skip
_TAKEN = frozenset(k for k in ("med", "regmed", "med_man", "regmed_man", "med_any", "med_every", "regmed_every", "sz_med",
                               "sz_regmed", "sz_med_man", "sz_regmed_man"))  # fmt: skip
_REGULAR = frozenset(key for key in _TAKEN if "regmed" in key)
_STABLE = frozenset({"stable_class3", "stable_class23", "home_seen"})
_FACE = {"face_half": sentence("本半年无面访"), "face_half_strict": sentence("本半年无面访"), "face_half_home": sentence("本半年无面访"), "face_quarter": sentence("本季度无面访"),
         "face_quarter_strict": sentence("本季度无面访"), "face_quarter_home": sentence("本季度无面访"), "high_risk_seen": sentence("本季度无面访"), "face_year": sentence("本年无面访"), "face_norm": sentence("本半年无面访")}  # fmt: skip
_ADHERENCE = {
    "2": sentence("间断用药"),
    "3": sentence("不用药"),
    "4": sentence("医嘱勿需用药"),
    "": sentence("末次随访未记用药依从性"),
}
_CLASS = {"1": sentence("不稳定"), "2": sentence("基本稳定"), "3": sentence("稳定"), "": sentence("未分类")}


_EXAM = frozenset({"exam", "exam_man", "exam_home", "std_exam", "home_four_exam"})
_FLAGS = {"rehab": sentence("未登记参加社区康复"), "rehab_visits": sentence("本年随访未记康复措施"), "family_doctor": sentence("未登记家庭医生签约"),
          "certificate": sentence("未登记残疾人证"), "subsidy": sentence("未登记监护补助"), "care_group": sentence("未登记关爱帮扶小组")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Why:
    """The reason in a short phrase and what would mend it: visit, face, consent, find, exam, drugs, file, or "" (nothing to do)."""

    text: str
    act: str


def why_not(key: str, state: State, filed_on: date, complete: Sequence[date], frame: Frame) -> Why:
    """Text "" when there is nothing more to say than that the condition does not hold.

    `complete` are the days of complete visits since the year before, oldest first.
    """
    if key in _MANAGED and (reason := _not_managed(state, complete, rolling=key == "man_12m")):
        return reason
    if key in ("std", "home_std", "std_exam") and not state.gaps_kept:
        return Why(gap(filed_on, complete, frame), "visit")
    if key in ("std_four", "home_four_exam") and state.complete_year < 4:
        return Why(sentence("本年完整随访 %(complete_year)s 次", complete_year=state.complete_year), "visit")
    if key in _EXAM:
        if key in ("exam_home", "home_four_exam") and state.in_hospital:
            return Why(sentence("正在住院"), "")
        return Why(sentence("本年未体检"), "exam")
    if key in _TAKEN:
        return _not_taken(key, state, complete)
    if key in ("home", "home_std", *_STABLE) and state.in_hospital:
        return Why(sentence("正在住院"), "")
    if key in _STABLE:
        if not state.seen_in_window:
            return Why(
                sentence("近三个月无完整随访(上次 %(complete)s)", complete=complete[-1])
                if complete
                else sentence("近三个月无完整随访"),
                "visit",
            )
        return Why(
            sentence("末次分类：%(found)s%(on)s", found=_CLASS[state.last_visit_class], on=_on(complete)),
            "visit",
        )
    if key == "face_norm" and state.face_in_half:
        return Why(sentence("本年完整随访 %(complete_year)s 次", complete_year=state.complete_year), "visit")
    if key in _FACE:
        return Why(_FACE[key], "face")
    if key == "risk_assessed":
        return Why(sentence("末次随访无危险性评估"), "visit")
    if key == "case_managed":
        return Why(sentence("本年随访未记为个案管理"), "visit")
    if key in _FLAGS:
        return Why(_FLAGS[key], "visit" if key == "rehab_visits" else "file")
    return Why("", "")


def _on(complete: Sequence[date]) -> str:
    return sentence("(%(day)s)", day=complete[-1]) if complete else ""


def _not_managed(state: State, complete: Sequence[date], *, rolling: bool) -> Why | None:
    if state.lost_now:
        return Why(sentence("失访"), "find")
    if state.legal == "refused":
        return Why(sentence("未同意"), "consent")
    if state.legal == "unasked":
        return Why(sentence("无知情同意记录"), "consent")
    if (state.complete_12m if rolling else state.complete_year) == 0:
        none = sentence("近十二个月无完整随访") if rolling else sentence("本年无完整随访")
        if complete:
            return Why(sentence("%(none)s(上次 %(day)s)", none=none, day=complete[-1]), "visit")
        return Why(sentence("%(none)s(新建档)", none=none) if state.filed_this_year else none, "visit")
    return None


def gap(filed_on: date, complete: Sequence[date], frame: Frame) -> str:
    """The first month gap over 3, e.g. "3月至7月间隔4个月"; months of other years carry the year."""
    before = [day for day in complete if day < frame.year_start]
    year = [day for day in complete if day >= frame.year_start]
    start = before[-1] if before else filed_on
    chain = [start, *year, frame.on]
    for number, (a, b) in enumerate(pairwise(chain)):
        if (months := month_gap(a, b)) > 3:
            first, last = _month(a, frame), _month(b, frame)
            if number == 0 and not before:
                first = sentence("%(month)s建档", month=first)
            if b is frame.on:
                return sentence(
                    "%(first)s至%(last)s尚未再访，已间隔%(n)s个月", first=first, last=last, n=months
                )
            return sentence("%(first)s至%(last)s间隔%(n)s个月", first=first, last=last, n=months)
    if not before and filed_on < frame.year_start:
        return sentence("上一次完整随访在一年以前")
    return sentence("相邻随访间隔超过3个月")


def _month(day: date, frame: Frame) -> str:
    if day.year == frame.on.year:
        return sentence("%(month)s月", month=day.month)
    return sentence("%(year)s年%(month)s月", year=day.year, month=day.month)


def _not_taken(key: str, state: State, complete: Sequence[date]) -> Why:
    if state.complete_year == 0:
        return Why(
            sentence("本年无完整随访(上次 %(complete)s)", complete=complete[-1])
            if complete
            else sentence("本年无完整随访"),
            "visit",
        )
    if key.endswith("_every"):
        return Why(sentence("本年有随访不符合"), "drugs")
    if key in _REGULAR and state.year_adherence == "2":
        return Why(sentence("间断用药%(on)s", on=_on(complete)), "drugs")
    words = _ADHERENCE.get(state.year_adherence, sentence("末次随访未用药"))
    return Why(
        sentence("%(words)s%(on)s", words=words, on=_on(complete)),
        "" if state.year_adherence == "4" else "drugs",
    )
