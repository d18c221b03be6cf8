//! What whoever runs a register may print in place of the bundled words and colours: an authority its own words at the foot
//! of the label, and its colours. It is a small file that readers keep beside their trusted keys, since a drawing with other
//! words is compared only with the house that the reader was given. What the shield and the date say stays as it is.
//!
//! ```toml
//! house = "assay-house-v0"
//! [foot]                          # what the label is, in place of the bundled sentence; English must be there
//! en = "Label of the Example Products Office under the Example Order 2027"
//! [colours]                       # of the palette in colour; each may be left out
//! seal = "#0b5a60"                # the shield with a tick, the calendar's head
//! seal_shade = "#08464c"          # the shield's shaded half
//! cross = "#a84b00"
//! frame = "#10242b"               # the rim and the foot
//! ```

use std::cmp::Ordering;
use std::collections::BTreeMap;

use assay::text::is_plain;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::ink::{Ink, contrast};
use crate::lettering::{Face, width};
use crate::look::Palette;
use crate::words::Language;
use crate::words::never::never_said;

/// Largest file, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;

/// Longest sentence at the foot, in characters: it must fit every form.
const MOST: usize = 96;

/// Words and colours of a register, checked.
#[derive(Debug)]
pub struct House {
    text: String,
    id: String,
    foot: BTreeMap<Language, String>,
    colours: BTreeMap<Ink, [u8; 3]>,
}

/// Why a file is no house.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HouseError {
    /// Not such a file.
    #[error("this is no file of a label's house: {0}")]
    Form(String),
    /// A language that labels do not exist in.
    #[error("`{0}` under [foot] is none of the languages of labels")]
    Language(String),
    /// No English words.
    #[error("[foot] has no `en`: every other language falls back to it")]
    NoEnglish,
    /// Words that no label may have.
    #[error("the words for `{language}` {why}")]
    Words {
        /// The language.
        language: &'static str,
        /// What is wrong with them.
        why: String,
    },
    /// No colour.
    #[error("`{0}` under [colours] is no colour: write # and six hexadecimal digits")]
    Colour(String),
    /// One that could not be told from its ground.
    #[error(
        "the colour `{0}` has a contrast of {1} to white; signs need 4.5, and the frame, on which words stand, 7"
    )]
    Contrast(String, String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    house: String,
    foot: BTreeMap<String, String>,
    #[serde(default)]
    colours: BTreeMap<String, String>,
}

/// The size of letters at the foot of the narrowest form, and how wide a line is there, in hundredths of a unit.
const NARROWEST: (i32, i32) = (3_400, 35_000);

impl House {
    /// Reads a file.
    ///
    /// # Errors
    /// See [`HouseError`].
    pub fn parse(text: &str) -> Result<Self, HouseError> {
        if text.len() > MAX_BYTES {
            return Err(HouseError::Form(format!("it has more than {MAX_BYTES} bytes")));
        }
        let file: File = toml::from_str(text).map_err(|e| HouseError::Form(e.to_string()))?;
        if file.house != "assay-house-v0" {
            return Err(HouseError::Form("its `house` is not `assay-house-v0`".into()));
        }
        let mut foot = BTreeMap::new();
        for (code, words) in file.foot {
            let language = Language::parse(&code).ok_or(HouseError::Language(code))?;
            let fault = |why: String| HouseError::Words { language: language.code(), why };
            if !is_plain(&words, MOST) {
                return Err(fault(format!("are not 1 to {MOST} plain characters")));
            }
            if let Some(never) = never_said(&words, language) {
                return Err(fault(format!("hold `{never}`, which no label may say or show")));
            }
            if !Face::Regular.has(&words) {
                return Err(fault("have a letter that the label's typeface lacks".into()));
            }
            if let Some(long) =
                words.split(' ').find(|word| width(word, Face::Regular, NARROWEST.0) > NARROWEST.1)
            {
                return Err(fault(format!("have `{long}`, which is wider than the compact form")));
            }
            foot.insert(language, words);
        }
        if !foot.contains_key(&Language::En) {
            return Err(HouseError::NoEnglish);
        }
        let mut colours = BTreeMap::new();
        for (name, value) in file.colours {
            let rgb = colour(&value).ok_or_else(|| HouseError::Colour(value.clone()))?;
            let (inks, least): (&[Ink], f64) = match name.as_str() {
                "seal" => (&[Ink::Seal], 7.0),
                "seal_shade" => (&[Ink::SealShade], 4.5),
                "cross" => (&[Ink::Cross], 4.5),
                "frame" => (&[Ink::Frame, Ink::Band], 7.0),
                _ => return Err(HouseError::Colour(name)),
            };
            let found = contrast(rgb, [255; 3]);
            if found < least {
                return Err(HouseError::Contrast(value, format!("{found:.1}")));
            }
            colours.extend(inks.iter().map(|ink| (*ink, rgb)));
        }
        let id = Sha256::digest(text.as_bytes()).iter().take(6).map(|b| format!("{b:02x}")).collect();
        Ok(Self { text: text.to_owned(), id, foot, colours })
    }

