//! From the coordinates of a code's modules to a picture: a plane seen in perspective.

use super::grey::Spot;

/// A plane seen in perspective.
#[derive(Clone, Copy, Debug)]
pub(super) struct View([f64; 8]);

impl View {
    /// Where a place of the plane is seen.
    pub(super) fn at(&self, u: f64, v: f64) -> Spot {
        let [a, b, c, d, e, f, g, h] = self.0;
        let depth = g * u + h * v + 1.0;
        Spot { x: (a * u + b * v + c) / depth, y: (d * u + e * v + f) / depth }
    }

    /// The view without perspective that shows the middles of the three finder patterns where they are seen.
    pub(super) fn flat(o: Spot, u: Spot, v: Spot, side: usize) -> Self {
        let n = side as f64 - 7.0;
        let (ax, bx) = ((u.x - o.x) / n, (v.x - o.x) / n);
        let (ay, by) = ((u.y - o.y) / n, (v.y - o.y) / n);
        Self([ax, bx, o.x - 3.5 * (ax + bx), ay, by, o.y - 3.5 * (ay + by), 0.0, 0.0])
    }

    /// The same in the perspective that the sizes of the modules at the three patterns tell: what is farther is smaller.
    pub(super) fn tilted(finders: [Spot; 3], modules: [f64; 3], side: usize) -> Option<Self> {
        let [o, u, v] = finders;
        // An area shrinks with the third power of the distance.
        let depth = |n: usize| (modules[0] / modules[n]).powf(2.0 / 3.0).clamp(0.5, 2.0);
        let (to_u, to_v) = (depth(1), depth(2));
        let far = to_u + to_v - 1.0;
        if far < 0.2 {
            return None;
        }
        let fourth =
            Spot { x: (u.x * to_u + v.x * to_v - o.x) / far, y: (u.y * to_u + v.y * to_v - o.y) / far };
        let d = side as f64 - 3.5;
        Self::through([(3.5, 3.5), (d, 3.5), (3.5, d), (d, d)], [o, u, v, fourth])
    }

    /// The view that shows four places where they are seen: eight equations, solved by elimination.
    pub(super) fn through(from: [(f64, f64); 4], to: [Spot; 4]) -> Option<Self> {
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
    use super::super::grey::distance;
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
