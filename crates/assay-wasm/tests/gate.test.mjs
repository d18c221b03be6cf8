// The package in Node, against what `assay gate` says of the same rows, and against what must be refused.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { gzipSync } from "node:zlib";

import { COLUMNS, ON, PACKAGE, Shop, Snapshot, WASM, assay, readme, withCheckDigit } from "./shop.mjs";

const KNOWN = "4006381333931";
/** What the module may take, packed. */
const MOST_PACKED = 510_000;
const shop = new Shop(2000);
const snapshot = shop.open();

/** Without the day of a row's own. */
const undated = shop.listings.map(({ sold_on, ...row }) => row);

/** The name and the sentence of what is thrown. */
function thrown(does) {
  try {
    does();
  } catch (error) {
    assert.ok(error instanceof Error, String(error));
    return `${error.name}: ${error.message}`;
  }
  assert.fail("nothing was thrown");
}

function same(mine, theirs, rows) {
  assert.equal(mine.length, theirs.length);
  mine.forEach((verdict, at) => assert.deepEqual({ ...verdict }, theirs[at], JSON.stringify(rows[at])));
}

for (const [name, options, flags, rows] of [
  ["as the command does unless told otherwise", {}, []],
  ["without words", { scope_check: false }, ["--scope-check", "off"]],
  ["under the law, in a part of the country", { scheme: "uk-psti", territory: "great-britain" }, ["--scheme", "uk-psti", "--territory", "great-britain"]],
  ["under another scheme", { scheme: "eu-cra" }, ["--scheme", "eu-cra"]],
  ["with updates wanted for two years", { supported_for: 24 }, ["--supported-for", "24"]],
  ["with an old snapshot", { on: "2026-12-02" }, []],
  ["each row on its own day", {}, ["--sold-on", "sold_on"], shop.listings],
  ["all at once", { supported_for: 6, scheme: "uk-2019-option-c" }, ["--supported-for", "6", "--scheme", "uk-2019-option-c", "--sold-on", "sold_on"], shop.listings],
]) {
  test(`every row comes to what assay gate says: ${name}`, () => {
    const on = options.on ?? ON;
    const theirs = shop.gate("--on", on, ...flags);
    const judged = rows ?? undated;
    same(snapshot.judge_all(judged, { ...options, on }), theirs, judged);
    same(judged.slice(0, 200).map((row) => snapshot.judge(row, { ...options, on })), theirs.slice(0, 200), judged);
  });
}

test("the catalogue has every kind of row that such a snapshot can tell apart", () => {
  const reasons = (options) => snapshot.judge_all(shop.listings, options).map((verdict) => verdict.reason);
  const found = new Set([...reasons({ on: ON }), ...reasons({ on: ON, supported_for: 6 })]);
  for (const reason of [
    ...["labelled", "cross-label", "updates-ended", "stale-snapshot", "support-ends-early", "bad-sale-day", "not-registered"],
    ...["withdrawn", "gtin-disputed", "requirement-not-met", "not-consumer-connectable", "not-yet-binding", "scope-unsure"],
    ...["no-gtin", "bad-gtin", "bad-check-digit", "damaged-number", "short-upc", "book-number", "several-gtins"],
    ...["retailer-owned-number", "coupon-number"],
  ]) {
    assert.ok(found.has(reason), `${reason} is not among ${[...found].join(", ")}`);
  }
});

test("a cell by itself is a row that has nothing else", () => {
  const cells = shop.listings.map((row) => row.gtin);
  const rows = cells.map((gtin) => ({ gtin }));
  assert.deepEqual(snapshot.judge_all(cells, { on: ON }), snapshot.judge_all(rows, { on: ON }));
  assert.deepEqual(snapshot.judge_all([], { on: ON }), []);
  assert.deepEqual(Object.keys(snapshot.judge(cells[0], { on: ON })), COLUMNS);
});

