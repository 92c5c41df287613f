// The rules of a visit, live on the page: class with reason and clause, next due date, what to do.
// The same data and steps as followup/rules in Python; shared vectors hold the two together.

import { addDays, addMonths, daysBetween, endOfMonth, isDate } from "./dates.js";
import { DecisionTable, RuleError } from "./tables.js";

export { RuleError } from "./tables.js";

const NATION = "000000000000";
const FAR = "9999-12-31";
const SOCIAL = ["soc_selfcare", "soc_housework", "soc_work", "soc_study", "soc_interpersonal"];
const CLASS_KEYS = ["risk", "symptoms", "symptom_severity", "insight", ...SOCIAL, "adr", "physical_severity"];

const blank = (value) => value === undefined || value === null || value === "" || (Array.isArray(value) && !value.length);
const isRisk = (value) => Number.isInteger(value) && value >= 0 && value <= 5;

/** A division's own code and everything above it, nearest first. */
export function ancestors(code) {
  const found = [12, 9, 6, 4, 2, 0].map((cut) => code.slice(0, cut).padEnd(12, "0"));
  return [...new Set(found)];
}

/** Reads rules.json from its address and gives the rules. */
export async function loadRules(url) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`rules: ${answer.status}`);
  return new Rules(await answer.json());
}

/** The rules of one bundle. Tables are validated when it is built: a wrong bundle throws, it never guesses. */
export class Rules {
  constructor(bundle) {
    this.version = bundle.version;
    this.fields = bundle.fields;
    this.things = bundle.things;
    this.tables = new Map();
    for (const name of ["followup/classification", "followup/actions"]) {
      for (const row of this.things[name]) this.tables.set(row, new DecisionTable(row.value));
    }
  }

  /** The proposal for one record. `context`: previous_visits, filed_on, transferred_in_on, discharged_on, referred_on,
   *  division, visit_class (given: the clinical answers are not needed). Throws RuleError. */
  propose(record, context = {}) {
    const division = (context.division ?? "").padEnd(12, "0");
    const places = ancestors(division);
    const day = isDate(record.visit_date) ? record.visit_date : null;
    const found = context.visit_class
      ? { visit_class: context.visit_class, reason: "按给定的分类", clause: "N3/form/record" }
      : this.classify(record, places, day ?? FAR);
    const ended = !blank(record.lost_reason) || !blank(record.death_date);
    const previous = (context.previous_visits ?? []).map((item, index) => fact(item, index));
    let open = null;
    if (day && !ended) {
      const before = previous.filter((item) => item.visit_date <= day);
      const visit = fact({ ...record, visit_class: found.visit_class }, previous.length);
      open = this.due([...before, visit], context, places);
    }
    const last = [...previous].sort(byDate).at(-1);
    const lastGrave = Boolean(last && (last.visit_class === "1" || (last.risk ?? 0) >= 3));
    return {
      ...found,
      next_due_on: open ? open.due_on : null,
      norm_deadline: open ? open.norm_deadline : null,
      situation: open ? open.situation : "",
      due_clause: open ? open.clause : "",
      actions: this.steps(record, found.visit_class, day, open, lastGrave, places),
      policy_version: this.version,
    };
  }

  // ── class ─────────────────────────────────────────────────────────────────────────────────────────────────────
  classify(record, places = [NATION], day = FAR) {
    if (!blank(record.death_date) || !blank(record.lost_reason)) {
      return { visit_class: null, reason: "失访或死亡，不作分类", clause: "N3/form/lost-or-dead" };
    }
    if (record.hospital === "1" && CLASS_KEYS.some((key) => blank(record[key]))) {
      return { visit_class: null, reason: "目前正在住院，临床项目未填全，不作分类", clause: "N18/in-hospital" };
    }
    const partial = this.at("followup/partial_insight", day, places).value;
    const table = this.tables.get(this.at("followup/classification", day, places));
    const decision = table.evaluate(this.derive(record, partial));
    return { visit_class: decision.outcome, reason: decision.reason, clause: decision.clause };
  }

