use super::*;

const V2: &str = "en303645-v2.1.1";
const V3: &str = "en303645-v3.1.3";

type Claims = BTreeMap<String, Claimed>;
type Facts = BTreeMap<String, Stated>;

fn claimed(claim: Claim, detail: &str) -> Claimed {
    Claimed { claim, detail: detail.into(), at: Place { line: 9, column: 1 } }
}

/// Everything claimed as fulfilled that the pro forma lists.
fn all_yes(pro_forma: ProForma) -> Claims {
    pro_forma.provisions().map(|p| (p.id.clone(), claimed(Claim::Yes, ""))).collect()
}

fn facts(stated: &[(&str, bool)]) -> Facts {
    let stated = stated.iter();
    stated
        .map(|(f, value)| ((*f).to_owned(), Stated { value: *value, at: Place { line: 3, column: 1 } }))
        .collect()
}

fn ixit(text: &str) -> Ixit {
    Ixit::parse("ixit.toml", text.as_bytes()).unwrap()
}

/// The rules broken by one claim among all others fulfilled.
fn broken(
    pro_forma: ProForma,
    number: &str,
    claim: Claim,
    detail: &str,
    facts: &Facts,
    ixit: Option<&Ixit>,
) -> Vec<&'static str> {
    let mut claims = all_yes(pro_forma);
    let id = format!("{}:{number}", pro_forma.baseline());
    claims.insert(id.clone(), claimed(claim, detail));
    let breaches = verify(pro_forma, &claims, facts, ixit);
    breaches.into_iter().filter(|b| b.provision == id).map(|b| b.rule).collect()
}

const WHY: &str = "the device has no such thing";

#[test]
fn everything_claimed_and_nothing_known_to_the_contrary_is_valid() {
    for pro_forma in ProForma::ALL {
        assert_eq!(verify(pro_forma, &all_yes(pro_forma), &Facts::new(), None), []);
    }
}

#[test]
fn every_rule_has_its_page_and_every_breach_its_rule() {
    let none = Facts::new();
    let constrained = facts(&[("constrained", true)]);
    let no_passwords = facts(&[("passwords-in-use", false)]);
    let passwords = facts(&[("passwords-in-use", true)]);
    use Claim::{No, NotApplicable as Na, Yes};
    use ProForma::{EnAnnexB as B, EnV3AnnexB as V3, Ts103701A3 as A3};
    type Row<'a> = (ProForma, &'a str, Claim, &'a str, &'a Facts, &'a [&'a str]);
    let cases: &[Row<'_>] = &[
        (A3, "5.2-1", No, WHY, &none, &["ics-mandatory-no"]),
        (A3, "5.2-1", Na, WHY, &none, &["ics-not-conditional"]),
        (A3, "5.2-2", No, WHY, &none, &[]),
        (A3, "5.2-2", No, " n/a ", &none, &["ics-no-detail"]),
        (A3, "5.1-1", Na, WHY, &none, &[]),
        (A3, "5.1-1", Na, "", &no_passwords, &["ics-no-detail"]),
        (A3, "5.1-1", Na, WHY, &passwords, &["ics-condition-met"]),
        (A3, "5.1-1", Yes, "", &passwords, &[]),
        (A3, "5.1-1", Yes, "", &no_passwords, &["ics-condition-unmet"]),
        (A3, "5.1-1", No, WHY, &passwords, &["ics-mandatory-no"]),
        // Condition 5, "the device is not constrained".
        (A3, "5.1-5", Na, WHY, &none, &["ics-constrained-unjustified"]),
        (A3, "5.1-5", Na, WHY, &constrained, &[]),
        (A3, "5.1-5", Na, "-", &constrained, &["ics-constrained-unjustified", "ics-no-detail"]),
        (A3, "5.1-5", Na, WHY, &facts(&[("constrained", false)]), &["ics-condition-met"]),
        (A3, "5.1-5", Yes, "", &constrained, &[]),
        // Conditions 3 and 4: not applicable where one of them is not met.
        (A3, "5.3-14", Na, WHY, &facts(&[("components-not-updatable", false)]), &[]),
        (
            A3,
            "5.3-14",
            Na,
            WHY,
            &facts(&[("components-not-updatable", true)]),
            &["ics-constrained-unjustified"],
        ),
        (
            A3,
            "5.3-14",
            Na,
            WHY,
            &facts(&[("components-not-updatable", true), ("constrained", true)]),
            &["ics-condition-met"],
        ),
        (A3, "5.3-14", Yes, "", &facts(&[("components-not-updatable", false)]), &["ics-condition-unmet"]),
        (A3, "5.3-14", Yes, "", &facts(&[("constrained", false)]), &[]),
        // Eighteen provisions are unconditional in Annex B and conditional in Annex A.3.
        (B, "5.1-3", Na, WHY, &none, &["ics-not-conditional"]),
        (A3, "5.1-3", Na, WHY, &none, &[]),
        (B, "5.5-4", Na, WHY, &none, &["ics-not-conditional"]),
        (A3, "5.5-4", Na, WHY, &none, &[]),
        (V3, "5.1-3", Na, WHY, &none, &[]),
        (V3, "5.3-2", Na, WHY, &none, &["ics-constrained-unjustified"]),
        (V3, "5.2-1", Na, WHY, &none, &["ics-not-conditional"]),
    ];
    let mut seen = BTreeSet::new();
    for (pro_forma, number, claim, detail, facts, wanted) in cases {
        let found = broken(*pro_forma, number, *claim, detail, facts, None);
        assert_eq!(found, *wanted, "{pro_forma:?} {number} {claim:?} {detail:?} {facts:?}");
        seen.extend(found);
    }
    seen.extend(["ics-void", "ics-unclaimed"]); // the two tests below
    let pages: BTreeSet<_> = RULES.iter().map(|(id, ..)| *id).collect();
    assert_eq!(seen, pages);
    assert!(
        RULES
            .iter()
            .all(|(_, title, text, source)| !title.is_empty() && text.len() > 100 && !source.is_empty())
    );
}

