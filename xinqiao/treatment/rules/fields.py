"""The register of an exam's fields: every field once, with label, kind, codes, unit and bounds.

The form, the panel and workbooks read this list. `low`/`high` bound what can be true of a living person: outside is refused
as a slip of the pen. The usual range of results is in `findings`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .. import choices as c
from ..choices import Code

Kind = Literal["date", "single", "text", "int", "decimal"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `outcome` "1" is asked of an exam that was taken, "2" of one that was not, "" of both; `need` says that it
    may not be empty then; `places` are decimals kept; `also` other headings in workbooks."""

    key: str
    label: str
    kind: Kind
    outcome: str = c.TAKEN
    need: bool = False
    codes: tuple[Code, ...] = ()
    unit: str = ""
    low: float = 0
    high: float = 0
    places: int = 0
    longest: int = 200
    part: str = ""
    also: tuple[str, ...] = ()

    @property
    def labels(self) -> dict[str, str]:
        return {one.code: one.label for one in self.codes}


_F = Field
_ALL = (
    _F("exam_date", "体检日期", "date", "", need=True, also=("日期", "检查日期")),
    _F("outcome", "体检情况", "single", "", need=True, codes=c.OUTCOME),
    _F("refused_reason", "未体检原因", "single", c.REFUSED, need=True, codes=c.REFUSED_REASON),
    _F("refused_note", "原因说明", "text", c.REFUSED),
    _F("consent_by", "同意人", "single", need=True, codes=c.CONSENT_BY, also=("体检同意",)),
    _F("org", "体检机构", "text", need=True, longest=100, also=("体检单位",)),
    _F("general", "一般体格检查", "single", codes=c.FINDING, part="general", also=("查体",)),
    _F("general_note", "体格检查异常", "text"),
    _F("sbp", "收缩压", "int", unit="mmHg", low=50, high=300, part="pressure"),
    _F("dbp", "舒张压", "int", unit="mmHg", low=20, high=200, part="pressure"),
    _F("weight", "体重", "decimal", unit="kg", low=20, high=300, places=1, part="weight"),
    _F("wbc", "白细胞", "decimal", unit="×10⁹/L", low=0.1, high=200, places=2, part="blood", also=("白细胞计数", "WBC")),
    _F("neutrophils", "中性粒细胞", "decimal", unit="%", low=0, high=100, places=1, part="blood"),
    _F("lymphocytes", "淋巴细胞", "decimal", unit="%", low=0, high=100, places=1, part="blood"),
    _F("alt", "转氨酶", "decimal", unit="U/L", low=0, high=5000, places=1, part="alt", also=("谷丙转氨酶", "ALT")),
    _F("glucose", "血糖", "decimal", unit="mmol/L", low=0.5, high=60, places=2, part="glucose", also=("GLU",)),
    _F("glucose_kind", "血糖类别", "single", codes=c.GLUCOSE_KIND),
    _F("ecg", "心电图", "single", codes=c.FINDING, part="ecg"),
    _F("ecg_note", "心电图异常", "text"),
    _F("missing_reason", "缺项原因", "text"),
    _F("advice", "异常处理与建议", "text", longest=500, also=("建议", "健康指导")),
    _F("refer_suggest", "建议转诊", "single", codes=c.REFER),
    _F("doctor", "医生", "text", "", longest=60, also=("体检医生", "医生签字")),
)  # fmt: skip
FIELDS: dict[str, Field] = {one.key: one for one in _ALL}
