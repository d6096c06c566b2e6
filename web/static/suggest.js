// Completes what is typed in the search box: a combobox with a list box, by the ARIA authoring practices.

const KINDS = { region: "地区", domain: "领域", unit: "单位", document: "文件", heading: "标题", recent: "搜过" };
const RECENT = "tiaokuan.recent";
const MOST_RECENT = 6;

const box = document.getElementById("q");
if (box?.form) start(box, box.form);

function recent() {
  try {
    const kept = JSON.parse(localStorage.getItem(RECENT) ?? "[]");
    return Array.isArray(kept) ? kept.filter((query) => typeof query === "string") : [];
  } catch {
    return [];
  }
}

function remember(query) {
  const kept = query ? [query, ...recent().filter((other) => other !== query)].slice(0, MOST_RECENT) : [];
  try { localStorage.setItem(RECENT, JSON.stringify(kept)); } catch { /* Private windows may keep nothing. */ }
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** `label` with the part that was typed marked. */
function marked(label, typed) {
  const what = element("span", "what");
  const at = typed ? label.toLowerCase().indexOf(typed.toLowerCase()) : -1;
  if (at < 0) {
    what.append(label);
  } else {
    what.append(label.slice(0, at), element("mark", "", label.slice(at, at + typed.length)), label.slice(at + typed.length));
  }
  return what;
}

function start(box, form) {
  const popup = element("div", "suggestions");
  popup.hidden = true;
  const caption = element("p", "caption");
  const forget = element("button", "link", "清除记录");
  forget.type = "button";
  caption.append(element("span", "", "最近搜过"), forget);
  const list = element("ul");
  list.id = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "检索建议");
  popup.append(caption, list);
  form.append(popup);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");

  let items = [];
  let at = -1;
  let asking = null;
  let timer = 0;

  function close() {
    clearTimeout(timer);
    asking?.abort();
    popup.hidden = true;
    at = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function point(to) {
    list.children[at]?.setAttribute("aria-selected", "false");
    at = to;
    const option = list.children[at];
    if (!option) {
      box.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function choose(item) {
    close();
    if (item.query === null) {
      location.assign(item.href);
      return;
    }
    box.value = item.query;
    form.requestSubmit();
  }

  function show(found, typed) {
    items = found;
    at = -1;
    box.removeAttribute("aria-activedescendant");
    list.replaceChildren(...found.map((item, index) => {
      const option = element("li");
      option.id = `suggestion-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const what = marked(item.label, typed);
      if (item.detail) what.append(element("span", "more", item.detail));
      option.append(element("span", "kind", KINDS[item.kind]), what);
      if (item.kind === "document") option.append(element("span", "how", "打开"));
      else if (item.clauses && item.kind !== "heading") option.append(element("span", "how", `${item.clauses} 条`));
      // Before the box loses the focus to it.
      option.addEventListener("pointerdown", (event) => event.preventDefault());
      option.addEventListener("click", () => choose(item));
      return option;
    }));
    const isRecent = found[0]?.kind === "recent";
    caption.hidden = !isRecent;
    popup.hidden = found.length === 0;
    box.setAttribute("aria-expanded", String(found.length > 0));
    if (found.length > 0) document.getElementById("live").textContent = `${found.length} 条检索建议，用上下键选择`;
  }

  function showRecent() {
    show(recent().map((query) => ({ kind: "recent", label: query, query })), "");
  }

  async function ask() {
    asking?.abort();
    const typed = box.value.trim();
    if (!typed) return close();
    asking = new AbortController();
    try {
      const answer = await fetch(`/v1/suggest?q=${encodeURIComponent(box.value)}`, { signal: asking.signal });
      if (!answer.ok) return close();
      const { suggestions } = await answer.json();
      if (document.activeElement === box) show(suggestions, typed.split(/\s+/).at(-1).split(/[:：]/).at(-1));
    } catch {
      // A newer question took its place, or the service is gone: the box works without.
    }
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(ask, 60);
  }

  box.addEventListener("input", (event) => {
    if (!event.isComposing) soon();
  });
  box.addEventListener("compositionend", soon);
  box.addEventListener("click", () => {
    if (popup.hidden && !box.value) showRecent();
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (popup.hidden) {
        if (box.value.trim()) ask();
        else showRecent();
        return;
      }
      const ways = items.length + 1;
      const by = event.key === "ArrowDown" ? 1 : -1;
      // One place in the circle is the box itself.
      point(((at + 1 + by + ways) % ways) - 1);
    } else if (event.key === "Enter" && at >= 0 && !popup.hidden) {
      event.preventDefault();
      choose(items[at]);
    } else if (event.key === "Escape" && !popup.hidden) {
      event.preventDefault();
      close();
    }
  });
  forget.addEventListener("click", () => {
    remember("");
    close();
    box.focus();
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
  form.addEventListener("submit", () => {
    close();
    const query = box.value.trim();
    if (query) remember(query);
  });
}
