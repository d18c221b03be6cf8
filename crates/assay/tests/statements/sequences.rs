//! Random sequences of statements, sensible and not: whatever is folded, the laws of the state hold, what is promised only
//! moves later, a refusal changes nothing, and the same entries folded again give the same.

use std::collections::BTreeMap;

use assay::date::from_days;
use assay::fold::State;
use assay::gtin::Gtin14;
use assay::outcome::Claim;
use assay::statement::*;
use proptest::prelude::*;

use crate::story::*;

const GTINS: [&str; 3] = ["4006381333931", "0036000291452", "5901234123457"];
const MODELS: [&str; 2] = ["HC-2", "HC-3"];
/// The makers, by the seeds of their first keys; the next key of each is ten more.
const MAKERS: [u8; 3] = [20, 21, 22];

/// What is tried next. Numbers choose among what there is.
#[derive(Clone, Debug)]
struct Act {
    kind: usize,
    maker: usize,
    model: usize,
    numbers: u8,
    years: i16,
    late: i32,
    index: u64,
    signer: usize,
    coin: bool,
}

fn act() -> impl Strategy<Value = Act> {
    let choice = (0..20_usize, 0..3_usize, 0..2_usize, 0..8_u8);
    let more =
        (2028..2034_i16, prop_oneof![4 => Just(0), 1 => -2..40_i32], 0..40_u64, 0..9_usize, any::<bool>());
    (choice, more).prop_map(|((kind, maker, model, numbers), (years, late, index, signer, coin))| Act {
        kind,
        maker,
        model,
        numbers,
        years,
        late,
        index,
        signer,
        coin,
    })
}

fn gtins(bits: u8) -> Vec<Gtin14> {
    GTINS
        .iter()
        .enumerate()
        .filter(|(at, _)| bits >> at & 1 == 1)
        .map(|(_, g)| Gtin14::parse(g).unwrap())
        .collect()
}

/// The statement of an act, and who signs it.
fn statement(act: &Act, state: &State) -> (Statement, u8) {
    let seed = MAKERS[act.maker];
    let maker = maker(seed);
    let product = ProductId::of(&maker, MODELS[act.model]);
    let gtin = Gtin14::parse(GTINS[act.maker]).unwrap();
    let on = from_days(20_000 - act.late).unwrap();
    let end = day(&format!("{}-05-31", act.years));
    let found = state.product(&product);
    let declaration = found.map_or(act.index, |p| p.declared_at);
    let document = Digest([act.numbers; 32]);
    // Mostly who may sign it, sometimes somebody else.
    let own = if act.coin { seed } else { seed + 10 };
    let someone = [seed, seed + 10, REGISTER, AUTHORITY, LAB, own, own, own, own][act.signer];
    let office = if act.signer == 0 { seed } else { [REGISTER, AUTHORITY][usize::from(act.coin)] };
    let next = key(seed + 10).public();
    let mut makers: Vec<MakerId> = state.by_gtin(gtin).iter().map(|p| p.declaration.maker).collect();
    makers.sort();
    match act.kind {
        0 => (registration(seed, "Example Ltd"), seed),
        1 => (Statement::KeyAdded(KeyAdded { maker, key: next, on }), someone),
        2 => {
            let key = if act.coin { key(seed).public() } else { next };
            (Statement::KeyRetired(KeyRetired { maker, key, on }), someone)
        }
        3..=7 => {
            let mut declared = crate::story::declaration(seed);
            declared.product.model = MODELS[act.model].into();
            declared.product.gtins = gtins(act.numbers);
            declared.support.end = Some(end).filter(|_| act.signer > 0);
            if act.signer == 0 {
                declared.claims.insert("ts103645-v1.1.1:4.3-4".into(), Claim::No);
            }
            declared.on = on;
            (Statement::Declared(Box::new(declared)), own)
        }
        8 => (Statement::SupportExtended(SupportExtended { maker, product, declaration, end, on }), own),
        9 => (Statement::Withdrawn(Withdrawn { maker, product, declaration, on }), own),
        10 => {
            let change = Change::Name(format!("Camera {}", act.numbers));
            (
                Statement::Corrected(Corrected {
                    maker,
                    corrects: declaration,
                    product: Some(product),
                    change,
                    on,
                }),
                own,
            )
        }
        11 => {
            let promised = found.and_then(|p| p.promised).unwrap_or(end);
            let fact = Fact::SupportShortened { promised, shown: Some(end) };
            (Statement::Observed(Observed { product, fact, on }), REGISTER)
        }
        12 => (Statement::GtinDisputed(GtinDisputed { gtin, makers, on }), office),
        13 => {
            let holder = Some(maker).filter(|_| act.coin);
            let all = MAKERS.map(crate::story::maker);
            let mut against: Vec<MakerId> = all.into_iter().filter(|m| Some(*m) != holder).collect();
            against.retain(|m| makers.contains(m) || act.numbers == 7);
            against.sort();
            (Statement::GtinDecided(GtinDecided { gtin, holder, against, document, on }), office)
        }
        14 => {
            let label = found.and_then(|p| p.schemes.get(SCHEME)?.label.as_ref().map(|(at, _)| *at));
            let (label, scheme) = (label.unwrap_or(act.index), SCHEME.to_owned());
            (Statement::LabelSuspended(LabelSuspended { product, scheme, label, document, on }), office)
        }
        15 => {
            let about = Some(product).filter(|_| act.coin);
            (
                Statement::NoticeServed(NoticeServed {
                    maker,
                    product: about,
                    notice: Notice::Recall,
                    document,
                    on,
                }),
                AUTHORITY,
            )
        }
        16 | 17 => {
            let lifts = state.imposed().next().map_or(act.index, |(index, _)| index);
            (Statement::NoticeLifted(NoticeLifted { lifts, document, on }), office)
        }
        18 => {
            let advisory = format!("A-{}", act.numbers);
            let address = "https://hearth.example/a".to_owned();
            (
                Statement::AdvisoryPublished(AdvisoryPublished {
                    maker,
                    product,
                    advisory,
                    address,
                    sha256: document,
                    on,
                }),
                own,
            )
        }
        _ => (Statement::ReceiptDigest(ReceiptDigest { receipt: document, on }), REGISTER),
    }
}

