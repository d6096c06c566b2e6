// The review of a draft: uploaded, dropped, refused with a reason, filtered, exported and opened again.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { axeFindings, csvRows, tabTo } from "./aids.mjs";
import { base, launch, open } from "./browser.mjs";

const SEED = fileURLToPath(new URL("../../seeds/004_483b4ee96e83801f.txt", import.meta.url));
const TITLE = "会宁县优化营商环境升级行动工作方案";
const HOSTILE = {
  name: `"><img src=x onerror="window.injected=3">.txt`,
  mimeType: "text/plain",
  buffer: Buffer.from(`测试区工作方案<script>window.injected = 1</script>\n\n一、主要任务\n1.推行"><img src=x onerror="window.injected = 2">并联审批，办理时间压缩至2个工作日以内。\n`),
};
let browser;

before(async () => { browser = await launch(); });
after(() => browser?.close());

function inBrowser(name, run, options) {
  test(name, async () => {
    const opened = await open(browser, options);
    opened.page.setDefaultTimeout(60_000);
    try {
      await run(opened.page);
      assert.deepEqual(opened.complaints.filter((said) => !/Failed to load resource.*4\d\d/.test(said)), []);
    } finally {
      await opened.close();
    }
  });
}

async function review(page, files = SEED) {
  await page.goto(`${base}/review`);
  await page.locator("#file").setInputFiles(files);
  await page.getByRole("button", { name: "开始比对" }).click();
  await page.locator("#result-title, .refused").first().waitFor();
}

inBrowser("an upload by mouse shows its progress and comes back annotated", async (page) => {
  await page.goto(base);
  await page.getByRole("link", { name: "审阅" }).click();
  await page.locator("#file").setInputFiles(SEED);
  await page.getByRole("button", { name: "开始比对" }).click();
  await page.getByText(/正在(上传|比对)/).waitFor();
  assert.match(await page.locator("[data-elapsed]").innerText(), /已用 \d+ 秒/);
  await page.locator("#result-title").waitFor();
  assert.match(await page.locator("#result-title").innerText(), new RegExp(TITLE));
  assert.match(await page.title(), new RegExp(TITLE));
  assert.equal(await page.locator("[data-progress]").isVisible(), false);
  assert.ok((await page.locator(".reviewed").count()) > 20);
  assert.ok((await page.locator(".standing").count()) > 0 && (await page.locator(".precedent").count()) > 0);
  const words = new Set(await page.locator(".standing-head .finding").allInnerTexts());
  assert.ok([...words].some((word) => /先进|居中|落后|持平/.test(word)), [...words].join());
  await page.locator(".draft-outline a").nth(8).click();
  assert.equal(await page.locator(".reviewed:target").count(), 1);
});

inBrowser("what was found filters the clauses", async (page) => {
  await review(page);
  const all = await page.locator(".reviewed:visible").count();
  const button = page.locator(".filters-row button").first();
  const count = Number(await button.locator("b").innerText());
  await button.click();
  assert.equal(await page.locator(".reviewed:visible").count(), count);
  assert.match(await page.locator(".filtered").innerText(), new RegExp(`其中 ${count} 条`));
  await button.click();
  assert.equal(await page.locator(".reviewed:visible").count(), all);
});

inBrowser("an upload by keyboard alone", async (page) => {
  await page.goto(`${base}/review`);
  // Listened for before the way there: Chromium is told to hand choosers over by a message of its own, which the key
  // may overtake.
  const chosen = page.waitForEvent("filechooser");
  const [chooser] = await Promise.all([chosen, tabTo(page, (element) => element.id === "file").then(() => page.keyboard.press("Enter"))]);
  await chooser.setFiles(SEED);
  await tabTo(page, (element) => element.matches("#review-form button") && element.textContent === "开始比对");
  await page.keyboard.press("Enter");
  await page.locator("#result-title").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "result-title");
  await tabTo(page, (element) => element.matches(".draft-outline a"));
  await page.keyboard.press("Enter");
  await page.waitForURL(/#clause-/);
});

inBrowser("a file dropped on the form", async (page) => {
  await page.goto(`${base}/review`);
  const text = await readFile(SEED, "utf8");
  const transfer = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "draft.txt", { type: "text/plain" }));
    return transfer;
  }, text);
  await page.dispatchEvent("[data-drop]", "drop", { dataTransfer: transfer });
  await page.locator("#result-title").waitFor();
  assert.match(await page.locator(".result-head .file").innerText(), /draft\.txt/);
});

for (const [label, suffix] of [["Excel", "xlsx"], ["CSV", "csv"], ["JSON", "json"]]) {
  inBrowser(`a review as ${label} opens again`, async (page) => {
    await review(page);
    const button = page.locator(".save").getByRole("button", { name: label });
    const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
    assert.ok(download.suggestedFilename().endsWith(`.${suffix}`), download.suggestedFilename());
    const path = await download.path();
    if (suffix === "xlsx") {
      assert.match(execFileSync("unzip", ["-p", path, "xl/sharedStrings.xml"], { encoding: "utf8" }), /鸠江区/);
    } else {
      const text = await readFile(path, "utf8");
      const rows = suffix === "csv" ? csvRows(text).slice(1) : JSON.parse(text).rows;
      assert.ok(rows.length > 20, `${rows.length} rows`);
    }
    assert.ok(await page.locator("#result-title").isVisible(), "the review is gone from the page");
  });
}

inBrowser("what is wrong with a file is said on the page", async (page) => {
  const rows = [
    [{ name: "a.png", mimeType: "image/png", buffer: Buffer.from("\x89PNG\r\n\x1a\n0000", "latin1") }, /不支持这种格式/],
    [{ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from(" \n") }, /没有可读的条款/],
  ];
  for (const [file, words] of rows) {
    await review(page, file);
    assert.match(await page.locator(".refused").innerText(), words);
    assert.ok(await page.locator("#review-form").isVisible());
  }
});

inBrowser("what a draft says is shown as text", async (page) => {
  await review(page, HOSTILE);
  assert.match(await page.locator("#outcome").innerText(), /<img src=x onerror="window\.injected = 2">/);
  assert.equal(await page.evaluate(() => window.injected), undefined);
  assert.equal(await page.locator("main script, main img").count(), 0);
});

inBrowser("everything works without JavaScript", async (page) => {
  await review(page);
  assert.ok((await page.locator(".reviewed").count()) > 20);
  assert.match(await page.locator(".save .hint").innerText(), /再选一次/);
  await page.locator("#file").setInputFiles(SEED);
  const button = page.locator(".save").getByRole("button", { name: "CSV" });
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  assert.ok(csvRows(await readFile(await download.path(), "utf8")).length > 20);
  await review(page, HOSTILE);
  assert.equal(await page.locator("main img").count(), 0);
}, { javaScriptEnabled: false });

test("axe finds nothing, and no window is too narrow", async () => {
  const prepare = async (page, address) => {
    if (!address.endsWith("#reviewed")) return;
    page.setDefaultTimeout(60_000);
    await review(page);
    await page.locator(".filters-row button").first().click();
  };
  assert.deepEqual(await axeFindings(browser, ["/review", "/review#reviewed"], prepare), []);
});
