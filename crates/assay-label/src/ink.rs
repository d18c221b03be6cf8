//! The inks of a label by what they are for, and what each palette prints for them: on a screen in red, green and blue, on
//! paper in cyan, magenta, yellow and black. Words and codes are black alone on paper, so that no plate has to meet another.

use crate::look::Palette;

/// What an ink is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ink {
    /// The ground.
    Paper,
    /// Letters.
    Words,
    /// The rim.
    Frame,
    /// What is declared: the shield with a tick, the head of the calendar.
    Seal,
    /// The shield's shaded half.
    SealShade,
    /// On those two.
    OnSeal,
    /// The outline of what is not declared.
    Outline,
    /// The cross.
    Cross,
    /// The foot.
    Band,
    /// Letters on the foot.
    OnBand,
    /// The ground of the code, which is light in every palette.
    CodePaper,
    /// The code's dark modules.
    Code,
}

/// Relative luminance and contrast as WCAG 2.2 defines them.
pub(crate) fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let luminance = |rgb: [u8; 3]| {
        let [r, g, b] = rgb.map(|c| {
            let c = f64::from(c) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

impl Ink {
    pub(crate) const ALL: [Self; 12] = [
        Self::Paper,
        Self::Words,
        Self::Frame,
        Self::Seal,
        Self::SealShade,
        Self::OnSeal,
        Self::Outline,
        Self::Cross,
        Self::Band,
        Self::OnBand,
        Self::CodePaper,
        Self::Code,
    ];

    /// Red, green and blue.
    pub(crate) fn rgb(self, palette: Palette) -> [u8; 3] {
        let rgb = match palette {
            Palette::Colour => [
                0xff_ffff, 0x10_242b, 0x10_242b, 0x0b_5a60, 0x08_464c, 0xff_ffff, 0x37_474f, 0xa8_4b00,
                0x10_242b, 0xff_ffff, 0xff_ffff, 0x10_242b,
            ],
            Palette::Bw => [0xff_ffff, 0, 0, 0, 0, 0xff_ffff, 0, 0, 0xff_ffff, 0, 0xff_ffff, 0],
            Palette::Dark => [
                0x10_242b, 0xf2_f6f7, 0x6d_8791, 0x56_c5bd, 0x44_aaa3, 0x0a_181d, 0xb4_c4ca, 0xff_b057,
                0x0a_181d, 0xe3_ecef, 0xff_ffff, 0x10_242b,
            ],
        };
        let [_, r, g, b] = u32::to_be_bytes(rgb[self as usize]);
        [r, g, b]
    }

    /// Cyan, magenta, yellow and black in hundredths.
    pub(crate) fn cmyk(self, palette: Palette) -> [u8; 4] {
        const NONE: [u8; 4] = [0; 4];
        const BLACK: [u8; 4] = [0, 0, 0, 100];
        let cmyk = match palette {
            Palette::Colour => [
                NONE,
                BLACK,
                BLACK,
                [90, 35, 45, 35],
                [90, 40, 50, 50],
                NONE,
                [20, 0, 0, 80],
                [0, 65, 100, 30],
                BLACK,
                NONE,
                NONE,
                BLACK,
            ],
            Palette::Bw => [NONE, BLACK, BLACK, BLACK, BLACK, NONE, BLACK, BLACK, NONE, BLACK, NONE, BLACK],
            Palette::Dark => [
                [60, 40, 40, 90],
                NONE,
                [30, 10, 10, 40],
                [60, 0, 30, 0],
                [65, 5, 35, 10],
                [60, 40, 40, 90],
                [15, 5, 5, 15],
                [0, 35, 70, 0],
                [70, 50, 50, 95],
                NONE,
                NONE,
                BLACK,
            ],
        };
        cmyk[self as usize]
    }
}
