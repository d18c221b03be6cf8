use std::sync::LazyLock;

use super::*;
use crate::key::SecretKey;
use crate::snapshot::{Basis, Builder, Standing, State};

/// Two TP-Links, one Philips with its region, one without a digit, two numbers under one name.
const REGISTER: [(&str, &str, &str); 9] = [
    ("4897098683187", "TP-Link", "Tapo C200"),
    ("4897098682609", "TP-Link", "Tapo C210 (EU)"),
    ("8710103849049", "Philips", "SCD713/26"),
    ("8711500642219", "Philips", "SCD713/00"),
    ("8711500315274", "Philips", "Hue Bridge"),
    ("4006381333931", "Ring GmbH", "Doorbell Elite"),
    ("96385074", "Ring GmbH", "Doorbell Elite"),
    ("036000291452", "Muster AG", "Cam"),
    ("9520000100018", "Muster AG", "Hub 2000"),
];

fn gtin(text: &str) -> Gtin14 {
    Gtin14::parse(text).unwrap()
}

/// A snapshot of these products.
fn snapshot_of(products: &[(Gtin14, &str, &str)]) -> Snapshot {
    let day = |text| crate::date::parse(text).unwrap();
    let mut builder = Builder::default();
    let standing = Standing {
        state: State::Active,
        shortened: false,
        schemes: std::collections::BTreeMap::new(),
        document: None,
    };
    let standing = builder.standing(&standing);
    for (gtin, brand, model) in products {
        builder.add_short(*gtin, standing, None);
        fingerprints(brand, model).into_iter().for_each(|print| builder.add_model(print, *gtin));
    }
    let basis = Basis {
        number: 1,
        log_origin: "register.example/log".into(),
        log_size: 9,
        root: [1; 32],
        checkpoint: String::new(),
        issued: day("2026-11-01"),
        valid_until: day("2026-12-01"),
        own_numbers: false,
    };
    let key = SecretKey::from_seed(&[4; 32]);
    let bytes = Snapshot::seal(builder, &basis, &key).unwrap();
    Snapshot::open(&bytes, &[key.public()], "register.example/log").unwrap()
}

static SNAPSHOT: LazyLock<Snapshot> =
    LazyLock::new(|| snapshot_of(&REGISTER.map(|(number, brand, model)| (gtin(number), brand, model))));

fn register() -> &'static Snapshot {
    &SNAPSHOT
}

/// The number that is found, `?` and how many, or nothing.
fn check(brand: &str, model: &str, title: Option<&str>, wanted: &str) {
    let wanted = match wanted.strip_prefix('?') {
        Some(count) => Likeness::Several(count.parse().unwrap()),
        None if wanted.is_empty() => Likeness::None,
        None => Likeness::One(gtin(wanted)),
    };
    assert_eq!(like(register(), brand, model, title), wanted, "{brand} | {model} | {title:?}");
}

#[test]
fn the_same_names_are_found_however_they_are_written() {
    for (brand, model) in [
        ("TP-Link", "Tapo C200"),
        ("tp link", "TAPO C-200"),
        ("TP-Link Co., Ltd.", "tapo_c200"),
        ("TP-LINK", "TP-Link Tapo C200"),
        ("ＴＰ－Ｌｉｎｋ", "Ｔａｐｏ Ｃ２００"),
    ] {
        check(brand, model, None, "4897098683187");
    }
    check("Philips", "SCD713/26", None, "8710103849049");
    check("Philips", "scd 713-26", None, "8710103849049");
    check("Philips", "Hue Bridge", None, "8711500315274");
}

#[test]
fn a_colour_or_a_region_behind_one_of_the_two_does_no_harm() {
    for model in
        ["Tapo C200 white", "Tapo C200 (EU)", "Tapo C200-Weiß/EU", "Tapo C200 UK", "Tapo C200 EU, black"]
    {
        check("TP-Link", model, None, "4897098683187");
    }
    check("TP-Link", "Tapo C210", None, "4897098682609");
    // Two regions are two products; and what is glued to a model belongs to it.
    check("TP-Link", "Tapo C210 UK", None, "");
    check("TP-Link", "Tapo C200EU", None, "");
    check("TP-Link", "Tapo C200W", None, "");
    check("TP-Link", "Tapo C200 Pro", None, "");
    check("TP-Link", "Tapo C20", None, "");
    // Which of the two regions is meant is not said.
    check("Philips", "SCD713", None, "?2");
    check("Philips", "SCD713/05", None, "");
    check("Philips", "SCD713 26 white", None, "8710103849049");
}

#[test]
fn the_brand_decides_as_well() {
    check("Philips", "Tapo C200", None, "");
    check("TP-Link Tapo", "Tapo C200", None, "");
    check("", "Tapo C200", None, "");
    check("unbranded", "Tapo C200", None, "");
}

