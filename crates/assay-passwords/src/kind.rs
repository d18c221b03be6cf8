//! The kinds of finding, each with the rule that it breaks, in words and with its source.

/// What can be wrong with a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// One value for all.
    Universal,
    /// Units that share a password.
    Duplicate,
    /// A password that an earlier batch had.
    SeenInEarlierBatch,
    /// The same save for a counter.
    Incremental,
    /// It follows from the serial number.
    DerivedFromSerial,
    /// It follows from the hardware address.
    DerivedFromMac,
    /// It follows from something else that others can know.
    DerivedFromPublic,
    /// It stands in lists of common passwords.
    Common,
    /// The space is too small.
    TooWeak,
    /// A good source of randomness does not look like this.
    Regular,
}

impl Kind {
    /// Every kind, the gravest first.
    pub const ALL: [Self; 10] = [
        Self::Universal,
        Self::Duplicate,
        Self::SeenInEarlierBatch,
        Self::Incremental,
        Self::DerivedFromSerial,
        Self::DerivedFromMac,
        Self::DerivedFromPublic,
        Self::Common,
        Self::TooWeak,
        Self::Regular,
    ];

    /// The stable kebab-case word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Universal => "universal",
            Self::Duplicate => "duplicate",
            Self::SeenInEarlierBatch => "seen-in-earlier-batch",
            Self::Incremental => "incremental",
            Self::DerivedFromSerial => "derived-from-serial",
            Self::DerivedFromMac => "derived-from-mac",
            Self::DerivedFromPublic => "derived-from-public",
            Self::Common => "common",
            Self::TooWeak => "too-weak",
            Self::Regular => "regular",
        }
    }

    /// The kind that a word means.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.word() == word)
    }

    /// The rule in our own words, with its source.
    #[must_use]
    pub fn rule(self) -> &'static str {
        match self {
            Self::Universal | Self::Duplicate | Self::SeenInEarlierBatch => {
                "each unit has a password of its own, or the user sets one (SI 2023/1007, Schedule 1, paragraph 1(2); \
                 EN 303 645 V2.1.1, 5.1-1)"
            }
            Self::Incremental => {
                "passwords are not the same save for a counter (SI 2023/1007, Schedule 1, paragraph 1(3)(a); EN 303 645 \
                 V2.1.1, 5.1-2)"
            }
            Self::DerivedFromSerial | Self::DerivedFromMac => {
                "passwords do not follow from what identifies the unit, unless by a keyed method that good practice \
                 accepts (SI 2023/1007, Schedule 1, paragraph 1(3)(c); EN 303 645 V2.1.1, 5.1-2)"
            }
            Self::DerivedFromPublic => {
                "passwords are not based on information that others can know (SI 2023/1007, Schedule 1, paragraph \
                 1(3)(b); EN 303 645 V2.1.1, 5.1-2)"
            }
            Self::Common | Self::TooWeak | Self::Regular => {
                "passwords cannot be guessed in another way (SI 2023/1007, Schedule 1, paragraph 1(3)(d); EN 303 645 \
                 V2.1.1, 5.1-2)"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_means_its_kind_and_every_rule_has_a_source() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of(kind.word()), Some(kind));
            assert!(kind.rule().contains("SI 2023/1007") && kind.rule().contains("EN 303 645"));
        }
        assert_eq!(Kind::of("universal-"), None);
    }
}
