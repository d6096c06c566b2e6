// The search box and its results: suggestions, changes without a reload, keys, weight.

import assert from "node:assert/strict";

import { base, browserTests, eventually, regions, search, violations } from "./browser.mjs";

const QUERY = "用水用气外线工程 并联审批";
const inBrowser = browserTests();

const options = (page) => page.locator(".suggestions [role=option]");
const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.closest(".hit")?.innerText || "");

/** The first page with the box in focus, which takes a frame. */
async function home(page) {
  await page.goto(base);
  await page.locator("#q:focus").waitFor();
}

inBrowser("a region is completed by keyboard and narrows the search", async (page) => {
  await home(page);
  await page.keyboard.type("用水 相山");
  await options(page).first().waitFor();
  const box = page.locator("#q");
  assert.equal(await box.getAttribute("aria-expanded"), "true");
  assert.match(await options(page).first().innerText(), /相山区/);
  await page.keyboard.press("ArrowDown");
  assert.equal(await box.getAttribute("aria-activedescendant"), await options(page).first().getAttribute("id"));
  assert.equal(await options(page).first().getAttribute("aria-selected"), "true");
  assert.equal(await box.inputValue(), "用水 相山");
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/search\?q=/);
  assert.equal(await box.inputValue(), "用水 地区:相山区");
  assert.deepEqual([...new Set(await regions(page))], ["相山区"]);
});

inBrowser("Escape closes the suggestions and keeps what is typed", async (page) => {
  await home(page);
  await page.keyboard.type("税务");
  await options(page).first().waitFor();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#q").getAttribute("aria-expanded"), "false");
  assert.equal(await page.locator("#q").inputValue(), "税务");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/search\?q=/);
});

