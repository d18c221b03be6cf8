//! A backup that is cut off while it is brought up to date: the earlier one, or the new one, can be restored.

use std::time::Instant;

use super::disk::{Disk, Survives, lay_out};
use super::driver::Kind;
use super::shim::{scratch, shim};
use super::{Ground, trace::Op};
use crate::testing::chance::{Chance, is_long, seed, tell};
use crate::testing::*;
use crate::{Register, upkeep};

#[tokio::test]
async fn a_backup_that_is_cut_off_leaves_one_that_can_be_restored() {
    if shim().is_none() {
        return;
    }
    let (begun, mut ground) = (Instant::now(), Ground::new());
    ground.drive("register 0 3 close,backup 0 0 stay", None, false);
    let first = ground.known.clone();
    assert_eq!(first.acknowledged.len(), 3);
    ground.drive("register 3 6 close", None, false);
    let mut disk = Disk::of(&ground.root());
    ground.drive("backup 0 0 leave", None, true);
    let ops = ground.traced();
    let (every, samples) = if is_long() { (1, 12) } else { (3, 1) };
    let (place, mut states, mut newer) = (scratch(), 0, 0);
    for (nth, op) in ops.iter().enumerate() {
        disk.apply(op);
        if matches!(op, Op::Said(_)) || nth % every != 0 {
            continue;
        }
        let random = (0..samples).map(|n| Survives::Some(Chance::new(seed() << 32 | (nth as u64) << 8 | n)));
        for survives in [Survives::Nothing, Survives::Everything].into_iter().chain(random) {
            let root = place.path().join("state");
            lay_out(&disk.state(survives.clone()), &root);
            let restored = root.join("restored");
            let size = upkeep::restore(&root.join("backup"), &restored, None).await;
            let size = size.unwrap_or_else(|e| panic!("after change {nth}, {survives:?}: {e}"));
            assert!([7, 16].contains(&size), "{size}");
            let register = Register::open(config(restored)).await.unwrap();
            for (n, index) in &first.acknowledged {
                assert_eq!(register.entry(*index).await.unwrap(), Some(Kind::Register.statement(*n)));
            }
            assert_eq!(register.check_log().await.unwrap().size, size);
            register.close().await;
            (states, newer) = (states + 1, newer + usize::from(size == 16));
        }
    }
    assert!(0 < newer && newer < states, "{newer} of {states}");
    let took = begun.elapsed().as_secs_f64();
    tell(&format!("backups: {} changes, {states} states, {newer} of them newer, {took:.1} s", ops.len()));
}
