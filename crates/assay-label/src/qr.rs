//! A QR code's modules: bytes at level M, versions 1 to 10, which is all that a label's link needs. Rows are bits of one
//! word, so that all eight masks are drawn and rated in some microseconds. Source: ISO/IEC 18004. Drawing and reading
//! codes is done elsewhere; other programs and two crates read these in the tests.

/// The most bytes each version holds at level M.
const HOLDS: [usize; 10] = [14, 26, 42, 62, 84, 106, 122, 152, 180, 213];

/// For each version: check bytes of a block, blocks of the first kind, data bytes in each, blocks with one byte more.
const BLOCKS: [(usize, usize, usize, usize); 10] = [
    (10, 1, 16, 0),
    (16, 1, 28, 0),
    (26, 1, 44, 0),
    (18, 2, 32, 0),
    (24, 2, 43, 0),
    (16, 4, 27, 0),
    (18, 4, 31, 0),
    (22, 2, 38, 2),
    (22, 3, 36, 2),
    (26, 4, 43, 1),
];

/// Where alignment patterns stand, besides at 6, in rows and in columns.
const ALIGNMENT: [&[usize]; 10] =
    [&[], &[18], &[22], &[26], &[30], &[34], &[22, 38], &[24, 42], &[26, 46], &[28, 50]];

/// The modules of a code, row by row; the lowest bit is the left column, dark is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Code {
    side: usize,
    rows: [u64; MOST],
}

const MOST: usize = 57;

impl Code {
    /// The smallest code from a version upwards that holds the bytes; none if version 10 does not.
    pub(crate) fn of(bytes: &[u8], least: usize) -> Option<Self> {
        let version = (least.max(1)..=10).find(|v| bytes.len() <= HOLDS[v - 1])?;
        let mut draft = Draft::new(version);
        draft.write(&codewords(bytes, version));
        Some(draft.finish())
    }

    /// Modules on a side.
    pub(crate) fn side(&self) -> usize {
        self.side
    }

    /// Whether a module is dark; outside of the code none is.
    pub(crate) fn is_dark(&self, column: usize, row: usize) -> bool {
        column < self.side && row < self.side && self.rows[row] >> column & 1 == 1
    }
}

/// The data with its check bytes, interleaved.
fn codewords(bytes: &[u8], version: usize) -> Vec<u8> {
    let (check, first, length, second) = BLOCKS[version - 1];
    let total = first * length + second * (length + 1);
    let mut data = Vec::with_capacity(total);
    // The mode (four bits: bytes), the count (8 bits, from version 10 on 16), the bytes: all stand half a byte off.
    let head: &[u8] =
        &if version < 10 { vec![bytes.len() as u8] } else { (bytes.len() as u16).to_be_bytes().to_vec() };
    let mut left = 0b0100;
    for byte in head.iter().chain(bytes) {
        data.push(left << 4 | byte >> 4);
        left = byte & 15;
    }
    data.push(left << 4);
    for fill in [0xec, 0x11].into_iter().cycle().take(total - data.len()) {
        data.push(fill);
    }
    let mut blocks: Vec<&[u8]> = Vec::new();
    let mut rest = data.as_slice();
    for n in 0..first + second {
        let (block, after) = rest.split_at(length + usize::from(n >= first));
        blocks.push(block);
        rest = after;
    }
    let generator = generator(check);
    let checks: Vec<Vec<u8>> = blocks.iter().map(|block| remainder(block, &generator)).collect();
    let data = (0..=length).flat_map(|at| blocks.iter().filter_map(move |b| b.get(at)));
    let checks = (0..check).flat_map(|at| checks.iter().map(move |c| &c[at]));
    data.chain(checks).copied().collect()
}

/// Powers of two in the field of 256 elements, twice over, and their logarithms.
const FIELD: ([u8; 512], [u8; 256]) = {
    let (mut power, mut log) = ([0; 512], [0; 256]);
    let (mut at, mut value) = (0, 1u16);
    while at < 255 {
        power[at] = value as u8;
        power[at + 255] = value as u8;
        log[value as usize] = at as u8;
        value <<= 1;
        if value > 255 {
            value ^= 0x11d;
        }
        at += 1;
    }
    (power, log)
};

