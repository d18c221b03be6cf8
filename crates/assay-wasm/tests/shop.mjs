// A shop of the tests' own: a register's list, a catalogue with faults in it, and what `assay gate` says of every row. ASSAY is the
// program to compare with, PACKAGE the folder of the built package.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

export const PACKAGE = resolve(process.env.PACKAGE);
export const WASM = join(PACKAGE, "assay_gate_bg.wasm");
export const ON = "2026-11-20";
export const COLUMNS = ["gtin14", "verdict", "reason", "updates_until", "label"];
const TITLES = [
  ["Smart camera 2K, Wi-Fi", "Camera"],
  ["Wall bracket for smart cameras", "Accessories"],
  ["Kettle 1.7 l, steel", "Kitchen"],
  ["Smart plug with app", "Smart home"],
  ["Charger for electric vehicles", "Motoring"],
  ["Câble «USB», 2 m — “neu” 日本語", "Kabel"],
  ["", ""],
];
const DAYS = ["", "", "", "2027-03-31", "2026-11-20T10:00:00Z", "2026-12-24", "31/03/2027", "2020-01-01", "tomorrow"];

const gate = await import(pathToFileURL(join(PACKAGE, "assay_gate.js")));
await gate.default({ module_or_path: readFileSync(WASM) });
export const { Snapshot } = gate;

/** The same numbers for the same seed (mulberry32). */
function chance(seed) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end) => Math.floor(next() * end);
  return { next, below, of: (list) => list[below(list.length)] };
}

export function withCheckDigit(body) {
  const total = [...body].reverse().reduce((sum, digit, at) => sum + Number(digit) * (3 - 2 * (at % 2)), 0);
  return body + String((10 - (total % 10)) % 10);
}

function register(random, count) {
  const rows = new Map();
  while (rows.size < count) {
    const length = random.of([7, 11, 12, 12, 12, 13]);
    const body = String(random.of([3, 4, 5, 7])) + Array.from({ length: length - 1 }, () => random.below(10)).join("");
    const status = random.of(["allowed", "allowed", "allowed", "cross", "refused", "withdrawn", "disputed"]);
    const day = new Date(Date.UTC(2025, 0, 1 + random.below(3000))).toISOString().slice(0, 10);
    const gtin = withCheckDigit(body);
    rows.set(gtin, { gtin, status, support_end: random.next() < 0.8 ? day : "" });
  }
  const own = Array.from({ length: 20 }, (_, at) => withCheckDigit(`20${String(at).padStart(10, "0")}`));
  return [...rows.values(), ...own.map((gtin) => ({ gtin, status: "allowed", support_end: "2031-05-31" }))];
}

/** What shops make of a number. */
function fault(random, gtin) {
  const wrong = gtin.slice(0, -1) + String((Number(gtin.at(-1)) + 1) % 10);
  const short = gtin.replace(/^0+/, "");
  return random.of([
    ...[wrong, short.slice(0, 9), ` ${gtin} `, `'${gtin}`, `="${gtin}"`, `${gtin}.0`, `${gtin}; ${gtin}`, `${gtin} / 96385074`],
    ...[`${gtin[0]}.${gtin.slice(1, 6)}E+12`, `${gtin}\u200b`, `${gtin.slice(0, 3)}-${gtin.slice(3)}`, `\u{1D7DC}${gtin}`, `]C1${gtin}`],
    ...["does not apply", "", "0", "PS00100", "12345670", "04252614", "0-306-40615-2", "978-3-16-148410-0", "n/a", "-", "４００６３８１３３３９３１"],
    ...[`https://example.org/01/${gtin.padStart(14, "0")}`, `(01)${gtin.padStart(14, "0")}`],
    ...["200000000001", "299999999999", "981234567890"].map(withCheckDigit),
  ]);
}

function catalogue(random, known, rows) {
  return Array.from({ length: rows }, (_, at) => {
    const other = () => withCheckDigit(String(3 * 10 ** 11 + random.below(7 * 10 ** 11)));
    const number = random.next() < 0.7 ? random.of(known) : other();
    const gtin = random.next() < 0.35 ? fault(random, number) : number;
    const [title, category] = random.of(TITLES);
    const [brand, model] = [random.of(["Acme", 'Quote "n" comma, Ltd', ""]), random.of(["X1", "2000", ""])];
    return { sku: `S${at}`, gtin, title, category, brand, model, sold_on: random.of(DAYS) };
  });
}

function write(path, rows) {
  const quoted = (cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const lines = [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))];
  writeFileSync(path, lines.map((line) => `${line.map(quoted).join(",")}\n`).join(""));
}

export function assay(...words) {
  try {
    execFileSync(process.env.ASSAY, words, { stdio: "pipe" });
  } catch (error) {
    // What is refused, and what is asked, is told by the exit.
    if (![1, 3].includes(error.status) || words[0] !== "gate") throw error;
  }
}

/** The one block of this language in the README. */
export function readme(language) {
  const text = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const found = [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))];
  if (found.length !== 1) throw new Error(`${found.length} blocks of ${language}`);
  return found[0][1];
}

export class Shop {
  constructor(rows) {
    const random = chance(20261120);
    this.folder = mkdtempSync(join(tmpdir(), "assay-wasm-"));
    process.on("exit", () => rmSync(this.folder, { recursive: true, force: true }));
    this.list = join(this.folder, "list.csv");
    this.file = join(this.folder, "own.snap");
    const listed = register(random, 2000);
    write(this.list, listed);
    assay("snapshot", "import", this.list, "--out", this.file, "--on", "2026-11-01");
    this.listings = catalogue(random, listed.map((row) => row.gtin), rows);
    write(join(this.folder, "catalogue.csv"), this.listings);
  }

  bytes() {
    return new Uint8Array(readFileSync(this.file));
  }

  trust() {
    return readFileSync(join(this.folder, "trust.txt"), "utf8");
  }

  open() {
    return Snapshot.open(this.bytes(), this.trust());
  }

  /** What the command says of the same catalogue, row by row, as this package says it. */
  gate(...options) {
    const out = join(this.folder, "verdicts.csv");
    assay("gate", join(this.folder, "catalogue.csv"), "--snapshot", this.file, "--out", out, "--columns", COLUMNS.join(), ...options);
    const [header, ...lines] = readFileSync(out, "utf8").trimEnd().split("\n");
    if (header !== COLUMNS.join()) throw new Error(header);
    const nullable = (name, cell) => (cell === "" && name !== "verdict" && name !== "reason" ? null : cell);
    return lines.map((line) => Object.fromEntries(line.split(",").map((cell, at) => [COLUMNS[at], nullable(COLUMNS[at], cell)])));
  }
}
