//! The planted batches held against themselves: same seed, same batch; the truth names the right lines; shares are exact;
//! and digests and generators agree with what others published. No detector is asked anything here.

#[expect(clippy::allow_attributes, reason = "each test that mounts this tree uses another part of it")]
#[allow(dead_code, reason = "each test that mounts this tree uses another part of it")]
mod planted;

use std::collections::{BTreeMap, BTreeSet};

use planted::clean::{ALPHABETS, Clean, house_rules, keyed, sound};
use planted::hash;
use planted::rng::{Rng, Shuffle};
use planted::units::{SHAPES, luhn};
use planted::{
    Batch, DUPLICATE, Layout, NONE, Plan, Reach, Scheme, Sight, batch, held_out, held_out_two, known,
};

/// Rows of the file: line number and cells. No planted password has a separator in it, so a plain cut is right.
fn lines(csv: &[u8]) -> Vec<(u64, Vec<Vec<u8>>)> {
    let text = csv.strip_suffix(b"\n").expect("the last line ends");
    let rows = text.split(|b| *b == b'\n').map(|row| row.split(|b| *b == b',').map(<[u8]>::to_vec).collect());
    (1..).zip(rows).collect()
}

fn every_scheme() -> Vec<Scheme> {
    [known::schemes(), held_out::schemes(), held_out_two::schemes(), keyed(), house_rules(), sound()].concat()
}

#[test]
fn the_same_seed_gives_the_same_batch_and_another_seed_another() {
    for scheme in every_scheme() {
        let one = std::slice::from_ref(&scheme);
        let (a, b) = (batch(one, 100, 0.5, 7), batch(one, 100, 0.5, 7));
        assert_eq!(a.csv, b.csv, "{scheme:?}");
        assert_eq!(a.truth, b.truth, "{scheme:?}");
        assert_ne!(a.csv, batch(one, 100, 0.5, 8).csv, "{scheme:?}");
    }
}

#[test]
fn a_row_can_be_made_without_the_ones_before_it() {
    for scheme in [&known::schemes()[0], &held_out::schemes()[0]] {
        let plan = Plan::new(std::slice::from_ref(scheme), 500, 0.3, 3);
        let rows: Vec<_> = plan.rows().map(|row| (row.password, row.planted)).collect();
        for at in [499, 0, 250] {
            let row = plan.row(at);
            assert_eq!((row.password, row.planted), rows[at as usize]);
        }
    }
}

#[test]
fn the_file_has_a_heading_a_line_a_unit_and_six_cells() {
    for seed in 0..40 {
        let rows = lines(&batch(&[], 300, 1.0, seed).csv);
        assert_eq!(rows.len(), 301);
        assert!(rows.iter().all(|(_, cells)| cells.len() == 6));
        assert_eq!(rows[0].1.join(&b','), b"serial,mac,ssid,model,date,password");
    }
    for scheme in every_scheme() {
        for shape in SHAPES {
            let plan = Plan::new(std::slice::from_ref(&scheme), 40, 1.0, shape as u64).shape(shape);
            let Batch { csv, truth } = plan.batch();
            assert!(lines(&csv).iter().all(|(_, cells)| cells.len() == 6), "{scheme:?}");
            assert_eq!(truth.len() as u64, plan.each(), "{scheme:?}");
        }
    }
}

#[test]
fn serials_and_addresses_are_unique_and_run_up_with_the_number() {
    for shape in SHAPES {
        let plan = Plan::new(&[], 20_000, 1.0, 11).shape(shape).shuffled();
        let mut units: Vec<_> = plan.rows().map(|row| row.unit).collect();
        assert!(units.iter().any(|u| u.row != u.number), "the file is shuffled");
        units.sort_by_key(|u| u.number);
        for pair in units.windows(2) {
            assert!(pair[0].serial < pair[1].serial, "{shape:?}: {} {}", pair[0].serial, pair[1].serial);
            assert!(pair[0].mac < pair[1].mac && pair[0].date <= pair[1].date);
        }
    }
}

#[test]
fn the_truth_names_every_line_that_differs_from_the_clean_batch_and_no_other() {
    for scheme in every_scheme().iter().filter(|s| s.kind != NONE) {
        for share in [0.02, 0.4] {
            let plan = Plan::new(std::slice::from_ref(scheme), 500, share, 5);
            let Batch { csv, truth } = plan.batch();
            let named: BTreeSet<u64> = truth.iter().map(|p| p.line).collect();
            let differing: BTreeSet<u64> = lines(&csv)
                .into_iter()
                .skip(1)
                .filter(|(line, cells)| cells[5] != plan.clean_password(line - 2))
                .map(|(line, _)| line)
                .collect();
            assert_eq!(named, differing, "{scheme:?}");
            assert_eq!(named.len() as u64, plan.each(), "{scheme:?}");
        }
    }
}

