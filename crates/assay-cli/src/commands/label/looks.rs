//! The flags that say how a label is to look.

use std::path::PathBuf;

use assay_label::{Form, Language, Look, Palette};

use crate::exit::Failure;

/// How the label is to look.
#[derive(clap::Args)]
pub(crate) struct LookArgs {
    /// standard, compact (from 20 mm), shelf, wide or text
    #[arg(long, value_name = "FORM", default_value = "standard", value_parser = form)]
    form: Form,
    /// colour, bw (black and white and nothing between) or dark
    #[arg(long, value_name = "PALETTE", default_value = "colour", value_parser = palette)]
    palette: Palette,
    /// en, cy, fr, de, es, it, nl, pl or pt
    #[arg(long, value_name = "CODE", default_value = "en", value_parser = language)]
    lang: Language,
    /// Width in print in millimetres; below 30 mm the code carries the plain link. Default: the form's usual one
    #[arg(long, value_name = "MM")]
    mm: Option<f64>,
    /// Dots an inch of a PNG
    #[arg(long, value_name = "N", conflicts_with = "width", value_parser = clap::value_parser!(u32).range(30..=4800))]
    dpi: Option<u32>,
    /// Width of a PNG in pixels. Default: 800
    #[arg(long, value_name = "PIXELS")]
    width: Option<u32>,
    /// Bleed around a PDF in millimetres, with crop marks outside of it; 0 for neither
    #[arg(long, value_name = "MM", default_value_t = 3.0)]
    bleed: f64,
    /// The words and colours of the register's labels, kept from its /house.toml. Default: the bundled ones
    #[arg(long, value_name = "FILE", env = "ASSAY_HOUSE")]
    house: Option<PathBuf>,
    /// Draw the label into the HTML instead of showing the register's live picture
    #[arg(long)]
    pub(super) inline: bool,
    /// Write the HTML as a piece to put into a page, not as a page of its own
    #[arg(long)]
    pub(super) fragment: bool,
}

impl LookArgs {
    pub(super) fn look(&self) -> Result<Look, Failure> {
        let usual = Look::of(self.form);
        let width = match self.mm {
            Some(mm) => tenths(mm, "--mm")?,
            None => usual.width,
        };
        let house = crate::house::read(self.house.as_deref())?;
        let look = Look { palette: self.palette, language: self.lang, width, house, ..usual };
        look.checked().map_err(|e| Failure::unreadable(e.to_string()))
    }

    /// Width of a PNG in pixels.
    pub(super) fn pixels(&self, look: Look) -> u32 {
        match (self.dpi, self.width) {
            (Some(dpi), _) => assay_label::width_at(look, dpi),
            (None, width) => width.unwrap_or(800),
        }
    }

    /// Bleed of a PDF in tenths of a millimetre.
    pub(super) fn bleed(&self) -> Result<u32, Failure> {
        let bleed = tenths(self.bleed, "--bleed")?;
        if bleed <= assay_label::MOST_BLEED {
            return Ok(bleed);
        }
        Err(Failure::unreadable(format!("--bleed is at most {} mm", assay_label::MOST_BLEED / 10)))
    }

    /// All of it in words: whether what lies in a folder was drawn like this.
    pub(super) fn words(&self, look: Look) -> String {
        let Self { bleed, inline, fragment, .. } = self;
        format!(
            "{} {} px, bleed {bleed}, inline {inline}, fragment {fragment}",
            look.words(),
            self.pixels(look)
        )
    }
}

fn tenths(mm: f64, flag: &str) -> Result<u32, Failure> {
    if (0.0..=10_000.0).contains(&mm) {
        return Ok((mm * 10.0).round() as u32);
    }
    Err(Failure::unreadable(format!("{flag} {mm}: give a length in millimetres")))
}

fn form(word: &str) -> Result<Form, String> {
    Form::parse(word).ok_or_else(|| format!("one of {}", Form::ALL.map(Form::word).join(", ")))
}

fn palette(word: &str) -> Result<Palette, String> {
    Palette::parse(word).ok_or_else(|| format!("one of {}", Palette::ALL.map(Palette::word).join(", ")))
}

fn language(code: &str) -> Result<Language, String> {
    Language::parse(code).ok_or_else(|| format!("one of {}", Language::ALL.map(Language::code).join(", ")))
}
