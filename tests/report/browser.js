// Opens the document in a browser and prints what a reader can do there, as JSON.
// node browser.js FILE LINK MODULES CHROMIUM
const [file, link, modules, chromium] = process.argv.slice(2);
const load = (name) => require(require.resolve(name, { paths: [modules] }));
const { readFileSync } = require("fs");

async function open(browser, width, scheme, { anchor = "", bypassCSP = false } = {}) {
  const viewport = { width, height: 900 };
  const page = await browser.newPage({ viewport, colorScheme: scheme, bypassCSP });
  await page.goto(`file://${file}${anchor}`);
  return page;
}

async function check(browser, width, scheme) {
  // What is put into the page here is what its policy keeps out.
  const page = await open(browser, width, scheme, { bypassCSP: true });
  await page.addStyleTag({ content: ".ch { content-visibility: visible !important }" });
  await page.evaluate(() => document.querySelectorAll("details").forEach((each) => (each.open = true)));
  const axe = require.resolve("axe-core/axe.min.js", { paths: [modules] });
  await page.addScriptTag({ content: readFileSync(axe, "utf8") });
  const { violations } = await page.evaluate(() => axe.run(document));
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return {
    overflow,
    serious: violations
      .filter((each) => ["serious", "critical"].includes(each.impact))
      .map((each) => `${each.id}: ${each.nodes[0].html.slice(0, 120)}`),
  };
}

async function filter(browser) {
  const page = await open(browser, 1400, "light");
  const shown = () => page.locator("article.sc:visible h5").allInnerTexts();
  const seen = { all: (await shown()).length };
  await page.selectOption("#fr", "failed");
  seen.failed = await shown();
  await page.click("button[type=reset]");
  await page.waitForFunction(() => document.getElementById("fo").textContent === "");
  await page.selectOption("#fg", "slow");
  seen.slow = await shown();
  await page.selectOption("#fg", "");
  await page.fill("#ft", "oslo");
  await page.waitForFunction(() => document.getElementById("fo").textContent !== "");
  seen.oslo = await shown();
  seen.told = await page.textContent("#fo");
  return seen;
}

async function follow(browser) {
  const page = await open(browser, 1400, "light", { anchor: `#${link}` });
  const target = page.locator(`[id="${link}"]`);
  await target.waitFor();
  return target.evaluate((each) => {
    const { top, bottom } = each.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });
}

async function unfold(browser) {
  const page = await open(browser, 390, "light", { anchor: "#contract" });
  const answers = page.locator("#contract--publish-event table:visible");
  const before = await answers.count();
  await page.locator("#contract li a", { hasText: /^Saying something$/ }).first().press("Enter");
  await answers.first().waitFor();
  return { before, after: await answers.count() };
}

async function withoutScript(browser) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`file://${file}`);
  return {
    scenarios: await page.locator("article.sc:visible").count(),
    filter: await page.locator("#filter:visible").count(),
    numbers: await page.locator("#contract .nums tbody tr:visible").count(),
  };
}

(async () => {
  const browser = await load("playwright-core").chromium.launch({
    executablePath: chromium,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
  const found = {
    light: await check(browser, 1400, "light"),
    dark: await check(browser, 1400, "dark"),
    phone: await check(browser, 390, "light"),
    filter: await filter(browser),
    link: await follow(browser),
    unfolded: await unfold(browser),
    plain: await withoutScript(browser),
  };
  await browser.close();
  console.log(JSON.stringify(found));
})();