#[test]
fn a_planted_password_is_no_clean_one_unless_it_is_a_duplicate() {
    for scheme in every_scheme().iter().filter(|s| s.kind != NONE && s.twin.is_none()) {
        let plan = Plan::new(std::slice::from_ref(scheme), 1_000, 0.5, 9);
        let (planted, clean): (Vec<_>, Vec<_>) = plan.rows().partition(|row| row.planted.is_some());
        let clean: BTreeSet<_> = clean.into_iter().map(|row| row.password).collect();
        assert!(planted.iter().all(|row| !clean.contains(&row.password)), "{scheme:?}");
    }
}

#[test]
fn a_twin_stands_on_the_line_the_truth_says() {
    let twice: Vec<_> = known::schemes().into_iter().filter(|s| s.twin.is_some()).collect();
    assert!(twice.len() >= 2 && twice.iter().all(|s| s.kind == DUPLICATE));
    for scheme in &twice {
        for (rows, share) in [(2, 1.0), (1_000, 1e-3), (1_000, 1.0), (100_000, 1e-6)] {
            let Batch { csv, truth } = batch(std::slice::from_ref(scheme), rows, share, 4);
            let cells = lines(&csv);
            for planted in truth {
                let twin = planted.twin.expect("this scheme prints one twice");
                assert_ne!(twin, planted.line);
                assert_eq!(
                    cells[twin as usize - 1].1[5],
                    cells[planted.line as usize - 1].1[5],
                    "{scheme:?}"
                );
            }
        }
    }
}

#[test]
fn shares_are_exact_and_schemes_in_one_batch_do_not_meet() {
    let scattered: Vec<_> =
        known::schemes().into_iter().filter(|s| s.layout == Layout::Scattered).take(7).collect();
    for (rows, share, each) in [(10_000, 1e-3, 10), (10_000, 1e-6, 1), (700, 1.0, 100), (10_000, 0.05, 500)] {
        let mut count = BTreeMap::new();
        let mut lines = BTreeSet::new();
        for planted in batch(&scattered, rows, share, 2).truth {
            *count.entry(planted.scheme).or_insert(0) += 1;
            assert!(lines.insert(planted.line) && planted.line >= 2 && planted.line <= rows + 1);
        }
        assert_eq!(count, (0..7).map(|s| (s, each)).collect());
    }
}

