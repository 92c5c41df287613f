"""The referral (F10) of a visit, and the hand-over slip (L12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xinqiao.followup.models import Visit
from xinqiao.registry.choices import printed
from xinqiao.registry.queries import PersonPage
from xinqiao.registry.shown import Shown, address_words
from xinqiao.transfers.choices import EndReason, Reason, ReturnReason, Step
from xinqiao.transfers.models import Hop, Transfer

from .layout import Row, day, form, group, new_line, options, row, rule, text

_WHY = [("1", "病情不稳定"), ("2", "急性不良反应"), ("3", "严重躯体疾病"), ("4", "诊断复核"), ("5", "其他")]


def referral_form(
    page: PersonPage, visit: Visit | None, shown: Shown, *, age: int, qr: str = ""
) -> dict[str, Any]:
    """F10: the part that goes along and the part that comes back. Without a referring visit the medical part is left to write."""
    person = page.person
    referring = visit is not None and (visit.referred == "2" or visit.refer_suggest == "2")
    why: list[str] = []
    if visit is not None and referring:
        why = (
            ["1"]
            if visit.visit_class == "1"
            else ["2"]
            if visit.adr_severity == "3"
            else ["3"]
            if visit.physical_severity == "2"
            else ["5"]
        )
    drugs = "；".join(str(one.get("drug", "")) for one in (visit.drugs if visit else []) or [])
    diagnosis = page.diagnosis
    known = f"{printed.label_of(printed.CATEGORY, diagnosis.category)} {diagnosis.icd10}" if diagnosis else ""
    institution = page.counting.institution if page.counting else None
    rows: list[Row] = [
        row("性别、年龄", rule(printed.label_of(printed.SEX, person.sex), 12), rule(f"{age} 岁", 18), text("　电话"), rule(shown.phone(person.phone), 36)),
        row("住址", text(address_words(page.address("live"), shown))),
        group(
            "转出",
            row("转入机构、科室、接诊医生", rule(visit.refer_to if visit and referring else "", 70), text("　"), rule("", 26)),
            row("转出原因", options(_WHY, why), new_line(), rule(visit.refer_reason if visit and referring else "", 110)),
            row("初步印象", text(known)),
            row("主要现病史", rule("", 110), new_line(), rule("", 110)),
            row("主要既往史", rule("", 110)),
            row("治疗经过", text(f"用药：{drugs}" if drugs else ""), new_line(), rule("", 110)),
            row("转诊医生、电话", rule(visit.doctor if visit and referring else "", 34), text("　"), rule(institution.phone if institution else "", 34)),
            row("机构、日期", rule(institution.name if institution else "", 66), text("　" + day(visit.visit_date if visit and referring else None))),
        ),
        group(
            "回转",
            row("住院病案号", rule("", 50)),
            row("诊断结果", rule("", 110)),
            row("主要检查结果", rule("", 110), new_line(), rule("", 110)),
            row("治疗经过、下一步治疗方案和康复建议", rule("", 100), new_line(), rule("", 100), new_line(), rule("", 100)),
            row("转诊医生、电话", rule("", 34), text("　"), rule("", 34)),
            row("机构、日期", rule("", 66), text("　" + day(None))),
        ),
    ]  # fmt: skip
    return form("双向转诊单", person.name, rows, file_no=person.file_no, qr=qr)


def transfer_form(
    row_: Transfer, preview: Mapping[str, Any] | None, hops: Sequence[Hop], names: Mapping[str, str], shown: Shown, *, qr: str = ""
) -> dict[str, Any]:  # fmt: skip
    """L12: who goes where and why, what was sent, when it was received or returned, who called meanwhile."""
    known = preview or {}
    calls = [one for one in hops if one.kind == Step.CALLED]
    received = next((one for one in reversed(hops) if one.kind in (Step.ACCEPTED, Step.CONFIRMED)), None)
    returned = next((one for one in reversed(hops) if one.kind == Step.RETURNED), None)
    ended = next((one for one in hops if one.kind == Step.ENDED), None)
    passed = [one for one in hops if one.kind == Step.PASSED_ON]

    def place(code: str) -> str:
        return names.get(code, code)

    def called(hop: Hop) -> str:
        reached = "已联系上" if hop.reached else "未联系上"
        return f"{hop.happened_on.isoformat()}　{hop.by_name}　{reached}　{hop.note}".strip()

    rows: list[Row] = [
        row("性别", options([("1", "男"), ("2", "女")], [str(known["sex"])] if known.get("sex") in ("1", "2") else [])),
        row("证件号码", text(shown.number(str(known.get("id_number") or "")) if known.get("id_number") else "")),
        row("住址", text(shown.detail(str(known.get("address") or "")))),
        row("监护人电话", text(shown.phone(str(known.get("guardian_phone") or "")) if known.get("guardian_phone") else "")),
        row("病情分类、危险性", options([("1", "不稳定"), ("2", "基本稳定"), ("3", "稳定")], [str(known["visit_class"])] if known.get("visit_class") else []),
            text("　危险性"), rule("" if known.get("risk") is None else f"{known['risk']} 级", 14)),
        row("转出机构", text(f"{row_.from_institution.name}　{place(row_.managing_code)}")),
        row("转入机构", text(place(row_.at_code or row_.to_code) if row_.at_code or row_.to_code else "系统外")),
        row("流转原因", options([(code, str(words)) for code, words in Reason.choices], [row_.reason])),
        row("发出日期", text(day(row_.sent_on))),
        row("转送", text("；".join(f"{one.happened_on.isoformat()} {place(one.from_code)} 转 {place(one.to_code)}" for one in passed))),
        row("接收", text(day(received.happened_on if received else None)), text("　接收人"), rule(row_.receiver or (received.by_name if received else ""), 30)),
        row("退回", text(day(returned.happened_on if returned else None)), text("　原因"),
            rule(str(ReturnReason(returned.reason).label) if returned and returned.reason else "", 50)),
        *([row("终止", text(day(ended.happened_on)), text("　原因"), rule(str(EndReason(ended.reason).label), 50))] if ended else []),
        group("流转期间电话随访", *(row(f"第 {n + 1} 次", text(called(calls[n]) if n < len(calls) else "")) for n in range(max(3, len(calls))))),
    ]  # fmt: skip
    return form("严重精神障碍患者信息流转单", str(known.get("name") or ""), rows, qr=qr)
