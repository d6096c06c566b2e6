// What tests of several pages share.

import { base, open, violations } from "./browser.mjs";

/** What axe says of each address in both themes, and which windows from 390 to 1920 pixels scroll sideways. */
export async function axeFindings(browser, addresses, prepare = async () => {}) {
  const problems = [];
  for (const colorScheme of ["light", "dark"]) {
    const { page, close } = await open(browser, { colorScheme, reducedMotion: "reduce" });
    for (const address of addresses) {
      await page.goto(base + address);
      await prepare(page, address);
      for (const width of [390, 768, 1440, 1920]) {
        await page.setViewportSize({ width, height: 900 });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        if (wide > width) problems.push(`${address} is ${wide} wide in a window of ${width}`);
      }
      for (const width of [390, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        problems.push(...(await violations(page)).map((said) => `${address}, ${colorScheme}, ${width}: ${said}`));
      }
    }
    await close();
  }
  return problems;
}

/** Presses Tab until `is` holds for the element in focus; fails after many. */
export async function tabTo(page, is, argument) {
  for (let steps = 0; steps < 80; steps += 1) {
    await page.keyboard.press("Tab");
    const element = await page.evaluateHandle(() => document.activeElement);
    const found = await element.evaluate(is, argument);
    if (found) return;
  }
  throw new Error(`Tab does not lead to ${is}`);
}

/** The rows of a CSV as RFC 4180 has it, without a byte order mark. */
export function csvRows(text) {
  const rows = [[]];
  let cell = "";
  let quoted = false;
  const source = text.replace(/^\uFEFF/, "");
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at];
    if (quoted) {
      if (character !== '"') cell += character;
      else if (source[at + 1] === '"') { cell += '"'; at += 1; } else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ",") { rows.at(-1).push(cell); cell = ""; }
    else if (character === "\n") { rows.at(-1).push(cell.replace(/\r$/, "")); cell = ""; rows.push([]); }
    else cell += character;
  }
  if (cell) rows.at(-1).push(cell);
  return rows.filter((row) => row.length > 0);
}
