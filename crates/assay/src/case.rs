//! A case: the folder a maker keeps for one product, `product.toml` beside `evidence/`. This file reads `product.toml`
//! into something that can only be right, and names everything that is wrong with it at once, by line and column and
//! with the mend. It opens no file: the text comes in, and evidence stays a list of paths.

pub mod statement_file;
#[cfg(test)]
mod tests;
pub(crate) mod walk;

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::Serialize;

use crate::gtin::Gtin14;
use crate::outcome::Claim;
use crate::passwords::{Origin, Passwords};
use crate::rules::{nearest, rulebook};
use crate::scheme::{self, Scheme};
use crate::scope::{Fact, Place as Part};
use crate::text::is_kebab;
use walk::Table;

/// Longest `product.toml` that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// A product, what its maker claims of it, and what evidence is offered.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// What it is.
    pub product: Product,
    /// Who makes it.
    pub maker: Maker,
    /// The support period, if the maker says anything of it.
    pub support: Option<Support>,
    /// Where reports go, if the maker says anything of it.
    pub contact: Option<Contact>,
    /// What is so about the product, by the rulebook's facts: it decides which conditional provisions bind.
    pub facts: BTreeMap<String, Stated>,
    /// What decides whether a scheme is about the product at all.
    pub scope: Option<Scoped>,
    /// Where the product's passwords come from in each of its states, if the maker says anything of it.
    pub passwords: Option<StatedPasswords>,
    /// The labels of other schemes that the product holds.
    pub labels: Vec<Held>,
    /// The claims by provision id: the ICS.
    pub claims: BTreeMap<String, Claimed>,
    /// The evidence offered, in the file's order.
    pub evidence: Vec<Evidence>,
    /// Ids of schemes and exceptions that no bundled scheme has: only who knows the operator's own can say what they are.
    pub unbundled: Vec<Unbundled>,
}

/// An id that no bundled scheme has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unbundled {
    /// What it names.
    pub of: Names,
    /// The id.
    pub id: String,
    /// Where it is said.
    pub at: Place,
}

/// What an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// A scheme.
    Scheme,
    /// An exception of a scheme.
    Exception,
}

/// What the product is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// The name a shopper sees.
    pub name: String,
    /// The model designation on the type plate.
    pub model: String,
    /// The GTINs it is sold under; may be empty.
    pub gtins: Vec<Gtin14>,
    /// What kind of thing, in the maker's words (`camera`).
    pub category: Option<String>,
}

/// Who makes it: an organisation and its domain, never a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maker {
    /// The organisation's name.
    pub organisation: String,
    /// Its domain, in lower case.
    pub domain: String,
}

/// The defined support period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Support {
    /// The last day on which security updates are promised at least.
    pub end: Option<Date>,
    /// The page where the period is published.
    pub published_at: Option<String>,
    /// Why it is that long.
    pub reasons: Option<String>,
    /// The period in words, where the maker gives one beside or in place of the date.
    pub period: Option<String>,
    /// Where `period` stands, or else the table.
    pub period_at: Place,
    /// The day on which it begins.
    pub start: Option<Date>,
    /// What was promised before, in the file's order.
    pub promised: Vec<Promised>,
    /// Where in `product.toml` it is said.
    pub at: Place,
}

/// An end of the support period that was published before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promised {
    /// The day on which it was published.
    pub on: Date,
    /// The end that was published then.
    pub end: Date,
    /// Where in `product.toml` it is said.
    pub at: Place,
}

/// One fact about the product, as the maker states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stated {
    /// Whether it is so.
    pub value: bool,
    /// Where in `product.toml` it is said.
    pub at: Place,
}

/// Where passwords come from, state by state, as the maker states it; what is left out is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatedPasswords {
    /// The three states.
    pub says: Passwords,
    /// Where `factory_default` stands, or else the table.
    pub factory_default_at: Place,
    /// Where `in_use` stands, or else the table.
    pub in_use_at: Place,
    /// Where `after_reset` stands, or else the table.
    pub after_reset_at: Place,
}

/// A label of another scheme that the product holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The scheme's id.
    pub scheme: String,
    /// Its level.
    pub level: Option<String>,
    /// Its number in that scheme's list.
    pub number: Option<String>,
    /// The model that the label names.
    pub product: String,
    /// The standard it was granted against.
    pub standard: Option<String>,
    /// The day it was granted.
    pub granted: Option<Date>,
    /// The last day on which it is current.
    pub expires: Date,
    /// Where in `product.toml` it is said.
    pub at: Place,
}

