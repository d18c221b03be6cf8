//! The written forms of an identifier: with and without separators, upper and lower case, raw bytes, numbers. A
//! generator of passwords hashes one of them, and nobody outside knows which: whoever looks for derivations tries them.
//!
//! Forms live in a fixed [`Slot`], so that writing one allocates nothing. [`Identifier::write`] writes one form,
//! [`forms`] all that an identifier has, each distinct text once and under its simplest name.

use crate::rows::Role;

/// The longest form that is written. What is longer has none: no generator known hashes more, and one block of the
/// digests holds 55.
pub const LONGEST: usize = 64;

/// A form's bytes. The rest is zero.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    bytes: [u8; LONGEST],
    len: u8,
}

impl Slot {
    /// Nothing.
    pub const EMPTY: Slot = Slot { bytes: [0; LONGEST], len: 0 };

    /// What was written.
    #[inline]
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// All the bytes, zero behind what was written.
    #[inline]
    #[must_use]
    pub fn padded(&self) -> &[u8; LONGEST] {
        &self.bytes
    }

    /// Bytes written.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        usize::from(self.len)
    }

    /// Whether nothing is written.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Writes anew. `false`, and nothing written, if it is too long.
    #[inline]
    pub fn set(&mut self, text: &[u8]) -> bool {
        *self = Slot::EMPTY;
        self.append(text)
    }

    /// Writes behind what is there. `false`, and nothing changed, if it is too long.
    #[inline]
    pub fn append(&mut self, text: &[u8]) -> bool {
        let from = self.len();
        let Some(room) = self.bytes.get_mut(from..from + text.len()) else { return false };
        room.copy_from_slice(text);
        self.len += text.len() as u8;
        true
    }

    // Of bytes of a cell that is no longer than a slot.
    #[inline]
    fn each(&mut self, bytes: impl Iterator<Item = u8>) -> bool {
        let mut len = 0;
        for (to, byte) in self.bytes.iter_mut().zip(bytes) {
            *to = byte;
            len += 1;
        }
        self.len = len;
        true
    }
}

/// How an identifier can be written. The simplest first: of two forms that come out the same, the first names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Written {
    /// As in the file.
    AsIs,
    /// In upper case.
    Upper,
    /// In lower case.
    Lower,
    /// Without separators.
    Plain,
    /// Without separators, in upper case.
    PlainUpper,
    /// Without separators, in lower case.
    PlainLower,
    /// The digits alone.
    Digits,
    /// Without the letters it begins with.
    Tail,
    /// Without the letters and zeros it begins with.
    Number,
    /// Its last 4 characters, without separators.
    Last4,
    /// Its last 6 characters, without separators, in upper case.
    Last6,
    /// Its last 8 characters, without separators, in upper case.
    Last8,
    /// Its last 6 characters, without separators, in lower case.
    Last6Lower,
    /// Its last 8 characters, without separators, in lower case.
    Last8Lower,
    /// From the last character to the first.
    Reversed,
    /// An address as `00:1A:2B:3C:4D:5E`.
    ColonsUpper,
    /// An address as `00:1a:2b:3c:4d:5e`.
    ColonsLower,
    /// An address as `00-1A-2B-3C-4D-5E`.
    HyphensUpper,
    /// An address as `00-1a-2b-3c-4d-5e`.
    HyphensLower,
    /// An address as `001a.2b3c.4d5e`.
    Dots,
    /// An address as its 6 bytes.
    Raw,
    /// The last 3 bytes of an address.
    RawLast3,
    /// An address as a number in decimal.
    Decimal,
    /// The last 3 bytes of an address as a number in decimal.
    DecimalLast3,
}

impl Written {
    /// All of them, the simplest first.
    pub const ALL: [Written; 24] = [
        Written::AsIs,
        Written::Upper,
        Written::Lower,
        Written::Plain,
        Written::PlainUpper,
        Written::PlainLower,
        Written::Digits,
        Written::Tail,
        Written::Number,
        Written::Last4,
        Written::Last6,
        Written::Last8,
        Written::Last6Lower,
        Written::Last8Lower,
        Written::Reversed,
        Written::ColonsUpper,
        Written::ColonsLower,
        Written::HyphensUpper,
        Written::HyphensLower,
        Written::Dots,
        Written::Raw,
        Written::RawLast3,
        Written::Decimal,
        Written::DecimalLast3,
    ];

