use std::collections::BTreeMap;

use jiff::civil::Date;
use proptest::prelude::*;

use super::*;
use crate::case::Place;
use crate::conformity::book::{Form, Shape, Verb, book};
use crate::conformity::ics::verify;
use crate::conformity::verdict::{External, Signed};
use crate::outcome::{SeenBy, SpeaksFrom};
use crate::rules::rulebook;

const TODAY: Date = Date::constant(2026, 3, 1);
const TOMORROW: Date = Date::constant(2026, 3, 2);

/// An assessment that owns what it rests on, so that a test can change one thing.
#[derive(Clone, Debug, Default)]
struct Desk {
    claims: BTreeMap<String, Claimed>,
    ixit: Option<Ixit>,
    machine: BTreeMap<String, Machine>,
    verdicts: Verdicts,
}

impl Desk {
    fn report(&self) -> Report {
        self.under(book())
    }

    fn under(&self, book: &Book) -> Report {
        let breaches = match self.claims.is_empty() {
            true => Vec::new(),
            false => verify(ProForma::Ts103701A3, &self.claims, &BTreeMap::new(), self.ixit.as_ref()),
        };
        let Self { claims, ixit, machine, verdicts } = self;
        roll_up(
            book,
            &Input { claims, breaches: &breaches, ixit: ixit.as_ref(), machine, verdicts, on: TODAY },
        )
    }

    fn person(&mut self, unit: &str, says: Verdict, on: Date) {
        self.verdicts.units.insert(unit.into(), Judgement { says, signed: signed(on), evidence: vec![] });
    }

    fn machine(&mut self, unit: &str, outcome: Outcome) {
        if let Some((_, Unit { check: Some(check), .. })) = book().unit(unit) {
            self.machine.insert(
                unit.into(),
                Machine {
                    check: check.clone(),
                    outcome,
                    why: "because".into(),
                    speaks_from: SpeaksFrom::Evidence,
                },
            );
        }
    }
}

fn signed(on: Date) -> Signed {
    Signed { by: "evaluator 1".into(), on, why: "looked at it".into(), at: Place::default() }
}

fn external(accepted: bool) -> External {
    let text = || "a report".to_owned();
    let document = "evidence/report.pdf".to_owned();
    External { document, scope: text(), covers: text(), depth: text(), accepted, signed: signed(TODAY) }
}

/// Every verdict of a report by its id.
fn floors(report: &Report) -> BTreeMap<String, Verdict> {
    let cases = || report.groups.iter().flat_map(|g| &g.cases);
    let units = cases().flat_map(|c| &c.units).map(|u| (u.id.clone(), u.verdict));
    let groups = report.groups.iter().map(|g| (g.provision.clone(), g.verdict));
    units
        .chain(cases().map(|c| (c.id.clone(), c.verdict)))
        .chain(groups)
        .chain([("overall".to_owned(), report.overall)])
        .collect()
}

/// What became better, by id.
fn improved(before: &Report, after: &Report) -> Vec<String> {
    let after = floors(after);
    floors(before).into_iter().filter(|(id, v)| after[id] < *v).map(|(id, _)| id).collect()
}

fn unit_ids() -> Vec<String> {
    book().units().map(|(c, u)| c.unit_id(u)).collect()
}

/// A claim with its reason; the two provisions for devices that cannot be updated never apply to ours, which can.
fn claim_of(id: &str, claim: Claim) -> Claimed {
    let claim = if id.ends_with(":5.3-14") || id.ends_with(":5.3-15") { Claim::NotApplicable } else { claim };
    Claimed { claim, detail: "every component can be updated".into(), at: Place::default() }
}

/// Everything in place for a pass: all claimed, every unit passed by whoever may, the IXIT complete.
fn full() -> Desk {
    let pro_forma = ProForma::Ts103701A3;
    let claims = pro_forma.provisions().map(|p| (p.id.clone(), claim_of(&p.id, Claim::Yes))).collect();
    let shape = vec![vec![vec![true; 30]]; 29];
    let mut desk = Desk { claims, ixit: Some(ixit(&shape)), ..Desk::default() };
    for id in unit_ids() {
        desk.machine(&id, Outcome::Met);
        desk.person(&id, Verdict::Pass, TODAY);
    }
    desk
}

