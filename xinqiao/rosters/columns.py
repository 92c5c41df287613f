"""The register of columns: what a list or a printed register may show of a person, whichever app knows it.

A column is a piece of SQL over `s` (standing), `p` (person) and the join it names, and how its value reads. Columns marked
`sensitive` name a person beyond doubt: they are masked unless somebody may unmask, says what for, and is written down.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinqiao.followup.rules import FIELDS as VISIT_FIELDS
from xinqiao.kernel.codes import township_of
from xinqiao.kernel.masks import mask_id, mask_phone
from xinqiao.registry.choices import printed
from xinqiao.registry.fields import keyring
from xinqiao.registry.rules import age_on
from xinqiao.registry.shown import word_of
from xinqiao.web.sheets import Kind

_L = gettext_lazy


@dataclass(frozen=True, slots=True)
class Seen:
    """What a value may need to be put into words: the day, names of places, and whether numbers are whole."""

    today: date
    names: Mapping[str, str]
    whole: bool = False


Words = Callable[[Any, Seen], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `source` says which app knows it; `width` in characters of the printed register."""

    key: str
    label: Any
    sql: str
    source: str = "registry"
    join: str = ""
    kind: Kind = "text"
    width: int = 8
    sensitive: bool = False
    words: Words | None = None


#: Named joins, each at most one row per person.
JOINS: dict[str, str] = {
    "number": "left join lateral (select f.number, f.kind from registry_identifier f where f.person_id = s.person_id"
    " and f.valid_to is null and f.voided_at is null order by f.valid_from desc, f.id desc limit 1) idn on true",
    "guardian": "left join lateral (select f.name, f.relation, f.phone from registry_guardian f"
    " where f.person_id = s.person_id and f.valid_to is null and f.voided_at is null order by f.valid_from, f.id"
    " limit 1) gu on true",
    "live": "left join lateral (select f.division_code, f.detail from registry_address f where f.person_id = s.person_id"
    " and f.kind = 'live' and f.valid_to is null and f.voided_at is null order by f.valid_from desc, f.id desc"
    " limit 1) lv on true",
    "diagnosis": "left join lateral (select f.category, f.icd10, f.happened_on, f.hospital from registry_diagnosis f"
    " where f.person_id = s.person_id and f.voided_at is null order by f.happened_on desc, f.recorded_at desc"
    " limit 1) dx on true",
    "consent": "left join lateral (select f.basis, f.decision, f.happened_on, f.withdrawn from registry_consent f"
    " where f.person_id = s.person_id and f.voided_at is null order by f.happened_on desc, f.recorded_at desc"
    " limit 1) co on true",
    "duty": "left join lateral (select string_agg(distinct coalesce(nullif(u.display_name, ''), f.worker_name), '、')"
    " as names, string_agg(distinct i.name, '、') as institutions from registry_responsibility f"
    " left join accounts_user u on u.id = f.worker_id left join places_institution i on i.id = f.institution_id"
    " where f.person_id = s.person_id and f.kind = 'responsible' and f.valid_to is null and f.voided_at is null) du on true",
    "visit": "left join lateral (select v.form, v.drugs, v.effect, v.doctor from followup_visit v"
    " where v.id = s.last_visit_id) vi on true",
    "exam": "left join lateral (select f.abnormal, f.org from treatment_exam f where f.person_id = s.person_id"
    " and f.voided_at is null order by f.happened_on desc limit 1) ex on true",
}  # fmt: skip

_columns: dict[str, Column] = {}


def add_columns(*columns: Column, joins: Mapping[str, str] | None = None) -> None:
    """Offer more columns (and the joins they need); an app above does so once when Django starts."""
    JOINS.update(joins or {})
    _columns.update({one.key: one for one in columns})


def all_columns() -> list[Column]:
    return list(_columns.values())


def column(key: str) -> Column | None:
    return _columns.get(key)


# ── how values read ─────────────────────────────────────────────────────────────────────────────────────────────────


def _loaded(value: Any) -> Any:
    """A JSON value as the database gives it."""
    return json.loads(value) if isinstance(value, str) else value


def _code(codes: printed.Codes) -> Words:
    return lambda value, seen: word_of(codes, printed.label_of(codes, value)) if value else ""


def _several(codes: printed.Codes) -> Words:
    return lambda value, seen: _("、").join(_(printed.label_of(codes, one)) for one in value or [])


def _visit(key: str) -> Words:
    return lambda value, seen: _(VISIT_FIELDS[key].labels.get(value) or str(value)) if value else ""


def _edition(by_edition: Mapping[str, printed.Codes]) -> Words:
    def words(value: Any, seen: Seen) -> str:
        edition, code = _loaded(value)
        return (
            _(printed.label_of(by_edition.get(edition, by_edition[printed.CURRENT_EDITION]), code))
            if code
            else ""
        )

    return words


