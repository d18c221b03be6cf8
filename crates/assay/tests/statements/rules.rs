//! The rules of the fold about what makers, the register, laboratories and the authority state beyond declarations.

use assay::assess::Verdict;
use assay::fold::{Claims, Refusal};
use assay::outcome::Claim;
use assay::snapshot;
use assay::statement::*;

use crate::story::*;

fn begun() -> Story {
    let mut story = Story::begin();
    story.says(HEARTH, registration(HEARTH, "Example Hearth Ltd"));
    story.says(HEARTH, Statement::Declared(Box::new(declaration(HEARTH))));
    story
}

/// Both makers claim the number.
fn disputed() -> Story {
    let mut story = begun();
    story.says(RIVAL, registration(RIVAL, "Rival Lamps Ltd"));
    story.says(RIVAL, Statement::Declared(Box::new(declaration(RIVAL))));
    story
}

impl Story {
    fn refuses(&self, signer: u8, statement: &Statement) -> &'static str {
        self.state.check(&statement.sign(&key(signer), LOG).unwrap()).expect_err("it should be refused").id()
    }

    fn record(&self) -> snapshot::Record {
        self.state.records().into_iter().find(|r| r.gtin == gtin()).expect("the number is claimed")
    }

    fn hearth(&self) -> &assay::fold::Product {
        self.state.product(&product(HEARTH)).unwrap()
    }

    fn label(&self) -> u64 {
        self.hearth().schemes[SCHEME].label.as_ref().unwrap().0
    }
}

fn on() -> assay::date::Date {
    day("2026-11-22")
}

fn digest() -> Digest {
    Digest([1; 32])
}

fn decision(holder: Option<u8>, against: &[u8]) -> Statement {
    let mut against: Vec<MakerId> = against.iter().map(|seed| maker(*seed)).collect();
    against.sort();
    let holder = holder.map(maker);
    Statement::GtinDecided(GtinDecided { gtin: gtin(), holder, against, document: digest(), on: on() })
}

#[test]
fn a_disputed_number_is_so_until_it_is_decided_whoever_came_first() {
    let mut story = disputed();
    assert_eq!(story.record().state, snapshot::State::Disputed);
    // The second to come may be the holder.
    assert_eq!(story.refuses(REGISTER, &decision(Some(RIVAL), &[])), "dispute-differs", "everybody is named");
    assert_eq!(story.refuses(REGISTER, &decision(Some(HEARTH), &[HEARTH, RIVAL])), "dispute-differs");
    assert_eq!(story.refuses(HEARTH, &decision(Some(HEARTH), &[RIVAL])), "bad-signature");
    story.says(AUTHORITY, decision(Some(RIVAL), &[HEARTH]));
    let Claims::Held(held) = story.state.claims(gtin()) else { panic!("it is decided") };
    assert_eq!(held.id, product(RIVAL));
    assert_eq!(story.record().state, snapshot::State::Active);
    assert_eq!(story.state.decision(gtin()).unwrap().holder, Some(maker(RIVAL)));
    // Whom it was decided against does not bring it up again; a third maker does.
    let mut again = declaration(HEARTH);
    again.support.end = Some(day("2032-01-31"));
    assert_eq!(story.refuses(HEARTH, &Statement::Declared(Box::new(again))), "gtin-decided");
    let third = 7;
    story.says(third, registration(third, "Third Lamps Ltd"));
    story.says(third, Statement::Declared(Box::new(declaration(third))));
    assert!(story.state.is_disputed(gtin()));
    story.says(REGISTER, decision(None, &[HEARTH, RIVAL, third]));
    assert!(matches!(story.state.claims(gtin()), Claims::Nobody));
    assert!(story.state.records().is_empty(), "nobody's number is in no snapshot");
}

