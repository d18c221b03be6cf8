//! What others are shown: a log that shows one history to one reader and another to the next is caught where two of them
//! compare. Witnesses show what they cosigned last; a mirror or another reader shows what it was given.

use assay_log::checkpoint::{self, VerifiedCheckpoint};
use assay_log::witness;

use super::kept::Kept;
use super::{Look, Report};
use crate::believe::keys_of;
use crate::entries::{Roots, Trouble};
use crate::finding::{Finding, Kind};
use crate::folder::Folder;
use crate::source::Source;

/// Asks every witness of the policy that has an address, and every other address that was given.
pub(super) fn others(
    folder: &Folder,
    kept: &mut Kept,
    roots: &mut Roots,
    look: &Look<'_>,
    shown: &VerifiedCheckpoint,
    report: &mut Report,
) -> Result<(), Trouble> {
    let path = witness::monitor_path(shown.origin());
    let witnesses = look.policy.witnesses().iter().filter_map(|witness| witness.url()?.as_text());
    let mut places: Vec<String> =
        witnesses.map(|url| format!("{}/{path}", url.trim_end_matches('/'))).collect();
    places.extend(look.others.iter().cloned());
    places.sort();
    places.dedup();
    let earlier = "another reader, earlier,";
    let mut notes: Vec<(String, String, u64)> =
        kept.pending.iter().map(|(note, since)| (earlier.to_owned(), note.clone(), *since)).collect();
    let mut later = Vec::new();
    for (place, shown) in ask_all(places) {
        match shown {
            Ok(note) => notes.push((place, note, look.now)),
            Err(why) => report.findings.push(Finding::new(
                Kind::NotCompared,
                format!("what others are shown could not be compared: {why}"),
            )),
        }
    }
    let keys = keys_of(look.policy, shown.origin());
    for (place, note, since) in notes {
        let other = match checkpoint::open_by(&note, shown.origin(), &keys) {
            Ok(other) => other,
            Err(error) => {
                let says = format!("{place} shows no checkpoint that this log signed: {error}");
                report.findings.push(Finding::new(Kind::NotCompared, says));
                continue;
            }
        };
        if other.size() > kept.size {
            report.findings.push(ahead(folder, kept, look, (&place, &note, since), other.size())?);
            later.push((note, since));
            continue;
        }
        let ours = if other.size() == kept.size {
            kept.root.clone()
        } else {
            roots.at(folder, other.size(), kept.size)?.to_string()
        };
        if ours != other.root().to_string() {
            let says = format!(
                "{place} was shown another log: of {} entries the log signed the root {} there, and those it shows here make {ours}",
                other.size(),
                other.root()
            );
            let files =
                [("seen.checkpoint", kept.checkpoint.as_bytes()), ("others.checkpoint", note.as_bytes())];
            report.findings.push(Finding::new(Kind::SplitView, says).with_evidence(folder.path(), &files)?);
        }
    }
    // Only now: what could not be compared because the disk failed is still remembered.
    kept.wait_for(later);
    Ok(())
}

/// What each place shows, in their order. All are asked at once: places that say nothing take the time of one.
fn ask_all(places: Vec<String>) -> Vec<(String, Result<String, String>)> {
    std::thread::scope(|scope| {
        let asked: Vec<_> = places
            .into_iter()
            .map(|place| {
                let url = place.clone();
                (place, scope.spawn(move || Source::note_at(&url)))
            })
            .collect();
        let gone = |place: &str| format!("{place} could not be asked");
        asked
            .into_iter()
            .map(|(place, asking)| {
                let shown = asking.join().unwrap_or_else(|_| Err(gone(&place)));
                (place, shown)
            })
            .collect()
    })
}

/// Somebody was shown more. For a while that is how a log grows; a log that goes on so keeps entries from this reader.
fn ahead(
    folder: &Folder,
    kept: &Kept,
    look: &Look<'_>,
    (place, note, since): (&str, &str, u64),
    size: u64,
) -> Result<Finding, Trouble> {
    let age = look.now.saturating_sub(since);
    let says = format!("{place} was shown {size} entries, and this address shows {}", kept.size);
    if age <= look.stale_after {
        let says = format!("{says}: compared as soon as it does");
        return Ok(Finding::new(Kind::Behind, says));
    }
    let says = format!("{says}, {age} seconds after that was known: entries are kept from you");
    let files = [("seen.checkpoint", kept.checkpoint.as_bytes()), ("others.checkpoint", note.as_bytes())];
    Ok(Finding::new(Kind::Withheld, says).with_evidence(folder.path(), &files)?)
}
