//! Every cell of the table as data (`table.txt`), and what holds whatever the state: it never panics, bad news never helps,
//! and a label that does not count never opens a door.

use proptest::prelude::*;

use super::*;
use crate::scheme::Way;
use crate::{date, scheme};

/// Not in the law: a label that covers one requirement only, and so stands in for nothing as a whole.
const PART: &str = r#"
id = "part"
name = "A label for a part"
says = "For the tests."
label = { scheme = "xx-part" }
source = "invented for the tests"
"#;

/// Options A, B and C, the law as it is bundled, with a label for a part, and the same law had it no duty for sellers.
fn schemes() -> [Scheme; 5] {
    let bundled = |id: &str| scheme::find(id).unwrap().clone();
    let [a, b, c] = ["uk-2019-option-a", "uk-2019-option-b", "uk-2019-option-c"].map(bundled);
    let mut law = bundled("uk-psti");
    law.requirements[1].ways.push(toml::from_str::<Way>(PART).unwrap());
    let mut free = law.clone();
    free.seller.sells = Sells::Anything;
    [a, b, c, law, free]
}

fn day(text: &str) -> Date {
    date::parse(text).unwrap()
}

/// A label of the words `star-1`, `star-2`, `cls-2`, `finland`, `part`.
fn label(word: &str) -> ForeignLabel {
    let (scheme, level, standard) = match word {
        "star-1" => ("jp-jc-star-1", "STAR-1", "JST-CR-01-01-2024R1"),
        "star-2" => ("jp-jc-star-1", "STAR-2", "JST-CR-01-01-2024R1"),
        "cls-2" => ("sg-cls-1", "2", "CLS(IoT) CCC SP-151-2 v1.4"),
        "finland" => ("fi-label", "", "EN 303 645"),
        "part" => ("xx-part", "", "any"),
        other => panic!("{other} is no label"),
    };
    ForeignLabel {
        scheme: scheme.into(),
        level: level.into(),
        standard: Some(standard.into()),
        expires: date::parse("2027-06-30"),
        matches_product: true,
    }
}

fn state(words: &str) -> ProductState {
    let mut state = ProductState::default();
    let under = |verdict, variant| Registered::Under(Declared { verdict, variant });
    let notice = |kind, suspended| Notice { kind, suspended };
    for word in words.split_whitespace() {
        match word {
            "nothing" => {}
            "elsewhere" => state.registered = Registered::Elsewhere,
            "withdrawn" => state.registered = Registered::Withdrawn,
            "disputed" => state.registered = Registered::Disputed,
            "tick" => state.registered = under(Verdict::Holds, Some(Variant::Tick)),
            "tick-without-date" => state.registered = under(Verdict::DoesNotHold, Some(Variant::Tick)),
            "cross" => state.registered = under(Verdict::DoesNotHold, Some(Variant::Cross)),
            "holds" => state.registered = under(Verdict::Holds, None),
            "fails" => state.registered = under(Verdict::DoesNotHold, None),
            "refused" => state.registered = under(Verdict::Refused, None),
            "undecided" => state.registered = under(Verdict::Undecided, None),
            "excepted" => state.scope = Scope::Out(Outside::ExceptedProduct),
            "second-hand" => state.scope = Scope::Out(Outside::SecondHand),
            "not-connectable" => state.scope = Scope::Out(Outside::NotConsumerConnectable),
            "in-scope" => state.scope = Scope::In,
            "unsure" => state.scope = Scope::Unsure,
            "statement" => state.statement = Statement::Complete,
            "lacks-e" => state.statement = Statement::Incomplete(vec!['e']),
            "no-statement" => state.statement = Statement::Absent,
            "old-stock" => state.old_stock = true,
            "shortened" => state.shortened = true,
            "failure" => state.known_failure = true,
            "stop" => state.notices.push(notice(NoticeKind::Stop, false)),
            "stop-appealed" => state.notices.push(notice(NoticeKind::Stop, true)),
            "recall" => state.notices.push(notice(NoticeKind::Recall, false)),
            "recall-appealed" => state.notices.push(notice(NoticeKind::Recall, true)),
            "ended" => state.updates_until = Some(day("2026-11-21")),
            "ends-today" => state.updates_until = Some(day("2026-11-22")),
            "expired" => state.labels.last_mut().unwrap().expires = Some(day("2026-11-21")),
            "last-day" => state.labels.last_mut().unwrap().expires = Some(day("2026-11-22")),
            "no-expiry" => state.labels.last_mut().unwrap().expires = None,
            "spelled-short" => {
                state.labels.last_mut().unwrap().standard = Some("ccc SP-151-2 V1.4".into());
            }
            "other-product" => state.labels.last_mut().unwrap().matches_product = false,
            "other-standard" => state.labels.last_mut().unwrap().standard = Some("older".into()),
            "standard-unseen" => state.labels.last_mut().unwrap().standard = None,
            word => state.labels.push(label(word)),
        }
    }
    state
}

