// Looks at pages with a real browser, and tells what it saw as JSON.
//
//   node look.mjs TOOLS CHROMIUM FOLDER
//
// TOOLS holds node_modules; FOLDER holds *.html. Nothing is decided here: the tests judge.
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [tools, chromium, folder] = process.argv.slice(2);
const require = createRequire(join(tools, "package.json"));
const { chromium: engine } = require("playwright-core");
const { HtmlValidate } = require("html-validate");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const WAYS = [];
for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 375]) WAYS.push({ name: `${colorScheme}-${width}`, colorScheme, width, media: "screen" });
}
// A4 less the margins of the style sheet, at 96 dots per inch.
WAYS.push({ name: "print", colorScheme: "light", width: 688, media: "print" });

const browser = await engine.launch({
  executablePath: chromium,
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
});

async function opened(path, { width = 1280, scripts = true } = {}) {
  const context = await browser.newContext({
    viewport: { width, height: 900 }, javaScriptEnabled: scripts, reducedMotion: "reduce",
  });
  const seen = { requests: [], errors: [] };
  const page = await context.newPage();
  await page.route("**/*", (route) => {
    const asked = route.request().url();
    if (asked === pathToFileURL(path).href) return route.continue();
    seen.requests.push(asked);
    return route.abort();
  });
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) seen.errors.push(message.text());
  });
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("dialog", (dialog) => { seen.errors.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  await page.goto(pathToFileURL(path).href, { waitUntil: "load" });
  return { context, page, seen };
}

function measured() {
  const wide = document.documentElement.clientWidth;
  const drawn = (one) => one.getClientRects().length > 0;
  const right = (one) => one.getBoundingClientRect().right;
  const said = (one) => `${one.tagName} ${one.id || one.getAttribute("class") || one.textContent.slice(0, 30)}`;
  // A word that is too long sticks out of an element that does not.
  const words = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
  while (texts.nextNode()) {
    const one = texts.currentNode, around = one.parentElement;
    if (around.closest("svg, .skip, script") || (around.closest(".scroll") && !matchMedia("print").matches)) continue;
    range.selectNodeContents(one);
    if (range.getBoundingClientRect().right > wide + 1) words.push(one.data.slice(0, 40));
  }
  const parts = Array.from(document.querySelectorAll("body *")).filter((one) => drawn(one) && !one.closest("svg, .skip"));
  return {
    scrolls: document.documentElement.scrollWidth - wide,
    // What sticks out of the page, or of its part, and does not scroll by itself.
    out: parts.filter((one) => !one.closest(".scroll") && right(one) > Math.min(wide, right(one.closest("section") ?? document.body)) + 1).map(said),
    words,
    tables: Array.from(document.querySelectorAll("table"))
      .filter((one) => drawn(one) && right(one) > wide + 1).map((one) => `${one.closest("section").id} ${Math.round(right(one) - wide)}`),
  };
}

async function walked(path) {
  const { context, page, seen } = await opened(path);
  await page.evaluate(axe);
  // Closed parts are looked at, too.
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  const ways = {};
  for (const way of WAYS) {
    await page.setViewportSize({ width: way.width, height: 900 });
    await page.emulateMedia({ media: way.media, colorScheme: way.colorScheme });
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    const violations = found.violations.map((one) => ({
      rule: one.id, help: one.help, count: one.nodes.length,
      where: one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)),
    }));
    ways[way.name] = { violations, ...(await page.evaluate(measured)) };
  }
  await context.close();
  return { ...seen, ways };
}

async function withoutScripts(path) {
  const { context, page, seen } = await opened(path, { scripts: false });
  // The page's own program is off; what is asked from outside still runs.
  const result = await page.locator("main").evaluate((main) => ({
    sections: Array.from(main.querySelectorAll("section"))
      .filter((one) => one.getBoundingClientRect().height > 40).map((one) => one.id),
    tables: main.querySelectorAll("table").length,
    hiddenTables: Array.from(main.querySelectorAll("table"))
      .filter((one) => !one.getClientRects().length && !one.closest("details")).length,
    accounts: Array.from(main.querySelectorAll("svg.map .account"))
      .filter((one) => one.getBoundingClientRect().width > 0 && getComputedStyle(one).display !== "none").length,
    names: main.querySelectorAll("svg.map text[data-i]").length,
    tools: Array.from(document.querySelectorAll(".tools")).filter((one) => one.getClientRects().length).length,
  }));
  await context.close();
  return { ...seen, ...result };
}

