//! Whether a genuine label is still in force: by a snapshot, which is signed and bound to the log, or by asking a register
//! that the reader named. What the register says is believed as far as statements with proofs show it; the rest is called
//! its word.

use std::path::PathBuf;

use assay::date::{self, Date};
use assay::label::{LabelFacts, SignedLabel, Subject};
use assay::snapshot::{Header, Record, Snapshot, State};
use assay::statement::{ProductId, Statement};
use assay::trust::Logged;
use serde_json::Value;

use super::answer::{Answer, DecidedBy, Judged};
use super::{MOST_SNAPSHOT, label, statement};
use crate::exit::Failure;
use crate::folder::read_bounded;
use crate::remote::Register;
use crate::trusted::Trusted;

/// Who is asked whether a label is in force.
pub(super) enum Ask {
    Nobody,
    /// A proof that carries the label's own statement.
    Proof(PathBuf),
    /// A snapshot, and the day that counts as today.
    Snapshot(PathBuf, Date),
    /// A register at this address.
    Register(String),
}

fn decided(answer: Answer, by: DecidedBy, sentence: String) -> Judged {
    Judged { answer, sentence, decided_by: Some(by), open: false, label: None }
}

/// What a snapshot says of a label.
pub(super) fn by_snapshot(
    facts: &LabelFacts,
    file: &std::path::Path,
    on: Date,
    trust: &Trusted,
) -> Result<Judged, Failure> {
    let bytes = read_bounded(file, MOST_SNAPSHOT)?;
    let snapshot = Snapshot::open(&bytes, trust.keys.register(), trust.keys.origin())
        .map_err(|e| Failure::unreadable(format!("{} is refused: {e}", file.display())))?;
    let header = snapshot.header();
    let record = match facts.subject() {
        Subject::Gtin(gtin) => snapshot.lookup(*gtin),
        Subject::Product(_) => None,
    };
    let undecided = |why: String| Judged {
        answer: Answer::AsIssued,
        sentence: format!("genuine as issued on {}; {why}", date::in_words(facts.issued())),
        decided_by: None,
        open: true,
        label: None,
    };
    if facts.statement() >= header.log_size {
        return Ok(undecided(format!(
            "the snapshot ends before the label's statement ({} entries): fetch a newer one",
            header.log_size
        )));
    }
    if record.is_none() && matches!(facts.subject(), Subject::Product(_)) {
        return Ok(undecided(
            "a snapshot lists products by GTIN, and the label is of a product that has none: ask the register".into(),
        ));
    }
    let (answer, why) = by_record(facts, record.as_ref());
    if answer == Answer::Current && header.was_made_after(on) {
        return Ok(undecided(too_early(header, on)));
    }
    if answer == Answer::Current && on > header.valid_until {
        // As at the till: what is old allows nothing, and still refuses.
        return Ok(undecided(format!(
            "the snapshot was good until {} and cannot say what holds today: fetch a newer one",
            date::in_words(header.valid_until)
        )));
    }
    let as_of = format!("{why} (snapshot {} of {})", header.number, date::in_words(header.issued));
    Ok(decided(answer, DecidedBy::Snapshot, as_of))
}

/// By a day before a snapshot nothing is decided: it may be long out of date.
pub(super) fn too_early(header: &Header, on: Date) -> String {
    format!("the snapshot was made on {}, after {on}: set this machine's clock, or say --on", header.issued)
}

/// What a record says of a label that was issued for it. The snapshot names the label in force by its statement; one that is
/// suspended keeps its statement and loses its sign.
fn by_record(facts: &LabelFacts, record: Option<&Record>) -> (Answer, String) {
    let Some(record) = record else {
        return (Answer::Withdrawn, "the register no longer lists the product: it carries no label".into());
    };
    match record.state {
        State::Withdrawn => {
            return (
                Answer::Withdrawn,
                "the maker took its declaration back: the product carries no label".into(),
            );
        }
        State::Disputed => {
            let why =
                "more than one maker claims this number: until that is decided its label does not count";
            return (Answer::Suspended, why.into());
        }
        State::Active => {}
    }
    let Some(scheme) = record.schemes.get(facts.scheme_id()) else {
        return (Answer::Withdrawn, "the product no longer carries a label under this scheme".into());
    };
    let same = scheme.statement == Some(facts.statement());
    match scheme.variant {
        Some(variant) if same && variant == facts.variant() && record.updates_until >= facts.updates_until() => {
            // A promise may be made longer without another label.
            let longer = record.updates_until.filter(|_| record.updates_until > facts.updates_until());
            let more = longer.map(|until| format!("; updates are promised until {} by now", date::in_words(until)));
            (Answer::Current, format!("genuine and in force{}", more.unwrap_or_default()))
        }
        Some(_) if same => {
            (Answer::Altered, "the log holds another sign or another date for this label's statement".into())
        }
        Some(_) if let Some(later) = scheme.statement.filter(|at| *at > facts.statement()) => {
            (Answer::Superseded, format!("a later label took its place: the statement at index {later}"))
        }
        Some(_) => (Answer::Withdrawn, "the label in force is an earlier one: this one does not count".into()),
        None if same => (Answer::Suspended, "the label is suspended: it does not count until that is lifted".into()),
        None => (
            Answer::Withdrawn,
            "the product no longer carries this label; whether it is suspended or was not earned again, the snapshot does not \
             say"
                .into(),
        ),
    }
}