test("numbers are read as their digits, unless they may have lost some", () => {
  const judged = (cell) => {
    const { gtin14, reason } = snapshot.judge(cell, { on: ON, scope_check: false });
    return [gtin14, reason];
  };
  for (const cell of [KNOWN, Number(KNOWN), BigInt(KNOWN)]) assert.deepEqual(judged(cell), [`0${KNOWN}`, "not-registered"]);
  for (const cell of [null, undefined, "", 0, -0, 7n, { gtin: null }]) assert.deepEqual(judged(cell), [null, "no-gtin"]);
  for (const cell of [-96385074, -96385074n, "\ud800"]) assert.deepEqual(judged(cell), [null, "bad-gtin"]);
  for (const cell of [4006381333931.5, 4.00638e22, Number.NaN, Infinity, 2 ** 53]) assert.deepEqual(judged(cell), [null, "damaged-number"]);
  assert.deepEqual(judged(BigInt(KNOWN) * 10n ** 30n), [null, "no-gtin"]);
});

test("a snapshot says what it is", () => {
  const info = snapshot.info();
  const { schema, number, log_size, issued, valid_until, records, own_numbers, root } = info;
  assert.deepEqual([schema, number, log_size, records], [1, 1, 0, 2020]);
  assert.deepEqual([issued, valid_until, own_numbers], ["2026-11-01", "2026-12-01", true]);
  assert.equal(root, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  const names = ["schema", "number", "log_origin", "log_size", "root", "checkpoint", "issued", "valid_until", "own_numbers", "records"];
  assert.deepEqual(Object.keys(info).sort(), [...names, "tree", "body_sha256"].sort());
});

test("what the snapshot has of a number", () => {
  const { gtin14, updates_until } = snapshot.judge_all(undated, { on: ON }).find((verdict) => verdict.reason === "labelled");
  const entry = snapshot.lookup(gtin14);
  assert.deepEqual([entry.gtin, entry.state, entry.updates_until], [gtin14, "active", updates_until]);
  assert.equal(entry.schemes["uk-2019-option-a"].variant, "tick");
  assert.deepEqual(snapshot.lookup(BigInt(gtin14)), entry);
  assert.equal(snapshot.lookup(KNOWN), null);
  assert.equal(snapshot.lookup(withCheckDigit("200000000001")).state, "active");
  assert.match(thrown(() => snapshot.lookup("4006381333932")), /^RangeError: gtin: the check digit should be 1, it is 2/);
});

test("what was changed, cut off or signed by others is refused", () => {
  const whole = shop.bytes();
  const refused = (bytes, sentence, trust = shop.trust()) =>
    assert.match(thrown(() => Snapshot.open(bytes, trust)), sentence);
  for (let at = 0; at < whole.length; at += 1 + Math.floor(whole.length / 400)) {
    const changed = whole.slice();
    changed[at] ^= 1 << at % 8;
    refused(changed, /^SnapshotError: /);
  }
  const changed = (at) => whole.map((byte, place) => (place === at ? byte ^ 1 : byte));
  refused(changed(0), /^SnapshotError: this is not a snapshot: such a file begins with ASSAYSNAP$/);
  refused(changed(100), /^SnapshotError: the snapshot's header is (refused|not as the format says)/);
  refused(changed(whole.length - 9), /^SnapshotError: the records are not those .*: download it again$/);
  refused(whole.slice(0, -1), /^SnapshotError: the records are not those .*: download it again$/);
  refused(whole.slice(0, 40), /^SnapshotError: the snapshot is cut off within its header: download it again$/);
  refused(new Uint8Array(), /^SnapshotError: this is not a snapshot/);
  const newer = whole.map((byte, at) => (at === "ASSAYSNAP".length ? "2".charCodeAt(0) : byte));
  refused(newer, /^SnapshotError: this snapshot has version 2, this program reads version 1: use a newer program$/);
  refused(whole, /^SnapshotError: the snapshot's header is refused: /, new Shop(1).trust());
  refused(whole, /^SnapshotError: trust: this is not a file of trusted keys: .*assay-trust-v0/, "gtin,status\n");
  refused(whole, /^SnapshotError: trust: there is no `register` line/, shop.trust().replace(/^register .*$/m, ""));
  for (const bytes of [undefined, "ASSAYSNAP1\n", [1, 2], new ArrayBuffer(3)]) refused(bytes, /^TypeError: bytes are a Uint8Array/);
  for (const trust of [null, new Uint8Array(3), 7]) refused(whole, /^TypeError: trust is the text of the trusted keys/, trust);
});

test("what the command says of a damaged snapshot is said here", () => {
  const file = join(shop.folder, "changed.snap");
  const whole = shop.bytes();
  for (const at of [0, 9, 100, 200, whole.length - 9]) {
    const changed = whole.map((byte, place) => (place === at ? byte ^ 1 : byte));
    writeFileSync(file, changed);
    const mine = thrown(() => Snapshot.open(changed, shop.trust())).replace("SnapshotError: ", "");
    assert.throws(() => assay("snapshot", "inspect", file), ({ stderr }) => String(stderr).includes(mine) || assert.fail(`${mine}\n${stderr}`));
  }
});

test("an old snapshot allows nothing, or is refused", () => {
  const { gtin14 } = snapshot.judge_all(undated, { on: ON }).find((verdict) => verdict.reason === "labelled");
  assert.equal(snapshot.judge(gtin14, { on: "2026-12-01", stale: "refuse" }).verdict, "may-sell");
  assert.equal(snapshot.judge(gtin14, { on: "2026-12-02" }).reason, "stale-snapshot");
  const old = "SnapshotError: the snapshot was good until 2026-12-01 and the sale is on 2026-12-02: fetch a newer one";
  assert.equal(thrown(() => snapshot.judge(gtin14, { on: "2026-12-02", stale: "refuse" })), old);
});

test("no clock makes a sale of what is none", () => {
  const { gtin14 } = snapshot.judge_all(undated, { on: ON }).find((verdict) => verdict.reason === "labelled");
  const clock = Date.now;
  const by = (now, does) => {
    Date.now = () => now;
    try {
      return does();
    } finally {
      Date.now = clock;
    }
  };
  const at = (text) => Date.parse(text);
  assert.equal(by(at("2026-11-01T00:00:00Z"), () => snapshot.judge(gtin14).verdict), "may-sell");
  assert.equal(by(at("2026-12-01T23:59:59Z"), () => snapshot.judge(gtin14).verdict), "may-sell");
  // Once midnight has passed the day is another, whatever was laid out before.
  assert.equal(by(at("2026-12-02T00:00:00Z"), () => snapshot.judge(gtin14).reason), "stale-snapshot");
  assert.equal(by(at("2999-01-01T00:00:00Z"), () => snapshot.judge(gtin14).reason), "stale-snapshot");
  const early = /^RangeError: the clock of this machine shows 2026-10-31, and the snapshot was made on 2026-11-01: set the clock/;
  assert.match(by(at("2026-10-31T23:59:59Z"), () => thrown(() => snapshot.judge(gtin14))), early);
  for (const now of [Number.NaN, -1, Infinity, 1e300]) {
    assert.match(by(now, () => thrown(() => snapshot.judge_all([gtin14]))), /^RangeError: the clock of this machine shows no day/);
  }
  assert.match(by(0, () => thrown(() => snapshot.judge(gtin14))), /shows 1970-01-01/);
});

test("arguments that make no sense are refused with the mend", () => {
  const refused = (options, sentence) => assert.match(thrown(() => snapshot.judge(KNOWN, { on: ON, ...options })), sentence);
  refused({ scheme: "uk-pstj" }, /^RangeError: there is no scheme `uk-pstj`; did you mean `uk-psti`\?$/);
  refused({ scheme: 7 }, /^TypeError: scheme is a string$/);
  refused({ on: "20/11/2026" }, /^RangeError: on is a day written as "2027-03-31", not "20\/11\/2026"$/);
  refused({ on: new Date(0) }, /^TypeError: on is a day written as "2027-03-31", and a string$/);
  refused({ stale: "no" }, /^RangeError: stale is "ask" or "refuse", not "no"$/);
  refused({ territory: "wales" }, /^RangeError: territory is "great-britain", "northern-ireland" or null, not "wales"$/);
  refused({ scope_check: "off" }, /^TypeError: scope_check is true or false$/);
  for (const months of [0, 1201, 1.5, Number.NaN]) refused({ supported_for: months }, /^RangeError: supported_for is 1 to 1200 months, not/);
  refused({ supportedFor: 24 }, /^TypeError: there is no option `supportedFor`; did you mean `supported_for`\?$/);
  assert.match(thrown(() => snapshot.judge(KNOWN, "uk-psti")), /^TypeError: options are an object/);
  assert.match(thrown(() => snapshot.judge([KNOWN], { on: ON })), /^TypeError: row is an array, not a row: judge_all takes several rows$/);
  assert.match(thrown(() => snapshot.judge_all(KNOWN, { on: ON })), /^TypeError: rows is not an array: judge takes a single row$/);
  assert.match(thrown(() => snapshot.judge_all([KNOWN, { gtin: KNOWN, title: {} }], { on: ON })), /^TypeError: rows\[1\]\.title is neither/);
  assert.match(thrown(() => snapshot.judge(true, { on: ON })), /^TypeError: row is neither a string nor a number$/);
  const row = (given, sentence) => assert.match(thrown(() => snapshot.judge(given, { on: ON })), sentence);
  row({ gtin: KNOWN, soldOn: ON }, /^TypeError: row\.soldOn is no member of a row; did you mean `sold_on`\?$/);
  row({ ean: KNOWN, title: "Kettle" }, /^TypeError: row\.ean is no member of a row; did you mean `gtin`\?$/);
  for (const other of [{}, new Date(), new Map([["gtin", KNOWN]]), { colour: "red" }]) row(other, /^TypeError: row has none of a row's members: gtin/);
  assert.equal(snapshot.judge({ gtin: KNOWN, sku: "A1", price: 3 }, { on: ON }).reason, "not-registered");
  const nothing = { scheme: null, stale: undefined, scope_check: null, territory: null, supported_for: undefined };
  assert.equal(snapshot.judge(KNOWN, { on: ON, ...nothing }).reason, "not-registered");
});

test("what the caller's own code throws is thrown again, and nothing is lost by it", () => {
  const opened = Snapshot.open(shop.bytes(), shop.trust());
  const throws = (name) => Object.defineProperty({}, name, { enumerable: true, get: () => assert.fail("mine") });
  const revoked = Proxy.revocable([], {});
  revoked.revoke();
  // More often than there is room for what would be left behind.
  for (let at = 0; at < 1200; at += 1) {
    assert.match(thrown(() => opened.judge(throws("title"), { on: ON })), /mine/);
    assert.match(thrown(() => opened.judge(KNOWN, throws("stale"))), /mine/);
    assert.match(thrown(() => opened.judge_all(revoked.proxy, { on: ON })), /^TypeError/);
  }
  assert.equal(opened.judge(KNOWN, { on: ON }).reason, "not-registered");
  opened.free();
});

test("a thousand snapshots fit one after another", () => {
  const [bytes, trust] = [shop.bytes(), shop.trust()];
  for (let at = 0; at < 1000; at += 1) {
    const opened = Snapshot.open(bytes, trust);
    opened.judge(KNOWN, { on: ON });
    opened.free();
  }
  assert.match(thrown(() => Snapshot.open(bytes.slice(1), trust)), /not a snapshot/);
});

test("it stays small", () => {
  const wasm = readFileSync(WASM);
  const [raw, packed] = [wasm.length, gzipSync(wasm, { level: 9 }).length];
  const script = statSync(join(PACKAGE, "assay_gate.js")).size;
  console.log(`assay_gate_bg.wasm: ${raw} bytes, ${packed} with gzip -9; assay_gate.js: ${script} bytes`);
  assert.ok(packed <= MOST_PACKED, `${packed} bytes packed, at most ${MOST_PACKED}: see the README's table of what is in it`);
  // Where it was built is nobody's business.
  for (const path of [homedir(), process.cwd()]) assert.ok(!wasm.includes(path), path);
});
test("the example prints what the README says", () => {
  const folder = mkdtempSync(join(shop.folder, "example-"));
  writeFileSync(join(folder, "list.csv"), `gtin,status,support_end\n${KNOWN},allowed,2099-12-31\n`);
  assay("snapshot", "import", join(folder, "list.csv"), "--out", join(folder, "shop.snap"));
  cpSync(PACKAGE, join(folder, "assay-gate"), { recursive: true });
  writeFileSync(join(folder, "example.mjs"), readme("js"));
  const out = execFileSync(process.execPath, ["example.mjs"], { cwd: folder, encoding: "utf8" });
  assert.equal(out, readme("text"));
});
