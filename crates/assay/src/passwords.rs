//! The two rules on passwords, which are not the same. The Code of Practice of 2018 and TS 103 645 of 2019 want every
//! password unique and none that a reset brings back for all units; the law of 2023 and EN 303 645 leave the factory-default
//! state out. Pure predicates over where a password comes from in each state; what evidence shows is the checks' business.

use serde::{Deserialize, Serialize};

/// Where the password of a state comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Each unit has one of its own.
    Unique,
    /// The user sets it.
    UserDefined,
    /// All units, or many of them, have the same.
    Universal,
    /// There is none in this state.
    NoPassword,
    /// Nobody has said.
    Unknown,
}

impl Origin {
    /// Every origin.
    pub const ALL: [Self; 5] =
        [Self::Unique, Self::UserDefined, Self::Universal, Self::NoPassword, Self::Unknown];

    /// The word used in `product.toml`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unique => "unique",
            Self::UserDefined => "user-defined",
            Self::Universal => "universal",
            Self::NoPassword => "no-password",
            Self::Unknown => "unknown",
        }
    }
}

/// A product's passwords in its three states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Passwords {
    /// As it leaves the factory, before anybody has set it up.
    pub factory_default: Origin,
    /// Once it is set up, and in every other state that is not the factory-default one.
    pub in_use: Origin,
    /// What a factory reset brings back.
    pub after_reset: Origin,
}

