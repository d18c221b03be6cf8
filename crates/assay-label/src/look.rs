//! How a label is to look: its form, its colours, its language and how wide it is printed. A label says the same in all of
//! them. Which code it carries follows from the width: below a form's bound a signed one would be too fine to print.

use std::fmt;

use assay::date;
use jiff::civil::Date;

use crate::house::House;
use crate::ink::Ink;
use crate::words::{self, Language};

/// How the parts of a label are arranged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// Upright, for packaging and pages.
    #[default]
    Standard,
    /// Narrow and upright, for small packages and hang tags.
    Compact,
    /// A low strip, for the edge of a shelf.
    Shelf,
    /// A low banner, for a shop's page.
    Wide,
    /// Words alone.
    Text,
}

/// The colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Palette {
    /// In colour, on white.
    #[default]
    Colour,
    /// Black and white and nothing between, for thermal printers and one-colour packaging.
    Bw,
    /// On a dark ground.
    Dark,
}

/// How a label is to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Look {
    /// The arrangement.
    pub form: Form,
    /// The colours.
    pub palette: Palette,
    /// The language.
    pub language: Language,
    /// The printed width in tenths of a millimetre.
    pub width: u32,
    /// The day as of which the promise is told: past its end it is over. None is the day of the declaration, as every print
    /// has it.
    pub on: Option<Date>,
    /// Whose words and colours; none are the bundled ones.
    pub house: Option<&'static House>,
}

/// Why a label cannot look so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookError {
    /// Its words or its code would be too small.
    #[error("{form} is at least {least} mm wide in print, not {asked} mm: smaller, nobody could read it{mend}", form = .form.word())]
    TooNarrow {
        /// The form.
        form: Form,
        /// Its least width, in millimetres.
        least: Tenths,
        /// What was asked for.
        asked: Tenths,
        /// What to use instead.
        mend: &'static str,
    },
    /// Wider than anything is printed.
    #[error("a label is printed at most 1000 mm wide, not {0} mm")]
    TooWide(Tenths),
}

/// Tenths of a millimetre, written in millimetres.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenths(pub u32);

impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", f64::from(self.0) / 10.0)
    }
}

/// The widest print, in tenths of a millimetre.
const MOST_WIDTH: u32 = 10_000;

impl Form {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Standard, Self::Compact, Self::Shelf, Self::Wide, Self::Text];

    /// Its name in files and on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        ["standard", "compact", "shelf", "wide", "text"][self as usize]
    }

    /// The form of a name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.word() == word)
    }

    /// Its usual width in print, in tenths of a millimetre.
    #[must_use]
    pub fn usual_width(self) -> u32 {
        [600, 300, 1100, 1600, 600][self as usize]
    }

    /// Its least width in print, in tenths of a millimetre: there the smallest letters have an x-height of 0.9 mm, which EU
    /// law asks for on small packages of food (Regulation (EU) No 1169/2011, article 13(3)).
    #[must_use]
    pub fn least_width(self) -> u32 {
        [450, 200, 770, 840, 450][self as usize]
    }

    /// Its width in units.
    pub(crate) fn units(self) -> i32 {
        [600, 400, 1100, 1200, 600][self as usize]
    }

    /// The size below which no letter may be, in hundredths of a unit: an x-height of 0.9 mm at the least width. In the
    /// label's typeface the x-height is 0.536 of the size.
    pub(crate) fn least_letter(self) -> i32 {
        let per_tenth = f64::from(self.units()) * 100.0 / f64::from(self.least_width());
        (9.0 / 0.536 * per_tenth).ceil() as i32
    }
}

impl Palette {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Colour, Self::Bw, Self::Dark];

    /// Its name in files and on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        ["colour", "bw", "dark"][self as usize]
    }

    /// The palette of a name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|palette| palette.word() == word)
    }
}

impl Default for Look {
    fn default() -> Self {
        Self::of(Form::Standard)
    }
}

impl Look {
    /// A form at its usual width, in colour, in English.
    #[must_use]
    pub fn of(form: Form) -> Self {
        Self {
            form,
            palette: Palette::Colour,
            language: Language::En,
            width: form.usual_width(),
            on: None,
            house: None,
        }
    }

