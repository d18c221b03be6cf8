//! Files that were cut, bent or made to confuse, in every format: an answer, in bounded time, and never a crash.

use std::time::{Duration, Instant};

use assay_label::{PictureError, read_texts};

use crate::scene::{Chance, Scene};

const TEXT: &str = "https://register.example/01/04006381333931";

fn gif(scene: &Scene) -> Vec<u8> {
    let mut out = Vec::new();
    let greys: Vec<u8> = (0..=255).flat_map(|v| [v; 3]).collect();
    let (width, height) = (scene.width as u16, scene.height as u16);
    let mut encoder = gif::Encoder::new(&mut out, width, height, &greys).unwrap();
    encoder.write_frame(&gif::Frame::from_indexed_pixels(width, height, scene.luma(), None)).unwrap();
    drop(encoder);
    out
}

fn webp(scene: &Scene) -> Vec<u8> {
    let mut out = Vec::new();
    image_webp::WebPEncoder::new(&mut out)
        .encode(&scene.luma(), scene.width as u32, scene.height as u32, image_webp::ColorType::L8)
        .unwrap();
    out
}

/// In colour, as phones keep it; in several passes, as sites keep it; and in a printer's colours. Made with Pillow from the
/// picture that [`kinds`] draws, because no encoder of ours writes them.
const PHOTOGRAPHS: [(&str, &[u8]); 4] = [
    ("JPEG", include_bytes!("colour.jpg")),
    ("progressive JPEG", include_bytes!("progressive.jpg")),
    ("printer's JPEG", include_bytes!("cmyk.jpg")),
    ("lossy WebP", include_bytes!("lossy.webp")),
];

fn kinds() -> Vec<(&'static str, Vec<u8>)> {
    let scene = Scene::of_text(TEXT, 4.0, 6.0, 0.0);
    let ours =
        [("PNG", scene.png()), ("GIF", gif(&scene)), ("WebP", webp(&scene)), ("grey JPEG", scene.jpeg(80))];
    ours.into_iter().chain(PHOTOGRAPHS.map(|(kind, bytes)| (kind, bytes.to_vec()))).collect()
}

#[test]
fn every_format_is_read() {
    for (kind, bytes) in kinds() {
        assert_eq!(read_texts(&bytes).as_deref(), Ok([TEXT.to_owned()].as_slice()), "{kind}");
    }
}

#[test]
fn a_file_bent_anywhere_is_answered_quickly_and_never_with_another_text() {
    let mut chance = Chance::new(9);
    for (kind, bytes) in kinds() {
        for round in 0..60 {
            let mut bent = bytes.clone();
            match round % 3 {
                0 => bent.truncate(chance.next() as usize % bytes.len()),
                // The header is where a byte does most.
                1 => {
                    let at = chance.next() as usize % bytes.len().min(700);
                    bent[at] = chance.next() as u8;
                }
                _ => {
                    for _ in 0..8 {
                        let at = chance.next() as usize % bytes.len();
                        bent[at] ^= 1 << (chance.next() % 8);
                    }
                }
            }
            let start = Instant::now();
            if let Ok(texts) = read_texts(&bent) {
                assert!(texts.iter().all(|text| text == TEXT), "{kind}, round {round}: {texts:?}");
            }
            assert!(start.elapsed() < Duration::from_secs(20), "{kind}, round {round}");
        }
    }
}

#[test]
fn a_photograph_of_a_hundred_megapixels_is_refused_before_it_is_unpacked() {
    let refused = |width: usize, height: usize| Err(PictureError::TooManyPixels { width, height });
    for (kind, bytes) in kinds() {
        let mut large = bytes.clone();
        let (width, height) = match kind {
            "GIF" => {
                // The first frame's own size counts: after header, colour table and the frame's mark and place.
                let at = 13 + 768 + 5;
                let at = if large[13 + 768] == b',' { at } else { at + 8 };
                large[at..at + 4].copy_from_slice(&[0x10, 0x27, 0x10, 0x27]);
                (10_000, 10_000)
            }
            "PNG" | "WebP" | "lossy WebP" => continue,
            _ => {
                let start = large.windows(2).position(|w| w == [0xff, 0xc0] || w == [0xff, 0xc2]).unwrap();
                large[start + 5..start + 9].copy_from_slice(&[0x27, 0x10, 0x27, 0x10]);
                (10_000, 10_000)
            }
        };
        let start = Instant::now();
        assert_eq!(read_texts(&large), refused(width, height), "{kind}");
        assert!(start.elapsed() < Duration::from_millis(100), "{kind}");
    }
    let message = PictureError::TooManyPixels { width: 11_648, height: 8_736 }.to_string();
    assert!(message.contains("11648 by 8736 pixels") && message.contains("50 million"), "{message}");
}

#[test]
fn other_kinds_of_pictures_are_refused_with_what_to_save_them_as() {
    let kinds: [(&[u8], &str); 6] = [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", "AVIF"),
        (b"II*\0\x08\0\0\0", "TIFF"),
        (b"MM\0*\0\0\0\x08", "TIFF"),
        (b"\xff\x0a\xff\xff", "JPEG XL"),
        (b"BM\x36\0\0\0\0\0\0\0", "BMP"),
    ];
    for (bytes, kind) in kinds {
        let message = read_texts(bytes).unwrap_err().to_string();
        assert!(message.contains(kind) && message.contains("save it as PNG, JPEG or WebP"), "{message}");
    }
    assert_eq!(read_texts(b"<html>"), Err(PictureError::NoPicture));
}
