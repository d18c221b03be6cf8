//! How many requests one address may make in a minute. What is remembered is bounded: of more addresses than
//! that in one minute the further ones wait for the next.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

const MOST_ADDRESSES: usize = 10_000;

pub(super) struct Rate {
    most: u32,
    seen: Mutex<(u64, BTreeMap<IpAddr, u32>)>,
}

impl Rate {
    pub(super) fn new(most: u32) -> Self {
        Self { most, seen: Mutex::default() }
    }

    /// Whether one more request of this address is taken at a time in seconds.
    pub(super) fn takes(&self, address: IpAddr, now: u64) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.0 != now / 60 {
            *seen = (now / 60, BTreeMap::new());
        }
        if seen.1.len() >= MOST_ADDRESSES && !seen.1.contains_key(&address) {
            return false;
        }
        let count = seen.1.entry(address).or_default();
        *count = count.saturating_add(1);
        *count <= self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_a_minute() {
        let rate = Rate::new(2);
        let (one, other) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        assert!(rate.takes(one, 60) && rate.takes(one, 61) && !rate.takes(one, 119));
        assert!(rate.takes(other, 119));
        assert!(rate.takes(one, 120));
    }
}
