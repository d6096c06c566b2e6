// Opens pages in Debian's Chromium and watches what they do.

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
