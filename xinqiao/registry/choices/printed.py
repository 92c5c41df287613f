"""Code lists of the personal form (F06) and its supplement (F07), as printed, each with the edition it comes from.

`N3` is the print of 2017 (third edition of the public health norms), `N3-2011` the older print whose education and
occupation codes mean other things; a stored code is read with the `form_edition` of its person. National standards are
named where the form itself refers to one. Pure data: rules, forms and workbooks read the same lists.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One printed code and its label; an exclusive code stands alone in a multiple choice."""

    code: str
    label: str
    exclusive: bool = False


Codes = tuple[Code, ...]


def codes(*items: str, exclusive: str = "") -> Codes:
    """`codes("1 男", "2 女")`."""
    pairs = [item.split(" ", 1) for item in items]
    return tuple(Code(code, label, code == exclusive) for code, label in pairs)


EDITIONS = codes("2017 2017年版（第三版）", "2011 2011年及更早版本")
CURRENT_EDITION = "2017"

SEX = codes("1 男", "2 女", "0 未知的性别", "9 未说明的性别")  # GB/T 2261.1
RESIDENT_KIND = codes("1 户籍", "2 非户籍")
YES_NO = codes("1 是", "0 否")

#: CV02.01.101 with the form's own "none"; `00` is ours: no document is a statement, not a gap.
ID_KIND = codes(
    "01 居民身份证", "02 居民户口簿", "03 护照", "04 军官证", "05 驾驶证", "06 港澳居民来往内地通行证",
    "07 台湾居民来往内地通行证", "99 其他法定有效证件", "00 无证件或不详",
)  # fmt: skip
NO_DOCUMENT = "00"
RESIDENT_ID = "01"

#: GB/T 3304.
ETHNIC = codes(
    "01 汉族", "02 蒙古族", "03 回族", "04 藏族", "05 维吾尔族", "06 苗族", "07 彝族", "08 壮族", "09 布依族",
    "10 朝鲜族", "11 满族", "12 侗族", "13 瑶族", "14 白族", "15 土家族", "16 哈尼族", "17 哈萨克族", "18 傣族",
    "19 黎族", "20 傈僳族", "21 佤族", "22 畲族", "23 高山族", "24 拉祜族", "25 水族", "26 东乡族", "27 纳西族",
    "28 景颇族", "29 柯尔克孜族", "30 土族", "31 达斡尔族", "32 仫佬族", "33 羌族", "34 布朗族", "35 撒拉族",
    "36 毛南族", "37 仡佬族", "38 锡伯族", "39 阿昌族", "40 普米族", "41 塔吉克族", "42 怒族", "43 乌孜别克族",
    "44 俄罗斯族", "45 鄂温克族", "46 德昂族", "47 保安族", "48 裕固族", "49 京族", "50 塔塔尔族", "51 独龙族",
    "52 鄂伦春族", "53 赫哲族", "54 门巴族", "55 珞巴族", "56 基诺族", "97 其他", "98 外国血统",
)  # fmt: skip

EDUCATION_BY_EDITION: dict[str, Codes] = {
    "2017": codes(
        "1 研究生", "2 大学本科", "3 大学专科和专科学校", "4 中等专业学校", "5 技工学校", "6 高中", "7 初中", "8 小学",
        "9 文盲或半文盲", "10 不详",
    ),
    "2011": codes("1 文盲或半文盲", "2 小学", "3 初中", "4 高中/技校/中专", "5 大学专科及以上", "6 不详"),
}  # fmt: skip
_WORK = (
    "国家机关、党群组织、企业、事业单位负责人", "专业技术人员", "办事人员和有关人员", "商业、服务业人员",
    "农、林、牧、渔、水利业生产人员", "生产、运输设备操作人员及有关人员", "军人", "不便分类的其他从业人员",
)  # fmt: skip
OCCUPATION_BY_EDITION: dict[str, Codes] = {
    "2017": (*(Code(str(n), label) for n, label in enumerate(_WORK)), Code("8", "无职业")),
    "2011": tuple(Code(str(n), label) for n, label in enumerate(_WORK, 1)),
}
MARITAL = codes("1 未婚", "2 已婚", "3 丧偶", "4 离婚", "5 未说明的婚姻状况")
#: Since 2018 codes 2 and 3 are one scheme (城乡居民基本医疗保险); the printed codes stay.
INSURANCE = codes(
    "1 城镇职工基本医疗保险", "2 城镇居民基本医疗保险", "3 新型农村合作医疗", "4 贫困救助", "5 商业医疗保险", "6 全公费",
    "7 全自费", "8 其他",
)  # fmt: skip

