//! The rulebook as data: the thirteen guidelines, the provisions of the standards and of the law, their conditions and
//! roles. This file reads the bundled tables and answers look-ups; it judges nothing.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// Who a rule binds: the four stakeholders of the Code of Practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Assembles the final product.
    DeviceManufacturer,
    /// Network, cloud, data transfer.
    IotServiceProvider,
    /// Writes the app.
    MobileApplicationDeveloper,
    /// Sells to consumers.
    Retailer,
}

impl Role {
    /// The words a page prints.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::DeviceManufacturer => "device manufacturer",
            Self::IotServiceProvider => "IoT service provider",
            Self::MobileApplicationDeveloper => "mobile application developer",
            Self::Retailer => "retailer",
        }
    }
}

/// One of the thirteen guidelines of the Code of Practice.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guideline {
    /// 1 to 13, in the published order of importance.
    pub number: u8,
    /// The published title.
    pub title: String,
    /// Whom the final text says it primarily applies to.
    pub roles: Vec<Role>,
    /// `shall` or `should`: how strong the core of it is.
    pub modal: Modal,
    /// Our paraphrase.
    pub core: String,
    /// How to meet it, for somebody who has a product to ship.
    pub help: String,
}

/// How strongly a rule binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Modal {
    /// A requirement.
    Shall,
    /// A recommendation.
    Should,
}

/// A document that provisions come from, in one version: a claim under one version is no claim under another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// `en303645-v2.1.1`: the part of a provision's id before the colon.
    pub id: String,
    /// The document's name.
    pub title: String,
    /// Its version and date.
    pub version: String,
}

/// When a conditional provision binds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// `en303645-v2.1.1:c1`.
    pub id: String,
    /// What must be the case.
    pub says: String,
}

/// One numbered line of a standard or of the law.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provision {
    /// `en303645-v2.1.1:5.1-1`.
    pub id: String,
    /// The guideline it belongs to, 1 to 13.
    pub guideline: u8,
    /// The document's own status: `M`, `M C`, `R`, `R C`.
    pub status: String,
    /// The condition's id, where the status has a C.
    pub condition: Option<String>,
    /// Whom it binds.
    pub roles: Vec<Role>,
    /// Our paraphrase.
    pub says: String,
    /// Where it stands.
    pub source: String,
}

/// Everything, by id.
#[derive(Debug)]
pub struct Rulebook {
    /// The thirteen, in order.
    pub guidelines: Vec<Guideline>,
    /// The documents.
    pub baselines: Vec<Baseline>,
    /// The conditions by id.
    pub conditions: BTreeMap<String, Condition>,
    /// The provisions by id; the guidelines themselves are `cop-2018:1` to `cop-2018:13`.
    pub provisions: BTreeMap<String, Provision>,
}

/// The bundled rulebook.
#[must_use]
pub fn rulebook() -> &'static Rulebook {
    static BOOK: LazyLock<Rulebook> = LazyLock::new(read);
    &BOOK
}

impl Rulebook {
    /// A provision by its full id, or by its number alone (`5.1-1`) where only one document has that number.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Provision> {
        self.provisions.get(id).or_else(|| {
            let mut same =
                self.provisions.values().filter(|p| p.id.split_once(':').is_some_and(|(_, n)| n == id));
            same.next().filter(|_| same.next().is_none())
        })
    }

    /// The known id nearest to a wrong one, for the mend in an error.
    #[must_use]
    pub fn nearest(&self, wrong: &str) -> Option<&str> {
        nearest(wrong, self.provisions.keys().map(String::as_str))
    }

    /// The guideline of a number from 1 to 13.
    #[must_use]
    pub fn guideline(&self, number: u8) -> Option<&Guideline> {
        self.guidelines.iter().find(|g| g.number == number)
    }
}

/// The candidate with the fewest changed letters, if that is at most a third of them.
#[must_use]
pub fn nearest<'a>(wrong: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wrong: Vec<char> = wrong.chars().take(80).collect();
    candidates
        .map(|c| (edits(&wrong, c), c))
        .filter(|(n, c)| *n * 3 <= c.chars().count().max(3))
        .min()
        .map(|(_, c)| c)
}

/// Levenshtein distance, one row at a time.
fn edits(a: &[char], b: &str) -> usize {
    let mut row: Vec<usize> = (0..=a.len()).collect();
    for (i, cb) in b.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, ca) in a.iter().enumerate() {
            let substituted = diagonal + usize::from(*ca != cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[a.len()]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GuidelineFile {
    guideline: Vec<Guideline>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvisionFile {
    baseline: Vec<Baseline>,
    condition: Vec<Condition>,
    provision: Vec<Provision>,
}

fn read() -> Rulebook {
    let guidelines: GuidelineFile = toml::from_str(include_str!("../data/guidelines.toml"))
        .expect("the bundled guidelines parse: a test reads them");
    let file: ProvisionFile = toml::from_str(include_str!("../data/provisions.toml"))
        .expect("the bundled provisions parse: a test reads them");
    let guidelines = guidelines.guideline;
    let cop = guidelines.iter().map(|g| Provision {
        id: format!("cop-2018:{}", g.number),
        guideline: g.number,
        status: if g.modal == Modal::Shall { "M" } else { "R" }.into(),
        condition: None,
        roles: g.roles.clone(),
        says: g.core.clone(),
        source: format!("Code of Practice, October 2018, guideline {}", g.number),
    });
    Rulebook {
        provisions: cop.chain(file.provision).map(|p| (p.id.clone(), p)).collect(),
        conditions: file.condition.into_iter().map(|c| (c.id.clone(), c)).collect(),
        baselines: file.baseline,
        guidelines,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thirteen_stand_in_order_and_the_retailer_only_under_the_eighth() {
        let book = rulebook();
        assert_eq!(
            book.guidelines.iter().map(|g| g.number).collect::<Vec<_>>(),
            (1..=13).collect::<Vec<_>>()
        );
        let retail: Vec<u8> =
            book.guidelines.iter().filter(|g| g.roles.contains(&Role::Retailer)).map(|g| g.number).collect();
        assert_eq!(retail, [8]);
    }

    #[test]
    fn every_provision_names_a_known_baseline_condition_and_guideline() {
        let book = rulebook();
        for p in book.provisions.values() {
            let (baseline, _) = p.id.split_once(':').expect(&p.id);
            assert!(book.baselines.iter().any(|b| b.id == baseline), "{}", p.id);
            assert!(book.guideline(p.guideline).is_some(), "{}", p.id);
            assert_eq!(
                p.status.ends_with('C'),
                p.condition.is_some(),
                "{}: status and condition disagree",
                p.id
            );
            if let Some(c) = &p.condition {
                assert!(book.conditions.contains_key(c), "{}: unknown condition {c}", p.id);
            }
            assert!(!p.roles.is_empty() && !p.source.is_empty(), "{}", p.id);
        }
    }

    #[test]
    fn a_number_alone_finds_its_provision_and_a_wrong_id_its_neighbour() {
        let book = rulebook();
        assert_eq!(book.find("5.1-1").map(|p| p.id.as_str()), Some("en303645-v2.1.1:5.1-1"));
        assert_eq!(book.nearest("en303645-v2.1.1:5.1-l"), Some("en303645-v2.1.1:5.1-1"));
        assert_eq!(book.nearest("nothing like it"), None);
    }
}
