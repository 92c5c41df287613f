// Batch entry by number keys: one key a box, Enter to the next, the class worked out while typing, each form saved by itself.
// What is typed is kept on the server as it comes; without a connection it stays on the page and is sent when there is one.
const pile = document.querySelector("[data-pile]");
const words = JSON.parse(pile.dataset.words);
const strip = pile.querySelector("[data-strip]");
const waiting = new Map(); // form → what is still to be sent: "draft" or "save"
let rules = null;

const cards = () => [...pile.querySelectorAll("[data-form]")];
const entryOf = (card) => card.querySelector("form[data-entry]");
const boxes = (form) => [...form.querySelectorAll("input[data-kind]")];
const asked = (form) => boxes(form).filter((box) => !box.closest(".kbox").hidden);
const value = (form, name) => form.elements[name]?.value.trim() ?? "";
const codes = (text) => text.split(/[\s,，、;.]+/).filter(Boolean);

function say(text, wrong = false) {
  strip.textContent = text;
  strip.classList.toggle("kstrip-wrong", wrong);
  strip.hidden = !text;
}

// ── what is asked ───────────────────────────────────────────────────────────────────────────────────────────────────

const multi = (box, text) => {
  const known = box.dataset.codes?.split(" ") ?? [];
  return codes(text).flatMap((part) => (!known.includes(part) && [...part].every((c) => known.includes(c)) ? [...part] : [part]));
};

function holds(form, condition, state) {
  return condition.split("&").every((part) => {
    const [, name, operator, list] = part.match(/^([a-z_]+)(!?=)(.*)$/);
    const box = form.elements[name];
    if (name in state) return state[name] === list;
    if (box?.closest(".kbox").hidden) return false;
    // Until the result is typed the form shows what most forms ask.
    if (name === "ending" && !box.value) return list.split(",").includes("1") === (operator === "=");
    const given = box?.dataset.kind === "many" ? multi(box, box.value) : codes(box?.value ?? "");
    const wanted = list.split(",");
    return given.length > 0 && given.some((code) => wanted.includes(code)) === (operator === "=");
  });
}

function unfold(card) {
  const form = entryOf(card);
  const state = { lowered: "0", milder: "0", later: "0", ...card.live };
  for (let round = 0; round < 3; round += 1) {
    for (const part of form.querySelectorAll("[data-when]")) part.hidden = !holds(form, part.dataset.when, state);
  }
}

// ── the class while typing ──────────────────────────────────────────────────────────────────────────────────────────

const SINGLE = [
  "form", "insight", "sleep", "diet", "soc_selfcare", "soc_housework", "soc_work", "soc_study", "soc_interpersonal", "locked",
  "hospital", "adherence", "adr", "adr_severity", "physical_severity", "effect", "refer_suggest", "referred", "symptom_severity",
];
const pad = (number) => String(number).padStart(2, "0");

/** 1115, 15, 20261115: as the server reads them. */
function day(text, later = false) {
  const digits = text.replace(/\D/g, "");
  const month = pile.dataset.month;
  if (/^\d{8}$/.test(digits)) return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
  if (/^\d{1,2}$/.test(digits)) return `${month.slice(0, 8)}${pad(digits)}`;
  if (!/^\d{3,4}$/.test(digits)) return text;
  const tail = `${pad(digits.slice(0, -2))}-${digits.slice(-2)}`;
  const years = [-1, 0, 1].map((n) => `${Number(month.slice(0, 4)) + n}-${tail}`);
  return later ? years.find((d) => d >= month) : years.filter((d) => d <= pile.dataset.today).at(-1) ?? years[0];
}

function answers(form) {
  const record = { visit_date: day(value(form, "visit_date")) };
  const ending = value(form, "ending");
  for (const key of SINGLE) if (value(form, key)) record[key] = value(form, key);
  if (ending === "4") record.hospital = "1";
  if (ending === "2") record.lost_reason = value(form, "lost_reason") || "5";
  if (ending === "3") record.death_date = day(value(form, "death_date")) || record.visit_date;
  if (value(form, "risk") !== "") record.risk = Number(value(form, "risk"));
  if (value(form, "symptoms")) record.symptoms = multi(form.elements.symptoms, value(form, "symptoms")).sort();
  if (record.symptoms?.length === 1 && record.symptoms[0] === "0") record.symptom_severity = "1";
  if (value(form, "adr_acute")) record.adr_acute = value(form, "adr_acute") === "1";
  return record;
}

