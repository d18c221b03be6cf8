//! The kinds of finding, each with a page that says what it means, why it matters and how to mend it. A finding can only be
//! made from one of these, so that `assay explain KIND` always has an answer.

/// One kind of finding.
#[derive(Debug)]
pub struct Kind {
    /// The stable kebab-case word in reports and JSON.
    pub id: &'static str,
    /// What it says, in a few words.
    pub title: &'static str,
    /// Its page, as Markdown.
    pub explain: &'static str,
}

/// Defines each kind once: as a constant for the check that finds it, and in the list.
macro_rules! kinds {
    ($($name:ident $id:literal $title:literal)*) => {
        $(
            #[doc = $title]
            pub(crate) const $name: Kind =
                Kind { id: $id, title: $title, explain: include_str!(concat!("kinds/", $id, ".md")) };
        )*
        static KINDS: &[Kind] = &[$($name),*];
    };
}

kinds! {
    UNIVERSAL "universal" "One password for all units"
    DUPLICATE "duplicate" "Units that share a password"
    SEEN_IN_EARLIER_BATCH "seen-in-earlier-batch" "A password that an earlier batch had"
    INCREMENTAL "incremental" "Passwords that count up"
    DERIVED_FROM_SERIAL "derived-from-serial" "Passwords that follow from the serial number"
    DERIVED_FROM_MAC "derived-from-mac" "Passwords that follow from the hardware address"
    DERIVED_FROM_PUBLIC "derived-from-public" "Passwords that follow from what others can know"
    COMMON "common" "A common password"
    TOO_WEAK "too-weak" "Passwords that can be guessed by trying"
    REGULAR "regular" "Passwords that a good generator does not make"
    EMPTY_PASSWORD "empty-password" "No password at all"
    FIXED_PASSWORD "fixed-password" "A password that every unit ships with"
    CONTACT_MISSING "contact-missing" "A security.txt without a contact"
    EXPIRES_PAST "expires-past" "A security.txt that has expired"
    EXPIRES_MISSING "expires-missing" "A security.txt without an expiry date"
    FIELD_INVALID "field-invalid" "A security.txt that breaks RFC 9116"
    NOT_SECURITY_TXT "not-security-txt" "Something else where a security.txt should be"
    CANONICAL_DIFFERS "canonical-differs" "A security.txt that belongs to another address"
    ENGLISH_MISSING "english-missing" "English is not among the languages"
    NO_CONTACT "no-contact" "A disclosure policy without a contact"
    NO_ACKNOWLEDGEMENT_TIME "no-acknowledgement-time" "No time for the acknowledgement"
    NO_STATUS_INTERVAL "no-status-interval" "No interval for status updates"
    TEMPLATE_UNFILLED "template-unfilled" "A template that nobody filled in"
    THREATENS_REPORTERS "threatens-reporters" "A threat against reporters"
    SUPPORT_NO_END_DATE "support-no-end-date" "A support period without an end date"
    SUPPORT_NOT_PUBLISHED "support-not-published" "A support period that is published nowhere"
    SUPPORT_NO_REASONS "support-no-reasons" "No reasons for the length of the support period"
    SUPPORT_DATE_DIFFERS "support-date-differs" "The published end date is another one"
    SUPPORT_SHORTENED "support-period-shortened" "A support period that was longer before"
    SUPPORT_TOO_SHORT "support-too-short" "A support period of less than five years"
    UNIVERSAL_DEFAULT "universal-default" "A default password that all units share, by the maker's own words"
    UNIVERSAL_IN_USE "universal-in-use" "A password in use that all units share, by the maker's own words"
    CLAIM_WITHOUT_REASON "claim-without-reason" "A recommendation left out without a reason"
    NOT_CONFIRMED "not-confirmed" "The maker does not confirm it"
    UPDATES_FALL_SHORT "updates-fall-short" "The maker's own description of updates falls short"
    PARAMETER_CONTRADICTED "parameter-contradicted" "The description of a security parameter contradicts itself"
    CRYPTOGRAPHY_FIXED "cryptography-fixed" "Cryptography that cannot be exchanged, by the maker's own words"
    SERVICE_UNAUTHENTICATED "service-unauthenticated" "A network service without authentication, by the maker's own words"
    INTERFACE_ENABLED "interface-enabled" "An interface left enabled, by the maker's own words"
    TELEMETRY_UNEXAMINED "telemetry-unexamined" "Telemetry that nobody examines"
    NOT_REVIEWED "not-reviewed" "An implementation that nobody reviewed"
    REPLACEMENT_NO_REASON "replacement-no-reason" "No reason why there are no updates"
    REPLACEMENT_NO_PLAN "replacement-no-plan" "No plan for replacing the hardware"
    REPLACEMENT_NO_PERIOD "replacement-no-period" "No support period for a device that is not updated"
}

/// Every kind of finding that a check can make.
#[must_use]
pub fn finding_kinds() -> &'static [Kind] {
    KINDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_says_what_why_how_and_from_where() {
        for kind in finding_kinds() {
            let headings: Vec<&str> = kind.explain.lines().filter(|l| l.starts_with('#')).collect();
            let title = format!("# {}", kind.title);
            let wanted = [&title, "## What it means", "## Why it matters", "## How to mend it", "## Source"];
            assert_eq!(headings, wanted, "src/kinds/{}.md", kind.id);
            for section in kind.explain.split("## ").skip(1) {
                assert!(section.lines().skip(1).any(|l| l.len() > 20), "src/kinds/{}.md: {section}", kind.id);
            }
        }
    }

    #[test]
    fn no_kind_is_named_twice() {
        let ids: std::collections::BTreeSet<_> = finding_kinds().iter().map(|k| k.id).collect();
        assert_eq!(ids.len(), finding_kinds().len());
    }
}