/// An IXIT with so many entries a table, and these fields of each filled in.
fn ixit(shape: &[Vec<Vec<bool>>]) -> Ixit {
    let mut text = String::new();
    for (table, entries) in book().tables.iter().zip(shape) {
        for (n, filled) in entries.iter().enumerate() {
            match table.shape {
                Shape::Table => text.push_str(&format!("[[{}]]\nid = \"E-{n}\"\n", table.short)),
                Shape::List if n > 0 => continue,
                Shape::List => text.push_str(&format!("[{}]\n", table.short)),
            }
            for (field, _) in table.fields.iter().zip(filled).filter(|(f, filled)| **filled && f.key != "id")
            {
                let value = match field.form {
                    Form::Text if field.key == "type" => "\"critical\"",
                    Form::Text => "\"something\"",
                    Form::YesNo => "\"yes\"",
                    Form::Flag => "true",
                    Form::Refs => "[\"E-0\"]",
                };
                text.push_str(&format!("{} = {value}\n", field.key));
            }
        }
    }
    Ixit::parse("ixit.toml", text.as_bytes()).expect("the generated pro forma reads")
}

fn any_verdict() -> impl Strategy<Value = Verdict> {
    prop_oneof![6 => Just(Verdict::Pass), 1 => Just(Verdict::Inconclusive), 1 => Just(Verdict::Fail)]
}

/// Any desk, near enough to a pass that most changes show.
fn any_desk() -> impl Strategy<Value = Desk> {
    let units = book().units().count();
    let person = proptest::option::weighted(0.97, (any_verdict(), prop::bool::weighted(0.98)));
    let outcome = prop_oneof![8 => Just(Outcome::Met), 4 => prop::sample::select(Outcome::ALL.to_vec())];
    let machine = proptest::option::weighted(0.97, outcome);
    let claim = prop_oneof![8 => Just(Claim::Yes), 1 => Just(Claim::No), 1 => Just(Claim::NotApplicable)];
    let entry = proptest::collection::vec(prop::bool::weighted(0.998), 30);
    (
        proptest::collection::vec((person, machine), units),
        proptest::collection::vec(claim, 68),
        proptest::option::weighted(
            0.95,
            proptest::collection::vec(proptest::collection::vec(entry, 1..3), 29),
        ),
        proptest::collection::btree_map(
            prop::sample::select(book().groups.iter().map(|g| g.provision.clone()).collect::<Vec<_>>()),
            prop::bool::ANY,
            0..6,
        ),
        prop::bool::weighted(0.5),
    )
        .prop_map(|(units, claims, shape, externals, all_pass)| {
            let mut desk = Desk { ixit: shape.map(|s| ixit(&s)), ..Desk::default() };
            for (id, (person, machine)) in unit_ids().into_iter().zip(units) {
                let person = if all_pass { Some((Verdict::Pass, true)) } else { person };
                if let Some((says, in_time)) = person {
                    desk.person(&id, says, if in_time { TODAY } else { TOMORROW });
                }
                let machine = if all_pass { Some(Outcome::Met) } else { machine };
                if let Some(outcome) = machine {
                    desk.machine(&id, outcome);
                }
            }
            for (provision, claim) in ProForma::Ts103701A3.provisions().zip(claims) {
                let mandatory = ProForma::Ts103701A3.status(&provision.id).is_some_and(|s| s.mandatory);
                let claim = match claim {
                    Claim::No | Claim::NotApplicable if all_pass => {
                        if mandatory {
                            Claim::Yes
                        } else {
                            Claim::No
                        }
                    }
                    claim => claim,
                };
                desk.claims.insert(provision.id.clone(), claim_of(&provision.id, claim));
            }
            let externals = externals.into_iter().map(|(g, accepted)| (g, external(accepted)));
            desk.verdicts.external = externals.collect();
            desk
        })
}