  /** The inputs of the decision table from the answers of the form. */
  derive(record, partial = "partial") {
    const problems = [];
    const single = (key) => {
      const value = record[key];
      if (blank(value)) problems.push(this.missing(key));
      else if (typeof value === "string" && this.known(key, value)) return value;
      else problems.push(this.wrong(key, value));
      return null;
    };
    const risk = record.risk;
    if (risk === undefined || risk === null) problems.push(this.missing("risk"));
    else if (!isRisk(risk)) problems.push(this.wrong("risk", risk));

    const severity = single("symptom_severity");
    const symptoms = record.symptoms;
    if (symptoms === undefined || symptoms === null || (Array.isArray(symptoms) && !symptoms.length)) {
      problems.push(this.missing("symptoms"));
    } else if (
      !Array.isArray(symptoms) ||
      symptoms.some((item) => typeof item !== "string" || !this.known("symptoms", item)) ||
      new Set(symptoms).size !== symptoms.length
    ) {
      problems.push(this.wrong("symptoms", symptoms));
    } else if (symptoms.includes("0") && symptoms.length > 1) {
      const message = "“目前症状”选了“无明显症状”，就不能再选其他症状";
      problems.push({ field: "symptoms", code: "exclusive", message, value: symptoms.join(",") });
    } else if (severity !== null && symptoms.includes("0") !== (severity === "1")) {
      const message = "“目前症状”为“无明显症状”时“精神症状程度”应为“基本消失”，有症状时应为“仍有”或“明显”";
      problems.push({ field: "symptom_severity", code: "contradiction", message, value: severity });
    }

    const insight = single("insight");
    const recovered = record.insight_recovered;
    if (recovered !== undefined && recovered !== null && typeof recovered !== "boolean") {
      problems.push(this.wrong("insight_recovered", recovered));
    }
    const social = SOCIAL.map((key) => single(key));
    const adr = single("adr");
    const grave = this.graveReaction(record, adr, single, problems);
    const physical = single("physical_severity");
    if (problems.length) throw new RuleError(problems);
    const worst = Math.max(1, ...social.filter((level) => "123".includes(level)).map(Number));
    return {
      risk,
      symptoms: { 1: "gone", 2: "present", 3: "obvious" }[severity],
      insight: { 1: "recovered", 2: recovered === true ? "recovered" : partial, 3: "lacking" }[insight],
      social: { 1: "good", 2: "fair", 3: "poor" }[worst],
      adr: grave ? "severe_or_acute" : "not_severe",
      physical: physical === "2" ? "severe" : "not_severe",
    };
  }

  graveReaction(record, adr, single, problems) {
    const acute = record.adr_acute;
    let severity = record.adr_severity;
    const add = (field, code, message, value) => problems.push({ field, code, message, value });
    if (adr === "2") {
      severity = single("adr_severity");
      if (severity === "0") {
        add("adr_severity", "contradiction", "“药物不良反应”为“有”时，“不良反应严重程度”应为轻、中或重", "0");
      }
      if (acute === undefined || acute === null) problems.push(this.missing("adr_acute"));
      else if (typeof acute !== "boolean") problems.push(this.wrong("adr_acute", acute));
      return severity === "3" || acute === true;
    }
    const none = adr === "1" || adr === "9";
    if (!blank(severity) && !(typeof severity === "string" && this.known("adr_severity", severity))) {
      problems.push(this.wrong("adr_severity", severity));
    } else if (none && !blank(severity) && severity !== "0") {
      add("adr_severity", "contradiction", "“药物不良反应”不是“有”，“不良反应严重程度”应为“无”", severity);
    }
    if (acute !== undefined && acute !== null && typeof acute !== "boolean") {
      problems.push(this.wrong("adr_acute", acute));
    } else if (none && acute === true) {
      add("adr_acute", "contradiction", "“药物不良反应”不是“有”，“急性不良反应”应为“否”", "是");
    }
    return false;
  }

  known(key, code) {
    return this.fields[key].codes.some(([item]) => item === code);
  }

  missing(key) {
    const { label, codes } = this.fields[key];
    const wanted = codes.length ? `，应为：${codes.map((pair) => pair.join(" ")).join("、")}` : "";
    return { field: key, code: "missing", message: `“${label}”未填写${wanted}`, value: "" };
  }

  wrong(key, value) {
    const { label, kind, codes, low, high } = this.fields[key];
    const shown = String(value).slice(0, 40);
    let right = codes.map((pair) => pair.join(" ")).join("、");
    if (kind === "int") right = `${low} 到 ${high} 的整数`;
    else if (kind === "bool") right = "是（true）或否（false）";
    else if (kind === "multi") right = `以下代码的列表，不重复：${right}`;
    return { field: key, code: "wrong_value", message: `“${label}”的值“${shown}”无效，应为：${right}`, value: shown };
  }

