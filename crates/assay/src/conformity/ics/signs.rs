//! Signs: what shows that the condition of a provision is met or is not. The maker's own facts show either; an entry of
//! the IXIT shows that there is what it describes, and its flags show which kind. The absence of anything shows nothing.

use std::collections::BTreeMap;

use crate::case::Stated;
use crate::conformity::book::book;
use crate::conformity::ixit::{Entry, Ixit, Value};
use crate::rules::rulebook;

/// Where signs are looked for.
pub(super) struct Signs<'a> {
    pub(super) facts: &'a BTreeMap<String, Stated>,
    pub(super) ixit: Option<&'a Ixit>,
}

/// What one entry must say, all of it, to show a fact, beside the tables whose mere entries show it (those are data, in
/// `facts.toml`). `key` is a yes, a true or a list that is not empty; `!key` the contrary; `key=word` a text with that word. Where
/// every entry says otherwise, the table denies the fact.
const SHOWN_BY: &[(&str, &str, &[&str])] = &[
    ("automatic-updates", "UpdMech", &["automatic"]),
    ("automatic-updates-or-notifications", "UpdMech", &["automatic"]),
    ("automatic-updates-or-notifications", "UpdMech", &["notifies_of_updates"]),
    ("components-not-updatable", "SoftComp", &["!update_mechanism"]),
    ("consent-based-processing", "PersData", &["consent_based"]),
    ("device-parameters", "SecParam", &["type=critical"]),
    ("hard-coded-identity", "SecParam", &["hard_coded_identity"]),
    ("network-authentication", "AuthMech", &["network_reachable"]),
    ("network-configuration", "SoftServ", &["network_reachable", "allows_configuration"]),
    ("network-functions-initialised", "SoftServ", &["network_reachable", "reachable_when_initialised"]),
    ("network-updates", "UpdMech", &["network_based"]),
    ("parameters-on-remote-interfaces", "SecParam", &["type=critical", "communicated_remotely"]),
    ("parameters-transmitted", "SecParam", &["type=critical", "communication_mechanisms"]),
    ("passwords-in-use", "AuthMech", &["password"]),
    ("personal-data-to-associated-services", "PersData", &["partner_is_associated_service"]),
    ("personal-data-to-services", "PersData", &["communication_mechanisms"]),
    ("physical-debug-interface", "Intf", &["debug_interface", "debug_accessible"]),
    ("pre-installed-passwords", "AuthMech", &["password", "pre_installed"]),
    ("sensitive-data-to-associated-services", "PersData", &["sensitive", "partner_is_associated_service"]),
    ("sensitive-data-to-services", "PersData", &["sensitive", "communication_mechanisms"]),
    ("update-notifications", "UpdMech", &["notifies_of_updates"]),
    ("update-or-service-parameters", "SecParam", &["type=critical", "for_updates_or_services"]),
    ("user-authentication", "AuthMech", &["user_authentication"]),
];

/// What an entry shows and no entry denies: conditions 21 and 22 of TS 103 701 ask about any service, so that a partner who is
/// an associated service shows them, and one who is not says nothing against them.
const ONLY_SHOWN_BY: &[(&str, &str, &[&str])] = &[
    ("personal-data-to-services", "PersData", &["partner_is_associated_service"]),
    ("sensitive-data-to-services", "PersData", &["sensitive", "partner_is_associated_service"]),
];

/// The fact that decides a condition.
pub(super) fn fact_of(condition: &str) -> Option<&'static str> {
    rulebook().conditions.get(condition).map(|c| c.fact.as_str())
}

/// Whether a condition is about what the device can bear, not about what it has: conditions 4 and 5 of V2.1.1. V3.1.3
/// has 14 and 15 in their place; that these are to be treated alike is our reading, no test specification says it yet.
pub(super) fn is_constraint(condition: &str) -> bool {
    fact_of(condition).is_some_and(|f| f == "constrained" || f.ends_with("-blocked-by-constraint"))
}

