//! A code as a camera or a scanner sees it: drawn, turned, tilted, blurred, lit, and full of noise. Everything comes from
//! numbers, so that the pictures are the same on every machine.

/// A brightness picture.
#[derive(Clone)]
pub(crate) struct Scene {
    pub(crate) width: usize,
    pub(crate) height: usize,
    of: Vec<f32>,
}

/// Random numbers that a seed decides.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }

    /// Between the two.
    pub(crate) fn within(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * f64::from(self.next()) / f64::from(1u32 << 31)
    }
}

impl Scene {
    /// The code of a text on white paper before a grey wall: `module` pixels a module, turned, and tilted by so much of
    /// its side.
    pub(crate) fn of_text(text: &str, module: f64, degrees: f64, tilt: f64) -> Self {
        let code = fast_qr::QRBuilder::new(text).ecl(fast_qr::ECL::M).build().unwrap();
        let side = code.size as f64;
        let half = (side / 2.0 + 7.0) * module * 1.3;
        let size = (half * 2.0) as usize;
        let (sin, cos) = degrees.to_radians().sin_cos();
        let mut of = Vec::with_capacity(size * size);
        for y in 0..size {
            for x in 0..size {
                let mut sum = 0.0;
                for n in 0..9 {
                    let (x, y) = (
                        x as f64 + f64::from(n % 3 * 2 + 1) / 6.0,
                        y as f64 + f64::from(n / 3 * 2 + 1) / 6.0,
                    );
                    let (x, y) = ((x - half) / module, (y - half) / module);
                    let depth = 1.0 + tilt * (0.8 * x + y) / side;
                    let (x, y) = (x / depth, y / depth);
                    let (u, v) = (cos * x + sin * y + side / 2.0, cos * y - sin * x + side / 2.0);
                    let on_paper = |w: f64| (-5.0..side + 5.0).contains(&w);
                    let on_code = |w: f64| (0.0..side).contains(&w);
                    sum += if on_code(u) && on_code(v) {
                        if code[v as usize][u as usize].value() { 20.0 } else { 235.0 }
                    } else if on_paper(u) && on_paper(v) {
                        235.0
                    } else {
                        150.0
                    };
                }
                of.push(sum / 9.0);
            }
        }
        Self { width: size, height: size, of }
    }

    /// Out of focus by so many pixels.
    pub(crate) fn blurred(mut self, sigma: f64) -> Self {
        let reach = (sigma * 3.0).ceil() as i64;
        let weights: Vec<f32> =
            (-reach..=reach).map(|d| (-(d * d) as f64 / (2.0 * sigma * sigma)).exp() as f32).collect();
        let whole: f32 = weights.iter().sum();
        for (dx, dy) in [(1i64, 0i64), (0, 1)] {
            let from = self.of.clone();
            let at = |x: i64, y: i64| {
                let (x, y) = (x.clamp(0, self.width as i64 - 1), y.clamp(0, self.height as i64 - 1));
                from[y as usize * self.width + x as usize]
            };
            for (n, value) in self.of.iter_mut().enumerate() {
                let (x, y) = ((n % self.width) as i64, (n / self.width) as i64);
                let sum: f32 =
                    (-reach..=reach).zip(&weights).map(|(d, w)| at(x + d * dx, y + d * dy) * w).sum();
                *value = sum / whole;
            }
        }
        self
    }

    /// In light that falls off from one corner to the other.
    pub(crate) fn shaded(mut self, darkest: f32) -> Self {
        let all = (self.width + self.height) as f32;
        for (n, value) in self.of.iter_mut().enumerate() {
            let along = (n % self.width + n / self.width) as f32 / all;
            *value *= darkest + (1.0 - darkest) * along;
        }
        self
    }

    /// With so much of its contrast, in fog.
    pub(crate) fn faint(mut self, contrast: f32) -> Self {
        self.of.iter_mut().for_each(|v| *v = *v * contrast + 100.0);
        self
    }

    /// With a sensor's noise.
    pub(crate) fn noisy(mut self, sigma: f64, seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        for value in &mut self.of {
            let sum: f64 = (0..6).map(|_| chance.within(-1.0, 1.0)).sum();
            *value += (sum * sigma / std::f64::consts::SQRT_2) as f32;
        }
        self
    }

    /// As a printer with black ink alone puts it down: ink that spreads by so many pixels.
    pub(crate) fn printed(mut self, spread: usize) -> Self {
        let from = self.of.clone();
        for (n, value) in self.of.iter_mut().enumerate() {
            let (x, y) = (n % self.width, n / self.width);
            let inked = (y.saturating_sub(spread)..=(y + spread).min(self.height - 1)).any(|y| {
                (x.saturating_sub(spread)..=(x + spread).min(self.width - 1))
                    .any(|x| from[y * self.width + x] < 100.0)
            });
            *value = if inked { 45.0 } else { 225.0 };
        }
        self
    }

    /// Half as wide and high: a scan at half the printer's dots.
    pub(crate) fn halved(self) -> Self {
        let (w, h) = (self.width / 2, self.height / 2);
        let at = |x: usize, y: usize| self.of[y * self.width + x];
        let mean = |x: usize, y: usize| {
            (at(2 * x, 2 * y) + at(2 * x + 1, 2 * y) + at(2 * x, 2 * y + 1) + at(2 * x + 1, 2 * y + 1)) / 4.0
        };
        let of = (0..w * h).map(|n| mean(n % w, n / w)).collect();
        Self { width: w, height: h, of }
    }

    /// In a larger picture full of other things.
    pub(crate) fn within(self, width: usize, height: usize, seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let mut of: Vec<f32> = (0..width * height)
            .map(|n| 90.0 + 80.0 * ((n % width / 97 + n / width / 61) % 2) as f32)
            .collect();
        for _ in 0..400 {
            let mut up_to = |most: usize| chance.next() as usize % most;
            let (left, top, wide, high, ink) =
                (up_to(width), up_to(height), up_to(200), up_to(60), up_to(256));
            for y in top..(top + high).min(height) {
                of[y * width..][left..(left + wide).min(width)].fill(ink as f32);
            }
        }
        let (left, top) = (width / 3, height / 4);
        for (y, row) in self.of.chunks(self.width).enumerate() {
            of[(top + y) * width + left..][..self.width].copy_from_slice(row);
        }
        Self { width, height, of }
    }

    pub(crate) fn luma(&self) -> Vec<u8> {
        self.of.iter().map(|v| v.round().clamp(0.0, 255.0) as u8).collect()
    }

    pub(crate) fn jpeg(&self, quality: u8) -> Vec<u8> {
        let mut out = Vec::new();
        let (width, height) = (self.width as u32, self.height as u32);
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, quality)
            .encode(&self.luma(), width, height, image::ExtendedColorType::L8)
            .unwrap();
        out
    }

    pub(crate) fn png(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.write_header().unwrap().write_image_data(&self.luma()).unwrap();
        out
    }
}
