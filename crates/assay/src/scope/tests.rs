//! The test by example: things one can buy, each with what is known of it, and the answer. The rows of the exceptions are
//! written out here, so that the examples hold whatever a scheme's file says.

use super::*;
use crate::{case, date, scheme};

/// Schedule 3 in rows, with the dates from which they hold.
const ROWS: [(&str, &str, Option<&str>); 8] = [
    ("ni-market", "2024-04-29", Some("NI")),
    ("ev-charge-point", "2024-04-29", None),
    ("medical-device", "2024-04-29", None),
    ("smart-meter", "2024-04-29", None),
    ("computer", "2024-04-29", None),
    ("motor-vehicle", "2025-02-25", Some("GB")),
    ("two-or-three-wheeler", "2025-02-25", Some("GB")),
    ("agricultural-vehicle", "2025-02-25", Some("GB")),
];

fn exceptions() -> Vec<ScopeException> {
    let row = |(id, from, territory): &(&str, &str, Option<&str>)| ScopeException {
        id: (*id).into(),
        says: format!("it is of the kind {id}"),
        from: date::parse(from).map(scheme::Day),
        until: None,
        territory: territory.map(str::to_owned),
        source: "SI 2023/1007, Schedule 3".into(),
        verified: crate::rules::Verified::Primary,
    };
    ROWS.iter().map(row).collect()
}

/// A new product on the shelf of a shop in Great Britain that is of no excepted kind; the words change it: a fact's key
/// says yes, with `not-` before it no, with `unknown-` before it that nobody said.
fn facts(words: &str) -> ScopeFacts {
    let mut facts = ScopeFacts {
        connection: Connection {
            internet_protocol: Some(false),
            electrical_energy: Some(true),
            direct_to_internet_product: Some(false),
            two_products_at_once: Some(false),
            other_to_internet_product: Some(false),
            input_product: Some(false),
        },
        nature: Nature { kinds: Some(Vec::new()), ..Nature::default() },
        supply: Supply {
            to_consumers: Some(true),
            identical_to_consumers: Some(false),
            supplied_before: Some(false),
            since: None,
        },
        place: Some(Place::GreatBritain),
    };
    for word in words.split_whitespace() {
        let (value, key) = match word.split_once('-') {
            Some(("not", key)) => (Some(false), key),
            Some(("unknown", key)) => (None, key),
            _ => (Some(true), word),
        };
        let (connection, nature, supply) = (&mut facts.connection, &mut facts.nature, &mut facts.supply);
        match key {
            "internet_protocol" => connection.internet_protocol = value,
            "electrical_energy" => connection.electrical_energy = value,
            "direct_to_internet_product" => connection.direct_to_internet_product = value,
            "two_products_at_once" => connection.two_products_at_once = value,
            "other_to_internet_product" => connection.other_to_internet_product = value,
            "input_product" => connection.input_product = value,
            "free_movement" => nature.free_movement = value,
            "merely_runs_medical_software" => nature.merely_runs_medical_software = value,
            "supplied_by_licensee" => nature.supplied_by_licensee = value,
            "assured" => nature.assured = value,
            "tablet" => nature.tablet = value,
            "cellular" => nature.cellular = value,
            "exclusively_for_under_14s" => nature.exclusively_for_under_14s = value,
            "to_consumers" => supply.to_consumers = value,
            "identical_to_consumers" => supply.identical_to_consumers = value,
            "supplied_before" => supply.supplied_before = value,
            "unwanted" => supply.since = Some(Since::ReturnedUnwanted),
            "recalled" => supply.since = Some(Since::ReturnedUnderTheAct),
            "reconditioned" => supply.since = Some(Since::ReconditionedByManufacturer),
            "installer" => supply.since = Some(Since::OnlyToInstaller),
            "used" => supply.since = Some(Since::Nothing),
            "kinds" => nature.kinds = None,
            "territory" => facts.place = None,
            "ni" => facts.place = Some(Place::NorthernIreland),
            kind => nature.kinds.get_or_insert_default().push(kind.to_owned()),
        }
    }
    facts
}

