//! What changed from one snapshot to another, for shops that fetch one a day. It is not signed: whoever has the older snapshot
//! makes the newer one of it, byte by byte, and opens that by its own signature. `docs/formats/snapshot.md` has every byte.

use std::collections::BTreeMap;

use super::index::Found;
use super::pack::{Builder, StandingId};
use super::record::{Rare, Standing};
use super::{Header, MAGIC, Snapshot, SnapshotError, exact};
use crate::cbor;
use crate::cose;
use crate::date::{from_days, to_days};
use crate::gtin::Gtin14;
use crate::key::PublicKey;

/// Every delta begins with this.
const DELTA: &[u8] = b"ASSAYDELTA1\n";

/// What happens to a number, in the lowest two bits of a step.
const REMOVED: u64 = 0;
const CHANGED: u64 = 1;
const ADDED: u64 = 2;

/// What stands for a number beyond its standing's table.
type Value = (u32, Option<i32>, Vec<u64>, Option<Rare>);

impl Snapshot {
    /// What changed from this snapshot to a newer one.
    #[must_use]
    pub fn delta(&self, newer: &Self) -> Vec<u8> {
        let mut out = DELTA.to_vec();
        out.extend_from_slice(self.header.body_sha256.as_bytes());
        number(&mut out, newer.signed.len() as u64);
        out.extend_from_slice(&newer.signed);
        number(&mut out, newer.index.standings.len() as u64);
        for (rare, standing) in &newer.index.standings {
            let standing = cbor::to_bytes(standing);
            out.push(u8::from(*rare));
            number(&mut out, standing.len() as u64);
            out.extend_from_slice(&standing);
        }
        let mut steps = Vec::new();
        let count = self.steps(newer, &mut steps);
        number(&mut out, count);
        out.extend_from_slice(&steps);
        let (old, new): (Vec<_>, Vec<_>) = (self.models().collect(), newer.models().collect());
        for (from, without) in [(&old, &new), (&new, &old)] {
            let only: Vec<_> = from.iter().filter(|model| without.binary_search(model).is_err()).collect();
            number(&mut out, only.len() as u64);
            for (fingerprint, gtin) in only {
                out.extend_from_slice(&fingerprint.to_le_bytes());
                number(&mut out, gtin.payload());
            }
        }
        out
    }

    /// Writes the steps; says how many.
    fn steps(&self, newer: &Self, out: &mut Vec<u8>) -> u64 {
        let codes = self.codes_of(newer);
        let mut count = 0;
        let (mut old, mut new) = (self.numbers().peekable(), newer.numbers().peekable());
        let (mut same, mut before, mut day) = (0u64, 0u64, 0i64);
        loop {
            let kind = match (old.peek(), new.peek()) {
                (None, None) => return count,
                (Some(_), None) => REMOVED,
                (None, Some(_)) => ADDED,
                (Some((a, _)), Some((b, _))) if a < b => REMOVED,
                (Some((a, _)), Some((b, _))) if a > b => ADDED,
                (Some((_, a)), Some((_, b))) if self.alike(newer, *a, *b, &codes) => {
                    before = old.next().map_or(0, |(payload, _)| payload);
                    new.next();
                    same += 1;
                    continue;
                }
                (Some(_), Some(_)) => CHANGED,
            };
            number(out, same << 2 | kind);
            (same, count) = (0, count + 1);
            let was = if kind == ADDED { None } else { old.next() };
            if kind == REMOVED {
                before = was.map_or(before, |(payload, _)| payload);
                continue;
            }
            let Some((payload, found)) = new.next() else { return count };
            if kind == ADDED {
                number(out, payload - before);
            }
            before = payload;
            newer.value(out, found, &mut day);
        }
    }

    /// The fingerprints of brands and models, each with its number.
    fn models(&self) -> impl Iterator<Item = (u64, Gtin14)> {
        let number = |rank: u32| self.index.at(rank as usize).map(|(payload, _)| Gtin14::of_payload(payload));
        self.index
            .models()
            .filter_map(move |(fingerprint, rank)| number(rank).map(|gtin| (fingerprint, gtin)))
    }

    /// For each of our standings that of the newer snapshot which says the same.
    fn codes_of(&self, newer: &Self) -> Vec<Option<u32>> {
        let known: BTreeMap<Vec<u8>, u32> =
            (0..).zip(&newer.index.standings).map(|(at, both)| (cbor::to_bytes(both), at)).collect();
        self.index.standings.iter().map(|both| known.get(&cbor::to_bytes(both)).copied()).collect()
    }