def _place(value: Any, seen: Seen) -> str:
    return seen.names.get(value, value)


def _opened(raw: Any) -> str:
    return keyring().open(bytes(raw)) if raw and bytes(raw) else ""


def _phone(value: Any, seen: Seen) -> str:
    text = _opened(value)
    return text if seen.whole else mask_phone(text) if text else ""


def _number(value: Any, seen: Seen) -> str:
    text = _opened(value)
    return text if seen.whole else mask_id(text) if text else ""


def _address(value: Any, seen: Seen) -> str:
    code, raw = _loaded(value)
    township, village = (
        seen.names.get(township_of(code), "") if code else "",
        seen.names.get(code, "") if code else "",
    )
    path = township if township == village else township + village
    detail = _opened(bytes.fromhex(raw[2:])) if raw else ""
    return path + (detail if seen.whole else "***" if detail else "")


def _yes(value: Any, seen: Seen) -> str:
    return _("是") if value else ""


def _consent(value: Any, seen: Seen) -> str:
    basis, decision, withdrawn = _loaded(value)
    if basis == "statutory":
        return _("依法报告")
    if withdrawn:
        return _("撤回同意")
    return {"1": _("同意"), "0": _("不同意")}.get(decision or "", "")


def _class(value: Any, seen: Seen) -> str:
    return _visit("visit_class")(value, seen) or _("未评")


def _drugs(value: Any, seen: Seen) -> str:
    rows = _loaded(value) or []
    return _("、").join(str(row.get("drug", "")) for row in rows if isinstance(row, dict) and row.get("drug"))


def _guardianship(value: Any, seen: Seen) -> str:
    return {"0": _("无监护人"), "1": _("有"), "2": _("监护人无电话")}.get(value, "")


def _state(value: Any, seen: Seen) -> str:
    return _(printed.STATE_LABELS.get(value, value))


def _parts(value: Any, seen: Seen) -> str:
    from xinqiao.treatment.choices import PARTS

    return _("、").join(_(PARTS.get(one, one)) for one in value or [])


def _overdue(value: Any, seen: Seen) -> int | None:
    return (seen.today - value).days if value and value < seen.today else None


def _age(value: Any, seen: Seen) -> int:
    return age_on(value, seen.today)


#: A visit less than seven days after the last is an extra one and serves nothing.
APART = 7


def possible_visits(last_visit_on: date | None, today: date) -> int:
    """How many more visits this year can hold when each is at least a week after the one before."""
    first = today
    if last_visit_on is not None:
        first = max(today, date.fromordinal(last_visit_on.toordinal() + APART))
    left = (date(today.year, 12, 31) - first).days
    return left // APART + 1 if left >= 0 else 0


def _onset(value: Any, seen: Seen) -> str:
    day, precision = _loaded(value)
    return day[: {"year": 4, "month": 7}.get(precision, 10)] if day else ""


