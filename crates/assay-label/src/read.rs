//! A label read back from what was published: an SVG, a PNG, or any picture that contains one. The link is believed only
//! with its signature; the drawing around it only if it is the one that belongs to the link. Files are hostile here:
//! nothing in an SVG is interpreted, and a picture's size is bounded before it is unpacked.

mod bitmap;
mod bits;
mod document;
mod find_qr;
mod fit;
mod grey;
mod look;
mod open;
mod pattern;
mod picture;
mod sample_qr;
mod view;

use assay::label::{LabelError, SignedLabel};

use crate::PictureError;
use crate::house::House;
use crate::look::Look;
use crate::svg::svg;
use crate::words::alt_text;

use assay::key::PublicKey;

pub use self::document::verify_pdf;
use self::open::Opened;
#[cfg(test)]
use self::picture::Picture;

pub use self::look::decode_qr;
pub use self::open::looks_like_a_picture;

/// Largest SVG that is read, in bytes.
const MAX_SVG: usize = 1 << 20;

/// A label whose signature is verified, and what is known of the drawing around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The label.
    pub label: SignedLabel,
    /// Whether the drawing was compared.
    pub drawing: Drawing,
}

/// What is known of the drawing around a genuine link. One that differs is an error, not a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawing {
    /// It is, pixel for pixel, the one that belongs to the link.
    Same,
    /// A photograph or another size: only the link was verified, so compare the words with the label's by eye.
    NotCompared,
}

/// The link in an SVG's `<metadata>`, not verified. The text is searched, not parsed: no entity, reference or script of
/// the file can do anything.
///
/// # Errors
/// Too large, or not exactly one `<metadata>` element with plain text.
pub fn find_in_svg(text: &str) -> Result<String, PictureError> {
    const OPEN: &str = "<metadata>";
    if text.len() > MAX_SVG {
        return Err(PictureError::TooLarge("1 MiB for an SVG"));
    }
    let (_, after) = text.split_once(OPEN).ok_or(PictureError::NoLinkInSvg("it has no <metadata>"))?;
    let (inside, rest) =
        after.split_once("</metadata>").ok_or(PictureError::NoLinkInSvg("its <metadata> does not end"))?;
    if rest.contains(OPEN) {
        return Err(PictureError::NoLinkInSvg("it has more than one <metadata>"));
    }
    if inside.contains('<') {
        return Err(PictureError::NoLinkInSvg("its <metadata> holds more than text"));
    }
    unescape(inside.trim())
        .ok_or(PictureError::NoLinkInSvg("its <metadata> holds an entity that is none of XML's five"))
}

/// What a reader goes by: the keys that are trusted, and the house whose words and colours drawings may have. Keys alone are
/// enough for a register without a house.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// The keys.
    pub trusted: &'a [PublicKey],
    /// The house.
    pub house: Option<&'static House>,
}

impl<'a> From<&'a [PublicKey]> for Reading<'a> {
    fn from(trusted: &'a [PublicKey]) -> Self {
        Self { trusted, house: None }
    }
}

impl<'a, const N: usize> From<&'a [PublicKey; N]> for Reading<'a> {
    fn from(trusted: &'a [PublicKey; N]) -> Self {
        Self { trusted, house: None }
    }
}

impl<'a> From<&'a Vec<PublicKey>> for Reading<'a> {
    fn from(trusted: &'a Vec<PublicKey>) -> Self {
        Self { trusted, house: None }
    }
}

/// How an SVG says that it was drawn.
fn look_in_svg(text: &str) -> Option<&str> {
    let (_, after) = text.split_once(" data-look=\"")?;
    Some(after.split_once('"')?.0)
}

/// The look that a file names; none where it makes no sense.
fn look_named(text: &str, known: Option<&'static House>) -> Result<Option<Look>, PictureError> {
    if let Some(look) = Look::parse(text, known) {
        return Ok(Some(look));
    }
    // A house that the reader was not given is no fault of the file's.
    let (_, house) = text.split_once(" house=").unwrap_or_default();
    let is_one = house.len() == 12 && house.bytes().all(|b| b.is_ascii_hexdigit());
    if is_one { Err(PictureError::UnknownHouse(house.to_owned())) } else { Ok(None) }
}

