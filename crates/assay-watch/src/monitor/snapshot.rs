//! The shop's file is signed by the register and not by the log: what it says has to be what the log says. A mirror shows
//! none.

use assay::snapshot::Snapshot;

use super::judge::Judge;
use super::kept::Kept;
use super::{Look, Report};
use crate::entries::Trouble;
use crate::finding::{Finding, Kind};
use crate::folder::Folder;
use crate::source::SourceError;

/// The longest snapshot that is compared: some two hundred thousand products.
const MOST: u64 = 64 << 20;

/// Compares what `/snapshot` shows with the fold, where it is of the entries that were read. A larger one is compared at a
/// later look, a smaller one was made before and is not wrong for that.
pub(super) fn compare(
    folder: &Folder,
    kept: &Kept,
    judge: &Judge,
    look: &Look<'_>,
    report: &mut Report,
) -> Result<(), Trouble> {
    let Some(state) = judge.folded() else { return Ok(()) };
    let bytes = match look.source.get("snapshot", MOST) {
        Ok(bytes) => bytes,
        Err(SourceError::Missing(_)) => return Ok(()),
        Err(said) => {
            let says = format!("the snapshot was not compared with the log: {said}");
            report.findings.push(Finding::new(Kind::NotCompared, says));
            return Ok(());
        }
    };
    let says = match Snapshot::open(&bytes, &judge.keys().register, &kept.origin) {
        Err(error) => Some(format!("the snapshot is none of this register: {error}")),
        Ok(snapshot) if snapshot.header().log_size != kept.size => None,
        Ok(snapshot) if snapshot.header().root != kept.root => {
            Some(format!("the snapshot names another root of {} entries than the log", kept.size))
        }
        Ok(snapshot) => {
            let ours = {
                let mut records = state.records();
                records.sort_by_key(|record| record.gtin);
                records
            };
            let theirs = snapshot.records();
            let gtins = ours.iter().chain(theirs).map(|record| record.gtin);
            let other = gtins.filter(|gtin| {
                let mine = ours.binary_search_by_key(gtin, |record| record.gtin).ok();
                mine.map(|at| &ours[at]) != snapshot.lookup(*gtin)
            });
            (ours != theirs).then(|| {
                let first = other.min().map(|gtin| format!(", first of GTIN {gtin}")).unwrap_or_default();
                format!("the snapshot says something else than the {} entries it names{first}", kept.size)
            })
        }
    };
    if let Some(says) = says {
        let finding = Finding::new(Kind::SnapshotDiffers, says);
        report.findings.push(finding.with_evidence(folder.path(), &[("shown.snapshot", &bytes)])?);
    }
    Ok(())
}
