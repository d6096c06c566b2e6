// Arrow keys walk the heat map: one stop of the Tab key instead of one a cell.

const map = document.querySelector("[data-heat]");
const cells = [...(map?.querySelectorAll("a.cell") ?? [])];
const at = (cell) => {
  const { x, y, width, height } = cell.querySelector("rect").getBBox();
  return { x: x + width / 2, y: y + height / 2 };
};

/** The only cell that Tab reaches. */
function hold(cell) {
  for (const other of cells) other.setAttribute("tabindex", other === cell ? "0" : "-1");
}

/** The nearest cell from `cell` in the direction, in the same row or column before any other. */
function next(cell, dx, dy) {
  const from = at(cell);
  let best = null;
  for (const other of cells) {
    const to = at(other);
    const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
    const aside = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
    if (along < 1) continue;
    const cost = along + aside * 1000;
    if (!best || cost < best.cost) best = { other, cost };
  }
  return best?.other;
}

const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

if (cells.length > 0) {
  hold(cells.find((cell) => cell.classList.contains("chosen")) ?? cells[0]);
  map.addEventListener("focusin", (event) => {
    const cell = event.target.closest("a.cell");
    if (cell) hold(cell);
  });
  map.addEventListener("keydown", (event) => {
    const cell = event.target.closest("a.cell");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = steps[event.key];
    const ends = { Home: cells[0], End: cells.at(-1) };
    const target = step ? next(cell, ...step) : ends[event.key];
    if (!step && !ends[event.key]) return;
    event.preventDefault();
    target?.focus();
  });
}
