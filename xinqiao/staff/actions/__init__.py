"""Writing hand-overs, leave and work records."""

from xinqiao.audit.actions import register_actions

from .handing import (
    NewHandOver,
    complete_hand_over,
    confirm_hand_over,
    draw_up_hand_over,
    withdraw_hand_over,
)
from .leave import NewLeave, arrange_leave, end_leave
from .work import agree_work, answer_appeal, appeal_work, sign_work

register_actions(
    {
        "draw_up_hand_over": "起草交接单",
        "confirm_hand_over": "确认交接单",
        "complete_hand_over": "完成交接",
        "withdraw_hand_over": "撤回交接单",
        "arrange_leave": "登记请假和代班",
        "end_leave": "提前结束代班",
        "sign_work": "签认工作量",
        "agree_work": "复核工作量",
        "appeal_work": "对工作量申诉",
        "answer_appeal": "答复工作量申诉",
    }
)

__all__ = [
    "NewHandOver",
    "NewLeave",
    "agree_work",
    "answer_appeal",
    "appeal_work",
    "arrange_leave",
    "complete_hand_over",
    "confirm_hand_over",
    "draw_up_hand_over",
    "end_leave",
    "sign_work",
    "withdraw_hand_over",
]