_C = Column
_VISITS = "case when s.counted_year = %(year)s then s.visits_year else 0 end"
add_columns(
    _C("name", _L("姓名"), "p.name", width=7),
    _C("sex", _L("性别"), "p.sex", width=4, words=_code(printed.SEX)),
    _C("age", _L("年龄"), "p.birth_on", kind="int", width=4, words=_age),
    _C("birth_on", _L("出生日期"), "p.birth_on", kind="date", width=9),
    _C("id_number", _L("证件号码"), "idn.number", join="number", width=16, sensitive=True, words=_number),
    _C("phone", _L("本人电话"), "p.phone", width=10, sensitive=True, words=_phone),
    _C("address", _L("现住址"), "jsonb_build_array(lv.division_code, lv.detail::text)", join="live", width=18,
       sensitive=True, words=_address),
    _C("village", _L("村（社区）"), "s.managing_code", width=9, words=_place),
    _C("township", _L("乡镇（街道）"), "left(s.managing_code, 9) || '000'", width=9, words=_place),
    _C("file_no", _L("档案编号"), "p.file_no", width=15),
    _C("filed_on", _L("建档日期"), "p.filed_on", kind="date", width=9),
    _C("disorder", _L("诊断"), "dx.category", join="diagnosis", width=12, words=_code(printed.CATEGORY)),
    _C("icd10", _L("ICD-10"), "dx.icd10", join="diagnosis", width=6),
    _C("diagnosed_on", _L("确诊日期"), "dx.happened_on", join="diagnosis", kind="date", width=9),
    _C("dx_hospital", _L("确诊医院"), "dx.hospital", join="diagnosis", width=12),
    _C("onset_on", _L("初次发病"), "jsonb_build_array(p.onset_on, p.onset_precision)", width=8, words=_onset),
    _C("ethnic", _L("民族"), "p.ethnic", width=5, words=_code(printed.ETHNIC)),
    _C("marital", _L("婚姻"), "p.marital", width=5, words=_code(printed.MARITAL)),
    _C("education", _L("文化程度"), "jsonb_build_array(p.form_edition, p.education)", width=7,
       words=_edition(printed.EDUCATION_BY_EDITION)),
    _C("employment", _L("就业"), "p.employment", width=7, words=_code(printed.EMPLOYMENT)),
    _C("economy", _L("经济状况"), "p.economy", width=7, words=_code(printed.ECONOMY)),
    _C("hukou_kind", _L("户别"), "p.hukou_kind", width=5, words=_code(printed.HUKOU_KIND)),
    _C("guardian", _L("监护人"), "gu.name", join="guardian", width=7),
    _C("guardian_relation", _L("与患者关系"), "gu.relation", join="guardian", width=6, words=_code(printed.RELATION)),
    _C("guardian_phone", _L("监护人电话"), "gu.phone", join="guardian", width=10, sensitive=True, words=_phone),
    _C("guardianship", _L("监护情况"), "s.guardianship", "followup", width=8, words=_guardianship),
    _C("committee", _L("村（居）委会联系人"), "concat_ws(' ', p.committee_contact, p.committee_phone)", width=12),
    _C("consent", _L("知情同意"), "jsonb_build_array(co.basis, co.decision, co.withdrawn)", join="consent", width=6, words=_consent),
    _C("consent_on", _L("同意或告知日期"), "co.happened_on", join="consent", kind="date", width=9),
    _C("worker", _L("责任人"), "du.names", join="duty", width=8),
    _C("institution", _L("责任机构"), "du.institutions", join="duty", width=12),
    _C("state", _L("状态"), "s.state", "followup", width=5, words=_state),
    _C("in_hospital", _L("住院中"), "s.in_hospital", "followup", width=5, words=_yes),
    _C("visit_class", _L("病情分类"), "s.visit_class", "followup", width=8, words=_class),
    _C("risk", _L("危险性"), "s.risk", "followup", kind="int", width=6),
    _C("unstable_since", _L("不稳定自"), "s.unstable_since", "followup", kind="date", width=9),
    _C("referred_on", _L("最近转诊或住院"), "s.referred_on", "followup", kind="date", width=9),
    _C("last_visit_on", _L("上次随访"), "s.last_visit_on", "followup", kind="date", width=9),
    _C("last_form", _L("随访形式"), "vi.form", "followup", "visit", width=6, words=_visit("form")),
    _C("last_face_on", _L("上次面访"), "s.last_face_on", "followup", kind="date", width=9),
    _C("due_on", _L("应访日"), "s.due_on", "followup", kind="date", width=9),
    _C("overdue_days", _L("超期天数"), "s.due_on", "followup", kind="int", width=5, words=_overdue),
    _C("norm_deadline", _L("规范截止日"), "s.norm_deadline", "followup", kind="date", width=9),
    _C("planned_on", _L("约定日期"), "s.planned_on", "followup", kind="date", width=9),
    _C("visits_year", _L("今年随访次数"), _VISITS, "followup", kind="int", width=6),
    _C("visits_possible", _L("年底前还可访"), "s.last_visit_on", "followup", kind="int", width=6,
       words=lambda value, seen: possible_visits(value, seen.today)),
    _C("attempts_since", _L("未联系上次数"), "s.attempts_since", "followup", kind="int", width=6),
    _C("away_on", _L("得知外出"), "s.away_on", "followup", kind="date", width=9),
    _C("adherence", _L("服药情况"), "s.adherence", "followup", width=8, words=_visit("adherence")),
    _C("drugs", _L("用药"), "vi.drugs", "followup", "visit", width=12, words=_drugs),
    _C("past_incident", _L("有过肇事肇祸"), "s.past_incident", "followup", width=6, words=_yes),
    _C("exam_on", _L("上次体检"), "s.exam_on", "treatment", kind="date", width=9),
    _C("exam_refused_on", _L("未体检登记"), "s.exam_refused_on", "treatment", kind="date", width=9),
    _C("exam_abnormal", _L("体检异常"), "ex.abnormal", "treatment", "exam", width=12, words=_parts),
    _C("signature", _L("签字"), "''", "paper", width=9),
    _C("remarks", _L("备注"), "''", "paper", width=10),
)  # fmt: skip

#: Headings of the column chooser.
SOURCES: dict[str, Any] = {
    "registry": _L("档案"),
    "followup": _L("随访"),
    "treatment": _L("体检"),
    "national": _L("国网"),
    "paper": _L("留空手填"),
}
#: What a printed register shows when nobody has chosen yet, before the list's own columns.
FIRST = ("name", "sex", "age", "village", "visit_class", "risk")
