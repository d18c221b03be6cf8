//! The assessment: honest crosses, refused claims, deemed compliance and labels that only an authority grants.

use super::*;
use crate::date;
use crate::outcome::{Confidence, Finding};
use crate::scheme;

const PASSWORDS: &str = "ts103645-v1.1.1:4.1-1";
const CONTACT: &str = "ts103645-v1.1.1:4.2-1";
const SUPPORT: &str = "ts103645-v1.1.1:4.3-4";

fn today() -> Date {
    date::parse("2026-11-22").unwrap()
}

fn result(provision: &str, outcome: Outcome) -> CheckResult {
    let finding = Finding {
        kind: "universal".into(),
        message: "two units, same password".into(),
        place: "evidence/batch.csv:2".into(),
        confidence: Confidence::Certain,
        provisions: vec![provision.into()],
    };
    CheckResult {
        check: "a-check".into(),
        outcome,
        why: "a reason".into(),
        seen_by: SeenBy::Maker,
        provisions: vec![provision.into()],
        findings: if outcome == Outcome::NotMet { vec![finding] } else { vec![] },
        evidence: vec![],
        units: vec![],
        speaks_from: Default::default(),
    }
}

fn under_a(
    claims: [Option<Claim>; 3],
    checks: &[CheckResult],
    until: Option<&str>,
) -> (Verdict, Option<Entitled>) {
    let claims = [PASSWORDS, CONTACT, SUPPORT]
        .into_iter()
        .zip(claims)
        .filter_map(|(id, c)| c.map(|c| (id.to_owned(), c)))
        .collect();
    let until = until.map(|d| date::parse(d).unwrap());
    let a = assess(scheme::find("uk-2019-option-a").unwrap(), &Given::new(&claims, checks, until, today()));
    (a.verdict, a.label)
}

const YES: Option<Claim> = Some(Claim::Yes);
const NO: Option<Claim> = Some(Claim::No);

#[test]
fn tick_with_a_date_cross_with_a_date_and_tick_without_one() {
    let may = date::parse("2030-05-31");
    let entitled = |variant, updates_until| Some(Entitled { variant, updates_until });
    assert_eq!(under_a([YES; 3], &[], Some("2030-05-31")), (Verdict::Holds, entitled(Variant::Tick, may)));
    assert_eq!(
        under_a([YES, NO, YES], &[], Some("2030-05-31")),
        (Verdict::DoesNotHold, entitled(Variant::Cross, may))
    );
    assert_eq!(under_a([YES, YES, NO], &[], None), (Verdict::DoesNotHold, entitled(Variant::Tick, None)));
    let unclaimed = under_a([YES, YES, NO], &[], Some("2030-05-31"));
    assert_eq!(
        unclaimed,
        (Verdict::DoesNotHold, entitled(Variant::Tick, None)),
        "a date that is not claimed is not shown"
    );
}

#[test]
fn a_claim_that_its_own_evidence_contradicts_is_refused_and_an_honest_no_is_not() {
    let fault = [result(PASSWORDS, Outcome::NotMet)];
    assert_eq!(under_a([YES; 3], &fault, Some("2030-05-31")), (Verdict::Refused, None));
    assert_eq!(
        under_a([NO, YES, YES], &fault, Some("2030-05-31")).1.map(|l| l.variant),
        Some(Variant::Cross)
    );
}

#[test]
fn what_nobody_checked_does_not_block_a_self_declared_tick() {
    for outcome in [Outcome::Inconclusive, Outcome::NotTested, Outcome::Met] {
        let checks = [result(PASSWORDS, outcome)];
        assert_eq!(under_a([YES; 3], &checks, Some("2030-05-31")).0, Verdict::Holds, "{outcome}");
    }
}

#[test]
fn a_missing_claim_is_no_honest_no_and_earns_no_label() {
    assert_eq!(under_a([YES, None, YES], &[], Some("2030-05-31")), (Verdict::DoesNotHold, None));
}

#[test]
fn invalid_claims_are_refused() {
    let na = Some(Claim::NotApplicable);
    assert_eq!(under_a([na, YES, YES], &[], Some("2030-05-31")).0, Verdict::Refused, "unconditional");
    assert_eq!(under_a([YES, YES, na], &[], None).0, Verdict::Holds, "not updateable");
    assert_eq!(under_a([YES; 3], &[], None).0, Verdict::Refused, "no end date");
}