#[test]
fn short_and_generic_models_are_like_nothing() {
    check("Muster", "Cam", None, "");
    check("Muster", "Hub 2000", None, "9520000100018");
    for model in ["Camera", "Smart Plug", "C20", "123", "IP-Camera Black", "WiFi", "Pro EU"] {
        assert_eq!(fingerprints("Muster", model), [0; 0], "{model}");
    }
    check("Ring", "Doorbell", None, "");
}

#[test]
fn several_numbers_of_one_name_are_counted_and_none_is_taken() {
    check("Ring", "Doorbell Elite", None, "?2");
}

#[test]
fn a_title_is_looked_at_where_no_model_is_given() {
    check("TP-Link", "", Some("TP-Link Tapo C200 Kamera, 1080p"), "4897098683187");
    check("TP-Link", " ", Some("Überwachungskamera (Tapo C-200) weiß"), "4897098683187");
    check("Philips", "", Some("Philips SCD713/26 Babyphone"), "8710103849049");
    // A model is given, and it is another.
    check("TP-Link", "KE100", Some("TP-Link Tapo C200"), "");
    // Another product behind a sign, or only a part of the model.
    check("TP-Link", "", Some("TP-Link Tapo C200/W"), "");
    check("TP-Link", "", Some("TP-Link C200"), "");
    // No digit, accessories, bundles, two products.
    check("Philips", "", Some("Philips Hue Bridge"), "");
    for title in [
        "Case for Tapo C200",
        "Hülle für Tapo C200",
        "Tapo C200 compatible mount",
        "Tapo C200 + SD-Karte",
        "Tapo C200 mit SD-Karte",
    ] {
        check("TP-Link", "", Some(title), "");
    }
    check("Philips", "", Some("SCD713/26 SCD713/00"), "?2");
}

#[test]
fn of_a_model_within_another_in_a_title_the_longer_is_meant() {
    let models = snapshot_of(&[
        (gtin("4006381333931"), "Muster", "Hub 2000"),
        (gtin("96385074"), "Muster", "Hub 2000 Max"),
    ]);
    assert_eq!(
        like(&models, "Muster", "", Some("Muster Hub 2000 Max Zentrale")),
        Likeness::One(gtin("96385074"))
    );
    assert_eq!(
        like(&models, "Muster", "", Some("Muster Hub 2000 Zentrale")),
        Likeness::One(gtin("4006381333931"))
    );
}

#[test]
fn likeness_is_for_a_person_and_says_what_to_do() {
    let one = Likeness::One(gtin("4006381333931"));
    let ask = Some(Decision { verdict: Answer::Ask, reason: Reason::MatchedByModel });
    assert_eq!(
        [one.decision(), Likeness::Several(2).decision(), Likeness::None.decision()],
        [ask, ask, None]
    );
    assert!(one.to_string().starts_with("brand and model are those of GTIN 04006381333931: "));
    assert!(Likeness::Several(3).to_string().contains("3 registered numbers"));
}

#[test]
fn long_names_are_answered_and_like_nothing() {
    let long = "Tapo C200 ".repeat(100_000);
    check("TP-Link", &long, None, "");
    check(&long, "Tapo C200", None, "");
    check("TP-Link", "", Some(&format!("Tapo C200 {}", "x ".repeat(500_000))), "4897098683187");
    check("TP-Link", "", Some(&"ü".repeat(500_000)), "");
}

/// A list of real models without GTINs, if the shared folder is there.
#[test]
#[expect(
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "reads a shared list, says when it is absent"
)]
fn real_models_are_like_themselves_and_no_other() {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora/catalogue/zigbee2mqtt-devices.tsv");
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("SKIPPED: {path} is not there");
        return;
    };
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    let number = |at: usize| {
        (0..10)
            .find_map(|check| Gtin14::from_number(9_520_000_000_000 + at as u64 * 10 + check).ok())
            .unwrap()
    };
    let products: Vec<_> = rows.iter().enumerate().map(|(at, row)| (number(at), row[0], row[1])).collect();
    let models = snapshot_of(&products);
    let (mut one, mut several, mut none) = (0, 0, 0);
    for (at, row) in rows.iter().enumerate() {
        match like(&models, row[0], row[1], Some(row[2])) {
            Likeness::One(found) => {
                assert_eq!(found, number(at), "{row:?}");
                one += 1;
            }
            Likeness::Several(_) => several += 1,
            Likeness::None => none += 1,
        }
    }
    // Five names stand there twice; the rest is too short, or of words that say nothing.
    assert_eq!((one, several, none), (4_385, 10, 47));
}

proptest::proptest! {
    #[test]
    fn any_names_are_answered(brand in ".{0,40}", model in ".{0,40}", title in ".{0,80}") {
        let models = snapshot_of(&[(gtin("4006381333931"), brand.as_str(), model.as_str())]);
        let found = like(&models, &brand, &model, Some(&title));
        proptest::prop_assert!(matches!(found, Likeness::One(_) | Likeness::None));
        let _ = like(register(), &brand, &model, Some(&title));
    }
}