fn answer(words: &str, on: &str) -> String {
    match scope(&facts(words), date::parse(on).unwrap(), &exceptions()) {
        Scope::In(why) => {
            assert!(why.source.starts_with("PSTI Act 2022"), "{}", why.source);
            "in".to_owned()
        }
        Scope::Out(why, outside) => {
            assert!(!why.says.is_empty() && !why.source.is_empty());
            format!("out {}", outside.reason())
        }
        Scope::Unsure(missing) => {
            let keys: Vec<&str> = missing.iter().map(|f| f.key()).collect();
            format!("unsure {}", keys.join(" "))
        }
    }
}

#[test]
fn things_one_can_buy() {
    let excepted = "out excepted-product";
    let none = "out not-consumer-connectable";
    let used = "out second-hand";
    let today = "2026-11-22";
    for (thing, words, on, wanted) in [
        ("a Wi-Fi camera", "internet_protocol", today, "in"),
        ("its wall bracket", "not-electrical_energy", today, none),
        ("a radio remote that only sends", "not-electrical_energy other_to_internet_product", today, none),
        ("a set that speaks to its twin only", "", today, none),
        ("a printer in the local network", "direct_to_internet_product", today, "in"),
        ("a Zigbee bulb in a mesh", "two_products_at_once other_to_internet_product", today, "in"),
        ("a Bluetooth toy for one phone at a time", "other_to_internet_product", today, none),
        ("a bead that speaks to two like it", "two_products_at_once", today, none),
        ("a keyboard through its hub", "input_product", today, "in"),
        ("the camera, details unknown", "internet_protocol unknown-two_products_at_once", today, "in"),
        (
            "a bulb nobody looked at",
            "unknown-internet_protocol unknown-two_products_at_once other_to_internet_product",
            today,
            "unsure internet_protocol two_products_at_once",
        ),
        (
            "a bulb that may be Zigbee, its band unknown",
            "unknown-two_products_at_once unknown-other_to_internet_product",
            today,
            "unsure two_products_at_once other_to_internet_product",
        ),
        ("a smart EV charger", "internet_protocol ev-charge-point", today, excepted),
        ("a laptop", "internet_protocol computer not-tablet not-exclusively_for_under_14s", today, excepted),
        (
            "a laptop with a modem",
            "internet_protocol computer not-tablet cellular not-exclusively_for_under_14s",
            today,
            excepted,
        ),
        (
            "a laptop for small children",
            "internet_protocol computer not-tablet exclusively_for_under_14s",
            today,
            "in",
        ),
        (
            "a tablet with Wi-Fi only",
            "internet_protocol computer tablet not-cellular not-exclusively_for_under_14s",
            today,
            excepted,
        ),
        (
            "a tablet with a modem",
            "internet_protocol computer tablet cellular not-exclusively_for_under_14s",
            today,
            "in",
        ),
        (
            "a computer nobody described",
            "internet_protocol computer",
            today,
            "unsure tablet cellular exclusively_for_under_14s",
        ),
        (
            "a glucose meter",
            "internet_protocol medical-device not-merely_runs_medical_software",
            today,
            excepted,
        ),
        (
            "a phone with a medical app",
            "internet_protocol medical-device merely_runs_medical_software",
            today,
            "in",
        ),
        (
            "a licensee's assured meter display",
            "internet_protocol smart-meter supplied_by_licensee assured",
            today,
            excepted,
        ),
        (
            "a meter display from a shop",
            "internet_protocol smart-meter not-supplied_by_licensee",
            today,
            "in",
        ),
        (
            "a meter display, assurance unknown",
            "internet_protocol smart-meter supplied_by_licensee",
            today,
            "unsure assured",
        ),
        ("a car in GB, the day before", "internet_protocol motor-vehicle", "2025-02-24", "in"),
        ("a car in GB, the day", "internet_protocol motor-vehicle", "2025-02-25", excepted),
        ("a car in NI, the day", "internet_protocol motor-vehicle ni", "2025-02-25", "in"),
        (
            "a car somewhere",
            "internet_protocol motor-vehicle unknown-territory",
            "2025-02-25",
            "unsure territory",
        ),
        ("an e-moped in GB", "internet_protocol two-or-three-wheeler", "2025-02-25", excepted),
        ("a tractor in NI", "internet_protocol agricultural-vehicle ni", today, "in"),
        (
            "a product for NI under a law of Annex 2",
            "internet_protocol ni-market free_movement ni",
            today,
            excepted,
        ),
        ("the same in GB", "internet_protocol ni-market free_movement", today, "in"),
        ("the same in NI, law unknown", "internet_protocol ni-market ni", today, "unsure free_movement"),
        ("a camera of unknown kind", "internet_protocol unknown-kinds", today, "unsure exceptions"),
        ("a second-hand camera", "internet_protocol supplied_before used", today, used),
        ("a camera sent back unwanted", "internet_protocol supplied_before unwanted", today, "in"),
        ("a camera back from a recall", "internet_protocol supplied_before recalled", today, "in"),
        ("a camera its maker reconditioned", "internet_protocol supplied_before reconditioned", today, "in"),
        ("a doorbell an installer returns", "internet_protocol supplied_before installer", today, "in"),
        (
            "a used camera, its past unknown",
            "internet_protocol supplied_before",
            today,
            "unsure counts_as_new",
        ),
        (
            "a camera, its past unknown",
            "internet_protocol unknown-supplied_before",
            today,
            "unsure supplied_before",
        ),
        ("a camera for factories only", "internet_protocol not-to_consumers", today, none),
        (
            "an office's camera like those in shops",
            "internet_protocol not-to_consumers identical_to_consumers",
            today,
            "in",
        ),
        ("a camera, buyers unknown", "internet_protocol unknown-to_consumers", today, "unsure to_consumers"),
        (
            "a used thing nobody knows more about",
            "unknown-internet_protocol supplied_before used",
            today,
            used,
        ),
        (
            "a charger nobody looked into",
            "unknown-internet_protocol unknown-to_consumers ev-charge-point",
            today,
            excepted,
        ),
    ] {
        assert_eq!(answer(words, on), wanted, "{thing}");
    }
}

