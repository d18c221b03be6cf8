// The example page in a browser, over a server on the loopback. Without Chromium it is passed over, and says so.

import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import test from "node:test";
import { promisify } from "node:util";

import { PACKAGE, Shop } from "./shop.mjs";

const KINDS = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

function chromium() {
  try {
    return execFileSync("sh", ["-c", "command -v chromium"], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}

const browser = chromium();

test("the page judges in a browser", { skip: browser ? false : "Chromium is absent (Debian: apt-get install chromium)" }, async () => {
  const { folder, file } = new Shop(1);
  cpSync(PACKAGE, join(folder, "assay-gate"), { recursive: true });
  cpSync(file, join(folder, "shop.snap"));
  cpSync(new URL("../examples/till.html", import.meta.url), join(folder, "till.html"));
  const server = createServer((request, answer) => {
    const path = new URL(request.url, "http://localhost").pathname;
    try {
      answer.setHeader("content-type", KINDS[extname(path)] ?? "application/octet-stream").end(readFileSync(join(folder, path)));
    } catch {
      answer.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  try {
    const address = `http://127.0.0.1:${server.address().port}/till.html?cell=4006381333932`;
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${join(folder, "profile")}`, "--virtual-time-budget=20000"];
    const { stdout } = await promisify(execFile)(browser, [...flags, "--dump-dom", address], { timeout: 60_000 });
    const [, said] = stdout.match(/<p role="status">(.*?)<\/p>/s) ?? [];
    assert.equal(said, "no number: Ask somebody (bad-check-digit)");
  } finally {
    server.close();
  }
});
