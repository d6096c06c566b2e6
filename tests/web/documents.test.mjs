// Documents: the list, taking one in by its form, what was understood of it, and taking it out again.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { base, browserTests, eventually, launch, open, search, violations } from "./browser.mjs";

const inBrowser = browserTests();
let browser;

before(async () => { browser = await launch(); });
after(() => browser?.close());

/** A plan that nobody else has, with text that would be markup. */
function plan(name, words) {
  const text = `测试区人民政府办公室关于印发《${words}工作方案》的通知

测政办〔2025〕7号

各有关单位：

现将《${words}工作方案》印发给你们，请认真贯彻执行。

测试区人民政府办公室
2025年3月4日

${words}工作方案

一、主要任务

1.推行${words}。将<script>window.injected = 1</script>办理时间压缩至4个工作日以内。（牵头单位：区数据局；完成时限：2025年12月底前）
`;
  return { name, mimeType: "text/plain", buffer: Buffer.from(text) };
}

/** The list, where the service takes documents; else the test is passed over. */
async function list(page, address = "/documents") {
  await page.goto(base + address);
  return (await page.locator("#upload").count()) > 0;
}

async function removeByKeyboard(page, id) {
  await page.goto(`${base}/documents/${id}/delete`);
  assert.match(await page.locator("main").innerText(), /不能撤销/);
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "确认删除" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/documents\?deleted/);
  assert.match(await page.locator(".done").innerText(), /已删除/);
}

inBrowser("documents by filter and order", async (page) => {
  await page.goto(`${base}/documents`);
  const titles = () => page.locator(".documents h2").allInnerTexts();
  const all = await titles();
  await page.getByLabel("状态").selectOption("draft");
  await page.waitForURL(/status=draft/);
  assert.ok(!page.url().includes("region="), `${page.url()} states what is empty`);
  const drafts = await titles();
  assert.ok(drafts.length > 0 && drafts.length < all.length);
  await page.getByRole("link", { name: "标题", exact: true }).click();
  await page.waitForURL(/sort=title/);
  assert.match(page.url(), /status=draft/);
  await page.goBack();
  await page.goBack();
  assert.deepEqual(await titles(), all);
});

inBrowser("a document is dropped, understood, found and taken out", async (page) => {
  if (!(await list(page))) return;
  assert.deepEqual(await violations(page), []);
  const { name, buffer } = plan("drop-test.txt", "拖放收录甲乙丙");
  const drop = await page.evaluateHandle(([file, text]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], file, { type: "text/plain" }));
    return data;
  }, [name, buffer.toString()]);
  await page.dispatchEvent("#upload", "drop", { dataTransfer: drop });
  assert.match(await page.locator("[data-chosen]").innerText(), /drop-test\.txt/);
  await page.getByRole("button", { name: "上传并收录" }).click();
  await page.waitForURL(/\/documents\/drop-test\/report\?new/);
  assert.match(await page.locator(".done").innerText(), /已收录/);
  assert.match(await page.locator(".report").innerText(), /测政办〔2025〕7号/);
  assert.deepEqual(await violations(page), []);
  await page.goto(search("推行拖放收录甲乙丙"));
  assert.match(await page.locator(".hit").first().innerText(), /<script>window\.injected = 1<\/script>/);
  assert.equal(await page.evaluate(() => window.injected), undefined);
  await removeByKeyboard(page, "drop-test");
  const gone = await (await fetch(`${base}/v1/search?q=${encodeURIComponent("拖放收录甲乙丙")}`)).json();
  assert.ok(!gone.hits.some((hit) => hit.clause.document.id === "drop-test"));
});

inBrowser("a document is taken in and out without JavaScript", async (page) => {
  if (!(await list(page))) return;
  await page.locator("#upload-file").setInputFiles(plan("form-test.txt", "表单收录丁戊己"));
  await page.getByRole("button", { name: "上传并收录" }).click();
  await page.waitForURL(/\/documents\/form-test\/report\?new/);
  assert.match(await page.locator("main").innerText(), /表单收录丁戊己/);
  await page.goto(`${base}/documents`);
  await page.locator(".documents li").filter({ hasText: "表单收录丁戊己" }).getByRole("link", { name: /^删除/ }).click();
  await page.getByRole("link", { name: "不删了" }).click();
  await page.waitForURL(/\/documents\/form-test$/);
  await page.goto(`${base}/documents/form-test/delete`);
  await page.getByRole("button", { name: "确认删除" }).click();
  await page.waitForURL(/\/documents\?deleted/);
}, { javaScriptEnabled: false });

test("an upload that cannot be taken says why, and nothing is replaced unasked", async () => {
  // The console of a browser names every answer that is no success, so this page may complain.
  const { page, close } = await open(browser);
  if (!(await list(page))) return;
  const problem = page.locator("#upload-problem");
  const send = async (file) => {
    await page.locator("#upload-file").setInputFiles(file);
    await page.getByRole("button", { name: "上传并收录" }).click();
  };
  await send({ name: "empty.txt", mimeType: "text/plain", buffer: Buffer.from("\n") });
  await problem.waitFor();
  assert.match(await problem.innerText(), /没有可读的条款/);
  await eventually(() => page.evaluate(() => document.activeElement.id), "upload-problem");
  await send(plan("twice.txt", "重名收录庚辛"));
  await page.waitForURL(/\/documents\/twice\/report/);
  await list(page);
  await send(plan("twice.txt", "重名收录壬癸"));
  await problem.waitFor();
  assert.match(await problem.innerText(), /已有同名/);
  assert.deepEqual(await violations(page), []);
  await page.getByLabel("作为新版本").check();
  await page.getByRole("button", { name: "上传并收录" }).click();
  await page.waitForURL(/\/documents\/twice\/report/);
  assert.match(await page.locator(".report").innerText(), /重名收录壬癸/);
  await removeByKeyboard(page, "twice");
  await close();
});
