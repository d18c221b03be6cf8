//! The checks over `ixit.toml` against everything that such a file can hold: whatever a maker writes, nothing comes out met,
//! a fault accuses exactly the provision whose unit failed, and a large file is answered in time.

use std::collections::{BTreeMap, BTreeSet};

use assay::conformity::book::Form;
use assay::conformity::{Ixit, ProForma, book, ics};
use assay::outcome::{CheckResult, Outcome, SpeaksFrom, shown_of};
use assay_checks::{MemoryFiles, Subject, checks, find};
use proptest::prelude::*;

use super::{case, cases};

/// Judges a file by every check that speaks from the maker's words, with what else the maker may have said.
fn judged(text: &str, added: &str) -> Vec<CheckResult> {
    let ixit = Ixit::parse("ixit.toml", text.as_bytes()).unwrap_or_else(|p| panic!("{p:#?}\n{text}"));
    let case = case(added);
    let files = MemoryFiles::new().with("ixit.toml", text.as_bytes());
    let on = assay::date::parse("2026-11-22").unwrap();
    let subject = Subject { case: &case, files: &files, ixit: Some(&ixit), on };
    let of_words = checks().iter().filter(|c| c.speaks_from == SpeaksFrom::MakersWords);
    of_words
        .map(|check| {
            let result = check.run(&subject);
            cases::is_honest(check, &result, check.id);
            result
        })
        .collect()
}

/// The tables that the checks read, small enough for chance to meet every combination.
const TABLES: [&str; 8] =
    ["AuthMech", "Conf", "SoftComp", "UpdMech", "SecParam", "NetSecImpl", "SoftServ", "Intf"];
const WORDS: [&str; 12] = [
    "none",
    "enable",
    "postpone, disable",
    "public",
    "critical",
    "always",
    "never",
    "intermittent",
    "physical",
    "enabled",
    "disabled",
    "n/a: it is a hard-coded identity out of the source code",
];

/// A text for a field, mostly one that its rule knows.
fn some(die: u8, key: &str) -> &'static str {
    let die = usize::from(die);
    match key {
        "exposure" => ["always", "never", "intermittent", "sometimes"][die % 4],
        "status" => ["enabled", "disabled", "sleeping"][die % 3],
        "type" => ["physical", "critical", "network, physical", "public"][die % 4],
        _ => WORDS[die],
    }
}

/// A whole file from a row of dice: each field of each entry is left out, or filled in with something of its form.
fn file(dice: &[u8]) -> String {
    let mut dice = dice.iter().copied().cycle();
    let mut roll = |sides: u8| dice.next().unwrap_or(0) % sides;
    let mut text = String::new();
    let tables = TABLES.iter().chain(&["TelData"]);
    for table in tables.filter_map(|short| book().tables.iter().find(|t| t.short == *short)) {
        let entries = if table.short == "Conf" { 1 } else { roll(3) };
        for entry in 0..entries {
            let double = table.short != "Conf";
            text.push_str(&if double {
                format!("[[{}]]\nid = \"e{entry}\"\n", table.short)
            } else {
                "[Conf]\n".into()
            });
            for field in table.fields.iter().filter(|f| f.key != "id") {
                let value = match (roll(4), field.form) {
                    (0, _) => continue,
                    (n, Form::Flag) => (n > 1).to_string(),
                    (n, Form::YesNo) => if n > 1 { "\"yes\"" } else { "\"no\"" }.to_owned(),
                    (_, Form::Refs) => "[]".to_owned(),
                    (_, Form::Text) => format!("\"{}\"", some(roll(12), &field.key)),
                };
                text.push_str(&format!("{} = {value}\n", field.key));
            }
        }
    }
    text
}