fn answer(scheme: &Scheme, words: &str, on: &str) -> String {
    let decision = decide(scheme, day(on), &state(words));
    format!("{} {}", decision.verdict, decision.reason)
}

#[test]
fn the_table_cell_by_cell() {
    let [options_and_law @ .., free] = schemes();
    let mut wrong = String::new();
    let mut seen = std::collections::BTreeSet::new();
    for line in include_str!("table.txt").lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty()) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [on, words, wanted @ ..] = cells.as_slice() else { panic!("{line}") };
        let is: Vec<String> = options_and_law.iter().map(|scheme| answer(scheme, words, on)).collect();
        seen.extend(is.iter().map(|a| a.split(' ').next_back().unwrap().to_owned()));
        let without_duty = answer(&free, words, on);
        let notice = is.iter().find(|a| a.ends_with("-notice"));
        assert_eq!(&without_duty, notice.map_or("out-of-scope no-seller-duty", |n| n), "{line}");
        if is != *wanted {
            wrong.push_str(&format!("{on} | {words} | {}\n", is.join(" | ")));
        }
    }
    assert!(wrong.is_empty(), "table.txt says otherwise; these came out:\n{wrong}");
    let never: Vec<&str> = Reason::ALL.iter().map(|r| r.word()).filter(|w| !seen.contains(*w)).collect();
    // Rows without a GTIN and old snapshots are the gate's own; the last is that of the scheme without a column.
    let others = [
        "stale-snapshot",
        "no-gtin",
        "bad-gtin",
        "bad-check-digit",
        "retailer-owned-number",
        "coupon-number",
        "damaged-number",
        "short-upc",
        "book-number",
        "several-gtins",
        "matched-by-model",
        "no-seller-duty",
        "support-ends-early",
        "bad-sale-day",
    ];
    assert_eq!(never, others, "reasons without a cell");
}

#[test]
fn sellers_may_be_bound_later_than_makers() {
    let cra = scheme::find("eu-cra").unwrap();
    let first = cra.seller.from.unwrap().0;
    let before = first.yesterday().unwrap();
    assert!(cra.binds_on(before), "makers have their duties to report already");
    for words in ["nothing", "fails", "failure"] {
        assert_eq!(answer(cra, words, &before.to_string()), "out-of-scope not-yet-binding", "{words}");
        assert_ne!(decide(cra, first, &state(words)).reason, Reason::NotYetBinding, "{words}");
    }
}

fn any_label() -> impl Strategy<Value = ForeignLabel> {
    let word = prop::sample::select(vec!["star-1", "star-2", "cls-2", "finland", "part"]);
    let expires = prop::option::of(prop::sample::select(vec!["2024-01-01", "2026-11-22", "2030-01-01"]));
    let standard = prop::option::of(prop::sample::select(vec!["JST-CR-01-01-2024R1", "older"]));
    (word, expires, standard, any::<bool>(), any::<bool>()).prop_map(
        |(word, expires, standard, keeps_standard, matches_product)| {
            let mut label = label(word);
            label.expires = expires.and_then(date::parse);
            label.matches_product = matches_product;
            if !keeps_standard {
                label.standard = standard.map(str::to_owned);
            }
            label
        },
    )
}