#: GB/T 4761, one digit.
RELATION = codes(
    "1 配偶", "2 子", "3 女", "4 孙子女、外孙子女", "5 父母", "6 祖父母、外祖父母", "7 兄弟姐妹", "8 其他",
)  # fmt: skip
HUKOU_KIND = codes("1 城镇", "2 农村", "3 不详")
EMPLOYMENT = codes(
    "1 在岗工人",
    "2 在岗管理者",
    "3 农民",
    "4 下岗或无业",
    "5 在校学生",
    "6 退休",
    "7 专业技术人员",
    "8 其他",
    "9 不详",
)
ECONOMY = codes("1 贫困，在当地贫困线标准以下", "2 非贫困", "3 不详")
REPORT_TYPE = codes("2 按要求登记的六类病种", "1 发病报告患者（依法报告，无需同意）")
CONSENT = codes("1 同意参加管理", "0 不同意参加管理")
SIGNER = codes("1 本人", "2 监护人")
SYMPTOMS = codes(
    "1 幻觉", "2 交流困难", "3 猜疑", "4 喜怒无常", "5 行为怪异", "6 兴奋话多", "7 伤人毁物", "8 悲观厌世", "9 无故外走",
    "10 自语自笑", "11 孤僻懒散", "12 其他",
)  # fmt: skip
LOCKED = codes("1 无关锁", "2 关锁", "3 关锁已解除")
OUTPATIENT = codes("1 未治", "2 间断门诊治疗", "3 连续门诊治疗")
EFFECT = codes("1 临床痊愈", "2 好转", "3 无变化", "4 加重")
PRECISION = codes("day 准确到日", "month 日不详", "year 月不详")

#: Kinds of dangerous behaviour shared with the visit form; "7 无" stands alone and is stored as an empty count.
DANGER = codes(
    "1 轻度滋事", "2 肇事", "3 肇祸", "4 其他危害行为", "5 自伤", "6 自杀未遂", "7 无", exclusive="7"
)
NO_DANGER = "7"

#: The registered disorders by ICD-10 prefix (GB/T 14396): prefix, category 1–6, name. Longest prefix wins.
DISORDERS: tuple[tuple[str, str, str], ...] = (
    ("F20", "1", "精神分裂症"),
    ("F25", "2", "分裂情感性障碍"),
    ("F22", "3", "偏执性精神病"),
    ("F31", "4", "双相情感障碍"),
    ("F30", "4", "躁狂发作"),
    ("F06.8", "5", "癫痫所致精神障碍"),
    *((f"F7{n}.1", "6", "精神发育迟滞伴发精神障碍") for n in (0, 1, 2, 3, 8, 9)),
)
CATEGORY = codes(
    "1 精神分裂症", "2 分裂情感性障碍", "3 偏执性精神病", "4 双相情感障碍", "5 癫痫所致精神障碍",
    "6 精神发育迟滞伴发精神障碍", "9 其他",
)  # fmt: skip
#: What somebody may write instead of a code: name → ICD-10.
DISORDER_NAMES: dict[str, str] = {
    "精神分裂症": "F20.9",
    "分裂情感性障碍": "F25.9",
    "偏执性精神病": "F22.0",
    "持久的妄想性障碍": "F22.0",
    "双相情感障碍": "F31.9",
    "双相障碍": "F31.9",
    "双相(情感)障碍": "F31.9",
    "癫痫所致精神障碍": "F06.8",
    "精神发育迟滞伴发精神障碍": "F79.1",
}

