//! What a live picture shows in place of a label that no longer holds: the plain sentence, as of which day, and where to
//! look. It has no shield and no code, so that it cannot be taken for a label.

use jiff::civil::Date;

use crate::PictureError;
use crate::canvas::Canvas;
use crate::layout;
use crate::lettering::{Face, SOFT_BREAK};
use crate::look::Look;
use crate::raster;
use crate::shape::area;
use crate::sheet::{Draft, Sheet, Type};
use crate::svg;
use crate::words::{self, Today, as_of, plain, stopped};

/// What is said in place of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plaque<'a> {
    /// Why there is none.
    pub today: Today,
    /// The day on which that was so.
    pub on: Date,
    /// The address of the product's page.
    pub page: &'a str,
}

/// More than any text takes, in units.
const ROOM: i32 = 1200;

impl Plaque<'_> {
    /// All of it in words.
    #[must_use]
    pub fn alt_text(&self, look: Look) -> String {
        let said = [self.today.sentence(look.language), as_of(self.on, look.language)];
        plain(&format!("{}. {}", words::name(look.language), said.map(|s| stopped(&s)).join(" ")))
    }

    /// As SVG.
    ///
    /// # Errors
    /// A look that cannot be printed.
    pub fn svg(&self, look: Look) -> Result<String, PictureError> {
        let look = look.checked()?;
        let alt = self.alt_text(look);
        let about = svg::About { title: words::name(look.language), description: &alt, link: None };
        Ok(svg::write(&self.sheet(look), &about))
    }

    /// As PNG.
    ///
    /// # Errors
    /// A look that cannot be printed, or a width out of bounds.
    pub fn png(&self, look: Look, width_px: u32) -> Result<Vec<u8>, PictureError> {
        let sheet = self.sheet(look.checked()?);
        raster::check_width(width_px, look, sheet.height, &sheet.own)?;
        let height = raster::height_of(&sheet, width_px) as usize;
        let mut canvas = Canvas::new(width_px as usize, height, look);
        raster::paint(&mut canvas, &sheet.common);
        Ok(raster::encode(&canvas, look, width_px))
    }

    fn sheet(&self, look: Look) -> Sheet {
        let mut draft = Draft::empty(look);
        let width = look.form.units();
        let least = look.form.least_letter() / 100 + 1;
        let mut y = 24;
        let page = self.page.replace('/', &format!("/{SOFT_BREAK}"));
        let language = look.language;
        for (text, face, size) in [
            (words::name(language).to_owned(), Face::Regular, least),
            (stopped(&self.today.sentence(language)), Face::Bold, least * 13 / 10),
            (stopped(&as_of(self.on, language)), Face::Regular, least),
            (page, Face::Regular, least),
        ] {
            y += draft.text(&text, Type::new(face, size), area(24, y, width - 48, ROOM)) + 10;
        }
        let height = layout::foot(&mut draft, y + 6, least, look.foot());
        let mut common = layout::frame(width, height);
        common.append(&mut draft.items);
        Sheet { look, height, common, places: Vec::new(), own: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::{Form, Palette};
    use crate::shape::{Rect, UNIT};
    use crate::sheet::Item;
    use crate::tests::day;
    use crate::words::Language;

    #[test]
    fn every_reason_is_said_in_every_form_and_language_and_fits() {
        let on = day("2027-09-30");
        for today in [Today::Withdrawn(on), Today::Suspended(on), Today::NoLabel] {
            for form in Form::ALL {
                for language in Language::ALL {
                    let look = Look { language, palette: Palette::Dark, ..Look::of(form) };
                    let page = "https://register.example/p/p0123456789abcdef";
                    let plaque = Plaque { today, on, page };
                    let sheet = plaque.sheet(look);
                    let whole = Rect { x: 0, y: 0, w: form.units() * UNIT, h: sheet.height * UNIT };
                    let mut lines = 0;
                    for item in &sheet.common {
                        let Item::Text { line, .. } = item else { continue };
                        let ink = line.outline().bounds().unwrap();
                        assert!(
                            ink.x > 0 && ink.right() < whole.w && ink.bottom() < whole.h,
                            "{}",
                            line.text
                        );
                        assert!(line.size >= form.least_letter(), "{}: {}", look.words(), line.text);
                        lines += 1;
                    }
                    assert!(lines >= 5);
                    let svg = plaque.svg(look).unwrap();
                    assert!(!svg.contains("<metadata>"), "nobody may take it for a label");
                }
            }
        }
        let look = Look { language: Language::En, ..Look::default() };
        let plaque = Plaque { today: Today::Withdrawn(day("2027-03-03")), on, page: "https://r.example/p/x" };
        assert_eq!(
            plaque.alt_text(look),
            "Product security label. The maker took this label back on 3 March 2027. As of 30 September 2027."
        );
        assert!(plaque.png(look, 400).unwrap().starts_with(b"\x89PNG"));
    }
}