#[test]
fn the_two_pro_formas_of_version_2_differ_where_the_document_says() {
    let differ: Vec<&str> = ProForma::EnAnnexB
        .provisions()
        .filter(|p| {
            let empty = |f: ProForma| f.status(&p.id).unwrap().conditions.is_empty();
            empty(ProForma::EnAnnexB) && !empty(ProForma::Ts103701A3)
        })
        .map(|p| p.number())
        .collect();
    let mut listed = [
        "5.1-3", "5.4-1", "5.4-4", "5.5-4", "5.5-5", "5.5-6", "5.5-7", "5.5-8", "5.8-1", "5.8-2", "5.8-3",
        "5.11-1", "5.11-2", "5.11-3", "5.11-4", "5.13-1", "6-1", "6-3",
    ];
    listed.sort_unstable();
    assert_eq!(differ, listed);
    let mandatory = |f: ProForma| f.provisions().filter(|p| f.status(&p.id).unwrap().mandatory).count();
    assert_eq!(ProForma::ALL.map(mandatory), [33, 33, 36]);
    assert_eq!(ProForma::ALL.map(|f| f.provisions().count()), [68, 68, 78]);
}

#[test]
fn a_void_number_names_its_successors() {
    let mut claims = all_yes(ProForma::EnV3AnnexB);
    claims.insert(format!("{V3}:5.3-4"), claimed(Claim::Yes, ""));
    claims.insert(format!("{V2}:5.3-4"), claimed(Claim::Yes, ""));
    let found = verify(ProForma::EnV3AnnexB, &claims, &Facts::new(), None);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].rule, found[0].provision.as_str()), ("ics-void", "en303645-v3.1.3:5.3-4"));
    assert!(found[0].mend.contains("5.3-4A") && found[0].mend.contains("5.3-4B"), "{}", found[0].mend);
}