#[test]
fn giving_a_claim_up_ends_no_dispute() {
    let rivals = |story: &Story| story.state.product(&product(RIVAL)).unwrap().declared_at;
    let anew = |seed, gtins| {
        let mut anew = declaration(seed);
        anew.product.gtins = gtins;
        Statement::Declared(Box::new(anew))
    };
    // Withdrawn, or declared without the number: whoever is left is not the holder by that.
    let mut withdrawn = disputed();
    let declaration = rivals(&withdrawn);
    let (rival, id) = (maker(RIVAL), product(RIVAL));
    let back = Withdrawn { maker: rival, product: id, declaration, on: on() };
    withdrawn.says(RIVAL, Statement::Withdrawn(back));
    let mut dropped = disputed();
    dropped.says(RIVAL, anew(RIVAL, vec![]));
    for mut story in [withdrawn, dropped] {
        let Claims::Disputed(left) = story.state.claims(gtin()) else { panic!("nobody decided it") };
        assert_eq!(left.iter().map(|p| p.id).collect::<Vec<_>>(), [product(HEARTH)]);
        assert_eq!(story.record().state, snapshot::State::Disputed);
        assert_eq!(story.refuses(REGISTER, &decision(Some(HEARTH), &[THIRD])), "dispute-differs");
        // Who gave its claim up may be named, and then does not come back with it.
        story.says(REGISTER, decision(Some(HEARTH), &[RIVAL]));
        assert_eq!(story.record().state, snapshot::State::Active);
        assert_eq!(story.refuses(RIVAL, &anew(RIVAL, vec![gtin(), other_gtin()])), "gtin-decided");
    }
    // Also where nobody is left for a while.
    let mut nobody = disputed();
    nobody.says(RIVAL, anew(RIVAL, vec![]));
    nobody.says(HEARTH, anew(HEARTH, vec![]));
    assert!(matches!(nobody.state.claims(gtin()), Claims::Nobody));
    nobody.says(HEARTH, anew(HEARTH, vec![gtin()]));
    assert_eq!(nobody.record().state, snapshot::State::Disputed);
    // Claims that never met dispute nothing: a product line can be sold.
    let mut sold = begun();
    sold.says(HEARTH, anew(HEARTH, vec![]));
    sold.says(RIVAL, registration(RIVAL, "Rival Lamps Ltd"));
    sold.says(RIVAL, anew(RIVAL, vec![gtin()]));
    assert_eq!(sold.record().state, snapshot::State::Active);
}

#[test]
fn a_label_names_no_number_that_was_decided_against_its_maker() {
    let mut story = begun();
    let mut both = declaration(RIVAL);
    both.product.gtins = vec![gtin(), other_gtin()];
    story.says(RIVAL, registration(RIVAL, "Rival Lamps Ltd"));
    let declared = story.says(RIVAL, Statement::Declared(Box::new(both)));
    let rival = |story: &Story| {
        let rival = story.state.product(&product(RIVAL)).unwrap();
        rival.schemes[SCHEME].label.as_ref().unwrap().1.clone()
    };
    let extended = |end: &str| {
        let (maker, product, end) = (maker(RIVAL), product(RIVAL), day(end));
        Statement::SupportExtended(SupportExtended { maker, product, declaration: declared, end, on: on() })
    };
    story.says(REGISTER, decision(Some(HEARTH), &[RIVAL]));
    assert_eq!(rival(&story).gtins, [gtin(), other_gtin()], "what was stated before stands");
    let mut old = rival(&story);
    story.says(RIVAL, extended("2031-05-31"));
    let now = rival(&story);
    assert_eq!(now.gtins, [other_gtin()]);
    old.assessment = now.assessment;
    old.updates_until = now.updates_until;
    assert_eq!(story.refuses(REGISTER, &Statement::Labelled(old)), "label-without-assessment");
    // Another decision gives it back, to the labels that are stated from then on.
    story.says(REGISTER, decision(Some(RIVAL), &[HEARTH]));
    story.says(RIVAL, extended("2032-05-31"));
    assert_eq!(rival(&story).gtins, [gtin(), other_gtin()]);
}

