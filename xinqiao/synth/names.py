"""Names by their real frequencies, rare and long ones too, because lists, searches and columns must hold them all."""

from __future__ import annotations

from random import Random

_COMMON = (
    "王 69 李 68 张 66 刘 52 陈 44 杨 30 黄 21 赵 20 吴 19 周 19 徐 14 孙 14 马 13 朱 12 胡 12 郭 11 何 11 林 11 高 10 罗 10"
    " 郑 9 梁 9 谢 8 宋 8 唐 7 许 7 韩 7 邓 7 冯 7 曹 6 彭 6 曾 6 肖 6 田 6 董 6 潘 6 袁 5 蔡 5 蒋 5 余 5 于 5 杜 5 叶 5 程 5"
    " 魏 5 苏 5 吕 4 丁 4 任 4 卢 4 姚 4 沈 4 钟 4 姜 4 崔 4 谭 4 陆 4 范 3 汪 3 廖 3 石 3 金 3 韦 3 贾 3 夏 3 付 3 方 3 邹 3"
    " 熊 3 白 3 孟 3 秦 3 邱 3 侯 3 江 3 尹 3 薛 3 闫 3 段 3 雷 2 龙 2 黎 2 史 2 陶 2 贺 2 毛 2 郝 2 顾 2 龚 2 邵 2 万 2 覃 2"
    " 武 2 钱 2 戴 2 严 2 莫 2 孔 2 常 1 汤 1 康 1 易 1 乔 1 赖 1 文 1 欧阳 1 上官 0.3 司马 0.3 诸葛 0.3 慕容 0.1 仉 0.05"
    " 逄 0.05 乜 0.05 亓 0.05 妫 0.05 呙 0.03 黑 0.1 麴 0.03"
)
_HUI = (
    "马 60 杨 12 李 12 丁 8 白 8 王 10 哈 5 纳 5 金 4 沙 3 撒 1 虎 1 保 1 拜 1 黑 1 买 1 者 0.5 妥 0.5 闪 0.3"
)
_MALE = "伟强磊军洋勇杰涛明超刚平辉斌波鹏飞龙国华建文志海东林生福贵永忠义德成云山宝玉金学新红光"
_FEMALE = "芳娜敏静丽艳娟霞秀英兰玲桂凤梅莲香春燕红慧萍玉云桃琴珍荣花月莉婷雪雯倩洁"
_ANY = "子浩宇欣怡梓涵晨思佳雨嘉俊文博雅琪安宁"
# Characters that older fonts, three-byte encodings and narrow code pages lose.
_RARE = ("䶮", "堃", "珺", "祎", "翀", "喆", "彧", "燊", "𬱖", "㛃", "犇", "玥", "赟", "骉")
_DOTTED = (
    "买买提·艾山",
    "阿不都热合曼·吐尔逊",
    "古丽娜尔·阿不力孜",
    "艾力·买合木提",
    "帕提古丽·依明",
    "努尔兰·别克",
    "阿依夏木·托合提",
    "迪力夏提·帕尔哈提",
    "扎西·多吉",
    "卓玛·央金",
    "热依汗古丽·阿卜杜克热木",
    "吐逊·玉素甫",
)


def _table(text: str) -> tuple[list[str], list[float]]:
    parts = text.split()
    names = parts[0::2]
    total = 0.0
    sums = []
    for weight in parts[1::2]:
        total += float(weight)
        sums.append(total)
    return names, sums


_SURNAMES, _SUMS = _table(_COMMON)
_HUI_SURNAMES, _HUI_SUMS = _table(_HUI)


def surname(rng: Random, ethnic: str) -> str:
    if ethnic == "03":
        return rng.choices(_HUI_SURNAMES, cum_weights=_HUI_SUMS)[0]
    return rng.choices(_SURNAMES, cum_weights=_SUMS)[0]


def given(rng: Random, sex: str, birth_year: int) -> str:
    """One or two characters: by sex, and for the young partly by neither."""
    pool = _MALE if sex == "1" else _FEMALE
    if birth_year > 1990 and rng.random() < 0.5:
        pool += _ANY * 2
    if rng.random() < 0.012:
        return rng.choice(pool) + rng.choice(_RARE) if rng.random() < 0.6 else rng.choice(_RARE)
    return rng.choice(pool) if rng.random() < 0.28 else rng.choice(pool) + rng.choice(pool)


def dotted(rng: Random) -> str:
    """A name of two parts with the middle dot (U+00B7)."""
    return rng.choice(_DOTTED)


def full(rng: Random, sex: str, birth_year: int, ethnic: str, family: str = "") -> str:
    """A whole name; `family` gives the surname of relatives."""
    if ethnic in ("05", "17", "04"):
        return dotted(rng)
    return (family or surname(rng, ethnic)) + given(rng, sex, birth_year)
