// `/` to the search, `?` shows the keys, Esc leaves; the menu closes by itself; print buttons work.
const typing = (element) => element.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
const sheet = document.getElementById("keys");

function toggleKeys() {
  if (!sheet) return;
  if (sheet.open) sheet.close();
  else sheet.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const target = event.target instanceof Element ? event.target : document.body;
  if (event.key === "Escape" && typing(target) && !sheet?.open) {
    target.blur();
    return;
  }
  if (typing(target)) return;
  if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  } else if (event.key === "?") {
    event.preventDefault();
    toggleKeys();
  }
});

for (const button of document.querySelectorAll("[data-show-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.closest("details")?.removeAttribute("open");
    toggleKeys();
  });
}

// Inside a messenger printing goes nowhere and nothing says so: no button offers it there.
const inMessenger = /MicroMessenger|wxwork|DingTalk|QQ\//.test(navigator.userAgent);
if (inMessenger) for (const link of document.querySelectorAll('a[href*="whole=1"]')) link.hidden = true;
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = inMessenger;
  button.addEventListener("click", () => window.print());
}

// `data-copy="selector"` copies that element's words and says so.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim());
    button.textContent = button.dataset.copied;
    document.dispatchEvent(new CustomEvent("say", { detail: button.dataset.copied }));
  });
}

const menu = document.querySelector("[data-menu]");
if (menu) {
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

// After a refused form the summary of what to change is read first.
document.querySelector("[data-focus]")?.focus();

// A fact to be read aloud: document.dispatchEvent(new CustomEvent("say", {detail: "已保存"})).
document.addEventListener("say", (event) => {
  const live = document.getElementById("live");
  if (live) live.textContent = event.detail;
});