/// What decides whether a scheme is about the product: its connections, how it is supplied, and exceptions that it falls under.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scoped {
    /// The answers, by the keys of [`crate::scope::Fact`].
    pub flags: BTreeMap<&'static str, Stated>,
    /// The ids of the exceptions that the maker says apply (`ev-charge-point`).
    pub exceptions: Vec<String>,
    /// The part of the country it is made available in, where that matters (`GB`, `NI`).
    pub territory: Option<String>,
    /// Where in `product.toml` it is said.
    pub at: Place,
}

/// Where reports of vulnerabilities go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The address of the security.txt file.
    pub security_txt: Option<String>,
    /// The address of the disclosure policy.
    pub policy: Option<String>,
    /// Where in `product.toml` it is said.
    pub at: Place,
}

/// One claim of the ICS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Yes, no or not applicable.
    pub claim: Claim,
    /// The Detail column: measures taken, or why not.
    pub detail: String,
    /// Where it is said.
    pub at: Place,
}

/// One piece of evidence offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What it is.
    pub kind: EvidenceKind,
    /// Path inside the case folder, below `evidence/`, with forward slashes.
    pub path: String,
    /// When it was collected.
    pub collected: Option<Date>,
    /// For a batch of passwords: whether the file is the whole batch.
    pub whole_batch: bool,
    /// For a batch of passwords: the column that holds them, where its name does not tell.
    pub password_column: Option<String>,
    /// Where it is said.
    pub at: Place,
}

/// The kinds of evidence. Checks read the first seven; the others only hands or a bench can give, and a person's verdict cites
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EvidenceKind {
    /// A factory's file of passwords, one unit a row.
    PasswordBatch,
    /// The signed result of an audit of such a file.
    PasswordAudit,
    /// A folder: an unpacked root file system.
    RootFileSystem,
    /// A security.txt file (RFC 9116).
    SecurityTxt,
    /// The text of a disclosure policy.
    DisclosurePolicy,
    /// The text of the page where the support period is published.
    SupportPage,
    /// The text that says why the software cannot be updated and how the hardware is replaced.
    ReplacementPage,
    /// A record of opening published addresses without an account: date, address, what was seen.
    PageVisit,
    /// What users get to read: manual, leaflet, help, pages.
    UserDocumentation,
    /// A record of the first start, step by step.
    SetupProtocol,
    /// What a scan of the network and radio interfaces found.
    InterfaceScan,
    /// Photographs of the device from all sides.
    DevicePhotographs,
    /// A record of trying the debug interfaces.
    DebugInspection,
    /// Reports of reviews and evaluations, with a record of what the device shows of names and versions.
    EvaluationReport,
}

impl EvidenceKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::PasswordBatch,
        Self::PasswordAudit,
        Self::RootFileSystem,
        Self::SecurityTxt,
        Self::DisclosurePolicy,
        Self::SupportPage,
        Self::ReplacementPage,
        Self::PageVisit,
        Self::UserDocumentation,
        Self::SetupProtocol,
        Self::InterfaceScan,
        Self::DevicePhotographs,
        Self::DebugInspection,
        Self::EvaluationReport,
    ];

    /// The word used in `product.toml`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::PasswordBatch => "password-batch",
            Self::PasswordAudit => "password-audit",
            Self::RootFileSystem => "root-file-system",
            Self::SecurityTxt => "security-txt",
            Self::DisclosurePolicy => "disclosure-policy",
            Self::SupportPage => "support-page",
            Self::ReplacementPage => "replacement-page",
            Self::PageVisit => "page-visit",
            Self::UserDocumentation => "user-documentation",
            Self::SetupProtocol => "setup-protocol",
            Self::InterfaceScan => "interface-scan",
            Self::DevicePhotographs => "device-photographs",
            Self::DebugInspection => "debug-inspection",
            Self::EvaluationReport => "evaluation-report",
        }
    }
}

/// A place in `product.toml`, counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// One thing wrong with a file: where, what, and the mend.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// The file's name.
    pub file: String,
    /// Where it begins.
    #[serde(flatten)]
    pub at: Place,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub mend: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, at, message, mend } = self;
        write!(f, "{file}:{}:{}: {message}\n    mend: {mend}", at.line, at.column)
    }
}