#[test]
fn silence_about_a_mandatory_provision_is_a_breach_and_about_a_recommendation_it_is_undecided() {
    let pro_forma = ProForma::Ts103701A3;
    for provision in pro_forma.provisions() {
        let mut claims = all_yes(pro_forma);
        claims.remove(&provision.id);
        let found = verify(pro_forma, &claims, &Facts::new(), None);
        if pro_forma.status(&provision.id).unwrap().mandatory {
            assert!(found.len() == 1 && found[0].rule == "ics-unclaimed", "{found:?}");
        } else {
            assert_eq!(found, []);
            assert_eq!(
                recommendations(pro_forma, &claims).outcome(),
                Outcome::Inconclusive,
                "{}",
                provision.id
            );
        }
    }
    assert_eq!(recommendations(pro_forma, &all_yes(pro_forma)).outcome(), Outcome::Met);
}

#[test]
fn entries_of_the_ixit_are_signs_and_their_flags_say_of_what() {
    let a3 = |number, claim, ixit: &Ixit| {
        broken(ProForma::Ts103701A3, number, claim, WHY, &Facts::new(), Some(ixit))
    };
    let telemetry = ixit("[[TelData]]\nid = \"T\"");
    assert_eq!(a3("5.10-1", Claim::NotApplicable, &telemetry), ["ics-condition-met"]);
    assert_eq!(a3("5.10-1", Claim::NotApplicable, &ixit("TelData = []")), [""; 0]);
    assert_eq!(a3("5.10-1", Claim::Yes, &ixit("TelData = []")), [""; 0], "no entry is no sign");
    let token = ixit("[[AuthMech]]\nid = \"A\"\npassword = false");
    let password =
        ixit("[[AuthMech]]\nid = \"A\"\npassword = false\n[[AuthMech]]\nid = \"B\"\npassword = true");
    let silent = ixit("[[AuthMech]]\nid = \"A\"");
    assert_eq!(a3("5.1-1", Claim::NotApplicable, &password), ["ics-condition-met"]);
    assert_eq!(a3("5.1-1", Claim::NotApplicable, &token), [""; 0]);
    assert_eq!(a3("5.1-1", Claim::NotApplicable, &silent), [""; 0]);
    assert_eq!(a3("5.1-1", Claim::Yes, &token), ["ics-condition-unmet"]);
    assert_eq!(a3("5.1-1", Claim::Yes, &password), [""; 0]);
    assert_eq!(a3("5.1-1", Claim::Yes, &silent), [""; 0]);
    // What the maker states and what the IXIT shows are both signs: where they disagree no claim is safe.
    let denied = facts(&[("passwords-in-use", false)]);
    for claim in [Claim::Yes, Claim::NotApplicable] {
        assert_eq!(
            broken(ProForma::Ts103701A3, "5.1-1", claim, WHY, &denied, Some(&password)).len(),
            1,
            "{claim:?}"
        );
    }
}

#[test]
fn data_sent_to_a_service_of_somebody_else_meets_conditions_21_and_22_of_v2_and_no_feature_of_v3() {
    let found = |pro_forma, number, claim, ixit: &Ixit| {
        broken(pro_forma, number, claim, WHY, &Facts::new(), Some(ixit))
    };
    use Claim::{NotApplicable as Na, Yes};
    use ProForma::{EnV3AnnexB as V3, Ts103701A3 as A3};
    let none: [&str; 0] = [];
    let entry = |rest: &str| ixit(&format!("[[ComMech]]\nid = \"C\"\n[[PersData]]\nid = \"P\"\n{rest}"));
    let foreign = entry(
        "sensitive = \"yes\"\ncommunication_mechanisms = [\"C\"]\npartner_is_associated_service = false",
    );
    for number in ["5.8-1", "5.8-2"] {
        assert_eq!(found(A3, number, Yes, &foreign), none, "{number}");
        assert_eq!(found(A3, number, Na, &foreign), ["ics-condition-met"], "{number}");
        assert_eq!(found(V3, number, Yes, &foreign), ["ics-condition-unmet"], "{number}");
        assert_eq!(found(V3, number, Na, &foreign), none, "{number}");
    }
    let own = entry("sensitive = \"yes\"\npartner_is_associated_service = true");
    for (pro_forma, number) in [(A3, "5.8-1"), (A3, "5.8-2"), (V3, "5.8-1"), (V3, "5.8-2")] {
        assert_eq!(found(pro_forma, number, Yes, &own), none, "{number}");
        assert_eq!(found(pro_forma, number, Na, &own), ["ics-condition-met"], "{number}");
    }
    let flag_alone = entry("sensitive = \"yes\"\npartner_is_associated_service = false");
    for number in ["5.8-1", "5.8-2"] {
        assert_eq!(found(A3, number, Yes, &flag_alone), none, "that it is nobody of ours denies nothing");
    }
    let harmless = entry("sensitive = \"no\"\ncommunication_mechanisms = [\"C\"]");
    assert_eq!(found(A3, "5.8-2", Yes, &harmless), ["ics-condition-unmet"], "nothing in it is sensitive");
    assert_eq!(found(A3, "5.8-1", Yes, &harmless), none);
}

