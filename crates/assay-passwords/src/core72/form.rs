//! The 24 forms that are hashed for every row, each with the reason why a generator would use it.

use crate::rows::Role;
use crate::written::Written;

/// A form of a unit's identifiers that may have been hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Form(pub(super) u8);

/// How many there are.
pub const FORMS: usize = 24;

impl Form {
    /// All of them, the simplest first.
    pub fn all() -> impl Iterator<Item = Form> {
        (0..FORMS as u8).map(Form)
    }

    /// The identifier that is to blame; of a pair, the first.
    #[must_use]
    pub fn blames(self) -> Role {
        match self.recipe() {
            Recipe::One(role, _) => role,
            Recipe::Line(of) | Recipe::Pair(of, _) => Form(of).blames(),
        }
    }

    /// Every identifier in it.
    #[must_use]
    pub fn roles(self) -> Vec<Role> {
        match self.recipe() {
            Recipe::One(role, _) => vec![role],
            Recipe::Line(of) => Form(of).roles(),
            Recipe::Pair(one, other) => [Form(one).roles(), Form(other).roles()].concat(),
        }
    }

    /// In words: `serial number, in lower case`.
    #[must_use]
    pub fn words(self) -> String {
        match self.recipe() {
            Recipe::One(role, Written::AsIs) => name(role).to_owned(),
            Recipe::One(role, written) => format!("{} {}", name(role), written.words()),
            Recipe::Line(of) => format!("{} and a line feed", Form(of).words()),
            Recipe::Pair(one, other) => format!("{} followed by {}", Form(one).words(), Form(other).words()),
        }
    }

    pub(super) fn recipe(self) -> Recipe {
        TABLE[usize::from(self.0)].0
    }

    /// A simpler form that often comes out the same.
    pub(super) fn likely_same(self) -> Option<usize> {
        TABLE[usize::from(self.0)].1.map(usize::from)
    }
}

/// How a form is made. A number is the place of another form in the table, before this one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Recipe {
    One(Role, Written),
    Line(u8),
    Pair(u8, u8),
}

fn name(role: Role) -> &'static str {
    match role {
        Role::Serial => "serial number",
        Role::Mac => "MAC address",
        Role::Public => "public column",
        Role::Password => "password",
    }
}

const SERIAL: u8 = 0;
const MAC: u8 = 6;
const MAC_UPPER: u8 = 11;
const MAC_LOWER: u8 = 12;
const PUBLIC: u8 = 22;

// The form, and a simpler one that often comes out the same. Forms of a cell as it stands in the file are what a script
// over that very file hashes; the others are what firmware and provisioning tools have in hand when it runs.
const TABLE: [(Recipe, Option<u8>); FORMS] = [
    // What a script over the file has in hand.
    (Recipe::One(Role::Serial, Written::AsIs), None),
    // Firmware lowers a serial number before it becomes a host name or topic.
    (Recipe::One(Role::Serial, Written::Lower), Some(SERIAL)),
    // Label programs print capitals whatever the file says.
    (Recipe::One(Role::Serial, Written::Upper), Some(SERIAL)),
    // A counter is the serial number without the letters of the model.
    (Recipe::One(Role::Serial, Written::Digits), Some(SERIAL)),
    // Bar codes leave the hyphens out.
    (Recipe::One(Role::Serial, Written::Plain), Some(SERIAL)),
    // `echo $SERIAL | md5sum` hashes the line feed too.
    (Recipe::Line(SERIAL), None),
    // What a script over the file has in hand.
    (Recipe::One(Role::Mac, Written::AsIs), None),
    // As on labels and in Windows' tools, in Linux's tools and /sys, and in IEEE 802's own way of writing.
    (Recipe::One(Role::Mac, Written::ColonsUpper), Some(MAC)),
    (Recipe::One(Role::Mac, Written::ColonsLower), Some(MAC)),
    (Recipe::One(Role::Mac, Written::HyphensUpper), Some(MAC)),
    (Recipe::One(Role::Mac, Written::HyphensLower), Some(MAC)),
    // `%02X` and `%02x` of every byte: the published generators of routers, and most firmware.
    (Recipe::One(Role::Mac, Written::PlainUpper), Some(MAC)),
    (Recipe::One(Role::Mac, Written::PlainLower), Some(MAC)),
    // Firmware has the address as six bytes and hashes those.
    (Recipe::One(Role::Mac, Written::Raw), None),
    // `cat /sys/class/net/eth0/address | md5sum`: with its line feed.
    (Recipe::Line(MAC), None),
    // The half that differs from unit to unit, as it stands in the network's name.
    (Recipe::One(Role::Mac, Written::Last6), None),
    // Both, to look less guessable, in either order: as in the file, and as most firmware writes an address.
    (Recipe::Pair(SERIAL, MAC), None),
    (Recipe::Pair(MAC, SERIAL), None),
    (Recipe::Pair(SERIAL, MAC_UPPER), Some(16)),
    (Recipe::Pair(MAC_UPPER, SERIAL), Some(17)),
    (Recipe::Pair(SERIAL, MAC_LOWER), Some(16)),
    (Recipe::Pair(MAC_LOWER, SERIAL), Some(17)),
    // The network's name, or the model, by itself and as a salt that everybody can read.
    (Recipe::One(Role::Public, Written::AsIs), None),
    (Recipe::Pair(PUBLIC, SERIAL), None),
];

/// The four forms of the comparison with other programs: the serial number, and the address in three ways.
pub(super) const FOUR: [u8; 4] = [SERIAL, MAC, MAC_UPPER, MAC_LOWER];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_words_of_its_own_and_is_made_of_earlier_ones() {
        let mut words: Vec<String> = Form::all().map(Form::words).collect();
        for form in Form::all() {
            let before = match form.recipe() {
                Recipe::One(..) => 0,
                Recipe::Line(of) => of + 1,
                Recipe::Pair(one, other) => one.max(other) + 1,
            };
            assert!(before <= form.0);
            assert!(form.likely_same().is_none_or(|same| same < usize::from(form.0)));
        }
        words.sort();
        words.dedup();
        assert_eq!(words.len(), FORMS);
    }

    #[test]
    fn a_pair_blames_what_stands_first() {
        let blames: Vec<Role> = [0, 5, 6, 14, 16, 17, 22, 23].map(|form| Form(form).blames()).into();
        use Role::{Mac, Public, Serial};
        assert_eq!(blames, [Serial, Serial, Mac, Mac, Serial, Mac, Public, Public]);
    }
}
