"""Who somebody is on a card, and where: name, document, present address, registered home."""

from __future__ import annotations

import re

from xinqiao.kernel.codes import county_of, level_of
from xinqiao.kernel.terms import Level
from xinqiao.kernel.words import sentence, term
from xinqiao.registry.choices import printed
from xinqiao.registry.rules.identity import check_id_number, same_document

from ..choices.printed import ABROAD, HUKOU_TYPE
from .case import CardCase
from .fields import FOREIGN


def identity(case: CardCase, demo: bool) -> None:
    clean = case.clean
    name = clean.get("name", "")
    if name and (len(name) < 2 or re.search(r"[\d<>@#%*/\\]", name)):
        case.wrong(
            "name", "name", sentence("姓名“%(name)s”不像姓名：至少两个字，不含数字和符号。", name=name), name
        )
    kind = clean.get("id_kind", printed.RESIDENT_ID)
    if kind == printed.NO_DOCUMENT:
        case.not_asked("id_number")
        case.missing("no_id_reason", sentence("：无证件或不详时要写明原因"))
    else:
        case.not_asked("no_id_reason")
        case.missing("id_number", sentence("；确实没有证件时，证件类型选“无证件或不详”并写明原因"))
        if kind == printed.RESIDENT_ID:
            _resident_id(case, demo)
        elif "id_number" in clean:
            clean["id_number"] = same_document(clean["id_number"])
            if len(clean["id_number"]) < 5:
                words = sentence("证件号码“%(number)s”太短，请核对。", number=clean["id_number"])
                case.wrong("id_number", "shape", words, clean["id_number"])
    if kind in FOREIGN:
        case.missing("nationality", sentence("：国外证件要写明国籍"))
    else:
        case.not_asked("nationality")


def _resident_id(case: CardCase, demo: bool) -> None:
    clean = case.clean
    if "id_number" not in clean:
        return
    found = check_id_number(clean["id_number"], today=case.today)
    clean["id_number"] = found.number
    case.problems.extend(found.problems)
    if not found.ok or found.birth_on is None:
        return
    for name in found.flags:
        if name != "id_made_up" or not demo:
            case.flag(name)
    if "birth_on" not in clean and not case.has_problem("birth_on"):
        clean["birth_on"] = found.birth_on
    elif clean.get("birth_on") not in (None, found.birth_on):
        words = sentence(
            "出生日期 %(typed)s 与身份证号中的 %(right)s 不一致，请核对其中一项。",
            typed=clean["birth_on"].isoformat(),
            right=found.birth_on.isoformat(),
        )
        case.wrong("birth_on", "id_birth", words, clean["birth_on"])
    if "sex" not in clean and not case.has_problem("sex"):
        clean["sex"] = found.sex
    elif clean.get("sex") not in (None, found.sex):
        typed, right = (term(case.fields["sex"].label_of(code)) for code in (clean["sex"], found.sex))
        words = sentence(
            "性别“%(typed)s”与身份证号第17位（表示%(right)s）不一致，请核对其中一项。",
            typed=typed,
            right=right,
        )
        case.wrong("sex", "id_sex", words, clean["sex"])


def address(case: CardCase) -> None:
    """An address that is known reaches down to the village; of an unknown one, whatever is known is kept."""
    if case.clean.get("address_unknown"):
        return
    place = case.clean.get("live_place")
    if place is not None and level_of(place) is not Level.VILLAGE:
        words = sentence(
            "现住址“%(code)s”要选到村或社区；问过仍不清楚的，勾选“住址不详”，已知的部分照写。", code=place
        )
        case.wrong("live_place", "level", words, place)
    case.clean.pop("address_unknown", None)
    why = sentence("；问过患者和家属仍不清楚的，勾选“住址不详”")
    case.missing("live_place", why)
    case.missing("live_detail", why)


def registered_home(case: CardCase, county: str) -> None:
    clean = case.clean
    if clean.get("hukou_kind") == "3":
        case.missing("hukou_kind_reason", sentence("：户别不详时要写明原因"))
    else:
        case.not_asked("hukou_kind_reason")
    kind = clean.get("hukou_type", "")
    if kind in ABROAD:
        for key in ("hukou_same", "hukou_code", "hukou_detail"):
            case.not_asked(key)
        return
    if clean.pop("hukou_same", False):
        if "live_place" in clean:
            case.not_asked("hukou_code")
            case.not_asked("hukou_detail")
            clean["hukou_code"], clean["hukou_detail"] = clean["live_place"], clean.get("live_detail", "")
        else:
            words = sentence("现住址没有填写，不能选“户籍地址与现住址相同”，请另填户籍地址。")
            case.wrong("hukou_same", "no_address", words)
            return
    case.missing("hukou_code")
    if not clean.get("hukou_detail"):
        clean.pop("hukou_detail", None)
        case.missing("hukou_detail")
    if kind and (code := clean.get("hukou_code")) and (right := type_of(code, county)) != kind:
        labels = {one.code: one.label for one in HUKOU_TYPE}
        words = sentence(
            "户籍地类型“%(typed)s”与户籍地国标码 %(code)s（属%(right)s）不一致，请核对其中一项。",
            typed=term(labels[kind]),
            code=code,
            right=term(labels[right]),
        )
        case.wrong("hukou_type", "place", words, kind)


def type_of(code: str, county: str) -> str:
    """001 same county, 002 same city, 003 same province, 004 elsewhere: seen from the reporting county."""
    if county_of(code) == county_of(county):
        return "001"
    if code[:4] == county[:4]:
        return "002"
    return "003" if code[:2] == county[:2] else "004"
