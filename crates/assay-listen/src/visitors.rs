//! Who has how many connections open.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// How many connections each visitor has open.
#[derive(Clone, Default)]
pub(crate) struct Visitors(Arc<Mutex<BTreeMap<IpAddr, usize>>>);

/// A connection that is counted until it is dropped.
pub(crate) struct Visit(Visitors, IpAddr);

impl Visitors {
    /// One more connection of this address, unless it has as many as it may have.
    pub(crate) fn admit(&self, from: IpAddr, most: usize) -> Option<Visit> {
        let from = customer(from);
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(from).or_default();
        (*count < most).then(|| {
            *count += 1;
            Visit(self.clone(), from)
        })
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let mut open = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        match open.get_mut(&self.1) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(open.remove(&self.1)),
        }
    }
}

/// The address, without what its holder can choose: of IPv6 the first 64 bits, which is what one customer is given at
/// least. An IPv4 address in IPv6 clothes is the IPv4 address.
#[must_use]
pub fn customer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => IpAddr::from((u128::from(six) >> 64 << 64).to_be_bytes()),
        four @ IpAddr::V4(_) => four,
    }
}
