//! Who must be told, as stories: a role, who knows, and the list that comes out; and what holds for every situation.

use super::*;
use crate::scheme;

const ROLES: [DutyRole; 4] =
    [DutyRole::Manufacturer, DutyRole::AuthorisedRepresentative, DutyRole::Importer, DutyRole::Distributor];

/// Words such as `told:authority` (by us), `from:importers` (they told us), `said:manufacturer` (the messenger says that it
/// knows), `unreachable`, `direct` (bought from the manufacturer), `hopeless` (a remedy is unlikely).
fn situation(words: &str) -> Situation {
    let mut s = Situation::default();
    for word in words.split_whitespace() {
        match word.split_once(':') {
            Some((how, party)) => {
                let knows = match how {
                    "told" => Knows::ToldByUs,
                    "from" => Knows::ToldUs,
                    "said" => Knows::SaidToKnow,
                    other => panic!("{other}"),
                };
                s.who = s.who.with(Party::find(party).unwrap(), knows);
            }
            None => match word {
                "unreachable" => s.manufacturer_reachable = false,
                "direct" => s.bought_from_manufacturer = true,
                "hopeless" => s.remedy_likely = false,
                other => panic!("{other}"),
            },
        }
    }
    s
}

fn told(role: DutyRole, words: &str) -> String {
    let to: Vec<&str> = notices_due(role, &situation(words)).iter().map(|n| n.to.word()).collect();
    to.join(" ")
}

#[test]
fn a_manufacturer_tells_the_authority_whatever_others_said() {
    let all = "authority other-manufacturers importers distributors";
    for (words, wanted) in [
        ("", all),
        ("from:distributors said:authority", all),
        ("from:authority", all),
        ("told:authority", "other-manufacturers importers distributors"),
        ("told:authority told:other-manufacturers told:importers told:distributors", ""),
    ] {
        assert_eq!(told(DutyRole::Manufacturer, words), wanted, "{words}");
    }
    let from_one = notices_due(DutyRole::Manufacturer, &situation("from:distributors"));
    let distributors = from_one.iter().find(|n| n.to == Party::Distributors).unwrap();
    assert!(distributors.why.contains("but the one who told you") && distributors.why.contains("11(8)"));
}

#[test]
fn a_representative_contacts_the_manufacturer_and_then_tells_the_authority() {
    let role = DutyRole::AuthorisedRepresentative;
    assert_eq!(told(role, ""), "manufacturer authority");
    assert_eq!(told(role, "from:importers said:authority said:manufacturer"), "manufacturer authority");
    assert_eq!(told(role, "told:manufacturer"), "authority");
}

#[test]
fn an_importer_need_not_repeat_what_the_chain_said() {
    for (words, wanted) in [
        ("", "manufacturer authority distributors"),
        ("from:manufacturer", "authority distributors"),
        ("from:manufacturer said:authority", "distributors"),
        ("from:distributors said:manufacturer", "authority distributors"),
        ("from:distributors said:manufacturer said:authority", "distributors"),
        // A customer's or the authority's word excuses nothing: they are not of the chain.
        ("from:customers said:manufacturer said:authority", "manufacturer authority distributors"),
        ("from:authority said:manufacturer", "manufacturer authority distributors"),
        // Nor does the word of a trader abroad.
        ("from:supplier said:authority", "manufacturer authority distributors"),
        ("told:authority", "manufacturer distributors"),
        ("told:manufacturer told:authority told:distributors", ""),
        ("hopeless", "manufacturer authority distributors"),
    ] {
        assert_eq!(told(DutyRole::Importer, words), wanted, "{words}");
    }
}

