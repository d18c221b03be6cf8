//! Photographs of the zxing project, which are not ours: every one is answered, and never with another text than the one
//! that lies beside it.

use std::path::{Path, PathBuf};

use assay_label::{PictureError, read_texts, verify_picture};

/// Two codes, one within the other: the text beside it is that of the inner one.
const TWO_CODES: &str = "qrcode-2/16.webp";

/// How many of the 88 pictures of QR codes are read; zxing-cpp 2.3 reads 74.
const LEAST: usize = 76;

fn pictures() -> Vec<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora/barcodes/zxing"));
    let Ok(folders) = std::fs::read_dir(folder) else {
        eprintln!("SKIPPED: the shared corpus barcodes/zxing is not beside this repository");
        return Vec::new();
    };
    let mut pictures: Vec<PathBuf> = folders
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .flat_map(|entry| std::fs::read_dir(entry.path()).unwrap().flatten())
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension().is_some_and(|e| ["png", "webp", "jpg"].iter().any(|known| e == *known))
        })
        .collect();
    pictures.sort();
    pictures
}

#[test]
fn every_photograph_is_read_right_or_answered_as_none_of_ours() {
    let pictures = pictures();
    let (mut codes, mut read) = (0, 0);
    for path in &pictures {
        let name = path.iter().rev().take(2).collect::<Vec<_>>();
        let name = format!("{}/{}", name[1].display(), name[0].display());
        let bytes = std::fs::read(path).unwrap();
        let answer = verify_picture(&bytes, &[]);
        assert!(matches!(answer, Err(PictureError::NoQr | PictureError::Label(_))), "{name}: {answer:?}");
        let texts = read_texts(&bytes).unwrap();
        if !name.starts_with("qrcode") {
            assert!(texts.is_empty(), "{name} holds no QR code, and {texts:?} was read");
            continue;
        }
        codes += 1;
        let truth = std::fs::read_to_string(path.with_extension("txt")).unwrap();
        let right = texts.iter().any(|text| text.trim_end() == truth.trim_end());
        assert!(right || texts.is_empty() || name == TWO_CODES, "{name}: {texts:?} instead of {truth:?}");
        read += usize::from(right);
    }
    if !pictures.is_empty() {
        eprintln!(
            "{read} of {codes} pictures of QR codes are read, and nothing in the {} others",
            pictures.len() - codes
        );
        assert!(read >= LEAST, "{read}");
    }
}