/// Logarithms of the generator's coefficients below the highest.
fn generator(degree: usize) -> Vec<u8> {
    let (power, log) = &FIELD;
    let mut terms = vec![0u8; degree];
    terms[degree - 1] = 1;
    for root in 0..degree {
        for at in 0..degree {
            let next = terms.get(at + 1).copied().unwrap_or(0);
            let times = match terms[at] {
                0 => 0,
                term => power[usize::from(log[usize::from(term)]) + root],
            };
            terms[at] = times ^ next;
        }
    }
    terms.iter().map(|term| log[usize::from(*term)]).collect()
}

fn remainder(block: &[u8], generator: &[u8]) -> Vec<u8> {
    let (power, log) = &FIELD;
    let mut rest = vec![0u8; generator.len()];
    for byte in block {
        let lead = byte ^ rest[0];
        rest.rotate_left(1);
        *rest.last_mut().expect("a generator has terms") = 0;
        if lead != 0 {
            let lead = usize::from(log[usize::from(lead)]);
            for (term, of) in rest.iter_mut().zip(generator) {
                *term ^= power[lead + usize::from(*of)];
            }
        }
    }
    rest
}

/// A code while it is made: what is dark, and what is not data.
struct Draft {
    version: usize,
    side: usize,
    dark: [u64; MOST],
    fixed: [u64; MOST],
}

impl Draft {
    fn new(version: usize) -> Self {
        let side = 17 + 4 * version;
        let mut draft = Self { version, side, dark: [0; MOST], fixed: [0; MOST] };
        for n in 0..side {
            draft.set(6, n, n % 2 == 0);
            draft.set(n, 6, n % 2 == 0);
        }
        // Finder patterns with the light line around them.
        for (left, top) in [(0, 0), (side - 7, 0), (0, side - 7)] {
            for dy in 0..9 {
                for dx in 0..9 {
                    let (x, y) = ((left + dx).wrapping_sub(1), (top + dy).wrapping_sub(1));
                    let from_middle = dx.abs_diff(4).max(dy.abs_diff(4));
                    if x < side && y < side {
                        draft.set(x, y, from_middle != 2 && from_middle != 4);
                    }
                }
            }
        }
        let others = ALIGNMENT[version - 1];
        let last = others.last().copied().unwrap_or_default();
        for (x, y) in [6].iter().chain(others).flat_map(|x| [6].iter().chain(others).map(move |y| (*x, *y))) {
            // Three corners have a finder pattern in its place; at version 1 there is none at all.
            if others.is_empty() || [(6, 6), (6, last), (last, 6)].contains(&(x, y)) {
                continue;
            }
            for dy in 0..5usize {
                for dx in 0..5usize {
                    let ring = dx.abs_diff(2).max(dy.abs_diff(2));
                    draft.set(x + dx - 2, y + dy - 2, ring != 1);
                }
            }
        }
        draft.set_format(0);
        if version >= 7 {
            let mut rest = version as u32;
            for _ in 0..12 {
                rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
            }
            let bits = (version as u32) << 12 | rest;
            for n in 0..18 {
                let (far, near) = (side - 11 + n % 3, n / 3);
                draft.set(far, near, bits >> n & 1 == 1);
                draft.set(near, far, bits >> n & 1 == 1);
            }
        }
        draft
    }

    fn set(&mut self, x: usize, y: usize, dark: bool) {
        self.dark[y] = self.dark[y] & !(1 << x) | u64::from(dark) << x;
        self.fixed[y] |= 1 << x;
    }

    /// Level M (two bits: 00) and the mask, protected, in both of their places.
    fn set_format(&mut self, mask: u32) {
        let mut rest = mask;
        for _ in 0..10 {
            rest = (rest << 1) ^ ((rest >> 9) * 0x537);
        }
        let bits = (mask << 10 | rest) ^ 0x5412;
        let side = self.side;
        for n in 0..15 {
            let dark = bits >> n & 1 == 1;
            let beside = match n {
                0..6 => (8, n),
                6 => (8, 7),
                7 => (8, 8),
                8 => (7, 8),
                _ => (14 - n, 8),
            };
            self.set(beside.0, beside.1, dark);
            let (x, y) = if n < 8 { (side - 1 - n, 8) } else { (8, side - 15 + n) };
            self.set(x, y, dark);
        }
        self.set(8, side - 8, true);
    }