async function used(path, width) {
  const { context, page, seen } = await opened(path, { width });
  const told = {};
  const lit = () => page.locator("svg.map circle.on").count();
  const tip = () => page.locator("#map-tip").textContent();
  const all = await page.locator("svg.map circle.account").count();
  told.all = all;
  const data = JSON.parse(await page.locator("#map-data").textContent());
  const name = data.accounts[4][0];
  told.searched = name;
  told.matching = data.accounts.filter((one) => one[0].toLowerCase().includes(name.slice(1).toLowerCase())).length;
  await page.fill("#map-search", name);
  told.tip = await tip();
  told.found = await page.locator('svg.map circle.on[data-i="4"]').count();
  await page.fill("#map-search", "nobody-has-this-name");
  told.nobody = [await tip(), await lit()];
  await page.fill("#map-search", "");
  told.cleared = [await tip(), await lit()];

  await page.locator("#map-time").focus();
  const shown = () => page.locator("svg.map circle.account:visible").count();
  told.end = await shown();
  await page.keyboard.press("Home");
  told.begin = await shown();
  told.beginWanted = await page.locator('svg.map circle.account[data-n="0"]').count();
  told.until = await page.locator("#map-until").textContent();
  told.time = data.times[0];
  await page.keyboard.press("ArrowRight");
  told.second = await shown();
  await page.keyboard.press("End");
  told.again = await shown();

  const button = page.locator("button.toggle").first();
  await button.focus();
  await page.keyboard.press("Enter");
  told.pressed = await button.getAttribute("aria-pressed");
  told.members = await lit();
  told.membersWanted = data.accounts.filter((one) => one[1] === "A").length;
  told.others = await page.locator("svg.map circle.on:not(.c0)").count();
  await page.keyboard.press("Enter");
  told.released = [await button.getAttribute("aria-pressed"), await lit()];

  const scale = () => page.locator("#map-all").evaluate((one) => one.getBoundingClientRect().width);
  const settled = async () => {
    let last = -1;
    for (let turn = 0; turn < 40; turn += 1) {
      const now = await scale();
      if (turn > 3 && now === last) break;
      last = now;
      await page.waitForTimeout(100);
    }
    return last;
  };
  told.size = await scale();
  await page.locator("#map-in").click();
  told.larger = await settled();
  await page.locator("#map-out").click();
  told.smaller = await settled();
  await page.locator("#map-in").click();
  await page.locator("#map-in").click();
  await settled();
  await page.locator("#map-reset").click();
  told.reset = await settled();

  await page.evaluate(() => document.querySelector('circle[data-i="0"]').dispatchEvent(new MouseEvent("click", { bubbles: true })));
  told.clicked = await tip();
  told.first = data.accounts[0][0];

  const table = page.locator("#amplified table.sortable").first();
  const column = (n) => table.locator("tbody tr").evaluateAll(
    (rows, at) => rows.map((row) => row.cells[at].dataset.v ?? row.cells[at].textContent.trim()), n);
  await table.locator("thead button").nth(2).focus();
  await page.keyboard.press("Enter");
  told.sortedDown = (await column(2)).map(Number);
  told.sort = await table.locator("thead th").nth(2).getAttribute("aria-sort");
  await page.keyboard.press("Space");
  told.sortedUp = (await column(2)).map(Number);
  told.sortAgain = await table.locator("thead th").nth(2).getAttribute("aria-sort");
  await table.locator("thead button").first().focus();
  await page.keyboard.press("Enter");
  told.sortedNames = await column(0);
  told.focus = await page.evaluate(() => {
    const style = getComputedStyle(document.activeElement); return style.outlineStyle + " " + style.outlineWidth;
  });
  await context.close();
  return { ...seen, ...told };
}

const validator = new HtmlValidate({
  extends: ["html-validate:recommended"],
  rules: {
    // Ours is prettier by one's own taste; what counts is what the standard says.
    "long-title": "off", "no-inline-style": "off", "void-style": "off", "no-trailing-whitespace": "off",
    "attribute-boolean-style": "off", "doctype-style": "off",
  },
});
// Mail programs know no style sheets: letters say in attributes how they look.
const letters = new HtmlValidate({ extends: ["html-validate:standard"], rules: { "no-deprecated-attr": "off" } });
async function valid(path, by = validator) {
  const report = await by.validateString(readFileSync(path, "utf8"));
  return report.results.flatMap((one) => one.messages).map((one) => `${one.line}:${one.column} ${one.ruleId}: ${one.message}`);
}

const told = {};
for (const file of readdirSync(folder).filter((one) => one.endsWith(".html")).sort()) {
  const path = join(folder, file);
  told[file] = { valid: await valid(path, file.startsWith("letter-") ? letters : validator) };
  // Letters are shown by mail programs: only their form counts here.
  if (file.startsWith("letter-")) continue;
  Object.assign(told[file], await walked(path), { withoutScripts: await withoutScripts(path) });
  if (file.startsWith("month.")) told[file].used = { 1280: await used(path, 1280), 375: await used(path, 375) };
}
await browser.close();
process.stdout.write(JSON.stringify(told));
