// Lets Cucumber's own formatter make a page of messages, opens it, and prints what it shows.
// node formatter.cjs MESSAGES PAGE MODULES CHROMIUM
const [input, page, modules, chromium] = process.argv.slice(2);
const { createWriteStream, readFileSync } = require("fs");
const { finished } = require("stream/promises");
const { pathToFileURL } = require("url");
const place = (name) => require.resolve(name, { paths: [modules] });
const load = (name) => import(pathToFileURL(place(name)));

async function format() {
  const formatter = await load("@cucumber/html-formatter");
  const { parseEnvelope } = await load("@cucumber/messages");
  const stream = new (formatter.CucumberHtmlStream ?? formatter.default)();
  const file = stream.pipe(createWriteStream(page));
  const lines = readFileSync(input, "utf8").split("\n").filter(Boolean);
  lines.forEach((line) => stream.write(parseEnvelope(line)));
  stream.end();
  await finished(file);
}

(async () => {
  await format();
  const browser = await require(place("playwright-core")).chromium.launch({
    executablePath: chromium,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
  const shown = await browser.newPage();
  const errors = [];
  shown.on("pageerror", (error) => errors.push(String(error)));
  shown.on("console", (said) => said.type() === "error" && errors.push(said.text()));
  await shown.goto(`file://${page}`);
  await shown.getByText("Search", { exact: false }).or(shown.locator("h1, h2, h3")).first().waitFor();
  const text = await shown.locator("body").innerText();
  // Attachments are folded; a picture is loaded once it can be seen.
  await shown.$$eval("details", (all) => all.forEach((each) => (each.open = true)));
  const pictures = await shown.$$eval("img", (all) =>
    Promise.all(all.map((each) => each.decode().then(() => each.naturalWidth)))
  );
  await browser.close();
  console.log(JSON.stringify({ text, errors, pictures }));
})();
