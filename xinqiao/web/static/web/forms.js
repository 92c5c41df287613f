// Forms: sent once, not lost by accident, "none" excludes the others, filters apply at once.
// A form with data-guard warns before leaving with unsaved answers; data-again allows repeated sending (downloads).
const changed = new WeakSet();

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-guard]");
  if (form) changed.add(form);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  changed.delete(form);
  if (form.dataset.again !== undefined || form.method === "get") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  // After this turn, so that the pressed button's own name and value still travel.
  setTimeout(() => {
    for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
  });
});

// Coming back by the browser's arrow: the form may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

window.addEventListener("beforeunload", (event) => {
  for (const form of document.querySelectorAll("form[data-guard]")) {
    if (changed.has(form)) event.preventDefault();
  }
});

// Filters made of choices only need no button: a choice applies at once.
for (const form of document.querySelectorAll("form[data-filters]")) {
  if (!form.querySelector("input:not([type=hidden])")) form.querySelector("button")?.setAttribute("hidden", "");
}

// `data-none="0"` on a group of ticks: that answer and the others exclude each other.
document.addEventListener("change", (event) => {
  const box = event.target;
  const group = box.closest?.("[data-none]");
  if (group && box.checked) {
    for (const other of group.querySelectorAll("input[type=checkbox]")) {
      if (other !== box && (box.value === group.dataset.none || other.value === group.dataset.none)) other.checked = false;
    }
  }
  const filters = box.closest?.("form[data-filters]");
  if (filters && box.tagName === "SELECT") filters.requestSubmit();
});
