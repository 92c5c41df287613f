// Copying by hand beside the other window: arrows move along the items, Enter copies, n and p change the visit, e ticks.
const lines = [...document.querySelectorAll("[data-line]")];
const said = document.querySelector("[data-copied]");
let at = -1;

const typing = (element) => element.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");

async function copy(line) {
  const text = line.querySelector("[data-copy-text]")?.textContent.trim() ?? "";
  const button = line.querySelector("[data-copy]");
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return;
  }
  for (const other of document.querySelectorAll("[data-copy].copied")) other.classList.remove("copied");
  button?.classList.add("copied");
  if (said) said.textContent = `${button?.getAttribute("aria-label") ?? ""} ${text}`;
}

function go(to) {
  if (!lines.length) return;
  lines[at]?.classList.remove("here-line");
  at = Math.max(0, Math.min(lines.length - 1, to));
  lines[at].classList.add("here-line");
  lines[at].scrollIntoView({ block: "nearest" });
}

if (lines.length) {
  const able = Boolean(navigator.clipboard);
  for (const [index, line] of lines.entries()) {
    const button = line.querySelector("[data-copy]");
    if (able && button) {
      button.hidden = false;
      button.addEventListener("click", () => { go(index); copy(line); });
    }
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (typing(target) || target.closest("button, a, summary")) {
      if (!["n", "p", "e", "ArrowDown", "ArrowUp"].includes(event.key) || typing(target)) return;
    }
    const act = {
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at - 1),
      Enter: () => at >= 0 && copy(lines[at]),
      n: () => document.querySelector("[data-following]")?.click(),
      p: () => document.querySelector("[data-previous]")?.click(),
      e: () => document.querySelector("[data-tick]")?.click(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

// Choosing all of a list at once.
for (const all of document.querySelectorAll("[data-bulk] [data-all]")) {
  all.addEventListener("change", () => {
    for (const box of all.form.querySelectorAll("input[type=checkbox][name=visit], input[type=checkbox][name=item]")) box.checked = all.checked;
  });
}
