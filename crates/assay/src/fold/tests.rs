//! Stories of what may enter the log and what then holds.

use std::collections::BTreeMap;

use super::*;
use crate::assess::{Variant, Verdict};
use crate::date::parse;
use crate::declaration::{
    DeclaredContact, DeclaredFinding, DeclaredOutcome, DeclaredProduct, DeclaredSupport,
};
use crate::key::SecretKey;
use crate::outcome::{Claim, Confidence, Outcome, SeenBy};
use crate::statement::{MakerRegistered, Withdrawn};

const A: &str = "uk-2019-option-a";
const LOG: &str = "register.example/log";
const GTIN: &str = "4006381333931";

struct Story {
    register: SecretKey,
    maker: SecretKey,
    state: State,
}

fn day(text: &str) -> Date {
    parse(text).unwrap()
}

fn gtin(text: &str) -> Gtin14 {
    Gtin14::parse(text).unwrap()
}

impl Story {
    /// A register and one registered maker.
    fn new() -> Self {
        let (register, maker) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
        let mut story = Self { state: State::new(LOG, vec![register.public()]), register, maker };
        story.registers(2);
        story
    }

    fn registers(&mut self, seed: u8) -> SecretKey {
        let key = SecretKey::from_seed(&[seed; 32]);
        let statement = Statement::MakerRegistered(MakerRegistered {
            organisation: format!("Maker {seed}"),
            domain: "maker.example".into(),
            key: key.public(),
            on: day("2026-01-01"),
        });
        self.state.append(&statement.sign(&key, LOG).unwrap()).unwrap();
        key
    }

    fn declares(&mut self, by: &SecretKey, change: impl FnOnce(&mut Declaration)) -> Result<u64, Refusal> {
        let mut declaration = Declaration {
            maker: MakerId::of(&by.public()),
            product: DeclaredProduct {
                name: "Camera".into(),
                model: "HC-2".into(),
                gtins: vec![gtin(GTIN)],
                category: None,
            },
            schemes: vec![A.into()],
            claims: ["4.1-1", "4.2-1", "4.3-4"].map(|n| (format!("ts103645-v1.1.1:{n}"), Claim::Yes)).into(),
            outcomes: vec![],
            support: DeclaredSupport { end: Some(day("2030-05-31")), ..Default::default() },
            contact: DeclaredContact::default(),
            on: day("2026-11-22"),
        };
        change(&mut declaration);
        let index = self.state.size();
        self.state.append(&Statement::Declared(Box::new(declaration.clone())).sign(by, LOG).unwrap())?;
        for statement in self.state.consequences(&declaration, index, day("2026-11-22")) {
            self.state.append(&statement.sign(&self.register, LOG).unwrap())?;
        }
        Ok(index)
    }

    fn maker_declares(&mut self, change: impl FnOnce(&mut Declaration)) -> Result<u64, Refusal> {
        let key = SecretKey::from_seed(&[2; 32]);
        self.declares(&key, change)
    }

    fn product(&self) -> &Product {
        self.state.by_gtin(gtin(GTIN))[0]
    }

    fn refuses(&self, statement: Statement, key: &SecretKey) -> &'static str {
        self.state.check(&statement.sign(key, LOG).unwrap()).expect_err("it should be refused").id()
    }
}

#[test]
fn a_declaration_is_followed_by_its_assessment_and_label() {
    let mut story = Story::new();
    story.maker_declares(|_| {}).unwrap();
    let product = story.product();
    let (_, label) = product.schemes[A].label.as_ref().unwrap();
    assert_eq!((label.variant, label.updates_until), (Variant::Tick, Some(day("2030-05-31"))));
    assert_eq!(
        product.history.iter().map(|l| l.kind).collect::<Vec<_>>(),
        ["declared", "assessed", "labelled"]
    );
}

