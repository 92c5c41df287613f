"""What the answers about health and about support say of each other."""

from __future__ import annotations

import re

from xinqiao.kernel.words import sentence

from .case import Case
from .lists import time_known

#: ID number, kind of disability, level, and a mark of a card issued again.
_CERTIFICATE = re.compile(r"^(\d{17}[\dX])([1-7])([1-4])(B\d{1,2})?$")
_MENTAL = "6"


def check_health(case: Case) -> None:
    """Other kinds are named; nothing was diagnosed before birth."""
    clean = case.clean
    if "5" in clean.get("allergies", ()):
        case.missing("allergies_note", sentence("：药物过敏史选了“其他”"))
    if {"6", "12", "13"} & set(clean.get("past_diseases") or ()):
        case.missing("past_diseases_note", sentence("：恶性肿瘤、职业病和其他疾病要写名称"))
    if any("12" in clean.get(f"family_{who}", ()) for who in ("father", "mother", "siblings", "children")):
        case.missing("family_note", sentence("：家族史选了“其他”"))
    if clean.get("hereditary") == "2":
        case.missing("hereditary_note", sentence("：有遗传病史要写病名"))
    if "8" in clean.get("disabilities", ()):
        case.missing("disabilities_note", sentence("：残疾情况选了“其他残疾”"))
    birth = clean.get("birth_on")
    times = [
        (key, on) for key, on in [("past_diseases", on) for on in (clean.get("past_diseases") or {}).values()]
    ]
    for key in ("surgery", "injury", "transfusion"):
        times += [(key, one["on"]) for one in clean.get(key) or ()]
    for key, on in times:
        day = time_known(on)
        if birth is not None and day is not None and day.year < birth.year:
            case.wrong(
                key,
                "before_birth",
                sentence("时间 %(on)s 早于出生日期 %(birth)s，请核对。", on=on, birth=birth.isoformat()),
                on,
            )


def check_support(case: Case) -> None:
    """A no excludes what only a yes has; the certificate's number says the same as the other answers."""
    clean = case.clean
    if clean.get("guardian_subsidy") == "0" and "guardian_subsidy_amount" in clean:
        case.wrong("guardian_subsidy_amount", "exclusive", sentence("没有享受监护补助，就不能填写金额。"))
    number = "".join(clean.get("disability_no", "").upper().split())
    if clean.get("disability_cert") == "0" and ("disability_level" in clean or number):
        case.wrong(
            "disability_cert", "exclusive", sentence("填写了残疾等级或证号，“领取残疾人证”就不能选“否”。")
        )
        return
    if number:
        _number(case, number)
    if clean.get("disability_cert") == "1" and not case.has_problem("disability_no"):
        case.missing("disability_level", sentence("：领取了残疾人证要写等级"))


def _number(case: Case, number: str) -> None:
    """The certificate's number holds the ID number, the kind and the level, and fills in a level left out."""
    clean = case.clean
    clean["disability_no"] = number
    match = _CERTIFICATE.match(number)
    own = clean.get("id_number")
    if match is None:
        _differs(
            case,
            sentence(
                "残疾人证号“%(number)s”不完整：应为身份证号加 1 位类别和 1 位等级，共 20 位。", number=number
            ),
            number,
        )
    elif own and clean.get("id_kind", "01") == "01" and match.group(1) != own:
        _differs(case, sentence("残疾人证号的前 18 位与身份证号不一致，请核对其中一项。"), "")
    elif match.group(2) == _MENTAL and clean.setdefault("disability_level", match.group(3)) != match.group(3):
        _differs(
            case,
            sentence("残疾人证号最后一位表示的等级与填写的精神残疾等级不一致，请核对其中一项。"),
            number[-1],
        )


def _differs(case: Case, message: str, value: str) -> None:
    if case.entry == "import":
        case.flag("certificate_differs")
    else:
        case.wrong("disability_no", "certificate", message, value)
