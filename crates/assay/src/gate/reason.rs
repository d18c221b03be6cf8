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
    /// The number of a coupon or a refund receipt.
    CouponNumber,
    /// A spreadsheet took digits away.
    DamagedNumber,
    /// Eight digits that can be read in two ways.
    ShortUpc,
    /// The number of a book or periodical.
    BookNumber,
    /// The cell holds several numbers.
    SeveralGtins,
    /// Brand and model are those of a registered product.
    MatchedByModel,
    /// A label that the scheme recognises stands in for the maker's own declaration.
    RecognisedForeignLabel,
    /// The foreign label's last day has passed.
    ForeignLabelExpired,
    /// The foreign label belongs to another product or another standard.
    ForeignLabelMismatched,
    /// The foreign label's standard or last day was not seen.
    ForeignLabelUnproven,
    /// A valid foreign label, while the maker itself declares that a requirement is not met.
    LabelAgainstDeclaration,
    /// A complete statement of compliance accompanies it.
    StatementComplete,
    /// The statement of compliance lacks a field.
    StatementIncomplete,
    /// No statement of compliance accompanies it.
    NoStatement,
    /// Old stock without a statement.
    NoSellThrough,
    /// The seller knows or believes that the maker failed a requirement.
    KnownFailure,
    /// A stop notice is in force.
    StopNotice,
    /// A recall notice is in force.
    RecallNotice,
    /// A notice is suspended by an appeal.
    NoticeSuspended,
    /// The scheme excepts its kind.
    ExceptedProduct,
    /// It was supplied to a customer before.
    SecondHand,
    /// It is no connectable product for consumers.
    NotConsumerConnectable,
    /// It is not known whether the scheme is about it.
    ScopeUnsure,
    /// The scheme puts no duty on sellers.
    NoSellerDuty,
    /// It is declared under the scheme, and what the scheme asks is not decided yet.
    NotDecided,
    /// Updates are not promised for as long as the shop wants.
    SupportEndsEarly,
    /// The row's day of the sale cannot be read.
    BadSaleDay,
}

