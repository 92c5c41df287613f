"""What ownview writes."""

from xinqiao.audit import actions as audit
from xinqiao.kernel.words import sentence

from .corrections import NewCorrection, answer_correction, ask_correction
from .viewing import NewView, ask_view, check_readable, decide_view, hand_over_view, withdraw_view

audit.register_actions(
    {
        "ask_view": sentence("申请查阅档案"),
        "decide_view": sentence("查阅前评估"),
        "hand_over_view": sentence("档案摘要交给申请人"),
        "withdraw_view": sentence("撤回查阅申请"),
        "ask_correction": sentence("申请更正档案"),
        "answer_correction": sentence("答复更正申请"),
    }
)

__all__ = [
    "NewCorrection",
    "NewView",
    "answer_correction",
    "ask_correction",
    "ask_view",
    "check_readable",
    "decide_view",
    "hand_over_view",
    "withdraw_view",
]