inBrowser("a document is opened from the suggestions by mouse", async (page) => {
  await home(page);
  await page.locator("#q").fill("创优营商环境");
  const document = options(page).filter({ hasText: "文件" }).first();
  await document.click();
  await page.waitForURL(/\/documents\//);
  assert.match(await page.locator("h1").innerText(), /创优营商环境/);
});

inBrowser("what was searched is remembered in this browser alone, and forgotten on demand", async (page) => {
  await page.goto(search("企业开办"));
  await page.locator("#q").fill("施工许可");
  await page.keyboard.press("Enter");
  await page.waitForURL(/%E6%96%BD/i);
  await home(page);
  await page.keyboard.press("ArrowDown");
  await eventually(() => options(page).count(), 1);
  assert.match(await options(page).first().innerText(), /施工许可/);
  await page.getByRole("button", { name: "清除记录" }).click();
  await page.keyboard.press("ArrowDown");
  assert.equal(await options(page).filter({ visible: true }).count(), 0);
});

inBrowser("facets apply without a reload, keep the focus and are announced", async (page) => {
  await page.goto(search(QUERY));
  await page.evaluate(() => { window.stays = true; });
  await page.locator("input[name=region][value='340207']").focus();
  await page.keyboard.press("Space");
  await page.waitForURL(/region=/);
  await eventually(async () => [...new Set(await regions(page))], ["鸠江区"]);
  assert.equal(await page.evaluate(() => window.stays), true, "the page was loaded anew");
  assert.equal(await page.evaluate(() => document.activeElement.value), "340207");
  assert.match(await page.locator("#live").innerText(), /^找到 \d+ 条/);
  await page.getByRole("link", { name: "按地区" }).click();
  await page.waitForURL(/group_by=region/);
  await eventually(() => page.locator(".group-title").count(), 1);
  // A new query keeps what was chosen.
  await page.locator("#q").fill("企业开办");
  await page.keyboard.press("Enter");
  await page.waitForURL(/%E4%BC%81/i);
  assert.match(page.url(), /region=340207/);
  assert.match(page.url(), /group_by=region/);
  await eventually(() => focused(page), "results-title");
  const shared = page.url();
  const shown = await page.locator(".hit-title").allInnerTexts();
  await page.goto("about:blank");
  await page.goto(shared);
  assert.deepEqual(await page.locator(".hit-title").allInnerTexts(), shown);
  await page.goBack();
  await page.goBack();
  assert.match(page.url(), /%E4%BC%81/);
  await page.goBack();
  await page.waitForURL((url) => !url.search.includes("%E4%BC%81"));
  await eventually(() => page.locator("#q").inputValue(), QUERY);
});

inBrowser("back after opening a hit shows the results as they were", async (page) => {
  await page.goto(search(QUERY));
  await page.locator("input[name=region][value='340207']").check();
  await page.waitForURL(/region=/);
  await eventually(async () => [...new Set(await regions(page))], ["鸠江区"]);
  await page.locator(".hit-title a").first().click();
  await page.waitForURL(/\/clauses\//);
  await page.goBack();
  await page.waitForURL(/region=/);
  await eventually(async () => [...new Set(await regions(page))], ["鸠江区"]);
  assert.ok(await page.locator("input[name=region][value='340207']").isChecked());
});

inBrowser("the way of searching is a menu of links", async (page) => {
  await page.goto(search(QUERY));
  await page.locator(".menu summary").click();
  await page.getByRole("link", { name: /^关键词/ }).click();
  await page.waitForURL(/mode=keyword/);
  await eventually(() => page.locator(".menu summary").innerText(), "方式：关键词");
  assert.equal(await page.locator(".menu[open]").count(), 0);
});

inBrowser("results by keyboard alone", async (page) => {
  await page.goto(search(QUERY));
  await page.locator("#results-title").focus();
  const titles = await page.locator(".hit-title").allInnerTexts();
  const title = () => page.evaluate(() => document.activeElement.closest(".hit-title")?.innerText);
  for (const [key, expected] of [["j", 0], ["j", 1], ["ArrowDown", 2], ["k", 1], ["ArrowUp", 0]]) {
    await page.keyboard.press(key);
    assert.equal(await title(), titles[expected], key);
  }
  await page.keyboard.press("/");
  assert.equal(await focused(page), "q");
  await page.locator("#results-title").focus();
  await page.keyboard.press("?");
  assert.ok(await page.locator("#keys").isVisible());
  assert.deepEqual(await violations(page), []);
  await page.locator("#keys-on").uncheck();
  await page.keyboard.press("Escape");
  await page.locator("#results-title").focus();
  await page.keyboard.press("j");
  assert.equal(await focused(page), "results-title", "a key that was turned off still works");
  await page.locator(".hit-title a").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/clauses\//);
});

inBrowser("a hit says why it is there, in order of weight", async (page) => {
  await page.goto(search(QUERY));
  const why = page.locator(".why").first();
  await why.locator("summary").click();
  const parts = (await why.locator("tbody td:last-child").allInnerTexts()).map(Number);
  assert.deepEqual(parts, [...parts].sort((a, b) => b - a));
  const sum = Number(await why.locator("tfoot td").innerText());
  assert.ok(Math.abs(parts.reduce((a, b) => a + b, 0) - sum) < 0.01);
});

inBrowser("nothing found leads on", async (page) => {
  await page.goto(search('"海洋渔业捕捞许可"', "&mode=keyword&region=340207"));
  await page.getByRole("link", { name: "去掉“地区：鸠江区”" }).click();
  await page.waitForURL((url) => !url.search.includes("region="));
  await page.getByRole("link", { name: "按意思再找一次" }).click();
  await page.waitForURL(/mode=semantic/);
});

inBrowser("everything can be chosen without JavaScript", async (page) => {
  await page.goto(search(QUERY, "&region=340207&province=340000"));
  await page.getByRole("link", { name: "全部清除" }).click();
  await page.getByRole("link", { name: "按地区" }).click();
  await page.locator(".menu summary").click();
  await page.getByRole("link", { name: /^关键词/ }).click();
  assert.match(page.url(), /group_by=region/);
  assert.match(page.url(), /mode=keyword/);
  // A query typed anew keeps both.
  await page.locator("#q").fill("企业开办");
  await page.getByRole("button", { name: "检索" }).click();
  assert.match(page.url(), /mode=keyword/);
  assert.match(page.url(), /group_by=region/);
  assert.equal(await page.locator(".suggestions").count(), 0);
}, { javaScriptEnabled: false });

inBrowser("a page of results weighs at most 150 kB", async (page) => {
  let weight = 0;
  page.on("response", async (response) => {
    const body = await response.body().catch(() => Buffer.alloc(0));
    weight += body.length;
  });
  await page.goto(search(QUERY), { waitUntil: "networkidle" });
  assert.ok(weight > 20_000 && weight <= 150_000, `${weight} bytes`);
});
