// How long something can still be taken back: <b data-seconds-left="540">. Counted from the seconds the server said, so that
// a wrong clock on the device does not matter.
for (const place of document.querySelectorAll("[data-seconds-left]")) {
  const end = performance.now() + Number(place.dataset.secondsLeft) * 1000;
  const tick = () => {
    const left = Math.max(0, Math.round((end - performance.now()) / 1000));
    place.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left > 0) return;
    clearInterval(timer);
    const part = place.closest("[data-undo]");
    for (const control of part?.querySelectorAll("button, input") ?? []) control.disabled = true;
    part?.querySelector("[data-undo-over]")?.removeAttribute("hidden");
  };
  const timer = setInterval(tick, 1000);
  tick();
}