#[test]
fn the_support_end_never_moves_earlier_and_the_attempt_is_recorded() {
    let mut story = Story::new();
    story.maker_declares(|_| {}).unwrap();
    let refusal = story.maker_declares(|d| d.support.end = Some(day("2030-05-30"))).unwrap_err();
    assert_eq!(refusal.id(), "shortened-support");
    let observed = story.state.observation(&refusal, day("2026-11-23")).unwrap();
    story.state.append(&observed.sign(&story.register, LOG).unwrap()).unwrap();
    let refusal = story.maker_declares(|d| {
        d.support.end = None;
        d.claims.insert("ts103645-v1.1.1:4.3-4".into(), Claim::No);
    });
    let refusal = refusal.unwrap_err();
    assert_eq!(refusal.id(), "shortened-support", "leaving it out is shortening it");
    assert_eq!(
        story.state.observation(&refusal, day("2026-11-24")),
        None,
        "recorded once until it is mended"
    );
    assert!(story.product().shortened.is_some());
    story.maker_declares(|d| d.support.end = Some(day("2031-01-31"))).unwrap();
    assert_eq!((story.product().promised, &story.product().shortened), (Some(day("2031-01-31")), &None));
}

#[test]
fn evidence_against_a_claim_refuses_the_declaration() {
    let mut story = Story::new();
    let refusal = story.maker_declares(|d| {
        let provisions = vec!["ts103645-v1.1.1:4.1-1".to_owned()];
        d.outcomes = vec![DeclaredOutcome {
            check: "password-batch-unique".into(),
            outcome: Outcome::NotMet,
            findings: vec![DeclaredFinding {
                kind: "universal".into(),
                confidence: Confidence::Certain,
                provisions: provisions.clone(),
            }],
            provisions,
            evidence: vec![],
        }];
    });
    assert_eq!(refusal.unwrap_err().id(), "contradicted");
    assert!(story.state.by_gtin(gtin(GTIN)).is_empty());
}

#[test]
fn a_second_makers_claim_on_a_gtin_makes_it_disputed_whoever_was_first() {
    let mut story = Story::new();
    let other = story.registers(5);
    story.maker_declares(|_| {}).unwrap();
    story.declares(&other, |_| {}).unwrap();
    assert_eq!(story.state.by_gtin(gtin(GTIN)).len(), 2);
    story.declares(&other, |d| d.product.gtins.clear()).unwrap();
    assert_eq!(story.state.by_gtin(gtin(GTIN)).len(), 1, "given up again");
    assert!(story.state.is_disputed(gtin(GTIN)), "and nobody decided it");
}

#[test]
fn one_maker_has_one_product_for_a_gtin() {
    let mut story = Story::new();
    story.maker_declares(|_| {}).unwrap();
    assert_eq!(story.maker_declares(|d| d.product.model = "HC-3".into()).unwrap_err().id(), "gtin-in-use");
}

#[test]
fn only_the_maker_signs_for_the_maker_and_only_the_register_for_the_register() {
    let mut story = Story::new();
    story.maker_declares(|_| {}).unwrap();
    let product = story.product();
    let withdrawn = Statement::Withdrawn(Withdrawn {
        maker: product.declaration.maker,
        product: product.id,
        declaration: product.declared_at,
        on: day("2026-12-01"),
    });
    let label = Statement::Labelled(product.schemes[A].label.as_ref().unwrap().1.clone());
    assert_eq!(story.refuses(withdrawn.clone(), &story.register), "bad-signature");
    assert_eq!(story.refuses(label.clone(), &story.maker), "bad-signature");
    assert!(story.state.check(&withdrawn.sign(&story.maker, LOG).unwrap()).is_ok());
    assert!(story.state.check(&label.sign(&story.register, LOG).unwrap()).is_ok());
}

#[test]
fn a_label_or_assessment_that_does_not_follow_is_refused_even_from_the_register() {
    let mut story = Story::new();
    story
        .maker_declares(|d| {
            d.claims.insert("ts103645-v1.1.1:4.2-1".into(), Claim::No);
        })
        .unwrap();
    let standing = story.product().schemes[A].clone();
    let mut label = standing.label.unwrap().1;
    assert_eq!(label.variant, Variant::Cross);
    label.variant = Variant::Tick;
    assert_eq!(
        story.refuses(Statement::Labelled(label.clone()), &story.register),
        "label-without-assessment"
    );
    label.variant = Variant::Cross;
    label.updates_until = Some(day("2040-01-01"));
    assert_eq!(
        story.refuses(Statement::Labelled(label.clone()), &story.register),
        "label-without-assessment"
    );
    label.updates_until = Some(day("2030-05-31"));
    label.level = SeenBy::Lab;
    assert_eq!(story.refuses(Statement::Labelled(label), &story.register), "label-without-assessment");
    let mut assessed = standing.assessed;
    assessed.verdict = Verdict::Holds;
    assert_eq!(story.refuses(Statement::Assessed(assessed), &story.register), "assessment-differs");
}

