// Opens the document in a browser, uses it, and prints as JSON how long a reader waits.
// node documents.js FILE MODULES CHROMIUM
const [file, modules, chromium] = process.argv.slice(2);
const { chromium: browsers } = require(require.resolve("playwright-core", { paths: [modules] }));

// From here until what was done is to be seen.
const seen = (page, act, argument) =>
  page.evaluate(
    async ([source, value]) => {
      const start = performance.now();
      await new Function("value", `return (${source})(value)`)(value);
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      return performance.now() - start;
    },
    [act.toString(), argument],
  );

async function type(words) {
  const text = document.getElementById("ft"), told = document.getElementById("fo");
  text.value = words;
  const done = new Promise((resolve) => {
    new MutationObserver(resolve).observe(told, { childList: true });
  });
  text.dispatchEvent(new Event("input"));
  await done;
}

function choose([id, value]) {
  const list = document.getElementById(id);
  list.value = value || list.options[1].value;
  list.dispatchEvent(new Event("change"));
}

(async () => {
  const browser = await browsers.launch({
    executablePath: chromium,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const found = {};
  await page.goto(`file://${file}`);
  const start = Date.now();
  await page.goto(`file://${file}`, { waitUntil: "load" });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
  found["opening"] = Date.now() - start;
  found["first text filter"] = await seen(page, type, "parcel");
  found["next text filter"] = await seen(page, type, "parcel agent");
  found["filter by tag"] = await seen(page, choose, ["fg", ""]);
  found["filter by result"] = await seen(page, choose, ["fr", ""]);
  found["showing all again"] = await seen(page, () => document.querySelector("#filter button").click());
  found["going to the end"] = await seen(page, () => {
    const all = document.querySelectorAll("article.sc");
    location.hash = all[all.length - 1].querySelector("a").hash;
  });
  await browser.close();
  console.log(JSON.stringify(found));
})();
