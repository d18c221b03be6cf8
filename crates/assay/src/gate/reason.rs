//! The reasons of the gate: a stable word for scripts and an explanation for people. Which reason a listing gets is the
//! decision table's business, not theirs.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why. Each has a stable word and a plain explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It bears the label with a tick.
    Labelled,
    /// Its maker declares that it holds.
    Declared,
    /// It bears the label with a cross.
    CrossLabel,
    /// It may be sold, but the promised updates have ended.
    UpdatesEnded,
    /// The snapshot is too old to allow anything.
    StaleSnapshot,
    /// Nobody registered the number.
    NotRegistered,
    /// It is registered, but not under this scheme.
    NotDeclaredUnderScheme,
    /// The scheme binds nobody yet.
    NotYetBinding,
    /// It does not hold what the scheme asks.
    RequirementNotMet,
    /// The declaration was taken back.
    Withdrawn,
    /// The support period was shortened after publication.
    SupportShortened,
    /// More than one maker claims the number.
    GtinDisputed,
    /// The row has no GTIN.
    NoGtin,
    /// The cell holds something else than a number.
    BadGtin,
    /// A digit is wrong.
    BadCheckDigit,
    /// The shop's own number.
    RetailerOwnedNumber,
}

impl Reason {
    /// Every reason, in the order of the enum.
    pub const ALL: [Self; 16] = [
        Self::Labelled,
        Self::Declared,
        Self::CrossLabel,
        Self::UpdatesEnded,
        Self::StaleSnapshot,
        Self::NotRegistered,
        Self::NotDeclaredUnderScheme,
        Self::NotYetBinding,
        Self::RequirementNotMet,
        Self::Withdrawn,
        Self::SupportShortened,
        Self::GtinDisputed,
        Self::NoGtin,
        Self::BadGtin,
        Self::BadCheckDigit,
        Self::RetailerOwnedNumber,
    ];

    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Labelled => "labelled",
            Self::Declared => "declared",
            Self::CrossLabel => "cross-label",
            Self::UpdatesEnded => "updates-ended",
            Self::StaleSnapshot => "stale-snapshot",
            Self::NotRegistered => "not-registered",
            Self::NotDeclaredUnderScheme => "not-declared-under-scheme",
            Self::NotYetBinding => "not-yet-binding",
            Self::RequirementNotMet => "requirement-not-met",
            Self::Withdrawn => "withdrawn",
            Self::SupportShortened => "support-shortened",
            Self::GtinDisputed => "gtin-disputed",
            Self::NoGtin => "no-gtin",
            Self::BadGtin => "bad-gtin",
            Self::BadCheckDigit => "bad-check-digit",
            Self::RetailerOwnedNumber => "retailer-owned-number",
        }
    }

    /// The reason with this word.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.word() == word)
    }

    /// What it means and what to do, for a shop's data team, with the source of the rule.
    #[must_use]
    pub fn explain(self) -> &'static str {
        match self {
            Self::Labelled => {
                "The product is entitled to the scheme's label with a tick; it may be sold with that label shown. Source: options A and C of the UK consultation of 2019, as the scheme's file words them."
            }
            Self::Declared => {
                "The maker declares that the product meets what the scheme asks, and nothing in the register speaks against it, so it may be sold; keep the declaration. Under uk-psti the maker's statement of compliance must also accompany the product: a register's entry is no such statement. Source: option B of the consultation of 2019; PSTI Act 2022, section 22."
            }
            Self::CrossLabel => {
                "The product is entitled to the label with a cross: the maker honestly says that something behind it is not fulfilled. Option A lets it be sold as long as the label is shown. Source: option A of the consultation of 2019."
            }
            Self::UpdatesEnded => {
                "It may be sold, but the day until which the maker promised security updates has passed: tell the buyer. No scheme here asks for a minimum period. Source: SI 2023/1007, Schedule 1, paragraph 3."
            }
            Self::StaleSnapshot => {
                "The snapshot would let the product be sold, but it was too old to rely on that day: the product may have been withdrawn since. Fetch a newer snapshot and run the gate again. Source: the valid-until date in the snapshot's signed header."
            }
            Self::NotRegistered => {
                "No maker registered this GTIN. Options A, B and C allow only what is labelled or declared, so it is refused; under uk-psti the law knows no register, so ask the supplier for the statement of compliance. Source: consultation of 2019; PSTI Act 2022, section 22."
            }
            Self::NotDeclaredUnderScheme => {
                "The register knows the product, but its maker declared it under other schemes only; for this scheme it counts as not registered. Ask the maker to declare it. Source: as for not-registered."
            }
            Self::NotYetBinding => {
                "On that day the scheme bound nobody, and the product is not declared under it: the scheme says nothing about selling it. Source: the phases in the scheme's file."
            }
            Self::RequirementNotMet => {
                "The product is declared, but not as holding what the scheme asks (or without the label the scheme asks for), and the scheme allows only what does. Source: options B and C of the consultation of 2019; PSTI Act 2022, section 23."
            }
            Self::Withdrawn => {
                "The maker took the declaration back, so nothing vouches for the product any more: stop selling it and ask the maker why. Source: the withdrawal in the register's log."
            }
            Self::SupportShortened => {
                "The maker shows an earlier end of security updates than was published before. A published period may only be extended; this counts as a known failure and the product may not be sold. Source: SI 2023/1007, Schedule 1, paragraph 3; PSTI Act 2022, section 23."
            }
            Self::GtinDisputed => {
                "More than one maker claims this GTIN, so the number does not tell which product you hold. A person must compare maker and model with the register. Source: the claims in the register's log."
            }
            Self::NoGtin => {
                "The row has no GTIN: the cell is missing, empty, or holds a number of a length that no GTIN has (8, 12, 13 or 14 digits). Take the number from the barcode. Source: GS1 General Specifications, section 1.4."
            }
            Self::BadGtin => {
                "The cell holds something that is no plain number, such as letters, several numbers, or a spreadsheet's 4.00638E+12, which has lost digits. Export the column as text. Source: GS1 General Specifications, section 1.4."
            }
            Self::BadCheckDigit => {
                "The last digit does not follow from the others, so a digit is wrong: compare the number with the barcode. Source: GS1 General Specifications, section 7.9."
            }
            Self::RetailerOwnedNumber => {
                "The number is one that a shop or a coupon gives itself; it says nothing about the product outside that shop. Look for the maker's barcode on the pack. Source: GS1 General Specifications, sections 1.4 and 2.1."
            }
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_reason_has_one_word_and_an_explanation_with_its_source() {
        let words: BTreeSet<&str> = Reason::ALL.iter().map(|r| r.word()).collect();
        assert_eq!(words.len(), Reason::ALL.len());
        for (at, reason) in Reason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, at);
            assert_eq!(Reason::find(reason.word()), Some(reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.word());
            assert!(reason.explain().contains("Source: "), "{reason}");
        }
        assert_eq!(Reason::find("because"), None);
    }
}