    /// The look, if it can be printed so.
    ///
    /// # Errors
    /// Too narrow for its form, or wider than anything is printed.
    pub fn checked(self) -> Result<Self, LookError> {
        let (form, asked) = (self.form, Tenths(self.width));
        if self.width < form.least_width() {
            let narrower = Form::Compact.least_width() <= self.width;
            let mend = if narrower { " (the compact form goes down to 20 mm)" } else { "" };
            return Err(LookError::TooNarrow { form, least: Tenths(form.least_width()), asked, mend });
        }
        if self.width > MOST_WIDTH { Err(LookError::TooWide(asked)) } else { Ok(self) }
    }

    /// What an ink is on a screen.
    pub(crate) fn rgb(self, ink: Ink) -> [u8; 3] {
        let own = self.house.and_then(|house| house.rgb(ink, self.palette));
        own.unwrap_or_else(|| ink.rgb(self.palette))
    }

    /// What an ink is on paper. A house's colour is taken apart as it is: its printer may know better.
    pub(crate) fn cmyk(self, ink: Ink) -> [u8; 4] {
        let Some(rgb) = self.house.and_then(|house| house.rgb(ink, self.palette)) else {
            return ink.cmyk(self.palette);
        };
        let most = rgb.into_iter().max().map_or(1, |most| u32::from(most).max(1));
        let share = |part: u8| ((most - u32::from(part)) * 100 / most) as u8;
        [share(rgb[0]), share(rgb[1]), share(rgb[2]), (100 - most * 100 / 255) as u8]
    }

    /// What the label is not, or what an authority says that it is.
    pub(crate) fn foot(&self) -> &str {
        self.house.map_or_else(|| words::disclaimer(self.language), |house| house.foot(self.language))
    }

    /// `standard colour en 600`, and the day, if it has one: how a file says what it was drawn as.
    #[must_use]
    pub fn words(self) -> String {
        let on = self.on.map(|on| format!(" {on}")).unwrap_or_default();
        let house = self.house.map(|house| format!(" house={}", house.id())).unwrap_or_default();
        let (form, palette, language) = (self.form.word(), self.palette.word(), self.language.code());
        format!("{form} {palette} {language} {}{on}{house}", self.width)
    }

    /// Reads what [`Self::words`] wrote, and no other spelling; a house is one that is known or none.
    #[must_use]
    pub fn parse(text: &str, known: Option<&'static House>) -> Option<Self> {
        let mut parts = text.split(' ');
        let form = Form::parse(parts.next()?)?;
        let palette = Palette::parse(parts.next()?)?;
        let language = Language::parse(parts.next()?)?;
        let width = parts.next()?.parse().ok()?;
        let mut rest = parts.by_ref().peekable();
        let on = rest.next_if(|part| !part.starts_with("house="));
        let house = rest.next().and_then(|part| part.strip_prefix("house="));
        let on = match on {
            Some(day) => Some(date::parse(day)?),
            None => None,
        };
        let house = match house {
            Some(id) => Some(known.filter(|known| known.id() == id)?),
            None => None,
        };
        let look = Self { form, palette, language, width, on, house };
        (parts.next().is_none() && look.words() == text).then_some(look)?.checked().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_read_as_it_was_written_and_no_other_spelling_is_one() {
        for form in Form::ALL {
            for palette in Palette::ALL {
                for on in [None, date::parse("2031-01-01")] {
                    let look = Look { palette, language: Language::Pl, on, ..Look::of(form) };
                    assert_eq!(Look::parse(&look.words(), None), Some(look));
                }
            }
        }
        for text in [
            "",
            "standard colour en",
            "standard colour en 0600",
            "standard  colour en 600",
            "compact bw en 199",
            "wide bw xx 1600",
        ] {
            assert_eq!(Look::parse(text, None), None, "{text}");
        }
    }

    #[test]
    fn what_is_too_narrow_says_what_to_use_instead() {
        let error = Look { width: 300, ..Look::of(Form::Standard) }.checked().unwrap_err();
        assert_eq!(
            error.to_string(),
            "standard is at least 45 mm wide in print, not 30 mm: smaller, nobody could read it (the compact form goes down to 20 mm)"
        );
        assert!(Look { width: 200, ..Look::of(Form::Compact) }.checked().is_ok());
        assert!(Look { width: 199, ..Look::of(Form::Compact) }.checked().is_err());
        assert!(Look { width: 10_001, ..Look::of(Form::Compact) }.checked().is_err());
    }
}
