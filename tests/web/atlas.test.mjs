// The atlas: the map by mouse and by arrow keys, its lists, one measure, and the same numbers as a table.

import assert from "node:assert/strict";

import { axeFindings, tabTo } from "./aids.mjs";
import { base, browserTests, open } from "./browser.mjs";

const inBrowser = browserTests();

const cell = (page, region, domain) => page.locator(`.heat a.cell[aria-label^="${region}，${domain}："]`);
const total = async (page) => Number((await page.locator(".list-tools [role=status]").innerText()).match(/\d+/)[0]);

inBrowser("a cell opens into as many measures as it says, by mouse", async (page) => {
  await page.goto(base);
  await page.getByRole("link", { name: "图谱" }).click();
  await page.waitForURL(/\/atlas$/);
  const one = cell(page, "相山区", "开办企业");
  const number = Number(await one.locator("text").textContent());
  await one.click();
  await page.waitForURL(/domain=/);
  assert.equal(await total(page), number);
  assert.match(await page.locator("#measures-title").innerText(), /相山区“开办企业”的举措/);
  await page.locator(".measure-list h3 a").first().click();
  await page.waitForURL(/\/measures\//);
  assert.ok((await page.locator(".region-group").count()) > 0);
  await page.goBack();
  assert.equal(await total(page), number);
  await page.goBack();
  assert.match(await page.locator("#measures-title").innerText(), /多个地区都有/);
  await page.goForward();
  assert.equal(await total(page), number);
});

inBrowser("what is lacking is counted the same in map, list and table", async (page) => {
  await page.goto(`${base}/atlas`);
  await page.getByRole("link", { name: "别处有、这里没有的" }).click();
  await page.waitForURL(/show=lacking/);
  const one = page.locator(".heat a.cell").first();
  const number = Number(await one.locator("text").textContent());
  await page.getByText("看成表格").click();
  assert.equal(Number(await page.locator(".as-table tbody td").first().innerText()), number);
  await one.click();
  await page.waitForURL(/lacking=\d/);
  assert.equal(await total(page), number);
});

inBrowser("the map by keyboard alone", async (page) => {
  await page.goto(`${base}/atlas`);
  await tabTo(page, (element) => element.matches(".heat a.cell"));
  const name = () => page.evaluate(() => document.activeElement.getAttribute("aria-label").split("：")[0]);
  const [first] = [await name()];
  await page.keyboard.press("ArrowRight");
  const [region, domain] = first.split("，");
  const right = await name();
  assert.ok(right !== first && right.endsWith(domain), `${first} → ${right}`);
  await page.keyboard.press("ArrowDown");
  const below = await name();
  assert.ok(!below.endsWith(domain) && below.split("，")[0] === right.split("，")[0], `${right} → ${below}`);
  await page.keyboard.press("Home");
  assert.equal(await name(), first);
  assert.ok(region);
  await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => !document.activeElement.matches(".heat a.cell")), "Tab stops at every cell");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(/domain=/);
  assert.ok((await total(page)) > 0);
});

inBrowser("a measure leads to its comparison", async (page) => {
  await page.goto(`${base}/atlas`);
  await page.locator(".measure-list h3 a").first().click();
  await page.waitForURL(/\/measures\//);
  const regions = await page.locator(".region-group h2").allInnerTexts();
  assert.ok(regions.length >= 2, regions.join());
  await page.getByRole("link", { name: "各地并列对比" }).click();
  await page.waitForURL(/\/compare\?clause_id=/);
  assert.ok((await page.locator(".side").count()) >= 1);
});

inBrowser("a shared address shows the same without JavaScript", async (page, browser) => {
  await page.goto(`${base}/atlas?domain=${encodeURIComponent("开办企业")}&show=shared`);
  const text = await page.locator("#measures").innerText();
  const { page: other, close } = await open(browser);
  await other.goto(page.url());
  assert.equal(await other.locator("#measures").innerText(), text);
  await close();
  await page.locator(".heat a.cell").first().click();
  await page.waitForURL(/min_regions=2/);
}, { javaScriptEnabled: false });

inBrowser("axe finds nothing, and no window is too narrow", async (_, browser) => {
  const { measures } = await (await fetch(`${base}/v1/atlas?limit=1`)).json();
  const addresses = ["/atlas", `/atlas?domain=${encodeURIComponent("开办企业")}&show=lacking`, "/atlas?region=nowhere", `/measures/${measures[0].id}`];
  assert.deepEqual(await axeFindings(browser, addresses), []);
});
