// After a search at a desk the first person found is selected, so that Enter opens the record; the arrow down leads from
// the search box to the list.
const first = () => [...document.querySelectorAll("[data-list] [data-row] a")].find((link) => link.offsetParent !== null);

first()?.focus({ preventScroll: true });
document.querySelector("#find-q")?.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" || event.isComposing || !first()) return;
  event.preventDefault();
  first().focus();
});
