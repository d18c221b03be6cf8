//! Choices that a seed decides, so that every failure can be brought about again; and how long a run is to be.

/// Whether `ASSAY_LONG=1` asks for the long form of a test.
pub(crate) fn is_long() -> bool {
    std::env::var_os("ASSAY_LONG").is_some()
}

/// The seed of this run: `ASSAY_FAULTS_SEED`, or 1.
pub(crate) fn seed() -> u64 {
    std::env::var("ASSAY_FAULTS_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
}

#[expect(clippy::print_stderr, reason = "how much was tried is what a long run is for")]
pub(crate) fn tell(what: &str) {
    eprintln!("{what}");
}

/// A sequence of choices (SplitMix64), and how readily it keeps things.
#[derive(Clone, Debug)]
pub(crate) struct Chance {
    state: u64,
    /// Of 8.
    keeps: u64,
}

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        let mut chance = Self { state: seed, keeps: 4 };
        chance.keeps = [1, 4, 7][chance.below(3)];
        chance
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// A number below `n`; 0 for 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { (self.next() % n as u64) as usize }
    }

    /// Whether it is the one time in `n`.
    pub(crate) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// Whether something is kept; some sequences keep much, others little.
    pub(crate) fn keeps(&mut self) -> bool {
        self.next() % 8 < self.keeps
    }
}
