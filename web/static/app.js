// Enhances pages that work without it: keys, filters that apply at once, copying.

const box = document.getElementById("q");
const keysWindow = document.getElementById("keys");
const KEYS_OFF = "tiaokuan.keys-off";

/** A setting of this browser; none where it keeps nothing. */
function setting(name) {
  try { return localStorage.getItem(name); } catch { return null; }
}

function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch { /* Private windows may keep nothing. */ }
}

/** Moves to the result after (1) or before (-1) the one in focus. */
function step(by) {
  const titles = [...document.querySelectorAll(".hit-title a")];
  if (titles.length === 0) return false;
  const card = document.activeElement?.closest?.(".hit");
  const at = titles.findIndex((title) => title.closest(".hit") === card);
  const next = titles[at < 0 ? (by > 0 ? 0 : titles.length - 1) : at + by];
  if (!next) return true;
  next.focus({ preventScroll: true });
  next.closest(".hit").scrollIntoView({ block: "nearest" });
  return true;
}

function act(key) {
  if (key === "/" && box) {
    box.focus();
    box.select();
    return true;
  }
  if (key === "?" && keysWindow) {
    keysWindow.showModal();
    return true;
  }
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
  return false;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || keysWindow?.open) return;
  if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
  const inResults = document.activeElement?.closest?.(".hit-title");
  const arrow = inResults && { ArrowDown: "j", ArrowUp: "k" }[event.key];
  if (!arrow && setting(KEYS_OFF)) return;
  if (act(arrow || event.key)) event.preventDefault();
});

// Keys of one letter can be turned off: speech input and slips of the hand press them by mistake.
const keysOn = document.getElementById("keys-on");
if (keysOn) {
  keysOn.checked = !setting(KEYS_OFF);
  keysOn.addEventListener("change", () => keep(KEYS_OFF, keysOn.checked ? null : "1"));
}
for (const button of document.querySelectorAll("[data-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => keysWindow.showModal());
}

// A filter applies when it is chosen; its button is for browsers without this script.
function hideButtons() {
  for (const button of document.querySelectorAll("[data-no-script]")) button.hidden = true;
}
hideButtons();
document.addEventListener("tiaokuan:shown", hideButtons);
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form?.requestSubmit();
});

// Addresses that people share carry no empty parts.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "get") return;
  for (const field of event.target.elements) {
    if (field.name && field.value === "") field.disabled = true;
  }
});
// On the way back a page shows the state of its address, not what was chosen on the way out.
addEventListener("pageshow", () => {
  for (const form of document.forms) {
    for (const field of form.elements) if (!field.closest("#find")) field.disabled = false;
    if (form.id === "search-form") form.reset();
  }
});

/** Puts `text` on the clipboard and says so on the button. */
async function copy(button, text, source) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "已复制";
  } catch {
    if (source.select) source.select();
    else getSelection()?.selectAllChildren(source);
    button.textContent = "已选中，请按 Ctrl+C";
  }
  document.getElementById("live").textContent = button.textContent;
  setTimeout(() => (button.textContent = label), 2000);
}

for (const button of document.querySelectorAll("[data-copy], [data-copy-address]")) {
  const source = document.getElementById(button.dataset.copy ?? button.dataset.copyAddress);
  if (!source) continue;
  button.hidden = false;
  button.addEventListener("click", () => copy(button, (source.value ?? source.href ?? source.textContent).trim(), source));
}