#[test]
fn a_dispute_that_was_stated_stays_until_it_is_decided() {
    let mut story = begun();
    let stated = |makers| Statement::GtinDisputed(GtinDisputed { gtin: gtin(), makers, on: on() });
    assert_eq!(story.refuses(REGISTER, &stated(vec![maker(RIVAL)])), "dispute-differs");
    assert_eq!(story.refuses(REGISTER, &decision(Some(HEARTH), &[])), "dispute-differs", "nothing to decide");
    story.says(REGISTER, stated(vec![maker(HEARTH)]));
    assert_eq!(story.record().state, snapshot::State::Disputed, "somebody outside claims it");
    assert_eq!(story.refuses(REGISTER, &stated(vec![maker(HEARTH)])), "repeated");
    story.says(REGISTER, decision(Some(HEARTH), &[]));
    assert_eq!(story.record().state, snapshot::State::Active);
}

#[test]
fn support_is_extended_and_never_shortened() {
    let mut story = begun();
    let declared = story.hearth().declared_at;
    let extended = |end: &str, declaration| {
        let product = product(HEARTH);
        Statement::SupportExtended(SupportExtended {
            maker: maker(HEARTH),
            product,
            declaration,
            end: day(end),
            on: on(),
        })
    };
    assert_eq!(story.refuses(HEARTH, &extended("2030-05-30", declared)), "shortened-support");
    assert_eq!(story.refuses(HEARTH, &extended("2030-05-31", declared)), "repeated");
    assert_eq!(story.refuses(HEARTH, &extended("2031-05-31", declared + 1)), "bad-content");
    assert_eq!(story.refuses(REGISTER, &extended("2031-05-31", declared)), "bad-signature");
    let old = story.label();
    story.says(HEARTH, extended("2031-05-31", declared));
    assert_eq!(story.hearth().promised, Some(day("2031-05-31")));
    assert_eq!(story.record().updates_until, Some(day("2031-05-31")));
    let (index, label) = story.hearth().schemes[SCHEME].label.clone().unwrap();
    assert!(
        index > old && label.updates_until == Some(day("2031-05-31")),
        "a label with the new day follows"
    );
    let back = Statement::Declared(Box::new(declaration(HEARTH)));
    assert_eq!(story.refuses(HEARTH, &back), "shortened-support", "not even by declaring anew");
}

#[test]
fn a_correction_names_what_it_corrects_and_erases_nothing() {
    let mut story = begun();
    let declared = story.hearth().declared_at;
    let corrected = |corrects, product, text: &str| {
        let change = Change::Name(text.into());
        Statement::Corrected(Corrected { maker: maker(HEARTH), corrects, product, change, on: on() })
    };
    assert_eq!(story.refuses(HEARTH, &corrected(0, Some(product(HEARTH)), "X")), "corrects-nothing");
    assert_eq!(story.refuses(HEARTH, &corrected(declared, None, "X")), "bad-content");
    assert_eq!(story.refuses(HEARTH, &corrected(declared, Some(product(RIVAL)), "X")), "product-unknown");
    assert_eq!(
        story.refuses(HEARTH, &corrected(declared, Some(product(HEARTH)), "ring 020 7946 0958")),
        "personal-data"
    );
    let history = story.hearth().history.clone();
    story.says(HEARTH, corrected(declared, Some(product(HEARTH)), "Hearth Camera II"));
    let hearth = story.hearth();
    assert_eq!(hearth.declaration.product.name, "Hearth Camera II");
    assert!(hearth.history.iter().take(history.len()).eq(history.iter()), "what stood there stands");
    assert_eq!(hearth.history.last().unwrap().kind, "corrected");
}

#[test]
fn the_last_key_is_retired_by_the_register_alone() {
    let mut story = begun();
    let (maker, on) = (maker(HEARTH), on());
    let retired = Statement::KeyRetired(KeyRetired { maker, key: key(HEARTH).public(), on });
    assert_eq!(story.refuses(HEARTH, &retired), "last-key");
    let other = Statement::KeyRetired(KeyRetired { maker, key: key(RIVAL).public(), on });
    assert_eq!(story.refuses(HEARTH, &other), "key-unknown");
    let same = Statement::KeyAdded(KeyAdded { maker, key: key(HEARTH).public(), on });
    assert_eq!(story.refuses(HEARTH, &same), "key-known");
    assert_eq!(
        story.refuses(RIVAL, &Statement::KeyAdded(KeyAdded { maker, key: key(RIVAL).public(), on })),
        "bad-signature"
    );
    story.says(REGISTER, retired.clone());
    assert_eq!(story.refuses(REGISTER, &retired), "repeated");
    assert_eq!(story.refuses(HEARTH, &same), "key-retired", "nobody signs for it any more");
    assert!(story.hearth().schemes[SCHEME].label.is_some(), "what it signed stands");
}

