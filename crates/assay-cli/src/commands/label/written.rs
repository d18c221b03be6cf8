//! A label in the format that a file's ending names.

use std::path::Path;

use assay::label::{SignedLabel, Subject};
use assay::statement::Statement;
use assay::trust::{Logged, Trust, self_contained};
use assay_label::html::{self, Picture};
use assay_label::{Look, Press, linked_data};
use assay_log::proof::Proof;

use super::looks::LookArgs;
use crate::exit::Failure;
use crate::remote::Register;

/// A format of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Svg,
    Png,
    Pdf,
    Html,
    Json,
    JsonLd,
    Txt,
    TlogProof,
}

const FORMATS: [(&str, Format); 8] = [
    ("svg", Format::Svg),
    ("png", Format::Png),
    ("pdf", Format::Pdf),
    ("html", Format::Html),
    ("json", Format::Json),
    ("jsonld", Format::JsonLd),
    ("txt", Format::Txt),
    ("tlog-proof", Format::TlogProof),
];

impl Format {
    /// The format of a word on the command line.
    pub(crate) fn parse(word: &str) -> Result<Self, String> {
        let known = FORMATS.into_iter().find(|(name, _)| *name == word).map(|(_, format)| format);
        known.ok_or_else(|| format!("one of {}", FORMATS.map(|(name, _)| name).join(", ")))
    }

    /// The format that a file's ending names.
    pub(super) fn of(out: &Path) -> Result<Self, Failure> {
        let ending = out.extension().and_then(|e| e.to_str()).unwrap_or_default();
        Self::parse(&ending.to_ascii_lowercase()).map_err(|known| {
            Failure::unreadable(format!("{}: the ending of a label's file is {known}", out.display()))
        })
    }

    pub(super) fn ending(self) -> &'static str {
        FORMATS.into_iter().find(|(_, format)| *format == self).map_or("", |(name, _)| name)
    }
}

/// Where what a label does not carry itself comes from, and how it is to look.
pub(super) struct Source<'a> {
    pub(super) register: &'a Register,
    pub(super) look: Look,
    pub(super) args: &'a LookArgs,
    pub(super) scheme: &'a str,
    pub(super) trust: &'a Trust,
}

impl Source<'_> {
    /// The bytes of a label's file.
    pub(super) fn write(&self, signed: &SignedLabel, format: Format) -> Result<Vec<u8>, Failure> {
        self.write_with(&mut Press::default(), signed, format)
    }

    /// The same, with a press that has drawn others before.
    pub(super) fn write_with(
        &self,
        press: &mut Press,
        signed: &SignedLabel,
        format: Format,
    ) -> Result<Vec<u8>, Failure> {
        let look = self.look;
        let failed = |e: &dyn std::fmt::Display| Failure::unreadable(e.to_string());
        match format {
            Format::Svg => Ok(assay_label::svg(signed, look).map_err(|e| failed(&e))?.into_bytes()),
            Format::Png => press.png(signed, look, self.args.pixels(look)).map_err(|e| failed(&e)),
            Format::Pdf => assay_label::pdf(signed, look, self.args.bleed()?).map_err(|e| failed(&e)),
            Format::Html => self.html(signed),
            Format::Json | Format::JsonLd => {
                let (product, gtin) = self.product(signed)?;
                let scheme = self.scheme;
                let text = self
                    .register
                    .get(&format!("/p/{product}/label.jsonld?scheme={scheme}{gtin}"), 1 << 20)?;
                // What stands beside the link is the register's word; that it speaks of this label is not.
                let named = std::str::from_utf8(&text).ok().and_then(linked_data::link_in);
                if named.as_deref() == Some(signed.uri()) {
                    return Ok(text);
                }
                Err(Failure::unreadable("the register's linked data is not that of this label: ask again"))
            }
            Format::Txt => Ok(html::text(signed, look).into_bytes()),
            Format::TlogProof => {
                let proof = self.proof(signed)?;
                Logged::open_alone(&proof, self.trust).map_err(|e| unproven(&e.to_string()))?;
                Ok(proof.to_string().into_bytes())
            }
        }
    }

    /// The proof that the label's statement stands in the log, with the statement within: one file that verifies alone.
    fn proof(&self, signed: &SignedLabel) -> Result<Proof, Failure> {
        let index = signed.facts().statement();
        let entry = self.register.get(&format!("/api/v1/entries/{index}"), 1 << 20)?;
        let text = self.register.get(&format!("/api/v1/proofs/{index}"), 2 << 20)?;
        let text = String::from_utf8(text).map_err(|_| unproven("it is no text"))?;
        let proof = Proof::parse(&text).map_err(|e| unproven(&e.to_string()))?;
        self_contained(proof, &entry).map_err(|e| unproven(&e.to_string()))
    }

    /// The statement behind a label, proven to stand in the log.
    pub(super) fn logged(&self, signed: &SignedLabel) -> Result<Logged<Statement>, Failure> {
        Logged::open_alone(&self.proof(signed)?, self.trust).map_err(|e| unproven(&e.to_string()))
    }

    fn html(&self, signed: &SignedLabel) -> Result<Vec<u8>, Failure> {
        let address;
        let picture = if self.args.inline {
            Picture::Within
        } else {
            let (product, gtin) = self.product(signed)?;
            let look = self.look;
            address = format!(
                "{}/p/{product}/badge.svg?scheme={}{gtin}&form={}&palette={}&lang={}",
                signed.base(),
                self.scheme,
                look.form.word(),
                look.palette.word(),
                look.language.code()
            );
            Picture::Live(&address)
        };
        let write = if self.args.fragment { html::fragment } else { html::page };
        let written = write(signed, self.look, picture).map_err(|e| Failure::unreadable(e.to_string()))?;
        Ok(written.into_bytes())
    }

    /// The product's id, and the question that names the GTIN, for an address of the register: a label itself may carry the
    /// GTIN alone.
    fn product(&self, signed: &SignedLabel) -> Result<(String, String), Failure> {
        let gtin = match signed.facts().subject() {
            Subject::Product(id) => return Ok((id.clone(), String::new())),
            Subject::Gtin(gtin) => gtin,
        };
        match self.logged(signed)?.value() {
            Statement::Labelled(l) => Ok((l.product.to_string(), format!("&gtin={gtin}"))),
            other => Err(unproven(&format!("the statement is `{}`, no label", other.kind()))),
        }
    }
}

fn unproven(why: &str) -> Failure {
    Failure::unreadable(format!("the register's proof is refused: {why}"))
}
