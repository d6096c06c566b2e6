// The clause page and the reader.

import assert from "node:assert/strict";

import { base, browserTests, eventually, search, violations } from "./browser.mjs";

const QUERY = "用水用气外线工程 并联审批";
const inBrowser = browserTests();

async function firstClause() {
  const answer = await fetch(`${base}/v1/search?q=${encodeURIComponent(QUERY)}`);
  const clause = (await answer.json()).hits[0].clause;
  // A page cites by the address that it was asked at; the API does not know who will read it.
  return { ...clause, citation: clause.citation.replace("/clauses/", `${base}/clauses/`) };
}

inBrowser("a citation is copied by keyboard and by mouse", async (page) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const { id, citation } = await firstClause();
  await page.goto(`${base}/clauses/${encodeURIComponent(id)}`);
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole("button", { name: "复制引用" }).focus();
  await page.keyboard.press("Enter");
  await eventually(clipboard, citation);
  await eventually(() => page.locator("#live").innerText(), "已复制");
  await page.getByRole("button", { name: "复制网址" }).click();
  await eventually(clipboard, `${base}/clauses/${encodeURIComponent(id)}`);
});

inBrowser("a citation can be taken without JavaScript", async (page) => {
  const { id, citation } = await firstClause();
  await page.goto(`${base}/clauses/${encodeURIComponent(id)}`);
  assert.equal(await page.locator("#citation").inputValue(), citation);
  assert.ok(await page.locator("#citation").evaluate((box) => box.readOnly));
  assert.equal(await page.getByRole("button", { name: "复制引用" }).count(), 0);
}, { javaScriptEnabled: false });

inBrowser("neighbours and headings lead on", async (page) => {
  const { id } = await firstClause();
  await page.goto(`${base}/clauses/${encodeURIComponent(id)}`);
  const heading = await page.locator("h1").innerText();
  await page.getByRole("link", { name: /^下一条/ }).click();
  await page.getByRole("link", { name: /^上一条/ }).click();
  assert.equal(await page.locator("h1").innerText(), heading);
  await page.locator(".clause .path a").first().click();
  await page.waitForURL(/\/documents\/.+#/);
  assert.equal(await page.locator(".source :target").count(), 1);
});

inBrowser("a clause on paper has its text, citation and facts alone", async (page) => {
  const { id } = await firstClause();
  await page.goto(`${base}/clauses/${encodeURIComponent(id)}`);
  await page.emulateMedia({ media: "print" });
  for (const part of [".top", ".elsewhere", ".neighbours", ".clause .actions"]) {
    assert.ok(!(await page.locator(part).isVisible()), part);
  }
  for (const part of [".clause .body", "#citation", ".fact-table >> nth=0"]) {
    assert.ok(await page.locator(part).isVisible(), part);
  }
});

inBrowser("finding within a document", async (page) => {
  const { document } = await firstClause();
  await page.goto(`${base}/documents/${encodeURIComponent(document.id)}`);
  const count = () => page.locator("#find-count").innerText();
  await page.locator("#find-text").fill("外线工程");
  await eventually(async () => /^1 \/ [1-9]/.test(await count()), true);
  const all = Number((await count()).split("/")[1]);
  assert.equal(await page.evaluate(() => CSS.highlights.get("found").size), all);
  await page.keyboard.press("Enter");
  assert.equal(await count(), `2 / ${all}`);
  await page.keyboard.press("Shift+Enter");
  assert.equal(await count(), `1 / ${all}`);
  await page.getByRole("button", { name: "上一处" }).click();
  assert.equal(await count(), `${all} / ${all}`);
  await page.locator("#find-text").fill("海洋渔业捕捞");
  await eventually(count, "没有找到");
  assert.ok(await page.getByRole("button", { name: "下一处" }).isDisabled());
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Escape");
  await eventually(count, "");
});

inBrowser("the outline follows the reader", async (page) => {
  const { document } = await firstClause();
  await page.goto(`${base}/documents/${encodeURIComponent(document.id)}`);
  const current = page.locator(".outline [aria-current=location]");
  await eventually(() => current.count(), 1);
  const last = page.locator(".outline a").last();
  const name = await last.innerText();
  await last.click();
  await eventually(() => current.innerText(), name);
  await page.mouse.move(900, 500);
  await page.mouse.wheel(0, -100_000);
  await eventually(async () => (await current.innerText()) === name, false);
});

inBrowser("the clause that a hit names stands out in its document", async (page) => {
  await page.goto(search(QUERY));
  await page.getByRole("link", { name: /^看原文/ }).first().click();
  await page.waitForURL(/#/);
  const target = page.locator(".passage:target");
  assert.match(await target.innerText(), /外线工程/);
  const { y } = await target.boundingBox();
  assert.ok(y > 60 && y < 700, `it stands at ${y}`);
});
