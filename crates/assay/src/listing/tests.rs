//! What single words do to the answer, under UK law unless another scheme is named. How well whole catalogues are sorted is
//! measured in `tests/listing.rs`.

use jiff::civil::date;
use proptest::prelude::*;

use super::words::WORDS;
use super::*;
use crate::scheme;

const IN: Scope = Scope::In;
const NO: Scope = Scope::Out(Outside::NotConsumerConnectable);
const EXCEPTED: Scope = Scope::Out(Outside::ExceptedProduct);
const ASK: Scope = Scope::Unsure;

fn sorter(scheme: &str) -> Sorter {
    let scheme = scheme::find(scheme).expect("it is bundled");
    Sorter::new(scheme, date(2026, 11, 1), Some(Territory::GreatBritain))
}

fn under(scheme: &str, title: &str) -> Sorted {
    sorter(scheme).sort(&Listed { title, ..Listed::default() })
}

fn check(category: &str, title: &str, scope: Scope) {
    let sorted = sorter("uk-psti").sort(&Listed { category, title, ..Listed::default() });
    assert_eq!(sorted.scope, scope, "{category} | {title}: {}", sorted.because);
}

#[test]
fn a_camera_is_in_and_its_bracket_is_not() {
    check("", "Outdoor camera 4 MP", IN);
    check("", "Outdoor camera bracket", NO);
    check("", "Bracket for outdoor camera with Wi-Fi", NO);
    check("", "Kamerahalterung", NO);
    check("", "Support pour caméra", NO);
    check("", "Suport cameră", NO);
    check("", "Uchwyt do kamery", NO);
    check("", "Outdoor camera with bracket", IN);
    check("", "Outdoor camera, bracket, 2 batteries", IN);
    check("", "For Galaxy S23: case", NO);
    check("", "Cupboard for Wi-Fi router", NO);
    check("", "Motor for curtains, Wi-Fi", IN);
    check("", "Outdoor camera battery Wi-Fi", IN);
    check("", "Lego police drone", NO);
}

#[test]
fn a_list_of_what_is_in_a_device_is_no_part_for_it() {
    check("", "PlayStation 5 Slim 1TB SSD disc edition", IN);
    check("", "Xbox Series S 512GB SSD white", IN);
    check("", "Synology DiskStation DS224+ 2x4TB HDD", IN);
    check("", "Apple MacBook Air 13\" M2 8GB 256GB SSD Space Grey", EXCEPTED);
    check("", "Dell XPS 15 32GB 1TB SSD OLED", EXCEPTED);
    check("", "Gaming laptop RTX 4060", EXCEPTED);
    check("", "Lenovo Legion 5 laptop RTX 4070", EXCEPTED);
    check("", "PS5 SSD 1TB", NO);
    check("", "GeForce RTX 4060 8GB", NO);
    check("", "MacBook Pro docking station", NO);
    assert_eq!(under("uk-2019-option-a", "Notebook RTX 4060 16GB 1TB SSD").scope, IN);
    assert_eq!(under("uk-2019-option-a", "MacBook Pro 14 M3 16GB 512GB SSD").scope, IN);
}

#[test]
fn smart_alone_proves_nothing() {
    check("", "Smart casual jacket", NO);
    check("", "Smart kettle", ASK);
    check("", "Smart thing", ASK);
    check("", "Smart plug", IN);
    check("", "Kettle", NO);
    check("", "Kettle with Wi-Fi", IN);
}

#[test]
fn a_washing_machine_has_to_say_it() {
    check("", "Washing machine 8 kg", ASK);
    check("", "Waschmaschine 8 kg WLAN", IN);
    check("", "Waschmaschine 8 kg ohne WLAN", NO);
}

#[test]
fn the_shelf_speaks_where_the_title_does_not() {
    check("Home > Routers", "AX-55 white", IN);
    check("Books", "The camera", NO);
    check("Phone cases", "Galaxy S23 blue", NO);
    check("Phones & cases", "Galaxy S23 blue", IN);
    check("https://shop.example/wlan-router/ax-55-white", "AX-55", IN);
    check("https://shop.example/wlan-router", "AX-55", IN);
}

#[test]
fn the_exceptions_are_of_the_scheme() {
    check("", "Laptop 14 inch", EXCEPTED);
    check("", "Tablet 10 inch Wi-Fi", EXCEPTED);
    check("", "Tablet 10 inch LTE", IN);
    check("", "Tablet 10 inch", ASK);
    check("", "Kids tablet 7 inch Wi-Fi", ASK);
    check("", "Wallbox 11 kW", EXCEPTED);
    check("", "Blood pressure monitor Bluetooth", EXCEPTED);
    check("", "Smart electricity meter", ASK);
    for (scheme, title, scope) in [
        ("eu-cra", "Laptop 14 inch", IN),
        ("eu-cra", "USB keyboard, wired", IN),
        ("eu-cra", "Computer monitor", ASK),
        ("eu-cra", "Blood pressure monitor Bluetooth", EXCEPTED),
        ("eu-cra", "Outdoor camera bracket", NO),
        ("au-2025", "Smartphone 128 GB", EXCEPTED),
        ("au-2025", "Tablet 10 inch LTE", EXCEPTED),
        ("jp-jc-star-1", "Laptop 14 inch", EXCEPTED),
        ("jp-jc-star-1", "Bluetooth kettle", ASK),
        ("us-trust-mark", "8-port gigabit switch", ASK),
    ] {
        let sorted = under(scheme, title);
        assert_eq!(sorted.scope, scope, "{scheme}: {title}: {}", sorted.because);
    }
}

