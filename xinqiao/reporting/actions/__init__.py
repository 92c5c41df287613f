"""What reporting writes."""

from xinqiao.audit.actions import register_actions

from .drafts import NewDraft, discard_draft, save_draft
from .filing import NewFile, file_card, join_card, take_over_discharge
from .paper import PaperCard, enter_paper_card
from .receiving import pass_card, receive_card, return_card
from .searching import answer_search, ask_station, find_address_fault, locate_person
from .sending import NewCard, send_card, withdraw_card

register_actions(
    {
        "save_card_draft": "保存报告卡草稿",
        "discard_card_draft": "删除报告卡草稿",
        "send_card": "报出报告卡或出院信息单",
        "withdraw_card": "撤回报告卡或出院信息单",
        "receive_card": "接收报告卡或出院信息单",
        "return_card": "退回报告卡或出院信息单",
        "pass_card": "转交报告卡或出院信息单",
        "find_address_fault": "登记住址不详或有误",
        "ask_station": "请派出所协查住址",
        "answer_search": "答复住址协查",
        "locate_person": "登记查明的住址",
        "file_card": "据报告卡建档",
        "join_card": "报告卡归入已有档案",
        "take_over_discharge": "出院信息归入档案",
    }
)

__all__ = [
    "NewCard",
    "NewDraft",
    "NewFile",
    "PaperCard",
    "answer_search",
    "ask_station",
    "discard_draft",
    "enter_paper_card",
    "file_card",
    "find_address_fault",
    "join_card",
    "locate_person",
    "pass_card",
    "receive_card",
    "return_card",
    "save_draft",
    "send_card",
    "take_over_discharge",
    "withdraw_card",
]