#[test]
fn a_suspended_label_shows_as_suspended_and_no_new_declaration_lifts_it() {
    let mut story = begun();
    let suspended = |label| {
        let scheme = SCHEME.to_owned();
        Statement::LabelSuspended(LabelSuspended {
            product: product(HEARTH),
            scheme,
            label,
            document: digest(),
            on: on(),
        })
    };
    let label = story.label();
    assert_eq!(story.refuses(REGISTER, &suspended(label + 1)), "label-unknown");
    assert_eq!(story.refuses(HEARTH, &suspended(label)), "bad-signature");
    let at = story.says(AUTHORITY, suspended(label));
    assert_eq!(story.hearth().suspended[SCHEME], at);
    assert_eq!(story.record().schemes[SCHEME].variant, None, "a shop sees no label");
    assert_eq!(story.refuses(AUTHORITY, &suspended(label)), "repeated");
    let again = Statement::Labelled(story.hearth().schemes[SCHEME].label.clone().unwrap().1);
    assert_eq!(story.refuses(REGISTER, &again), "label-suspended");
    let mut anew = declaration(HEARTH);
    anew.support.end = Some(day("2031-05-31"));
    story.says(HEARTH, Statement::Declared(Box::new(anew)));
    assert_eq!(story.hearth().suspended[SCHEME], at, "it outlives a declaration");
    assert!(story.hearth().schemes[SCHEME].label.is_none());
    let lifted = |lifts| Statement::NoticeLifted(NoticeLifted { lifts, document: digest(), on: on() });
    assert_eq!(story.refuses(REGISTER, &lifted(at)), "bad-signature", "the authority suspended it");
    assert_eq!(story.refuses(AUTHORITY, &lifted(at + 1)), "nothing-to-lift");
    story.says(AUTHORITY, lifted(at));
    assert!(story.hearth().suspended.is_empty());
    let (index, label) = story.hearth().schemes[SCHEME].label.clone().expect("what was declared meanwhile");
    assert_eq!((index, label.updates_until), (at + 4, Some(day("2031-05-31"))), "after its assessment");
    // A label that was only suspended is in force again, and no other is stated.
    let at = story.says(AUTHORITY, suspended(index));
    story.says(AUTHORITY, lifted(at));
    assert_eq!(story.label(), index);
    assert_eq!(story.state.size(), at + 2);
    assert_eq!(story.refuses(AUTHORITY, &lifted(at)), "nothing-to-lift");
}

#[test]
fn only_the_authority_serves_notices() {
    let mut story = begun();
    let served = |of: u8| {
        let product = Some(product(HEARTH));
        Statement::NoticeServed(NoticeServed {
            maker: maker(of),
            product,
            notice: Notice::Stop,
            document: digest(),
            on: on(),
        })
    };
    assert_eq!(story.refuses(REGISTER, &served(HEARTH)), "bad-signature");
    assert_eq!(story.refuses(AUTHORITY, &served(RIVAL)), "maker-unknown");
    let at = story.says(AUTHORITY, served(HEARTH));
    assert_eq!(story.hearth().notices[&at], Notice::Stop);
    assert_eq!(story.state.imposed().count(), 1);
}

fn accredited(until: &str, schemes: &[&str]) -> Statement {
    Statement::LabAccredited(LabAccredited {
        organisation: "Example Test House Ltd".into(),
        domain: "testhouse.example".into(),
        key: key(LAB).public(),
        schemes: schemes.iter().map(|s| (*s).to_owned()).collect(),
        certificate: "UKAS-0042".into(),
        until: day(until),
        on: on(),
    })
}

