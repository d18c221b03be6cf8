//! The text of somebody else's PDF. A PDF is a small program of a stranger, so it is read in a process of its own, which may
//! crash, hang or grow without taking this one along: bounded in time, memory and output. Layout becomes lines and wide gaps.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use hayro_interpret::font::{FontData, Glyph, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::kurbo::{BezPath, Point, Rect, Shape};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, Paint, SoftMask, TransformExt, interpret_page,
};

use crate::exit::{Exit, Failure};

/// Longest time that a PDF may take.
const MOST_TIME: Duration = Duration::from_secs(20);
/// Most memory that it may take, in kibibytes, where the system can bound it.
const MOST_MEMORY: u32 = 1 << 19;
/// Most text that is taken out.
const MOST_TEXT: u64 = 1 << 20;
/// Most pages that are read: a statement is one or two.
const MOST_PAGES: usize = 50;

/// Why there is no text.
pub(super) enum Unread {
    /// The file is at fault.
    Pdf(String),
    /// The machine is.
    Machine(String),
}

/// What a reader sees of a PDF.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    /// The text; empty where it holds none.
    pub(super) text: String,
    /// Whether it also holds text that nobody sees. That is left out.
    pub(super) unseen: bool,
}

/// What the process of its own writes before the text where it left some out.
const LEFT_OUT: &str = "\u{1}";

/// The text of a PDF.
pub(super) fn text_of(bytes: &[u8]) -> Result<Text, Unread> {
    let machine = |e: std::io::Error| Unread::Machine(format!("the PDF could not be read here: {e}"));
    let program = std::env::current_exe().map_err(machine)?;
    // The shell bounds the memory where it can; `exec` leaves no process between.
    let script = format!(
        "ulimit -v {MOST_MEMORY} 2>/dev/null; ulimit -c 0 2>/dev/null; exec \"$0\" statement --pdf-text"
    );
    let mut child = Command::new("/bin/sh")
        .arg("-c")
        .arg(script)
        .arg(program)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(machine)?;
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Unread::Machine("the PDF could not be handed over".to_owned()));
    };
    let bytes = bytes.to_vec();
    // A child that stops reading breaks the pipe: then its exit says why.
    let writer = thread::spawn(move || stdin.write_all(&bytes));
    let reader = thread::spawn(move || {
        let mut text = Vec::new();
        stdout.take(MOST_TEXT + 1).read_to_end(&mut text).map(|_| text)
    });
    let begun = Instant::now();
    let status = loop {
        match child.try_wait().map_err(machine)? {
            Some(status) => break Some(status),
            None if begun.elapsed() > MOST_TIME => {
                let _ = child.kill();
                let _ = child.wait();
                break None;
            }
            None => thread::sleep(Duration::from_millis(5)),
        }
    };
    let _ = writer.join();
    let text = reader.join().ok().and_then(Result::ok).unwrap_or_default();
    match status.map(|s| s.code()) {
        Some(Some(0)) if text.len() as u64 <= MOST_TEXT => {
            let text = String::from_utf8_lossy(&text);
            let rest = text.strip_prefix(LEFT_OUT);
            Ok(Text { text: rest.unwrap_or(&text).to_owned(), unseen: rest.is_some() })
        }
        Some(Some(2)) => Err(Unread::Pdf(String::from_utf8_lossy(&text).trim().to_owned())),
        None => {
            Err(Unread::Pdf(format!("this PDF takes longer than {} seconds to read", MOST_TIME.as_secs())))
        }
        _ => Err(Unread::Pdf(
            "this PDF cannot be read: it is broken, or it takes more room than a statement may".to_owned(),
        )),
    }
}

