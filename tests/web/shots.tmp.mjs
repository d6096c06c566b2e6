import { launch, open, base } from "./browser.mjs";
import { readFile } from "node:fs/promises";
const only = process.argv[2];
const q = encodeURIComponent("施工许可办理时限");
const measures = await (await fetch(`${base}/v1/atlas?limit=1`)).json();
const pages = {
  compare: `/compare?q=${encodeURIComponent("用水用气外线工程 并联审批")}`,
  compare2: `/compare?q=${q}`,
  compare3: `/compare?q=${encodeURIComponent("新公司注册最快多久能办完")}&sort=1`,
  compare0: "/compare",
  atlas: "/atlas",
  cell: `/atlas?domain=${encodeURIComponent("开办企业")}&lacking=340603&min_regions=2&show=lacking`,
  measure: `/measures/${measures.measures[0].id}`,
  review: "/review",
  reviewed: "POST",
};
const browser = await launch();
for (const colorScheme of ["light", "dark"]) for (const width of [1440, 390]) {
  const { page, complaints, close } = await open(browser, { colorScheme, viewport: { width, height: 900 } });
  for (const [name, address] of Object.entries(pages)) {
    if (only && !only.split(",").includes(name)) continue;
    if (address === "POST") {
      await page.goto(base + "/review");
      await page.locator("#file").setInputFiles(new URL("../../seeds/004_483b4ee96e83801f.txt", import.meta.url).pathname);
      await page.getByRole("button", { name: "开始比对" }).click();
      await page.locator("#result-title").waitFor({ timeout: 60000 });
      await page.evaluate(() => scrollTo(0, 0));
    } else await page.goto(base + address);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) console.log(name, width, "is wide", wide);
    const full = address !== "POST";
    await page.screenshot({ path: `/tmp/p1shots/${name}-${width}-${colorScheme}.png`, fullPage: full });
    if (!full) { await page.screenshot({ path: `/tmp/p1shots/${name}-${width}-${colorScheme}-b.png`, clip: { x: 0, y: 900, width, height: 1500 }, fullPage: true }); }
  }
  console.log(colorScheme, width, complaints);
  await close();
}
await browser.close();
