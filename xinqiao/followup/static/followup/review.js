// Review by keyboard: j and k to the neighbours, p passes, r goes to the reason and, with a reason there, Enter returns.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.id === "f-reason" && event.key === "Enter") {
    event.preventDefault();
    document.querySelector("[data-review] button[name=decision][value='2']").click();
    return;
  }
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const place = document.querySelector(`[data-review] [data-key="${CSS.escape(event.key)}"]`);
  if (!place) return;
  event.preventDefault();
  if (place instanceof HTMLInputElement) place.focus();
  else place.click();
});