    /// The form in words, to stand behind the name of the identifier.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Written::AsIs => "as in the file",
            Written::Upper => "in upper case",
            Written::Lower => "in lower case",
            Written::Plain => "without separators",
            Written::PlainUpper => "without separators, in upper case",
            Written::PlainLower => "without separators, in lower case",
            Written::Digits => "its digits alone",
            Written::Tail => "without the letters it begins with",
            Written::Number => "without the letters and zeros it begins with",
            Written::Last4 => "its last 4 characters",
            Written::Last6 => "its last 6 characters, in upper case",
            Written::Last8 => "its last 8 characters, in upper case",
            Written::Last6Lower => "its last 6 characters, in lower case",
            Written::Last8Lower => "its last 8 characters, in lower case",
            Written::Reversed => "reversed",
            Written::ColonsUpper => "with colons, in upper case",
            Written::ColonsLower => "with colons, in lower case",
            Written::HyphensUpper => "with hyphens, in upper case",
            Written::HyphensLower => "with hyphens, in lower case",
            Written::Dots => "with two dots",
            Written::Raw => "as its 6 bytes",
            Written::RawLast3 => "as its last 3 bytes",
            Written::Decimal => "as a decimal number",
            Written::DecimalLast3 => "its last 3 bytes as a decimal number",
        }
    }
}

/// An identifier of a unit, looked at once.
#[derive(Clone, Copy)]
pub struct Identifier<'a> {
    cell: &'a [u8],
    address: Option<[u8; 6]>,
}

impl<'a> Identifier<'a> {
    /// Of a cell without the spaces around it. Anything whose column is a [`Role::Mac`] and that has 12 hexadecimal
    /// digits between separators is an address; all other forms are of the text.
    #[inline]
    #[must_use]
    pub fn new(role: Role, cell: &'a [u8]) -> Self {
        let cell = cell.trim_ascii();
        let address = if role == Role::Mac { address(cell) } else { None };
        Identifier { cell, address }
    }

    /// Its text.
    #[inline]
    #[must_use]
    pub fn text(&self) -> &'a [u8] {
        self.cell
    }

    /// Its 6 bytes, if it is an address.
    #[inline]
    #[must_use]
    pub fn address(&self) -> Option<[u8; 6]> {
        self.address
    }

    /// Writes a form of it. `false`, with the slot empty, if it has no such form: it is empty or too long, it is no
    /// address, or there are too few characters.
    #[inline]
    pub fn write(&self, form: Written, slot: &mut Slot) -> bool {
        *slot = Slot::EMPTY;
        if self.cell.is_empty() || self.cell.len() > LONGEST {
            return false;
        }
        if let Some(bytes) = self.address {
            match form {
                Written::ColonsUpper => return hex(&bytes, UPPER, 1, b':', slot),
                Written::ColonsLower => return hex(&bytes, LOWER, 1, b':', slot),
                Written::HyphensUpper => return hex(&bytes, UPPER, 1, b'-', slot),
                Written::HyphensLower => return hex(&bytes, LOWER, 1, b'-', slot),
                Written::Dots => return hex(&bytes, LOWER, 2, b'.', slot),
                Written::PlainUpper => return hex(&bytes, UPPER, 6, 0, slot),
                Written::PlainLower => return hex(&bytes, LOWER, 6, 0, slot),
                Written::Last6 => return hex(&bytes[3..], UPPER, 6, 0, slot),
                Written::Last8 => return hex(&bytes[2..], UPPER, 6, 0, slot),
                Written::Last6Lower => return hex(&bytes[3..], LOWER, 6, 0, slot),
                Written::Last8Lower => return hex(&bytes[2..], LOWER, 6, 0, slot),
                Written::Raw => return slot.set(&bytes),
                Written::RawLast3 => return slot.set(&bytes[3..]),
                Written::Decimal => return decimal(number(&bytes), slot),
                Written::DecimalLast3 => return decimal(number(&bytes[3..]), slot),
                // The letters of an address are digits.
                Written::Tail | Written::Number => return false,
                _ => {}
            }
        }
        let bytes = self.cell.iter().copied();
        match form {
            Written::AsIs => slot.set(self.cell),
            Written::Upper => slot.set(self.cell) && upper(slot),
            Written::Lower => slot.set(self.cell) && lower(slot),
            Written::Plain => slot.each(bytes.filter(|b| !separator(*b))) && !slot.is_empty(),
            Written::PlainUpper => self.last(usize::MAX, slot) && upper(slot),
            Written::PlainLower => self.last(usize::MAX, slot) && lower(slot),
            Written::Digits => slot.each(bytes.filter(u8::is_ascii_digit)) && !slot.is_empty(),
            Written::Tail => slot.each(bytes.skip_while(u8::is_ascii_alphabetic)) && !slot.is_empty(),
            Written::Number => {
                slot.each(bytes.skip_while(|b| b.is_ascii_alphabetic() || *b == b'0')) && !slot.is_empty()
            }
            Written::Last4 => self.last(4, slot),
            Written::Last6 => self.last(6, slot) && upper(slot),
            Written::Last8 => self.last(8, slot) && upper(slot),
            Written::Last6Lower => self.last(6, slot) && lower(slot),
            Written::Last8Lower => self.last(8, slot) && lower(slot),
            Written::Reversed => slot.each(bytes.rev()),
            _ => false,
        }
    }

    /// The last characters without separators; all, for `usize::MAX`.
    fn last(&self, count: usize, slot: &mut Slot) -> bool {
        let plain = || self.cell.iter().copied().filter(|b| !separator(*b));
        let all = plain().count();
        if count != usize::MAX && all < count {
            return false;
        }
        slot.each(plain().skip(all.saturating_sub(count))) && !slot.is_empty()
    }
}