#[test]
fn a_withdrawn_product_stays_visible_and_loses_its_label() {
    let mut story = Story::new();
    story.maker_declares(|_| {}).unwrap();
    let product = story.product();
    let label = Statement::Labelled(product.schemes[A].label.as_ref().unwrap().1.clone());
    let statement = Statement::Withdrawn(Withdrawn {
        maker: product.declaration.maker,
        product: product.id,
        declaration: product.declared_at,
        on: day("2026-12-01"),
    });
    story.state.append(&statement.sign(&story.maker, LOG).unwrap()).unwrap();
    assert!(story.product().withdrawn.is_some());
    assert_eq!(story.refuses(statement, &story.maker), "bad-content");
    assert_eq!(story.refuses(label, &story.register), "label-without-assessment");
}

#[test]
fn unknown_makers_older_days_and_malformed_declarations_are_refused() {
    let mut story = Story::new();
    let stranger = SecretKey::from_seed(&[9; 32]);
    assert_eq!(story.declares(&stranger, |_| {}).unwrap_err().id(), "maker-unknown");
    story.maker_declares(|_| {}).unwrap();
    assert_eq!(story.maker_declares(|d| d.on = day("2026-11-21")).unwrap_err().id(), "outdated");
    let bad: [fn(&mut Declaration); 5] = [
        |d| d.schemes = vec![],
        |d| d.schemes = vec!["no-such".into()],
        |d| {
            d.claims.insert("ts103645-v1.1.1:9.9-9".into(), Claim::Yes);
        },
        |d| d.product.name = "a\u{0}b".into(),
        |d| d.product.gtins = vec![gtin(GTIN), gtin(GTIN)],
    ];
    for change in bad {
        assert_eq!(story.maker_declares(change).unwrap_err().id(), "bad-content");
    }
}

#[test]
fn a_promise_survives_another_name_for_the_product() {
    let mut story = Story::new();
    story.maker_declares(|_| {}).unwrap();
    story.maker_declares(|d| d.product.gtins.clear()).unwrap();
    let renamed = |d: &mut Declaration| d.product.model = "HC-2b".into();
    let refusal = story.maker_declares(|d| {
        renamed(d);
        d.support.end = Some(day("2029-05-31"));
    });
    assert_eq!(refusal.unwrap_err().id(), "shortened-support");
    story.maker_declares(renamed).unwrap();
}

#[test]
fn an_earlier_end_under_another_name_is_recorded_of_the_product_it_was_promised_for() {
    let model = |name: &str| ProductId::of(&MakerId::of(&SecretKey::from_seed(&[2; 32]).public()), name);
    let observed = |story: &mut Story, refusal: &Refusal| {
        let observed = story.state.observation(refusal, day("2026-11-23"));
        let observed = observed.as_ref().map(|o| o.sign(&story.register, LOG).unwrap());
        observed.is_some_and(|bytes| story.state.append(&bytes).is_ok())
    };
    // Under a name that is new, and under one that promised less; also where the first was extended meanwhile.
    for (known, extended) in [(false, false), (true, false), (false, true), (true, true)] {
        let mut story = Story::new();
        story.maker_declares(|_| {}).unwrap();
        story
            .maker_declares(|d| {
                d.product.gtins.clear();
                d.support.end = Some(day(if extended { "2033-05-31" } else { "2030-05-31" }));
            })
            .unwrap();
        let renamed = |d: &mut Declaration| {
            d.product.model = "HC-2b".into();
            d.support.end = Some(day("2029-05-31"));
        };
        if known {
            let nameless = |d: &mut Declaration| {
                renamed(d);
                d.product.gtins.clear();
            };
            story.maker_declares(nameless).unwrap();
        }
        let refusal = story.maker_declares(renamed).unwrap_err();
        let (promised, shown) = (day("2030-05-31"), Some(day("2029-05-31")));
        assert_eq!(refusal, Refusal::SupportShortened { product: model("HC-2"), promised, shown });
        assert!(observed(&mut story, &refusal), "{known} {extended}");
        assert!(!observed(&mut story, &refusal), "once");
        let fact = Fact::SupportShortened { promised, shown };
        assert_eq!(story.state.product(&model("HC-2")).unwrap().shortened, Some(fact));
        assert_eq!(story.state.product(&model("HC-2b")).and_then(|p| p.shortened.clone()), None);
        assert_eq!(story.state.check_laws(), Ok(()));
    }
}