    /// Puts the bits into their zigzag of columns two wide, from the right.
    fn write(&mut self, codewords: &[u8]) {
        let mut bits = codewords.iter().flat_map(|byte| (0..8).rev().map(move |n| byte >> n & 1));
        let mut upwards = true;
        let rights = (1..self.side).rev().step_by(2).map(|right| if right <= 6 { right - 1 } else { right });
        for right in rights {
            for n in 0..self.side {
                let y = if upwards { self.side - 1 - n } else { n };
                for x in [right, right - 1] {
                    if self.fixed[y] >> x & 1 == 0 {
                        self.dark[y] |= u64::from(bits.next().unwrap_or(0)) << x;
                    }
                }
            }
            upwards = !upwards;
        }
    }

    /// Under the mask that the standard rates best.
    fn finish(mut self) -> Code {
        let plain = self.dark;
        let mut best: Option<(u32, [u64; MOST])> = None;
        for (mask, rows) in MASKS.iter().enumerate() {
            self.dark = plain;
            for y in 0..self.side {
                let pattern = rows[y % 12] & !self.fixed[y] & ((1 << self.side) - 1);
                self.dark[y] ^= pattern;
            }
            self.set_format(mask as u32);
            let penalty = penalty(&self.dark, self.side);
            if best.as_ref().is_none_or(|(least, _)| penalty < *least) {
                best = Some((penalty, self.dark));
            }
        }
        debug_assert!(self.version <= 10);
        Code { side: self.side, rows: best.map_or(plain, |(_, rows)| rows) }
    }
}

/// The eight masks, which repeat after twelve rows.
const MASKS: [[u64; 12]; 8] = {
    let mut masks = [[0; 12]; 8];
    let mut y = 0;
    while y < 12 {
        let mut x = 0;
        while x < MOST {
            let hits = [
                (x + y) % 2 == 0,
                y % 2 == 0,
                x % 3 == 0,
                (x + y) % 3 == 0,
                (x / 3 + y / 2) % 2 == 0,
                x * y % 2 + x * y % 3 == 0,
                (x * y % 2 + x * y % 3) % 2 == 0,
                ((x + y) % 2 + x * y % 3) % 2 == 0,
            ];
            let mut mask = 0;
            while mask < 8 {
                if hits[mask] {
                    masks[mask][y] |= 1 << x;
                }
                mask += 1;
            }
            x += 1;
        }
        y += 1;
    }
    masks
};

/// How ill a code is to read: long runs, blocks of one colour, what looks like a finder pattern, too much of one colour.
fn penalty(rows: &[u64; MOST], side: usize) -> u32 {
    let columns = transposed(rows, side);
    let whole = (1u64 << side) - 1;
    let lines = rows[..side].iter().chain(&columns[..side]);
    let in_lines: u32 =
        lines.map(|line| runs(*line, whole) + runs(!line & whole, whole) + finders(*line, side)).sum();
    let blocks: u32 = rows[..side]
        .windows(2)
        .map(|pair| {
            let same = !(pair[0] ^ pair[1]) & !(pair[0] ^ pair[0] >> 1) & !(pair[1] ^ pair[1] >> 1);
            3 * (same & whole >> 1).count_ones()
        })
        .sum();
    let dark: u32 = rows[..side].iter().map(|row| row.count_ones()).sum();
    let all = (side * side) as u32;
    in_lines + blocks + 10 * ((20 * dark).abs_diff(10 * all) / all)
}

/// Three for five of a colour in a line, and one for each more.
fn runs(line: u64, whole: u64) -> u32 {
    let five = line & line >> 1 & line >> 2 & line >> 3 & line >> 4 & whole;
    five.count_ones() + 2 * (five & !(five << 1)).count_ones()
}

/// Forty for each 1:1:3:1:1 with four light modules before or after it, the margin counted as light.
fn finders(line: u64, side: usize) -> u32 {
    // Four light modules on either side of the line.
    let line = u128::from(line) << 4;
    let (dark, light) = (|n: u32| line >> n, |n: u32| !line >> n);
    let core = dark(0) & light(1) & dark(2) & dark(3) & dark(4) & light(5) & dark(6);
    let after = light(7) & light(8) & light(9) & light(10);
    let before = !line << 1 & !line << 2 & !line << 3 & !line << 4;
    let inside = ((1u128 << side) - 1) << 4;
    40 * ((core & after & inside).count_ones() + (core & before & inside).count_ones())
}