# F06, state of health. `1 无` stands alone in every multiple choice that has it.
BLOOD = codes("1 A型", "2 B型", "3 O型", "4 AB型", "5 不详")
RH = codes("1 阴性", "2 阳性", "3 不详")
ALLERGY = codes("1 无", "2 青霉素", "3 磺胺", "4 链霉素", "5 其他", exclusive="1")
EXPOSURE = codes("1 无", "2 化学品", "3 毒物", "4 射线", exclusive="1")
PAST_DISEASE = codes(
    "1 无", "2 高血压", "3 糖尿病", "4 冠心病", "5 慢性阻塞性肺疾病", "6 恶性肿瘤", "7 脑卒中", "8 严重精神障碍", "9 结核病",
    "10 肝炎", "11 其他法定传染病", "12 职业病", "13 其他", exclusive="1",
)  # fmt: skip
FAMILY_DISEASE = codes(
    "1 无", "2 高血压", "3 糖尿病", "4 冠心病", "5 慢性阻塞性肺疾病", "6 恶性肿瘤", "7 脑卒中", "8 严重精神障碍", "9 结核病",
    "10 肝炎", "11 先天畸形", "12 其他", exclusive="1",
)  # fmt: skip
NO_OR_YES = codes("1 无", "2 有")
#: F03: the same illness in the two lines and three generations of the family.
MENTAL_KIN = codes("1 有", "2 无", "3 不详")
DISABILITY = codes(
    "1 无残疾", "2 视力残疾", "3 听力残疾", "4 言语残疾", "5 肢体残疾", "6 智力残疾", "7 精神残疾", "8 其他残疾", exclusive="1",
)  # fmt: skip
#: What stands for "none" alone in the lists above.
NONE = "1"

# F06, surroundings: an optional module.
KITCHEN = codes("1 无", "2 油烟机", "3 换气扇", "4 烟囱")
FUEL = codes("1 液化气", "2 煤", "3 天然气", "4 沼气", "5 柴火", "6 其他")
WATER = codes("1 自来水", "2 经净化过滤的水", "3 井水", "4 河湖水", "5 塘水", "6 其他")
TOILET = codes("1 卫生厕所", "2 一格或二格粪池式", "3 马桶", "4 露天粪坑", "5 简易棚厕")
LIVESTOCK = codes("1 无", "2 单设", "3 室内", "4 室外")

# F07, additions of the 2018 norm.
#: GB/T 26341, by the score of the disability schedule: 1 ≥116, 2 106–115, 3 96–105, 4 52–95.
DISABILITY_LEVEL = codes("1 一级", "2 二级", "3 三级", "4 四级")
#: GB/T 4761 seen from the head of the household.
HOUSEHOLD_RELATION = codes(
    "0 户主", "1 配偶", "2 子", "3 女", "4 孙子女、外孙子女", "5 父母", "6 祖父母、外祖父母", "7 兄弟姐妹", "8 其他",
)  # fmt: skip
#: Who may take on a part for a person; a profile (五包一 and the like) says which of them are wanted where.
RESPONSIBLE_ROLE = codes(
    "cadre 村（居）干部", "police 社区民警", "doctor 精防人员", "grid 网格员", "guardian 监护人", "civil 民政工作人员",
    "disabled 残联工作人员", "leader 包联干部", "psychiatrist 精神科医师", "volunteer 志愿者", "other 其他",
)  # fmt: skip
MANAGEMENT_MODE = codes("1 基础管理", "2 个案管理")

LOST_REASON = codes("1 外出打工", "2 迁居他处", "3 走失", "4 连续3次未访到", "5 其他")
DEATH_CAUSE = codes("1 躯体疾病", "2 自杀", "3 他杀", "4 意外", "5 精神疾病相关并发症", "6 其他")
STATE_LABELS: dict[str, str] = {
    "not_filed": "尚未建档",
    "registered": "在册",
    "lost": "失访",
    "dead": "死亡",
    "excluded": "已排除",
    "moved_out": "已迁出",
}


def label_of(listed: Codes, code: str) -> str:
    """The label of a code; the code itself when it is not on the list."""
    return next((one.label for one in listed if one.code == code), code)
