//! Reads the bundled data files into the rulebook and holds them against each other: every id that a file names must
//! exist, in the version that it names.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    Assessed, Baseline, Condition, Fact, Form, Guideline, Kind, Mapping, Modal, Provision, Role, Rulebook,
    Verified, guideline_id,
};
use crate::data;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GuidelineFile {
    guideline: Vec<Guideline>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactFile {
    fact: Vec<Fact>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MappingFile {
    map: Vec<Mapping>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BaselineFile {
    baseline: Baseline,
    #[serde(default)]
    condition: Vec<ConditionRow>,
    #[serde(default)]
    provision: Vec<ProvisionRow>,
    #[serde(default)]
    void: Vec<VoidRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionRow {
    key: String,
    form: Form,
    says: String,
    fact: String,
    #[serde(default = "yes")]
    when: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvisionRow {
    number: String,
    #[serde(default)]
    kind: Kind,
    guideline: Option<u8>,
    outside: Option<String>,
    status: String,
    #[serde(default)]
    conditions: Vec<String>,
    assessed: Option<AssessedRow>,
    roles: Vec<Role>,
    says: String,
    help: String,
    person: String,
    trap: Option<String>,
    unverified: Option<String>,
    verified: Option<Verified>,
    #[serde(default)]
    end_date: bool,
    #[serde(default)]
    support: bool,
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AssessedRow {
    status: String,
    #[serde(default)]
    conditions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VoidRow {
    number: String,
    successors: Vec<String>,
}

/// The rulebook from the bundled files.
pub(super) fn bundled() -> Result<Rulebook, String> {
    let guidelines: GuidelineFile = toml::from_str(include_str!("../../data/guidelines.toml"))
        .map_err(|e| format!("guidelines.toml: {e}"))?;
    let facts: FactFile =
        toml::from_str(include_str!("../../data/facts.toml")).map_err(|e| format!("facts.toml: {e}"))?;
    let mapping: MappingFile =
        toml::from_str(include_str!("../../data/mapping.toml")).map_err(|e| format!("mapping.toml: {e}"))?;
    let mut book = Rulebook {
        baselines: vec![Baseline {
            id: "cop-2018".into(),
            title: "Code of Practice for Consumer IoT Security".into(),
            version: "October 2018".into(),
            cite: "Code of Practice, October 2018".into(),
            issued: None,
            verified: Verified::Primary,
            note: Some("The draft of March 2018 has the same titles in the same order; whom it assigned each guideline to was not found.".into()),
        }],
        facts: facts.fact.into_iter().map(|f| (f.id.clone(), f)).collect(),
        conditions: BTreeMap::new(),
        provisions: guidelines.guideline.iter().map(|g| (guideline_id(g.number), of_guideline(g))).collect(),
        voids: BTreeMap::new(),
        mappings: mapping.map,
        guidelines: guidelines.guideline,
    };
    for (file, text) in data::BASELINES {
        let read: BaselineFile = toml::from_str(text).map_err(|e| format!("{file}: {e}"))?;
        if format!("{}.toml", read.baseline.id) != *file {
            return Err(format!("{file}: the file is named after its baseline, `{}`", read.baseline.id));
        }
        add(&mut book, read).map_err(|e| format!("{file}: {e}"))?;
    }
    book.baselines.sort_by(|a, b| a.id.cmp(&b.id));
    hold(&book)?;
    Ok(book)
}

fn of_guideline(g: &Guideline) -> Provision {
    Provision {
        id: guideline_id(g.number),
        kind: Kind::Requirement,
        guideline: Some(g.number),
        outside: None,
        status: if g.modal == Modal::Shall { "M" } else { "R" }.into(),
        conditions: Vec::new(),
        assessed: None,
        roles: g.roles.clone(),
        says: g.core.clone(),
        help: g.help.clone(),
        person: g.person.clone(),
        trap: g.trap.clone(),
        unverified: None,
        verified: Verified::Primary,
        end_date: false,
        support: g.number == 3,
        source: format!("Code of Practice, October 2018, guideline {}", g.number),
    }
}

fn add(book: &mut Rulebook, file: BaselineFile) -> Result<(), String> {
    let BaselineFile { baseline, condition, provision, void } = file;
    let full = |number: &str| format!("{}:{number}", baseline.id);
    let all = |keys: Vec<String>| keys.iter().map(|k| full(k)).collect::<Vec<_>>();
    for c in condition {
        let id = full(&c.key);
        let row = Condition { id: id.clone(), form: c.form, says: c.says, fact: c.fact, when: c.when };
        if book.conditions.insert(id.clone(), row).is_some() {
            return Err(format!("the condition `{id}` stands there twice"));
        }
    }
    for p in provision {
        let id = full(&p.number);
        let row = Provision {
            id: id.clone(),
            kind: p.kind,
            guideline: p.guideline,
            outside: p.outside,
            status: p.status,
            conditions: all(p.conditions),
            assessed: p.assessed.map(|a| Assessed { status: a.status, conditions: all(a.conditions) }),
            roles: p.roles,
            says: p.says,
            help: p.help,
            person: p.person,
            trap: p.trap,
            unverified: p.unverified,
            verified: p.verified.unwrap_or(baseline.verified),
            end_date: p.end_date,
            support: p.support || p.end_date,
            source: p.source.unwrap_or_else(|| format!("{}, {}", baseline.cite, p.number)),
        };
        if book.provisions.insert(id.clone(), row).is_some() {
            return Err(format!("the provision `{id}` stands there twice"));
        }
    }
    for v in void {
        book.voids.insert(full(&v.number), all(v.successors));
    }
    book.baselines.push(baseline);
    Ok(())
}

/// Every id that is named exists.
fn hold(book: &Rulebook) -> Result<(), String> {
    for fact in book.facts.values() {
        if let Some(unknown) = fact.implied_by.iter().find(|f| !book.facts.contains_key(*f)) {
            return Err(format!("facts.toml: `{}` names the fact `{unknown}`, which is not there", fact.id));
        }
    }
    for c in book.conditions.values() {
        if !book.facts.contains_key(&c.fact) {
            return Err(format!(
                "the condition `{}` names the fact `{}`, which facts.toml does not have",
                c.id, c.fact
            ));
        }
    }
    for p in book.provisions.values() {
        let second = p.assessed.iter().flat_map(|a| &a.conditions);
        if let Some(c) = p.conditions.iter().chain(second).find(|c| !book.conditions.contains_key(*c)) {
            return Err(format!("`{}` names the condition `{c}`, which its file does not have", p.id));
        }
        let outside_or_in = p.guideline.is_some() != p.outside.is_some();
        if !outside_or_in || p.guideline.is_some_and(|g| book.guideline(g).is_none()) {
            return Err(format!(
                "`{}` names one guideline from 1 to 13, or says in `outside` why it has none",
                p.id
            ));
        }
    }
    for (void, successors) in &book.voids {
        if book.provisions.contains_key(void) {
            return Err(format!("`{void}` is void and a provision at the same time"));
        }
        if let Some(s) = successors.iter().find(|s| !book.provisions.contains_key(*s)) {
            return Err(format!("`{void}` is replaced by `{s}`, which does not exist"));
        }
    }
    for m in &book.mappings {
        for end in [&m.from, &m.to] {
            if !book.provisions.contains_key(end) {
                return Err(format!("mapping.toml names `{end}`, which no baseline has"));
            }
        }
    }
    Ok(())
}