/// What a predicate says of stated passwords. It speaks of a description: nothing here is ever *met*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// The description itself breaks the rule.
    NotMet(&'static str),
    /// The description agrees with the rule.
    Consistent(&'static str),
    /// The description does not decide.
    Undecided(&'static str),
}

/// The rule of 2018 and 2019: every password is unique or the user's own, and no state, a reset included, has one that is
/// the same on all units (Code of Practice for Consumer IoT Security, guideline 1; ETSI TS 103 645 v1.1.1, provision 4.1-1).
#[must_use]
pub fn strict_2019(passwords: &Passwords) -> Judgement {
    let Passwords { factory_default, in_use, after_reset } = *passwords;
    // FAIL goes first: what is unknown elsewhere cannot heal a universal password.
    if in_use == Origin::Universal {
        return Judgement::NotMet("all units are used with the same password");
    }
    if after_reset == Origin::Universal {
        return Judgement::NotMet("a factory reset brings back a password that all units share");
    }
    if factory_default == Origin::Universal {
        return Judgement::NotMet(
            "all units leave the factory with the same password, even if it must be changed at first use",
        );
    }
    if [factory_default, in_use, after_reset].contains(&Origin::Unknown) {
        return Judgement::Undecided("for at least one state it is not said where the password comes from");
    }
    if factory_default == Origin::UserDefined {
        return Judgement::Undecided("no user can have set a password before the device was set up");
    }
    if in_use == Origin::NoPassword {
        return Judgement::Undecided(NONE_IN_USE);
    }
    Judgement::Consistent("no state has a password that all units share, and a reset brings none back")
}

/// The rule of the law: outside the factory-default state a password is unique per product or the user's own; what stands
/// in that state, and comes back to it by a reset, is exempt (SI 2023/1007, Schedule 1, paragraph 1; ETSI EN 303 645,
/// provision 5.1-1).
#[must_use]
pub fn psti(passwords: &Passwords) -> Judgement {
    match passwords.in_use {
        Origin::Universal => {
            Judgement::NotMet("outside the factory-default state all units have the same password")
        }
        Origin::Unique => Judgement::Consistent(
            "outside the factory-default state each unit has a password of its own; whether it can be guessed is not said",
        ),
        Origin::UserDefined => {
            Judgement::Consistent("outside the factory-default state the user sets the password")
        }
        Origin::NoPassword => Judgement::Undecided(NONE_IN_USE),
        Origin::Unknown => Judgement::Undecided(
            "it is not said where the password comes from outside the factory-default state",
        ),
    }
}

const NONE_IN_USE: &str = "no password is said to be in use: the rule is about passwords, and an empty one would break it, so a person has to look";

#[cfg(test)]
mod tests {
    use super::Origin::{self, *};
    use super::*;

    fn cells() -> impl Iterator<Item = Passwords> {
        Origin::ALL.into_iter().flat_map(|factory_default| {
            Origin::ALL.into_iter().flat_map(move |in_use| {
                Origin::ALL.map(|after_reset| Passwords { factory_default, in_use, after_reset })
            })
        })
    }

    fn letter(judgement: &Judgement) -> char {
        match judgement {
            Judgement::NotMet(_) => 'x',
            Judgement::Consistent(_) => '+',
            Judgement::Undecided(_) => '?',
        }
    }

    /// One row a pair of factory default and state in use, one letter a reset: unique, user-defined, universal, none, unknown.
    const STRICT: [[&str; 5]; 5] = [
        // in use: unique, user-defined, universal, none, unknown
        ["++x+?", "++x+?", "xxxxx", "??x??", "??x??"], // factory default: unique
        ["??x??", "??x??", "xxxxx", "??x??", "??x??"], // user-defined, which cannot be
        ["xxxxx", "xxxxx", "xxxxx", "xxxxx", "xxxxx"], // universal
        ["++x+?", "++x+?", "xxxxx", "??x??", "??x??"], // none
        ["??x??", "??x??", "xxxxx", "??x??", "??x??"], // unknown
    ];
    const PSTI: [char; 5] = ['+', '+', 'x', '?', '?'];

    #[test]
    fn all_125_cells_come_out_as_written() {
        let index = |o: Origin| Origin::ALL.iter().position(|x| *x == o).unwrap();
        let mut seen = 0;
        for cell in cells() {
            let row = STRICT[index(cell.factory_default)][index(cell.in_use)];
            let strict = row.chars().nth(index(cell.after_reset)).unwrap();
            assert_eq!(letter(&strict_2019(&cell)), strict, "strict: {cell:?}");
            assert_eq!(letter(&psti(&cell)), PSTI[index(cell.in_use)], "psti: {cell:?}");
            seen += 1;
        }
        assert_eq!(seen, 125);
    }

    #[test]
    fn they_differ_where_a_universal_password_stands_only_in_the_factory_default_state() {
        let changed_at_first_use =
            Passwords { factory_default: Universal, in_use: UserDefined, after_reset: Universal };
        assert!(matches!(strict_2019(&changed_at_first_use), Judgement::NotMet(_)));
        assert!(matches!(psti(&changed_at_first_use), Judgement::Consistent(_)));
        let differ: Vec<Passwords> = cells()
            .filter(|c| {
                matches!(strict_2019(c), Judgement::NotMet(_)) && !matches!(psti(c), Judgement::NotMet(_))
            })
            .collect();
        assert_eq!(differ.len(), 36);
        assert!(differ.iter().all(|c| c.in_use != Universal));
        assert!(differ.iter().all(|c| c.factory_default == Universal || c.after_reset == Universal));
    }

    #[test]
    fn what_breaks_the_law_breaks_the_stricter_rule_too_and_silence_is_never_consistent() {
        for cell in cells() {
            if matches!(psti(&cell), Judgement::NotMet(_)) {
                assert!(matches!(strict_2019(&cell), Judgement::NotMet(_)), "{cell:?}");
            }
            if matches!(strict_2019(&cell), Judgement::Consistent(_)) {
                assert!(matches!(psti(&cell), Judgement::Consistent(_)), "{cell:?}");
            }
        }
        let silent = Passwords { factory_default: Unknown, in_use: Unknown, after_reset: Unknown };
        assert!(matches!(strict_2019(&silent), Judgement::Undecided(_)));
        assert!(matches!(psti(&silent), Judgement::Undecided(_)));
    }

    #[test]
    fn the_words_are_those_of_the_file() {
        for origin in Origin::ALL {
            assert_eq!(serde_json::to_value(origin).unwrap(), origin.word());
        }
    }
}