impl Signs<'_> {
    /// A sign that the condition is met, as the second half of a sentence.
    pub(super) fn met(&self, condition: &str) -> Option<String> {
        let c = rulebook().conditions.get(condition)?;
        self.of(&c.fact, c.when).map(|sign| format!("{sign}: {}", c.says))
    }

    /// A sign that it is not met.
    pub(super) fn unmet(&self, condition: &str) -> Option<String> {
        let c = rulebook().conditions.get(condition)?;
        self.of(&c.fact, !c.when)
            .map(|sign| format!("{sign}, which speaks against the condition that {}", c.says))
    }

    fn of(&self, fact: &str, value: bool) -> Option<String> {
        if let Some(stated) = self.facts.get(fact).filter(|s| s.value == value) {
            return Some(format!("line {} states {fact} = {value}", stated.at.line));
        }
        if value { self.shown(fact) } else { self.denied(fact) }
    }

    /// An entry of the IXIT that shows the fact.
    fn shown(&self, fact: &str) -> Option<String> {
        let told = SHOWN_BY.iter().chain(ONLY_SHOWN_BY).filter(|(f, ..)| *f == fact);
        let by_answers = told.filter_map(|(_, table, answers)| {
            let entries = self.entries(table)?;
            let entry = entries.iter().find(|e| answers.iter().all(|a| says(e, a) == Some(true)))?;
            Some(named(table, entry))
        });
        let by_presence = rulebook().facts.get(fact)?.tables.iter().filter_map(|number| {
            let entry = self.ixit?.entries(*number)?.first()?;
            Some(named(&book().table(*number)?.short, entry))
        });
        by_answers.chain(by_presence).next()
    }

    /// Entries that all say otherwise. Where nothing but the presence of an entry shows the fact, no entry denies it.
    fn denied(&self, fact: &str) -> Option<String> {
        let told: Vec<_> = SHOWN_BY.iter().filter(|(f, ..)| *f == fact).collect();
        let denies = |(_, table, answers): &&(&str, &str, &[&str])| {
            self.entries(table).is_some_and(|entries| {
                !entries.is_empty()
                    && entries.iter().all(|e| answers.iter().any(|a| says(e, a) == Some(false)))
            })
        };
        let table = told.first()?.1;
        (told.iter().all(denies) && self.shown(fact).is_none())
            .then(|| format!("no entry of [[{table}]] in the IXIT says so"))
    }

    fn entries(&self, short: &str) -> Option<&[Entry]> {
        let table = book().tables.iter().find(|t| t.short == short)?;
        self.ixit?.entries(table.number)
    }
}

fn named(table: &str, entry: &Entry) -> String {
    format!(
        "[[{table}]] `{}` in the IXIT (line {}) shows it",
        entry.id.as_deref().unwrap_or("-"),
        entry.at.line
    )
}

/// Whether an entry gives this answer; `None` where it does not answer.
fn says(entry: &Entry, answer: &str) -> Option<bool> {
    let (key, word) = answer.split_once('=').map_or((answer, None), |(k, w)| (k, Some(w)));
    let (key, wanted) = key.strip_prefix('!').map_or((key, true), |k| (k, false));
    let given = match (&entry.fields.get(key)?.value, word) {
        (Value::YesNo(b) | Value::Flag(b), None) => *b,
        (Value::Refs(ids), None) => !ids.is_empty(),
        (Value::Text(text), Some(word)) => {
            text.split(|c: char| !c.is_alphanumeric()).any(|w| w.eq_ignore_ascii_case(word))
        }
        _ => return None,
    };
    Some(given == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformity::book::Form;

    #[test]
    fn every_row_names_a_fact_a_table_and_fields_that_can_be_compared() {
        for (fact, table, answers) in SHOWN_BY.iter().chain(ONLY_SHOWN_BY) {
            assert!(rulebook().facts.contains_key(*fact), "{fact}");
            let table = book().tables.iter().find(|t| t.short == *table).expect(table);
            assert!(!answers.is_empty(), "{fact}: what a mere entry shows stands in facts.toml");
            for answer in *answers {
                let key = answer.split('=').next().unwrap().trim_start_matches('!');
                let field = table.fields.iter().find(|f| f.key == key).expect(key);
                assert_eq!(field.form == Form::Text, answer.contains('='), "{fact}: {answer}");
            }
        }
        for fact in rulebook().facts.values() {
            assert!(fact.tables.iter().all(|t| book().table(*t).is_some()), "{}", fact.id);
        }
    }
}
