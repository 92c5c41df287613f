"""The lists of the main job. Each is a question about standings; the words say why it is worth asking."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission

from .lists import Act, List

VISIT = Act(_("记录随访"), "followup:record", Permission.RECORD_VISIT)
CALL = Act(_("拨打"), "followup:attempt", Permission.RECORD_ATTEMPT)
EXAM = Act(_("登记体检"), "treatment:exam", Permission.RECORD_VISIT)
ASSIGN = Act(_("指定责任人"), "registry:responsible", Permission.ASSIGN_WORKER)
CONSENT = Act(_("记录知情同意"), "registry:consent", Permission.REGISTER_PERSON)
FILE = Act(_("更新档案"), "registry:edit", Permission.REGISTER_PERSON)
SEARCH = Act(_("查找"), "tracing:begin", Permission.TRACE_LOST)

REGISTERED = "s.state = 'registered'"
HOME = "s.state = 'registered' and not s.in_hospital"
#: Nobody is pressed who declined the service; safety lists keep them.
AGREED = "not s.refused"
VISITS = "case when s.counted_year = %(year)s then s.visits_year else 0 end"
#: Visits that a steady pace of one a quarter would have made by now; a new file counts from its own quarter.
PACE = (
    "case when s.filed_on >= %(year_start)s then %(quarter)s - extract(quarter from s.filed_on)::int + 1"
    " else %(quarter)s end"
)
_RISKIEST = "(9 - coalesce(s.risk, 0))::text || coalesce(nullif(s.visit_class, ''), '4')"
_DUE = "coalesce(to_char(s.due_on, 'YYYYMMDD'), '99999999')"
_OLDEST_VISIT = "coalesce(to_char(s.last_visit_on, 'YYYYMMDD'), '00000000')"
_NOBODY = (
    "not s.worker_named and not exists (select from accounts_user u where u.id = any(s.worker_ids) and u.is_active"
    " and (u.valid_until is null or u.valid_until >= %(today)s) and left(u.place, 6) in (left(s.managing_code, 6),"
    " left(s.managing_code, 4) || '00'))"
)
#: Never seen: registering and every hand-over write one in the same transaction, and an index allows no second. Asked all the same.
_UNCOUNTED = (
    "not exists (select from registry_responsibility r where r.person_id = s.person_id and r.kind = 'counting'"
    " and r.valid_to is null and r.voided_at is null)"
)

#: Something about the answer that speaks now: later day, of one day the one recorded later.
LAST_ANSWER = (
    "exists (select from (select f.* from registry_consent f where f.person_id = s.person_id and f.basis = 'consent'"
    " and f.voided_at is null order by f.happened_on desc, f.recorded_at desc, (f.decision = '0') desc limit 1) c where {})"
)

#: The few who ever did: asked first, so that the last answer of everybody else is not looked for.
_WITHDREW = "(select f.person_id from registry_consent f where f.withdrawn and f.voided_at is null)"

#: By groups of the same workers: one look at each account, however many people. `{where}` is filled with the place.
_NOBODY_COUNT = (
    "(select coalesce(sum(s.people), 0)::int from (select s.worker_ids, s.worker_named, left(s.managing_code, 6) as"  # noqa: S608
    " managing_code, count(*) as people from followup_standing s where {where} and s.state in ('registered', 'lost')"
    f" group by 1, 2, 3) s where {_NOBODY})"
    " + (select count(*)::int from followup_standing s where {where} and s.state in ('registered', 'lost')"
    f" and {_UNCOUNTED} and not ({_NOBODY}))"
)

LISTS = (
    List(
        "overdue",
        _("超期未访"),
        _("应访日已过仍没有随访；先去病情不稳定和危险性高的人家"),
        _("国家基本公共卫生服务规范（第三版）：按病情分类确定随访间隔"),
        "deadline",
        f"{REGISTERED} and s.due_on < %(today)s",
        _RISKIEST + " || " + _DUE,
        ("due_on", "overdue_days", "last_visit_on", "phone"),
        VISIT,
    ),
    List(
        "dropping",
        _("本月掉规范"),
        _("本月底前不随访，月份间隔就超过 3 个月，今年不再算规范管理"),
        _("规范管理按相邻两次随访的月份间隔不超过 3 个月计（规范截止日）"),
        "deadline",
        f"{REGISTERED} and s.norm_deadline between %(today)s and %(month_end)s",
        _OLDEST_VISIT + " || " + _RISKIEST,
        ("norm_deadline", "last_visit_on", "due_on", "phone"),
        VISIT,
    ),
    List(
        "unseen",
        _("本季未面访"),
        _("本季度还没有见到本人；电话随访不算面访，拒绝管理者不在内"),
        _("面访：门诊或家庭访视，本人在场；高风险者每季度应见面一次"),
        "deadline",
        f"{HOME} and {AGREED} and (s.last_face_on is null or s.last_face_on < %(quarter_start)s)",
        _RISKIEST + " || coalesce(to_char(s.last_face_on, 'YYYYMMDD'), '00000000')",
        ("last_face_on", "last_visit_on", "last_form", "due_on"),
        VISIT,
    ),
    List(
        "fewer",
        _("不足4次"),
        _("按每季度一次的进度，今年完整随访次数已经落后；到年底还来得及补的次数写在名单里"),
        _("国家基本公共卫生服务规范（第三版）：在管患者每年至少随访 4 次"),
        "deadline",
        f"{REGISTERED} and {AGREED} and {VISITS} < {PACE}",
        f"lpad(({VISITS})::text, 2, '0') || " + _OLDEST_VISIT,
        ("visits_year", "visits_possible", "last_visit_on", "due_on"),
        VISIT,
    ),
    List(
        "unexamined",
        _("未体检"),
        _("今年还没有健康体检；没答应体检的也在内，条件允许时再问一次"),
        _("国家基本公共卫生服务规范（第三版）：每年 1 次健康检查，须患者或监护人同意"),
        "deadline",
        f"{HOME} and {AGREED} and (s.exam_on is null or s.exam_on < %(year_start)s)",
        "coalesce(to_char(s.exam_refused_on, 'YYYYMMDD'), '00000000')",
        ("exam_on", "exam_refused_on", "last_visit_on", "phone"),
        EXAM,
    ),
    List(
        "unstable",
        _("未住院的病情不稳定患者"),
        _("病情不稳定又没有住院，至少每 2 周见一次，与精神科医师、村（居）委会和民警一起"),
        _("国家基本公共卫生服务规范（第三版）；严重精神障碍管理治疗工作规范（2018年版）"),
        "condition",
        f"{HOME} and s.visit_class = '1'",
        _RISKIEST + " || " + _DUE,
        ("unstable_since", "due_on", "referred_on", "adherence", "phone"),
        VISIT,
    ),
    List(
        "unreferred",
        _("不稳定未转诊"),
        _("评为不稳定以后没有转诊或住院的记录；应立即转诊到上级医院，2 周内随访治疗情况"),
        _("国家基本公共卫生服务规范（第三版）：病情不稳定者对症处理后立即转诊"),
        "condition",
        f"{HOME} and s.visit_class = '1' and (s.referred_on is null or s.referred_on < s.unstable_since)",
        _RISKIEST + " || coalesce(to_char(s.unstable_since, 'YYYYMMDD'), '00000000')",
        ("unstable_since", "last_visit_on", "due_on", "worker"),
        VISIT,
        attention=True,
    ),
    List(
        "risk",
        _("危险性 3 级及以上"),
        _("两人同行，每季度必须面访；出现苗头先联系民警和精神科医师"),
        _("严重精神障碍管理治疗工作规范（2018年版）：3 级及以上为高风险"),
        "condition",
        f"{REGISTERED} and s.risk >= 3",
        _RISKIEST + " || " + _DUE,
        ("due_on", "last_face_on", "in_hospital", "adherence", "guardian"),
        VISIT,
    ),
    List(
        "untaken",
        _("未服药或不规律服药"),
        _("最近一次随访间断用药或不用药；问清原因，一人一策（免费药、送药上门、调药、长效针）"),
        _("严重精神障碍管理治疗工作规范（2018年版）；医嘱不需服药者不在内"),
        "condition",
        f"{HOME} and s.adherence in ('2', '3')",
        "(5 - s.adherence::int)::text || " + _RISKIEST,
        ("adherence", "drugs", "last_visit_on", "due_on", "guardian"),
        VISIT,
    ),
    List(
        "nobody",
        _("责任未落实"),
        _("此刻没有统计归属机构，或没有责任人，或责任人已离岗、停用、调往外县；这张名单应当是空的"),
        _("任何时刻，每位在册患者至少有一个责任机构和一名责任人"),
        "duty",
        f"s.state in ('registered', 'lost') and ({_NOBODY} or {_UNCOUNTED})",
        _RISKIEST,
        ("worker", "institution", "due_on", "last_visit_on"),
        ASSIGN,
        attention=True,
        # By groups of the same workers: one look at each account, however many people.
        count=_NOBODY_COUNT,
    ),
    List(
        "losses",
        _("待核失访"),
        _("三次未访到、走失或去向不明，或随访表上报了失访；乡镇核实后再定是否失访"),
        _("严重精神障碍管理治疗工作规范（2018年版）：三次未访到须有三次有日期的尝试"),
        "duty",
        # The same people as the tab of that name in 失访, where they are decided about.
        "s.state in ('registered', 'lost') and s.person_id in"
        " (select t.person_id from tracing_search t where t.stage = 'waiting')",
        _OLDEST_VISIT,
        ("attempts_since", "last_visit_on", "phone", "guardian"),
        SEARCH,
        attention=True,
    ),
    List(
        "away",
        _("外出"),
        _("联系时说外出、人在外地而联系得上：电话随访，住下来的办流转，不算失访"),
        _("联系得上的外出者不是失访：电话随访或流转到现住地"),
        "duty",
        f"{REGISTERED} and s.away_on is not null",
        "to_char(s.away_on, 'YYYYMMDD')",
        ("away_on", "last_visit_on", "last_form", "due_on", "phone"),
        CALL,
    ),
    List(
        "unguarded",
        _("无监护人或监护薄弱"),
        _("没有监护人，或监护人没有留电话；请村（居）委会帮助落实，紧急时才找得到人"),
        _("严重精神障碍管理治疗工作规范（2018年版）：弱监护者列为重点关注患者"),
        "duty",
        f"{REGISTERED} and s.guardianship in ('0', '2')",
        "s.guardianship || " + _RISKIEST,
        ("guardianship", "guardian", "committee", "due_on"),
        FILE,
    ),
    List(
        "refused",
        _("拒绝管理"),
        _("最近一次答复是不同意；不强行随访，由关爱帮扶小组继续做工作，改变主意时再签一次"),
        _("严重精神障碍管理治疗工作规范（2018年版）：不同意者在册不在管"),
        "duty",
        f"{REGISTERED} and s.refused and not {LAST_ANSWER.format('c.withdrawn')}",
        _RISKIEST,
        ("consent_on", "last_visit_on", "guardian", "worker"),
        CONSENT,
    ),
    List(
        "withdrawn",
        _("撤回同意"),
        _("同意过，后来撤回；看看原因，告知帮扶小组，满一年再征询"),
        _("知情同意可以随时撤回，不需要理由"),
        "duty",
        f"{REGISTERED} and s.person_id in {_WITHDREW} and {LAST_ANSWER.format('c.withdrawn')}",
        _RISKIEST,
        ("consent_on", "last_visit_on", "guardian", "worker"),
        CONSENT,
    ),
    List(
        "unasked",
        _("尚未征询同意"),
        _("还没有问过是否同意；依法报告的，告知以后也要问，并记录答复"),
        _("严重精神障碍管理治疗工作规范（2018年版）：建档时征询一次知情同意"),
        "duty",
        "s.state in ('registered', 'lost') and not exists (select from registry_consent c where c.person_id = s.person_id"
        " and c.basis = 'consent' and c.voided_at is null)",
        _RISKIEST,
        ("consent", "last_visit_on", "guardian", "worker"),
        CONSENT,
    ),
    List(
        "corrections",
        _("待核准的更正"),
        _("死亡和诊断排除的更正：一人提出，另一人核准；核准前档案不变"),
        _("更正死亡、登记或更正诊断排除，须县级另一人核准"),
        "duty",
        "exists (select from registry_lifecorrection c where c.person_id = s.person_id and c.decision = ''"
        " and c.voided_at is null)",
        "s.managing_code",
        ("last_visit_on", "worker"),
        None,
        permission=Permission.APPROVE_CORRECTION,
        attention=True,
        work="registry:corrections",
        count=(
            "(select count(*)::int from registry_lifecorrection s where {where} and s.decision = ''"
            " and s.voided_at is null)"
        ),
    ),
    List(
        "waiting",
        _("待第二人确认"),
        _("较轻的分类或下调的危险性，要另一人看过才算数"),
        _("下调 3 级以上的危险性、轻于建议的分类，须第二人确认"),
        "duty",
        "s.pending_confirmation",
        _RISKIEST,
        ("last_visit_on", "due_on", "worker"),
        None,
        permission=Permission.CONFIRM_CLASS,
        attention=True,
        work="followup:confirmations",
    ),
    List(
        "review",
        _("待审核随访"),
        _("录入后还没有人审核的随访；通过后计入，退回的请录入人补正"),
        _("直报用户审核后录入国家系统"),
        "entry",
        "s.state in ('registered', 'lost') and exists (select from followup_visit v where v.person_id = s.person_id"
        " and v.review_status = '0' and v.voided_at is null and not v.superseded and v.entry_mode <> 'import')",
        _OLDEST_VISIT,
        ("last_visit_on", "due_on", "worker"),
        None,
        permission=Permission.REVIEW_VISIT,
        attention=True,
        work="followup:reviews",
        count=(
            "(select count(distinct s.person_id)::int from followup_visit s where {where} and s.review_status = '0'"
            " and s.voided_at is null and not s.superseded and s.entry_mode <> 'import')"
        ),
    ),
    List(
        "lost",
        _("失访"),
        _("每月请相关部门一起查找一次；找到后随访一次即恢复"),
        _("严重精神障碍管理治疗工作规范（2018年版）：失访者书面报告，每月查找"),
        "duty",
        "s.state = 'lost'",
        _OLDEST_VISIT,
        ("last_visit_on", "worker", "phone", "guardian"),
        SEARCH,
    ),
    List(
        "register",
        _("花名册"),
        _("全部在册的人，按村排列"),
        _("一人一档"),
        "entry",
        "s.state in ('registered', 'lost')",
        "s.managing_code",
        ("sex", "age", "disorder", "worker", "guardian"),
        None,
        counted=False,
    ),
)
