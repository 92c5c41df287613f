"""Values of clues, re-diagnosis, sweeps and rounds. Codes of the nine items and of sources are those of the printed forms."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

#: The nine items of 精神行为异常识别清单 (F01), in our words: code → what is asked.
ITEMS: dict[str, object] = {
    "1": _("曾住过精神科"),
    "2": _("因精神异常被家人关锁"),
    "3": _("无故冲动，伤人、毁物，或无故离家出走"),
    "4": _("行为古怪，在公共场合蓬头垢面或赤身露体"),
    "5": _("自言自语、自笑，说不合常理的话"),
    "6": _("疑心大，认为周围的人针对自己、要害自己"),
    "7": _("过分兴奋，话多、活动多，惹事、到处乱跑"),
    "8": _("冷漠、孤僻、懒散，不能正常学习、工作、生活"),
    "9": _("有过自杀的行为或企图"),
}
#: Items that by themselves mean that somebody may come to harm now: to others, to oneself.
DANGER_ITEMS = frozenset({"3", "9"})


class Answer(models.TextChoices):
    """有 or 没有: both are answers; an item without one is not answered."""

    YES = "1", _("有")
    NO = "0", _("没有")


class Source(models.TextChoices):
    """线索来源."""

    CARE = "1", _("就医摸排")
    POLICE = "2", _("警情核查")
    FAMILY = "3", _("监护人或家属自报")
    SWEEP = "4", _("调查走访（村居、网格）")
    PUBLIC = "5", _("群众反映")
    OFFICES = "6", _("部门信息交换")
    DISABLED = "7", _("残联提供")
    HOSPITAL = "8", _("医院反馈")
    FORENSIC = "9", _("司法鉴定机构反馈")
    UPDATE = "10", _("残疾人动态更新")
    OTHER = "99", _("其他")


class Sex(models.TextChoices):
    MALE = "1", _("男")
    FEMALE = "2", _("女")
    UNKNOWN = "0", _("不详")


class Judgement(models.TextChoices):
    """初筛结论 of the township: no diagnosis, only where to go on."""

    SIX = "six", _("六类疾病可能，须复核诊断")
    OTHER = "other", _("其他精神障碍可能，须复核诊断")
    CHECK = "check", _("情况不清，待核查")
    EXCLUDE = "exclude", _("排除")


class ClueState(models.TextChoices):
    """Where a clue stands."""

    NEW = "new", _("待初筛")
    CHECKING = "checking", _("核实中")
    SENT = "sent", _("已提请复核")
    CONCLUDED = "concluded", _("已确诊，待建档")
    WATCH = "watch", _("观察中")
    FILED = "filed", _("已建档")
    CLOSED = "closed", _("已结案")


#: States in which somebody still has to do something.
OPEN_STATES = (
    ClueState.NEW,
    ClueState.CHECKING,
    ClueState.SENT,
    ClueState.CONCLUDED,
    ClueState.WATCH,
)


class CloseReason(models.TextChoices):
    """Why a clue was closed without a file of its own."""

    EXCLUDED = "excluded", _("复核诊断排除")
    SCREENED_OUT = "screened_out", _("初筛排除")
    REFERRED = "referred", _("其他精神障碍，已转诊或转介")
    NOT_SIX = "not_six", _("其他精神障碍，不属于六类")
    REFUSED = "refused", _("确诊后不同意建档，已按规定告知")
    KNOWN = "known", _("与在册患者是同一人")
    TWICE = "twice", _("与另一条线索是同一人")
    DECLINED = "declined", _("本人和家属不愿就诊，已动员")
    AWAY = "away", _("已离开本地，已告知现住地")
    DIED = "died", _("已死亡")
    MISTAKE = "mistake", _("登记有误")


def closing_reasons(state: str) -> list[CloseReason]:
    """Why a worker may close a clue in this state, besides that it is somebody on the register: a refusal of the file follows
    a diagnosis, a refusal to see a psychiatrist goes before it."""
    other_ways = {
        CloseReason.EXCLUDED,
        CloseReason.SCREENED_OUT,
        CloseReason.KNOWN,
        CloseReason.NOT_SIX,
        CloseReason.DECLINED if state == ClueState.CONCLUDED else CloseReason.REFUSED,
    }
    return [one for one in CloseReason if one not in other_ways]


class ActKind(models.TextChoices):
    """What a worker does about a clue: asking, persuading, telling those who may send. A worker sends nobody."""

    VISIT = "visit", _("上门核实")
    DANGER = "danger", _("得知有伤害自己或他人的危险")
    CALL = "call", _("电话联系")
    PERSUADE = "persuade", _("动员本人或家属就诊")
    KIN = "kin", _("联系近亲属")
    VILLAGE = "village", _("告知村（居）委会")
    POLICE = "police", _("联系公安机关")
    CIVIL = "civil", _("联系民政部门")
    DOCTOR = "doctor", _("联系精神科医师")
    COUNTY = "county", _("报告县精防办")
    JUDGED = "judged", _("初筛结论")
    AGAIN = "again", _("重新办理")
    OTHER = "other", _("其他")


#: What a worker may note as done; a judgement and taking a closed clue up again are acts of their own.
NOTED_ACTS = tuple(one for one in ActKind if one not in (ActKind.JUDGED, ActKind.AGAIN))


class SentBy(models.TextChoices):
    """Who brought somebody to diagnosis (article 28)."""

    SELF = "self", _("本人")
    KIN = "kin", _("近亲属")
    EMPLOYER = "employer", _("所在单位")
    POLICE = "police", _("公安机关")
    CIVIL = "civil", _("民政等有关部门")


class Purpose(models.TextChoices):
    """What a psychiatrist is asked for."""

    CLUE = "clue", _("线索复核诊断")
    DOUBT = "doubt", _("诊断复核")
    AGAIN = "again", _("再次诊断（本人或监护人要求）")
    FIRST = "first", _("首次全面评估")


class ReviewState(models.TextChoices):
    ASKED = "asked", _("待复核")
    ANSWERED = "answered", _("已有结论")
    RETURNED = "returned", _("医院退回")
    WITHDRAWN = "withdrawn", _("已撤回")


class Result(models.TextChoices):
    """复核诊断."""

    SIX = "six", _("确诊为六类严重精神障碍")
    OTHER = "other", _("其他诊断")
    WATCH = "watch", _("未确诊，继续观察")
    EXCLUDE = "exclude", _("排除精神障碍")


class Outcome(models.TextChoices):
    """处理."""

    FILE = "file", _("建档")
    REFER = "refer", _("转诊治疗")
    WATCH = "watch", _("观察随访")
    CLOSE = "close", _("结案")
    KEEP = "keep", _("诊断不变，继续管理")
    CORRECT = "correct", _("更正诊断")


class RoundPurpose(models.TextChoices):
    """Why somebody is seen when the experts come."""

    REVIEW = "review", _("复核诊断")
    EXAM = "exam", _("体检")
    ADVICE = "advice", _("治疗指导")


class RoundResult(models.TextChoices):
    SEEN = "seen", _("已完成")
    ABSENT = "absent", _("未到")
    REFUSED = "refused", _("本人不愿参加")
    LATER = "later", _("改期")
    OFF = "off", _("误列入名单")
