/** What may be done with a product. */
export type Answer = "may-sell" | "refuse" | "ask" | "out-of-scope";

/** Why; explained in docs/catalogue.md and by `assay explain REASON`. */
export type Reason =
  | "labelled"
  | "declared"
  | "cross-label"
  | "updates-ended"
  | "stale-snapshot"
  | "not-registered"
  | "not-declared-under-scheme"
  | "not-yet-binding"
  | "requirement-not-met"
  | "withdrawn"
  | "support-shortened"
  | "gtin-disputed"
  | "no-gtin"
  | "bad-gtin"
  | "bad-check-digit"
  | "retailer-owned-number"
  | "coupon-number"
  | "damaged-number"
  | "short-upc"
  | "book-number"
  | "several-gtins"
  | "matched-by-model"
  | "recognised-foreign-label"
  | "foreign-label-expired"
  | "foreign-label-mismatched"
  | "foreign-label-unproven"
  | "label-against-declaration"
  | "statement-complete"
  | "statement-incomplete"
  | "no-statement"
  | "no-sell-through"
  | "known-failure"
  | "stop-notice"
  | "recall-notice"
  | "notice-suspended"
  | "excepted-product"
  | "second-hand"
  | "not-consumer-connectable"
  | "scope-unsure"
  | "no-seller-duty"
  | "not-decided"
  | "support-ends-early"
  | "bad-sale-day";

/** A listing as a till or a page has it. What there is not is left out, `null` or `""`. */
export interface Row {
  /**
   * What stands where the GTIN should: as scanned or typed, mended where no guess is needed. A number is read as its digits, and is
   * `damaged-number` where it has a fraction or more digits than a number keeps.
   */
  gtin?: string | number | bigint | null;
  /** The category, or the address of the product's page. Words are looked at where the snapshot does not have the number. */
  category?: string | null;
  title?: string | null;
  brand?: string | null;
  model?: string | null;
  /** The row's own day of the sale, as `2027-03-31` with or without a time behind it; one that cannot be read is `bad-sale-day`. */
  sold_on?: string | null;
}

/** How to judge. */
export interface Options {
  /** The id of a bundled scheme. Unless given, `"uk-2019-option-a"`. */
  scheme?: string | null;
  /**
   * The day of the sale, as `"2027-03-31"`. Unless given, today in UTC by the clock of this machine: a clock that stands before the
   * day the snapshot was made is wrong, and nothing is judged by it.
   */
  on?: string | null;
  /**
   * What becomes of a snapshot that was good until an earlier day: with `"ask"`, as unless given, nothing is allowed by it; with
   * `"refuse"` a `SnapshotError` is thrown.
   */
  stale?: "ask" | "refuse" | null;
  /** Whether a listing that the snapshot does not have is sorted by its words. Unless given, `true`. */
  scope_check?: boolean | null;
  /** Where in the United Kingdom you sell, on which some exceptions hang. */
  territory?: "great-britain" | "northern-ireland" | null;
  /** For how many months after the sale updates have to be promised, 1 to 1200; what may be sold without is `ask`. */
  supported_for?: number | null;
}

/** What a row came to. */
export interface Verdict {
  /** The GTIN in fourteen digits, `null` where the row has no valid one. */
  gtin14: string | null;
  verdict: Answer;
  reason: Reason;
  /** The last day of promised security updates, `null` where the register's entry does not stand or has none. */
  updates_until: string | null;
  /** The sign of the label, `null` where there is none. */
  label: "tick" | "cross" | null;
}

/** What a snapshot is: its signed header. */
export interface Info {
  /** Version of header and records. */
  schema: number;
  /** The snapshot's own number; it never falls. */
  number: number;
  /** The name of the log that it was folded from. */
  log_origin: string;
  /** How many entries of the log were folded. */
  log_size: number;
  /** The log's root hash at that size, in base64. */
  root: string;
  /** The log's checkpoint of that size with its cosignatures; empty where it comes from no log. */
  checkpoint: string;
  /** The day it was made, as `2026-11-01`. */
  issued: string;
  /** The last day on which it may be relied on. */
  valid_until: string;
  /** Whether it may hold numbers that a shop gave itself. */
  own_numbers: boolean;
  /** How many records it has. */
  records: number;
  /** The root of the Merkle tree over the records, in base64. */
  tree: string;
  /** SHA-256 of all bytes behind the header. */
  body_sha256: string;
}

/** What was declared under one scheme. */
export interface Declared {
  verdict: "holds" | "does-not-hold" | "refused" | "undecided";
  /** The sign of its label, where there is one. */
  variant: "tick" | "cross" | null;
  /** The log's index of the statement of its label. */
  statement: number | null;
}

/** A label of another scheme; `null` is what was not seen. */
export interface ForeignLabel {
  scheme: string;
  level: string | null;
  standard: string | null;
  /** Its last day. */
  until: string | null;
}

/** What a snapshot says of a number. */
export interface Entry {
  /** The GTIN in fourteen digits. */
  gtin: string;
  /** Whether its entry stands. */
  state: "active" | "disputed" | "withdrawn";
  /** Whether its maker showed an earlier end of updates than was published. */
  shortened: boolean;
  /** The last day of promised security updates, where any are promised. */
  updates_until: string | null;
  /** By the scheme's id. */
  schemes: Record<string, Declared>;
  /** The statement of compliance that accompanies the product, where somebody looked. */
  document?: "complete" | "incomplete" | "absent";
  /** Notices of the authority, where there are any. */
  notices?: { kind: "stop" | "recall"; suspended: boolean }[];
  /** Labels of other schemes, where there are any. */
  labels?: ForeignLabel[];
}
