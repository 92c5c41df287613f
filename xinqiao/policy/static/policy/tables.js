// Decision tables as data; the same checks as tables.py, failing closed. No dependencies; browser and Node.

const ANY = "*";
const MAX_COMBINATIONS = 50000;

/** The table itself is wrong. */
export class TableError extends Error {}

/** What was given cannot be judged: `problems` is a list of {field, code, message, value}. */
export class RuleError extends Error {
  constructor(problems) {
    super(problems.map((problem) => problem.message).join("；"));
    this.problems = problems;
  }
}

const isMapping = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const has = (value, key) => Object.prototype.hasOwnProperty.call(value, key);

function keys(where, data, expected) {
  if (!isMapping(data)) throw new TableError(`${where}: not a mapping`);
  for (const key of Object.keys(data).sort()) {
    if (!expected.includes(key)) throw new TableError(`${where}: unknown key ${key}`);
  }
  for (const key of [...expected].sort()) {
    if (!has(data, key)) throw new TableError(`${where}: key ${key} is missing`);
  }
}

function list(where, value) {
  if (!Array.isArray(value)) throw new TableError(`${where}: not a list`);
  return value;
}

function text(where, value) {
  if (typeof value !== "string" || !value.trim()) throw new TableError(`${where}: a text is missing`);
  return value;
}

const distinct = (values) => new Set(values).size === values.length;

function readInput(name, body) {
  const where = `inputs.${name}`;
  keys(where, body, ["label", "values"]);
  const values = list(`${where}.values`, body.values);
  const plain = (value) => Number.isSafeInteger(value) || typeof value === "string" || typeof value === "boolean";
  if (!values.length || !values.every(plain)) throw new TableError(`${where}.values: empty, or not plain values`);
  if (new Set(values.map((value) => typeof value)).size !== 1 || !distinct(values)) {
    throw new TableError(`${where}.values: mixed types or a repeated value`);
  }
  return { name, label: text(where, body.label), values };
}

function readCell(where, cell, input) {
  if (cell === ANY) return input.values;
  const values = list(where, cell);
  if (!values.length) throw new TableError(`${where}: an empty cell fits nothing`);
  for (const value of values) {
    // strict equality compares type and value
    if (!input.values.some((declared) => declared === value)) {
      throw new TableError(`${where}: ${String(value)} is not a declared value`);
    }
  }
  if (!distinct(values)) throw new TableError(`${where}: a value is repeated`);
  return values;
}

function readRow(body, inputs, outcomes) {
  const where = `row ${isMapping(body) ? body.id : "?"}`;
  keys(where, body, ["id", "when", "then", "reason", "clause"]);
  keys(`${where}.when`, body.when, inputs.map((input) => input.name));
  const cells = inputs.map((input) => readCell(`${where}.when.${input.name}`, body.when[input.name], input));
  if (!outcomes.includes(text(where, body.then))) throw new TableError(`${where}: outcome ${body.then} is not declared`);
  return {
    id: text(where, body.id),
    cells,
    then: body.then,
    reason: text(where, body.reason),
    clause: text(where, body.clause),
  };
}

/** A validated table. */
export class DecisionTable {
  constructor(data) {
    keys("table", data, ["hit", "inputs", "outcomes", "rows"]);
    if (data.hit !== "first" && data.hit !== "collect") throw new TableError(`hit: ${data.hit}`);
    if (!isMapping(data.inputs) || !Object.keys(data.inputs).length) throw new TableError("inputs: none declared");
    this.hit = data.hit;
    this.inputs = Object.entries(data.inputs).map(([name, body]) => readInput(name, body));
    this.outcomes = list("outcomes", data.outcomes).map((item) => text("outcomes", item));
    if (!this.outcomes.length || !distinct(this.outcomes)) throw new TableError("outcomes: empty or repeated");
    this.rows = list("rows", data.rows).map((body) => readRow(body, this.inputs, this.outcomes));
    if (!this.rows.length || !distinct(this.rows.map((row) => row.id))) throw new TableError("rows: none, or an id is repeated");
    if (this.hit === "first") this.checkComplete();
  }

  /** Every combination of declared values; the last input varies fastest. */
  *combinations() {
    const places = this.inputs.map(() => 0);
    for (;;) {
      yield Object.fromEntries(this.inputs.map((input, index) => [input.name, input.values[places[index]]]));
      let index = places.length - 1;
      while (index >= 0 && ++places[index] === this.inputs[index].values.length) places[index--] = 0;
      if (index < 0) return;
    }
  }

  /** Throws RuleError unless exactly the declared inputs are given, each with a declared value. */
  check(given) {
    const problems = [];
    for (const name of Object.keys(given)) {
      if (!this.inputs.some((input) => input.name === name)) {
        problems.push({ field: name, code: "unknown_key", message: `没有“${name}”这一项`, value: "" });
      }
    }
    for (const input of this.inputs) {
      const value = has(given, input.name) ? given[input.name] : undefined;
      if (value === undefined || value === null) {
        problems.push({ field: input.name, code: "missing", message: `“${input.label}”未填写`, value: "" });
      } else if (!input.values.some((declared) => declared === value)) {
        const shown = String(value).slice(0, 40);
        const message = `“${input.label}”的值“${shown}”无效，应为：${input.values.join("、")}`;
        problems.push({ field: input.name, code: "unknown_value", message, value: shown });
      }
    }
    if (problems.length) throw new RuleError(problems);
  }

  /** All rows that fit, in order. */
  collect(given) {
    this.check(given);
    return this.rows.filter((row) => this.fits(row, given));
  }

  /** The decision of a `first` table: outcome, reason, clause and the rows that say so. */
  evaluate(given) {
    const hits = this.collect(given);
    if (this.hit !== "first" || !hits.length) throw new TableError("not a complete 'first' table");
    const rows = hits.filter((row) => row.then === hits[0].then);
    const reason = [...new Set(rows.map((row) => row.reason))].join("；");
    return { outcome: hits[0].then, reason, clause: hits[0].clause, rows };
  }

  fits(row, given) {
    return this.inputs.every((input, index) => row.cells[index].includes(given[input.name]));
  }

  checkComplete() {
    const size = this.inputs.reduce((product, input) => product * input.values.length, 1);
    if (size > MAX_COMBINATIONS) throw new TableError(`${size} combinations are too many to check`);
    const deciding = new Set();
    for (const combination of this.combinations()) {
      const row = this.rows.find((item) => this.fits(item, combination));
      if (!row) throw new TableError(`no row fits ${JSON.stringify(combination)}`);
      deciding.add(row.id);
    }
    for (const row of this.rows) {
      if (!deciding.has(row.id)) throw new TableError(`row ${row.id} never decides: an earlier row covers it`);
    }
  }
}