impl Reason {
    /// Every reason, in the order of the enum.
    pub const ALL: [Self; 43] = [
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
        Self::CouponNumber,
        Self::DamagedNumber,
        Self::ShortUpc,
        Self::BookNumber,
        Self::SeveralGtins,
        Self::MatchedByModel,
        Self::RecognisedForeignLabel,
        Self::ForeignLabelExpired,
        Self::ForeignLabelMismatched,
        Self::ForeignLabelUnproven,
        Self::LabelAgainstDeclaration,
        Self::StatementComplete,
        Self::StatementIncomplete,
        Self::NoStatement,
        Self::NoSellThrough,
        Self::KnownFailure,
        Self::StopNotice,
        Self::RecallNotice,
        Self::NoticeSuspended,
        Self::ExceptedProduct,
        Self::SecondHand,
        Self::NotConsumerConnectable,
        Self::ScopeUnsure,
        Self::NoSellerDuty,
        Self::NotDecided,
        Self::SupportEndsEarly,
        Self::BadSaleDay,
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
            Self::CouponNumber => "coupon-number",
            Self::DamagedNumber => "damaged-number",
            Self::ShortUpc => "short-upc",
            Self::BookNumber => "book-number",
            Self::SeveralGtins => "several-gtins",
            Self::MatchedByModel => "matched-by-model",
            Self::RecognisedForeignLabel => "recognised-foreign-label",
            Self::ForeignLabelExpired => "foreign-label-expired",
            Self::ForeignLabelMismatched => "foreign-label-mismatched",
            Self::ForeignLabelUnproven => "foreign-label-unproven",
            Self::LabelAgainstDeclaration => "label-against-declaration",
            Self::StatementComplete => "statement-complete",
            Self::StatementIncomplete => "statement-incomplete",
            Self::NoStatement => "no-statement",
            Self::NoSellThrough => "no-sell-through",
            Self::KnownFailure => "known-failure",
            Self::StopNotice => "stop-notice",
            Self::RecallNotice => "recall-notice",
            Self::NoticeSuspended => "notice-suspended",
            Self::ExceptedProduct => "excepted-product",
            Self::SecondHand => "second-hand",
            Self::NotConsumerConnectable => "not-consumer-connectable",
            Self::ScopeUnsure => "scope-unsure",
            Self::NoSellerDuty => "no-seller-duty",
            Self::NotDecided => "not-decided",
            Self::SupportEndsEarly => "support-ends-early",
            Self::BadSaleDay => "bad-sale-day",
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
                "It may be sold, but the day until which the maker promised security updates has passed: tell the buyer. UK law asks for no minimum period, nor did the options of 2019; the act of the European Union asks makers for five years, or for the time of expected use where that is shorter. Source: SI 2023/1007, Schedule 1, paragraph 3; Regulation (EU) 2024/2847, Article 13(8)."
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
                "The maker took the declaration back, so that nothing in the register vouches for the product any more. Under options A, B and C it may not be sold; under uk-psti the law knows no register, so ask the maker why and do not sell before you know that no failure is behind it. Before a scheme binds, a withdrawal forbids nothing. Source: the withdrawal in the register's log; PSTI Act 2022, section 23."
            }
            Self::SupportShortened => {
                "The maker shows an earlier end of security updates than was published before. Under uk-psti a published period may only be extended: this counts as a known failure and the product may not be sold. The options of 2019 say nothing of it, so there the gate asks: the date that was declared, and printed where the option has a label, is one that the maker no longer keeps. Source: SI 2023/1007, Schedule 1, paragraph 3; PSTI Act 2022, section 23."
            }
            Self::GtinDisputed => {
                "More than one maker claims or claimed this GTIN, and whose it is was not decided, so the number does not tell which product you hold. A person must compare maker and model with the register. Source: the claims in the register's log."
            }
            Self::NoGtin => {
                "The row has no GTIN: the cell is missing or empty, says so (as n/a, does not apply or zeros), or holds a number of a length that no GTIN has (8, 12, 13 or 14 digits). Take the number from the barcode. Source: GS1 General Specifications, section 1.4."
            }
            Self::BadGtin => {
                "The cell holds something that is no number, such as letters within the digits. Blanks, hyphens and the signs by which a spreadsheet marks a text are passed over; mend what else stands there. Source: GS1 General Specifications, section 1.4."
            }
            Self::BadCheckDigit => {
                "The last digit does not follow from the others, so a digit is wrong: compare the number with the barcode. Source: GS1 General Specifications, section 7.9."
            }
            Self::RetailerOwnedNumber => {
                "The number is one that a shop gives itself (GS1 prefixes 02, 04 and 20 to 29, and eight digits from 0 or 2); it says nothing about the product outside that shop. Look for the maker's barcode on the pack. Source: GS1 General Specifications, sections 1.4 and 2.1."
            }
            Self::CouponNumber => {
                "The number is one of a coupon or a refund receipt (GS1 prefixes 05, 98 and 99), so it names no product. Look for the barcode on the product's own pack. Source: GS1 General Specifications, section 1.4."
            }
            Self::DamagedNumber => {
                "The cell holds scientific notation such as 4.00638E+12, in which a spreadsheet has lost digits; which ones cannot be told, and none is guessed. Format the column as text (or as a whole number) in the original file and export it again. Source: GS1 General Specifications, section 1.4: every digit counts."
            }
            Self::ShortUpc => {
                "The cell holds eight digits that may be the short form (UPC-E) of an American number, and may be something else as well: a number that a shop gives itself, a GTIN-8, or a short form of number system 1, which GS1 does not define. Write the twelve digits that they stand for, from the pack or the maker. Source: GS1 General Specifications, sections 1.4 and 5.2.2."
            }
            Self::BookNumber => {
                "The cell holds an ISBN-10 or ISSN, or digits that could be one as well as a GTIN that lost zeros. The barcode of a book or periodical has 13 digits from 978, 979 or 977, that of another product 12 or 13: write all of them. Source: ISO 2108 and ISO 3297; GS1 General Specifications, section 1.4."
            }
            Self::SeveralGtins => {
                "The cell holds several numbers that are not the same, and which one is this product's cannot be told; the first is never taken. Keep one, or make a row for each. Source: GS1 General Specifications, section 2.1: each trade item has a GTIN of its own."
            }
            Self::MatchedByModel => {
                "The row has no valid GTIN, but its brand and model are those of a product in the register. That may be the product, or another of the same name: compare the barcode on the pack with the register's number and put that number in your file. Nothing is sold by its name alone. Source: the register's entry; GS1 General Specifications, section 2.1: a changed product may keep its name, not its number."
            }
            Self::RecognisedForeignLabel => {
                "The product bears a label of another scheme that this scheme takes in place of the maker's own compliance and statement, for this product, against the recognised standard, and valid on that day. You must be satisfied of that yourself: keep what you saw and look again until the moment of supply. Source: SI 2023/1007, Schedules 2 and 2A, as SI 2025/1267 made them from 4 December 2025 (taken from secondary sources, the instrument was not read); PSTI Act 2022, sections 15(5) and 22(3)."
            }
            Self::ForeignLabelExpired => {
                "The product bears a label that would be recognised, but its last day has passed, or the security updates have ended that a Singapore label depends on, and nothing else speaks for the product. Ask the maker for a renewed label or for a statement of compliance. Source: SI 2023/1007, Schedule 2A (from secondary sources, not read); PSTI Act 2022, section 22."
            }
            Self::ForeignLabelMismatched => {
                "The label was granted for another product, or against another standard than the recognised one, and nothing else speaks for the product. Compare maker, model and standard with the authority's list, and ask for a statement of compliance. Source: SI 2023/1007, Schedules 2 and 2A (from secondary sources, not read); PSTI Act 2022, section 22."
            }
            Self::ForeignLabelUnproven => {
                "The product bears a label that could be recognised, but the standard it was granted against or its last day was not seen. A person must look it up with the authority that granted it before the product is sold. Source: PSTI Act 2022, sections 15(5) and 22(3): one must be satisfied that the conditions are met."
            }
            Self::LabelAgainstDeclaration => {
                "The product bears a valid recognised label, but its maker declares in the register that a requirement of the scheme is not met. The label would count as compliance; the maker's own words may make you believe in a failure. Ask the maker which of the two is right. Source: SI 2023/1007, Schedule 2; PSTI Act 2022, section 23."
            }
            Self::StatementComplete => {
                "A statement of compliance with every field accompanies the product, and nothing known speaks against it. The register need not know the product: no law asks for that. Keep what you saw. Source: PSTI Act 2022, section 22; SI 2023/1007, Schedule 4."
            }
            Self::StatementIncomplete => {
                "The statement of compliance with the product lacks something that it must contain at least, so it is not the document the Act asks for. Ask the maker for a complete one; the missing letters are those of the list in the source. Source: PSTI Act 2022, sections 9(3) and 22(2); SI 2023/1007, Schedule 4."
            }
            Self::NoStatement => {
                "No statement of compliance accompanies the product, and no recognised label stands in for it. It may not be made available, to businesses neither. An entry in a register is no such statement. Source: PSTI Act 2022, section 22(2)."
            }
            Self::NoSellThrough => {
                "The product was in stock before the law bound anybody and has no statement of compliance. There is no right to sell such stock through: what has no statement from the first day on cannot be supplied. Ask the maker for a statement. Source: PSTI Act 2022, section 22(2); that old stock is no exception is taken from a trade body's published answers (secondary)."
            }
            Self::KnownFailure => {
                "You know or believe that the maker failed a requirement, so you may not make the product available, however small the failure is. `assay duties --role distributor --failure` lists what else is to be done and who must be told. Nothing was found on this for the options of 2019; they are treated alike. Source: PSTI Act 2022, sections 16 and 23."
            }
            Self::StopNotice => {
                "The authority gave a stop notice about the product. Whoever was given it must stop what it names, and not to follow it is an offence; whoever only knows of it must suppose a failure. Source: PSTI Act 2022, sections 23, 29 and 32."
            }
            Self::RecallNotice => {
                "The authority gave a recall notice: products already supplied are to be returned, so none may be supplied. Not to follow it is an offence. Source: PSTI Act 2022, sections 23, 30 and 32."
            }
            Self::NoticeSuspended => {
                "The authority gave a notice, and an appeal against it is not decided yet: until then the notice has no effect and forbids nothing. But you may still not sell what you believe to fail a requirement, and the notice says why the authority thinks so. A person must read it and decide. Source: PSTI Act 2022, sections 23 and 33(8)."
            }
            Self::ExceptedProduct => {
                "The scheme excepts products of this kind, in this place and on this day, so it asks nothing of the seller. Other law may. Source: PSTI Act 2022, section 6; SI 2023/1007, Schedule 3; for other schemes the exceptions in the scheme's file."
            }
            Self::SecondHand => {
                "The product was supplied to a customer before, so it is no longer a consumer connectable product of the Act. Units that came back unwanted, came back under the Act, or were reconditioned by or for the maker count as new: for them the answer is another. Source: PSTI Act 2022, section 54."
            }
            Self::NotConsumerConnectable => {
                "The product does not connect in any of the ways the Act names, or neither it nor an identical unit is made available to consumers in the United Kingdom. Source: PSTI Act 2022, sections 4, 5 and 54."
            }
            Self::ScopeUnsure => {
                "Inside the scheme the product could not simply be sold, and it is not known whether it is inside: facts about how it connects, what kind it is or how it is supplied are missing. Find them out; until then treat it as inside. Source: PSTI Act 2022, sections 4 to 6 and 54; SI 2023/1007, Schedule 3."
            }
            Self::NoSellerDuty => {
                "The scheme is voluntary or binds others than sellers, or it asks nothing of sellers for a product it does not know: it neither allows nor forbids a sale. Source: the [seller] part of the scheme's file."
            }
            Self::NotDecided => {
                "The product is declared under the scheme, but something that the scheme asks is not decided yet: evidence is missing, nothing speaks against it. It stands like a product that nobody registered: ask the maker, or look at the statement of compliance. Source: as for not-registered."
            }
            Self::SupportEndsEarly => {
                "It may be sold, but you asked for security updates for some months after the sale (`--supported-for`), and the maker promises none, or ends them earlier. Whether to list it all the same is yours to decide. Source: your own rule; no UK law asks for a minimum period."
            }
            Self::BadSaleDay => {
                "The column that you named for the day of the sale holds something in this row that is no day written as 2027-03-31, also with a time behind it. Other ways to write a day have more than one reading, and none is guessed: mend the cell, or leave it empty for the day of the run. Source: ISO 8601, section 5.2.2."
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
