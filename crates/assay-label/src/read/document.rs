//! A label as PDF, verified: the file is drawn again from the link and the look that it names, and must be the same. Nothing
//! in it is interpreted, so a document that lies about its sizes or holds more than it shows can do nothing.

use assay::label::SignedLabel;

use super::Reading;
use crate::PictureError;
use crate::pdf::{named, pdf};
use crate::words::alt_text;

/// Largest PDF that is read, in bytes.
const MAX_PDF: usize = 8 << 20;

/// Verifies a label's PDF, as it was made.
///
/// # Errors
/// See [`PictureError`]: one that holds a label among other things names no link, and is to be turned into a picture.
pub fn verify_pdf<'a>(bytes: &[u8], by: impl Into<Reading<'a>>) -> Result<SignedLabel, PictureError> {
    let Reading { trusted, house } = by.into();
    if bytes.len() > MAX_PDF {
        return Err(PictureError::TooLarge("8 MiB for a label's PDF"));
    }
    let (link, look, bleed) = named(bytes).ok_or(PictureError::NoLinkInPdf)?;
    let label = SignedLabel::read(&link, trusted)?;
    let look = super::look_named(&look, house)?;
    let same = look.and_then(|look| pdf(&label, look, bleed).ok()).is_some_and(|ours| ours == bytes);
    if same { Ok(label) } else { Err(PictureError::PictureAltered(alt_text(label.facts()))) }
}

#[cfg(test)]
mod tests {
    use assay::assess::Variant;
    use assay::label::LabelError;

    use super::*;
    use crate::look::{Form, Look};
    use crate::tests::{kinds, label, trusted};

    #[test]
    fn every_form_is_verified_as_it_was_made() {
        for form in Form::ALL {
            for (label, bleed) in kinds().into_iter().zip([0, 30, 30, 100]) {
                let bytes = pdf(&label, Look::of(form), bleed).unwrap();
                assert_eq!(verify_pdf(&bytes, &trusted()), Ok(label));
            }
        }
    }

    #[test]
    fn a_document_that_was_changed_or_lies_is_refused() {
        let honest = pdf(&label(Variant::Cross, None), Look::default(), 30).unwrap();
        let replaced = |from: &str, to: &str| {
            let text: String = honest.iter().map(|b| char::from(*b)).collect();
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1).chars().map(|c| c as u8).collect::<Vec<u8>>()
        };
        let altered = [
            replaced("/MediaBox [", "/MediaBox [-9e9 "),
            replaced("/Length ", "/Length 9"),
            replaced("colour en 600 30", "colour en 600 50"),
            [honest.as_slice(), b"%"].concat(),
            honest[..honest.len() - 9].to_vec(),
        ];
        for bytes in altered {
            let error = verify_pdf(&bytes, &trusted()).unwrap_err();
            assert!(matches!(error, PictureError::PictureAltered(_)), "{error:?}");
        }
        let elsewhere = replaced("register.example/01", "registry.example/01");
        assert!(matches!(
            verify_pdf(&elsewhere, &trusted()),
            Err(PictureError::Label(LabelError::BadSignature))
        ));
        assert_eq!(verify_pdf(b"%PDF-1.7 nothing", &trusted()), Err(PictureError::NoLinkInPdf));
        assert_eq!(verify_pdf(b"/AssayLink(", &trusted()), Err(PictureError::NoLinkInPdf));
        let huge = vec![0; MAX_PDF + 1];
        assert!(matches!(verify_pdf(&huge, &trusted()), Err(PictureError::TooLarge(_))));
    }
}