impl Case {
    /// Reads `product.toml`. `file` is the name that problems will show.
    ///
    /// # Errors
    /// Every problem of the file, in the order of its lines; at least one.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self, Vec<Problem>> {
        walk::read(file, bytes, MAX_BYTES, read_root)
    }

    /// The ids that neither a bundled scheme nor one of the operator's own has, as problems of `file`.
    #[must_use]
    pub fn unknown_ids(&self, file: &str, own: &[Scheme]) -> Vec<Problem> {
        let schemes = || scheme::bundled().iter().chain(own);
        let known = |names: Names| -> Vec<&str> {
            match names {
                Names::Scheme => schemes().map(|s| s.id.as_str()).collect(),
                Names::Exception => exceptions(schemes()).collect(),
            }
        };
        let unknown = self.unbundled.iter().filter(|u| !known(u.of).contains(&u.id.as_str()));
        unknown
            .map(|u| {
                let (what, lists) = match u.of {
                    Names::Scheme => ("scheme", "`assay explain` lists them"),
                    Names::Exception => ("exception", "`assay explain SCHEME` lists a scheme's"),
                };
                let mend = match nearest(&u.id, known(u.of).into_iter()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("{lists}; one of a scheme of your own is known with --scheme FILE.toml"),
                };
                let message = format!("no scheme knows the {what} `{}`", u.id);
                let message =
                    if u.of == Names::Scheme { format!("there is no scheme `{}`", u.id) } else { message };
                Problem { file: file.to_owned(), at: u.at, message, mend }
            })
            .collect()
    }
}

/// The whole file. `None` where something required is missing; the problem is noted then.
fn read_root(mut root: Table<'_, '_>) -> Option<Case> {
    let product = root.required_table("product", "[product] with name and model", |mut t| {
        let name = t.required_text("name", "name = \"Hearth Camera 2\"");
        let model = t.required_text("model", "model = \"HC-2\"");
        let category = t.text("category");
        let gtins = t.gtins("gtins");
        t.close();
        Some(Product { name: name?, model: model?, gtins, category })
    });
    // SI 2023/1007, regulation 5: where there are several manufacturers each must comply; one keeps the case.
    root.only_one(
        "maker",
        "one [maker] keeps the case; name every manufacturer as [[manufacturer]] in statement.toml: each of them must comply \
         (SI 2023/1007, regulation 5; Schedule 4, b)",
    );
    let maker = root.required_table("maker", "[maker] with organisation and domain", |mut t| {
        let organisation = t.required_text("organisation", "organisation = \"Example Hearth Ltd\"");
        let domain = t.domain("domain");
        t.close();
        Some(Maker { organisation: organisation?, domain: domain? })
    });
    let support = root.table("support", |at, mut t| {
        let mut support = Support {
            end: t.date("end"),
            published_at: t.url("published_at"),
            reasons: t.text("reasons"),
            period: t.text("period"),
            period_at: t.place_of("period"),
            start: t.date("start"),
            promised: Vec::new(),
            at,
        };
        t.tables("promised", 100, |at, mut t| {
            let on = t.required_date("on");
            let end = t.required_date("end");
            t.close();
            if let (Some(on), Some(end)) = (on, end) {
                support.promised.push(Promised { on, end, at });
            }
        });
        t.close();
        Some(support)
    });
    let mut facts = BTreeMap::new();
    root.table("features", |_, mut t| {
        for id in rulebook().facts.keys() {
            if let Some((value, at)) = t.flag(id) {
                facts.insert(id.clone(), Stated { value, at });
            }
        }
        t.close();
        Some(())
    });
    let mut unbundled = Vec::new();
    let scope = root.table("scope", |at, t| Some(scoped(at, t, &mut unbundled)));
    let passwords = root.table("passwords", |_, mut t| {
        let mut origin = |key| {
            let said = t.optional_word(key, &Origin::ALL.map(|o| (o.word(), o)));
            (said.unwrap_or(Origin::Unknown), t.place_of(key))
        };
        let (factory_default, factory_default_at) = origin("factory_default");
        let (in_use, in_use_at) = origin("in_use");
        let (after_reset, after_reset_at) = origin("after_reset");
        t.close();
        let says = Passwords { factory_default, in_use, after_reset };
        Some(StatedPasswords { says, factory_default_at, in_use_at, after_reset_at })
    });
    let mut labels = Vec::new();
    root.tables("label", 50, |at, mut t| {
        let scheme = t.scheme("scheme").map(|(id, at)| {
            if scheme::find(&id).is_none() {
                unbundled.push(Unbundled { of: Names::Scheme, id: id.clone(), at });
            }
            id
        });
        let level = t.text("level");
        let number = t.text("number");
        let product = t.required_text("product", "product = \"HC-2\", the model that the label names");
        let standard = t.text("standard");
        let granted = t.date("granted");
        let expires = t.required_date("expires");
        if let (Some(scheme), Some(product), Some(expires)) = (scheme, product, expires) {
            labels.push(Held { scheme, level, number, product, standard, granted, expires, at });
        }
        t.close();
    });
    let contact = root.table("contact", |at, mut t| {
        let contact = Contact { security_txt: t.url("security_txt"), policy: t.url("policy"), at };
        t.close();
        Some(contact)
    });
    let mut claims = BTreeMap::new();
    root.tables("claim", 500, |at, mut t| {
        let id = t.provision("provision");
        let claim = t.word(
            "support",
            &[("yes", Claim::Yes), ("no", Claim::No), ("not-applicable", Claim::NotApplicable)],
        );
        let detail = t.text("detail");
        // TS 103 701 phase 4: each N/A and each No needs its justification in Detail.
        if claim.is_some_and(|c| c != Claim::Yes) && detail.is_none() {
            t.problem_at(at, "a claim of `no` or `not-applicable` needs its reason", "add detail = \"why\"");
        }
        if let (Some(id), Some(claim)) = (id, claim) {
            let fresh = Claimed { claim, detail: detail.unwrap_or_default(), at };
            if let Some(first) = claims.get(&id) {
                let Claimed { at: Place { line, .. }, .. } = first;
                t.problem_at(
                    at,
                    &format!("`{id}` is claimed twice, first in line {line}"),
                    "keep one of the two",
                );
            } else {
                claims.insert(id, fresh);
            }
        }
        t.close();
    });
    let mut evidence = Vec::new();
    root.tables("evidence", 100, |at, mut t| {
        let kind = t.word("kind", &EvidenceKind::ALL.map(|k| (k.word(), k)));
        let path = t.path("path");
        let collected = t.date("collected");
        let covers = t.optional_word("covers", &[("whole-batch", true), ("sample", false)]);
        let password_column = t.text("password_column");
        if let (Some(kind), Some(path)) = (kind, path) {
            if kind != EvidenceKind::PasswordBatch && (covers.is_some() || password_column.is_some()) {
                let message = format!(
                    "`covers` and `password_column` belong to a password-batch, not to {}",
                    kind.word()
                );
                t.problem_at(at, &message, "remove them here");
            }
            let whole_batch = covers.unwrap_or(false);
            evidence.push(Evidence { kind, path, collected, whole_batch, password_column, at });
        }
        t.close();
    });
    root.close();
    Some(Case {
        product: product?,
        maker: maker?,
        support,
        contact,
        facts,
        scope,
        passwords,
        labels,
        claims,
        evidence,
        unbundled,
    })
}