#[test]
fn more_facts_never_overturn_an_answer() {
    // From nothing known, one fact after the other, in any order of the words: once certain, the answer stays.
    let known = facts("internet_protocol computer tablet not-cellular not-exclusively_for_under_14s");
    let all: [fn(&mut ScopeFacts, &ScopeFacts); 8] = [
        |to, from| to.connection.internet_protocol = from.connection.internet_protocol,
        |to, from| to.connection.electrical_energy = from.connection.electrical_energy,
        |to, from| to.nature.kinds = from.nature.kinds.clone(),
        |to, from| to.nature.tablet = from.nature.tablet,
        |to, from| to.nature.cellular = from.nature.cellular,
        |to, from| to.nature.exclusively_for_under_14s = from.nature.exclusively_for_under_14s,
        |to, from| to.supply.to_consumers = from.supply.to_consumers,
        |to, from| to.supply.supplied_before = from.supply.supplied_before,
    ];
    let on = date::parse("2026-11-22").unwrap();
    for turn in 0..all.len() {
        let mut so_far = ScopeFacts::default();
        let mut certain: Option<std::mem::Discriminant<Scope>> = None;
        for step in 0..all.len() {
            all[(turn + step) % all.len()](&mut so_far, &known);
            let now = scope(&so_far, on, &exceptions());
            if let Some(before) = certain {
                assert_eq!(std::mem::discriminant(&now), before, "turn {turn}, step {step}: {now:?}");
            }
            if !matches!(now, Scope::Unsure(_)) {
                certain = Some(std::mem::discriminant(&now));
            }
        }
        assert!(certain.is_some());
    }
}