/// What a register says of a label, each step with its proof where there can be one.
pub(super) fn by_register(signed: &SignedLabel, url: &str, trust: &Trusted) -> Result<Judged, Failure> {
    let facts = signed.facts();
    let register = Asked { register: Register::at(url)?, url, trust };
    let own = register.statement(facts.statement())?;
    if let Err(why) = label::same_label(&own, facts) {
        return Ok(Judged::refused(Answer::Altered, why));
    }
    let Statement::Labelled(labelled) = own.value() else {
        return Ok(Judged::refused(Answer::Altered, "the log holds no label at this index"));
    };
    let (product, scheme) = (labelled.product, facts.scheme_id());
    let page = register.product(&product)?;
    let about = |logged: &Logged<Statement>| logged.value().product() == Some(product);
    if let Some(index) = page["withdrawn"].as_u64() {
        let logged = register.statement(index)?;
        if about(&logged) && matches!(logged.value(), Statement::Withdrawn(_)) {
            let on = date::in_words(logged.value().on());
            let why = format!("the maker took its declaration back on {on}: the product carries no label");
            return Ok(decided(Answer::Withdrawn, DecidedBy::Proof, why));
        }
        return Err(register.contradicts(index));
    }
    let disputed = page["disputed_gtins"].as_array().is_some_and(|gtins| {
        matches!(facts.subject(), Subject::Gtin(gtin) if gtins.iter().any(|g| g.as_str() == Some(&gtin.to_string())))
    });
    if disputed {
        let why = "more than one maker claims this number: until that is decided its label does not count (the register's word)";
        return Ok(decided(Answer::Suspended, DecidedBy::RegistersWord, why.into()));
    }
    let lost = page["lost_gtins"].as_array().is_some_and(|gtins| {
        matches!(facts.subject(), Subject::Gtin(gtin) if gtins.iter().any(|g| g.as_str() == Some(&gtin.to_string())))
    });
    if lost {
        let why =
            "the number was decided not to be this maker's: no label of it counts (the register's word)";
        return Ok(decided(Answer::Withdrawn, DecidedBy::RegistersWord, why.into()));
    }
    let standing = page["schemes"].as_array().into_iter().flatten().find(|s| s["scheme"] == scheme);
    match standing.and_then(|standing| standing["label"]["statement"].as_u64()) {
        Some(index) if index == facts.statement() => {
            let why = "its statement is proven to stand in the log; that no later one counts is the register's word";
            Ok(decided(Answer::Current, DecidedBy::RegistersWord, format!("genuine and in force: {why}")))
        }
        Some(index) => {
            let later = register.statement(index)?;
            let is_label =
                matches!(later.value(), Statement::Labelled(l) if l.product == product && l.scheme == scheme);
            if !is_label || index < facts.statement() {
                return Err(register.contradicts(index));
            }
            let on = date::in_words(later.value().on());
            let why = format!("a later label took its place on {on}: the statement at index {index}");
            Ok(decided(Answer::Superseded, DecidedBy::Proof, why))
        }
        None => suspended(&register, standing, product, scheme),
    }
}

/// A product without a label in force: suspended, if a statement that stands says so, or it carries none any more.
fn suspended(
    register: &Asked<'_>,
    standing: Option<&Value>,
    product: ProductId,
    scheme: &str,
) -> Result<Judged, Failure> {
    if let Some(index) = standing.and_then(|standing| standing["suspended"].as_u64()) {
        let logged = register.statement(index)?;
        let Statement::LabelSuspended(s) = logged.value() else { return Err(register.contradicts(index)) };
        if s.product != product || s.scheme != scheme {
            return Err(register.contradicts(index));
        }
        let on = date::in_words(s.on);
        let why = format!("the label was suspended on {on}: it does not count until that is lifted");
        return Ok(decided(Answer::Suspended, DecidedBy::Proof, why));
    }
    let why = "the product no longer carries a label under this scheme (the register's word)";
    Ok(decided(Answer::Withdrawn, DecidedBy::RegistersWord, why.into()))
}

/// A register that is being asked. Whatever goes wrong here, the label was not decided on: that is code 4.
struct Asked<'a> {
    register: Register,
    url: &'a str,
    trust: &'a Trusted,
}

impl Asked<'_> {
    /// A statement, proven to stand in the trusted log.
    fn statement(&self, index: u64) -> Result<Logged<Statement>, Failure> {
        let entry = self.get(&format!("/api/v1/entries/{index}"), assay::cose::MAX_BYTES as u64)?;
        let proof = self.get(&format!("/api/v1/proofs/{index}"), 2 << 20)?;
        statement::logged(&entry, &proof, &self.trust.keys).map_err(|why| {
            Failure::impossible(format!("{} shows no proof that counts for entry {index}: {why}", self.url))
        })
    }

    fn product(&self, id: &ProductId) -> Result<Value, Failure> {
        let bytes = self.get(&format!("/api/v1/products/{id}"), 8 << 20)?;
        serde_json::from_slice(&bytes)
            .map_err(|e| Failure::impossible(format!("{} answered no product: {e}", self.url)))
    }

    fn get(&self, path: &str, most: u64) -> Result<Vec<u8>, Failure> {
        self.register.get(path, most).map_err(|failure| match failure {
            Failure::Unreadable { message, .. } => Failure::impossible(message),
            other @ Failure::Impossible(_) => other,
        })
    }

    fn contradicts(&self, index: u64) -> Failure {
        Failure::impossible(format!(
            "{} says one thing of the product and its log another (entry {index}): run `assay monitor` on it",
            self.url
        ))
    }
}