/// The process of its own: a PDF on standard input, its text on standard output.
pub(super) fn child() -> Result<Exit, Failure> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .map_err(|e| Failure::impossible(format!("standard input cannot be read: {e}")))?;
    match extract(bytes) {
        Ok(Text { text, unseen }) => {
            crate::output::print(&format!("{}{text}", if unseen { LEFT_OUT } else { "" }))?;
            Ok(Exit::Holds)
        }
        Err(why) => {
            crate::output::print(why)?;
            Err(Failure::unreadable(why))
        }
    }
}

fn extract(bytes: Vec<u8>) -> Result<Text, &'static str> {
    let pdf = Pdf::new(Arc::new(bytes)).map_err(|e| match e {
        hayro_interpret::hayro_syntax::LoadPdfError::Decryption(_) => {
            "this PDF is locked with a password: ask for one that is not"
        }
        hayro_interpret::hayro_syntax::LoadPdfError::Invalid => "this PDF cannot be read: it is broken",
    })?;
    if pdf.pages().is_empty() {
        return Err("this PDF cannot be read: it has no pages");
    }
    let cache = InterpreterCache::new();
    let (mut text, mut unseen) = (String::new(), false);
    for page in pdf.pages().iter().take(MOST_PAGES) {
        let settings = InterpreterSettings {
            // A font that the file does not carry is stood in for: its glyphs are named by the file, only widths differ.
            font_resolver: Arc::new(|_| Some((Arc::new(notosans::REGULAR_TTF) as FontData, 0))),
            ..InterpreterSettings::default()
        };
        let bounds = Rect::new(0.0, 0.0, 1.0, 1.0);
        let upright = page.initial_transform(false).to_kurbo();
        let mut context = Context::new(upright, bounds, &cache, pdf.xref(), settings);
        let mut seen = Seen::default();
        interpret_page(page, &mut context, &mut seen);
        unseen |= seen.unseen;
        text.push_str(&seen.into_text());
        text.push_str("\n\n");
        if text.len() as u64 > MOST_TEXT {
            break;
        }
    }
    Ok(Text { text, unseen })
}

/// The glyphs of a page: where each begins and ends on its line, and how large it is.
#[derive(Default)]
struct Seen {
    glyphs: Vec<Placed>,
    /// Areas that are not white: white text on them is seen.
    inked: Vec<Rect>,
    /// Text was left out because nobody sees it.
    unseen: bool,
}

struct Placed {
    x: f64,
    y: f64,
    width: f64,
    size: f64,
    text: String,
}

/// More glyphs than a page of text has.
const MOST_GLYPHS: usize = 100_000;
/// More areas than a page of text has; with more of them white text is taken for seen.
const MOST_AREAS: usize = 1_000;
/// Type below this size, in points, is a speck.
const SMALLEST: f64 = 1.0;

/// How much of a paint is seen on white paper.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ink {
    Full,
    White,
    None,
}

fn ink(paint: &Paint<'_>) -> Ink {
    // A pattern is something to see.
    let Paint::Color(color) = paint else { return Ink::Full };
    match color.to_rgba().to_rgba8() {
        [_, _, _, 0..=5] => Ink::None,
        [r, g, b, _] if r.min(g).min(b) >= 250 => Ink::White,
        _ => Ink::Full,
    }
}

