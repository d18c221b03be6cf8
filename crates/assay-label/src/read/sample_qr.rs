//! Reads one QR code whose finder patterns are known: measures its modules, finds the alignment pattern in the fourth
//! corner, lays a grid over it in perspective and lets rqrr correct and decode the bits. A wrong guess costs a bounded
//! amount of work and is refused by the code's own checks.

use rqrr::{Grid, SimpleGrid};

use super::find_qr::{Bitmap, Corners, Spot};

/// How well the timing lines must agree, in agreeing less disagreeing modules per hundred.
const LEAST_AGREEMENT: i32 = 15;

/// The text of the code at these corners.
pub(super) fn read(bitmap: &Bitmap, corners: &Corners) -> Option<String> {
    let Corners { upper_left: o, upper_right: u, lower_left: v } = *corners;
    let module = [
        module_along(bitmap, o, u),
        module_along(bitmap, u, o),
        module_along(bitmap, o, v),
        module_along(bitmap, v, o),
    ];
    let known: Vec<f64> = module.into_iter().flatten().collect();
    if known.is_empty() {
        return None;
    }
    let module = known.iter().sum::<f64>() / known.len() as f64;
    let modules = (distance(o, u) + distance(o, v)) / 2.0 / module + 7.0;
    let version = ((modules - 17.0) / 4.0).round() as i32;
    // The count is less sure the larger the code is; the lines of alternating modules tell the right one, and whether
    // there is a code at all.
    let mut sides: Vec<(i32, usize)> = (version - 2..=version + 2)
        .filter(|v| (1..=40).contains(v))
        .map(|v| 17 + 4 * v as usize)
        .map(|side| (-timing(bitmap, corners, side), side))
        .filter(|(disagreement, _)| *disagreement <= -LEAST_AGREEMENT)
        .collect();
    sides.sort_unstable();
    sides.into_iter().take(3).find_map(|(_, side)| decode(bitmap, corners, side))
}