proptest! {
    #[test]
    fn whatever_the_maker_writes_nothing_comes_out_met(
        dice in proptest::collection::vec(any::<u8>(), 1..300),
        states in proptest::collection::vec(0usize..5, 3),
        years in 0i32..9,
    ) {
        const STATES: [&str; 5] = ["unique", "user-defined", "universal", "no-password", "unknown"];
        let [a, b, c] = [STATES[states[0]], STATES[states[1]], STATES[states[2]]];
        let added = format!(
            "[passwords]\nfactory_default = \"{a}\"\nin_use = \"{b}\"\nafter_reset = \"{c}\"\n[support]\nstart = 2024-02-29\nend = {}-02-28\n",
            2024 + years + 1
        );
        let results = judged(&file(&dice), &added);
        for result in &results {
            prop_assert_ne!(result.outcome, Outcome::Met);
            for provision in &result.provisions {
                prop_assert_ne!(shown_of(&results, provision), Outcome::Met);
            }
        }
    }

    #[test]
    fn what_is_written_later_in_a_table_never_heals_a_fault(dice in proptest::collection::vec(any::<u8>(), 1..300)) {
        let text = file(&dice);
        let failed = |results: &[CheckResult]| -> BTreeSet<String> {
            let units = results.iter().flat_map(|r| &r.units);
            units.filter(|u| u.outcome == Outcome::NotMet).map(|u| u.unit.clone()).collect()
        };
        // One examination of telemetry is enough, and any table but that one is judged entry by entry.
        let more = format!("{text}\n[[UpdMech]]\nid = \"more\"\n[[Intf]]\nid = \"more\"\n[[SecParam]]\nid = \"more\"\n[[SoftServ]]\nid = \"more\"\n");
        prop_assert_eq!(failed(&judged(&text, "")), failed(&judged(&more, "")));
    }
}

#[test]
fn the_dice_meet_passes_faults_and_open_questions_of_every_unit() {
    let mut seen: BTreeSet<(String, Outcome)> = BTreeSet::new();
    let mut state = 1_u32;
    for _ in 0..400 {
        let dice: Vec<u8> = (0..211)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state.to_be_bytes()[0]
            })
            .collect();
        let units = judged(&file(&dice), "").into_iter().flat_map(|r| r.units);
        seen.extend(units.map(|u| (u.unit, u.outcome)));
    }
    // Two need references that lead somewhere, which the dice never write.
    let passes_by_chance = |unit: &str| !["5.3-4-1/b", "5.5-3-1/a", "4-1-1/a"].contains(&unit);
    for check in checks().iter().filter(|c| c.id.starts_with("ixit-")) {
        for unit in check.units.iter().filter(|u| passes_by_chance(u)) {
            for wanted in [Outcome::Met, Outcome::NotMet, Outcome::Inconclusive] {
                assert!(seen.contains(&((*unit).to_owned(), wanted)), "{unit} never came out {wanted}");
            }
        }
    }
}

#[test]
fn ten_thousand_entries_are_refused_at_the_door() {
    let text = "[[UpdMech]]\nid = \"a\"\n".repeat(10_000);
    let problems = Ixit::parse("ixit.toml", text.as_bytes()).unwrap_err();
    assert!(problems[0].message.contains("at most 500"), "{}", problems[0]);
}

#[test]
fn the_largest_file_that_is_read_is_answered_in_time_and_in_few_words() {
    let ids: Vec<String> = (0..500).map(|i| format!("\"{i}\"")).collect();
    let all = ids.join(",");
    let mut text = String::new();
    for id in &ids {
        text.push_str(&format!(
            "[[UpdMech]]\nid = {id}\nautomation_options = \"enable\"\nautomatic = false\n"
        ));
        text.push_str(&format!(
            "[[SoftComp]]\nid = {id}\ncryptographic_usage = \"yes\"\nupdate_mechanism = [{all}]\n"
        ));
    }
    let results = judged(&text, "");
    let updates = results.iter().find(|r| r.check == "ixit-updates").unwrap();
    assert_eq!(updates.outcome, Outcome::NotMet);
    assert_eq!(updates.findings.len(), 500, "each component is named");
    assert!(updates.why.len() < 2_000, "{}", updates.why.len());
    assert!(updates.units.iter().all(|u| u.why.len() < 2_000));
}

