//! Looks for QR codes in a picture: at several sizes, against near and far surroundings, dark on light and light on dark,
//! the quickest first. How long a picture can keep this busy is bounded by its size and by [`Patience`].

use super::bitmap::{Bitmap, Surroundings};
use super::find_qr;
use super::grey::{Grey, sizes};
use super::open::area;
use super::sample_qr::{self, Patience};
use crate::PictureError;

/// How many grids are laid at most in one look, and in all of them.
const IN_ONE_LOOK: u32 = 50;
const IN_ALL: u32 = 240;

/// The texts of the QR codes in a grey picture (0 is black), from the surest to the least sure, each once.
///
/// # Errors
/// [`PictureError::TooManyPixels`] over 50 megapixels, [`PictureError::Unreadable`] if the bytes are not `width` times
/// `height`.
pub fn decode_qr(luma: &[u8], width: usize, height: usize) -> Result<Vec<String>, PictureError> {
    if area(width, height)? != luma.len() {
        return Err(PictureError::Unreadable(format!("{} grey values for {width} by {height}", luma.len())));
    }
    let mut texts = Vec::new();
    codes(luma, width, height, |text| {
        texts.push(text.to_owned());
        true
    });
    Ok(texts)
}

/// Shows every text once, and goes on looking until a look had one for which `enough` says so, and then once more at the
/// finest size, where a smaller code may stand beside it. `luma` has `width * height` values, at most 50 million.
pub(super) fn codes(luma: &[u8], width: usize, height: usize, mut enough: impl FnMut(&str) -> bool) {
    let mut seen: Vec<String> = Vec::new();
    let mut all = IN_ALL;
    let mut done = false;
    let finest = sizes(width, height).iter().filter(|(times, _)| *times == 1).map(|(_, step)| *step).min();
    // The smallest code has 21 modules.
    for (times, step) in sizes(width, height) {
        if width.min(height) * times / step < 21 || (done && (times, Some(step)) != (1, finest)) {
            continue;
        }
        let mut grey = if times > 1 {
            Grey::enlarged(luma, width, height, times)
        } else {
            Grey::shrunk(luma, width, height, step)
        }
        .stretched();
        'this: for negative in [false, true] {
            if negative {
                grey = grey.negative();
            }
            for surroundings in [Surroundings::Wide, Surroundings::Narrow] {
                let bitmap = Bitmap::of(&grey, surroundings);
                let mut patience = Patience(IN_ONE_LOOK.min(all));
                let before = patience.0;
                for corners in find_qr::corners(&bitmap) {
                    let text = sample_qr::read(&grey, &bitmap, &corners, &mut patience);
                    if let Some(text) = text.filter(|text| !seen.contains(text)) {
                        done |= enough(&text);
                        seen.push(text);
                    }
                }
                all -= before - patience.0;
                // At the finest size that is the end; at a coarser one it is looked at once more.
                if done && (times, Some(step)) == (1, finest) {
                    return;
                }
                if done {
                    break 'this;
                }
            }
        }
    }
}
