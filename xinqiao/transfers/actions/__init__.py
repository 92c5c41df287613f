"""What transfers writes."""

from xinqiao.audit.actions import register_actions

from .answering import Acceptance, accept_transfer, pass_on_transfer, return_transfer
from .listings import end_listing, list_twice
from .sending import NewTransfer, confirm_left, record_call, send_transfer, withdraw_transfer

register_actions(
    {
        "send_transfer": "发出流转单",
        "accept_transfer": "接收流转",
        "return_transfer": "退回流转",
        "pass_on_transfer": "转送流转单",
        "withdraw_transfer": "撤回流转单",
        "record_transfer_call": "登记流转期间电话联系",
        "end_transfer": "流转随档案终止",
        "confirm_left": "登记迁出回执",
        "list_twice": "登记双列管",
        "end_listing": "结束双列管",
    }
)

__all__ = [
    "Acceptance",
    "NewTransfer",
    "accept_transfer",
    "confirm_left",
    "end_listing",
    "list_twice",
    "pass_on_transfer",
    "record_call",
    "return_transfer",
    "send_transfer",
    "withdraw_transfer",
]
