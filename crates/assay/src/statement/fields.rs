//! The fields of every kind as its bytes have them, for `docs/formats/statements.md`. A test holds the table against the
//! committed vectors and against what the reader accepts.

/// A field: its key, its type, and its bounds.
pub type Field = (&'static str, &'static str, &'static str);

const DATE: &str = "text";
const ON: Field = ("on", DATE, "DATE: the day it speaks of");
const MAKER: Field = ("maker", "text", "MAKER");
const PRODUCT: Field = ("product", "text", "PRODUCT");
const SCHEME: Field = ("scheme", "text", "WORD, the id of a scheme");
const KEY: Field = ("key", "text", "KEY");
const ORGANISATION: Field = ("organisation", "text", "1 to 200 characters");
const DOMAIN: Field = ("domain", "text", "DOMAIN");
const DOCUMENT: Field = ("document", "text", "DIGEST, salted");
const FROM: Field = ("from", DATE, "DATE, so many days after `on` as rule 31 says");

/// Every kind with its fields beside `type`, in the order of [`super::KINDS`]. A key that ends with `?` may be absent.
pub const FIELDS: [(&str, &[Field]); 23] = [
    ("maker-registered", &[ORGANISATION, DOMAIN, ("key", "text", "KEY that signs this statement"), ON]),
    ("key-added", &[MAKER, KEY, ON]),
    ("key-retired", &[MAKER, KEY, ON]),
    (
        "declared",
        &[
            MAKER,
            (
                "product",
                "map",
                "`name` and `model`: text of 1 to 200 characters; `gtins`: array of at most 100 GTIN, none twice; `category` (may be absent): text of 1 to 200 characters",
            ),
            ("schemes", "array", "WORD, at least one, sorted, none twice"),
            ("claims", "map", "provision id to `yes`, `no` or `not-applicable`"),
            (
                "outcomes",
                "array",
                "maps of `check` (WORD), `outcome` (`met`, `not-met`, `not-applicable`, `inconclusive`, `not-tested`), `provisions` (array of ids, at least one), `findings` (array of maps of `kind` (WORD), `confidence` (`possible`, `likely`, `certain`) and `provisions`), `evidence` (array of DIGEST); sorted by `check`, none twice",
            ),
            (
                "support",
                "map",
                "all may be absent: `end` (DATE), `published_at` (PAGE), `reasons` (text of 1 to 2,000 characters)",
            ),
            ("contact", "map", "all may be absent: `security_txt` (PAGE), `policy` (PAGE)"),
            ON,
        ],
    ),
    (
        "assessed",
        &[
            PRODUCT,
            ("declaration", "unsigned", "index of the declaration in force"),
            SCHEME,
            ("verdict", "text", "`holds`, `does-not-hold`, `refused` or `undecided`"),
            (
                "requirements",
                "array",
                "maps of `id`, `claim` (may be absent), `outcome`, `seen_by` (`maker`, `register`, `lab`, `authority`), `holds` (boolean, absent while undecided), in the scheme's order",
            ),
            ("lab?", "text", "LAB that tested and signs"),
            ON,
        ],
    ),
    (
        "labelled",
        &[
            PRODUCT,
            ("assessment", "unsigned", "index of the assessment in force"),
            SCHEME,
            ("gtins", "array", "GTIN, those of the declaration without those decided against its maker"),
            ("variant", "text", "`tick` or `cross`"),
            ("level", "text", "`maker`, `register`, `lab` or `authority`"),
            ("updates_until?", DATE, "DATE"),
            ON,
        ],
    ),
    (
        "support-extended",
        &[
            MAKER,
            PRODUCT,
            ("declaration", "unsigned", "index of the declaration in force"),
            ("end", DATE, "DATE, later than what is promised"),
            ON,
        ],
    ),
    ("withdrawn", &[MAKER, PRODUCT, ("declaration", "unsigned", "index of the declaration in force"), ON]),
    (
        "corrected",
        &[
            MAKER,
            ("corrects", "unsigned", "index of the registration, or of the declaration in force"),
            ("product?", "text", "PRODUCT, where a declaration is corrected"),
            (
                "change",
                "map",
                "one key: `organisation` (1 to 200 characters) or `domain` (DOMAIN) of a registration; `name` or `category` (1 to 200 characters), `published-at`, `policy` or `security-txt` (PAGE) of a declaration",
            ),
            ON,
        ],
    ),
    (
        "observed",
        &[
            PRODUCT,
            (
                "fact",
                "map",
                "one key: `support-shortened` (map of `promised` (DATE) and `shown` (DATE, may be absent)), `page-seen` (map of `page` (`support`, `policy`, `security-txt`) and `sha256` (DIGEST)) or `page-missing` (map of `page`)",
            ),
            ON,
        ],
    ),
    (
        "gtin-disputed",
        &[
            ("gtin", "text", "GTIN"),
            ("makers", "array", "MAKER, 1 to 3,000, sorted, none twice: who claims it"),
            ON,
        ],
    ),
    (
        "gtin-decided",
        &[
            ("gtin", "text", "GTIN"),
            ("holder?", "text", "MAKER whose it is"),
            ("against", "array", "MAKER, at most 3,000, sorted, none twice"),
            DOCUMENT,
            ON,
        ],
    ),
    (
        "foreign-label-recorded",
        &[
            PRODUCT,
            SCHEME,
            ("number", "text", "NUMBER"),
            ("until?", DATE, "DATE"),
            ("source", "text", "PAGE"),
            ("sha256", "text", "DIGEST"),
            ON,
        ],
    ),
    (
        "lab-accredited",
        &[
            ORGANISATION,
            DOMAIN,
            KEY,
            ("schemes", "array", "WORD, at least one, sorted, none twice"),
            ("certificate", "text", "NUMBER"),
            ("until", DATE, "DATE"),
            ON,
        ],
    ),
    ("lab-expired", &[("lab", "text", "LAB"), ON]),
    (
        "label-suspended",
        &[PRODUCT, SCHEME, ("label", "unsigned", "index of the label in force"), DOCUMENT, ON],
    ),
    (
        "notice-served",
        &[
            MAKER,
            ("product?", "text", "PRODUCT"),
            ("notice", "text", "`compliance`, `stop` or `recall`"),
            DOCUMENT,
            ON,
        ],
    ),
    ("notice-lifted", &[("lifts", "unsigned", "index of the notice or suspension"), DOCUMENT, ON]),
    ("receipt-digest", &[("receipt", "text", "DIGEST, salted"), ON]),
    (
        "advisory-published",
        &[
            MAKER,
            PRODUCT,
            ("advisory", "text", "NUMBER"),
            ("address", "text", "PAGE"),
            ("sha256", "text", "DIGEST"),
            ON,
        ],
    ),
    (
        "log-key-announced",
        &[("key", "text", "verifier key of a signed note, under the log's origin"), FROM, ON],
    ),
    (
        "witness-policy-changed",
        &[
            (
                "policy",
                "text",
                "policy of witnesses (C2SP tlog-policy), at most 32,768 bytes, in its one spelling",
            ),
            FROM,
            ON,
        ],
    ),
    (
        "schema-announced",
        &[
            ("schema", "text", "WORD"),
            ("version", "unsigned", "0 to 65,535, higher than the one announced before"),
            ("address", "text", "PAGE"),
            ("sha256", "text", "DIGEST"),
            FROM,
            ON,
        ],
    ),
];
