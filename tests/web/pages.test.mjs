// The pages in a real browser: each main path by keyboard or mouse, with and without JavaScript.

import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";

import { base, browserTests, eventually, launch, open, regions, search, violations } from "./browser.mjs";

const QUERY = "用水用气外线工程 并联审批";
const inBrowser = browserTests();
let browser;

before(async () => { browser = await launch(); });
after(() => browser?.close());

inBrowser("a search by keyboard alone", async (page) => {
  await page.goto(base);
  await page.locator("#q:focus").waitFor();
  await page.keyboard.type(QUERY);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/search\?q=/);
  const found = await regions(page);
  assert.ok(found.includes("相山区") && found.includes("鸠江区"), found.join());
  const text = await page.locator(".results").innerText();
  assert.match(text, /5\s*个工作日/);
  assert.match(text, /3\s*个工作日/);
  assert.ok((await page.locator(".hit mark").count()) > 0, "nothing is highlighted");
  await page.keyboard.press("Escape");
  await page.locator("body").click({ position: { x: 5, y: 400 } });
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "q");
});

inBrowser("a facet filters at once, and back and forward keep up", async (page) => {
  await page.goto(search(QUERY));
  const before = await page.locator(".toolbar .count b").innerText();
  await page.locator("input[name=region]").and(page.getByLabel("鸠江区")).check();
  await page.waitForURL(/region=/);
  assert.deepEqual([...new Set(await regions(page))], ["鸠江区"]);
  assert.ok(!page.url().includes("mode="), `${page.url()} states what is the default`);
  const others = page.locator("input[name=region]");
  assert.ok((await others.count()) > 1, "the other regions can no longer be chosen");
  const count = () => page.locator(".toolbar .count b").innerText();
  await page.goBack();
  await eventually(count, before);
  assert.equal(await page.getByLabel("鸠江区").isChecked(), false);
  await page.goForward();
  await eventually(async () => [...new Set(await regions(page))], ["鸠江区"]);
  await page.locator(".conditions a").first().click();
  await page.waitForURL((url) => !url.search.includes("region="));
  await eventually(count, before);
});

inBrowser("a facet by keyboard alone", async (page) => {
  await page.goto(search(QUERY));
  await page.locator("#q").focus();
  const reached = () => page.evaluate(() => document.activeElement.name === "region");
  for (let steps = 0; steps < 15 && !(await reached()); steps += 1) await page.keyboard.press("Tab");
  assert.ok(await reached(), "Tab does not lead to the regions");
  await page.keyboard.press("Space");
  await page.waitForURL(/region=/);
  assert.equal(new Set(await regions(page)).size, 1);
});

inBrowser("hits put together by region", async (page) => {
  await page.goto(search(QUERY));
  await page.getByRole("link", { name: "按地区" }).click();
  await page.waitForURL(/group_by=region/);
  const groups = await page.locator(".group-title").allInnerTexts();
  assert.ok(groups.length >= 2, groups.join());
});

