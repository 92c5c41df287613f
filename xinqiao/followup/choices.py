"""Words and codes of follow-up that no official form prints: tries without contact, flags, outcomes, timing."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class AttemptOutcome(models.TextChoices):
    """What came of a try: a call, or a way to the house. None of them is a visit."""

    ANSWERED = "answered", _("接通，改日随访")
    NO_ANSWER = "no_answer", _("无人接听")
    DEAD_NUMBER = "dead_number", _("空号或停机")
    HUNG_UP = "hung_up", _("拒接")
    RELATIVE = "relative", _("家属代答，未见到本人")
    NOBODY_HOME = "nobody_home", _("上门无人")
    AWAY = "away", _("外出，不在本地")
    REFUSED = "refused", _("拒绝随访")
    OTHER = "other", _("其他")


#: Outcomes that count as 未访到: nobody was reached and nobody said where the person is. Clause: N18/attempts.
MISSES = frozenset({"no_answer", "dead_number", "hung_up", "nobody_home", "away", "other"})
#: What is asked after a call, and at the door.
CALLING = ("answered", "relative", "no_answer", "dead_number", "hung_up", "refused", "away", "other")
AT_THE_DOOR = ("nobody_home", "relative", "away", "refused", "other")


class EntryMode(models.TextChoices):
    """How a visit came in. `unchanged`: what is no judgement was carried over from the last visit and confirmed."""

    FULL = "full", _("逐项填写")
    UNCHANGED = "unchanged", _("沿用上次部分项目")
    PAPER = "paper", _("纸质补录")
    IMPORT = "import", _("导入")


TIMING: dict[str, Any] = {
    "first": _("首次随访"),
    "early": _("提前"),
    "on_time": _("按时"),
    "late": _("逾期"),
    "extra": _("加访"),
}

REVIEW: dict[str, Any] = {"0": _("未审核"), "1": _("审核通过"), "2": _("审核未通过")}

CLASS_SOURCE: dict[str, Any] = {
    "computed": _("按规则得出"),
    "chosen": _("医生选定"),
    "imported": _("导入，未复算"),
}

#: Code of a flag on a visit → words.
FLAGS: dict[str, Any] = {
    "before_filing": _("早于建档日期"),
    "after_death": _("晚于死亡日期"),
    "zero_risk": _("有危险行为而评为 0 级"),
    "zero_risk_confirmed": _("有危险行为而评为 0 级，已说明理由"),
    "propose_4": _("有自伤或自杀未遂，建议不低于 4 级"),
    "propose_3": _("有肇祸，建议不低于 3 级"),
    "insight_recovered": _("按“自知力基本恢复”判定"),
    "risk_lowered": _("下调危险性，须另一人确认"),
    "milder_class": _("分类轻于建议，须另一人确认"),
    "graver_class": _("分类重于建议"),
    "provisional_risk": _("村医评估 3 级及以上，待乡镇核实"),
    "too_mild": _("分类与危险性不符"),
    "needs_tries": _("须有三次未访到记录"),
    "lost_to_verify": _("待核失访"),
    "not_recomputed": _("未复算"),
    "dropped": _("失访或死亡时多填的项目已略去"),
    "missing": _("有未填项目"),
    "amendment": _("更正"),
}

#: What a reviewer is shown first, besides the flags: code → words.
MARKS: dict[str, Any] = {
    "lost": _("失访"),
    "dead": _("死亡"),
    "high_risk": _("危险性 3 级及以上"),
    "acts": _("有危险行为"),
    "locked": _("关锁"),
    "graver": _("分类较上次加重"),
    "milder": _("分类较上次减轻"),
    "risk_down": _("危险性较上次下降"),
    "adherence_down": _("由规律用药变为不规律"),
    "drugs_changed": _("用药有变"),
    "late": _("逾期"),
    "entered_late": _("随访后一周以上才录入"),
    "not_the_person": _("未见到本人"),
}

#: Why somebody goes along: code → words.
PRECAUTIONS: dict[str, Any] = {
    "risk": _("危险性 3 级及以上"),
    "unstable": _("病情不稳定，未住院"),
    "incident": _("有过肇事肇祸"),
    "recent_act": _("上次随访期间有危险行为"),
    "police": _("须民警同行"),
    "weapon": _("曾评为 5 级（持械、纵火等）"),
    "high_risk": _("危险性 4 级及以上"),
    "serious_act": _("上次随访期间有肇祸"),
    "unstable_with_incident": _("病情不稳定，且有过肇事肇祸"),
}