#[test]
fn a_distributor_also_tells_its_supplier_once() {
    for (words, wanted) in [
        ("", "manufacturer authority importers distributors supplier"),
        ("unreachable", "manufacturer supplier authority importers distributors"),
        ("from:supplier", "manufacturer authority importers distributors"),
        ("from:supplier said:manufacturer said:authority", "importers distributors"),
        ("from:supplier unreachable", "manufacturer authority importers distributors"),
        ("direct", "manufacturer authority importers distributors"),
        ("direct from:manufacturer", "authority importers distributors"),
        // The manufacturer is said to know and was not contacted, but it supplied the product: section 25(7)(c).
        ("direct from:importers said:manufacturer", "authority importers distributors supplier"),
        ("unreachable told:manufacturer", "authority importers distributors supplier"),
        ("direct unreachable", "manufacturer authority importers distributors supplier"),
        ("told:supplier told:manufacturer", "authority importers distributors"),
        // The contact is not needed, so nobody steps into the manufacturer's place.
        ("unreachable from:importers said:manufacturer", "authority importers distributors supplier"),
    ] {
        assert_eq!(told(DutyRole::Distributor, words), wanted, "{words}");
    }
}

#[test]
fn the_steps_follow_the_role_and_the_hope_of_a_remedy() {
    let sources = |role, words: &str| {
        let sections = due(role, &situation(words)).steps;
        sections.iter().map(|s| s.source.trim_start_matches("PSTI Act 2022, ")).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(sources(DutyRole::Manufacturer, ""), "section 11(2)(a), section 11(2)(b), section 12");
    assert_eq!(sources(DutyRole::Importer, ""), "section 16, section 20");
    assert_eq!(sources(DutyRole::Importer, "hopeless"), "section 16, section 19(4), section 20");
    assert_eq!(sources(DutyRole::Distributor, ""), "section 23");
    assert_eq!(sources(DutyRole::Distributor, "hopeless"), "section 23, section 25(5)");
    assert!(not_asked(DutyRole::Distributor).iter().any(|a| a.says.contains("investigate")));
}

#[test]
fn messages_within_the_chain_say_who_knows() {
    for role in ROLES {
        for notice in notices_due(role, &Situation::default()) {
            assert!(!notice.what.is_empty() && notice.source.starts_with("PSTI Act 2022, section"));
            let downstream = !matches!(notice.to, Party::Authority | Party::Manufacturer);
            let says = notice.what.iter().any(|w| w.starts_with("whether the enforcement authority"));
            assert_eq!(says, downstream, "{role:?} to {}", notice.to);
        }
    }
}

#[test]
fn nobody_is_forgotten_and_nobody_listed_twice() {
    // Every state of knowledge of the four parties that rules look at, under both switches.
    let states = ["", "told:", "from:", "said:"];
    let parties = ["authority", "manufacturer", "supplier", "distributors"];
    for role in ROLES {
        let wanted: Vec<Party> = {
            let fresh = due(role, &Situation::default());
            fresh.notices.iter().map(|n| n.to).chain(fresh.excused.iter().map(|e| e.to)).collect()
        };
        for combination in 0..4_usize.pow(4) {
            for switches in ["", " unreachable", " direct", " unreachable direct"] {
                let words: Vec<String> = (0..4)
                    .filter_map(|i| {
                        let state = states[combination / 4_usize.pow(i) % 4];
                        (!state.is_empty()).then(|| format!("{state}{}", parties[i as usize]))
                    })
                    .collect();
                let words = words.join(" ") + switches;
                let now = due(role, &situation(&words));
                let mut seen: Vec<Party> =
                    now.notices.iter().map(|n| n.to).chain(now.excused.iter().map(|e| e.to)).collect();
                seen.sort_unstable();
                let mut wanted = wanted.clone();
                wanted.sort_unstable();
                assert_eq!(seen, wanted, "{role:?} {words}");
            }
        }
    }
}

#[test]
fn a_schemes_duties_are_read_from_its_file() {
    for scheme in scheme::bundled() {
        let all: usize = ROLES.iter().map(|role| listed(scheme, *role).count()).sum();
        assert_eq!(all, scheme.duties.len(), "{}", scheme.id);
    }
}