function live(card) {
  const form = entryOf(card);
  const place = card.querySelector("[data-live]");
  const known = (card.known ??= JSON.parse(card.dataset.known));
  card.live = { lowered: "0", milder: "0", later: "0" };
  const risk = value(form, "risk");
  if (risk !== "" && known.last_risk >= 3 && Number(risk) < known.last_risk) card.live.lowered = "1";
  if (rules && value(form, "ending")) {
    try {
      const record = answers(form);
      const found = rules.propose(record, known.context);
      const chosen = value(form, "visit_class");
      if (chosen && found.visit_class && Number(chosen) > Number(found.visit_class)) card.live.milder = "1";
      const counted = card.live.lowered === "1" ? "1" : chosen && Number(chosen) < Number(found.visit_class ?? 4) ? chosen : "";
      const due = counted ? rules.propose(record, { ...known.context, visit_class: counted }) : found;
      if (value(form, "planned_on") && due.next_due_on && day(value(form, "planned_on"), true) > due.next_due_on) card.live.later = "1";
      const badge = document.getElementById(`badge-${found.visit_class || 0}`).content.cloneNode(true);
      const text = document.createElement("span");
      text.textContent = [found.reason, due.next_due_on].filter(Boolean).join(" · ");
      place.replaceChildren(badge, text);
    } catch (error) {
      if (!error.problems) throw error;
      place.replaceChildren();
    }
  }
  unfold(card);
}

// ── moving ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function go(box, step) {
  const form = box.form;
  const row = asked(form);
  const next = row[row.indexOf(box) + step];
  if (next) {
    next.focus();
    next.select();
  } else if (step > 0) save(form.closest("[data-form]"));
}

function begin(card) {
  const form = card && entryOf(card);
  if (!form) return;
  const row = asked(form);
  const first = row.find((box) => box.closest(".has-error")) ?? row.find((box) => !box.value && !box.dataset.optional) ?? row[0];
  first.focus();
  first.select();
  card.scrollIntoView({ block: "nearest" });
}

function above(card, name) {
  const all = cards();
  for (let at = all.indexOf(card) - 1; at >= 0; at -= 1) {
    const form = entryOf(all[at]);
    const found = form ? value(form, name) : JSON.parse(all[at].dataset.answers || "{}")[name];
    if (found) return found;
  }
  return "";
}

function carry(box, key) {
  const card = box.closest("[data-form]");
  if (box.dataset.carried === undefined) return say(words.self, true);
  const taken = key === "+" ? above(card, box.name) : JSON.parse(card.dataset.last)[box.name];
  if (!taken) return say(key === "+" ? words.none : words.nothing, true);
  box.value = taken;
  typed(box);
  go(box, 1);
}

pile.addEventListener("keydown", (event) => {
  const box = event.target;
  if (!box.dataset?.kind || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.key === "Enter" || event.key === "ArrowDown") {
    event.preventDefault();
    go(box, 1);
  } else if (event.key === "ArrowUp") {
    event.preventDefault();
    go(box, -1);
  } else if ((event.key === "+" || event.key === "-") && !box.value) {
    event.preventDefault();
    carry(box, event.key);
  }
});

pile.addEventListener("input", (event) => {
  const box = event.target;
  if (!box.dataset?.kind) return;
  typed(box);
  const known = box.dataset.codes?.split(" ") ?? [];
  const text = box.value.trim();
  if (box.dataset.kind === "one" && text) {
    if (known.includes(text)) go(box, 1);
    else {
      box.value = "";
      say(`${words.wrong}：${text}　${box.dataset.legend}`, true);
    }
  } else if ((box.name === "symptoms" && text === "0") || (box.name === "danger" && (text === "0" || text === "7"))) go(box, 1);
});

pile.addEventListener("focusin", (event) => {
  if (event.target.dataset?.kind) say(event.target.dataset.legend ?? "");
});

