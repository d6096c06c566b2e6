import { launch, open, base } from "./browser.mjs";
const browser = await launch();
for (const [colorScheme, width] of [["light", 1440], ["dark", 390]]) {
  const { page, close } = await open(browser, { colorScheme, viewport: { width, height: 1100 } });
  await page.goto(base + "/review");
  await page.locator("#file").setInputFiles(new URL("../../seeds/004_483b4ee96e83801f.txt", import.meta.url).pathname);
  await page.getByRole("button", { name: "开始比对" }).click();
  await page.locator("#result-title").waitFor({ timeout: 60000 });
  await page.evaluate(() => document.querySelectorAll(".reviewed")[7].scrollIntoView());
  await page.screenshot({ path: `/tmp/p1shots/rv-${width}.png` });
  await close();
}
await browser.close();