fn any_unit() -> impl Strategy<Value = String> {
    prop::sample::select(unit_ids())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Monotone: adding a FAIL, a person's or a machine's, makes nothing better on any floor and fails its unit.
    #[test]
    fn adding_a_fail_improves_nothing(desk in any_desk(), unit in any_unit()) {
        let before = desk.report();
        let mut judged = desk.clone();
        judged.person(&unit, Verdict::Fail, TODAY);
        let after = judged.report();
        prop_assert_eq!(improved(&before, &after), Vec::<String>::new());
        prop_assert_eq!(floors(&after)[&unit], Verdict::Fail);
        let mut looked = desk.clone();
        looked.machine(&unit, Outcome::NotMet);
        prop_assert_eq!(improved(&before, &looked.report()), Vec::<String>::new());
    }

    /// Taking away what speaks for the product (a result that is not `not-met`, a person's pass, an external report, a
    /// complete entry of the IXIT) makes no outcome better, and no verdict of a unit, case or group.
    #[test]
    fn removing_what_speaks_for_the_product_improves_nothing(desk in any_desk(), unit in any_unit(), table in 1_u8..30) {
        let before = desk.report();
        let mut less = desk.clone();
        match desk.machine.get(&unit) {
            Some(m) if m.outcome != Outcome::NotMet => { less.machine.remove(&unit); }
            _ => {}
        }
        match desk.verdicts.units.get(&unit) {
            Some(j) if j.says == Verdict::Pass => { less.verdicts.units.remove(&unit); }
            _ => {}
        }
        less.verdicts.external.retain(|_, e| !e.accepted);
        let fields = &book().table(table).unwrap().fields;
        let complete = |n: u8, e: &crate::conformity::ixit::Entry| n == table && fields.iter().all(|f| e.fields.contains_key(&f.key));
        let mut first = true;
        if let Some(ixit) = &mut less.ixit {
            ixit.retain(|n, e| !complete(n, e) || !std::mem::take(&mut first));
        }
        let after = less.report();
        // An entry less in the IXIT may mend a `not-applicable` that it contradicted, so the overall verdict is left out.
        let better: Vec<_> = improved(&before, &after).into_iter().filter(|id| id != "overall").collect();
        prop_assert_eq!(better, Vec::<String>::new());
    }

    /// Taking away evidence against the product turns no FAIL into a PASS on any floor: not the result of a machine, and
    /// not the verdict of a person, unless what remains proves the unit by itself (a machine's `met`, the case referred to,
    /// or accepted external evidence for the whole group). An entry of the IXIT removed changes no FAIL at all.
    #[test]
    fn removing_evidence_turns_no_fail_into_a_pass(desk in any_desk(), unit in any_unit(), entry in 0_usize..60) {
        let before = desk.report();
        let turned = |after: &Report| -> Vec<String> {
            let after = floors(after);
            floors(&before).into_iter().filter(|(id, v)| *v == Verdict::Fail && after[id] == Verdict::Pass).map(|(id, _)| id).collect()
        };
        for gone in [None, Some(Outcome::NotTested)] {
            let mut unseen = desk.clone();
            unseen.machine.remove(&unit);
            if let Some(outcome) = gone {
                unseen.machine(&unit, outcome);
            }
            prop_assert_eq!(turned(&unseen.report()), Vec::<String>::new());
        }
        let (_, asked) = book().unit(&unit).unwrap();
        if asked.check.is_none() && asked.refers.is_none() {
            // A person's word is no evidence: where an accepted document stands in for people, it stands in for this one too.
            let mut unsaid = desk.clone();
            unsaid.verdicts.external.clear();
            let before = unsaid.report();
            unsaid.verdicts.units.remove(&unit);
            let after = floors(&unsaid.report());
            for (id, verdict) in floors(&before) {
                prop_assert!(verdict != Verdict::Fail || after[&id] != Verdict::Pass, "{}", id);
            }
        }
        let mut shorter = desk.clone();
        shorter.verdicts.external.clear();
        let before = shorter.report();
        let mut n = 0;
        if let Some(ixit) = &mut shorter.ixit {
            ixit.retain(|_, _| { n += 1; n != entry });
        }
        let after = shorter.report();
        for group in &before.groups {
            if group.verdict == Verdict::Fail {
                prop_assert_eq!(after.outcome(&group.provision), Outcome::NotMet);
            }
        }
    }

    /// A claim decides which groups count and nothing else: no outcome changes, whatever is claimed.
    #[test]
    fn a_claim_changes_no_outcome(desk in any_desk(), other in any_desk()) {
        let before = desk.report();
        let after = Desk { claims: other.claims, ..desk }.report();
        for p in ProForma::Ts103701A3.provisions() {
            prop_assert_eq!(before.outcome(&p.id), after.outcome(&p.id));
        }
        let verdicts = |r: &Report| { let mut f = floors(r); f.remove("overall"); f };
        prop_assert_eq!(verdicts(&before), verdicts(&after));
    }

    /// FAIL beats INCONCLUSIVE beats PASS, counted from the other end: the overall verdict against Table 1.
    #[test]
    fn the_overall_verdict_is_that_of_table_1(desk in any_desk()) {
        let report = desk.report();
        let claimed: Vec<Verdict> = report.groups.iter().filter(|g| g.claim == Some(Claim::Yes)).map(|g| g.verdict).collect();
        let wanted = if !report.ics_valid || claimed.contains(&Verdict::Fail) {
            Verdict::Fail
        } else if claimed.is_empty() || claimed.contains(&Verdict::Inconclusive) {
            Verdict::Inconclusive
        } else {
            Verdict::Pass
        };
        prop_assert_eq!(report.overall, wanted);
        prop_assert_eq!(report.why.is_empty(), wanted == Verdict::Pass);
        let units: usize = report.groups.iter().filter(|g| g.claim == Some(Claim::Yes)).flat_map(|g| &g.cases).map(|c| c.units.len()).sum();
        prop_assert_eq!(report.counts.all(), units);
        for id in &report.withdrawable {
            prop_assert!(!rulebook().provisions[id].is_mandatory());
        }
    }

    /// Results of checks in any order and any number of times say the same.
    #[test]
    fn order_and_repetition_do_not_matter(
        outcomes in proptest::collection::vec(prop::sample::select(Outcome::ALL.to_vec()), 40),
        order in any::<u64>(),
    ) {
        let checks: Vec<(String, String)> =
            book().units().filter_map(|(c, u)| Some((u.check.clone()?, c.unit_id(u)))).collect();
        let result = |(check, unit): &(String, String), outcome: Outcome| CheckResult {
            check: check.clone(),
            outcome: Outcome::Inconclusive,
            why: "the maker's own words".into(),
            seen_by: SeenBy::Maker,
            provisions: vec![],
            findings: vec![],
            evidence: vec![],
            units: vec![UnitSeen { unit: unit.clone(), outcome, why: format!("{check} on {unit}: {outcome}") }],
            speaks_from: SpeaksFrom::MakersWords,
        };
        let results: Vec<CheckResult> = checks.iter().zip(outcomes.iter().cycle()).map(|(c, o)| result(c, *o)).collect();
        let machine = machine_results(book(), &results);
        for (result, unit) in results.iter().zip(&checks) {
            prop_assert_eq!(machine[&unit.1].outcome, result.units[0].outcome);
        }
        let mut shuffled: Vec<CheckResult> = results.iter().chain(&results).cloned().collect();
        shuffled.sort_by_key(|r| mixed(&r.units[0].why, order));
        prop_assert_eq!(machine_results(book(), &results), machine_results(book(), &shuffled));
    }
}

