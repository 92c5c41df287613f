"""Why somebody is in the base of a figure and not in its numerator, in the words of the declaration. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from xinqiao.kernel.periods import month_gap

from .state import Frame, State

_MANAGED = frozenset({"man", "man_12m", "std", "std_four", "home", "home_seen", "stable_class3", "stable_class23",
                      "home_std", "home_four_exam", "std_exam", "exam_man", "med_man", "regmed_man", "sz_man", "sz_med_man", "sz_regmed_man", "risk_assessed"})  # fmt: skip
_TAKEN = frozenset(k for k in ("med", "regmed", "med_man", "regmed_man", "med_any", "med_every", "regmed_every", "sz_med",
                               "sz_regmed", "sz_med_man", "sz_regmed_man"))  # fmt: skip
_REGULAR = frozenset(key for key in _TAKEN if "regmed" in key)
_STABLE = frozenset({"stable_class3", "stable_class23", "home_seen"})
_FACE = {"face_half": "本半年", "face_half_strict": "本半年", "face_half_home": "本半年", "face_quarter": "本季度",
         "face_quarter_strict": "本季度", "face_quarter_home": "本季度", "high_risk_seen": "本季度", "face_year": "本年", "face_norm": "本半年"}  # fmt: skip
_ADHERENCE = {"2": "间断用药", "3": "不用药", "4": "医嘱勿需用药", "": "末次随访未记用药依从性"}
_CLASS = {"1": "不稳定", "2": "基本稳定", "3": "稳定", "": "未分类"}


_EXAM = frozenset({"exam", "exam_man", "exam_home", "std_exam", "home_four_exam"})
_FLAGS = {"rehab": "未登记参加社区康复", "rehab_visits": "本年随访未记康复措施", "family_doctor": "未登记家庭医生签约",
          "certificate": "未登记残疾人证", "subsidy": "未登记监护补助", "care_group": "未登记关爱帮扶小组"}  # fmt: skip


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
        return Why(f"本年完整随访 {state.complete_year} 次", "visit")
    if key in _EXAM:
        if key in ("exam_home", "home_four_exam") and state.in_hospital:
            return Why("正在住院", "")
        return Why("本年未体检", "exam")
    if key in _TAKEN:
        return _not_taken(key, state, complete)
    if key in ("home", "home_std", *_STABLE) and state.in_hospital:
        return Why("正在住院", "")
    if key in _STABLE:
        if not state.seen_in_window:
            return Why(
                f"近三个月无完整随访(上次 {complete[-1]})" if complete else "近三个月无完整随访", "visit"
            )
        return Why(f"末次分类：{_CLASS[state.last_visit_class]}{_on(complete)}", "visit")
    if key == "face_norm" and state.face_in_half:
        return Why(f"本年完整随访 {state.complete_year} 次", "visit")
    if key in _FACE:
        return Why(_FACE[key] + "无面访", "face")
    if key == "risk_assessed":
        return Why("末次随访无危险性评估", "visit")
    if key == "case_managed":
        return Why("本年随访未记为个案管理", "visit")
    if key in _FLAGS:
        return Why(_FLAGS[key], "visit" if key == "rehab_visits" else "file")
    return Why("", "")


def _on(complete: Sequence[date]) -> str:
    return f"({complete[-1]})" if complete else ""


def _not_managed(state: State, complete: Sequence[date], *, rolling: bool) -> Why | None:
    if state.lost_now:
        return Why("失访", "find")
    if state.legal == "refused":
        return Why("未同意", "consent")
    if state.legal == "unasked":
        return Why("无知情同意记录", "consent")
    if (state.complete_12m if rolling else state.complete_year) == 0:
        span = "近十二个月" if rolling else "本年"
        last = f"(上次 {complete[-1]})" if complete else "(新建档)" if state.filed_this_year else ""
        return Why(f"{span}无完整随访{last}", "visit")
    return None


def gap(filed_on: date, complete: Sequence[date], frame: Frame) -> str:
    """The first month gap over 3, e.g. "3月至7月间隔4个月"; months of other years carry the year."""
    before = [day for day in complete if day < frame.year_start]
    year = [day for day in complete if day >= frame.year_start]
    start = before[-1] if before else filed_on
    chain = [start, *year, frame.on]
    for number, (a, b) in enumerate(pairwise(chain)):
        if (months := month_gap(a, b)) > 3:
            first = _month(a, frame) + ("建档" if number == 0 and not before else "")
            return f"{first}至{_month(b, frame)}{'尚未再访，已' if b is frame.on else ''}间隔{months}个月"
    if not before and filed_on < frame.year_start:
        return "上一次完整随访在一年以前"
    return "相邻随访间隔超过3个月"


def _month(day: date, frame: Frame) -> str:
    return f"{day.month}月" if day.year == frame.on.year else f"{day.year}年{day.month}月"


def _not_taken(key: str, state: State, complete: Sequence[date]) -> Why:
    if state.complete_year == 0:
        return Why(f"本年无完整随访(上次 {complete[-1]})" if complete else "本年无完整随访", "visit")
    if key.endswith("_every"):
        return Why("本年有随访不符合", "drugs")
    if key in _REGULAR and state.year_adherence == "2":
        return Why(f"间断用药{_on(complete)}", "drugs")
    words = _ADHERENCE.get(state.year_adherence, "末次随访未用药")
    return Why(f"{words}{_on(complete)}", "" if state.year_adherence == "4" else "drugs")
