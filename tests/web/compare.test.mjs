// Regions side by side: by mouse, by keyboard, back and forward, by a shared address, and as files.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";

import { axeFindings, csvRows, tabTo } from "./aids.mjs";
import { base, browserTests, eventually, open } from "./browser.mjs";

const QUERY = "用水用气外线工程 并联审批";
const compare = (query, more = "") => `${base}/compare?q=${encodeURIComponent(query)}${more}`;
const sides = (page) => page.locator(".side h3 .region").allInnerTexts();
const order = (page) => page.locator(".numbers tbody th").allInnerTexts();
const inBrowser = browserTests();

inBrowser("from a search to the numbers, by mouse", async (page) => {
  await page.goto(`${base}/search?q=${encodeURIComponent(QUERY)}`);
  await page.getByRole("link", { name: "并列对比" }).click();
  await page.waitForURL(/\/compare\?q=/);
  const found = await sides(page);
  assert.ok(found.includes("相山区") && found.includes("鸠江区"), found.join());
  const best = page.locator(".numbers tr", { has: page.locator(".best") });
  assert.match(await best.innerText(), /鸠江区[^]*3[^]*最优/);
  assert.ok((await page.locator("mark.differs").count()) > 0, "nothing is marked");
  await page.locator(".side h4 a").first().click();
  await page.waitForURL(/\/clauses\//);
  await page.getByRole("link", { name: "各地并列对比" }).click();
  await page.waitForURL(/\/compare\?clause_id=/);
  assert.match(await page.locator(".side.basis").innerText(), /以此为准/);
});

inBrowser("the numbers sort by a link, and back and forward keep up", async (page, browser) => {
  await page.goto(compare(QUERY));
  const before = await order(page);
  await page.locator(".numbers thead a").first().click();
  await page.waitForURL(/sort=1/);
  assert.equal(await page.locator(".numbers th[aria-sort=ascending]").count(), 1);
  const best = await order(page);
  assert.match(best[0], /鸠江区/);
  await page.locator(".numbers thead a").first().click();
  await page.waitForURL(/sort=-1/);
  assert.deepEqual(await order(page), best.toReversed());
  await page.goBack();
  assert.deepEqual(await order(page), best);
  await page.goBack();
  assert.deepEqual(await order(page), before);
  await page.goForward();
  assert.deepEqual(await order(page), best);
  const { page: other, close } = await open(browser);
  await other.goto(page.url());
  assert.equal(await other.locator("main").innerText(), await page.locator("main").innerText());
  await close();
});

inBrowser("a citation is copied", async (page) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(compare(QUERY));
  const cite = page.locator(".side .cite").first();
  await cite.locator("summary").click();
  const citation = await cite.locator("details p").innerText();
  await cite.getByRole("button", { name: "复制引用" }).click();
  await eventually(() => page.evaluate(() => navigator.clipboard.readText()), citation);
});

inBrowser("what one region alone promises stands beside the numbers", async (page) => {
  await page.goto(compare("施工许可办理时限"));
  const alone = page.locator(".numbers tr", { hasText: "相山区" }).locator(".further");
  assert.match(await alone.innerText(), /1个工作日内[^]*施工许可|施工许可[^]*1个工作日内|1个工作日内[^]*许可证/);
});

inBrowser("regions are chosen by keyboard alone", async (page) => {
  await page.goto(compare(QUERY));
  await tabTo(page, (element) => element.matches(".picker > summary"));
  await page.keyboard.press("Enter");
  for (const name of ["相山区", "鸠江区"]) {
    await tabTo(page, (element, name) => element.name === "region" && element.closest("label").innerText.includes(name), name);
    await page.keyboard.press("Space");
  }
  await tabTo(page, (element) => element.matches("form.ask button"));
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.searchParams.getAll("region").length === 2);
  assert.deepEqual((await sides(page)).toSorted(), ["相山区", "鸠江区"].toSorted());
  assert.match(await page.locator(".picker summary").innerText(), /已选 2 个/);
});

for (const [label, suffix] of [["Excel", "xlsx"], ["CSV", "csv"], ["JSON", "json"]]) {
  inBrowser(`${label} opens again`, async (page) => {
    await page.goto(compare(QUERY));
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: label }).click()]);
    assert.ok(download.suggestedFilename().endsWith(`.${suffix}`), download.suggestedFilename());
    const path = await download.path();
    if (suffix === "xlsx") {
      const sheet = execFileSync("unzip", ["-p", path, "xl/sharedStrings.xml"], { encoding: "utf8" });
      assert.match(sheet, /鸠江区/);
      return;
    }
    const text = await readFile(path, "utf8");
    const regions = suffix === "csv" ? csvRows(text).map((row) => row[0]) : JSON.parse(text).rows.map((row) => row["地区"]);
    assert.ok(regions.includes("相山区") && regions.includes("鸠江区"), regions.join());
  });
}

inBrowser("everything works without JavaScript", async (page) => {
  await page.goto(`${base}/compare`);
  await page.getByLabel("对比哪项举措").fill(QUERY);
  await page.getByRole("button", { name: "并列对比" }).click();
  await page.waitForURL(/\/compare\?/);
  assert.ok((await sides(page)).length >= 2);
}, { javaScriptEnabled: false });

inBrowser("what a document says is shown as text", async (page) => {
  await page.goto(compare("注入标记防护"));
  assert.equal(await page.evaluate(() => window.injected), undefined);
  assert.equal(await page.locator("main script, main img, main b[onmouseover]").count(), 0);
});

inBrowser("axe finds nothing, and no window is too narrow", async (_, browser) => {
  const addresses = ["/compare", compare(QUERY).slice(base.length), compare("施工许可办理时限", "&sort=deadline").slice(base.length), compare("x", "&region=nowhere").slice(base.length)];
  assert.deepEqual(await axeFindings(browser, addresses), []);
});
