// The visit form, live: class, reason, next date and steps while typing; spare drug rows; "no symptoms" answers severity.
// The browser's rules are used when they are the very ones in force; otherwise the server is asked. Saving never waits.
const form = document.getElementById("visit-form");
const panel = document.querySelector("[data-live-body]");
const known = JSON.parse(document.getElementById("visit-context").textContent);
const desk = matchMedia("(min-width: 60rem)");
let rules = null;
let timer = 0;
let asking = null;

const one = (name) => form.querySelector(`[name="${name}"]:checked:not(:disabled)`)?.value ?? "";
const many = (name) => [...form.querySelectorAll(`[name="${name}"]:checked:not(:disabled)`)].map((box) => box.value);
const text = (name) => form.querySelector(`[name="${name}"]:not(:disabled)`)?.value.trim() ?? "";
/** What is said in the language of the page: the page brings a dictionary unless it is Chinese. */
const say = (text, values = {}) => (known.words?.[text] ?? text).replace(/%\((\w+)\)s/g, (_, key) => values[key] ?? "");
const SINGLE = [
  "form", "insight", "sleep", "diet", "soc_selfcare", "soc_housework", "soc_work", "soc_study", "soc_interpersonal",
  "locked", "hospital", "adherence", "adr", "adr_severity", "physical_severity", "effect", "refer_suggest", "referred",
  "symptom_severity", "lost_reason",
];

/** The answers given so far, under the keys of the record. */
function answers() {
  const record = { visit_date: text("visit_date") };
  for (const key of SINGLE) if (one(key)) record[key] = one(key);
  const ending = one("ending");
  if (ending === "4") record.hospital = "1";
  if (ending === "2") record.lost_reason ??= "5";
  if (ending === "3") record.death_date = text("death_date") || record.visit_date;
  if (one("risk") !== "") record.risk = Number(one("risk"));
  if (many("symptoms").length) record.symptoms = many("symptoms").sort();
  if (record.symptoms?.length === 1 && record.symptoms[0] === "0") record.symptom_severity ??= "1";
  if (one("insight_recovered") === "1") record.insight_recovered = true;
  if (one("adr_acute")) record.adr_acute = one("adr_acute") === "1";
  const acts = one("danger_any");
  if (acts) record.danger_acts = {};
  if (acts === "1") {
    for (const input of form.querySelectorAll('[name^="danger_acts."]')) {
      if (Number(input.value)) record.danger_acts[input.name.split(".")[1]] = Number(input.value);
    }
  }
  return record;
}

const at = (name) => panel.querySelectorAll(`[data-live="${name}"]`);
const put = (name, content) => at(name).forEach((place) => place.replaceChildren(...[].concat(content)));
const show = (name, shown) => at(name).forEach((place) => (place.hidden = !shown));
const badge = (code) => document.getElementById(`badge-${code || 0}`).content.cloneNode(true);

function day(iso) {
  if (!iso) return "—";
  const week = new Date(`${iso}T00:00:00Z`).getUTCDay();
  return `${iso} ${say(["周日", "周一", "周二", "周三", "周四", "周五", "周六"][week])}`;
}

/** What is not answered yet can make the class graver, never milder (a law the rules' tests hold): whoever is unstable
 *  with the calmest answers to the rest is unstable for certain, and that is said at once. */
const CALM = {
  risk: 0, symptoms: ["0"], symptom_severity: "1", insight: "1", soc_selfcare: "1", soc_housework: "1", soc_work: "1",
  soc_study: "1", soc_interpersonal: "1", adr: "1", adr_severity: "0", physical_severity: "0", hospital: "0",
};

function certainlyUnstable(record) {
  const calm = { ...CALM, ...record };
  if (record.symptoms && record.symptoms[0] !== "0") calm.symptom_severity = record.symptom_severity ?? "2";
  if (record.adr === "2") calm.adr_severity = record.adr_severity ?? "1";
  try {
    return rules.propose(calm, known.context).visit_class === "1";
  } catch (error) {
    if (!error.problems) throw error;
    return false;
  }
}

function render() {
  const record = answers();
  let found;
  try {
    found = rules.propose(record, known.context);
  } catch (error) {
    if (!error.problems) throw error;
    const labels = error.problems.map((problem) => say(rules.fields[problem.field]?.label ?? problem.message));
    const rest = labels.length > 4 ? say(" 等 %(n)s 项", { n: labels.length }) : "";
    put("class", certainlyUnstable(record) ? badge("1") : "—");
    put("due", "—");
    put("missing", say("还差：%(items)s", { items: labels.slice(0, 4).join(say("、")) }) + rest);
    show("missing", true);
    show("note", false);
    show("more", false);
    return;
  }
  const chosen = one("visit_class");
  const differs = chosen && chosen !== found.visit_class;
  const graver = differs && Number(chosen) < Number(found.visit_class ?? 4);
  // Until a second person agrees to a lower level, the level of before counts, and with it the two-week visit.
  const lowered = known.last_risk >= 3 && record.risk < known.last_risk;
  const counted = lowered ? "1" : graver ? chosen : "";
  const due = counted ? rules.propose(record, { ...known.context, visit_class: counted }) : found;
  put("class", badge(found.visit_class));
  put("due", due.next_due_on ? day(due.next_due_on) : say("不再安排"));
  put("reason", say(found.reason));
  put("clause", known.clauses[found.clause] ?? "");
  put("norm", day(due.norm_deadline));
  put("steps", due.actions.map((step) => {
    const item = document.createElement("li");
    item.textContent = say(step.label);
    return item;
  }));
  const milder = say("轻于建议，须另一人确认，确认前按建议分类计");
  put("note", lowered ? say("下调危险性须另一人确认，确认前按原等级计") : graver ? say("重于建议，按您选的分类计") : milder);
  show("note", Boolean(differs || lowered));
  show("missing", false);
  show("more", true);
}

async function ask() {
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(form.dataset.proposal, {
      method: "POST",
      body: new FormData(form),
      headers: { "HX-Request": "true" },
      signal: asking.signal,
    });
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      panel.replaceChildren(...page.body.childNodes);
      fold();
    }
  } catch (error) {
    if (error.name !== "AbortError") console.warn("proposal", error.name);
  }
}

function changed() {
  clearTimeout(timer);
  timer = setTimeout(() => (rules ? render() : ask()), rules ? 60 : 400);
}

/** On the phone the panel stays low until it is asked for. */
function fold() {
  for (const more of at("more")) more.open = desk.matches;
}

async function start() {
  try {
    if (form.dataset.rules && form.dataset.bundle) {
      const { loadRules } = await import(form.dataset.rules);
      const loaded = await loadRules(form.dataset.bundle);
      if (loaded.version === known.version) rules = loaded;
    }
  } catch (error) {
    console.warn("rules", error.name);
  }
  document.querySelector("[data-preview-button]")?.remove();
  changed();
}

// Drug rows that are not needed yet wait behind a button.
for (const more of form.querySelectorAll("[data-more-drugs]")) {
  const spare = () => more.parentElement.querySelector("[data-spare]");
  for (const row of more.parentElement.querySelectorAll("[data-spare]")) row.hidden = true;
  more.hidden = !spare();
  more.addEventListener("click", () => {
    const row = spare();
    row.hidden = false;
    delete row.dataset.spare;
    row.querySelector("input")?.focus();
    more.hidden = !spare();
  });
}

desk.addEventListener("change", fold);
form.addEventListener("change", changed);
form.addEventListener("input", changed);
fold();
start();
