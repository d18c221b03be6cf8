//! Chance for the planted batches: ChaCha20 under a seed, so that a batch is the same on every machine and in every run.
//! Every row has its own stream: any row can be made without the ones before it.

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};

/// A stream of random bytes, the same for the same seed and stream number.
pub(crate) struct Rng {
    cipher: ChaCha20,
    bytes: [u8; 64],
    at: usize,
}

impl Rng {
    /// The first stream of a seed.
    pub(crate) fn new(seed: u64) -> Rng {
        Rng::of(seed, 0)
    }

    /// One of the streams of a seed.
    pub(crate) fn of(seed: u64, stream: u64) -> Rng {
        let mut key = *b"planted batches, not a secret...";
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&stream.to_le_bytes());
        Rng { cipher: ChaCha20::new(&key.into(), &nonce.into()), bytes: [0; 64], at: 64 }
    }

    pub(crate) fn byte(&mut self) -> u8 {
        if self.at == self.bytes.len() {
            self.bytes = [0; 64];
            self.cipher.apply_keystream(&mut self.bytes);
            self.at = 0;
        }
        self.at += 1;
        self.bytes[self.at - 1]
    }

    pub(crate) fn word(&mut self) -> u64 {
        u64::from_le_bytes(std::array::from_fn(|_| self.byte()))
    }

    /// A number from 0 to `end - 1`, each as likely as the other.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        // What is left over above the last whole multiple of `end` is thrown away, or small numbers would come more often.
        if let Ok(end) = u8::try_from(end) {
            let last = u8::MAX - (u8::MAX % end + 1) % end;
            loop {
                let byte = self.byte();
                if byte <= last {
                    return u64::from(byte % end);
                }
            }
        }
        let last = u64::MAX - (u64::MAX % end + 1) % end;
        loop {
            let word = self.word();
            if word <= last {
                return word % end;
            }
        }
    }

    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    /// So many characters of an alphabet.
    pub(crate) fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(self.one(alphabet))).collect()
    }
}

/// The numbers from 0 to `end - 1` in another order, without a table: a Feistel network of six rounds over the next even
/// number of bits, walked until the number is in range again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shuffle {
    end: u64,
    half: u32,
    keys: [u64; 6],
}

impl Shuffle {
    pub(crate) fn new(end: u64, rng: &mut Rng) -> Shuffle {
        let bits = 64 - end.max(4).leading_zeros();
        Shuffle { end, half: bits.div_ceil(2), keys: std::array::from_fn(|_| rng.word()) }
    }

    /// Where a number goes.
    pub(crate) fn place(&self, number: u64) -> u64 {
        self.walk(number, |network, n| network.keys.iter().fold(n, |n, key| network.round(n, *key)))
    }

    /// Which number went there.
    pub(crate) fn back(&self, place: u64) -> u64 {
        self.walk(place, |network, n| {
            let swap = |n: u64| (n & network.mask()) << network.half | n >> network.half;
            swap(network.keys.iter().rev().fold(swap(n), |n, key| network.round(n, *key)))
        })
    }

    fn walk(&self, number: u64, network: impl Fn(&Shuffle, u64) -> u64) -> u64 {
        let mut n = network(self, number);
        while n >= self.end {
            n = network(self, n);
        }
        n
    }

    fn mask(&self) -> u64 {
        (1 << self.half) - 1
    }

    fn round(&self, n: u64, key: u64) -> u64 {
        let (left, right) = (n >> self.half, n & self.mask());
        right << self.half | (left ^ mix(right ^ key)) & self.mask()
    }
}

/// Every bit of the result depends on every bit of the number (the finisher of SplitMix64).
pub(crate) fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}