    fn alike(&self, newer: &Self, a: Found, b: Found, codes: &[Option<u32>]) -> bool {
        codes.get(a.code as usize) == Some(&Some(b.code))
            && self.day(a.day) == newer.day(b.day)
            && self.rare(a.rank) == newer.rare(b.rank)
            && self.index.statements(a.rank as usize) == newer.index.statements(b.rank as usize)
    }

    /// Writes what stands for a number.
    fn value(&self, out: &mut Vec<u8>, found: Found, before: &mut i64) {
        number(out, u64::from(found.code));
        match self.day(found.day).map(|day| i64::from(to_days(day))) {
            None => number(out, 0),
            Some(day) => {
                let step = day - *before;
                // Zigzag: 0, -1, 1, -2 and so on are 0, 1, 2, 3.
                number(out, 1 + ((step << 1) ^ (step >> 63)) as u64);
                *before = day;
            }
        }
        self.index.statements(found.rank as usize).into_iter().for_each(|statement| number(out, statement));
        if let Some(rare) = self.rare(found.rank) {
            let rare = cbor::to_bytes(rare);
            number(out, rare.len() as u64);
            out.extend_from_slice(&rare);
        }
    }

    /// Makes the newer snapshot's file of this one and what changed. It is not to be believed before it was opened.
    ///
    /// # Errors
    /// [`SnapshotError::Delta`]: another kind of file, one for another snapshot, or one that is not as the format says;
    /// [`SnapshotError::Signature`]: the newer header is signed by none of the trusted keys, before anything is made of the rest.
    pub fn apply(&self, delta: &[u8], trusted: &[PublicKey], origin: &str) -> Result<Vec<u8>, SnapshotError> {
        let error = |what: &str| SnapshotError::Delta(what.to_owned());
        let rest =
            delta.strip_prefix(DELTA).ok_or_else(|| error("this is none: it begins with ASSAYDELTA1"))?;
        let mut from = Reader(rest);
        if from.take(64)? != self.header.body_sha256.as_bytes() {
            return Err(error("it is made for another snapshot than this one: fetch the whole file"));
        }
        let signed = from.text(cose::MAX_BYTES)?.to_vec();
        let (header, _) = Header::open(&signed, trusted, origin)?;
        let mut builder = Builder::default();
        let standings = from.standings(&mut builder)?;
        self.apply_steps(&mut from, &standings, &mut builder, header.records)?;
        let models = from.models()?;
        let added = from.models()?;
        let kept = self.models().filter(|model| models.binary_search(model).is_err());
        kept.chain(added).for_each(|(fingerprint, gtin)| builder.add_model(fingerprint, gtin));
        if !from.0.is_empty() {
            return Err(error("something follows behind its end"));
        }
        let body = builder.body()?;
        let length = u32::try_from(signed.len()).map_err(|_| error("its header is too long"))?;
        Ok([MAGIC, &length.to_be_bytes(), &signed, &body].concat())
    }

    fn apply_steps(
        &self,
        from: &mut Reader<'_>,
        standings: &[(bool, StandingId, usize)],
        builder: &mut Builder,
        records: u64,
    ) -> Result<(), SnapshotError> {
        let error = |what: &str| SnapshotError::Delta(what.to_owned());
        let ours: Vec<StandingId> = self.index.standings.iter().map(|(_, s)| builder.standing(s)).collect();
        let keep = |builder: &mut Builder, (payload, found): (u64, Found)| {
            let Some(standing) = ours.get(found.code as usize) else { return };
            let rare = self.rare(found.rank).cloned().unwrap_or_default();
            let statements = self.index.statements(found.rank as usize);
            builder.push(Gtin14::of_payload(payload), *standing, self.day(found.day), rare, statements);
        };
        let mut old = self.numbers();
        let (mut before, mut day) = (0u64, 0i64);
        for _ in 0..from.number()? {
            let step = from.number()?;
            for _ in 0..step >> 2 {
                let same = old.next().ok_or_else(|| error("it counts more numbers than there are"))?;
                before = same.0;
                keep(builder, same);
            }
            match step & 3 {
                ADDED => {
                    let payload = before.checked_add(from.number()?).filter(|p| *p < 10u64.pow(13));
                    before = payload.ok_or_else(|| error("a number in it has more than 13 digits"))?;
                }
                REMOVED | CHANGED => {
                    before = old.next().ok_or_else(|| error("it counts more numbers than there are"))?.0;
                }
                _ => return Err(error("it has a step of a kind that does not exist")),
            }
            if step & 3 != REMOVED {
                let (code, until, statements, rare) = from.value(standings, &mut day)?;
                let Some((_, standing, _)) = standings.get(code as usize) else { return Err(error(CODE)) };
                let until = until.and_then(from_days);
                builder.push(
                    Gtin14::of_payload(before),
                    *standing,
                    until,
                    rare.unwrap_or_default(),
                    statements,
                );
            }
            if builder.len() as u64 > records {
                return Err(error("it has more numbers than the header that it brings"));
            }
        }
        old.for_each(|same| keep(builder, same));
        Ok(())
    }
}