/// All forms of one identifier. Reused from cell to cell.
pub struct Forms {
    slots: [Slot; Written::ALL.len()],
    names: [Written; Written::ALL.len()],
    count: usize,
}

impl Default for Forms {
    fn default() -> Forms {
        Forms {
            slots: [Slot::EMPTY; Written::ALL.len()],
            names: [Written::AsIs; Written::ALL.len()],
            count: 0,
        }
    }
}

impl Forms {
    /// The forms with their text, the simplest first, no text twice.
    pub fn iter(&self) -> impl Iterator<Item = (Written, &[u8])> {
        self.names.iter().zip(&self.slots).take(self.count).map(|(name, slot)| (*name, slot.text()))
    }

    /// The text of a form. `None` if the identifier has no such form, or a simpler one has the same text.
    #[must_use]
    pub fn text(&self, form: Written) -> Option<&[u8]> {
        self.iter().find(|(name, _)| *name == form).map(|(_, text)| text)
    }
}

/// Writes every form that an identifier has.
pub fn forms(role: Role, cell: &[u8], forms: &mut Forms) {
    let identifier = Identifier::new(role, cell);
    forms.count = 0;
    for form in Written::ALL {
        let (before, rest) = forms.slots.split_at_mut(forms.count);
        if identifier.write(form, &mut rest[0]) && !before.contains(&rest[0]) {
            forms.names[forms.count] = form;
            forms.count += 1;
        }
    }
}

/// What stands between the parts of an identifier and means nothing.
#[inline]
fn separator(byte: u8) -> bool {
    matches!(byte, b':' | b'-' | b'.' | b' ' | b'_' | b'/')
}

/// Twelve hexadecimal digits, with whatever separators.
#[inline]
fn address(cell: &[u8]) -> Option<[u8; 6]> {
    let mut bytes = [0u8; 6];
    let mut digits = 0;
    for byte in cell {
        let digit = NIBBLE[usize::from(*byte)];
        if digit < 16 {
            let at = bytes.get_mut(digits / 2)?;
            *at = *at << 4 | digit;
            digits += 1;
        } else if !separator(*byte) {
            return None;
        }
    }
    (digits == 12).then_some(bytes)
}

#[inline]
fn hex(bytes: &[u8], digits: &[u8; 16], group: usize, separator: u8, slot: &mut Slot) -> bool {
    *slot = Slot::EMPTY;
    let mut at = 0;
    for (i, byte) in bytes.iter().enumerate() {
        if i > 0 && i % group == 0 {
            slot.bytes[at] = separator;
            at += 1;
        }
        slot.bytes[at] = digits[usize::from(byte >> 4)];
        slot.bytes[at + 1] = digits[usize::from(byte & 15)];
        at += 2;
    }
    slot.len = at as u8;
    true
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn decimal(mut number: u64, slot: &mut Slot) -> bool {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return slot.set(&digits[at..]);
        }
    }
}

fn upper(slot: &mut Slot) -> bool {
    slot.bytes.make_ascii_uppercase();
    true
}

fn lower(slot: &mut Slot) -> bool {
    slot.bytes.make_ascii_lowercase();
    true
}

const UPPER: &[u8; 16] = b"0123456789ABCDEF";
const LOWER: &[u8; 16] = b"0123456789abcdef";

