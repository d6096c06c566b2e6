// The reader: where one stands in the outline, and finding within the document.

const outline = document.querySelector(".outline");
const source = document.querySelector(".source");

if (outline && source) followOutline();
if (source && globalThis.CSS?.highlights) startFind();

/** Marks in the outline the section that is read. */
function followOutline() {
  const wide = matchMedia("(min-width: 60rem)");
  const links = [...outline.querySelectorAll("a")];
  const targets = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  let current = null;
  /** A link that was followed, until the reader moves on: what it names may stand too low to be read as the place. */
  let followed = null;
  const update = () => {
    const root = document.documentElement;
    const atEnd = root.scrollTop + innerHeight >= root.scrollHeight - 2;
    const line = atEnd ? innerHeight : innerHeight * 0.25;
    // Targets stand in the order of the outline.
    let at = -1;
    for (let low = 0, high = targets.length - 1; low <= high;) {
      const middle = (low + high) >> 1;
      const top = targets[middle]?.getBoundingClientRect().top ?? Infinity;
      if (top <= line) {
        at = middle;
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    const link = followed ?? links[Math.max(at, 0)];
    if (link === current) return;
    current?.removeAttribute("aria-current");
    current = link;
    link.setAttribute("aria-current", "location");
    if (!wide.matches || outline.contains(document.activeElement)) return;
    const { top, bottom } = link.getBoundingClientRect();
    const frame = outline.getBoundingClientRect();
    if (top < frame.top + 40 || bottom > frame.bottom - 40) outline.scrollTop += top - frame.top - frame.height / 3;
  };
  const observer = new IntersectionObserver(update, { rootMargin: "0px 0px -75% 0px" });
  for (const target of targets) if (target) observer.observe(target);
  for (const passage of source.children) observer.observe(passage);
  update();
  outline.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    followed = link;
    update();
    // On narrow windows the outline folds away once a section is chosen.
    if (!wide.matches) outline.querySelector("details").open = false;
  });
  for (const move of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    addEventListener(move, (event) => {
      if (!outline.contains(event.target)) followed = null;
    }, { passive: true });
  }
}

/** One character for its many forms, so that places stay the same. */
function fold(text) {
  const narrow = text.replace(/[\uFF01-\uFF5E]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, " ");
  const lower = narrow.toLowerCase();
  return lower.length === text.length ? lower : narrow;
}

/** All places of `wanted` below `root`, as ranges. */
function places(root, wanted) {
  const ranges = [];
  for (const block of root.querySelectorAll(".body, .plain, h2, h3, h4, h5, h6")) {
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    const nodes = [];
    let text = "";
    while (walker.nextNode()) {
      nodes.push({ node: walker.currentNode, start: text.length });
      text += walker.currentNode.data;
    }
    const folded = fold(text);
    const boundary = (at) => {
      const found = nodes.findLast(({ start }) => start <= at);
      return [found.node, at - found.start];
    };
    for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + wanted.length)) {
      const range = new Range();
      range.setStart(...boundary(at));
      range.setEnd(...boundary(at + wanted.length));
      ranges.push(range);
    }
  }
  return ranges;
}

function startFind() {
  const form = document.getElementById("find");
  const box = document.getElementById("find-text");
  const count = document.getElementById("find-count");
  const buttons = [document.getElementById("find-back"), document.getElementById("find-on")];
  let ranges = [];
  let at = 0;
  form.hidden = false;

  function show() {
    CSS.highlights.set("found", new Highlight(...ranges));
    CSS.highlights.set("found-now", new Highlight(...ranges.slice(at, at + 1)));
    CSS.highlights.get("found-now").priority = 1;
    for (const button of buttons) button.disabled = ranges.length === 0;
    count.textContent = !box.value.trim() ? "" : ranges.length === 0 ? "没有找到" : `${at + 1} / ${ranges.length}`;
    const place = ranges[at]?.getBoundingClientRect();
    if (place && (place.top < 140 || place.bottom > innerHeight - 60)) scrollBy(0, place.top - innerHeight / 3);
  }

  function look() {
    const wanted = fold(box.value.trim());
    ranges = wanted ? places(source, wanted) : [];
    const below = ranges.findIndex((range) => range.getBoundingClientRect().top >= 100);
    at = Math.max(below, 0);
    show();
  }

  function step(by) {
    if (ranges.length === 0) return;
    at = (at + by + ranges.length) % ranges.length;
    show();
  }

  let timer = 0;
  box.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(look, 120);
  });
  box.addEventListener("compositionend", look);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      box.value = "";
      look();
    } else if (event.key === "Enter" && event.shiftKey) {
      event.preventDefault();
      step(-1);
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    step(1);
  });
  buttons[0].addEventListener("click", () => step(-1));
}