#[test]
fn a_tested_scheme_waits_for_a_laboratory() {
    let mut tested = scheme::find("uk-psti").unwrap().clone();
    tested.accepts = Accepts::Tested;
    let claims = tested.requirements.iter().map(|r| (r.provision.clone(), Claim::Yes)).collect();
    let until = date::parse("2030-05-31");
    let verdict = |seen_by, outcome| {
        let checks: Vec<_> = tested
            .requirements
            .iter()
            .map(|r| CheckResult { seen_by, ..result(&r.provision, outcome) })
            .collect();
        assess(&tested, &Given::new(&claims, &checks, until, today())).verdict
    };
    assert_eq!(verdict(SeenBy::Maker, Outcome::Met), Verdict::Undecided);
    assert_eq!(verdict(SeenBy::Lab, Outcome::Met), Verdict::Holds);
    assert_eq!(verdict(SeenBy::Lab, Outcome::Inconclusive), Verdict::Undecided);
    assert_eq!(verdict(SeenBy::Lab, Outcome::NotMet), Verdict::Refused);
}

#[test]
fn a_product_that_goes_the_standard_route_is_deemed_to_comply() {
    let law = scheme::find("uk-psti").unwrap();
    let claims = |list: &[(&str, Claim)]| -> BTreeMap<String, Claim> {
        list.iter().map(|(id, c)| ((*id).to_owned(), *c)).collect()
    };
    let route = claims(&[
        ("en303645-v2.1.1:5.1-1", Claim::Yes),
        ("en303645-v2.1.1:5.1-2", Claim::Yes),
        ("en303645-v2.1.1:5.2-1", Claim::Yes),
        ("en303645-v2.1.1:5.3-13", Claim::Yes),
        // Schedule 2, paragraph 3 keeps the law's own rules beside the standard's provision.
        ("psti-2023:sch2-3-end-date", Claim::Yes),
        ("psti-2023:sch2-3-manner", Claim::Yes),
        ("psti-2023:sch1-3-extension", Claim::Yes),
        ("psti-2023:sch1-3-prominence", Claim::Yes),
        ("psti-2023:sch1-3-never-shortened", Claim::Yes),
    ]);
    let until = date::parse("2030-05-31");
    let verdict = |claims: &BTreeMap<String, Claim>, checks: &[CheckResult]| {
        let a = assess(law, &Given::new(claims, checks, until, today()));
        (a.verdict, a.requirements[0].by_way.clone())
    };
    assert_eq!(verdict(&route, &[]), (Verdict::Holds, Some("condition-a".to_owned())));
    let fault = [result("en303645-v2.1.1:5.1-1", Outcome::NotMet)];
    assert_eq!(verdict(&route, &fault).0, Verdict::Refused, "a way that its own evidence contradicts");
    // The Regulations pin V2.1.1: claims under the later version count for nothing here.
    let later = claims(&[
        ("en303645-v3.1.3:5.1-1", Claim::Yes),
        ("en303645-v3.1.3:5.1-2", Claim::Yes),
        ("en303645-v3.1.3:5.2-1", Claim::Yes),
        ("en303645-v3.1.3:5.3-13", Claim::Yes),
    ]);
    assert_eq!(verdict(&later, &[]).0, Verdict::DoesNotHold);
}

fn held(scheme: &str, expires: &str) -> Held {
    Held {
        scheme: scheme.into(),
        level: Some("STAR-1".into()),
        number: None,
        product: "HC-2".into(),
        standard: Some("JST-CR-01-01-2024R1".into()),
        granted: None,
        expires: date::parse(expires).unwrap(),
        at: crate::case::Place { line: 9, column: 1 },
    }
}

#[test]
fn a_foreign_label_counts_to_its_last_day_for_its_own_product_at_its_level() {
    let law = scheme::find("uk-psti").unwrap();
    let claims = BTreeMap::new();
    let holds = |label: Held, on: &str| {
        let labels = [label];
        let mut given = Given::new(&claims, &[], None, date::parse(on).unwrap());
        given.labels = &labels;
        given.named = &["HC-2", "Hearth Camera 2"];
        assess(law, &given).requirements[0].by_way.is_some()
    };
    let good = held("jp-jc-star-1", "2027-03-31");
    assert!(holds(good.clone(), "2027-03-31") && !holds(good.clone(), "2027-04-01"));
    assert!(
        holds(good.clone(), "2025-12-04") && !holds(good.clone(), "2025-12-03"),
        "in force from 4 December 2025"
    );
    assert!(!holds(Held { level: Some("STAR-3".into()), ..good.clone() }, "2026-01-01"));
    assert!(!holds(Held { product: "HC-3".into(), ..good.clone() }, "2026-01-01"));
    assert!(!holds(Held { standard: Some("another".into()), ..good }, "2026-01-01"));
}

#[test]
fn only_the_granted_label_decides_where_an_authority_grants_it() {
    let star = scheme::find("jp-jc-star-1").unwrap();
    let claims: BTreeMap<String, Claim> =
        star.requirements.iter().map(|r| (r.provision.clone(), Claim::Yes)).collect();
    let verdict = |labels: &[Held], claims: &BTreeMap<String, Claim>| {
        let mut given = Given::new(claims, &[], date::parse("2030-05-31"), today());
        given.labels = labels;
        assess(star, &given).verdict
    };
    assert_eq!(verdict(&[], &claims), Verdict::Undecided, "a claim never turns into a grant");
    assert_eq!(verdict(&[held("jp-jc-star-1", "2027-03-31")], &claims), Verdict::Holds);
    assert_eq!(verdict(&[held("jp-jc-star-1", "2026-03-31")], &claims), Verdict::DoesNotHold, "expired");
    let mut no = claims.clone();
    no.insert(star.requirements[0].provision.clone(), Claim::No);
    assert_eq!(verdict(&[], &no), Verdict::DoesNotHold);
}