/// The value of a hexadecimal digit, 255 for anything else.
const NIBBLE: [u8; 256] = {
    let mut table = [255; 256];
    let mut i = 0;
    while i < 16 {
        table[UPPER[i] as usize] = i as u8;
        table[LOWER[i] as usize] = i as u8;
        i += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    fn check(role: Role, cell: &str, form: Written, text: &[u8]) {
        let mut slot = Slot::EMPTY;
        assert!(Identifier::new(role, cell.as_bytes()).write(form, &mut slot), "{cell} has no {form:?}");
        assert_eq!(slot.text(), text, "{cell} as {form:?}");
    }

    fn refuse(role: Role, cell: &str, form: Written) {
        let mut slot = Slot::EMPTY;
        assert!(!Identifier::new(role, cell.as_bytes()).write(form, &mut slot), "{cell} as {form:?}");
        assert!(slot.is_empty());
    }

    #[test]
    fn an_address_is_written_in_every_usual_way_from_any_of_them() {
        for cell in
            ["00:1a:2B:3c:4d:5e", "001A2B3C4D5E", "00-1a-2b-3c-4d-5e", "001a.2b3c.4d5e", " 001a2b3c4d5e "]
        {
            check(Role::Mac, cell, Written::ColonsUpper, b"00:1A:2B:3C:4D:5E");
            check(Role::Mac, cell, Written::ColonsLower, b"00:1a:2b:3c:4d:5e");
            check(Role::Mac, cell, Written::HyphensUpper, b"00-1A-2B-3C-4D-5E");
            check(Role::Mac, cell, Written::HyphensLower, b"00-1a-2b-3c-4d-5e");
            check(Role::Mac, cell, Written::Dots, b"001a.2b3c.4d5e");
            check(Role::Mac, cell, Written::PlainUpper, b"001A2B3C4D5E");
            check(Role::Mac, cell, Written::PlainLower, b"001a2b3c4d5e");
            check(Role::Mac, cell, Written::Raw, &[0x00, 0x1A, 0x2B, 0x3C, 0x4D, 0x5E]);
            check(Role::Mac, cell, Written::RawLast3, &[0x3C, 0x4D, 0x5E]);
            check(Role::Mac, cell, Written::Decimal, b"112394521950");
            check(Role::Mac, cell, Written::DecimalLast3, b"3951966");
            check(Role::Mac, cell, Written::Last6, b"3C4D5E");
            check(Role::Mac, cell, Written::Last8Lower, b"2b3c4d5e");
        }
    }

    #[test]
    fn a_serial_number_is_written_as_text() {
        let check = |form, text: &str| check(Role::Serial, "ABc-00417x", form, text.as_bytes());
        check(Written::AsIs, "ABc-00417x");
        check(Written::Upper, "ABC-00417X");
        check(Written::Lower, "abc-00417x");
        check(Written::Plain, "ABc00417x");
        check(Written::PlainUpper, "ABC00417X");
        check(Written::PlainLower, "abc00417x");
        check(Written::Digits, "00417");
        check(Written::Tail, "-00417x");
        check(Written::Last4, "417x");
        check(Written::Last6, "00417X");
        check(Written::Reversed, "x71400-cBA");
    }

    #[test]
    fn leading_letters_and_zeros_go_from_a_number() {
        check(Role::Serial, "SN000120", Written::Number, b"120");
        check(Role::Serial, "SN000120", Written::Tail, b"000120");
    }

    #[test]
    fn what_an_identifier_does_not_have_is_not_written() {
        refuse(Role::Serial, "", Written::AsIs);
        refuse(Role::Serial, "   ", Written::AsIs);
        refuse(Role::Serial, &"x".repeat(65), Written::AsIs);
        refuse(Role::Serial, "abc", Written::Last4);
        refuse(Role::Serial, "abc", Written::Digits);
        refuse(Role::Serial, "--", Written::Plain);
        refuse(Role::Serial, "001A2B3C4D5E", Written::Raw);
        refuse(Role::Mac, "001A2B3C4D5", Written::Raw);
        refuse(Role::Mac, "001A2B3C4D5E6F", Written::ColonsUpper);
        refuse(Role::Mac, "001A2B3C4D5G", Written::Raw);
    }

    #[test]
    fn of_the_same_text_only_the_simplest_form_is_listed() {
        let mut all = Forms::default();
        forms(Role::Serial, b"12345678", &mut all);
        let names: Vec<_> = all.iter().map(|(name, _)| name).collect();
        let last = [Written::Last4, Written::Last6];
        assert_eq!(names, [Written::AsIs, last[0], last[1], Written::Reversed]);
        assert_eq!(all.text(Written::AsIs), Some(&b"12345678"[..]));
        assert_eq!(all.text(Written::Lower), None);
        forms(Role::Mac, b"00:1a:2b:3c:4d:5e", &mut all);
        assert_eq!(all.text(Written::ColonsLower), None);
        assert_eq!(all.text(Written::PlainLower), None, "the same as without separators");
        assert_eq!(all.text(Written::Plain), Some(&b"001a2b3c4d5e"[..]));
    }

    #[test]
    fn a_list_of_forms_forgets_the_cell_before() {
        let mut all = Forms::default();
        forms(Role::Mac, b"00:1a:2b:3c:4d:5e", &mut all);
        forms(Role::Mac, b"", &mut all);
        assert_eq!(all.iter().count(), 0);
    }
}
