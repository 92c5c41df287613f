"""The personal form (F06), its supplement (F07), the consent (F05) and the register of loss or death (L1) of one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from xinqiao.followup.choices import AttemptOutcome
from xinqiao.followup.models import Visit, VisitAttempt
from xinqiao.followup.rules import FIELDS
from xinqiao.places import queries as places
from xinqiao.registry.choices import printed
from xinqiao.registry.models import Address, Background, CarePlacement, Certificate, Guardian, Person, Support
from xinqiao.registry.queries import PersonPage
from xinqiao.registry.shown import Shown, address_words, onset_words

from .layout import Row, day, form, group, new_line, number_boxes, options, row, rule, squares, text, together

_DISEASES = (
    "1 无", "2 高血压", "3 糖尿病", "4 冠心病", "5 慢性阻塞性肺疾病", "6 恶性肿瘤", "7 脑卒中", "8 严重精神障碍", "9 结核病",
    "10 肝炎", "11 其他法定传染病", "12 职业病", "13 其他",
)  # fmt: skip
_FAMILY = (
    "1 无", "2 高血压", "3 糖尿病", "4 冠心病", "5 慢性阻塞性肺疾病", "6 恶性肿瘤", "7 脑卒中", "8 严重精神障碍", "9 结核病",
    "10 肝炎", "11 先天畸形", "12 其他",
)  # fmt: skip
_BLOOD = ("1 A型", "2 B型", "3 O型", "4 AB型", "5 不详")
_RH = ("1 阴性", "2 阳性", "3 不详")
_ALLERGIES = ("1 无", "2 青霉素", "3 磺胺", "4 链霉素", "5 其他")
_EXPOSURES = ("1 无", "2 化学品", "3 毒物", "4 射线")
_DISABILITIES = (
    "1 无残疾",
    "2 视力残疾",
    "3 听力残疾",
    "4 言语残疾",
    "5 肢体残疾",
    "6 智力残疾",
    "7 精神残疾",
    "8 其他残疾",
)


def _pairs(codes: Sequence[printed.Code] | Sequence[str]) -> list[tuple[str, str]]:
    made = []
    for one in codes:
        if isinstance(one, str):
            code, label = one.split(" ", 1)
            made.append((code, label))
        else:
            made.append((one.code, one.label))
    return made


def _one(label: str, codes: Any, value: Any, *more: Any, number: int = 1) -> Row:
    marks = (
        [str(v) for v in value]
        if isinstance(value, list | tuple)
        else [str(value)]
        if value not in (None, "")
        else []
    )
    return row(label, options(_pairs(codes), marks, number), *more)


def _form(title: str, person: Person, rows: list[Row], *, qr: str = "") -> dict[str, Any]:
    return form(title, person.name, rows, file_no=person.file_no, qr=qr)


def personal_form(page: PersonPage, shown: Shown, *, qr: str = "") -> dict[str, Any]:
    """F06 as far as it is known; what was never asked stays blank."""
    person = page.person
    known = Background.objects.filter(person=person, valid_to=None, voided_at=None).first()

    def of(name: str) -> Any:
        return getattr(known, name) if known is not None else None

    def history(label: str, value: Any) -> Row:
        given = [f"{one.get('name', '')} {one.get('on', '')}".strip() for one in value or []]
        marks = [] if value is None else ["2"] if given else ["1"]
        return row(label, text("1 无　2 有：名称与时间"), rule("；".join(given), 60), squares(marks))

    diseases: Mapping[str, str] | None = of("past_diseases")
    dated = "　".join(f"{code} 确诊 {on}" for code, on in (diseases or {}).items() if on)
    guardian = next(iter(page.present_guardians), None)
    edition = person.form_edition
    number = page.identifier
    rows = [
        row("性别", options(_pairs(printed.SEX), [person.sex]), ),
        row("出生日期", text(day(person.birth_on))),
        row("证件号码", text(shown.number(number.number) if number else person.no_id_reason)),
        row("工作单位", text(person.workplace)),
        row(
            "联系方式", text("本人电话"), rule(shown.phone(person.phone), 30), text("　联系人姓名"),
            rule(getattr(person, "contact_name", "") or (guardian.name if guardian else ""), 24), text("　联系人电话"),
            rule(shown.phone(getattr(person, "contact_phone", "") or (guardian.phone if guardian else "")), 30),
        ),
        _one("常住类型", printed.RESIDENT_KIND, person.resident_kind),
        row("现住址", text(address_words(page.address("live"), shown))),
        row("户籍地址", text(address_words(page.address("hukou"), shown))),
        row("民族", text("01 汉族　99 少数民族"), rule(_ethnic(person.ethnic), 24), squares(["01" if person.ethnic == "01" else "99"])),
        row(
            "血型", options(_pairs(_BLOOD), [of("blood_type")] if of("blood_type") else []), text("　RH"),
            options(_pairs(_RH), [of("rh")] if of("rh") else []),
        ),
        _one("文化程度", printed.EDUCATION_BY_EDITION[edition], person.education),
        _one("职业", printed.OCCUPATION_BY_EDITION[edition], person.occupation),
        _one("婚姻状况", printed.MARITAL, person.marital),
        _one("医疗费用支付方式", printed.INSURANCE, sorted(person.insurance), number=3),
        _one("药物过敏史", _ALLERGIES, of("allergies") or [], rule(of("allergies_note") or "", 24), number=3),
        _one("暴露史", _EXPOSURES, of("exposures") or [], number=3),
        group(
            "既往史",
            _one("疾病", _DISEASES, sorted(diseases or {}, key=int), text("　" + dated), rule(of("past_diseases_note") or "", 24), number=6),
            history("手术", of("surgery")),
            history("外伤", of("injury")),
            history("输血", of("transfusion")),
        ),
        group(
            "家族史",
            *(
                _one(label, _FAMILY if key == "family_father" else (), of(key) or [], number=4)
                for label, key in (("父亲", "family_father"), ("母亲", "family_mother"), ("兄弟姐妹", "family_siblings"), ("子女", "family_children"))
            ),
        ),
        row("遗传病史", text("1 无　2 有：疾病名称"), rule(of("hereditary_note") or "", 40), squares([of("hereditary")] if of("hereditary") else [])),
        _one("残疾情况", _DISABILITIES, of("disabilities") or [], rule(of("disabilities_note") or "", 20), number=4),
        row("建档日期", text(day(person.filed_on)), text("　　建档单位"), rule(_institution(page), 60)),
    ]  # fmt: skip
    return _form("个人基本信息表", person, rows, qr=qr)


def supplement_form(page: PersonPage, shown: Shown, *, qr: str = "") -> dict[str, Any]:
    """F07 with the printed codes."""
    person = page.person
    guardian: Guardian | None = next(iter(page.present_guardians), None)
    second = page.present_guardians[1] if len(page.present_guardians) > 1 else None
    consent, diagnosis = page.consent, page.diagnosis
    acts: Mapping[str, Any] = person.past_danger or {}
    had = [code for code, count in sorted(acts.items()) if count]
    answer = consent.decision if consent and consent.basis == "consent" else ""
    signer = {"patient": "1", "guardian": "2"}.get(
        consent.signer if consent else "", consent.signer if consent else ""
    )
    counted = [
        together(text(f"{one.code} {one.label}"), rule(str(acts.get(one.code) or ""), 6), text("次　"))
        for one in printed.DANGER
        if one.code != printed.NO_DANGER
    ]
    rows = [
        row("监护人姓名", text((guardian.name if guardian else "") or ("无监护人" if person.no_guardian else ""))),
        _one("与患者关系", printed.RELATION, guardian.relation if guardian else ""),
        row("监护人住址", text(shown.detail(guardian.address) if guardian else ""),
            text("　　电话"), rule(shown.phone(guardian.phone) if guardian else "", 34),
            text("　"), rule(shown.phone(second.phone) if second else "", 34)),
        row("辖区村（居）委会联系人、电话", text(person.committee_contact), text("　　"), text(person.committee_phone)),
        _one("户别", printed.HUKOU_KIND, person.hukou_kind),
        _one("就业情况", printed.EMPLOYMENT, person.employment),
        row("知情同意", options(_pairs(printed.CONSENT), [answer] if answer else []), new_line(),
            text("签字　1 本人　2 监护人"), rule(consent.signer_name if consent else "", 30),
            text("　签字时间　" + day(consent.happened_on if answer and consent else None)), squares([signer] if answer and signer else [])),
        row("初次发病时间", text(onset_words(person))),
        _one("既往主要症状", printed.SYMPTOMS, sorted(person.past_symptoms, key=int), rule(person.past_symptoms_note, 24), number=6),
        _one("既往关锁情况", printed.LOCKED, person.past_locked),
        group(
            "既往治疗情况",
            _one("门诊", printed.OUTPATIENT, person.past_outpatient, new_line(),
                 text("首次抗精神病药治疗时间　" + day(person.first_antipsychotic_on))),
            row("住院", text("曾住精神专科医院或综合医院精神专科"), rule("" if person.admissions is None else str(person.admissions), 8), text("次")),
        ),
        row("目前诊断情况", text("诊断"), rule(_diagnosis(diagnosis), 44), text("　确诊医院"), rule(diagnosis.hospital if diagnosis else "", 44),
            new_line(), text("确诊日期　" + day(diagnosis.happened_on if diagnosis else None))),
        _one("最近一次治疗效果", printed.EFFECT, person.last_effect),
        row("危险行为", *counted, text("7 无"), squares(had or ["7"], 6, slash=True)),
        _one("经济状况", printed.ECONOMY, person.economy),
        row("专科医生的意见（如果有请记录）", text(person.specialist_advice or "不详")),
        row("填表时间", text(day(person.filed_on)), text("　　　　医生签字"), rule(person.filled_by, 40)),
    ]  # fmt: skip
    rows.insert(-1, _additions(person))
    return _form("严重精神障碍患者个人信息补充表", person, rows, qr=qr)


#: What the 2018 norm added to the supplement: label and kind of support.
_ADDED = (
    ("精准扶贫对象", "poverty"),
    ("低保", "low_income"),
    ("监护补助（以奖代补）", "guardian"),
    ("免费服药", "medicine"),
    ("家庭医生签约", "doctor"),
    ("社区康复", "rehab"),
    ("关爱帮扶小组", "care_group"),
)


def _additions(person: Person) -> Row:
    """The additions of 2018, 1 yes 0 no; what was never asked stays blank."""
    present: dict[str, Any] = {"person": person, "valid_to": None, "voided_at": None}
    answers = dict(Support.objects.filter(**present).values_list("kind", "answer"))
    if CarePlacement.objects.filter(**present).exists():
        answers["care_group"] = "1"
    certificate = Certificate.objects.filter(**present).first()
    lines = [
        row(label, text("1 是　0 否"), squares([answers[kind]] if kind in answers else []))
        for label, kind in _ADDED
    ]
    lines.append(
        row(
            "残疾人证",
            text("1 有　0 无　　精神残疾等级"),
            rule(certificate.level if certificate else "", 12),
            squares(["1"] if certificate else [answers["certificate"]] if "certificate" in answers else []),
        )
    )
    lines.append(
        row(
            "管理方式",
            text("1 基础管理　2 个案管理"),
            squares([person.management_mode] if person.management_mode else []),
        )
    )
    lines.append(
        row("派出所、共同居住者", text(person.police_station), text("　　"), text(person.lives_with))
    )
    return group("补充信息", *lines)


def ending_form(
    page: PersonPage, shown: Shown, visits: Sequence[Visit], attempts: Sequence[VisitAttempt], *, qr: str = ""
) -> dict[str, Any] | None:
    """L1 of the latest loss or death; None for somebody who is neither."""
    events = [event for event in page.events if event.voided_at is None and event.kind in ("lost", "died")]
    if not events or page.state.state not in ("lost", "dead"):
        return None
    event = events[0]
    dead = event.kind == "died"
    told = next((v for v in visits if v.pk == event.visit_id), None)
    last = next((v for v in visits if v.voided_at is None and not v.superseded and v.locked), None)
    outcomes = dict(AttemptOutcome.choices)
    tries = [one for one in attempts if one.happened_on <= event.happened_on][:3]
    number = page.identifier
    cause = (told.death_cause if told else "") or (event.reason if dead else "")
    lost = (told.lost_reason if told else "") or (event.reason if not dead else "")
    labels = {
        key: [(c.code, c.label) for c in FIELDS[key].codes]
        for key in ("lost_reason", "death_cause", "locked", "hospital", "death_disease")
    }
    rows = [
        row("性别", options(_pairs(printed.SEX), [page.person.sex])),
        row("证件号码", text(shown.number(number.number) if number else "")),
        row("出生日期", text(day(page.person.birth_on)), text(f"　　年龄 {page.age} 岁")),
        row("失访原因", options(labels["lost_reason"], [lost] if lost and not dead else []), rule(told.lost_note if told and not dead else "", 30)),
        row("失访日期", text(day(event.happened_on if not dead else None))),
        group(
            "未访到记录",
            *(
                row(f"第 {n + 1} 次", text(f"{day(tries[n].happened_on)}　{outcomes.get(tries[n].outcome, '')}　{tries[n].note}" if n < len(tries) else ""))
                for n in range(3)
            ),
        ),
        row("关锁情况", options(labels["locked"], [last.locked] if last else [])),
        row("住院情况", options(labels["hospital"], [last.hospital] if last and last.hospital else [])),
        row("死亡日期", text(day(event.happened_on if dead else None))),
        row("死亡原因", options(labels["death_cause"], [cause] if dead and cause else []), new_line(),
            text("躯体疾病　"), options(labels["death_disease"], [told.death_disease] if told and told.death_disease else []),
            rule(told.death_note if told else "", 30)),
        row("告知家属", rule("", 60), text("　日期"), rule("", 30)),
        row("报告", text("综合管理小组"), rule("", 24), text("　派出所"), rule("", 24), text("　县级精防机构"), rule("", 24)),
        row("报告时间", text(day(event.recorded_at.date())), text("　　　　医生签字"), rule(told.doctor if told else "", 40)),
    ]  # fmt: skip
    return _form("严重精神障碍患者失访（死亡）登记表", page.person, rows, qr=qr)


def consent_paper(page: PersonPage, shown: Shown, *, qr: str = "") -> dict[str, Any]:
    """F05: the text and, when it was answered, the answer; otherwise to be signed."""
    consent = page.consent
    answered = consent is not None and consent.basis == "consent"
    guardian = next(iter(page.present_guardians), None)
    return {
        "name": page.person.name,
        "qr": qr,
        "number": number_boxes(page.person.file_no),
        "guardian": guardian.name if guardian else "",
        "relation": printed.label_of(printed.RELATION, guardian.relation) if guardian else "",
        "phone": shown.phone(guardian.phone) if guardian else "",
        "institution": _institution(page),
        "decision": consent.decision if consent and answered else "",
        "statutory": day(page.statutory.happened_on) if page.statutory else "",
        "signer": consent.signer_name if consent and answered else "",
        "signed_on": day(consent.happened_on) if consent and answered else "",
        "version": consent.text_version if consent and answered else "",
        "incapacity": consent.incapacity_note if consent and answered else "",
    }


def _institution(page: PersonPage) -> str:
    return page.counting.institution.name if page.counting else ""


def _diagnosis(diagnosis: Any) -> str:
    if diagnosis is None:
        return ""
    return f"{printed.label_of(printed.CATEGORY, diagnosis.category)} {diagnosis.icd10}".strip()


def _ethnic(code: str) -> str:
    return "" if code == "01" else printed.label_of(printed.ETHNIC, code)


def route_key(person: Person, address: Address | None) -> tuple[str, list[tuple[int, str]]]:
    """Villages by code, within one the houses in the order of their numbers."""
    import re

    words = address.detail if address else ""
    parts = [(int(one), "") if one.isdigit() else (0, one) for one in re.findall(r"\d+|\D+", words)]
    return person.managing_code, parts


def place_words(code: str) -> str:
    """Township and village for a heading."""
    return places.short_name(code)


def age_of(born: date, on: date) -> int:
    """Full years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
