"""Whether one follow-up record can be kept: types, codes, conditional items, guards. Clause: N3/form/record.

`mode="entry"` is a person in front of the form: what the form requires must be there. `mode="import"` is history:
only what cannot be true or cannot be read is refused, everything else is kept and flagged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from xinqiao.kernel.errors import Problem
from xinqiao.kernel.words import joined, sentence, term
from xinqiao.policy.policies import PolicySet, released_policies

from .classify import contradiction_of_symptoms, missing
from .counting import HIGH_RISK, needs_confirming
from .fields import CLASSES, CLINICAL_KEYS, FIELDS
from .values import Mode, Values

#: Nothing is agreed further ahead than this: every rule asks for a visit sooner.
LONGEST_WAIT = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Flag:
    """Something kept but worth saying: `code` is stable, `message` Chinese."""

    field: str
    code: str
    message: str


class Checked(NamedTuple):
    """`clean`: known keys only, dates as `date`, multiple choice sorted, blanks left out; complete only when
    `problems` is empty."""

    clean: dict[str, Any]
    problems: list[Problem]
    flags: list[Flag]


def check_record(
    record: Mapping[str, Any],
    *,
    today: date,
    birth_on: date | None = None,
    filed_on: date | None = None,
    died_on: date | None = None,
    last_risk: int | None = None,
    mode: Mode = "entry",
    policies: PolicySet | None = None,
) -> Checked:
    """Check one F08 record. Refused dates: after `today`, before `birth_on`. Before `filed_on` and after `died_on`:
    kept and flagged. `last_risk` is the level that counted before this visit. `policies` gives the levels that grave
    acts propose (`followup/guards`); by default the released ones."""
    guards = (policies or released_policies()).profile("followup/guards", on=today)[0].value
    return _Check(today, birth_on, filed_on, died_on, last_risk, mode, guards).run(record)


def is_complete(record: Mapping[str, Any]) -> bool:
    """Whether the visit counts as a complete follow-up: a risk level, or in hospital now; not lost, not dead."""
    if record.get("lost_reason") or record.get("death_date"):
        return False
    return record.get("risk") is not None or record.get("hospital") == "1"


class _Check(Values):
    def __init__(
        self,
        today: date,
        birth_on: date | None,
        filed_on: date | None,
        died_on: date | None,
        last_risk: int | None,
        mode: Mode,
        guards: Mapping[str, int],
    ) -> None:
        super().__init__(mode)
        self.today, self.birth_on, self.filed_on, self.died_on = today, birth_on, filed_on, died_on
        self.last_risk, self.guards = last_risk, guards
        self.flags: list[Flag] = []

    def run(self, record: Mapping[str, Any]) -> Checked:
        self.read(record)
        # a value that was given but could not be read is not "missing" as well
        self.given = self.clean.keys() | {p.field.split(".")[0] for p in self.problems}
        self._ending()
        self._dates()
        self._required()
        self._treatment()
        self._guards()
        if self.problems:
            order = {key: index for index, key in enumerate(FIELDS)}
            self.problems.sort(key=lambda item: order.get(item.field.split(".")[0], -1))
        return Checked(self.clean, self.problems, self.flags)

    # ── dates ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _dates(self) -> None:
        visit = self.clean.get("visit_date")
        for key in ("visit_date", "death_date", "last_discharge"):
            day = self.clean.get(key)
            if day is None:
                continue
            label = term(FIELDS[key].label)
            if day > self.today:
                self._say(
                    key,
                    "future",
                    sentence(
                        "“%(label)s”%(day)s 晚于今天 %(today)s，应不晚于今天",
                        label=label,
                        day=day,
                        today=self.today,
                    ),
                    day,
                )
            elif self.birth_on and day < self.birth_on:
                self._say(
                    key,
                    "before_birth",
                    sentence(
                        "“%(label)s”%(day)s 早于出生日期 %(birth_on)s，应不早于出生日期",
                        label=label,
                        day=day,
                        birth_on=self.birth_on,
                    ),
                    day,
                )
            elif visit and key != "visit_date" and day > visit:
                self._say(
                    key,
                    "after_visit",
                    sentence(
                        "“%(label)s”%(day)s 晚于随访日期 %(visit)s，应不晚于随访日期",
                        label=label,
                        day=day,
                        visit=visit,
                    ),
                    day,
                )
        if visit is None:
            return
        if self.filed_on and visit < self.filed_on:
            self._flag(
                "visit_date",
                "before_filing",
                sentence(
                    "随访日期 %(visit)s 早于建档日期 %(filed_on)s，已保存并标明",
                    visit=visit,
                    filed_on=self.filed_on,
                ),
            )
        if self.died_on and visit > self.died_on:
            self._flag(
                "visit_date",
                "after_death",
                sentence(
                    "随访日期 %(visit)s 晚于死亡日期 %(died_on)s，已保存并标明",
                    visit=visit,
                    died_on=self.died_on,
                ),
            )
        planned, due = self.clean.get("planned_on"), self.clean.get("due_on")
        if planned and planned <= visit:
            self._say(
                "planned_on",
                "not_after_visit",
                sentence("“计划随访日期”%(planned)s 应晚于随访日期 %(visit)s", planned=planned, visit=visit),
                planned,
            )
        if planned and planned > self.today + LONGEST_WAIT and self.mode == "entry":
            self._say(
                "planned_on",
                "too_far",
                sentence("“计划随访日期”%(planned)s 在一年以后，应在一年以内", planned=planned),
                planned,
            )
        if planned and due and planned > due and "planned_reason" not in self.given and self.mode == "entry":
            self._say(
                "planned_reason",
                "missing",
                sentence(
                    "“计划随访日期”%(planned)s 晚于应访日 %(due)s，请填写“推迟理由”", planned=planned, due=due
                ),
            )

    # ── conditional items ───────────────────────────────────────────────────────────────────────────────────────
    def _ending(self) -> None:
        """Lost or dead: items 7–29 are not filled in."""
        dead = bool(self.given & {"death_date", "death_cause"})
        lost = "lost_reason" in self.given
        self.ended = dead or lost
        if dead and lost:
            self._say("lost_reason", "contradiction", sentence("“失访原因”与“死亡日期”只能填一项"))
        if not self.ended:
            return
        filled = [key for key in self.clean if key in CLINICAL_KEYS or key in ("visit_class", "planned_on")]
        what = term("死亡") if dead else term("失访")
        for key in filled:
            if self.mode == "entry":
                self._say(
                    key,
                    "disabled",
                    sentence("%(what)s时不填“%(label)s”，请清空", what=what, label=term(FIELDS[key].label)),
                )
            else:
                del self.clean[key]
                self._flag(
                    key,
                    "dropped",
                    sentence(
                        "%(what)s时不填“%(label)s”，导入时已略去", what=what, label=term(FIELDS[key].label)
                    ),
                )

    def _required(self) -> None:
        for key in ("visit_date", "form"):
            self._need(key, always=True)
        self._need("doctor")
        clean = self.clean
        if self.ended:
            if self.given & {"death_date", "death_cause"}:
                self._need("death_date", always=True)
                self._need("death_cause")
                if clean.get("death_cause") == "1":
                    self._need("death_disease")
                if clean.get("death_cause") == "6":
                    self._need("death_note")
            if clean.get("lost_reason") == "5":
                self._need("lost_note")
            return
        self._need("targets")
        self._need("hospital")
        if clean.get("hospital") != "1":
            for key in (
                "risk",
                "symptoms",
                "symptom_severity",
                "insight",
                "sleep",
                "diet",
                "soc_selfcare",
                "soc_housework",
                "soc_work",
                "soc_study",
                "soc_interpersonal",
                "danger_acts",
                "locked",
                "lab",
                "adherence",
                "adr",
                "physical_severity",
                "effect",
                "refer_suggest",
                "referred",
            ):
                self._need(key)
        if clean.get("hospital") == "2":
            self._need("last_discharge")
        elif "last_discharge" in clean and "hospital" in clean and self.mode == "entry":
            self._say(
                "last_discharge",
                "disabled",
                sentence("“住院情况”不是“曾住院，现未住院”时不填“末次出院时间”，请清空"),
            )
        if clean.get("form_detail") and clean.get("form") != "3":
            self._say("form_detail", "contradiction", sentence("“具体途径”只在随访形式为“3 电话”时填写"))
        for key, choice, note in (
            ("symptoms", "12", "symptoms_note"),
            ("rehab", "5", "rehab_note"),
            ("lab", "2", "lab_note"),
            ("adr", "2", "adr_note"),
            ("adr", "2", "adr_severity"),
            ("adr", "2", "adr_acute"),
            ("refer_suggest", "2", "refer_reason"),
            ("referred", "2", "refer_to"),
        ):
            chosen = clean.get(key)
            if chosen == choice or (isinstance(chosen, list) and choice in chosen):
                self._need(note)

    def _treatment(self) -> None:
        clean = self.clean
        symptoms, severity = clean.get("symptoms"), clean.get("symptom_severity")
        if symptoms and severity and ("0" in symptoms) is not (severity == "1"):
            self.problems.append(contradiction_of_symptoms(severity))
        if clean.get("adr") == "2" and clean.get("adr_severity") == "0":
            self._say(
                "adr_severity",
                "contradiction",
                sentence("“药物不良反应”为“有”时，“不良反应严重程度”应为轻、中或重"),
                "0",
            )
        if clean.get("adr") in ("1", "9"):
            if clean.get("adr_severity", "0") != "0":
                self._say(
                    "adr_severity",
                    "contradiction",
                    sentence("“药物不良反应”不是“有”，“不良反应严重程度”应为“无”"),
                )
            if clean.get("adr_acute"):
                self._say(
                    "adr_acute", "contradiction", sentence("“药物不良反应”不是“有”，“急性不良反应”应为“否”")
                )
        if self.ended:
            return
        adherence, drugs = clean.get("adherence"), clean.get("drugs")
        if adherence in ("1", "2") and not drugs and "drugs" not in self.given:
            text = sentence(
                "“用药依从性”为“%(chosen)s”时，“用药情况”至少填一行",
                chosen=term(FIELDS["adherence"].label_of(adherence)),
            )
            if self.mode == "entry":
                self._say("drugs", "missing", text)
            else:
                self._flag("drugs", "missing", text)

    # ── guards ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _guards(self) -> None:
        clean = self.clean
        risk, acts = clean.get("risk"), clean.get("danger_acts") or {}
        if risk is not None:
            done = [term(FIELDS["danger_acts"].label_of(code)) for code, count in acts.items() if count]
            if risk == 0 and done:
                text = sentence("本次有%(items)s，危险性评估却为 0 级", items=joined(done))
                if "risk_confirmed_reason" in self.given:
                    self._flag("risk", "zero_risk_confirmed", sentence("%(text)s，已说明理由", text=text))
                elif self.mode == "entry":
                    self._say(
                        "risk_confirmed_reason",
                        "missing",
                        sentence("%(text)s：请改为 1–5 级，或填写“仍评为0级的理由”", text=text),
                    )
                else:
                    self._flag("risk", "zero_risk", sentence("%(text)s，导入时保留并标明", text=text))
            elif (acts.get("5") or acts.get("6")) and risk < (level := self.guards["self_harm"]):
                text = sentence(
                    "本次有自伤或自杀未遂，建议危险性评估不低于 %(level)s 级，现为 %(risk)s 级",
                    level=level,
                    risk=risk,
                )
                self._flag("risk", f"propose_{level}", text)
            elif acts.get("3") and risk < (level := self.guards["serious_incident"]):
                text = sentence(
                    "本次有肇祸，建议危险性评估不低于 %(level)s 级，现为 %(risk)s 级", level=level, risk=risk
                )
                self._flag("risk", f"propose_{level}", text)
            if needs_confirming(risk, self.last_risk):
                self._flag(
                    "risk",
                    "risk_lowered",
                    sentence(
                        "危险性评估由 %(last_risk)s 级降为 %(risk)s 级，须另一人确认，确认前按 %(last_risk)s 级计",
                        last_risk=self.last_risk,
                        risk=risk,
                    ),
                )
            if risk >= HIGH_RISK and clean.get("visit_class") in ("2", "3"):
                text = sentence(
                    "危险性评估为 %(risk)s 级，分类应为“不稳定”，不能选“%(classes)s”",
                    risk=risk,
                    classes=term(CLASSES[clean["visit_class"]]),
                )
                if self.mode == "entry":
                    self._say("visit_class", "too_mild", text, clean["visit_class"])
                else:
                    self._flag("visit_class", "too_mild", text)
        if clean.get("insight_recovered"):
            if clean.get("insight") == "2":
                text = sentence("自知力不全，本次按“自知力基本恢复”判定")
                self._flag("insight_recovered", "insight_recovered", text)
            elif "insight" in clean:
                text = sentence("“自知力”不是“自知力不全”时，不选“按‘自知力基本恢复’判定”")
                self._say("insight_recovered", "contradiction", text, "是")
        if clean.get("lost_reason") == "4":
            self._flag(
                "lost_reason",
                "needs_tries",
                sentence("“连续3次未访到”须有三次注明日期的未访到记录，否则按待核失访保存"),
            )
        if (
            self.mode == "import"
            and clean.get("visit_class")
            and "symptom_severity" not in clean
            and not self.ended
        ):
            self._flag("visit_class", "not_recomputed", sentence("没有精神症状程度，保留原分类，未复算"))

    # ── saying ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _need(self, key: str, *, always: bool = False) -> None:
        if key in self.given:
            return
        problem = missing(key)
        if always or self.mode == "entry":
            self.problems.append(problem)
        else:
            self.flags.append(Flag(key, "missing", problem.message))

    def _say(self, key: str, code: str, message: str, value: object = "") -> None:
        self.problems.append(Problem(key, code, message, str(value)))

    def _flag(self, key: str, code: str, message: str) -> None:
        self.flags.append(Flag(key, code, message))
