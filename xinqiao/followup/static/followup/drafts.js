// Drafts: what is typed is kept on the server while typing, and the line says what is true: saved, not saved, retrying.
// Nothing is put into the browser's storage. After signing in again in another window this page goes on by itself.
const form = document.querySelector("form[data-draft]");
const line = document.querySelector("[data-draft-line]");
const words = document.querySelector("[data-draft-words]").dataset;
const state = line.querySelector("[data-draft-state]");
const part = (name) => line.querySelector(`[data-draft-${name}]`);
const PAUSE = 1200;
const LONGEST_WAIT = 30000;

let unsaved = false; // something is typed that the server does not have
let reached = true; // the last attempt reached the server
let timer = 0;
let wait = 3000;
let running = null;
let leaving = false;

function say(key, when = "") {
  state.hidden = false;
  state.dataset.state = key;
  state.textContent = words[key].replace("{when}", when);
  part("sign-in").hidden = key !== "signedOut";
  part("mine").hidden = part("theirs").hidden = key !== "elsewhere";
}

function later(pause) {
  clearTimeout(timer);
  timer = setTimeout(save, pause);
}

function again() {
  later(wait);
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

/** A new token after signing in again: the page itself holds the one in force. */
async function renew() {
  const answer = await fetch(location.href, { credentials: "same-origin", redirect: "manual" });
  if (!answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector("form input[name=csrfmiddlewaretoken]")?.value;
  if (!token || !page.querySelector("form[data-draft]")) return false;
  for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = token;
  return true;
}

async function send(force, renewed = false) {
  const body = new FormData(form);
  if (force) body.set("force", "1");
  const headers = { "HX-Request": "true" };
  const answer = await fetch(form.dataset.draft, { method: "POST", body, headers, signal: running.signal });
  if (answer.status === 403 && !renewed && (await renew())) return send(force, true);
  return answer;
}

async function save(force = false) {
  clearTimeout(timer);
  if (leaving || (!unsaved && !force)) return;
  running?.abort();
  const mine = (running = new AbortController());
  unsaved = false;
  say("saving");
  try {
    const answer = await send(force === true);
    if (mine !== running) return;
    reached = true;
    wait = 3000;
    if (answer.headers.get("HX-Redirect") || answer.status === 403) {
      unsaved = true;
      say("signedOut");
    } else if (answer.ok) {
      const kept = await answer.json();
      form.elements.draft_seen.value = kept.revision;
      say(unsaved ? "unsaved" : "saved", kept.saved_at);
    } else if (answer.status === 409) {
      const told = await answer.json();
      const done = told.code === "conflict.saved_already";
      unsaved = !done;
      say(done ? "finished" : "elsewhere", told.saved_at);
    } else {
      unsaved = true;
      say("refused");
      if (answer.status >= 500) again();
    }
  } catch (error) {
    if (error.name === "AbortError") return;
    unsaved = true;
    reached = false;
    say("offline");
    again();
  }
}

function changed() {
  unsaved = true;
  if (state.dataset.state !== "elsewhere" && state.dataset.state !== "signedOut" && reached) say("unsaved");
  if (state.dataset.state !== "elsewhere") later(reached ? PAUSE : wait);
}

// This module warns before leaving only while something is really unsaved.
form.removeAttribute("data-guard");
form.addEventListener("input", changed);
form.addEventListener("change", changed);
part("button").hidden = true;
part("mine").addEventListener("click", () => save(true));
part("theirs").addEventListener("click", () => {
  leaving = true;
  location.reload();
});
const retry = () => {
  if (unsaved && state.dataset.state !== "elsewhere") save();
};
window.addEventListener("online", retry);
window.addEventListener("focus", retry);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") {
    if (unsaved && reached) save();
  } else retry();
});
window.addEventListener("beforeunload", (event) => {
  if (unsaved && !leaving) event.preventDefault();
});
window.addEventListener("pageshow", () => (leaving = false));

// Sending the form where nothing can be reached would lose the page: say so instead.
form.addEventListener("submit", (event) => {
  if (!navigator.onLine || !reached) {
    event.preventDefault();
    say("notSent");
    unsaved = true;
    again();
    return;
  }
  leaving = true;
  clearTimeout(timer);
  running?.abort();
});
