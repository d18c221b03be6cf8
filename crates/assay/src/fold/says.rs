//! What a statement says, in a line of plain words.

use jiff::civil::Date;

use crate::assess::{Variant, Verdict};
use crate::statement::{Change, Fact, Notice, PublicPage, Statement};

/// A line of history in plain words.
pub(super) fn says(statement: &Statement) -> String {
    let until = |d: &Option<Date>| match d {
        Some(d) => format!("security updates until at least {}", crate::date::in_words(*d)),
        None => "no security updates promised".to_owned(),
    };
    match statement {
        Statement::MakerRegistered(s) => format!("{} registered as a maker", s.organisation),
        Statement::Declared(s) => format!("The maker declared the product: {}", until(&s.support.end)),
        Statement::Assessed(s) => {
            let verdict = match s.verdict {
                Verdict::Holds => "every requirement holds as declared",
                Verdict::DoesNotHold => "declared as not fulfilling every requirement",
                Verdict::Refused => "refused",
                Verdict::Undecided => "undecided: evidence is missing",
            };
            format!("Judged under {}: {verdict}", s.scheme)
        }
        Statement::Labelled(s) => {
            let sign = if s.variant == Variant::Tick { "tick" } else { "cross" };
            format!("Label with a {sign} under {}: {}", s.scheme, until(&s.updates_until))
        }
        Statement::Withdrawn(_) => "The maker withdrew its declaration".to_owned(),
        Statement::Observed(s) => {
            let (promised, shown) = match &s.fact {
                Fact::SupportShortened { promised, shown } => (promised, shown),
                Fact::PageSeen { page, .. } => return format!("The register saw {}", page_words(*page)),
                Fact::PageMissing { page } => return format!("{} was not there", page_words(*page)),
            };
            let shown = shown.map_or_else(|| "none".to_owned(), crate::date::in_words);
            format!(
                "An earlier end of support was shown ({shown}) than promised ({})",
                crate::date::in_words(*promised)
            )
        }
        Statement::KeyAdded(s) => format!("Key {} was added", s.key.id()),
        Statement::KeyRetired(s) => format!("Key {} was retired", s.key.id()),
        Statement::SupportExtended(s) => format!("The maker extended its promise: {}", until(&Some(s.end))),
        Statement::Corrected(s) => {
            format!("The maker corrected what stands at {}: {}", s.corrects, change_words(&s.change))
        }
        Statement::GtinDisputed(s) => format!("The number {} is disputed", s.gtin),
        Statement::GtinDecided(s) => match &s.holder {
            Some(holder) => format!("The number {} was decided to be that of {holder}", s.gtin),
            None => format!("The number {} was decided to be nobody's here", s.gtin),
        },
        Statement::ForeignLabelRecorded(s) => format!("Holds the label {} under {}", s.number, s.scheme),
        Statement::LabAccredited(s) => format!("{} was accredited as a laboratory", s.organisation),
        Statement::LabExpired(s) => format!("The accreditation of {} is over", s.lab),
        Statement::LabelSuspended(s) => format!("The label under {} was suspended", s.scheme),
        Statement::NoticeServed(s) => format!("The authority served a {}", notice_words(s.notice)),
        Statement::NoticeLifted(s) => format!("What was imposed at {} was lifted", s.lifts),
        Statement::ReceiptDigest(_) => "A report was received".to_owned(),
        Statement::AdvisoryPublished(s) => format!("The maker published advisory {}", s.advisory),
        Statement::LogKeyAnnounced(s) => {
            format!("Another key of the log, from {}", crate::date::in_words(s.from))
        }
        Statement::WitnessPolicyChanged(s) => {
            format!("Another witness policy, from {}", crate::date::in_words(s.from))
        }
        Statement::SchemaAnnounced(s) => {
            format!("Version {} of {}, from {}", s.version, s.schema, crate::date::in_words(s.from))
        }
    }
}

fn page_words(page: PublicPage) -> &'static str {
    match page {
        PublicPage::Support => "the page of the support period",
        PublicPage::Policy => "the disclosure policy",
        PublicPage::SecurityTxt => "the security.txt",
    }
}

fn notice_words(notice: Notice) -> &'static str {
    match notice {
        Notice::Compliance => "compliance notice",
        Notice::Stop => "stop notice",
        Notice::Recall => "recall notice",
    }
}

fn change_words(change: &Change) -> String {
    let (what, now) = match change {
        Change::Organisation(now) => ("the organisation", now),
        Change::Domain(now) => ("the domain", now),
        Change::Name(now) => ("the name", now),
        Change::Category(now) => ("the category", now),
        Change::PublishedAt(now) => ("the page of the support period", now),
        Change::Policy(now) => ("the disclosure policy", now),
        Change::SecurityTxt(now) => ("the security.txt", now),
    };
    format!("{what} is {now}")
}
