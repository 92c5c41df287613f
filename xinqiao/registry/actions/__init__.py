"""Every write to the registry. `register_people` is the one way a person comes onto it, typed or imported."""

from xinqiao.audit.actions import register_actions

from .attachments import NewScan, attach_scan, open_attachment, void_attachment
from .care import add_care_member, close_care_group, end_care_member, open_care_group
from .consent import Answer, Notice, Withdrawal, record_consent, record_notice, withdraw_consent
from .correct import update_person
from .corrections import NewCorrection, decide_correction, request_correction, take_back_correction
from .dated import NewRow, add_rows, correct_row, end_row
from .handing import hand_over_people
from .household import join_household
from .inquiries import answer_inquiry, check_inquiry, forget_inquiries, read_answer, review_look_ups
from .life import NewLifeEvent, record_life_events
from .lookup import LookedUp, look_up_registered
from .moving import move_person, settle_move
from .plan import NewPerson, Plan, plan_people
from .register import AlreadyRegistered, Registered, register_people, register_person
from .responsibility import change_responsibility
from .unmask import unmask_person
from .void import may_undo, void_fact

register_actions(
    {
        "register_person": "登记患者",
        "register_people": "批量登记患者",
        "record_consent": "登记知情同意",
        "withdraw_consent": "登记撤回同意",
        "record_notice": "登记依法告知",
        "request_correction": "提出更正",
        "approve_correction": "核准更正",
        "refuse_correction": "不核准更正",
        "take_back_correction": "撤回更正申请",
        "record_life_events": "登记生命周期事件",
        "change_responsibility": "变更责任机构或责任人",
        "hand_over_people": "移交服务对象",
        "move_person": "迁移档案",
        "void_fact": "作废一条记录",
        "add_rows": "登记有起止日期的情况",
        "end_row": "结束一条记录",
        "correct_row": "更正一条记录",
        "join_household": "登记同住",
        "open_care_group": "成立关爱帮扶小组",
        "close_care_group": "结束关爱帮扶小组",
        "add_care_member": "登记小组成员",
        "end_care_member": "小组成员离开",
        "look_up_registered": "查询是否已建档",
        "attach_scan": "添加文书",
        "void_attachment": "作废文书",
        "answer_inquiry": "答复是否已建档的核对",
        "forget_inquiry": "去除核对申请的身份信息",
        "read_answer": "查看核对答复",
        "review_look_ups": "复核未建档的查询",
        "rotate_keys": "更换密钥",
        "unmask": "查看完整证件与联系方式",
    }
)

__all__ = [
    "AlreadyRegistered",
    "Answer",
    "LookedUp",
    "NewCorrection",
    "NewLifeEvent",
    "NewPerson",
    "NewRow",
    "NewScan",
    "Notice",
    "Plan",
    "Registered",
    "Withdrawal",
    "add_care_member",
    "add_rows",
    "answer_inquiry",
    "attach_scan",
    "change_responsibility",
    "check_inquiry",
    "close_care_group",
    "correct_row",
    "decide_correction",
    "end_care_member",
    "end_row",
    "forget_inquiries",
    "hand_over_people",
    "join_household",
    "look_up_registered",
    "may_undo",
    "move_person",
    "open_attachment",
    "open_care_group",
    "plan_people",
    "read_answer",
    "record_consent",
    "record_life_events",
    "record_notice",
    "register_people",
    "register_person",
    "request_correction",
    "review_look_ups",
    "settle_move",
    "take_back_correction",
    "unmask_person",
    "update_person",
    "void_attachment",
    "void_fact",
    "withdraw_consent",
]