#[test]
fn a_claim_of_not_applicable_against_the_products_own_features_is_refused() {
    let law = scheme::find("uk-psti").unwrap();
    let claims = BTreeMap::from([("en303645-v2.1.1:5.1-1".to_owned(), Claim::NotApplicable)]);
    let facts = |value| BTreeMap::from([("passwords-in-use".to_owned(), value)]);
    let why = |facts: &BTreeMap<String, bool>| {
        let given = Given { facts, ..Given::new(&claims, &[], None, today()) };
        assess(law, &given).requirements[0].ways[0].why.clone()
    };
    assert!(why(&facts(true)).contains("by the product's own features it binds"), "{}", why(&facts(true)));
    assert!(!why(&facts(false)).contains("binds"));
}

#[test]
fn a_tested_scheme_asks_for_a_laboratory_on_every_way() {
    let mut tested = scheme::find("uk-psti").unwrap().clone();
    tested.accepts = Accepts::Tested;
    let ways = |r: &Requirement| r.ways.iter().find(|w| !w.provisions.is_empty()).unwrap().provisions.clone();
    let route: Vec<String> = tested.requirements.iter().flat_map(ways).collect();
    let claims = route.iter().map(|id| (id.clone(), Claim::Yes)).collect();
    let until = date::parse("2030-05-31");
    let verdict =
        |checks: &[CheckResult]| assess(&tested, &Given::new(&claims, checks, until, today())).verdict;
    let seen = |seen_by| -> Vec<CheckResult> {
        route.iter().map(|id| CheckResult { seen_by, ..result(id, Outcome::Met) }).collect()
    };
    assert_ne!(verdict(&[]), Verdict::Holds, "claims alone");
    assert_ne!(verdict(&seen(SeenBy::Maker)), Verdict::Holds, "the maker looked");
    assert_eq!(verdict(&seen(SeenBy::Lab)), Verdict::Holds);
    assert_ne!(verdict(&seen(SeenBy::Lab)[1..]), Verdict::Holds, "one that no laboratory saw");
}

#[test]
fn a_label_deems_a_requirement_met_but_mends_no_shortened_promise() {
    let law = scheme::find("uk-psti").unwrap();
    let claims = BTreeMap::new();
    let labels = [held("jp-jc-star-1", "2027-01-01")];
    let until = date::parse("2030-05-31");
    let judged = |checks: &[CheckResult]| {
        let given = Given { labels: &labels, ..Given::new(&claims, checks, until, today()) };
        assess(law, &given)
    };
    assert_eq!(judged(&[]).verdict, Verdict::Holds);
    // The page is not there: the law deems the requirement met all the same, and the answer does not hide what was seen.
    let unpublished = judged(&[result("psti-2023:sch1-3", Outcome::NotMet)]);
    assert_eq!(unpublished.verdict, Verdict::Holds);
    assert_eq!(unpublished.requirements.iter().filter(|r| r.deemed_against_evidence()).count(), 1);
    let mut shortened = result("psti-2023:sch1-3", Outcome::NotMet);
    shortened.findings[0].provisions.push("psti-2023:sch1-3-never-shortened".into());
    let shortened = judged(&[shortened]);
    assert_eq!(shortened.verdict, Verdict::DoesNotHold);
    let period = shortened.requirements.iter().find(|r| r.id == "psti-2023:sch1-3").unwrap();
    assert!(period.ways.iter().any(|w| w.why.contains("never-shortened")), "{:?}", period.ways);
}

#[test]
fn a_part_that_is_broken_or_denied_is_not_escaped_by_not_applicable() {
    let law = scheme::find("uk-psti").unwrap();
    let part = "psti-2023:sch1-3-never-shortened";
    let mut claims: BTreeMap<String, Claim> =
        law.requirements.iter().map(|r| (r.provision.clone(), Claim::Yes)).collect();
    claims.insert("psti-2023:sch1-3".into(), Claim::NotApplicable);
    let until = date::parse("2030-05-31");
    let verdict = |claims: &BTreeMap<String, Claim>, checks: &[CheckResult]| {
        assess(law, &Given::new(claims, checks, until, today())).verdict
    };
    assert_eq!(verdict(&claims, &[]), Verdict::Holds);
    assert_eq!(verdict(&claims, &[result(part, Outcome::NotMet)]), Verdict::Refused);
    claims.insert(part.into(), Claim::No);
    assert_eq!(verdict(&claims, &[]), Verdict::Refused);
}