fn any_claim() -> impl proptest::strategy::Strategy<Value = Option<Claimed>> {
    use proptest::prelude::*;
    let claim = prop_oneof![4 => Just(Claim::Yes), 1 => Just(Claim::No), 1 => Just(Claim::NotApplicable)];
    let detail = prop_oneof![3 => Just(WHY), 1 => Just("tbd")];
    proptest::option::weighted(0.95, (claim, detail).prop_map(|(c, d)| claimed(c, d)))
}

proptest::proptest! {
    /// Turning one claim on a mandatory provision into one that breaks a rule never mends anything: every breach of every
    /// other provision stays, and this provision has at least one.
    #[test]
    fn a_worse_claim_never_mends_an_invalid_statement(
        given in proptest::collection::vec(any_claim(), 78),
        which in 0_usize..78,
        claim in proptest::sample::select(vec![Some(Claim::No), Some(Claim::NotApplicable), None]),
        stated in proptest::collection::btree_map(proptest::sample::select(rulebook().facts.keys().cloned().collect::<Vec<_>>()), proptest::bool::ANY, 0..20),
        pro_forma in proptest::sample::select(ProForma::ALL.to_vec()),
    ) {
        let ids: Vec<&str> = pro_forma.provisions().map(|p| p.id.as_str()).collect();
        let facts: Facts = stated.into_iter().map(|(f, value)| (f, Stated { value, at: Place::default() })).collect();
        let claims: Claims = ids.iter().zip(&given).filter_map(|(id, c)| Some(((*id).to_owned(), c.clone()?))).collect();
        let id = ids[which % ids.len()];
        let status = pro_forma.status(id).unwrap();
        let before = verify(pro_forma, &claims, &facts, None);
        let mut worse = claims;
        match claim {
            Some(claim) => worse.insert(id.to_owned(), claimed(claim, WHY)),
            None => worse.remove(id),
        };
        let after = verify(pro_forma, &worse, &facts, None);
        let others = |all: &[Breach]| all.iter().filter(|b| b.provision != id).cloned().collect::<Vec<_>>();
        proptest::prop_assert_eq!(others(&before), others(&after), "each claim is judged by itself");
        let lawful = claim == Some(Claim::NotApplicable) && !status.conditions.is_empty();
        if status.mandatory && !lawful {
            proptest::prop_assert!(after.iter().any(|b| b.provision == id), "{} {:?}", id, claim);
        }
    }

    /// Breaches come in the order of the file, whatever the order of anything else; nothing is said twice.
    #[test]
    fn breaches_stand_in_order_and_once(given in proptest::collection::vec(any_claim(), 68)) {
        let pro_forma = ProForma::Ts103701A3;
        let ids = pro_forma.provisions().map(|p| p.id.clone());
        let claims: Claims = ids.zip(given).filter_map(|(id, c)| Some((id, c?))).collect();
        let found = verify(pro_forma, &claims, &Facts::new(), None);
        proptest::prop_assert!(found.is_sorted() && found.windows(2).all(|w| w[0] != w[1]));
    }
}
