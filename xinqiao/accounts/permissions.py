"""What each role may do, in one table, with the words the page 角色与权限 shows. Where (which records) is the scope's
business: this says what, `WHERE` says in words how far."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import NotAllowed
from xinqiao.kernel.terms import Role


class Permission(StrEnum):
    """One operation somebody may or may not do."""

    VIEW_RECORDS = "view_records"
    UNMASK = "unmask"
    RECORD_VISIT = "record_visit"
    RECORD_ATTEMPT = "record_attempt"
    REGISTER_PERSON = "register_person"
    ASSIGN_WORKER = "assign_worker"
    AMEND_VISIT = "amend_visit"
    REVIEW_VISIT = "review_visit"
    CONFIRM_CLASS = "confirm_class"
    LOOK_UP_REGISTERED = "look_up_registered"
    IMPORT_REGISTER = "import_register"
    ENTER_NATIONAL = "enter_national"
    COMPARE_NATIONAL = "compare_national"
    CORRECT_RECORD = "correct_record"
    EXPORT_LIST = "export_list"
    SEE_FIGURES = "see_figures"
    OPEN_FIGURE = "open_figure"
    TAKE_PART = "take_part"
    ARRANGE_STAFF = "arrange_staff"
    SIGN_OWN_WORK = "sign_own_work"
    COUNTERSIGN_WORK = "countersign_work"
    MANAGE_USERS = "manage_users"
    MANAGE_PLACES = "manage_places"
    READ_TRAIL = "read_trail"
    SET_RULES = "set_rules"
    SEE_INBOX = "see_inbox"
    RECORD_CLUE = "record_clue"
    REVIEW_CLUE = "review_clue"
    DIAGNOSE = "diagnose"
    REPORT_CARD = "report_card"
    RECEIVE_CARD = "receive_card"
    SEARCH_ADDRESS = "search_address"
    TRANSFER_PERSON = "transfer_person"
    TRACE_LOST = "trace_lost"
    CLOSE_TRACE = "close_trace"
    GIVE_ACCESS = "give_access"
    DO_CAMPAIGN = "do_campaign"
    RUN_CAMPAIGN = "run_campaign"
    APPROVE_CORRECTION = "approve_correction"
    CHANGE_BORDERS = "change_borders"


_P = Permission
_VILLAGE = frozenset(
    {
        _P.VIEW_RECORDS,
        _P.UNMASK,
        _P.RECORD_VISIT,
        _P.RECORD_ATTEMPT,
        _P.LOOK_UP_REGISTERED,
        _P.SEE_FIGURES,
        _P.OPEN_FIGURE,
        _P.TAKE_PART,
        _P.SEE_INBOX,
        _P.RECORD_CLUE,
        _P.TRACE_LOST,
        _P.DO_CAMPAIGN,
    }
)
_TOWNSHIP = _VILLAGE | {
    _P.REGISTER_PERSON,
    _P.ASSIGN_WORKER,
    _P.AMEND_VISIT,
    _P.REVIEW_VISIT,
    _P.CONFIRM_CLASS,
    _P.EXPORT_LIST,
    _P.ENTER_NATIONAL,
    _P.ARRANGE_STAFF,
    _P.COUNTERSIGN_WORK,
    _P.REVIEW_CLUE,
    _P.RECEIVE_CARD,
    _P.TRANSFER_PERSON,
    _P.CLOSE_TRACE,
    _P.GIVE_ACCESS,
    _P.RUN_CAMPAIGN,
}
_COUNTY = _TOWNSHIP | {
    _P.IMPORT_REGISTER,
    _P.CORRECT_RECORD,
    _P.COMPARE_NATIONAL,
    _P.MANAGE_USERS,
    _P.APPROVE_CORRECTION,
}

TABLE: dict[Role, frozenset[Permission]] = {
    Role.VILLAGE_DOCTOR: _VILLAGE | {_P.SIGN_OWN_WORK},
    Role.TOWNSHIP_WORKER: _TOWNSHIP,
    Role.COUNTY_OFFICE: _COUNTY,
    Role.CITY_OFFICE: frozenset({_P.SEE_FIGURES}),
    Role.PROVINCE_OFFICE: frozenset({_P.SEE_FIGURES}),
    Role.HOSPITAL_DOCTOR: frozenset({_P.REPORT_CARD, _P.DIAGNOSE, _P.SEE_INBOX}),
    Role.POLICE: frozenset({_P.SEARCH_ADDRESS}),
    Role.PROGRAMME_ADMIN: frozenset({_P.SEE_FIGURES, _P.SET_RULES}),
    Role.SYSTEM_ADMIN: frozenset({_P.MANAGE_USERS, _P.MANAGE_PLACES, _P.CHANGE_BORDERS}),
    Role.AUDITOR: frozenset({_P.READ_TRAIL}),
}


def may(actor: Actor, permission: Permission) -> bool:
    """Whether the actor's role holds the permission."""
    return permission in TABLE[actor.role]


