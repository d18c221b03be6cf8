//! Reads one QR code whose finder patterns are known: says how large it is, lays a grid over it ([`super::fit`]), says
//! which modules are dark ([`super::bits`]) and lets rqrr correct and decode the bits. A wrong guess costs a bounded
//! amount of work and is refused by the code's own checks.

use encoding_rs::SHIFT_JIS;
use rqrr::{Grid, SimpleGrid};

use super::bitmap::Bitmap;
use super::bits::{Shades, WAYS, right};
use super::find_qr::Corners;
use super::fit::{self, Fit};
use super::grey::{Grey, Spot, distance};
use super::pattern::Pattern;
use super::view::View;

/// How well the timing lines must agree, at least, before a grid is laid.
const LEAST_TIMING: f32 = 0.15;

/// How well all known modules must agree before bits are read.
const LEAST_AGREEMENT: f32 = 0.45;

/// How many of a hundred known modules must be right before a text is believed.
const LEAST_RIGHT: usize = 76;

/// How much work a picture may cause, counted in grids that are laid.
pub(super) struct Patience(pub(super) u32);

impl Patience {
    fn spend(&mut self) -> Option<()> {
        self.0 = self.0.checked_sub(1)?;
        Some(())
    }
}

/// The text of the code at these corners.
pub(super) fn read(
    grey: &Grey,
    bitmap: &Bitmap,
    corners: &Corners,
    patience: &mut Patience,
) -> Option<String> {
    let Corners { upper_left: o, upper_right: u, lower_left: v, .. } = *corners;
    let mut sides: Vec<(f32, Pattern, View)> = sides(bitmap, corners)
        .into_iter()
        .filter_map(|side| {
            let pattern = Pattern::of(side);
            let views = [Some(View::flat(o, u, v, side)), View::tilted([o, u, v], corners.modules, side)];
            let judged = views
                .into_iter()
                .flatten()
                .map(|view| (fit::agreement(grey, |u, v| view.at(u, v), &pattern.timing), view));
            let (timing, view) = judged.max_by(|a, b| a.0.total_cmp(&b.0))?;
            Some((timing, pattern, view))
        })
        .filter(|(timing, ..)| *timing >= LEAST_TIMING)
        .collect();
    sides.sort_by(|a, b| b.0.total_cmp(&a.0));
    sides.iter().take(3).find_map(|(_, pattern, view)| decode(grey, corners, pattern, view, patience))
}

/// How many modules the code may have on a side, from the size of the modules and, where perspective makes that wrong,
/// from the changes along the timing lines.
fn sides(bitmap: &Bitmap, corners: &Corners) -> Vec<usize> {
    let Corners { upper_left: o, upper_right: u, lower_left: v, modules } = *corners;
    let along = [
        module_along(bitmap, o, u),
        module_along(bitmap, u, o),
        module_along(bitmap, o, v),
        module_along(bitmap, v, o),
    ];
    let known: Vec<f64> = along.into_iter().flatten().collect();
    let module = if known.is_empty() {
        modules.iter().sum::<f64>() / 3.0
    } else {
        known.iter().sum::<f64>() / known.len() as f64
    };
    let count = (distance(o, u) + distance(o, v)) / 2.0 / module + 7.0;
    let version = ((count - 17.0) / 4.0).round() as i32;
    // The count is less sure the larger the code is.
    let slack = 2 + version.max(0) / 8;
    (version - slack..=version + slack)
        .filter(|v| (1..=40).contains(v))
        .map(|v| 17 + 4 * v as usize)
        .collect()
}

fn decode(
    grey: &Grey,
    corners: &Corners,
    pattern: &Pattern,
    flat: &View,
    patience: &mut Patience,
) -> Option<String> {
    let finders = [corners.upper_left, corners.upper_right, corners.lower_left];
    let in_perspective = pattern.centres.last().and_then(|last| {
        let seen = fit::fourth(grey, flat, pattern)?;
        fit::through_fourth(finders, flat, pattern.side, *last, seen)
    });
    for view in in_perspective.into_iter().chain([*flat]) {
        patience.spend()?;
        let (view, agreement) = fit::improved(grey, view, pattern);
        if agreement < LEAST_AGREEMENT {
            continue;
        }
        let fits = [Some(Fit::plain(view)), fit::bent(grey, view, pattern)];
        if let Some(text) = fits.into_iter().flatten().find_map(|fit| text(grey, &fit, pattern)) {
            return Some(text);
        }
    }
    None
}

/// The text under a grid.
fn text(grey: &Grey, fit: &Fit, pattern: &Pattern) -> Option<String> {
    let shades = Shades::seen(grey, fit, pattern.side);
    WAYS.iter().find_map(|way| {
        let dark = shades.dark(*way);
        if right(&dark, pattern) < LEAST_RIGHT {
            return None;
        }
        let grid = SimpleGrid::from_func(pattern.side, |x, y| dark[y * pattern.side + x]);
        let mut bytes = Vec::new();
        Grid::new(grid).decode_to(&mut bytes).ok()?;
        in_words(bytes)
    })
}

/// The bytes of a code as text. The standard has them as Latin letters, everybody as UTF-8, and Japan as Shift JIS.
fn in_words(bytes: Vec<u8>) -> Option<String> {
    String::from_utf8(bytes)
        .or_else(|e| {
            let text = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(e.as_bytes());
            text.map(std::borrow::Cow::into_owned).ok_or(e)
        })
        .ok()
}

/// The size of a module, from the dark, light, dark and light runs between a finder pattern's centre and its rim, in the
/// direction of another pattern and away from it.
fn module_along(bitmap: &Bitmap, from: Spot, to: Spot) -> Option<f64> {
    let length = distance(from, to);
    let rim = |sign: f64| {
        let (dx, dy) = (sign * (to.x - from.x) / length, sign * (to.y - from.y) / length);
        let (mut dark, mut turns) = (true, 0);
        let mut gone = 0.0;
        while gone < length {
            gone += 0.25;
            let now = bitmap.is_dark_at(Spot { x: from.x + dx * gone, y: from.y + dy * gone });
            if now != dark {
                dark = now;
                turns += 1;
                if turns == 3 {
                    return Some(gone);
                }
            }
        }
        None
    };
    if length < 1.0 {
        return None;
    }
    match (rim(1.0), rim(-1.0)) {
        (Some(there), Some(back)) => Some((there + back) / 7.0),
        (Some(one), None) | (None, Some(one)) => Some(one / 3.5),
        (None, None) => None,
    }
}