impl Device<'_> for Seen {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, mode: &DrawMode) {
        let ink = if matches!(mode, DrawMode::Invisible) { Ink::None } else { ink(&props.paint) };
        for glyph in run.glyphs() {
            if self.glyphs.len() >= MOST_GLYPHS {
                return;
            }
            let text = match glyph.as_unicode() {
                Some(BfString::Char(c)) => c.to_string(),
                Some(BfString::String(s)) => s,
                None => '\u{fffd}'.to_string(),
            };
            let place = props.transform * glyph.transform();
            let at = place * Point::ZERO;
            // Glyphs are drawn in thousandths of the size of the type.
            let advance = match &**glyph {
                Glyph::Outline(outline) => outline.advance_width(),
                Glyph::Type3(drawn) => drawn.advance_width(),
            };
            let along = place * Point::new(f64::from(advance.unwrap_or(500.0)), 0.0) - at;
            let size = (place * Point::new(0.0, 1000.0) - at).hypot();
            let inked = || self.inked.len() >= MOST_AREAS || self.inked.iter().any(|r| r.contains(at));
            let seen = size >= SMALLEST && (ink == Ink::Full || (ink == Ink::White && inked()));
            if !seen {
                self.unseen |= text.chars().any(char::is_alphanumeric);
            } else if [at.x, at.y, size, along.x].iter().all(|n| n.is_finite()) {
                self.glyphs.push(Placed { x: at.x, y: at.y, width: along.x, size, text });
            }
        }
    }

    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'_>, mode: &DrawMode) {
        let fills = matches!(mode, DrawMode::Fill(_) | DrawMode::FillAndStroke(..));
        if fills && ink(&props.paint) == Ink::Full {
            self.inks(props.transform.transform_rect_bbox(path.bounding_box()));
        }
    }
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_image(&mut self, image: Image<'_, '_>, props: ImageDrawProps<'_>) {
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        self.inks(props.transform.transform_rect_bbox(Rect::new(0.0, 0.0, width, height)));
    }
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

impl Seen {
    fn inks(&mut self, area: Rect) {
        if self.inked.len() < MOST_AREAS && area.is_finite() {
            self.inked.push(area);
        }
    }

    /// The glyphs as lines from the top, with blanks and tabs for gaps and an empty line where a wide space stands between.
    fn into_text(mut self) -> String {
        self.glyphs.sort_by(|a, b| b.y.total_cmp(&a.y));
        let mut lines: Vec<Vec<Placed>> = Vec::new();
        for glyph in self.glyphs {
            let same = |line: &Vec<Placed>| {
                line.first().is_some_and(|f| (f.y - glyph.y).abs() < 0.35 * f.size.max(glyph.size))
            };
            match lines.last_mut().filter(|l| same(l)) {
                Some(line) => line.push(glyph),
                None => lines.push(vec![glyph]),
            }
        }
        let mut text = String::new();
        let mut above: Option<(f64, f64)> = None;
        for mut line in lines {
            line.sort_by(|a, b| a.x.total_cmp(&b.x));
            let (y, size) = line.iter().fold((0.0, 0.0_f64), |(_, size), g| (g.y, size.max(g.size)));
            if above.is_some_and(|(above, high)| above - y > 1.75 * size.max(high)) {
                text.push('\n');
            }
            above = Some((y, size));
            let mut end: Option<f64> = None;
            for glyph in line {
                let gap = end.map_or(0.0, |end| glyph.x - end);
                if gap > 1.2 * glyph.size {
                    text.push('\t');
                } else if gap > 0.16 * glyph.size && !text.ends_with([' ', '\t', '\n']) {
                    text.push(' ');
                }
                text.push_str(&glyph.text);
                end = Some(glyph.x + glyph.width.max(0.0));
            }
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(x: f64, y: f64, text: &str) -> Placed {
        Placed { x, y, width: 5.0, size: 10.0, text: text.to_owned() }
    }

    #[test]
    fn glyphs_become_lines_words_and_columns() {
        let glyphs = vec![
            placed(10.0, 80.0, "c"),
            placed(10.0, 100.0, "a"),
            placed(15.0, 100.5, "b"),
            placed(23.0, 100.0, "d"),
            placed(60.0, 100.0, "e"),
            placed(10.0, 88.0, "f"),
            placed(10.0, 40.0, "g"),
        ];
        assert_eq!(Seen { glyphs, ..Seen::default() }.into_text(), "ab d\te\nf\nc\n\ng\n");
    }

    #[test]
    fn what_is_no_pdf_is_said() {
        for bytes in [&b""[..], b"%PDF-1.7", b"%PDF-1.4\n1 0 obj\n<</Length 99999999999>>\nstream\nx"] {
            assert!(extract(bytes.to_vec()).is_err());
        }
    }
}
