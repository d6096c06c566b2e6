// How long from Enter being pressed in the search box until the first result is painted: no test, a measurement.
//
//   TIAOKUAN_URL=http://127.0.0.1:7878 node paint.mjs
//
// Each query is asked twice: from the first page (a page is loaded) and from a page of results (put in place).
// Times are taken from just before the key is sent to the browser until the frame with a result has been shown.

import { cpus, loadavg } from "node:os";
import { performance } from "node:perf_hooks";

import { base, launch, open } from "./browser.mjs";

const SUBJECTS = ["企业开办", "施工许可", "不动产登记", "用水用气报装", "获得电力", "纳税申报", "企业注销", "招标投标", "政府采购", "跨境贸易"];
const ASPECTS = ["办理时限压缩", "一窗受理", "申请材料精简", "由哪个单位牵头", "最快几天能办完"];
const QUERIES = SUBJECTS.flatMap((subject) => ASPECTS.map((aspect) => `${subject} ${aspect}`));

/** Notes on every page when a result has been painted. */
function watch() {
  const isNew = () => document.querySelector(".hit") && document.querySelector("#q")?.defaultValue === sessionStorage.getItem("wanted");
  const painted = () => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => sessionStorage.setItem("painted", String(performance.timeOrigin + performance.now()));
    channel.port2.postMessage(0);
  });
  const look = () => {
    if (sessionStorage.getItem("painted") === "" && isNew()) {
      sessionStorage.setItem("painted", "soon");
      painted();
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["value"] });
}

async function ask(page, query) {
  await page.locator("#q").fill(query);
  await page.evaluate((wanted) => {
    sessionStorage.setItem("wanted", wanted);
    sessionStorage.setItem("painted", "");
  }, query);
  const sent = performance.timeOrigin + performance.now();
  await page.keyboard.press("Enter");
  const read = () => page.evaluate(() => Number(sessionStorage.getItem("painted"))).catch(() => 0);
  while (performance.timeOrigin + performance.now() < sent + 10_000) {
    const at = await read();
    if (at > 0) return at - sent;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`no result within ten seconds: ${query}`);
}

function figures(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)].toFixed(0);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(1)} ms over ${sorted.length}`;
}

const browser = await launch();
const { page, close } = await open(browser);
await page.addInitScript(watch);
const loaded = [];
const replaced = [];
for (const query of ["热身", ...QUERIES]) {
  await page.goto(base);
  const time = await ask(page, query);
  if (query !== "热身") loaded.push(time);
}
for (const query of QUERIES) replaced.push(await ask(page, query));
console.log(`load ${loadavg().map((load) => load.toFixed(2)).join(" ")} on ${cpus().length} cores`);
console.log(`from the first page:      ${figures(loaded)}`);
console.log(`from a page of results:   ${figures(replaced)}`);
await close();
await browser.close();