    /// The file.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Twelve hexadecimal digits of the file's SHA-256: how a drawing names it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The words at the foot.
    pub(crate) fn foot(&self, language: Language) -> &str {
        self.foot.get(&language).or_else(|| self.foot.get(&Language::En)).map_or("", String::as_str)
    }

    /// A colour in place of a palette's own.
    pub(crate) fn rgb(&self, ink: Ink, palette: Palette) -> Option<[u8; 3]> {
        self.colours.get(&ink).copied().filter(|_| palette == Palette::Colour)
    }
}

fn colour(text: &str) -> Option<[u8; 3]> {
    let digits =
        text.strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let [_, r, g, b] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
    Some([r, g, b])
}

impl PartialEq for House {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for House {}

impl PartialOrd for House {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for House {
    fn cmp(&self, other: &Self) -> Ordering {
        self.id.cmp(&other.id)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::look::Look;
    use crate::read::{Reading, verify_pdf, verify_picture, verify_svg};
    use crate::tests::{kinds, trusted};
    use crate::{PictureError, pdf, png, svg};

    const OFFICE: &str = "house = \"assay-house-v0\"\n[foot]\nen = \"Label of the Example Products Office\"\n\
                          de = \"Etikett der Musterbehörde\"\n[colours]\nseal = \"#1d3f8f\"\nframe = \"#101820\"\n";

    /// A house for the length of the tests.
    pub(crate) fn office() -> &'static House {
        Box::leak(Box::new(House::parse(OFFICE).unwrap()))
    }

    #[test]
    fn an_authoritys_words_and_colours_are_printed_and_verified_only_by_who_was_given_them() {
        let house = office();
        let [label, ..] = kinds();
        let look = Look { house: Some(house), ..Look::default() };
        let drawn = svg(&label, look).unwrap();
        assert!(drawn.contains("Label of the Example Products Office.") && drawn.contains("#1d3f8f"));
        assert!(!drawn.contains("not a government mark"));
        let keys = trusted();
        let reading = Reading { trusted: &keys, house: Some(house) };
        assert_eq!(verify_svg(&drawn, reading), Ok(label.clone()));
        let unknown = PictureError::UnknownHouse(house.id().to_owned());
        assert_eq!(verify_svg(&drawn, &keys), Err(unknown.clone()));
        let page = pdf(&label, look, 30).unwrap();
        assert_eq!(verify_pdf(&page, reading), Ok(label.clone()));
        assert_eq!(verify_pdf(&page, &keys), Err(unknown));
        let picture = png(&label, look, 400).unwrap();
        assert_eq!(verify_picture(&picture, reading).map(|v| v.drawing), Ok(crate::Drawing::Same));
        assert!(matches!(verify_picture(&picture, &keys), Err(PictureError::UnknownHouse(_))));
        // Who keeps a house still verifies labels that were drawn without one.
        assert_eq!(verify_svg(&svg(&label, Look::default()).unwrap(), reading), Ok(label));
    }

    #[test]
    fn words_and_colours_that_no_label_may_have_are_refused() {
        let with = |from: &str, to: &str| House::parse(&OFFICE.replace(from, to)).unwrap_err();
        let words = |text: &str| with("Label of the Example Products Office", text);
        for text in [
            "Certified by us",
            "No vulnerabilities",
            "Secure product",
            "CE-marked",
            "Етикет на службата",
            "Label of the Marktüberwachungsbehörde of the land",
            "BSI label",
            "Cyber Trust Mark",
            "",
            "a\u{202e}b",
        ] {
            assert!(matches!(words(text), HouseError::Words { .. }), "{text}");
        }
        assert!(
            House::parse(&OFFICE.replace("Example Products Office", "Office for Once")).is_ok(),
            "`ce` within a word"
        );
        assert!(matches!(words(&"x".repeat(MOST + 1)), HouseError::Words { .. }));
        assert_eq!(with("en = ", "fr = "), HouseError::NoEnglish);
        assert_eq!(with("de = ", "xx = "), HouseError::Language("xx".into()));
        assert!(matches!(with("#1d3f8f", "#zzzzzz"), HouseError::Colour(_)));
        assert!(matches!(with("#1d3f8f", "#88aaff"), HouseError::Contrast(..)));
        assert!(matches!(with("seal", "words"), HouseError::Colour(_)));
        assert!(matches!(with("v0", "v1"), HouseError::Form(_)));
        assert!(matches!(House::parse("nothing"), Err(HouseError::Form(_))));
        assert!(matches!(House::parse(&"#".repeat(MAX_BYTES + 1)), Err(HouseError::Form(_))));
    }
}