#[test]
fn contradictions_between_the_makers_own_tables_accuse_one_provision_each() {
    let text = "[[UpdMech]]\nid = \"U\"\nauthenticity_verified_by_device = false\nautomatic = true\nautomation_options = \"none\"\n";
    let results = judged(text, "");
    let updates = results.iter().find(|r| r.check == "ixit-updates").unwrap();
    let shown = |number: &str| updates.outcome_for(&format!("en303645-v2.1.1:{number}"));
    assert_eq!([shown("5.3-6"), shown("5.3-9")], [Outcome::NotMet; 2]);
    assert_eq!([shown("5.3-4"), shown("5.3-12")], [Outcome::Inconclusive; 2]);
    assert!(find("ixit-updates").is_some_and(|c| c.provisions.len() == 4));
}

#[test]
fn the_justifications_come_out_as_the_verification_of_the_ics_says() {
    let check = find("ics-justifications").unwrap();
    for (name, told) in cases::told(check) {
        let unit = &told.run(check, false).units[0];
        let claims = told.claims();
        let outcome = ics::recommendations(ProForma::Ts103701A3, &claims).outcome();
        // Where nothing at all is claimed of this standard, nothing was tested.
        let wanted = if unit.outcome == Outcome::NotTested { Outcome::Inconclusive } else { unit.outcome };
        assert_eq!(outcome, wanted, "{name}");
    }
}

/// The whole IXIT of a camera of our own making.
const CAMERA: &str = include_str!("../../../assay/tests/camera/ixit.toml");

/// What the units of the checks over `ixit.toml` come to; none where the file does not read.
fn units_of(text: &str) -> Option<BTreeMap<String, Outcome>> {
    Ixit::parse("ixit.toml", text.as_bytes()).ok()?;
    let results = judged(text, "");
    let over_ixit = results.into_iter().filter(|r| r.check.starts_with("ixit-"));
    Some(over_ixit.flat_map(|r| r.units).map(|u| (u.unit, u.outcome)).collect())
}

#[test]
fn on_a_whole_ixit_every_unit_passes_and_each_fails_by_some_single_change() {
    let units = units_of(CAMERA).unwrap();
    let open: Vec<_> = units.iter().filter(|(_, o)| **o != Outcome::Met).collect();
    assert!(open.is_empty(), "not passed: {open:?}");
    let of_registry = checks().iter().filter(|c| c.id.starts_with("ixit-")).map(|c| c.units.len());
    assert_eq!(units.len(), of_registry.sum::<usize>());
    let mut failed_by_a_change = BTreeSet::new();
    for (number, line) in CAMERA.lines().enumerate() {
        let swapped = [
            (" = true", " = false"),
            (" = false", " = true"),
            ("\"yes\"", "\"no\""),
            ("\"disabled\"", "\"enabled\""),
            ("\"enable, disable, postpone\"", "\"none\""),
            ("\"enable, disable\"", "\"none\""),
            ("_mechanism = [\"", "_mechanism = [] # \""),
        ];
        for (from, to) in swapped.iter().filter(|(from, _)| line.contains(from)) {
            let changed = |l: &str| {
                if *to == "_mechanism = [] # \"" { l.replace(from, to) } else { l.replacen(from, to, 1) }
            };
            let with = |new: &str| {
                let lines = CAMERA
                    .lines()
                    .enumerate()
                    .map(|(n, l)| if n == number { new.to_owned() } else { l.to_owned() });
                lines.collect::<Vec<_>>().join("\n")
            };
            let units = units_of(&with(&changed(line))).unwrap_or_default();
            failed_by_a_change
                .extend(units.into_iter().filter(|(_, o)| *o == Outcome::NotMet).map(|(u, _)| u));
            // What is left out may leave a unit open and is never a fault.
            let left_out = units_of(&with("")).unwrap_or_default();
            assert!(left_out.values().all(|o| *o != Outcome::NotMet), "line {}: {left_out:?}", number + 1);
        }
    }

    let never: Vec<&String> = units.keys().filter(|u| !failed_by_a_change.contains(*u)).collect();
    // These take two changes on this camera, or another kind of change: their own cases show how they fail.
    assert_eq!(never, ["5.4-2-1/a", "5.6-3-1/b", "5.6-4-1/b", "5.6-4-1/c"]);
}