/// A number that depends on every letter, to shuffle by.
fn mixed(text: &str, seed: u64) -> u64 {
    text.bytes().fold(seed, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3).rotate_left(7))
}

#[test]
fn everything_in_place_passes_and_nothing_at_all_is_inconclusive() {
    let report = full().report();
    assert_eq!(report.overall, Verdict::Pass, "{:?}", report.why);
    assert!(
        report.counts.open == 0 && report.counts.machine > 20 && report.counts.case == 14,
        "{:?}",
        report.counts
    );
    let nothing = Desk::default().report();
    assert_eq!(nothing.overall, Verdict::Inconclusive);
    assert!(
        nothing.groups.iter().all(|g| nothing.outcome(&g.provision) == Outcome::NotTested),
        "{nothing:?}"
    );
}

#[test]
fn a_unit_with_a_check_follows_this_table() {
    use Outcome::{Met, NotApplicable, NotMet, NotTested};
    use Verdict::{Fail, Pass};
    let unit = "5.2-2-1/b";
    let cases: &[(Option<Outcome>, Option<Verdict>, Verdict)] = &[
        (Some(Met), None, Pass),
        (Some(Met), Some(Pass), Pass),
        (Some(Met), Some(Verdict::Inconclusive), Pass),
        (Some(Met), Some(Fail), Fail),
        (Some(NotMet), None, Fail),
        (Some(NotMet), Some(Pass), Fail),
        (Some(Outcome::Inconclusive), None, Verdict::Inconclusive),
        (Some(Outcome::Inconclusive), Some(Pass), Pass),
        (Some(Outcome::Inconclusive), Some(Fail), Fail),
        (Some(NotApplicable), Some(Pass), Pass),
        (Some(NotApplicable), None, Verdict::Inconclusive),
        (Some(NotTested), None, Verdict::Inconclusive),
        (Some(NotTested), Some(Pass), Verdict::Inconclusive),
        (Some(NotTested), Some(Fail), Fail),
        (None, Some(Pass), Verdict::Inconclusive),
        (None, Some(Fail), Fail),
        (None, None, Verdict::Inconclusive),
    ];
    for (machine, person, wanted) in cases {
        let mut desk = full();
        desk.machine.remove(unit);
        desk.verdicts.units.remove(unit);
        if let Some(outcome) = machine {
            desk.machine(unit, *outcome);
        }
        if let Some(says) = person {
            desk.person(unit, *says, TODAY);
        }
        let report = desk.report();
        assert_eq!(floors(&report)[unit], *wanted, "{machine:?} {person:?}");
        assert_eq!(report.overall, *wanted, "{machine:?} {person:?}");
    }
}