fn promises(state: &State) -> BTreeMap<(MakerId, String), Option<assay::date::Date>> {
    state
        .products()
        .map(|p| ((p.declaration.maker, p.declaration.product.model.clone()), p.promised))
        .collect()
}

#[test]
fn whatever_is_folded_the_laws_hold() {
    let cases = if std::env::var_os("ASSAY_LONG").is_some() { 4_000 } else { 48 };
    let counts = std::cell::Cell::new((0_u32, 0_u32));
    proptest!(ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }, |(acts in prop::collection::vec(act(), 1..60))| {
        let mut state = empty();
        let mut entries: Vec<Vec<u8>> = Vec::new();
        for seed in MAKERS {
            let bytes = registration(seed, "Example Ltd").sign(&key(seed), LOG).unwrap();
            state.append(&bytes).unwrap();
            entries.push(bytes);
        }
        for act in &acts {
            let (said, signer) = statement(act, &state);
            let before = state.clone();
            let mut next = vec![said.sign(&key(signer), LOG).unwrap()];
            if state.append(&next[0]).is_err() {
                prop_assert_eq!(format!("{before:?}"), format!("{state:?}"), "a refusal changes nothing");
                counts.set((counts.get().0, counts.get().1 + 1));
                continue;
            }
            counts.set((counts.get().0 + 1, counts.get().1));
            // A register's clock is not behind its own log.
            let today = from_days(20_000).unwrap();
            let today = state.newest().map_or(today, |newest| newest.max(today));
            for follows in state.follow_ups(&said, today) {
                let bytes = follows.sign(&key(REGISTER), LOG).unwrap();
                let accepted = state.append(&bytes);
                prop_assert!(accepted.is_ok(), "{:?} follows {:?}", accepted, said);
                next.push(bytes);
            }
            entries.extend(next);
            prop_assert_eq!(state.size(), entries.len() as u64);
            prop_assert_eq!(state.check_laws(), Ok(()));
            let (old, new) = (promises(&before), promises(&state));
            prop_assert!(old.iter().all(|(product, end)| new.get(product).is_some_and(|now| now >= end)), "a promise moved earlier");
            prop_assert!(before.products().all(|p| state.product(&p.id).is_some_and(|now| now.history.len() >= p.history.len())));
        }
        let (mut again, mut replayed) = (empty(), empty());
        for entry in &entries {
            prop_assert!(again.append(entry).is_ok());
            prop_assert!(replayed.replay(Received::parse(entry).unwrap()).is_ok());
        }
        prop_assert_eq!(format!("{again:?}"), format!("{state:?}"));
        prop_assert_eq!(format!("{replayed:?}"), format!("{state:?}"));
        if let [first, .., last] = &entries[..] {
            // The order counts: what rests on another statement does not come before it.
            let mut turned = empty();
            if turned.append(last).is_ok() {
                prop_assert!(Received::parse(last).unwrap().peek().kind() == "maker-registered" || last == first
                    || matches!(Received::parse(last).unwrap().peek().kind(), "receipt-digest"));
            }
        }
    });
    let (accepted, refused) = counts.get();
    eprintln!("{accepted} statements were accepted and {refused} refused");
    assert!(
        accepted > cases * 5 && refused > cases,
        "the sequences say little: {accepted} accepted, {refused} refused"
    );
}
