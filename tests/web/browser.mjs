// Opens pages in Debian's Chromium and watches what they do.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { chromium } from "playwright-core";

/** Where the service under test answers, without a slash at the end. */
export const base = (process.env.TIAOKUAN_URL ?? "").replace(/\/$/, "");
if (!base) throw new Error("set TIAOKUAN_URL to the address of a running service, such as http://127.0.0.1:7878");

const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** A browser with a fresh profile. */
export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
}

/** A page that notes every console error, script error and request to anywhere else. */
export async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`script: ${error}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(base) && !url.startsWith("data:")) complaints.push(`request: ${url}`);
  });
  page.setDefaultTimeout(10_000);
  return { page, complaints, close: () => context.close() };
}

/** Starts a browser for the tests of a file; what it returns makes tests on a page of their own, which must
 *  neither complain nor call anywhere else. */
export function browserTests() {
  let browser;
  before(async () => { browser = await launch(); });
  after(() => browser?.close());
  return (name, run, options) => test(name, async () => {
    const opened = await open(browser, options);
    try {
      await run(opened.page, browser);
      assert.deepEqual(opened.complaints, []);
    } finally {
      await opened.close();
    }
  });
}

/** Waits until `look` finds `expected`, for what a script puts in place a moment later. */
export async function eventually(look, expected) {
  let seen;
  for (let tries = 0; tries < 100; tries += 1) {
    seen = await look();
    try {
      assert.deepEqual(seen, expected);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
  assert.deepEqual(seen, expected);
}

/** Address of the results of `query`. */
export const search = (query, more = "") => `${base}/search?q=${encodeURIComponent(query)}${more}`;

/** Regions of the hits on `page`, in order. */
export const regions = (page) => page.locator(".hit .region").allInnerTexts();

/** What axe finds wrong with `page` as it stands. */
export async function violations(page) {
  const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  // Through the debugger, which the page's own policy does not bind.
  await page.evaluate(axe);
  const runOnly = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations: found } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), runOnly);
  return found.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html).join(" ")}`);
}
