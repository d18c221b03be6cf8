//! A label for a shop's page: a piece of HTML without a script, a style sheet or a class of ours, that any shop takes. The
//! picture is the register's live one, which shows what holds today; all that it says stands beside it in words.

use std::fmt::Write;

use assay::label::SignedLabel;

use crate::look::{Form, Look, LookError};
use crate::sheet::Sheet;
use crate::svg::{escape, svg};
use crate::words::{Sentences, plain, stopped, today};

/// Where the picture comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture<'a> {
    /// An address that always shows today's state: the register's live badge.
    Live(&'a str),
    /// Drawn within the page: it shows what was declared, needs no connection, and does not change.
    Within,
}

/// The piece to put into a page.
///
/// # Errors
/// A look that cannot be printed.
pub fn fragment(label: &SignedLabel, look: Look, picture: Picture<'_>) -> Result<String, LookError> {
    let look = look.checked()?;
    let words = Sentences::of(label.facts(), look);
    let sheet = Sheet::of(label, look);
    let width = match look.form {
        Form::Standard | Form::Text => 300,
        Form::Compact => 200,
        Form::Shelf | Form::Wide => 600,
    };
    let height = width * sheet.height / look.form.units();
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<figure lang=\"{}\" style=\"margin:0;max-width:{width}px;font:16px/1.4 sans-serif\">",
        look.language.code()
    );
    match picture {
        Picture::Live(address) => {
            let _ = writeln!(
                out,
                "<img src=\"{}\" alt=\"{}\" width=\"{width}\" height=\"{height}\" loading=\"lazy\" style=\"max-width:100%;height:auto\">",
                escape(address),
                // What the picture shows may change; the sentences beside it say of which day they are.
                escape(&plain(&format!("{}. {}", words.name, today(look.language))))
            );
        }
        Picture::Within => {
            let drawn = svg(label, look)?;
            let _ = write!(out, "<div style=\"max-width:100%;width:{width}px\">");
            // As wide as its box, whatever the shop's page makes of millimetres.
            let sized = drawn.replacen("<svg ", "<svg style=\"width:100%;height:auto;display:block\" ", 1);
            let _ = writeln!(out, "{}</div>", sized.trim_end());
        }
    }
    let _ = writeln!(out, "<figcaption>");
    for sentence in said(&words) {
        let _ = writeln!(out, "<p style=\"margin:.4em 0\">{}</p>", escape(&sentence));
    }
    let _ = writeln!(
        out,
        "<p style=\"margin:.4em 0\"><a href=\"{}\">{}</a></p>",
        escape(label.uri()),
        escape(today(look.language))
    );
    let _ = writeln!(out, "</figcaption>\n</figure>");
    Ok(out)
}

/// The piece in a page of its own, to be looked at and copied from.
///
/// # Errors
/// A look that cannot be printed.
pub fn page(label: &SignedLabel, look: Look, picture: Picture<'_>) -> Result<String, LookError> {
    let piece = fragment(label, look, picture)?;
    let words = Sentences::of(label.facts(), look);
    Ok(format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\">\n<title>{}</title>\n</head>\n<body>\n<main>\n<h1>{}</h1>\n<!-- copy from here -->\n{piece}<!-- to here -->\n\
         </main>\n</body>\n</html>\n",
        look.language.code(),
        escape(&words.title()),
        escape(&plain(&words.name)),
    ))
}

/// Largest page that is searched, in bytes.
const MAX_PAGE: usize = 1 << 20;

/// The signed link of a piece that was put into a page; none where the text is no such piece, or has several labels. It is
/// searched, not parsed: nothing in a page can do anything.
#[must_use]
pub fn link_in(text: &str) -> Option<String> {
    (text.len() <= MAX_PAGE && text.contains("<figcaption")).then_some(())?;
    let mut links =
        text.split("href=\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(link, _)| link);
    let signed = |link: &&str| link.contains("?a=0o") && (link.contains("/01/") || link.contains("/p/"));
    let first = links.find(signed)?;
    let same = links.filter(signed).all(|link| link == first);
    same.then(|| first.replace("&amp;", "&"))
}

/// All that a label says, a sentence a line: also the label as plain text.
#[must_use]
pub fn text(label: &SignedLabel, look: Look) -> String {
    let words = Sentences::of(label.facts(), look);
    let mut lines = vec![plain(&words.name)];
    lines.extend(said(&words));
    lines.push(label.plain_link());
    lines.join("\n") + "\n"
}

fn said(words: &Sentences) -> Vec<String> {
    let sign = format!("{}: {}", words.sign, words.shield);
    let updates = words.updates.sentence();
    let mut said = vec![stopped(&sign), stopped(&updates)];
    said.extend(words.lasts.clone());
    said.extend(
        [&words.declared, &words.level, &words.under, &words.number, &words.disclaimer].map(|s| stopped(s)),
    );
    said.iter().map(|sentence| plain(sentence)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::Palette;
    use crate::tests::kinds;
    use crate::words::Language;

    #[test]
    fn a_piece_has_no_script_no_style_sheet_and_nothing_from_elsewhere_but_the_live_picture() {
        for label in kinds() {
            for form in Form::ALL {
                let look = Look { language: Language::Pl, palette: Palette::Dark, ..Look::of(form) };
                for picture in
                    [Picture::Within, Picture::Live("https://register.example/p/x/badge.svg?a=1&b=2")]
                {
                    let piece = fragment(&label, look, picture).unwrap();
                    for none in [
                        "<script",
                        "<style",
                        "<link",
                        "<iframe",
                        "onload",
                        "onerror",
                        "javascript:",
                        "class=",
                    ] {
                        assert!(!piece.contains(none), "{none}");
                    }
                    let sources = piece.matches("src=").count();
                    assert_eq!(sources, usize::from(picture != Picture::Within));
                    assert!(piece.contains("lang=\"pl\"") && !piece.contains("b=2&b"));
                    for sentence in said(&Sentences::of(label.facts(), look)) {
                        assert!(piece.contains(&escape(&sentence)), "{sentence}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_link_of_a_piece_is_found_and_no_other() {
        let [one, other, ..] = kinds();
        let page = |label| page(label, Look::default(), Picture::Within).unwrap();
        assert_eq!(link_in(&page(&one)).as_deref(), Some(one.uri()));
        assert_eq!(link_in(&(page(&one) + &page(&other))), None, "two labels");
        assert_eq!(link_in(&svg(&one, Look::default()).unwrap()), None);
        assert_eq!(link_in("<figcaption><a href=\"https://a\">"), None);
    }

    #[test]
    fn plain_text_says_how_long_the_promise_lasts() {
        let [label, _, none, _] = kinds();
        assert_eq!(
            text(&label, Look::default()),
            "Product security label\nShield with a tick: Unique passwords and a public contact for security reports.\n\
             Security updates until at least May 2030.\nThat is at least 3 years from the day of the declaration.\n\
             As declared on 22 November 2026.\nDeclared by the maker.\nScheme: UK 2019 consultation, option A: label on \
             every product sold.\nGTIN 04006381333931.\nIndependent label modelled on a 2019 UK proposal; not a government \
             mark.\nhttps://register.example/01/04006381333931\n"
        );
        assert!(!text(&none, Look::default()).contains("That is"));
    }
}