#[test]
fn runs_follow_each_other_in_the_order_that_the_layout_names() {
    for scheme in every_scheme() {
        let plan = Plan::new(std::slice::from_ref(&scheme), 3_000, 0.01, 6);
        let units: Vec<_> = plan.rows().filter(|row| row.planted.is_some()).map(|row| row.unit).collect();
        let mut at: Vec<u64> = match scheme.layout {
            Layout::Scattered => continue,
            Layout::Run => units.iter().map(|u| u.row).collect(),
            Layout::SerialRun => units.iter().map(|u| u.number).collect(),
            Layout::Alternate => units.iter().map(|u| u.row / 2).collect(),
        };
        at.sort_unstable();
        assert!(at.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{scheme:?}");
    }
}

#[test]
fn a_plan_of_ten_million_rows_holds_nothing() {
    let schemes = held_out::schemes();
    let scheme = schemes.iter().find(|s| s.reach == Reach::Sampled).expect("there are many");
    let plan = Plan::new(std::slice::from_ref(scheme), 10_000_000, 1e-6, 1);
    assert_eq!(plan.each(), 10);
    let (far, last) = (plan.row(9_999_998), plan.row(9_999_999));
    assert_eq!(last.unit.number, 9_999_999);
    assert!(far.unit.serial < last.unit.serial && last.unit.mac - far.unit.mac == 1);
}

#[test]
fn clean_passwords_have_sixty_bits_and_never_repeat() {
    for clean in ALPHABETS {
        assert!(clean.bits() >= 60.0, "{clean:?} has {}", clean.bits());
        let plan = Plan::new(&[], 20_000, 1.0, 13).clean(clean);
        let all: BTreeSet<_> = plan.rows().map(|row| row.password).collect();
        assert_eq!(all.len(), 20_000, "{clean:?}");
    }
    assert!(ALPHABETS.contains(&Clean::Words));
}

#[test]
fn keyed_and_ruled_passwords_never_repeat_either() {
    for scheme in [keyed(), house_rules()].concat() {
        assert!(scheme.kind == NONE && scheme.reach == Reach::EveryRow);
        let plan = Plan::new(std::slice::from_ref(&scheme), 20_000, 1.0, 14);
        let all: BTreeSet<_> = plan.rows().map(|row| row.password).collect();
        assert_eq!(all.len(), 20_000, "{scheme:?}");
        assert!(all.iter().all(|password| password.len() >= 11), "{scheme:?}");
    }
}

#[test]
fn every_kind_is_planted_and_thirty_schemes_and_more_are_held_out() {
    let (known, held) = (known::schemes(), held_out::schemes());
    let kinds: BTreeSet<_> = known.iter().chain(&held).map(|s| s.kind).collect();
    for kind in [
        planted::UNIVERSAL,
        planted::DUPLICATE,
        planted::INCREMENTAL,
        planted::SERIAL,
        planted::MAC,
        planted::PUBLIC,
        planted::COMMON,
        planted::WEAK,
        planted::REGULAR,
    ] {
        assert!(kinds.contains(kind), "{kind}");
    }
    assert!(held.len() >= 30 && held.iter().all(|s| s.id.starts_with("held-")));
    assert!(held.iter().filter(|s| s.sight == Sight::Structure).count() >= 30);
    assert!(known.iter().all(|s| !s.id.starts_with("held-")));
    let ids: BTreeSet<_> = every_scheme().into_iter().map(|s| s.id).collect();
    assert_eq!(ids.len(), every_scheme().len(), "ids are unique");
    assert!(every_scheme().iter().all(|s| !s.why.is_empty() && s.answers(s.kind)));
}

#[test]
fn what_should_differ_from_unit_to_unit_does() {
    // A scheme that gave most units the same would be another fault than the one it names.
    let mut alike = Vec::new();
    let few = [planted::UNIVERSAL, planted::COMMON, planted::WEAK, planted::PUBLIC, DUPLICATE];
    for scheme in every_scheme() {
        if few.contains(&scheme.kind) || scheme.answers(DUPLICATE) {
            continue;
        }
        for shape in SHAPES {
            let plan = Plan::new(std::slice::from_ref(&scheme), 400, 0.9, 21).shape(shape);
            let planted: Vec<_> =
                plan.rows().filter(|row| row.planted.is_some()).map(|row| row.password).collect();
            let different: BTreeSet<_> = planted.iter().collect();
            if different.len() * 3 < planted.len() {
                alike.push(format!("{scheme:?} in {shape:?}: {}", different.len()));
            }
        }
    }
    assert!(alike.is_empty(), "{alike:#?}");
}

#[test]
fn chance_is_even_and_shuffles_lose_nothing() {
    let mut rng = Rng::new(1);
    let mut count = [0_u32; 62];
    (0..62_000).for_each(|_| count[rng.below(62) as usize] += 1);
    // Chi-square with 61 degrees of freedom; 1 in a million lies above 128.
    let chi: f64 = count.iter().map(|n| (f64::from(*n) - 1000.0).powi(2) / 1000.0).sum();
    assert!(chi < 128.0, "{chi}");
    assert!((0..1000).all(|_| rng.below(1_000_003) < 1_000_003));
    for end in [1, 2, 3, 10, 1_000, 65_537] {
        let shuffle = Shuffle::new(end, &mut rng);
        let mut places: Vec<u64> = (0..end).map(|n| shuffle.place(n)).collect();
        assert!((0..end).all(|n| shuffle.back(places[n as usize]) == n));
        places.sort_unstable();
        assert!(places.into_iter().eq(0..end));
    }
}

#[test]
fn digests_agree_with_published_values() {
    use planted::encode::{BASE32, BASE64, DIGITS, big, grouped, hex};
    assert_eq!(hex(&hash::md5("abc")), "900150983cd24fb0d6963f7d28e17f72");
    assert_eq!(hex(&hash::sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
    // FIPS 202 examples, SHA3-256
    assert_eq!(
        hex(&hash::sha3_256("abc")),
        "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"
    );
    assert_eq!(hex(&hash::sha3_256("")), "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
    // RFC 4231, case 2
    assert_eq!(
        hex(&hash::hmac_sha256(b"Jefe", "what do ya want for nothing?")),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
    // The check values of the CRC catalogue and of RFC 1950's own example
    assert_eq!(hex(&hash::crc32("123456789")), "cbf43926");
    assert_eq!(hash::crc16(b"123456789"), 0x29b1);
    assert_eq!(hash::adler32(b"Wikipedia"), 0x11e6_0398);
    assert_eq!(hash::fnv1a(b"foobar"), 0xbf9c_f968);
    assert_eq!(hash::java_hash(b"hello"), 99_162_322);
    // RFC 4648, without `=`
    assert_eq!(grouped(b"foobar", BASE64), "Zm9vYmFy");
    assert_eq!(grouped(b"fooba", BASE64), "Zm9vYmE");
    assert_eq!(grouped(b"foob", BASE32), "MZXW6YQ");
    assert_eq!(big(&[1, 0, 0], DIGITS), "65536");
    assert_eq!(luhn("7992739871"), 3);
}

#[test]
fn generators_agree_with_published_values() {
    // The first outputs of MT19937 seeded with 5489, and its ten-thousandth (C++ standard, [rand.predef]).
    let mut twister = known::weak::Mersenne::new(5489);
    assert_eq!(twister.word(), 3_499_211_612);
    assert_eq!((0..9_999).map(|_| twister.word()).last(), Some(4_123_659_995));
}

#[test]
fn published_router_algorithms_give_the_published_examples() {
    use held_out::published::{comtrend, easybox, eircom, speedtouch};
    assert_eq!(easybox(0x0012_bf91_0bec), "F9C8C9DEF");
    assert_eq!(eircom(0x000f_cc59_b09c), "29b2e9560b3a83a187ec5f2057");
    assert_eq!(comtrend("64680C00", "1234", 0x001a_2b11_2233), "9e701814299bf841e288");
    assert_eq!(comtrend("3872C0FF", "1234", 0x001a_2b11_2233), "cb20cce51c5bc7457e08");
    assert_eq!(speedtouch("06", "15", "109"), "742DA831D2");
}
