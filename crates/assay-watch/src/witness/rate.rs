//! How many requests one address may make in a minute. What is remembered is bounded: of more addresses than
//! that in one minute the further ones wait for the next. Of IPv6 the first 64 bits count, which is what one
//! customer is given at least: else one of them could fill the list alone and shut everybody else out.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use assay_listen::customer;

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
        let address = customer(address);
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

    #[test]
    fn a_customer_with_a_whole_ipv6_network_is_one_address() {
        let rate = Rate::new(2);
        let of = |last: u16| IpAddr::from([0x2001, 0xdb8, 1, 2, 3, 4, 5, last]);
        assert!(rate.takes(of(1), 60) && rate.takes(of(2), 60) && !rate.takes(of(3), 60));
        for last in 0..u16::MAX {
            rate.takes(of(last), 60);
        }
        assert!(rate.takes(IpAddr::from([0x2001, 0xdb8, 1, 3, 3, 4, 5, 6]), 60), "the next network");
        assert!(rate.takes(IpAddr::from([127, 0, 0, 1]), 60));
        let mapped = IpAddr::from([0, 0, 0, 0, 0, 0xffff, 0x7f00, 1]);
        assert!(rate.takes(mapped, 60) && !rate.takes(mapped, 60), "it is 127.0.0.1");
    }
}
