// Changes of a search without a reload: the same addresses, fetched and put in place.

const main = document.getElementById("main");
const live = document.getElementById("live");
const form = document.getElementById("search-form");
const box = document.getElementById("q");
/** Pages seen, by address, for the way back. */
const seen = new Map([[here(), document.documentElement.outerHTML]]);
const MOST_SEEN = 12;
let asking = null;
let shown = here();

function here() {
  return location.pathname + location.search;
}

/** What a control is called wherever it stands, so that it is found again in the next page. */
function nameOf(control) {
  if (!control || !main.contains(control)) return null;
  if (control.name) return `${control.name}=${control.value}`;
  return control.textContent.trim();
}

function find(name) {
  if (!name) return null;
  return [...main.querySelectorAll("input, a, summary")].find((control) => nameOf(control) === name);
}

/** Which folds stand open, by their own names. */
function open() {
  return new Set([...main.querySelectorAll("details[data-keep][open]")].map((fold) => fold.dataset.keep));
}

/** Puts the page `html` in place; false when it is no page of results. */
function put(html, focus) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const results = page.querySelector(".results-page");
  if (!results) return false;
  const folds = open();
  folds.delete("mode");
  const name = nameOf(document.activeElement);
  main.replaceChildren(document.adoptNode(results));
  for (const fold of main.querySelectorAll("details[data-keep]")) fold.open = folds.has(fold.dataset.keep);
  const query = page.getElementById("q").getAttribute("value") ?? "";
  box.value = query;
  box.defaultValue = query;
  document.title = page.title;
  document.dispatchEvent(new Event("tiaokuan:shown"));
  const title = document.getElementById("results-title");
  if (focus === "title") title.focus({ preventScroll: true });
  else if (name) (find(name) ?? title).focus({ preventScroll: true });
  const group = main.querySelectorAll(".group").length;
  live.textContent = main.querySelector(".count").textContent.trim().replace(/\s+/g, " ") + (group ? `，${group} 个地区` : "");
  return true;
}

/** Shows the results at `address`; by a plain visit when that fails. */
async function show(address, { push = true, focus, top = false, y } = {}) {
  asking?.abort();
  const mine = (asking = new AbortController());
  main.firstElementChild?.setAttribute("aria-busy", "true");
  let html = push ? undefined : seen.get(address);
  try {
    if (!html) {
      const answer = await fetch(address, { headers: { accept: "text/html" }, signal: mine.signal });
      // A redirect leads to another kind of page.
      if (answer.redirected) return void location.assign(answer.url);
      html = await answer.text();
    }
  } catch {
    if (!mine.signal.aborted) location.assign(address);
    return;
  }
  if (mine.signal.aborted) return;
  if (push) {
    history.replaceState({ ...history.state, y: scrollY }, "");
    history.pushState({}, "", address);
  }
  if (!put(html, focus)) return void location.assign(address);
  shown = address;
  seen.delete(address);
  seen.set(address, html);
  if (seen.size > MOST_SEEN) seen.delete(seen.keys().next().value);
  if (top) scrollTo(0, 0);
  else if (y !== undefined) scrollTo(0, y);
}

document.addEventListener("submit", (event) => {
  if (event.target !== form) return;
  const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
  if (!pairs.some(([name]) => name === "q") && pairs.length === 0) return;
  event.preventDefault();
  const address = `/search?${new URLSearchParams(pairs)}`;
  const isQuery = document.activeElement === box || event.submitter?.parentElement === form;
  show(address, { focus: isQuery ? "title" : undefined, top: isQuery });
}, { capture: true });

main.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!link || !isPlain || event.defaultPrevented || link.origin !== location.origin || link.pathname !== "/search") return;
  event.preventDefault();
  const turns = link.hasAttribute("data-page") || Boolean(link.closest(".group, .meant, .message"));
  show(link.pathname + link.search, { focus: turns ? "title" : undefined, top: turns });
});

// A menu closes when one turns to something else.
document.addEventListener("click", (event) => {
  for (const menu of main.querySelectorAll(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && main.querySelector(".menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

addEventListener("popstate", (event) => {
  if (location.pathname !== "/search" || here() === shown) return;
  show(here(), { push: false, y: event.state?.y ?? 0 });
});