#[test]
fn an_exception_holds_where_and_when_it_holds() {
    let scheme = scheme::find("uk-psti").unwrap();
    let listed = Listed { title: "Electric moped 45 km/h", ..Listed::default() };
    let on = date(2026, 11, 1);
    assert_eq!(sort(&listed, scheme, on, Some(Territory::GreatBritain)).scope, EXCEPTED);
    assert_eq!(sort(&listed, scheme, on, Some(Territory::NorthernIreland)).scope, ASK);
    assert_eq!(sort(&listed, scheme, on, None).because.rule, Rule::ExceptedInPart);
    let before = date(2025, 2, 24);
    assert_eq!(sort(&listed, scheme, before, Some(Territory::GreatBritain)).scope, ASK);
}

#[test]
fn second_hand_has_to_be_certain() {
    check("", "Smartphone 128 GB, used, very good", Scope::Out(Outside::SecondHand));
    check("", "Smartphone gebraucht", Scope::Out(Outside::SecondHand));
    check("", "Smartphone refurbished", ASK);
    check("", "Smartphone that is used by millions", IN);
    check("", "HDMI cable, used", NO);
    assert_eq!(under("eu-cra", "Smartphone, used").scope, ASK);
}

#[test]
fn a_number_of_a_book_decides() {
    for (number, scope) in [(9_781_234_567_897, NO), (4_006_381_333_931, IN)] {
        let listed = Listed { title: "Outdoor camera", gtin_hint: Some(number), ..Listed::default() };
        assert_eq!(sorter("uk-psti").sort(&listed).scope, scope);
    }
}

#[test]
fn the_reason_is_a_sentence() {
    for (title, says) in [
        (
            "Outdoor camera bracket",
            "`bracket` in the title: a mount, bracket or holder; it does not connect, though `outdoor camera` in the title stands \
             there too",
        ),
        (
            "Kettle with Wi-Fi",
            "`kettle` in the title: a small kitchen appliance; some such things connect, and `wifi` in the title says that this \
             one does",
        ),
        ("Flurb", "no word says what it is"),
    ] {
        assert_eq!(under("uk-psti", title).because.to_string(), says);
    }
    assert_eq!(under("uk-psti", "Router").kind.map(KindId::id), Some("router"));
}

#[test]
fn the_lists_are_sound() {
    let mut ids: Vec<&str> = KINDS.iter().map(|kind| kind.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), KINDS.len(), "a kind's id occurs twice");
    for kind in KINDS.iter() {
        assert!(!kind.words.is_empty() && !kind.says.is_empty(), "{}", kind.id);
        for list in kind.words.keys() {
            assert!(forms::Tongue::of(list).is_some(), "{}: `{list}` is no list", kind.id);
        }
    }
    let natures: Vec<&String> = KINDS.iter().filter_map(|kind| kind.nature.as_ref()).collect();
    for row in &data::EXCEPTIONS.exceptions {
        for nature in row.natures.keys() {
            assert!(natures.contains(&nature), "{}: no kind is of the nature `{nature}`", row.id);
        }
        let of = |s: &Scheme| {
            let scope = s.scope.iter().flat_map(|scope| &scope.exceptions);
            row.scheme.as_ref().is_none_or(|id| *id == s.id) && scope.into_iter().any(|e| e.id == row.id)
        };
        assert!(scheme::bundled().iter().any(of), "no scheme has the exception `{}`", row.id);
    }
    // They have to fit the table.
    assert!(WORDS.text(0).len() > 1);
}

proptest! {
    #[test]
    fn any_text_is_sorted(category in ".{0,80}", title in ".{0,300}", brand in ".{0,20}", number in any::<u64>()) {
        let listed = Listed { category: &category, title: &title, brand: &brand, model: &title, gtin_hint: Some(number) };
        let sorted = sorter("uk-psti").sort(&listed);
        prop_assert!(!sorted.because.to_string().is_empty());
    }

    #[test]
    fn case_and_blanks_make_no_difference(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "camera", "Halterung", "für", "WLAN", "smart", "plug", "with", "Überwachungskamera", "bec", "app", "iPhone", "case",
                "ohne", "used", "tablet", "LTE", "Fernseher", "kettle", "replacement", "żarówka", "42",
            ]),
            0..8,
        )
    ) {
        let sorter = sorter("uk-psti");
        let of = |title: &str| sorter.sort(&Listed { title, ..Listed::default() });
        let plain = of(&words.join(" "));
        prop_assert_eq!(plain, of(&words.join(" ").to_uppercase()));
        prop_assert_eq!(plain, of(&words.join(" ").to_lowercase()));
        prop_assert_eq!(plain, of(&format!("  {}\u{a0}", words.join(" \t "))));
    }
}
