"""Characters that are taken for one another on paper, by eye or by handwriting, and two ways of writing one character.

Those that sound alike need no table: they share a reading. The groups hold what stands in names; a character belongs to one
group at most, so that a name has one key of looks.
"""

from __future__ import annotations

from itertools import islice, product

from .keys import fold

#: Taken for one another by the eye.
_ALIKE = (
    "己已巳", "王玉主", "戊戌戍成", "末未", "土士", "日曰", "侯候", "赢嬴羸", "崔催", "祟崇", "栗粟", "茶荼", "治冶",
    "翟瞿", "史吏", "千干于", "天夭", "儿几", "毛手", "田由甲申", "李季孝", "人入八", "大太犬", "木本", "午牛", "刀力",
    "今令", "免兔", "兵乒", "北比", "卫卩", "历厉", "友反", "名各", "员贝", "军车", "圣至", "坚竖", "妹姝", "娣娉", "字宇",
    "宣宜", "容客", "宫官", "寸才", "弓引", "往住", "思恩", "情清晴", "慈兹", "折拆析", "抒杼", "拔拨", "晓骁", "景影",
    "暧暖", "柱桂", "杨扬", "桃挑", "梁粱", "棋祺琪", "沐沭", "洁浩", "淮准", "渐惭", "烨晔", "焕涣换", "珏钰", "琳淋",
    "瑕暇", "瑞端", "盲肓", "睢雎", "祥样", "秀季", "票栗", "端瑞", "素紊", "续读", "网罔", "芸芒", "菅管", "萍苹",
    "薄簿", "衣农", "裸祼", "谈淡", "贡责", "贤竖", "赛寨", "辩辨辫", "达迖", "远运", "遂逐", "郎朗", "郑邓", "钧钓",
    "铃玲", "锋烽", "镇填", "陈阵", "雪霄", "霞露", "青春", "飞气", "驰弛", "鸟乌", "麻磨",
)  # fmt: skip
#: The same character in the traditional and the simplified way, or in another form that documents carry.
_PAIRS = (
    "刘劉 张張 陈陳 杨楊 赵趙 黄黃 吴吳 孙孫 马馬 郑鄭 罗羅 许許 邓鄧 韩韓 冯馮 苏蘇 叶葉 吕呂 卢盧 蒋蔣 贾賈 谭譚 钟鐘 邹鄒"
    " 陆陸 龙龍 顾顧 贺賀 龚龔 钱錢 汤湯 万萬 严嚴 庞龐 颜顏 齐齊 毕畢 兰蘭 丽麗 华華 国國 强強 军軍 伟偉 杰傑 荣榮 庆慶 宝寶"
    " 兴興 义義 云雲 东東 凤鳳 学學 宁寧 广廣 建建 红紅 贵貴 锋鋒 静靜 娟娟 莲蓮 芬芬 爱愛 书書 长長 门門 风風 车車 会會 边邊"
    " 乔喬 闫閆 萧蕭 梦夢 琼瓊 玺璽 莹瑩 颖穎 岚嵐 艳豔 鸿鴻 鹏鵬 鸣鳴 银銀 铁鐵 铭銘 锦錦 镇鎮 阳陽 阴陰 银銀 飞飛 骏駿 圆圓"
    " 园園 坚堅 宪憲 实實 导導 尔爾 岁歲 帅帥 师師 应應 彦彥 忆憶 怀懷 恒恆 悦悅 惠惠 战戰 护護 栋棟 树樹 标標 权權 欢歡 毓毓"
    " 汉漢 泽澤 洁潔 涛濤 润潤 渊淵 满滿 灵靈 炜煒 焕煥 献獻 珑瓏 画畫 福福 稳穩 笔筆 纪紀 纯純 绍紹 经經 维維 罗羅 耀耀 胜勝"
    " 艺藝 节節 苍蒼 蓝藍 训訓 诗詩 诚誠 语語 谦謙 质質 赞贊 轩軒 辉輝 达達 运運 进進 远遠 连連 选選 鉴鑒 静靜 顺順 领領 飒颯 麦麥"
)


def _groups() -> dict[str, str]:
    """Character → its group, each group written once. Whoever comes first keeps a character."""
    found: dict[str, str] = {}
    for group in (*_PAIRS.split(), *_ALIKE):
        signs = dict.fromkeys(group)
        joined = {other for sign in signs for other in found.get(sign, "")}
        whole = "".join(dict.fromkeys([*joined, *signs])) if len(signs) > 1 else ""
        for sign in whole:
            found[sign] = "".join(sorted(whole))
    return found


GROUPS = _groups()
#: A name with several such characters is looked for in so many ways at most.
MOST = 64


def looks_key(name: str) -> str:
    """The folded name with each character replaced by the first of its group: equal for names that look alike."""
    return "".join(GROUPS.get(sign, sign)[0] for sign in fold(name))


def looks_of(name: str) -> tuple[str, ...]:
    """The folded name in all ways it may have been misread, itself first; MOST at most."""
    signs = [sign + GROUPS.get(sign, "").replace(sign, "") for sign in fold(name)]
    return tuple(islice(("".join(one) for one in product(*signs)), MOST)) if signs else ()