fn decode(bitmap: &Bitmap, corners: &Corners, side: usize) -> Option<String> {
    let plain = flat(corners, side);
    let d = side as f64;
    let fourth = if side > 21 { alignment(bitmap, &plain, side) } else { None };
    let in_perspective = fourth.and_then(|spot| {
        let from = [(3.5, 3.5), (d - 3.5, 3.5), (3.5, d - 3.5), (d - 6.5, d - 6.5)];
        View::through(from, [corners.upper_left, corners.upper_right, corners.lower_left, spot])
    });
    in_perspective.into_iter().chain([plain]).find_map(|view| {
        let dark = |x: usize, y: usize| {
            const AROUND: [(f64, f64); 5] = [(0.5, 0.5), (0.3, 0.5), (0.7, 0.5), (0.5, 0.3), (0.5, 0.7)];
            let votes =
                AROUND.iter().filter(|(dx, dy)| bitmap.is_dark_at(view.at(x as f64 + dx, y as f64 + dy)));
            votes.count() >= 3
        };
        Grid::new(SimpleGrid::from_func(side, dark)).decode().ok().map(|(_, text)| text)
    })
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

/// How well the two lines of alternating modules agree with a size, in agreeing less disagreeing modules per hundred.
fn timing(bitmap: &Bitmap, corners: &Corners, side: usize) -> i32 {
    let view = flat(corners, side);
    let mut agree = 0;
    for n in 8..side - 8 {
        let along = n as f64 + 0.5;
        for dark in [bitmap.is_dark_at(view.at(along, 6.5)), bitmap.is_dark_at(view.at(6.5, along))] {
            agree += if dark == (n % 2 == 0) { 1 } else { -1 };
        }
    }
    agree * 100 / (2 * (side as i32 - 16))
}

/// The centre of the alignment pattern near the fourth corner: where most of its 25 modules agree.
fn alignment(bitmap: &Bitmap, view: &View, side: usize) -> Option<Spot> {
    let expected = side as f64 - 6.5;
    // In perspective the flat guess is wrong by more the larger the code is.
    let reach = (side as i32 / 6).max(5) * 3;
    let agreeing = |u: f64, v: f64| {
        let mut n = 0;
        for y in -2i32..=2 {
            for x in -2i32..=2 {
                let dark = x.abs().max(y.abs()) != 1;
                n += i32::from(bitmap.is_dark_at(view.at(u + f64::from(x), v + f64::from(y))) == dark);
            }
        }
        n
    };
    let mut best = (21, i32::MAX);
    let mut places: Vec<(f64, f64)> = Vec::new();
    for y in -reach..=reach {
        for x in -reach..=reach {
            let (u, v) = (expected + f64::from(x) / 3.0, expected + f64::from(y) / 3.0);
            let rank = (agreeing(u, v), x * x + y * y);
            if rank.0 > best.0 || (rank.0 == best.0 && rank.1 < best.1) {
                best = rank;
                places.insert(0, (u, v));
            } else if rank.0 == best.0 {
                places.push((u, v));
            }
        }
    }
    // The middle of all equally good places around the best one.
    let &(u, v) = places.first()?;
    let near: Vec<_> = places
        .iter()
        .filter(|(a, b)| (a - u).abs().max((b - v).abs()) < 1.2 && agreeing(*a, *b) == best.0)
        .collect();
    let mean = |of: fn(&(f64, f64)) -> f64| near.iter().map(|p| of(p)).sum::<f64>() / near.len() as f64;
    Some(view.at(mean(|p| p.0), mean(|p| p.1)))
}

fn distance(a: Spot, b: Spot) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

/// From module coordinates to the picture: a plane seen in perspective.
struct View([f64; 8]);

/// The view without perspective, from the three finder patterns alone.
fn flat(corners: &Corners, side: usize) -> View {
    let Corners { upper_left: o, upper_right: u, lower_left: v } = *corners;
    let n = side as f64 - 7.0;
    let (ax, bx) = ((u.x - o.x) / n, (v.x - o.x) / n);
    let (ay, by) = ((u.y - o.y) / n, (v.y - o.y) / n);
    View([ax, bx, o.x - 3.5 * (ax + bx), ay, by, o.y - 3.5 * (ay + by), 0.0, 0.0])
}

impl View {
    fn at(&self, u: f64, v: f64) -> Spot {
        let [a, b, c, d, e, f, g, h] = self.0;
        let depth = g * u + h * v + 1.0;
        Spot { x: (a * u + b * v + c) / depth, y: (d * u + e * v + f) / depth }
    }

    /// The view that shows four places where they are seen: eight equations, solved by elimination.
    fn through(from: [(f64, f64); 4], to: [Spot; 4]) -> Option<Self> {
        let mut rows = [[0.0; 9]; 8];
        for (n, ((u, v), Spot { x, y })) in from.into_iter().zip(to).enumerate() {
            rows[2 * n] = [u, v, 1.0, 0.0, 0.0, 0.0, -u * x, -v * x, x];
            rows[2 * n + 1] = [0.0, 0.0, 0.0, u, v, 1.0, -u * y, -v * y, y];
        }
        for column in 0..8 {
            let pivot =
                (column..8).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))?;
            rows.swap(column, pivot);
            let head = rows[column];
            if head[column].abs() < 1e-9 {
                return None;
            }
            for (_, row) in rows.iter_mut().enumerate().filter(|(n, _)| *n != column) {
                let times = row[column] / head[column];
                row.iter_mut().zip(head).for_each(|(cell, of_head)| *cell -= times * of_head);
            }
        }
        let mut solved = [0.0; 8];
        for (n, value) in solved.iter_mut().enumerate() {
            *value = rows[n][8] / rows[n][n];
        }
        Some(Self(solved))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_shows_four_places_where_they_were_seen() {
        let from = [(3.5, 3.5), (53.5, 3.5), (3.5, 53.5), (50.5, 50.5)];
        let to = [(10.0, 20.0), (400.0, 60.0), (30.0, 380.0), (350.0, 340.0)].map(|(x, y)| Spot { x, y });
        let view = View::through(from, to).unwrap();
        for ((u, v), seen) in from.into_iter().zip(to) {
            assert!(distance(view.at(u, v), seen) < 1e-6);
        }
        assert!(
            View::through(from, [Spot { x: 1.0, y: 1.0 }; 4]).is_none_or(|v| v.at(9.0, 9.0).x.is_finite())
        );
    }
}
