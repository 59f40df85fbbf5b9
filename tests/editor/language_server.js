// Asks Cucumber's language server, as its VS Code extension does, what it makes of every feature.
// Arguments: the folder with node_modules, the project, the file with the editor's settings.
// Prints {"log": [...], "diagnostics": {feature: [{line, message}]}, "definitions": {...}}.
const fs = require("fs");
const path = require("path");
const { spawn } = require("child_process");
const { pathToFileURL, fileURLToPath } = require("url");

const [modules, project, settingsFile] = process.argv.slice(2);
const settings = JSON.parse(fs.readFileSync(settingsFile, "utf8"));
const cucumber = {};
for (const [name, value] of Object.entries(settings)) {
  if (name.startsWith("cucumber.")) cucumber[name.slice("cucumber.".length)] = value;
}

const bin = "@cucumber/language-server/bin/cucumber-language-server.cjs";
const server = spawn(process.execPath, [path.join(modules, bin), "--stdio"], { cwd: project });
const waiting = new Map();
const log = [];
const diagnostics = {};
let told = () => {};
let indexed = () => {};
const INDEXED = /Found \d+ step definitions/;
let buffer = Buffer.alloc(0);
let last = 0;

function write(message) {
  const body = JSON.stringify({ jsonrpc: "2.0", ...message });
  server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function ask(method, params) {
  last += 1;
  write({ id: last, method, params });
  return new Promise((resolve) => waiting.set(last, resolve));
}

function answer(message) {
  if (message.method === "workspace/configuration") {
    write({ id: message.id, result: message.params.items.map(() => cucumber) });
  } else if (message.id !== undefined && message.method) {
    write({ id: message.id, result: null });
  } else if (message.id !== undefined) {
    waiting.get(message.id)(message.result);
    waiting.delete(message.id);
  } else if (message.method === "window/logMessage") {
    log.push(message.params.message);
    if (INDEXED.test(message.params.message)) indexed();
  } else if (message.method === "textDocument/publishDiagnostics") {
    const { uri, diagnostics: found } = message.params;
    diagnostics[path.relative(project, fileURLToPath(uri))] = found.map((each) => ({
      line: each.range.start.line + 1,
      message: each.message,
    }));
    told();
  }
}

server.stdout.on("data", (data) => {
  buffer = Buffer.concat([buffer, data]);
  for (;;) {
    const head = buffer.indexOf("\r\n\r\n");
    if (head < 0) return;
    const length = Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, head).toString())[1]);
    if (buffer.length < head + 4 + length) return;
    const body = buffer.subarray(head + 4, head + 4 + length).toString();
    buffer = buffer.subarray(head + 4 + length);
    answer(JSON.parse(body));
  }
});
server.stderr.on("data", (data) => log.push(data.toString()));

function features(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    if (fs.statSync(place).isDirectory()) return features(place);
    return entry.name.endsWith(".feature") ? [place] : [];
  });
}

async function main() {
  const rootUri = pathToFileURL(project).href;
  await ask("initialize", {
    processId: process.pid,
    rootUri,
    workspaceFolders: [{ uri: rootUri, name: "project" }],
    capabilities: {
      workspace: { configuration: true },
      textDocument: { definition: { dynamicRegistration: true }, publishDiagnostics: {} },
    },
  });
  const ready = new Promise((resolve) => (indexed = resolve));
  write({ method: "initialized", params: {} });
  write({ method: "workspace/didChangeConfiguration", params: { settings: { cucumber } } });
  await ready;
  const definitions = {};
  for (const file of features(path.join(project, "features")).sort()) {
    const uri = pathToFileURL(file).href;
    const text = fs.readFileSync(file, "utf8");
    const heard = new Promise((resolve) => (told = resolve));
    write({
      method: "textDocument/didOpen",
      params: { textDocument: { uri, languageId: "cucumber", version: 1, text } },
    });
    await heard;
    const lines = text.split("\n");
    const name = path.relative(project, file);
    definitions[name] = {};
    for (const [line, sentence] of lines.entries()) {
      const found = /^\s*(Given|When|Then|And|But) /.exec(sentence);
      if (!found) continue;
      const links = await ask("textDocument/definition", {
        textDocument: { uri },
        position: { line, character: sentence.length - 1 },
      });
      definitions[name][line + 1] = (links || []).map(
        (link) =>
          `${path.relative(project, fileURLToPath(link.targetUri))}:` +
          `${link.targetRange.start.line + 1}`
      );
    }
  }
  server.kill();
  process.stdout.write(JSON.stringify({ log, diagnostics, definitions }), () => process.exit(0));
}

main();
