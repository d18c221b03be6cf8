//! The word lists as data: kinds of products, signs, and what schemes except. Read once, from files that are part of the
//! program.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::words::Sign;

/// The files of kinds. Of two kinds with the same word the earlier one has it.
const KIND_FILES: [&str; 7] = [
    include_str!("../../data/listing/home.toml"),
    include_str!("../../data/listing/network-media.toml"),
    include_str!("../../data/listing/computing.toml"),
    include_str!("../../data/listing/parts.toml"),
    include_str!("../../data/listing/appliances.toml"),
    include_str!("../../data/listing/care.toml"),
    include_str!("../../data/listing/goods.toml"),
];

/// How the things of a kind connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Connects {
    /// All of them: a router.
    Always,
    /// Some of them, and a listing that says nothing leaves it open: a washing machine.
    Either,
    /// Few of them, and those say so: a kettle.
    WithSign,
    /// None, whatever else stands in the title: a bracket.
    Never,
}

/// What the word "smart" says of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum OfSmart {
    /// Nothing: a smart jacket.
    #[default]
    Nothing,
    /// That one has to ask: a smart kettle.
    Ask,
    /// That it is connected, for that is what the trade means by it: a smart plug.
    In,
}

/// Whether a kind has digital elements, apart from a network of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Digital {
    /// As far as it connects.
    #[default]
    No,
    /// Some.
    Maybe,
    /// All.
    Yes,
}

/// A kind of product.
#[derive(Debug, Deserialize)]
pub(super) struct KindRow {
    pub(super) id: String,
    pub(super) says: String,
    pub(super) connects: Connects,
    #[serde(default)]
    pub(super) smart: OfSmart,
    /// A radio that is not named is enough.
    #[serde(default)]
    pub(super) wireless: bool,
    /// A cable is enough to say no.
    #[serde(default)]
    pub(super) wired: bool,
    /// It belongs to something else.
    #[serde(default)]
    pub(super) part: bool,
    /// Devices have one in them, which a list of what is in one names: memory, graphics, a keyboard.
    #[serde(default)]
    pub(super) built_in: bool,
    /// A replacement, which may be of the thing itself.
    #[serde(default)]
    pub(super) spare: bool,
    /// Any accessory: it does not say of what sort.
    #[serde(default)]
    pub(super) generic: bool,
    /// No shop has one among the accessories.
    #[serde(default)]
    pub(super) whole: bool,
    /// Shops have the thing itself among the accessories of others: headphones.
    #[serde(default)]
    pub(super) companion: bool,
    /// No device: a device named beside it weighs more.
    #[serde(default)]
    pub(super) shelf: bool,
    /// Where the shelf is of this kind, all that stands on it is.
    #[serde(default)]
    pub(super) ruling: bool,
    /// By which schemes except it.
    pub(super) nature: Option<String>,
    #[serde(default)]
    pub(super) digital: Digital,
    /// The words, by list.
    #[serde(flatten)]
    pub(super) words: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Kinds {
    kind: Vec<KindRow>,
}

/// Words that say nothing of what a thing is, and much about it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signs {
    evidence: Evidence,
    smart: Vec<String>,
    wireless: Vec<String>,
    plain: Vec<String>,
    wired: Vec<String>,
    with: Vec<String>,
    denial: Vec<String>,
    r#for: Vec<String>,
    used: Vec<String>,
    used_alone: Vec<String>,
    reconditioned: Vec<String>,
    kids: Vec<String>,
    and: Vec<String>,
    nothing: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    network: Vec<String>,
    loose: Vec<String>,
    short: Vec<String>,
    cellular: Vec<String>,
    app: Vec<String>,
    assistant: Vec<String>,
    line: Vec<String>,
}

impl Signs {
    /// All lists, the more telling ones first.
    pub(super) fn lists(&self) -> [(Sign, &[String]); 20] {
        [
            (Sign::Plain, &self.plain),
            (Sign::Wired, &self.wired),
            (Sign::Network, &self.evidence.network),
            (Sign::Short, &self.evidence.short),
            (Sign::Cellular, &self.evidence.cellular),
            (Sign::App, &self.evidence.app),
            (Sign::Assistant, &self.evidence.assistant),
            (Sign::Line, &self.evidence.line),
            (Sign::Loose, &self.evidence.loose),
            (Sign::Smart, &self.smart),
            (Sign::Wireless, &self.wireless),
            (Sign::Denial, &self.denial),
            (Sign::With, &self.with),
            (Sign::For, &self.r#for),
            (Sign::Used, &self.used),
            (Sign::UsedAlone, &self.used_alone),
            (Sign::Reconditioned, &self.reconditioned),
            (Sign::Kids, &self.kids),
            (Sign::And, &self.and),
            (Sign::Nothing, &self.nothing),
        ]
    }
}

/// What an exception says of a nature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Takes {
    /// It takes it out.
    Yes,
    /// It needs facts that no listing gives.
    Ask,
    /// It takes it out unless it has a cellular modem.
    WithoutCellular,
}

/// An exception, as far as it can be known from a listing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExceptionRow {
    pub(super) id: String,
    /// The scheme that it is of; of any other one where not given.
    pub(super) scheme: Option<String>,
    /// Where it stands.
    #[expect(dead_code, reason = "for the reader of the file; the file without it is refused")]
    source: String,
    pub(super) natures: BTreeMap<String, Takes>,
}

/// What is said of a thing that names a short-range radio alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ShortRange {
    /// One has to ask.
    #[default]
    Ask,
    /// It is in.
    In,
}

/// How wide a scheme is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WidthRow {
    pub(super) scheme: String,
    #[expect(dead_code, reason = "for the reader of the file; the file without it is refused")]
    source: String,
    #[serde(default)]
    pub(super) digital: bool,
    #[serde(default)]
    pub(super) short_range: ShortRange,
}

/// The exceptions and widths.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exceptions {
    #[serde(rename = "exception")]
    pub(super) exceptions: Vec<ExceptionRow>,
    #[serde(rename = "width")]
    pub(super) widths: Vec<WidthRow>,
}

/// The kinds.
pub(super) static KINDS: LazyLock<Vec<KindRow>> = LazyLock::new(|| {
    let read = |text: &str| toml::from_str::<Kinds>(text).expect("the bundled kinds are read by a test").kind;
    KIND_FILES.into_iter().flat_map(read).collect()
});

/// The signs.
pub(super) static SIGNS: LazyLock<Signs> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/listing/signs.toml"))
        .expect("the bundled signs are read by a test")
});

/// The exceptions.
pub(super) static EXCEPTIONS: LazyLock<Exceptions> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/listing/exceptions.toml"))
        .expect("the bundled exceptions are read by a test")
});