  // ── next due date ─────────────────────────────────────────────────────────────────────────────────────────────
  /** What is open after these visits and the context's dates; null when nothing is due. */
  due(visits, context, places) {
    const first = visits.length ? visits.map((item) => item.visit_date).sort()[0] : FAR;
    const steps = visits.map((visit) => [visit.visit_date, 1, visit.key, "visit", visit]);
    // a filing after the visit would open a first visit; the answer here is about the visit
    if (context.filed_on && context.filed_on <= first) steps.push([context.filed_on, 0, "", "filed", null]);
    if (context.referred_on) steps.push([context.referred_on, 2, "", "referred", null]);
    if (context.discharged_on) steps.push([context.discharged_on, 3, "", "discharged", null]);
    if (context.transferred_in_on) steps.push([context.transferred_in_on, 7, "", "transferred_in", null]);
    steps.sort((a, b) => compare(a[0], b[0]) || a[1] - b[1] || compare(a[2], b[2]));
    const course = new Course(this, places);
    for (const [day, , , kind, visit] of steps) {
      if (visit) course.visit(visit);
      else course.event(kind, day);
    }
    return course.open;
  }

  dueAfterVisit(visit, previousClass, places) {
    const situations = [situationOf(visit, previousClass)];
    if (visit.referred) situations.push("referred");
    if ((visit.risk ?? 0) >= 1) situations.push("any_risk");
    situations.push("everyone");
    const found = this.dues(situations, visit.visit_date, visit.risk, places);
    return { ...earliest(found), joint: found.some((due) => due.joint) };
  }

  dueAfterEvent(situation, day, places) {
    return earliest(this.dues([situation, "everyone"], day, null, places));
  }

  dues(situations, anchor, risk, places) {
    const profiles = this.chain("followup/intervals", anchor, places);
    const found = [];
    for (const situation of situations) {
      const rule = profiles
        .flatMap((row) => row.value.rules)
        .find((item) => item.situation === situation && (!item.risk || item.risk.includes(risk)));
      if (rule) {
        const day = addDays(addMonths(anchor, rule.plus.months ?? 0), rule.plus.days ?? 0);
        found.push({ due_on: day, situation, clause: rule.clause, joint: rule.joint ?? false });
      }
    }
    return found;
  }

  norm(base, places) {
    const windows = this.chain("followup/windows", base, places)[0].value;
    return endOfMonth(addMonths(`${base.slice(0, 8)}01`, windows.norm_deadline_months));
  }

  extraBefore(anchor, places) {
    return addDays(anchor, this.chain("followup/windows", anchor, places)[0].value.extra_within_days);
  }

  // ── what to do ────────────────────────────────────────────────────────────────────────────────────────────────
  steps(record, visitClass, day, open, lastGrave, places) {
    if (!blank(record.death_date)) return [];
    const table = this.tables.get(this.at("followup/actions", day ?? FAR, places));
    const lost = !blank(record.lost_reason);
    const high = !Number.isInteger(record.risk) ? "unknown" : record.risk >= 3 ? "yes" : "no";
    const grave = record.adr_severity === "3" || record.adr_acute === true;
    const reaction = { 1: "no", 9: "no", 2: grave ? "severe_or_acute" : "yes" };
    const rows = table.collect({
      visit_class: visitClass ?? "none",
      interval: intervalOf(day, open),
      high_risk: lost ? (lastGrave ? "yes" : "no") : high,
      adr: pick(reaction, record.adr),
      physical: pick({ 0: "none", 1: "stable", 2: "severe" }, record.physical_severity),
      hospital: pick({ 0: "0", 1: "1", 2: "2" }, record.hospital),
      adherence: pick({ 1: "1", 2: "2", 3: "3", 4: "4" }, record.adherence),
      locked: pick({ 1: "1", 2: "2", 3: "3" }, record.locked),
      harm: harm(record.danger_acts),
      joint: open && open.joint ? "yes" : "no",
      lost: lost ? "yes" : "no",
    });
    const found = new Map(rows.map((row) => [row.then, { code: row.then, label: row.reason, clause: row.clause }]));
    return [...found.values()];
  }

  // ── dated rows ────────────────────────────────────────────────────────────────────────────────────────────────
  at(thing, day, places) {
    for (const area of places) {
      const row = newest(this.things[thing], area, day);
      if (row) return row;
    }
    throw new RuleError([{ field: "", code: "policy_missing", message: `${thing}:${day} 没有适用的规定`, value: "" }]);
  }

  /** Rows that hold, nearest area first; days before the nation's first rule are judged by that rule. */
  chain(thing, day, places) {
    const rows = this.things[thing];
    const first = rows.filter((row) => row.area === NATION).map((row) => row.from).sort()[0];
    const on = day < first ? first : day;
    return places.map((area) => newest(rows, area, on)).filter(Boolean);
  }
}

