// Lists by keyboard: `<tbody data-list>` or `<ul data-list>`, each row with data-row, data-open="address" and, where a
// visit can be recorded, data-visit="address". j/k move, Enter opens, v records. A row with data-preview="address" fills
// the element marked data-preview-pane. Selecting a row fires "row:selected" on it.
const rows = () => [...document.querySelectorAll("[data-list] [data-row]")].filter((row) => row.offsetParent !== null);
let selected = null;
let running = null;

async function preview(row) {
  const pane = document.querySelector("[data-preview-pane]");
  if (!pane || !row.dataset.preview || pane.offsetParent === null) return;
  running?.abort();
  running = new AbortController();
  try {
    const answer = await fetch(row.dataset.preview, { headers: { "HX-Request": "true" }, signal: running.signal });
    if (answer.headers.get("HX-Redirect")) location.assign(answer.headers.get("HX-Redirect"));
    else if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      pane.replaceChildren(...page.body.childNodes);
      window.htmx?.process(pane);
    }
  } catch (error) {
    if (error.name !== "AbortError") console.warn("preview", error.name);
  }
}

// By the keyboard a row is brought into view; under a finger nothing may move, or the tap misses its link.
function select(row, keyboard = true) {
  if (!row) return;
  for (const other of document.querySelectorAll("[data-row].selected")) other.classList.remove("selected");
  selected = row;
  row.classList.add("selected");
  if (keyboard) {
    (row.querySelector("a") ?? row).focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
  row.dispatchEvent(new CustomEvent("row:selected", { bubbles: true }));
  preview(row);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(selected);
  if (event.key === "j") {
    if (at === all.length - 1) document.querySelector("[data-next]")?.focus();
    else select(all[at + 1]);
  } else if (event.key === "k") select(all[Math.max(at - 1, 0)]);
  else if (event.key === "v" && at >= 0 && selected.dataset.visit) location.assign(selected.dataset.visit);
  else if (event.key === "Enter" && at >= 0 && !event.target.closest("a, button, summary")) location.assign(selected.dataset.open);
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-list] [data-row]");
  if (row && !event.target.closest("a, button, input, label, summary")) select(row, false);
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-list] [data-row]");
  if (row && row !== selected) select(row, false);
});

// What scrolls sideways must be reachable by keyboard.
for (const table of document.querySelectorAll(".grid, .scroll, .tabs, .room-tabs")) {
  if (table.scrollWidth > table.clientWidth + 1 && !table.querySelector("a, button") && !table.hasAttribute("tabindex")) table.tabIndex = 0;
}
document.querySelector(".tabs [aria-current], .room-tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