inBrowser("from a hit to its clause, its document and the next page", async (page) => {
  await page.goto(search(QUERY));
  await page.locator(".hit-title a").first().click();
  await page.waitForURL(/\/clauses\//);
  assert.match(await page.locator(".clause .body").innerText(), /用水用气/);
  assert.match(await page.locator("#citation").inputValue(), /^《.+》/);
  assert.ok((await page.locator(".elsewhere .hit").count()) > 0, "no similar measures elsewhere");
  await page.getByRole("link", { name: "在原文中查看" }).click();
  await page.waitForURL(/\/documents\/.+#/);
  assert.match(await page.locator(".passage:target").innerText(), /用水用气/);
  await page.goto(search(QUERY));
  await page.getByRole("link", { name: "下一页" }).click();
  await page.waitForURL(/cursor=/);
  await eventually(() => page.evaluate(() => document.activeElement.id), "results-title");
  assert.ok((await page.locator(".hit").count()) > 0);
});

inBrowser("similar measures elsewhere", async (page) => {
  await page.goto(search(QUERY));
  const own = (await regions(page))[0];
  await page.locator(".hit").first().getByRole("link", { name: /^相似举措/ }).click();
  await page.waitForURL(/\/similar\?/);
  const found = await page.locator(".similar-page > .hit .region").allInnerTexts();
  assert.ok(found.length > 0 && !found.includes(own), found.join());
  assert.equal(new Set(found).size, found.length, "a region stands there twice");
});

inBrowser("everything works without JavaScript", async (page) => {
  await page.goto(base);
  await page.locator("#q").fill(QUERY);
  await page.getByRole("button", { name: "检索" }).click();
  await page.waitForURL(/\/search\?q=/);
  await page.getByLabel("鸠江区").check();
  await page.getByRole("button", { name: "应用筛选" }).click();
  await page.waitForURL(/region=/);
  assert.deepEqual([...new Set(await regions(page))], ["鸠江区"]);
  await page.locator(".hit-title a").first().click();
  await page.waitForURL(/\/clauses\//);
}, { javaScriptEnabled: false });

inBrowser("what is typed is shown as text", async (page) => {
  const hostile = `"><script>window.injected = 1</script><img src=x onerror="window.injected = 2">`;
  await page.goto(search(`用水 ${hostile}`));
  assert.equal(await page.locator("#q").inputValue(), `用水 ${hostile}`);
  assert.equal(await page.evaluate(() => window.injected), undefined);
});

test("what a document says is shown as text", async (context) => {
  const found = await (await fetch(`${base}/v1/search?q=${encodeURIComponent("注入标记防护")}`)).json();
  const hostile = found.hits.find((hit) => hit.clause.text.includes("<script>"));
  if (!hostile) return context.skip("serve tests/web/documents too to run this");
  const { page, complaints, close } = await open(browser);
  const { id, document } = hostile.clause;
  for (const address of [search("注入标记防护"), `${base}/clauses/${encodeURIComponent(id)}`, `${base}/documents/${encodeURIComponent(document.id)}`]) {
    await page.goto(address);
    assert.match(await page.locator("main").innerText(), /<script>window\.injected = 1<\/script>/, address);
    assert.equal(await page.evaluate(() => window.injected), undefined, address);
    assert.equal(await page.locator("main script, main img, main b[onmouseover]").count(), 0, address);
  }
  assert.deepEqual(complaints, []);
  await close();
});

test("an unknown clause gets a page that helps", async () => {
  const { page, close } = await open(browser);
  const answer = await page.goto(`${base}/clauses/none`);
  assert.equal(answer.status(), 404);
  assert.match(await page.locator("main").innerText(), /没有这个条款/);
  await page.getByRole("link", { name: "回到首页" }).click();
  assert.equal(new URL(page.url()).pathname, "/");
  await close();
});

/** Every kind of page, by name. */
async function everyPage() {
  const answer = await fetch(`${base}/v1/search?q=${encodeURIComponent(QUERY)}`);
  const { id, document } = (await answer.json()).hits[0].clause;
  return {
    home: "/",
    search: `/search?q=${encodeURIComponent(QUERY)}`,
    grouped: `/search?q=${encodeURIComponent(QUERY)}&group_by=region&domain=${encodeURIComponent("获得用水用气")}`,
    clause: `/clauses/${encodeURIComponent(id)}`,
    similar: `/similar?clause_id=${encodeURIComponent(id)}&per_region=1`,
    "similar-text": "/similar",
    documents: "/documents",
    "documents-filtered": "/documents?status=draft&sort=title",
    document: `/documents/${encodeURIComponent(document.id)}`,
    report: `/documents/${encodeURIComponent(document.id)}/report`,
    nothing: `/search?q=${encodeURIComponent('"海洋渔业捕捞许可"')}&mode=keyword&region=340207`,
    refused: `/search?q=${encodeURIComponent("文件:海洋渔业")}&year=2022`,
    error: "/clauses/none",
    docs: "/docs",
  };
}

test("every page fits every window in both themes", async (context) => {
  const folder = await mkdtemp(path.join(tmpdir(), "tiaokuan-pages-"));
  context.diagnostic(`pictures in ${folder}`);
  const pages = await everyPage();
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [390, 768, 1440, 1920]) {
      const { page, complaints, close } = await open(browser, { colorScheme, viewport: { width, height: 900 } });
      for (const [name, address] of Object.entries(pages)) {
        await page.goto(base + address);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${name} is ${wide} wide in a window of ${width}`);
        if (width === 390 || width === 1440) await page.screenshot({ path: path.join(folder, `${name}-${width}-${colorScheme}.png`) });
      }
      // Statuses of pages that say what is wrong are written to the console.
      assert.deepEqual(complaints.filter((complaint) => !/status of 4\d\d/.test(complaint)), []);
      await close();
    }
  }
});

test("axe finds nothing on any page in either theme", async () => {
  const pages = await everyPage();
  const problems = [];
  for (const colorScheme of ["light", "dark"]) {
    const { page, close } = await open(browser, { colorScheme });
    for (const [name, address] of Object.entries(pages)) {
      await page.goto(base + address);
      for (const found of await violations(page)) problems.push(`${name}, ${colorScheme}: ${found}`);
    }
    await close();
  }
  assert.deepEqual(problems, []);
});

test("what can be pressed is at least 24 pixels high or stands in a line of text", async () => {
  const pages = await everyPage();
  const { page, close } = await open(browser, { viewport: { width: 390, height: 844 } });
  const small = [];
  for (const [name, address] of Object.entries(pages)) {
    await page.goto(base + address);
    const found = await page.evaluate(() => {
      const isInline = (control) => getComputedStyle(control).display === "inline";
      const controls = [...document.querySelectorAll("a, button, summary, select, label:has(input)")];
      const shown = controls.filter((control) => control.checkVisibility() && !isInline(control) && !control.matches(".skip"));
      return shown.filter((control) => control.getBoundingClientRect().height < 23.5).map((control) => control.outerHTML.slice(0, 90));
    });
    small.push(...found.map((html) => `${name}: ${html}`));
  }
  await close();
  assert.deepEqual([...new Set(small)], []);
});