/** The state while replaying visits and events: what is open and the last visit. */
class Course {
  constructor(rules, places) {
    Object.assign(this, { rules, places, open: null, last: null, lastClass: null });
  }

  visit(given) {
    const carried = given.visit_class === null && !given.in_hospital && this.lastClass;
    const visit = carried ? { ...given, visit_class: this.lastClass } : given;
    const due = this.rules.dueAfterVisit(visit, this.lastClass, this.places);
    const day = visit.visit_date;
    if (this.open && this.open.extra_before && day < this.open.extra_before) this.extra(visit, due);
    else {
      this.open = {
        ...due,
        norm_deadline: this.rules.norm(day, this.places),
        extra_before: visit.referred ? null : this.rules.extraBefore(day, this.places),
      };
    }
    this.last = visit;
    this.lastClass = visit.visit_class;
  }

  extra(visit, due) {
    const norm = this.rules.norm(visit.visit_date, this.places);
    // the two-week check stays due: a visit within the week does not serve it
    if (this.open.situation === "basically_stable_first" && this.open.due_on <= due.due_on) {
      this.open = { ...this.open, norm_deadline: norm, joint: this.open.joint || due.joint };
      return;
    }
    const startsCheck = situationOf(visit, this.lastClass) === "basically_stable_first";
    const before = startsCheck
      ? this.rules.extraBefore(visit.visit_date, this.places)
      : visit.referred
        ? null
        : this.open.extra_before;
    this.open = { ...due, norm_deadline: norm, extra_before: before };
  }

  event(kind, day) {
    if (kind === "filed" && (!this.open || this.open.due_on < day)) this.openAfter("registered", day, day);
    else if (kind === "filed") this.sooner("registered", day);
    if (kind === "referred" && this.open) this.sooner("referred", day);
    if (kind === "discharged") {
      const served = this.last && this.last.visit_date === day && !this.last.in_hospital;
      if (!served) this.sooner("discharged", day);
    }
    if (kind === "transferred_in") {
      if (this.open && this.open.due_on < day) this.open = null;
      const served = this.last && this.last.visit_date === day;
      if (!(this.open && served)) this.sooner("transferred_in", day);
    }
  }

  sooner(situation, day) {
    if (!this.open) {
      this.openAfter(situation, day, this.last ? this.last.visit_date : day);
      return;
    }
    const due = this.rules.dueAfterEvent(situation, day, this.places);
    const { joint, norm_deadline } = this.open;
    if (due.due_on < this.open.due_on) this.open = { ...due, joint, norm_deadline };
    this.open = { ...this.open, extra_before: null };
  }

  openAfter(situation, day, base) {
    const due = this.rules.dueAfterEvent(situation, day, this.places);
    this.open = { ...due, joint: false, norm_deadline: this.rules.norm(base, this.places), extra_before: null };
  }
}

function fact(item, index) {
  return {
    visit_date: item.visit_date,
    visit_class: item.visit_class ?? null,
    key: String(index).padStart(6, "0"),
    risk: Number.isInteger(item.risk) ? item.risk : null,
    in_hospital: item.hospital === "1",
    referred: item.referred === "2",
  };
}

function situationOf(visit, previousClass) {
  if (visit.visit_class === "1") return "unstable";
  if (visit.visit_class === "2") return previousClass === "2" ? "basically_stable_again" : "basically_stable_first";
  if (visit.visit_class === "3") return "stable";
  return visit.in_hospital ? "in_hospital" : "unclassified";
}

function intervalOf(day, open) {
  if (!open || !day) return "none";
  if (daysBetween(day, open.due_on) <= 14) return "2_weeks";
  if (open.due_on <= addMonths(day, 1)) return "1_month";
  return open.due_on <= addMonths(day, 3) ? "3_months" : "longer";
}

function harm(acts) {
  if (acts === null || typeof acts !== "object") return "unknown";
  const self = ["5", "6"].some((code) => acts[code]);
  const others = ["1", "2", "3", "4"].some((code) => acts[code]);
  if (self) return others ? "both" : "self";
  return others ? "others" : "none";
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const byDate = (a, b) => compare(a.visit_date, b.visit_date) || compare(a.key, b.key);
const earliest = (dues) => dues.reduce((best, due) => (due.due_on < best.due_on ? due : best));
const pick = (map, value) => (typeof value === "string" && Object.hasOwn(map, value) ? map[value] : "unknown");

function newest(rows, area, day) {
  let found = null;
  for (const row of rows) {
    const holds = row.area === area && row.from <= day && (!row.to || day < row.to);
    if (holds && (!found || row.from > found.from)) found = row;
  }
  return found;
}