fn any_state() -> impl Strategy<Value = ProductState> {
    let scope = prop::sample::select(vec![
        Scope::Unknown,
        Scope::In,
        Scope::Unsure,
        Scope::Out(Outside::ExceptedProduct),
        Scope::Out(Outside::SecondHand),
    ]);
    let verdict = prop::sample::select(vec![
        Verdict::Holds,
        Verdict::DoesNotHold,
        Verdict::Refused,
        Verdict::Undecided,
    ]);
    let variant = prop::sample::select(vec![None, Some(Variant::Tick), Some(Variant::Cross)]);
    let registered = prop_oneof![
        Just(Registered::No),
        Just(Registered::Elsewhere),
        Just(Registered::Withdrawn),
        Just(Registered::Disputed),
        (verdict, variant).prop_map(|(verdict, variant)| Registered::Under(Declared { verdict, variant })),
    ];
    let statement = prop_oneof![
        Just(Statement::Unknown),
        Just(Statement::Complete),
        Just(Statement::Absent),
        prop::collection::vec(prop::char::range('a', 'g'), 0..7).prop_map(Statement::Incomplete),
    ];
    let notice = (any::<bool>(), any::<bool>()).prop_map(|(stop, suspended)| Notice {
        kind: if stop { NoticeKind::Stop } else { NoticeKind::Recall },
        suspended,
    });
    let updates = prop::sample::select(vec![None, date::parse("2026-01-01"), date::parse("2031-01-01")]);
    let rare = || prop::bool::weighted(0.2);
    (
        scope,
        registered,
        statement,
        prop::collection::vec(any_label(), 0..4),
        prop::collection::vec(notice, 0..2),
        updates,
        (rare(), rare(), rare()),
    )
        .prop_map(|(scope, registered, statement, labels, notices, updates_until, flags)| {
            let (shortened, known_failure, old_stock) = flags;
            ProductState {
                scope,
                registered,
                statement,
                labels,
                shortened,
                known_failure,
                notices,
                updates_until,
                old_stock,
            }
        })
}

fn any_day() -> impl Strategy<Value = Date> {
    let days = [
        "2019-01-01",
        "2020-12-31",
        "2021-01-01",
        "2024-04-28",
        "2024-04-29",
        "2025-12-03",
        "2025-12-04",
        "2026-11-22",
    ];
    prop::sample::select(days.map(day).to_vec())
}

proptest! {
    #[test]
    fn bad_news_never_helps(state in any_state(), on in any_day()) {
        for scheme in &schemes() {
            let before = decide(scheme, on, &state).verdict;
            let worse = |change: &dyn Fn(&mut ProductState)| {
                let mut worse = state.clone();
                change(&mut worse);
                decide(scheme, on, &worse).verdict
            };
            let in_force = |kind| Notice { kind, suspended: false };
            // Whatever was known before, after this the answer is no permission.
            for after in [
                worse(&|s| s.known_failure = true),
                worse(&|s| s.shortened = true),
                worse(&|s| s.registered = Registered::Withdrawn),
                worse(&|s| s.notices.push(in_force(NoticeKind::Stop))),
                worse(&|s| s.notices.push(in_force(NoticeKind::Recall))),
                worse(&|s| s.notices.push(Notice { kind: NoticeKind::Stop, suspended: true })),
            ] {
                prop_assert_ne!(after, Answer::MaySell);
            }
            // And what lacks something does not gain by it.
            for after in [
                worse(&|s| s.statement = Statement::Absent),
                worse(&|s| s.statement = Statement::Incomplete(vec!['a'])),
                worse(&|s| s.labels.clear()),
                worse(&|s| s.scope = Scope::Unsure),
                worse(&|s| s.old_stock = true),
            ] {
                prop_assert!(after != Answer::MaySell || before != Answer::Refuse && before != Answer::Ask);
            }
        }
    }

    #[test]
    fn a_label_that_does_not_count_never_opens_a_door(state in any_state(), on in any_day()) {
        for scheme in &schemes() {
            let counted = recognised(scheme, on);
            let mut without = state.clone();
            without.labels.clear();
            let mut dud = state.clone();
            dud.labels.retain(|l| standing(l, &counted, state.updates_until, on) != Standing::Valid);
            let (dud, without) = (decide(scheme, on, &dud), decide(scheme, on, &without));
            prop_assert_eq!(dud.verdict == Answer::MaySell, without.verdict == Answer::MaySell);
        }
    }

    #[test]
    fn an_expired_label_never_allows_by_itself(mut label in any_label(), on in any_day()) {
        label.expires = on.yesterday().ok();
        let state = ProductState { labels: vec![label], ..ProductState::default() };
        for scheme in &schemes() {
            prop_assert_ne!(decide(scheme, on, &state).verdict, Answer::MaySell);
        }
    }

    #[test]
    fn only_the_day_and_the_state_decide(state in any_state(), on in any_day()) {
        for scheme in &schemes() {
            let decision = decide(scheme, on, &state);
            prop_assert_eq!(decision, decide(scheme, on, &state.clone()));
            prop_assert_eq!(Reason::find(decision.reason.word()), Some(decision.reason));
        }
    }
}
