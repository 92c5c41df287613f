// Questions that are asked only when another one has a certain answer: data-show-when="field=1,2" (any of the codes),
// "field" (any answer), "field!=1" (answered otherwise), several conditions joined with "&". What is not asked is hidden
// and not sent. Without this module everything is visible, and the server ignores what does not apply.
function answers(form, name) {
  return [...form.elements]
    .filter((e) => e.name === name && !e.disabled && (!/radio|checkbox/.test(e.type) || e.checked))
    .map((e) => e.value.trim())
    .filter(Boolean);
}

function holds(form, condition) {
  return condition.split("&").every((part) => {
    const [, name, operator, codes] = part.match(/^\s*([^!=]+?)\s*(?:(!?=)\s*(.*))?$/);
    const given = answers(form, name);
    if (!operator) return given.length > 0;
    const wanted = codes.split(",").map((code) => code.trim());
    return given.length > 0 && given.some((code) => wanted.includes(code)) === (operator === "=");
  });
}

function apply(form) {
  // Twice: a question shown by another shown question settles in the second round.
  for (let round = 0; round < 2; round += 1) {
    for (const part of form.querySelectorAll("[data-show-when]")) {
      const shown = holds(form, part.dataset.showWhen);
      part.hidden = !shown;
      if (part instanceof HTMLFieldSetElement) part.disabled = !shown;
    }
    for (const control of form.querySelectorAll("[data-show-when] :is(input, select, textarea)")) {
      control.disabled = control.closest("[data-show-when][hidden]") !== null;
    }
  }
}

const forms = new Set([...document.querySelectorAll("form [data-show-when]")].map((part) => part.closest("form")));
for (const form of forms) {
  apply(form);
  form.addEventListener("change", () => apply(form));
}