#[test]
fn every_unit_that_no_machine_judges_needs_a_person_and_a_preparation_its_record() {
    let full = full();
    for (case, unit) in book().units().filter(|(_, u)| u.check.is_none() && u.refers.is_none()) {
        let id = case.unit_id(unit);
        let mut desk = full.clone();
        desk.verdicts.units.remove(&id);
        assert_eq!(floors(&desk.report())[&id], Verdict::Inconclusive, "{id} {:?}", unit.verb);
        desk.person(&id, Verdict::Pass, TOMORROW);
        let report = desk.report();
        assert_eq!(floors(&report)[&id], Verdict::Inconclusive, "{id}: a verdict of tomorrow does not count");
        let counts = report.group(case.group()).unwrap().claim == Some(Claim::Yes);
        assert_eq!(report.overall == Verdict::Inconclusive, counts, "{id}");
    }
    assert!(book().units().any(|(_, u)| u.verb == Verb::Perform));
}

#[test]
fn a_unit_that_refers_takes_the_other_cases_verdict_and_a_person_may_only_see_less() {
    for (case, unit) in book().units() {
        let Some(target) = &unit.refers else { continue };
        let id = case.unit_id(unit);
        let there = book().case(target).unwrap();
        for says in [Verdict::Fail, Verdict::Inconclusive] {
            let mut desk = full();
            desk.person(&id, says, TODAY);
            assert_eq!(floors(&desk.report())[&id], says, "{id}");
        }
        let mut desk = full();
        desk.person(&there.unit_id(&there.units[0]), Verdict::Fail, TODAY);
        assert_eq!(floors(&desk.report())[&id], Verdict::Fail, "{id} refers to {target}");
    }
}

#[test]
fn references_in_a_circle_and_into_nothing_are_inconclusive() {
    let text = r#"
table = []
[[group]]
provision = "5.1-1"
fields = []
[[case]]
id = "5.1-1-1"
kind = "conceptual"
[[case.unit]]
unit = "a"
verb = "refers"
does = "x"
refers = "5.1-1-2"
[[case]]
id = "5.1-1-2"
kind = "conceptual"
[[case.unit]]
unit = "a"
verb = "refers"
does = "x"
refers = "5.1-1-1"
[[case]]
id = "5.1-1-3"
kind = "conceptual"
[[case.unit]]
unit = "a"
verb = "refers"
does = "x"
refers = "5.9-9-9"
[[group]]
provision = "5.1-2"
fields = []
"#;
    let circular = Book::parse(text).unwrap();
    let report = Desk::default().under(&circular);
    assert!(floors(&report).values().all(|v| *v == Verdict::Inconclusive), "{report:?}");
}

#[test]
fn external_evidence_stands_in_for_tests_but_never_over_a_fail() {
    let group = "5.5-2";
    let mut open = full();
    open.verdicts.units.retain(|id, _| !id.starts_with("5.5-2-"));
    assert_eq!(open.report().overall, Verdict::Inconclusive);
    open.verdicts.external.insert(group.into(), external(false));
    assert_eq!(open.report().overall, Verdict::Inconclusive, "refused");
    open.verdicts.external.insert(group.into(), External { signed: signed(TOMORROW), ..external(true) });
    assert_eq!(open.report().overall, Verdict::Inconclusive, "accepted only tomorrow");
    open.verdicts.external.insert(group.into(), external(true));
    assert_eq!(open.report().overall, Verdict::Pass);
    open.person("5.5-2-1/b", Verdict::Fail, TODAY);
    let report = open.report();
    assert_eq!((report.overall, report.outcome(group)), (Verdict::Fail, Outcome::NotMet));
}