def require(actor: Actor, permission: Permission) -> None:
    """NotAllowed unless the role holds the permission."""
    if not may(actor, permission):
        raise NotAllowed(code=f"not_allowed.{permission.value}")


# ── the same in words ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Words:
    """A permission on the page: under which heading, its name, and what it allows in a sentence."""

    group: Any
    label: Any
    allows: Any


_RECORDS, _VISITS, _PATHS, _FIGURES, _STAFF, _SYSTEM = (
    _("档案"),
    _("随访"),
    _("发现与流转"),
    _("数据"),
    _("人员"),
    _("系统"),
)

WORDS: dict[Permission, Words] = {
    _P.VIEW_RECORDS: Words(_RECORDS, _("查看档案"), _("打开名单和个人档案；每次查看都记入本人的查阅记录")),
    _P.UNMASK: Words(_RECORDS, _("显示完整号码"), _("临时显示证件号、电话和详细地址，每次都记入查阅记录")),
    _P.REGISTER_PERSON: Words(
        _RECORDS, _("建档和更新"), _("登记新患者，更新档案，记录知情同意和变动；原值留存")
    ),
    _P.LOOK_UP_REGISTERED: Words(
        _RECORDS,
        _("核对是否已建档"),
        _("凭完整证件号等询问某人是否已有档案；只答联系机构，村医只得到“已提交核对”"),
    ),
    _P.ASSIGN_WORKER: Words(_RECORDS, _("指定责任人"), _("变更某人的责任机构和责任人，任何时刻都有人负责")),
    _P.CORRECT_RECORD: Words(
        _RECORDS, _("更正与处理重复"), _("更正已确认的内容，处理疑似重复，作废录错的记录")
    ),
    _P.IMPORT_REGISTER: Words(_RECORDS, _("导入"), _("从工作簿导入名册和随访，逐行核对后整批提交")),
    _P.ENTER_NATIONAL: Words(
        _VISITS, _("国网待录与比对"), _("标记随访已录入国网等平台，处理名单比对发现的差异")
    ),
    _P.COMPARE_NATIONAL: Words(
        _VISITS, _("比对国网名单"), _("上传国网导出的名单逐人比对，设定待录范围和其他平台")
    ),
    _P.EXPORT_LIST: Words(_RECORDS, _("导出名单"), _("导出和打印花名册、台账等，每次导出都有记录")),
    _P.RECORD_VISIT: Words(
        _VISITS, _("记录随访"), _("填写随访记录表，约定下次日期，10 分钟内撤销自己的记录")
    ),
    _P.RECORD_ATTEMPT: Words(_VISITS, _("记录未联系上"), _("记下一次电话或上门未联系上及其结果")),
    _P.AMEND_VISIT: Words(_VISITS, _("更正随访"), _("以新的一版更正随访记录，原来的一版仍可查看")),
    _P.REVIEW_VISIT: Words(_VISITS, _("审核随访"), _("审核别人录入的随访：通过，或写明原因退回")),
    _P.CONFIRM_CLASS: Words(_VISITS, _("第二人确认"), _("确认较轻的分类或下调的危险性；不能确认自己写的")),
    _P.SEE_INBOX: Words(_PATHS, _("查看办理时限"), _("查看自己要办的各项时限：何时到期，逾期后报给谁")),
    _P.RECORD_CLUE: Words(_PATHS, _("登记线索"), _("按识别清单登记需要核实的线索，记录动员和联系")),
    _P.REVIEW_CLUE: Words(_PATHS, _("复核线索"), _("作出初筛结论，联系诊断，结案；组织摸排和下乡会诊")),
    _P.DIAGNOSE: Words(_PATHS, _("诊断与评估"), _("只看到送到本院的人：填写复核诊断和首次评估的结论")),
    _P.REPORT_CARD: Words(_PATHS, _("填报报告卡"), _("填报本院的报告卡和出院信息单，查看办理到哪一步")),
    _P.RECEIVE_CARD: Words(_PATHS, _("接收报告卡"), _("接收、退回或转交报告卡和出院信息单，据此建档")),
    _P.SEARCH_ADDRESS: Words(
        _PATHS, _("协查住址"), _("只看到请求协查的姓名、性别、证件号和最后住址，答复结果")
    ),
    _P.TRANSFER_PERSON: Words(_PATHS, _("流转"), _("发起、接收、退回流转；对方接收前双方都负责")),
    _P.TRACE_LOST: Words(_PATHS, _("查找失访患者"), _("记录查找的步骤、依据和日期")),
    _P.CLOSE_TRACE: Words(_PATHS, _("认定和报告失访"), _("认定失访，出具书面报告，找到后结束查找")),
    _P.GIVE_ACCESS: Words(_PATHS, _("办理本人查阅"), _("受理本人查阅和更正的申请，打印给本人的档案摘要")),
    _P.DO_CAMPAIGN: Words(_PATHS, _("办理专项行动"), _("办理专项行动中自己名下的人和村")),
    _P.RUN_CAMPAIGN: Words(
        _PATHS, _("组织专项行动"), _("确定名单、负责人、期限和步骤，查看进度，结束时汇总")
    ),
    _P.APPROVE_CORRECTION: Words(
        _RECORDS, _("第二人核准更正"), _("核准更正死亡和排除诊断等变动；不能核准自己提出的")
    ),
    _P.CHANGE_BORDERS: Words(_SYSTEM, _("调整区划"), _("合并、拆分、划转区划，先预演人数再施行；看不到患者")),
    _P.SEE_FIGURES: Words(_FIGURES, _("查看统计"), _("查看各项数和率、口径和走势，只有数字")),
    _P.OPEN_FIGURE: Words(_FIGURES, _("查看名单"), _("由统计数字打开其后的名单，限自己看得到档案的人")),
    _P.TAKE_PART: Words(_STAFF, _("确认自己的交接"), _("作为移交人或接收人确认交接单，查看自己的代班")),
    _P.ARRANGE_STAFF: Words(_STAFF, _("安排交接和代班"), _("起草和完成交接单，安排请假期间由谁代班")),
    _P.SIGN_OWN_WORK: Words(_STAFF, _("签认工作量"), _("核对并签认自己每季度的工作量，有异议可以申诉")),
    _P.COUNTERSIGN_WORK: Words(_STAFF, _("复核工作量"), _("复核村医签认的工作量，答复申诉")),
    _P.MANAGE_USERS: Words(
        _STAFF,
        _("管理账号"),
        _("开通、变更、停用低于自己一级的账号，重置密码；系统管理员可管理各级账号"),
    ),
    _P.MANAGE_PLACES: Words(_SYSTEM, _("管理地方和机构"), _("查看区划，新增、撤销机构，指定机构负责人")),
    _P.SET_RULES: Words(
        _SYSTEM, _("登记当地规定"), _("按当地文件登记目标值、随访间隔、时限等，写明依据和施行日期")
    ),
    _P.READ_TRAIL: Words(_SYSTEM, _("查看操作记录"), _("只读查看谁在何时做了什么；不显示患者姓名")),
}

#: How far a role reaches.
WHERE: dict[Role, Any] = {
    Role.VILLAGE_DOCTOR: _("自己负责的村，代班期间含代班的村"),
    Role.TOWNSHIP_WORKER: _("本乡镇（街道）"),
    Role.COUNTY_OFFICE: _("本县（区）"),
    Role.CITY_OFFICE: _("全市，只有数字，没有个人档案"),
    Role.PROVINCE_OFFICE: _("全省，只有数字，没有个人档案"),
    Role.HOSPITAL_DOCTOR: _("送到本院或由本院填报的人和表，看不到社区档案"),
    Role.POLICE: _("请本所协查住址的几项信息，看不到档案"),
    Role.PROGRAMME_ADMIN: _("本地区，只有数字，没有个人档案"),
    Role.SYSTEM_ADMIN: _("本地区的账号和机构，看不到任何患者"),
    Role.AUDITOR: _("本地区的操作记录，看不到患者姓名和病情"),
}
