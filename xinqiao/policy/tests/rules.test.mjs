// Run by `node --test`; pytest starts it too. The vectors are what Python answers.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { addDays, addMonths, endOfMonth, isDate } from "../static/policy/dates.js";
import { RuleError, Rules } from "../static/policy/rules.js";
import { DecisionTable, TableError } from "../static/policy/tables.js";

const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
const bundle = read("../static/policy/rules.json");
const vectors = read("./vectors.json");
const rules = new Rules(bundle);
const tableData = bundle.things["followup/classification"][0].value;
const copy = (value) => structuredClone(value);

test("every combination of the class table decides as in Python", () => {
  const table = new DecisionTable(tableData);
  let index = 0;
  for (const combination of table.combinations()) {
    const decision = table.evaluate(combination);
    assert.equal(decision.outcome, vectors.table.outcomes[index], JSON.stringify(combination));
    assert.equal(table.rows.indexOf(decision.rows[0]), parseInt(vectors.table.rows[index], 16));
    index += 1;
  }
  assert.equal(index, vectors.table.outcomes.length);
});

test("every form, right or wrong, is answered as in Python", () => {
  const { stable, raw, answers, order } = vectors.forms;
  const keys = Object.keys(raw);
  let index = 0;
  for (let i = 0; i < keys.length; i += 1) {
    for (let j = i + 1; j < keys.length; j += 1) {
      for (const one of raw[keys[i]]) {
        for (const two of raw[keys[j]]) {
          const form = { ...stable, [keys[i]]: one, [keys[j]]: two };
          assert.equal(answer(form), answers[order[index]], JSON.stringify(form));
          index += 1;
        }
      }
    }
  }
  assert.equal(index, order.length);
});

function answer(form) {
  try {
    return rules.classify(form).visit_class ?? "-";
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    return error.problems.map((problem) => `${problem.field}:${problem.code}`).join(",");
  }
}

test("every dated case gives the same due date, deadline, clause and steps as in Python", () => {
  const { cases, answers, order } = vectors.dated;
  cases.forEach(([day, visitClass, risk, hospital, previous, events, division], index) => {
    const context = { division, visit_class: visitClass };
    context.previous_visits = previous.map(([days, cls, stay]) => ({
      visit_date: addDays(day, -days),
      visit_class: cls,
      hospital: stay,
    }));
    for (const [key, days] of Object.entries(events)) context[key] = addDays(day, days);
    const found = rules.propose({ visit_date: day, risk, hospital }, context);
    const steps = found.actions.map((step) => step.code);
    assert.deepEqual(
      [found.next_due_on, found.norm_deadline, found.situation, found.due_clause, steps],
      answers[order[index]],
      JSON.stringify(cases[index]),
    );
  });
  assert.equal(cases.length, order.length);
});

test("a misspelt, missing or mistyped input is an error, never a class", () => {
  const table = new DecisionTable(tableData);
  const good = { risk: 0, symptoms: "gone", insight: "recovered", social: "good", adr: "not_severe", physical: "not_severe" };
  assert.equal(table.evaluate(good).outcome, "3");
  for (const bad of [{}, { ...good, risk: "0" }, { ...good, risk: 6 }, { ...good, risks: 0 }, { ...good, insight: undefined }]) {
    assert.throws(() => table.evaluate(bad), RuleError);
  }
});

test("a table with a gap, a shadowed row or an unknown value is refused", () => {
  const spoil = (change) => {
    const data = copy(tableData);
    change(data);
    assert.throws(() => new DecisionTable(data), TableError);
  };
  spoil((data) => data.rows.pop());
  spoil((data) => data.rows.unshift({ ...copy(data.rows[0]), id: "again", when: { ...data.rows[0].when, risk: "*" } }));
  spoil((data) => data.rows[0].when.risk.push(7));
  spoil((data) => data.rows[0].when.risk.push("3"));
  spoil((data) => delete data.rows[0].when.adr);
  spoil((data) => (data.rows[0].when.weather = "*"));
  spoil((data) => (data.rows[0].when.risk = []));
  spoil((data) => (data.rows[0].then = "4"));
  spoil((data) => (data.extra = 1));
});

test("months clamp at their end", () => {
  assert.equal(addMonths("2024-01-31", 1), "2024-02-29");
  assert.equal(addMonths("2023-01-31", 1), "2023-02-28");
  assert.equal(addMonths("2024-11-30", 3), "2025-02-28");
  assert.equal(addMonths("2024-01-15", -1), "2023-12-15");
  assert.equal(endOfMonth("2024-02-10"), "2024-02-29");
  assert.equal(addDays("2024-02-28", 2), "2024-03-01");
  assert.equal(isDate("2023-02-29"), false);
  assert.equal(isDate("2024-02-29"), true);
});