#[test]
fn external_evidence_does_not_stand_in_for_what_a_check_was_not_shown() {
    let group = "5.3-13";
    let mut desk = full();
    desk.verdicts.external.insert(group.into(), external(true));
    let seen: Vec<String> = unit_ids()
        .into_iter()
        .filter(|id| id.starts_with("5.3-13-") && book().unit(id).is_some_and(|(_, u)| u.check.is_some()))
        .collect();
    assert!(!seen.is_empty(), "a check looks at {group}");
    for unit in seen {
        let mut failing = desk.clone();
        failing.machine(&unit, Outcome::NotMet);
        assert_eq!(failing.report().outcome(group), Outcome::NotMet, "{unit}");
        // The page that fails is taken away: what remains is open, and the document does not hide it.
        failing.machine.remove(&unit);
        let after = failing.report();
        assert_eq!(after.outcome(group), Outcome::Inconclusive, "{unit}");
        assert!(after.group(group).unwrap().why.contains(&unit), "{unit}");
    }
}

#[test]
fn a_refused_document_leaves_a_group_of_words_a_group_of_words() {
    let mut desk = full();
    for unit in unit_ids().iter().filter(|id| id.starts_with("4-1-")) {
        desk.verdicts.units.remove(unit);
        if let Some(m) = desk.machine.get_mut(unit) {
            m.speaks_from = SpeaksFrom::MakersWords;
        }
    }
    let on_words = |desk: &Desk| desk.report().group("4-1").unwrap().on_words;
    assert!(on_words(&desk));
    desk.verdicts.external.insert("4-1".into(), external(false));
    assert!(on_words(&desk), "a refused document is nothing to rest on");
    desk.verdicts.external.insert("4-1".into(), external(true));
    assert!(!on_words(&desk));
}

#[test]
fn a_failed_recommendation_can_be_withdrawn_and_a_failed_requirement_cannot() {
    let mut desk = full();
    desk.person("5.2-2-1/a", Verdict::Fail, TODAY);
    let report = desk.report();
    assert_eq!(report.overall, Verdict::Fail);
    assert_eq!(report.withdrawable, ["en303645-v2.1.1:5.2-2"]);
    assert!(report.passes_once_withdrawn());
    let claimed = desk.claims.get_mut("en303645-v2.1.1:5.2-2").unwrap();
    claimed.claim = Claim::No;
    claimed.detail = "the time frames of two suppliers are too long".into();
    assert_eq!(desk.report().overall, Verdict::Pass, "{:?}", desk.report().why);
    desk.person("5.2-1-1/a", Verdict::Fail, TODAY);
    let report = desk.report();
    assert!(report.withdrawable.is_empty() && !report.passes_once_withdrawn());
}

#[test]
fn what_the_ixit_lacks_leaves_a_group_open_and_takes_no_fail_away() {
    for group in book().groups.iter().filter(|g| !g.fields.is_empty()) {
        let mut desk = full();
        let (table, _) = book().field(&group.fields[0]).unwrap();
        desk.ixit.as_mut().unwrap().retain(|n, _| n != table.number);
        assert_eq!(desk.report().outcome(&group.provision), Outcome::Inconclusive, "{}", group.provision);
        let case = book().cases_of(&group.provision).next().unwrap();
        desk.person(&case.unit_id(&case.units[0]), Verdict::Fail, TODAY);
        assert_eq!(desk.report().outcome(&group.provision), Outcome::NotMet, "{}", group.provision);
    }
    let report = Desk { ixit: None, ..full() }.report();
    assert!(
        report.groups.iter().all(|g| g.verdict == Verdict::Inconclusive || g.provision.ends_with(":4-1"))
    );
}

#[test]
fn a_report_serialises() {
    let json = serde_json::to_value(full().report()).unwrap();
    assert_eq!(json["overall"], "pass");
    assert_eq!(json["groups"][0]["cases"][0]["units"][0]["id"], "4-1-1/a");
    assert_eq!(json["on"], "2026-03-01");
}
