//! The alphabets that a digest may be written in.

use std::collections::BTreeSet;

/// The usual alphabets in the usual orders.
const USUAL: [&str; 38] = [
    "01234567",
    "0123456789",
    "0123456789abcdef",
    "0123456789ABCDEF",
    // Digits of hexadecimal as letters.
    "abcdefghijklmnop",
    "ABCDEFGHIJKLMNOP",
    "abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    // Without look-alikes.
    "ABCDEFGHJKMNPQRSTUVWXYZ23456789",
    "23456789ABCDEFGHJKMNPQRSTUVWXYZ",
    "abcdefghjkmnpqrstuvwxyz23456789",
    "23456789abcdefghjkmnpqrstuvwxyz",
    // Of 32: RFC 4648, Crockford, base32hex, without look-alikes.
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "abcdefghijklmnopqrstuvwxyz234567",
    "0123456789ABCDEFGHJKMNPQRSTVWXYZ",
    "0123456789abcdefghjkmnpqrstvwxyz",
    "0123456789ABCDEFGHIJKLMNOPQRSTUV",
    "0123456789abcdefghijklmnopqrstuv",
    "ABCDEFGHJKLMNPQRSTUVWXYZ23456789",
    "23456789ABCDEFGHJKLMNPQRSTUVWXYZ",
    "abcdefghijkmnpqrstuvwxyz23456789",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "0123456789abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "abcdefghijklmnopqrstuvwxyz0123456789",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789",
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    // Of 64: base64, base64url, crypt(3).
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
];

/// What is left out so that labels can be read: a little, and more. Every alphabet more makes the first look less sharp.
const LOOK_ALIKE: [&[u8]; 2] = [b"0Oo1Iil", b"0Oo1Iil2Zz5Ss8B"];

/// The usual alphabets, and those that the batch itself suggests: the characters that it uses, digits, capitals and small
/// letters in every order.
pub(crate) struct Alphabets(Vec<Vec<u8>>);

impl Alphabets {
    /// For passwords of these characters.
    pub(crate) fn of(used: &BTreeSet<u8>) -> Self {
        let mut all: Vec<Vec<u8>> = USUAL.iter().map(|letters| letters.as_bytes().to_vec()).collect();
        let class = |of: fn(&u8) -> bool| used.iter().copied().filter(of).collect::<Vec<u8>>();
        let classes = [
            class(u8::is_ascii_digit),
            class(u8::is_ascii_uppercase),
            class(u8::is_ascii_lowercase),
            class(|byte| !byte.is_ascii_alphanumeric()),
        ];
        let mut add = |letters: Vec<u8>| {
            if (8..=64).contains(&letters.len()) && !all.contains(&letters) {
                all.push(letters);
            }
        };
        let ordered = |classes: &[Vec<u8>; 4], order: [usize; 3]| {
            order.into_iter().chain([3]).flat_map(|n| classes[n].iter().copied()).collect::<Vec<u8>>()
        };
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        orders.into_iter().for_each(|order| add(ordered(&classes, order)));
        for alike in LOOK_ALIKE {
            let clear = |from: std::ops::RangeInclusive<u8>| from.filter(|b| !alike.contains(b)).collect();
            let clear = [clear(b'0'..=b'9'), clear(b'A'..=b'Z'), clear(b'a'..=b'z'), Vec::new()];
            for order in [[0, 1, 2], [1, 2, 0], [2, 1, 0]] {
                add(ordered(&clear, order));
            }
        }
        Self(all)
    }

    /// The alphabet of a number.
    pub(crate) fn get(&self, number: u8) -> &[u8] {
        self.0.get(usize::from(number)).map_or(&[], Vec::as_slice)
    }

    /// All of them with their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u8, &[u8])> {
        (0u8..).zip(self.0.iter().map(Vec::as_slice))
    }
}