/// The ids of the exceptions that schemes have.
fn exceptions<'a>(schemes: impl Iterator<Item = &'a Scheme>) -> impl Iterator<Item = &'a str> {
    schemes.flat_map(|s| &s.scope).flat_map(|s| &s.exceptions).map(|e| e.id.as_str())
}

fn scoped(at: Place, mut t: Table<'_, '_>, unbundled: &mut Vec<Unbundled>) -> Scoped {
    let mut scoped = Scoped { at, ..Scoped::default() };
    for key in Fact::flags().map(Fact::key) {
        if let Some((value, at)) = t.flag(key) {
            scoped.flags.insert(key, Stated { value, at });
        }
    }
    for (id, at) in t.list("exceptions", 20).unwrap_or_default() {
        if !is_kebab(&id) {
            t.problem_at(
                at,
                &format!("`{}` is no id of an exception", walk::shown(&id)),
                "write exceptions = [\"ev-charge-point\"]; `assay explain uk-psti` lists them",
            );
            continue;
        }
        if !exceptions(scheme::bundled().iter()).any(|known| known == id) {
            unbundled.push(Unbundled { of: Names::Exception, id: id.clone(), at });
        }
        scoped.exceptions.push(id);
    }
    let parts = [Part::GreatBritain, Part::NorthernIreland].map(|p| (p.word(), p.word()));
    scoped.territory = t.optional_word("territory", &parts).map(str::to_owned);
    t.close();
    scoped
}

/// The mend for a provision id that the rulebook does not have.
fn provision_mend(wrong: &str) -> String {
    if let Some(successors) = rulebook().voids.get(wrong) {
        return format!(
            "it is void in that version: claim {} instead (rule ics-void)",
            successors.join(" and ")
        );
    }
    match rulebook().nearest(wrong) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`assay explain` lists the provisions; an id reads `ts103645-v1.1.1:4.1-1`".to_owned(),
    }
}
