//! The report of `assay check` as one self-contained page: no script, nothing from elsewhere, everything escaped.

use askama::Template;

use super::told::Told;
use super::words::{READING, UNSAID, exit_words};
use crate::exit::Failure;

#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage<'a> {
    told: &'a Told,
    reading: [(&'static str, &'static str); 6],
    exit: &'static str,
    unsaid: &'static str,
}

impl CheckPage<'_> {
    /// Whether the section on what nobody checked has anything to say.
    fn open(&self) -> bool {
        let steps = &self.told.steps;
        !self.told.unseen.is_empty() || steps.evidence.is_some() || !steps.others.is_empty()
    }
}

/// The page.
pub(super) fn page(told: &Told) -> Result<String, Failure> {
    let page = CheckPage { told, reading: READING, exit: exit_words(told.exit), unsaid: UNSAID };
    rendered(&page)
}

/// A template as text; it can only fail where the machine has no memory left.
pub(super) fn rendered(page: &impl Template) -> Result<String, Failure> {
    page.render().map_err(|e| Failure::impossible(format!("the page could not be written: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn everything_a_stranger_wrote_is_escaped() {
        let page = sample::hostile(|shown| page(&Told::of(shown)).unwrap());
        assert!(!page.contains("<script") && !page.contains("<img") && !page.contains('\u{202e}'), "{page}");
        assert!(page.contains("&#60;script&#62;"), "{page}");
        assert!(page.len() < 200_000, "{} bytes", page.len());
    }

    #[test]
    fn it_needs_nothing_from_elsewhere() {
        let page = sample::with(|shown| page(&Told::of(shown)).unwrap());
        for fetched in ["src=", "href=\"http", "url(", "@import", "<link", "<script", "onclick"] {
            assert!(!page.contains(fetched), "{fetched}");
        }
    }

    #[test]
    fn headings_go_down_one_step_at_a_time_and_tables_say_what_they_are() {
        let page = sample::with(|shown| page(&Told::of(shown)).unwrap());
        let levels: Vec<u32> =
            page.split("<h").skip(1).filter_map(|t| t.chars().next().and_then(|c| c.to_digit(10))).collect();
        assert_eq!(levels.iter().filter(|l| **l == 1).count(), 1);
        assert!(levels.windows(2).all(|w| w[1] <= w[0] + 1), "{levels:?}");
        assert_eq!(page.matches("<table").count(), page.matches("<caption").count());
        assert!(
            page.split("<th").skip(1).filter(|t| !t.starts_with("ead")).all(|t| t.starts_with(" scope="))
        );
    }
}