#[test]
fn an_outcome_cannot_hide_what_it_found() {
    let mut story = Story::new();
    let passwords = "ts103645-v1.1.1:4.1-1".to_owned();
    let honest = DeclaredOutcome {
        check: "password-batch-unique".into(),
        outcome: Outcome::NotMet,
        provisions: vec![passwords.clone()],
        findings: vec![DeclaredFinding {
            kind: "universal".into(),
            confidence: Confidence::Certain,
            provisions: vec![passwords],
        }],
        evidence: vec!["ab".repeat(32)],
    };
    let tricks: [fn(&mut DeclaredOutcome); 7] = [
        |o| o.provisions.clear(),
        |o| o.findings[0].provisions.clear(),
        |o| o.findings[0].provisions = vec!["cop-2018:2".into()],
        |o| o.findings[0].confidence = Confidence::Possible,
        |o| o.outcome = Outcome::Met,
        |o| o.outcome = Outcome::NotTested,
        |o| o.findings[0].kind = "Call me on 0123".into(),
    ];
    for trick in tricks {
        let mut outcome = honest.clone();
        trick(&mut outcome);
        let refusal = story.maker_declares(|d| d.outcomes = vec![outcome.clone()]).unwrap_err();
        assert_eq!(refusal.id(), "bad-content", "{outcome:?}");
    }
    assert_eq!(story.maker_declares(|d| d.outcomes = vec![honest]).unwrap_err().id(), "contradicted");
}

#[test]
fn a_statement_for_another_log_is_refused() {
    let mut story = Story::new();
    story.maker_declares(|_| {}).unwrap();
    let withdrawn = Statement::Withdrawn(Withdrawn {
        maker: story.product().declaration.maker,
        product: story.product().id,
        declaration: story.product().declared_at,
        on: day("2026-12-01"),
    });
    let elsewhere = withdrawn.sign(&story.maker, "other.example/log").unwrap();
    assert_eq!(story.state.check(&elsewhere).unwrap_err().id(), "bad-signature");
}

#[test]
fn only_the_declaration_in_force_can_be_withdrawn() {
    let mut story = Story::new();
    story.maker_declares(|_| {}).unwrap();
    let (maker, product, first) =
        (story.product().declaration.maker, story.product().id, story.product().declared_at);
    story.maker_declares(|d| d.support.end = Some(day("2031-05-31"))).unwrap();
    let stale = Statement::Withdrawn(Withdrawn { maker, product, declaration: first, on: day("2026-12-01") });
    assert_eq!(story.refuses(stale, &story.maker), "bad-content");
}

#[test]
fn a_statement_from_the_day_after_tomorrow_is_not_taken_in() {
    let statement = Statement::MakerRegistered(MakerRegistered {
        organisation: "Maker".into(),
        domain: "maker.example".into(),
        key: SecretKey::from_seed(&[2; 32]).public(),
        on: day("2026-11-24"),
    });
    assert_eq!(State::check_day(&statement, day("2026-11-22")).unwrap_err().id(), "future-date");
    assert!(State::check_day(&statement, day("2026-11-23")).is_ok());
}

#[test]
fn folding_the_same_entries_again_gives_the_same_state() {
    let mut story = Story::new();
    story.maker_declares(|_| {}).unwrap();
    let mut second = Story::new();
    second.maker_declares(|_| {}).unwrap();
    assert_eq!(format!("{:?}", story.state), format!("{:?}", second.state));
}

#[test]
fn every_refusal_has_its_own_id() {
    let ids: BTreeMap<_, _> = Refusal::IDS.iter().map(|id| (id, ())).collect();
    assert_eq!(ids.len(), Refusal::IDS.len());
}