#[test]
fn a_laboratory_signs_within_its_accreditation_and_not_after_it() {
    let mut story = begun();
    let found = || Statement::Assessed(story.of_lab(product(HEARTH)));
    let (found, mut false_verdict, mut other_claim) = (found(), found(), found());
    assert_eq!(story.refuses(LAB, &found), "lab-unknown");
    story.says(REGISTER, accredited("2026-12-31", &["uk-psti"]));
    assert_eq!(story.refuses(LAB, &found), "lab-scope");
    story.says(REGISTER, accredited("2026-12-31", &[SCHEME]));
    assert_eq!(story.refuses(REGISTER, &found), "bad-signature", "the register does not sign for it");
    if let Statement::Assessed(s) = &mut false_verdict {
        s.verdict = Verdict::DoesNotHold;
    }
    if let Statement::Assessed(s) = &mut other_claim {
        s.requirements[0].claim = Some(Claim::No);
    }
    assert_eq!(story.refuses(LAB, &false_verdict), "assessment-differs");
    assert_eq!(story.refuses(LAB, &other_claim), "assessment-differs");
    let mut late = story.of_lab(product(HEARTH));
    late.on = day("2027-01-01");
    assert_eq!(story.refuses(LAB, &Statement::Assessed(late)), "lab-expired");
    let at = story.says(LAB, found.clone());
    let lab = LabId::of(&key(LAB).public());
    story.says(REGISTER, Statement::LabExpired(LabExpired { lab, on: on() }));
    assert_eq!(story.refuses(LAB, &found), "lab-expired");
    let standing = &story.hearth().schemes[SCHEME];
    assert_eq!(standing.lab.as_ref().map(|(index, _)| *index), Some(at), "what it signed before stands");
    assert!(standing.assessed.lab.is_none(), "the register's own assessment stands beside it");
}

#[test]
fn what_is_stated_twice_is_one_entry() {
    let mut story = begun();
    let (declared, again) = (story.hearth().declared_at, Statement::Declared(Box::new(declaration(HEARTH))));
    let refusal = story.state.check(&again.sign(&key(HEARTH), LOG).unwrap()).unwrap_err();
    assert_eq!(refusal, Refusal::Repeated(declared), "and the refusal says where it stands");
    let receipt = Statement::ReceiptDigest(ReceiptDigest { receipt: digest(), on: on() });
    let at = story.says(REGISTER, receipt.clone());
    assert_eq!(story.state.receipt(&digest()), Some(at));
    assert_eq!(story.refuses(REGISTER, &receipt), "repeated");
    let advisory = |sha256| {
        Statement::AdvisoryPublished(AdvisoryPublished {
            maker: maker(HEARTH),
            product: product(HEARTH),
            advisory: "HEARTH-2026-001".into(),
            address: "https://hearth.example/1".into(),
            sha256,
            on: on(),
        })
    };
    story.says(HEARTH, advisory(digest()));
    assert_eq!(
        story.refuses(HEARTH, &advisory(Digest([2; 32]))),
        "repeated",
        "another wording has another number"
    );
}

#[test]
fn nothing_that_readers_rely_on_changes_without_notice() {
    let mut story = begun();
    let signer = assay_log::Signer::new(LOG, [9; 32]).unwrap();
    let log_key = |name: &str, from: &str| {
        let key = assay_log::Signer::new(name, [9; 32]).unwrap().verifier().to_string();
        Statement::LogKeyAnnounced(LogKeyAnnounced { key, from: day(from), on: on() })
    };
    assert_eq!(story.refuses(REGISTER, &log_key(LOG, "2026-11-28")), "announced-late");
    assert_eq!(story.refuses(REGISTER, &log_key("other.example/log", "2026-11-29")), "bad-content");
    story.says(REGISTER, log_key(LOG, "2026-11-29"));
    assert_eq!(story.state.announcements().log_keys[0].what.key, signer.verifier().to_string());
    assert_eq!(story.refuses(REGISTER, &log_key(LOG, "2026-11-30")), "repeated");
    let schema = |version, from: &str| {
        Statement::SchemaAnnounced(SchemaAnnounced {
            schema: "assay-statement".into(),
            version,
            address: "https://register.example/1".into(),
            sha256: digest(),
            from: day(from),
            on: on(),
        })
    };
    assert_eq!(story.refuses(REGISTER, &schema(2, "2026-12-21")), "announced-late");
    story.says(REGISTER, schema(2, "2026-12-22"));
    assert_eq!(story.refuses(REGISTER, &schema(1, "2026-12-22")), "bad-content", "a version only rises");
    let comment = Statement::WitnessPolicyChanged(WitnessPolicyChanged {
        policy: "# ring Jane\nquorum none\n".into(),
        from: day("2026-12-22"),
        on: on(),
    });
    assert_eq!(story.refuses(REGISTER, &comment), "bad-content");
}

