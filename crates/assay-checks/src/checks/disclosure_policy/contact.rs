//! Whether a policy names a contact that a stranger can use: a mail address, a telephone number, or the full address of a
//! page to report on. A disguised address, or a link that the saved text does not show, is left open.

use super::Said;
use crate::address::mails;
use crate::page::{Block, Page, Sentence};

/// What the page says of a contact.
pub(super) fn read(page: &Page, sentences: &[Sentence]) -> Said {
    let blocks = page.blocks.iter().map(of_block);
    let phones = sentences.iter().map(phone);
    blocks.chain(phones).fold(Said::Absent(None), Said::or)
}

fn of_block(block: &Block) -> Said {
    let lower = block.text.to_lowercase();
    let line = line_of(block, &lower);
    // Addresses of other departments are no contact for reports.
    const OTHERS: [&str; 12] = [
        "privacy@",
        "dpo@",
        "sales@",
        "marketing@",
        "press@",
        "jobs@",
        "careers@",
        "noreply@",
        "no-reply@",
        "legal@",
        "datenschutz@",
        "gdpr@",
    ];
    let found = mails(&block.text);
    if found.iter().any(|m| !OTHERS.iter().any(|o| m.starts_with(o))) {
        return Said::Stated;
    }
    if !found.is_empty() {
        return Said::Doubtful(
            line,
            "has a mail address, but not one that looks meant for security reports".into(),
        );
    }
    if let Some(url) = reporting_page(&lower) {
        return if url.starts_with("https://") {
            Said::Stated
        } else {
            Said::Doubtful(line, "names a page to report on, but without https".into())
        };
    }
    let disguised = lower.contains("email protected")
        || lower.contains("email\u{a0}protected")
        || ["[at]", "(at)", "{at}", " [dot] ", "(dot)"].iter().any(|m| lower.contains(m));
    if disguised {
        return Said::Doubtful(
            line,
            "disguises the mail address: publish it so that it can be copied".into(),
        );
    }
    let elsewhere = [
        "contact form",
        "contact page",
        "contact us",
        "online form",
        "web form",
        "webform",
        "report form",
        "reporting form",
    ];
    if elsewhere.iter().any(|m| lower.contains(m)) {
        return Said::Doubtful(line, "points to a contact whose address the saved text does not show".into());
    }
    let labelled = lower.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with("contact");
    let described =
        ["private security advisory", "private vulnerability report", "bug tracker", "issue tracker"];
    let told = labelled && lower.split_whitespace().count() > 4;
    if told || described.iter().any(|m| lower.contains(m)) {
        return Said::Doubtful(line, "tells where to report without an address that can be copied".into());
    }
    Said::Absent(None)
}

/// The line of the block where something like a contact stands.
fn line_of(block: &Block, lower: &str) -> usize {
    let marks = ["@", "email", "[at]", "(at)", "http", "contact", "form"];
    let at = marks.iter().filter_map(|m| lower.find(m)).min().unwrap_or(0);
    block.line + lower[..at].matches('\n').count()
}

/// The address of a page where one reports: its path says so, or the words around it do.
fn reporting_page(lower: &str) -> Option<&str> {
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    let invites = ["report", "submit", "form", "portal", "contact", "send"].iter().any(|w| words.contains(w));
    let of_key = ["pgp", "gpg", "openpgp", "key", "fame", "advisories"].iter().any(|w| words.contains(w));
    let mut urls = lower
        .split(|c: char| c.is_whitespace() || "<>()[]\"'".contains(c))
        .filter(|t| t.starts_with("https://") || t.starts_with("http://"));
    urls.find(|url| {
        let path = [
            "report",
            "submit",
            "vulnerab",
            "form",
            "contact",
            "disclos",
            "hackerone",
            "bugcrowd",
            "intigriti",
            "yeswehack",
            "advisories/new",
        ];
        path.iter().any(|p| url.contains(p)) || (invites && !of_key)
    })
}

/// A telephone number in a sentence that calls it one.
fn phone(sentence: &Sentence) -> Said {
    let calls =
        |w: &str| matches!(w, "phone" | "telephone" | "tel" | "call" | "hotline") || w.starts_with("tel:");
    let digits: usize = sentence
        .words
        .iter()
        .filter(|w| {
            w.text.starts_with(|c: char| c.is_ascii_digit() || c == '+') || w.text.starts_with("tel:")
        })
        .map(|w| w.text.bytes().filter(u8::is_ascii_digit).count())
        .sum();
    if digits >= 7 && sentence.words.iter().any(|w| calls(&w.text)) {
        Said::Stated
    } else {
        Said::Absent(None)
    }
}