fn transposed(rows: &[u64; MOST], side: usize) -> [u64; 64] {
    let mut square = [0; 64];
    square[..side].copy_from_slice(&rows[..side]);
    // Swaps ever smaller blocks across the diagonal.
    let (mut width, mut mask) = (32, u64::from(u32::MAX));
    while width > 0 {
        let mut at = 0;
        while at < 64 {
            let swap = (square[at] >> width ^ square[at + width]) & mask;
            square[at] ^= swap << width;
            square[at + width] ^= swap;
            at = (at + width + 1) & !width;
        }
        width >>= 1;
        mask ^= mask << width;
    }
    square
}

#[cfg(test)]
mod tests {
    use fast_qr::{ECL, Mask, Mode, QRBuilder, Version};

    use super::*;

    const VERSIONS: [Version; 10] = [
        Version::V01,
        Version::V02,
        Version::V03,
        Version::V04,
        Version::V05,
        Version::V06,
        Version::V07,
        Version::V08,
        Version::V09,
        Version::V10,
    ];
    const FAST_QR_MASKS: [Mask; 8] = [
        Mask::Checkerboard,
        Mask::HorizontalLines,
        Mask::VerticalLines,
        Mask::DiagonalLines,
        Mask::LargeCheckerboard,
        Mask::Fields,
        Mask::Diamonds,
        Mask::Meadow,
    ];

    fn text(length: usize) -> String {
        (0..length).map(|n| char::from(b' ' + (n * 7 % 90) as u8)).collect()
    }

    #[test]
    fn every_module_is_where_another_encoder_puts_it() {
        for version in 1..=10 {
            for length in [1, HOLDS[version - 1] / 2, HOLDS[version - 1]] {
                let text = text(length);
                let ours = Code::of(text.as_bytes(), version).unwrap();
                assert_eq!(ours.side(), 17 + 4 * version);
                let same = FAST_QR_MASKS.into_iter().any(|mask| {
                    let theirs = QRBuilder::new(text.as_str())
                        .ecl(ECL::M)
                        .mode(Mode::Byte)
                        .version(VERSIONS[version - 1])
                        .mask(mask)
                        .build()
                        .unwrap();
                    (0..ours.side).all(|y| (0..ours.side).all(|x| theirs[y][x].value() == ours.is_dark(x, y)))
                });
                assert!(same, "version {version}, {length} bytes");
            }
        }
    }

    #[test]
    fn the_mask_is_the_one_that_a_slow_and_obvious_rating_prefers() {
        for length in [20, 60, 150, 213] {
            let code = Code::of(text(length).as_bytes(), 1).unwrap();
            let cell = |x: usize, y: usize| code.is_dark(x, y);
            let side = code.side;
            let mut slow = 0;
            for n in 0..side {
                for line in [
                    (0..side).map(|m| cell(m, n)).collect::<Vec<_>>(),
                    (0..side).map(|m| cell(n, m)).collect(),
                ] {
                    for run in line.chunk_by(|a, b| a == b).filter(|run| run.len() >= 5) {
                        slow += run.len() as u32 - 2;
                    }
                    let padded: Vec<bool> = [vec![false; 4], line, vec![false; 4]].concat();
                    let like =
                        |w: &[bool], of: &str| w.iter().zip(of.bytes()).all(|(d, c)| *d == (c == b'1'));
                    let found = |w: &&[bool]| like(w, "10111010000") || like(w, "00001011101");
                    slow += 40 * padded.windows(11).filter(found).count() as u32;
                }
            }
            for y in 1..side {
                for x in 1..side {
                    let four = [cell(x, y), cell(x - 1, y), cell(x, y - 1), cell(x - 1, y - 1)];
                    slow += if four.iter().all(|c| *c == four[0]) { 3 } else { 0 };
                }
            }
            let dark = (0..side * side).filter(|n| cell(n % side, n / side)).count();
            let off = (dark as f64 / (side * side) as f64 - 0.5).abs();
            slow += 10 * (off * 20.0) as u32;
            assert_eq!(penalty(&code.rows, side), slow, "{length} bytes");
        }
    }

    #[test]
    fn the_smallest_version_is_taken_and_what_is_too_long_is_refused() {
        let side = |length, least| Code::of(text(length).as_bytes(), least).map(|c| c.side());
        assert_eq!([side(42, 1), side(43, 1), side(42, 10), side(213, 1)], [29, 33, 57, 57].map(Some));
        assert_eq!(side(214, 1), None);
    }
}