#[test]
fn every_flag_of_a_case_folder_is_a_fact_of_the_test() {
    let keys: std::collections::BTreeSet<&str> = Fact::ALL.iter().map(|f| f.key()).collect();
    assert_eq!(keys.len(), Fact::ALL.len());
    assert!(Fact::ALL.iter().all(|f| f.asks().ends_with(['?', '.'])));
    // Every flag that the test asks of a product can be written in a case folder, and turns the facts; a question about a
    // seller cannot.
    for fact in Fact::flags() {
        let scoped = stated(&format!("{} = true", fact.key())).unwrap().scope.unwrap();
        assert_eq!(scoped.flags.len(), 1);
        assert_ne!(ScopeFacts::from(&scoped), ScopeFacts::from(&case::Scoped::default()), "{fact} is read");
    }
    let flags: Vec<Fact> = Fact::flags().collect();
    for fact in
        Fact::ALL.into_iter().filter(|f| !flags.contains(f) && !matches!(f, Fact::Kinds | Fact::Territory))
    {
        let problems = stated(&format!("{} = true", fact.key())).unwrap_err();
        assert!(problems[0].message.contains("is not known here"), "{fact}: {problems:?}");
    }
}

/// A case that says one thing in its `[scope]`.
fn stated(line: &str) -> Result<case::Case, Vec<case::Problem>> {
    let text = format!(
        "[product]\nname = \"a\"\nmodel = \"b\"\n[maker]\norganisation = \"c\"\ndomain = \"d.example\"\n[scope]\n{line}\n"
    );
    case::Case::parse("product.toml", text.as_bytes())
}

#[test]
fn a_product_for_others_is_in_scope_where_identical_units_go_to_consumers() {
    // Section 54(3).
    let supplied = |line: &str| {
        consumer_supply(
            &ScopeFacts::from(&stated(&format!("supplied_before = false\n{line}")).unwrap().scope.unwrap())
                .supply,
        )
    };
    assert!(matches!(supplied("to_consumers = false\nidentical_to_consumers = true"), Answer3::Yes(_)));
    assert!(matches!(supplied("to_consumers = false\nidentical_to_consumers = false"), Answer3::No(_)));
    assert!(matches!(supplied("to_consumers = false"), Answer3::No(_)), "the one question covers both");
    assert!(matches!(supplied("identical_to_consumers = true"), Answer3::Yes(_)));
    assert_eq!(supplied("identical_to_consumers = false"), Answer3::Unsure(vec![Fact::ToConsumers]));
}

#[test]
fn a_word_that_nothing_knows_is_not_taken_in_silence() {
    let mend = |line: &str| match stated(line) {
        Err(problems) => problems[0].to_string(),
        Ok(case) => {
            case.unknown_ids("product.toml", &[]).first().map(ToString::to_string).unwrap_or_default()
        }
    };
    assert_eq!(mend("exceptions = [\"ev-charge-point\"]\nterritory = \"GB\""), "");
    let typo = mend("exceptions = [\"computer\", \"ev-charge-pont\"]");
    assert!(typo.starts_with("product.toml:8:27: no scheme knows the exception"), "{typo}");
    assert!(typo.contains("did you mean `ev-charge-point`?"), "{typo}");
    assert!(mend("exceptions = [\"EV charge point\"]").contains("is no id of an exception"));
    assert!(mend("territory = \"gb\"").contains("`territory` cannot be `gb`"));
    assert!(mend("territory = \"gb\"").contains("\"GB\""));
}

#[test]
fn the_law_has_these_rows_of_exceptions_and_no_others() {
    let law = scheme::find("uk-psti").unwrap().scope.as_ref().unwrap();
    let row = |e: &ScopeException| (e.id.clone(), e.from, e.territory.clone());
    let bundled: Vec<_> = law.exceptions.iter().map(row).collect();
    let here: Vec<_> = exceptions().iter().map(row).collect();
    assert_eq!(bundled, here);
}
