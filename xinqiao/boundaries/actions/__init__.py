"""What boundaries writes: plans of changes, the change itself in one transaction, and who goes to which of two villages."""

from xinqiao.audit import actions as audit

from .assigning import assign_village
from .carrying import carry_out, carry_out_due
from .planning import NewChange, plan_change, plan_undo, withdraw_change

audit.register_actions(
    {
        "plan_borders": "拟定区划调整",
        "withdraw_borders": "撤回区划调整",
        "change_borders": "施行区划调整",
        "assign_village": "村拆分后定村",
    }
)

__all__ = [
    "NewChange",
    "assign_village",
    "carry_out",
    "carry_out_due",
    "plan_change",
    "plan_undo",
    "withdraw_change",
]