/// Verifies an SVG: its link, and that the file is byte for byte the drawing that belongs to the link.
///
/// # Errors
/// See [`LabelError`]; [`PictureError::PictureAltered`] if only the drawing is false.
pub fn verify_svg<'a>(text: &str, by: impl Into<Reading<'a>>) -> Result<SignedLabel, PictureError> {
    let Reading { trusted, house } = by.into();
    let label = SignedLabel::read(&find_in_svg(text)?, trusted)?;
    let look = look_named(look_in_svg(text).unwrap_or_default(), house)?;
    let drawn = look.and_then(|look| svg(&label, look).ok());
    if drawn.as_deref() == Some(text) {
        Ok(label)
    } else {
        Err(PictureError::PictureAltered(alt_text(label.facts())))
    }
}

/// Verifies a picture (PNG, JPEG, WebP, GIF): the QR code's link, and, where the format keeps pixels as they were drawn and
/// the picture has the size of a label, that it is the drawing that belongs to the link.
///
/// # Errors
/// See [`LabelError`]. Every label in the picture must be genuine; codes that are no labels are passed over.
pub fn verify_picture<'a>(bytes: &[u8], by: impl Into<Reading<'a>>) -> Result<Verified, PictureError> {
    let Reading { trusted, house } = by.into();
    let Opened { width, height, luma, drawing } = Opened::read(bytes)?;
    let mut labels: Vec<SignedLabel> = Vec::new();
    let (mut others, mut refused) = (Vec::new(), None);
    // A code that is no label may stand nearer than the label does, so that is no reason to stop looking.
    look::codes(&luma, width, height, |text| {
        match SignedLabel::read(text, trusted) {
            Ok(label) if labels.contains(&label) => {}
            Ok(label) => labels.push(label),
            Err(error @ (LabelError::NotALink(_) | LabelError::NoPayload | LabelError::ForeignPayload)) => {
                others.push(error);
                return false;
            }
            Err(error) => refused = refused.take().or(Some(error)),
        }
        true
    });
    if let Some(error) = refused {
        return Err(error.into());
    }
    if labels.len() > 1 {
        return Err(PictureError::SeveralLabels);
    }
    let Some(label) = labels.pop() else {
        return Err(others.into_iter().next().map_or(PictureError::NoQr, PictureError::Label));
    };
    match drawing.map(|drawing| drawing.shows(&label, house)).transpose()?.flatten() {
        Some(true) => Ok(Verified { label, drawing: Drawing::Same }),
        Some(false) => Err(PictureError::PictureAltered(alt_text(label.facts()))),
        None => Ok(Verified { label, drawing: Drawing::NotCompared }),
    }
}

/// The texts of the QR codes in any picture, from the surest to the least sure, each once; none of them is verified.
///
/// # Errors
/// [`PictureError`], if it is no picture that can be read.
pub fn read_texts(bytes: &[u8]) -> Result<Vec<String>, PictureError> {
    let Opened { width, height, luma, .. } = Opened::read(bytes)?;
    decode_qr(&luma, width, height)
}

fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (name, after) = after.split_once(';')?;
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => return None,
        });
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::picture::on;
    use super::*;
    use crate::raster::{self, rgba};
    use crate::tests::{BASE, Said, key, kinds, label, said, signed, trusted};
    use assay::assess::Variant;
    use assay::key::SecretKey;
    use assay::label::Subject;

    fn encode(rgba: &[u8], width: u32, height: u32, colour: png::ColorType) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, width, height);
        encoder.set_color(colour);
        encoder.write_header().unwrap().write_image_data(rgba).unwrap();
        out
    }

    /// The drawing as a picture, without the detour of a file.
    fn drawn(label: &SignedLabel, width: u32) -> Picture {
        let (rgba, height) = rgba(label, width);
        Picture { width: width as usize, height: height as usize, rgba, look: None }
    }

    fn drawn_svg(label: &SignedLabel) -> String {
        svg(label, Look::default()).unwrap()
    }

    fn drawn_png(label: &SignedLabel, width: u32) -> Vec<u8> {
        raster::png(label, Look::default(), width).unwrap()
    }

    /// A picture of another one, seen through a function from place to place; what lies outside is grey.
    fn seen(
        picture: &Picture,
        width: usize,
        height: usize,
        from: impl Fn(f64, f64) -> (f64, f64),
    ) -> Vec<u8> {
        let luma = picture.luma();
        let at = |x: i64, y: i64| match (usize::try_from(x), usize::try_from(y)) {
            (Ok(x), Ok(y)) if x < picture.width && y < picture.height => {
                f64::from(luma[y * picture.width + x])
            }
            _ => 150.0,
        };
        let mut out = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let (u, v) = from(x as f64 + 0.5, y as f64 + 0.5);
                let (u, v) = (u - 0.5, v - 0.5);
                let (i, j, a, b) = (u.floor() as i64, v.floor() as i64, u - u.floor(), v - v.floor());
                let above = at(i, j) * (1.0 - a) + at(i + 1, j) * a;
                let below = at(i, j + 1) * (1.0 - a) + at(i + 1, j + 1) * a;
                // Uneven light and less contrast, as a camera has them.
                let light = 0.55 + 0.35 * x as f64 / width as f64;
                out.push(((above * (1.0 - b) + below * b) * light + 20.0) as u8);
            }
        }
        out
    }

    #[test]
    fn the_qr_code_is_read_back_from_every_width() {
        let [label, other, ..] = kinds();
        for width in [300, 333, 457, 600, 1200] {
            for label in [&label, &other].into_iter().take(if width < 500 { 2 } else { 1 }) {
                let picture = drawn(label, width);
                let texts = decode_qr(&picture.luma(), picture.width, picture.height).unwrap();
                assert_eq!(texts, [label.uri()], "{width} pixels");
            }
        }
    }

    #[test]
    fn rqrr_by_itself_reads_the_same() {
        let [label, ..] = kinds();
        for width in [300, 600, 1200] {
            let picture = drawn(&label, width);
            let luma = picture.luma();
            let mut prepared =
                rqrr::PreparedImage::prepare_from_greyscale(picture.width, picture.height, |x, y| {
                    luma[y * picture.width + x]
                });
            let texts: Vec<String> =
                prepared.detect_grids().iter().filter_map(|g| g.decode().ok()).map(|(_, t)| t).collect();
            assert_eq!(texts, [label.uri()], "{width} pixels");
        }
    }

    #[test]
    fn a_label_photographed_askew_is_read() {
        let [label, ..] = kinds();
        let picture = drawn(&label, 400);
        for degrees in [0, 7, 45, 133, 180, 271] {
            let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
            let turned = seen(&picture, 800, 840, |x, y| {
                let (x, y) = (x - 400.0, y - 420.0);
                let depth = 1.0 + (x * 0.5 + y) * 0.000_2;
                let (x, y) = (x / depth, y / depth);
                (cos * x + sin * y + 200.0, -sin * x + cos * y + 340.0)
            });
            assert_eq!(decode_qr(&turned, 800, 840).unwrap(), [label.uri()], "{degrees} degrees");
        }
    }

    #[test]
    fn a_large_photograph_is_read_at_a_smaller_size() {
        let [label, ..] = kinds();
        let picture = drawn(&label, 300);
        let luma = picture.luma();
        // Near, as large as the photograph is high; and far away, where only the larger of the two sizes shows it.
        for (width, height, times) in [(3000, 2400, 4), (3200, 2000, 1)] {
            let mut photograph = vec![200; width * height];
            for (y, row) in photograph.chunks_mut(width).skip(100).take(510 * times).enumerate() {
                for (x, pixel) in row.iter_mut().skip(700).take(300 * times).enumerate() {
                    *pixel = luma[y / times * 300 + x / times];
                }
            }
            assert_eq!(decode_qr(&photograph, width, height).unwrap(), [label.uri()], "{times} times");
        }
    }

    #[test]
    fn every_kind_of_label_is_verified_from_its_own_files() {
        for label in kinds() {
            assert_eq!(verify_svg(&drawn_svg(&label), &trusted()), Ok(label.clone()));
            let verified = verify_picture(&drawn_png(&label, 320), &trusted());
            assert_eq!(verified, Ok(Verified { label, drawing: Drawing::Same }));
        }
    }

    #[test]
    fn an_svg_that_says_something_else_is_altered() {
        let honest = drawn_svg(&label(Variant::Cross, None));
        let nicer = drawn_svg(&label(Variant::Tick, Some("2030-05-31")));
        let link = |text: &str| find_in_svg(text).unwrap().replace('&', "&amp;");
        let forged = [
            nicer.replace(&link(&nicer), &link(&honest)),
            honest.replacen("<path", "<script>alert(1)</script><path", 1),
            honest.replacen("<desc>Shield with a cross", "<desc>Shield with a tick", 1),
            honest.replacen("fill=\"#a84b00\"", "fill=\"#0b5a60\"", 1),
            format!("{honest} "),
        ];
        for text in forged {
            let error = verify_svg(&text, &trusted()).unwrap_err();
            assert!(matches!(error, PictureError::PictureAltered(_)), "{error:?}");
            assert!(error.to_string().contains("Believe the link: Shield with a cross"), "{error}");
        }
        let gtin = honest.replacen("/01/04006381333931", "/01/00036000291452", 1);
        assert!(matches!(
            verify_svg(&gtin, &trusted()),
            Err(PictureError::Label(LabelError::OtherProduct { .. }))
        ));
        assert!(matches!(verify_svg(&honest, &[]), Err(PictureError::Label(LabelError::UnknownKey(_)))));
    }

    #[test]
    fn hostile_svgs_are_refused_and_nothing_in_them_is_interpreted() {
        let none = |text: &str| matches!(find_in_svg(text), Err(PictureError::NoLinkInSvg(_)));
        assert!(none(""));
        assert!(none("<svg><metadata>https://a"));
        assert!(none("<svg><metadata><rdf/></metadata></svg>"));
        assert!(none("<svg><metadata>a</metadata><metadata>b</metadata></svg>"));
        assert!(none("<!DOCTYPE svg [<!ENTITY x 'y'>]><svg><metadata>&x;</metadata></svg>"));
        assert!(none("<svg><metadata>&#104;ttps</metadata></svg>"));
        assert!(none("<svg><metadata>a & b</metadata></svg>"));
        assert_eq!(find_in_svg("<metadata> a&amp;lt;b&quot; </metadata>").as_deref(), Ok("a&lt;b\""));
        assert!(matches!(find_in_svg(&"x".repeat(MAX_SVG + 1)), Err(PictureError::TooLarge(_))));
    }

    #[test]
    fn a_png_with_other_pixels_is_altered_and_one_of_another_size_is_not_compared() {
        let label = label(Variant::Cross, None);
        let picture = drawn(&label, 400);
        let (width, height) = (400, picture.height as u32);
        let again = encode(&picture.rgba, width, height, png::ColorType::Rgba);
        assert_eq!(verify_picture(&again, &trusted()).map(|v| v.drawing), Ok(Drawing::Same));

        let mut altered = picture.rgba.clone();
        let at = (80 * 400 + 90) * 4;
        altered[at] ^= 1;
        let error =
            verify_picture(&encode(&altered, width, height, png::ColorType::Rgba), &trusted()).unwrap_err();
        assert!(matches!(error, PictureError::PictureAltered(_)), "{error:?}");

        // White paper that is really a hole would show other words on a dark page.
        let mut holes = picture.rgba.clone();
        let white = holes.chunks_exact_mut(4).skip(400 * 300).find(|p| **p == [255; 4]).unwrap();
        white[3] = 0;
        let holes = encode(&holes, width, height, png::ColorType::Rgba);
        assert!(matches!(verify_picture(&holes, &trusted()), Err(PictureError::PictureAltered(_))));

        let flattened: Vec<u8> = picture
            .rgba
            .chunks_exact(4)
            .flat_map(|p| [p[0], p[1], p[2]].map(|c| on(u32::from(c), u32::from(p[3]), 255)))
            .collect();
        let flattened = encode(&flattened, width, height, png::ColorType::Rgb);
        assert_eq!(verify_picture(&flattened, &trusted()).map(|v| v.drawing), Ok(Drawing::Same));

        let wider = seen(&picture, 500, 700, |x, y| (x - 50.0, y - 20.0));
        let wider = encode(&wider, 500, 700, png::ColorType::Grayscale);
        let verified = verify_picture(&wider, &trusted()).unwrap();
        assert_eq!((verified.label, verified.drawing), (label, Drawing::NotCompared));
    }

    #[test]
    fn another_products_picture_around_a_genuine_code_is_altered() {
        let cross = drawn(&label(Variant::Cross, None), 600);
        let mut forged = drawn(&label(Variant::Tick, Some("2030-05-31")), 600);
        let from = 500 * 600 * 4;
        forged.rgba[from..].copy_from_slice(&cross.rgba[from..]);
        let forged = encode(&forged.rgba, 600, forged.height as u32, png::ColorType::Rgba);
        let error = verify_picture(&forged, &trusted()).unwrap_err();
        assert!(error.to_string().contains("Believe the link: Shield with a cross"), "{error}");
    }

    #[test]
    fn two_labels_in_one_picture_are_not_mixed_up() {
        let one = drawn(&label(Variant::Cross, None), 500);
        let product = Subject::Product("p7q2m4x9c3v8k".into());
        let other = signed(&Said { subject: product, ..said(Variant::Tick, None) }, &key(), BASE);
        let two = drawn(&other, 500);
        let (a, b) = (one.luma(), two.luma());
        let width = one.width;
        let beside: Vec<u8> =
            a.chunks(width).zip(b.chunks(width)).flat_map(|(a, b)| [a, b].concat()).collect();
        let height = u32::try_from(one.height).unwrap();
        let sheet = encode(&beside, 1000, height, png::ColorType::Grayscale);
        assert_eq!(verify_picture(&sheet, &trusted()), Err(PictureError::SeveralLabels));
        let twice: Vec<u8> = a.chunks(width).flat_map(|row| [row, row].concat()).collect();
        let twice = encode(&twice, 1000, height, png::ColorType::Grayscale);
        assert_eq!(verify_picture(&twice, &trusted()).map(|v| v.drawing), Ok(Drawing::NotCompared));
    }

    #[test]
    fn a_small_label_beside_a_large_one_is_not_missed() {
        let (one, other) = (label(Variant::Cross, None), label(Variant::Tick, Some("2030-05-31")));
        let (width, height) = (4000, 3000);
        let mut photograph = vec![210u8; width * height];
        for (drawn, left) in [(drawn(&one, 1400), 200), (drawn(&other, 500), 2600)] {
            for (y, row) in drawn.luma().chunks(drawn.width).enumerate() {
                let at = (200 + y) * width + left;
                photograph[at..at + row.len()].copy_from_slice(row);
            }
        }
        let photograph = encode(&photograph, 4000, 3000, png::ColorType::Grayscale);
        assert_eq!(verify_picture(&photograph, &trusted()), Err(PictureError::SeveralLabels));
    }

    #[test]
    fn an_animated_picture_is_not_taken_for_its_first_frame() {
        let picture = drawn(&label(Variant::Cross, None), 400);
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, 400, picture.height as u32);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_animated(1, 0).unwrap();
        encoder.write_header().unwrap().write_image_data(&picture.rgba).unwrap();
        assert_eq!(verify_picture(&out, &trusted()), Err(PictureError::OtherKind("animated PNG")));
    }

    #[test]
    fn pictures_without_a_label_say_what_they_lack() {
        let blank = encode(&vec![255; 300 * 300], 300, 300, png::ColorType::Grayscale);
        assert_eq!(verify_picture(&blank, &trusted()), Err(PictureError::NoQr));
        assert!(matches!(
            verify_picture(b"\x89PNG\r\n\x1a\nrubbish", &trusted()),
            Err(PictureError::Unreadable(_))
        ));
        assert_eq!(verify_picture(b"", &trusted()), Err(PictureError::NoPicture));
        let good = drawn_png(&label(Variant::Tick, None), 300);
        assert!(matches!(
            verify_picture(&good[..good.len() / 2], &trusted()),
            Err(PictureError::Unreadable(_))
        ));
        assert!(matches!(verify_picture(&good, &[]), Err(PictureError::Label(LabelError::UnknownKey(_)))));

        let foreign = signed(&said(Variant::Tick, None), &SecretKey::from_seed(&[9; 32]), BASE);
        let foreign = drawn_png(&foreign, 300);
        assert!(matches!(
            verify_picture(&foreign, &trusted()),
            Err(PictureError::Label(LabelError::UnknownKey(_)))
        ));
    }

    #[test]
    fn a_picture_that_lies_about_its_size_costs_nothing() {
        let mut header = encode(&[255; 4], 2, 2, png::ColorType::Grayscale);
        // Width and height in the header, with its checksum: 60,000 by 60,000 pixels.
        header[16..20].copy_from_slice(&60_000u32.to_be_bytes());
        header[20..24].copy_from_slice(&60_000u32.to_be_bytes());
        let mut crc = u32::MAX;
        for byte in &header[12..29] {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
            }
        }
        header[29..33].copy_from_slice(&(!crc).to_be_bytes());
        let too_many = PictureError::TooManyPixels { width: 60_000, height: 60_000 };
        assert_eq!(verify_picture(&header, &trusted()), Err(too_many));
        assert!(matches!(decode_qr(&[], 1 << 40, 1 << 40), Err(PictureError::TooManyPixels { .. })));
        assert!(matches!(decode_qr(&[0; 10], 3, 3), Err(PictureError::Unreadable(_))));
        for (width, height) in [(0, 0), (0, 5), (1, 1), (20, 20), (30_000, 1), (1, 30_000)] {
            assert_eq!(decode_qr(&vec![0; width * height], width, height), Ok(vec![]), "{width} by {height}");
        }
    }

    #[test]
    fn pictures_made_to_be_slow_or_to_confuse_are_answered() {
        const SIDE: usize = 300;
        // A finder pattern on every place, noise, stripes, and one dark mass.
        let finder = |x: usize, y: usize| {
            let ring = x.abs_diff(3).max(y.abs_diff(3));
            ring <= 3 && ring != 2
        };
        let mut state = 1u32;
        let noise: Vec<bool> = (0..SIDE * SIDE)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state >> 31 == 1
            })
            .collect();
        let pictures: [&dyn Fn(usize, usize) -> bool; 5] = [
            &|x, y| finder(x % 9, y % 9),
            &|x, y| finder(x % 24 / 3, y % 24 / 3),
            &|x, y| noise[y * SIDE + x],
            &|x, _| x % 7 % 4 % 3 == 0,
            &|_, _| true,
        ];
        for (n, dark) in pictures.iter().enumerate() {
            let luma: Vec<u8> =
                (0..SIDE * SIDE).map(|at| if dark(at % SIDE, at / SIDE) { 0 } else { 255 }).collect();
            assert_eq!(decode_qr(&luma, SIDE, SIDE), Ok(vec![]), "picture {n}");
        }
    }
}
