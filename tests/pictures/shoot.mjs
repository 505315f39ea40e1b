// Draws pages as PNG, and as PDF: node shoot.mjs TOOLS CHROMIUM JOBS.json
//
// A job names a page, where its picture goes, how wide, and how: scheme (light, dark), selector (only that part),
// height (only so much), scale (dots of the picture for one of the page). Where it goes to *.pdf, it is printed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [tools, chromium, path] = process.argv.slice(2);
const require = createRequire(join(tools, "package.json"));
const { chromium: engine } = require("playwright-core");
const jobs = JSON.parse(readFileSync(path, "utf8"));
const HIGHEST = 12000; // Chromium draws no picture that is much higher: what is goes on in NAME-2.png, …

const browser = await engine.launch({
  executablePath: chromium, args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
});
const contexts = new Map();
for (const job of jobs) {
  const scale = job.scale ?? 1;
  if (!contexts.has(scale)) {
    contexts.set(scale, await browser.newContext({ deviceScaleFactor: scale, reducedMotion: "reduce", offline: true }));
  }
  const page = await contexts.get(scale).newPage();
  await page.emulateMedia({ colorScheme: job.scheme ?? "light" });
  await page.setViewportSize({ width: job.width, height: job.height ?? 900 });
  await page.goto(pathToFileURL(job.page).href, { waitUntil: "load" });
  if (job.picture.endsWith(".pdf")) {
    await page.pdf({ path: job.picture, preferCSSPageSize: true, printBackground: false });
  } else if (job.selector) {
    await page.locator(job.selector).first().screenshot({ path: job.picture });
  } else {
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    const wanted = job.height ?? whole;
    for (let y = 0, part = 1; y < wanted; y += HIGHEST, part += 1) {
      const path = part === 1 ? job.picture : job.picture.replace(/\.png$/, `-${part}.png`);
      const height = Math.min(HIGHEST, wanted - y);
      await page.screenshot({ path, fullPage: true, clip: { x: 0, y, width: job.width, height } });
    }
  }
  await page.close();
}
await browser.close();