#[test]
fn no_statement_is_much_older_than_the_log() {
    let story = begun();
    let declared = story.hearth().declared_at;
    let withdrawn = |on: &str| {
        let (maker, product) = (maker(HEARTH), product(HEARTH));
        Statement::Withdrawn(Withdrawn { maker, product, declaration: declared, on: day(on) })
    };
    assert_eq!(story.state.newest(), Some(on()), "by the register's own statements");
    assert_eq!(story.refuses(HEARTH, &withdrawn("2026-10-22")), "back-dated");
    assert!(story.state.check(&withdrawn("2026-10-23").sign(&key(HEARTH), LOG).unwrap()).is_ok());
    let receipt = |on: &str| Statement::ReceiptDigest(ReceiptDigest { receipt: digest(), on: day(on) });
    assert_eq!(story.refuses(REGISTER, &receipt("2026-11-20")), "back-dated", "the register has a clock");
    assert!(story.state.check(&receipt("2026-11-21").sign(&key(REGISTER), LOG).unwrap()).is_ok());
    let assessed = |on: &str| {
        let assessed = story.hearth().schemes[SCHEME].assessed.clone();
        Statement::Assessed(Assessed { on: day(on), ..assessed })
    };
    assert_eq!(
        story.refuses(REGISTER, &assessed("2026-11-20")),
        "back-dated",
        "the register judges that day"
    );
    assert!(story.state.check(&assessed("2026-11-21").sign(&key(REGISTER), LOG).unwrap()).is_ok());
}

#[test]
fn what_was_withdrawn_is_shown_as_withdrawn_and_is_not_mended() {
    let mut story = begun();
    let (maker, product, declaration) = (maker(HEARTH), product(HEARTH), story.hearth().declared_at);
    story.says(HEARTH, Statement::Withdrawn(Withdrawn { maker, product, declaration, on: on() }));
    assert_eq!(story.record().state, snapshot::State::Withdrawn);
    let change = Change::Name("X".into());
    let corrected = Corrected { maker, corrects: declaration, product: Some(product), change, on: on() };
    assert_eq!(story.refuses(HEARTH, &Statement::Corrected(corrected)), "already-withdrawn");
    let end = day("2031-05-31");
    let extended = SupportExtended { maker, product, declaration, end, on: on() };
    assert_eq!(story.refuses(HEARTH, &Statement::SupportExtended(extended)), "already-withdrawn");
}

#[test]
fn a_foreign_label_is_of_a_scheme_that_is_known() {
    let mut story = begun();
    let held = |scheme: &str, number: &str| {
        Statement::ForeignLabelRecorded(ForeignLabelRecorded {
            product: product(HEARTH),
            scheme: scheme.into(),
            number: number.into(),
            until: None,
            source: "https://csa.example/1".into(),
            sha256: digest(),
            on: on(),
        })
    };
    assert_eq!(story.refuses(REGISTER, &held("no-such", "1")), "bad-content");
    assert_eq!(story.refuses(REGISTER, &held("sg-cls-1", "none")), "bad-content", "a number has a digit");
    story.says(REGISTER, held("sg-cls-1", "CSA/1"));
    assert_eq!(story.refuses(REGISTER, &held("sg-cls-1", "CSA/1")), "repeated");
    assert_eq!(story.hearth().foreign_labels["sg-cls-1"].number, "CSA/1");
}