const CODE: &str = "it names a standing that is not in its table";

/// Writes a number in as few groups of seven bits as hold it, the lowest first; the highest bit says that another follows.
fn number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// What is left of a delta.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], SnapshotError> {
        let cut = self.0.split_at_checked(count);
        let (taken, rest) = cut.ok_or_else(|| SnapshotError::Delta("it is cut off".into()))?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u64, SnapshotError> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(SnapshotError::Delta("a number in it has more than 64 bits".into()))
    }

    /// So many bytes as the number before them says, and no more than that.
    fn text(&mut self, most: usize) -> Result<&'a [u8], SnapshotError> {
        let length = usize::try_from(self.number()?).ok().filter(|length| *length <= most);
        self.take(length.ok_or_else(|| SnapshotError::Delta("a part of it is too long".into()))?)
    }

    /// The standings: whether something rare stands beside it, its place in the builder, how many statements it has.
    fn standings(&mut self, builder: &mut Builder) -> Result<Vec<(bool, StandingId, usize)>, SnapshotError> {
        let mut all = Vec::new();
        for _ in 0..self.number()? {
            let rare = self.take(1)?[0] == 1;
            let bytes = self.text(usize::from(u16::MAX))?;
            let standing: Standing =
                exact(bytes).map_err(|e| SnapshotError::Delta(format!("a standing cannot be read: {e}")))?;
            all.push((rare, builder.standing(&standing), standing.labelled().count()));
        }
        Ok(all)
    }

    fn value(
        &mut self,
        standings: &[(bool, StandingId, usize)],
        before: &mut i64,
    ) -> Result<Value, SnapshotError> {
        let error = |what: &str| SnapshotError::Delta(what.to_owned());
        let code = u32::try_from(self.number()?).map_err(|_| error(CODE))?;
        let (is_rare, _, labelled) = standings.get(code as usize).ok_or_else(|| error(CODE))?;
        let until = match self.number()?.checked_sub(1) {
            None => None,
            Some(step) => {
                let step = (step >> 1) as i64 ^ -((step & 1) as i64);
                let day = before.checked_add(step).and_then(|day| i32::try_from(day).ok());
                let day = day
                    .filter(|day| from_days(*day).is_some())
                    .ok_or_else(|| error("a day in it does not exist"))?;
                *before = i64::from(day);
                Some(day)
            }
        };
        let statements = (0..*labelled).map(|_| self.number()).collect::<Result<_, _>>()?;
        let rare = if *is_rare {
            let bytes = self.text(usize::from(u16::MAX))?;
            Some(
                exact(bytes)
                    .map_err(|e| SnapshotError::Delta(format!("something rare cannot be read: {e}")))?,
            )
        } else {
            None
        };
        Ok((code, until, statements, rare))
    }

    fn models(&mut self) -> Result<Vec<(u64, Gtin14)>, SnapshotError> {
        let mut all = Vec::new();
        for _ in 0..self.number()? {
            let fingerprint = self.take(8)?.first_chunk::<8>().map_or(0, |word| u64::from_le_bytes(*word));
            let payload = Some(self.number()?).filter(|payload| *payload < 10u64.pow(13));
            let payload = payload
                .ok_or_else(|| SnapshotError::Delta("a number in it has more than 13 digits".into()))?;
            all.push((fingerprint, Gtin14::of_payload(payload)));
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_and_too_long_ones_do_not() {
        for wanted in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut out = Vec::new();
            number(&mut out, wanted);
            let mut reader = Reader(&out);
            assert_eq!((reader.number(), reader.0.len()), (Ok(wanted), 0));
        }
        assert!(Reader(&[0xff; 10]).number().is_err());
        assert!(Reader(&[0xff, 0xff]).number().is_err());
    }
}