function typed(box) {
  const card = box.closest("[data-form]");
  live(card);
  const part = box.closest(".kbox");
  part.classList.remove("has-error");
  part.querySelector(".field-error")?.remove();
  box.removeAttribute("aria-invalid");
  if (waiting.get(card) !== "save") waiting.set(card, "draft");
  clearTimeout(card.timer);
  card.timer = setTimeout(() => keep(card), 1500);
}

// ── sending ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const send = (form, address) => fetch(address, { method: "POST", body: new FormData(form), headers: { "X-Card": "1" }, redirect: "error", keepalive: true });

async function keep(card) {
  const form = entryOf(card);
  if (!form || waiting.get(card) !== "draft") return;
  const state = form.querySelector("[data-sent-state]");
  try {
    const answer = await send(form, form.dataset.draft);
    if (!answer.ok) throw new Error(String(answer.status));
    if (waiting.get(card) === "draft") waiting.delete(card);
    state.textContent = words.kept;
  } catch {
    state.textContent = words.offline;
  }
}

async function save(card) {
  const form = entryOf(card);
  if (!form || card.saving) return;
  clearTimeout(card.timer);
  card.saving = true;
  waiting.set(card, "save");
  const state = form.querySelector("[data-sent-state]");
  state.textContent = words.sending;
  const after = cards()[cards().indexOf(card) + 1];
  begin(after); // the hands go on; the answer comes back to its own card
  try {
    const answer = await send(form, form.action);
    if (answer.status !== 200 && answer.status !== 422) throw new Error(String(answer.status));
    waiting.delete(card);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = document.importNode(page.querySelector("[data-form]"), true);
    card.replaceWith(fresh);
    arrange(fresh);
    count();
    const text = answer.status === 200 ? words.saved : words.fix;
    document.dispatchEvent(new CustomEvent("say", { detail: `${fresh.querySelector("h2").textContent} ${text}` }));
    if (answer.status === 422 && (!after || !entryOf(after))) begin(fresh);
  } catch {
    state.textContent = words.offline;
  } finally {
    card.saving = false;
  }
}

function count() {
  const bar = pile.querySelector("[data-progress] progress");
  const total = Number(pile.querySelector("[data-progress]").dataset.total);
  const here = pile.querySelectorAll("[data-form][data-state=saved]").length;
  const done = Math.min(total, Number(bar.dataset.elsewhere) + here);
  bar.value = done;
  pile.querySelector("[data-progress] b").textContent = `${done} / ${total}`;
}

function arrange(card) {
  if (entryOf(card)) live(card);
}

pile.addEventListener("submit", async (event) => {
  const form = event.target;
  const card = form.closest("[data-form]");
  if (form.matches("[data-entry]")) {
    event.preventDefault();
    await save(card);
  } else if (form.matches("[data-undo]")) {
    event.preventDefault();
    const answer = await send(form, form.action).catch(() => null);
    if (!answer?.ok) {
      location.reload();
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = document.importNode(page.querySelector("[data-form]"), true);
    card.replaceWith(fresh);
    arrange(fresh);
    count();
    begin(fresh);
  }
});

function again() {
  for (const [card, what] of waiting) {
    if (!card.isConnected) waiting.delete(card);
    else if (what === "save") save(card);
    else keep(card);
  }
}
setInterval(again, 10000);
window.addEventListener("online", again);
window.addEventListener("pagehide", () => {
  for (const [card, what] of waiting) if (what === "draft") keep(card);
});
window.addEventListener("beforeunload", (event) => {
  if ([...waiting.values()].includes("save")) event.preventDefault();
});

async function start() {
  const bar = pile.querySelector("[data-progress] progress");
  bar.dataset.elsewhere = bar.value - pile.querySelectorAll("[data-form][data-state=saved]").length;
  try {
    if (pile.dataset.rules && pile.dataset.bundle) {
      const { loadRules } = await import(pile.dataset.rules);
      const loaded = await loadRules(pile.dataset.bundle);
      if (loaded.version === pile.dataset.version) rules = loaded;
    }
  } catch (error) {
    console.warn("rules", error.name);
  }
  cards().forEach(arrange);
  const at = location.hash && document.querySelector(location.hash);
  begin(at && entryOf(at) ? at : cards().find((card) => entryOf(card)));
}
start();
