//! Reads a page that somebody published (plain text, Markdown or HTML) into blocks and sentences with their lines, under
//! bounds. It knows nothing of what the page is about.

pub(crate) mod date;
mod html;
pub(crate) mod language;
pub(crate) mod reserve;
mod words;

pub(crate) use words::{Sentence, Word};

/// Longest page that is read.
pub(crate) const MOST_BYTES: u64 = 2 << 20;

/// A page.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Paragraphs, list items, table rows and headings, in order.
    pub(crate) blocks: Vec<Block>,
    /// The lines in which text begins that a reader does not see: hidden or struck out. It was left out.
    pub(crate) unseen: Vec<usize>,
}

/// A paragraph, list item, table row or heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Block {
    /// The line it begins in, counted from 1.
    pub(crate) line: usize,
    pub(crate) heading: bool,
    /// Its text; a line feed for each one in the file, so that lines can be counted.
    pub(crate) text: String,
}

impl Page {
    /// Reads a page. Bytes that are no text are replaced.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let text = decode(bytes);
        let (mut blocks, unseen) = if html::is_html(&text) {
            html::blocks(&text)
        } else {
            let (text, unseen) = html::inline(&text);
            (plain(&text), unseen)
        };
        blocks.retain(|b| !b.text.trim().is_empty());
        Self { blocks, unseen }
    }

    /// Whether the bytes are read as a web page rather than as plain text.
    pub(crate) fn is_html(bytes: &[u8]) -> bool {
        html::is_html(&decode(bytes))
    }

    /// The sentences of the page, each with the heading above it.
    pub(crate) fn sentences(&self) -> Vec<Sentence> {
        let mut heading = None;
        let mut all = Vec::new();
        for (number, block) in self.blocks.iter().enumerate() {
            if block.heading {
                heading = Some(number);
            }
            for mut sentence in words::sentences(block) {
                sentence.block = number;
                sentence.heading = heading;
                all.push(sentence);
            }
        }
        all
    }

    /// How many words the page has.
    pub(crate) fn words(&self) -> usize {
        self.blocks.iter().map(|b| b.text.split_whitespace().count()).sum()
    }
}

/// The text with a line feed at the end of each line, whichever way the file ends them.
fn decode(bytes: &[u8]) -> String {
    let text = letters(bytes);
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}

fn letters(bytes: &[u8]) -> String {
    let units = |from: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| from([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, ..] => units(u16::from_le_bytes),
        [0xfe, 0xff, ..] => units(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).into_owned(),
    }
}

/// Plain text and Markdown: empty lines, bullets, `#` headings and `|` rows make blocks.
fn plain(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    let lines: Vec<&str> = text.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let trimmed = line.trim();
        let ruler = !trimmed.is_empty() && trimmed.chars().all(|c| "=-_*~|: ".contains(c));
        if trimmed.is_empty() || ruler {
            // A line of `=` or `-` below a text makes it a heading.
            if ruler
                && open
                && trimmed.chars().all(|c| "=-".contains(c))
                && let Some(last) = blocks.last_mut().filter(|b| !b.text.contains('\n'))
            {
                last.heading = true;
            }
            open = false;
            continue;
        }
        let (starts, content) = item(trimmed);
        let heading =
            trimmed.starts_with('#') || (!open && !starts && is_title(trimmed, lines.get(index + 1)));
        if open && !starts && !heading {
            if let Some(last) = blocks.last_mut() {
                last.text.push('\n');
                last.text.push_str(content);
            }
            continue;
        }
        let row = trimmed.starts_with('|');
        let text = if row { content.trim_matches('|').replace('|', " : ") } else { content.to_owned() };
        blocks.push(Block { line: index + 1, heading, text });
        open = !heading && !row;
    }
    blocks
}

/// Whether a line begins a list item, a heading or a table row, and what follows the mark.
fn item(line: &str) -> (bool, &str) {
    for mark in ["- ", "* ", "+ ", "• ", "> "] {
        if let Some(rest) = line.strip_prefix(mark) {
            return (true, rest);
        }
    }
    if line.starts_with('#') {
        return (true, line.trim_matches('#').trim());
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=2).contains(&digits)
        && let Some(rest) = line[digits..].strip_prefix(". ").or_else(|| line[digits..].strip_prefix(") "))
    {
        return (true, rest);
    }
    (line.starts_with('|'), line)
}

/// A short line without a full stop, alone between empty lines.
fn is_title(line: &str, next: Option<&&str>) -> bool {
    next.is_none_or(|n| n.trim().is_empty())
        && line.split_whitespace().count() <= 8
        && !line.ends_with(['.', ':', ',', ';', '!'])
        && !line.contains(['@', '/'])
        && !line.bytes().any(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str) -> Vec<(usize, bool, String)> {
        let squeeze = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ");
        Page::read(text.as_bytes())
            .blocks
            .into_iter()
            .map(|b| (b.line, b.heading, squeeze(&b.text)))
            .collect()
    }

    #[test]
    fn plain_text_and_markdown_fall_into_blocks() {
        let text = "# Policy\n\nWe answer\nsoon.\n\n- one\n- two\n\nContact\n\nTitle\n=====\n| a | b |\n|---|---|\n1. x <security@a.example>\n";
        let wanted = [
            (1, true, "Policy"),
            (3, false, "We answer soon."),
            (6, false, "one"),
            (7, false, "two"),
            (9, true, "Contact"),
            (11, true, "Title"),
            (13, false, "a : b"),
            (15, false, "x <security@a.example>"),
        ];
        let found = blocks(text);
        let found: Vec<_> = found.iter().map(|(l, h, t)| (*l, *h, t.as_str())).collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn html_falls_into_blocks_with_the_files_own_lines() {
        let text = "<!DOCTYPE html><html><head><title>Policy</title><style>p{}</style>\n<script>if (a < b) {}</script></head>\n<body><h2>Contact</h2>\n<p>Mail\n<a href=\"mailto:a@b.example\">us</a> &amp; wait.<br>Two</p><table><tr><td>Ack</td><td>2&nbsp;days</td></tr></table></body></html>";
        let wanted = [
            (1, true, "Policy"),
            (3, true, "Contact"),
            (4, false, "Mail mailto:a@b.example us & wait."),
            (5, false, "Two"),
            (5, false, "Ack : 2 days"),
        ];
        let found = blocks(text);
        let found: Vec<_> = found.iter().map(|(l, h, t)| (*l, *h, t.trim_matches([' ', ':']))).collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn other_encodings_are_read() {
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("Hé".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(Page::read(&utf16).blocks[0].text, "Hé");
        assert_eq!(Page::read(b"caf\xe9").blocks[0].text, "caf\u{fffd}");
    }

    #[test]
    fn every_end_of_line_ends_a_line() {
        for text in ["One thing.\n\nAnd two.", "One thing.\r\n\r\nAnd two.", "One thing.\r\rAnd two."] {
            let wanted = [(1, false, "One thing.".to_owned()), (3, false, "And two.".to_owned())];
            assert_eq!(blocks(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn what_no_reader_sees_is_left_out_and_its_line_told() {
        for hidden in [
            "<div style=\"display:none\">until <div>May</div> 2030</div>",
            "<span STYLE='color:red; Visibility : hidden'>until 2030</span>",
            "<p hidden>until 2030</p>",
            "<p hidden=\"\">until 2030",
            "<b style=\"font-size:0px\">until 2030</b>",
            "<td style=\"opacity:0;\">until 2030</td>",
            "<del>until 2030</del>",
            "<s>until 2030</s>",
            "<strike>until 2030</strike>",
        ] {
            let page = Page::read(format!("<html><p>Support</p>\n{hidden}\n<p>End</p></html>").as_bytes());
            let text: Vec<&str> = page.blocks.iter().map(|b| b.text.trim()).collect();
            assert_eq!(text, ["Support", "End"], "{hidden}");
            assert_eq!((page.unseen, page.blocks[1].line), (vec![2], 3), "{hidden}");
        }
        for shown in [
            "<p aria-hidden=\"true\">until 2030</p>",
            "<p class=\"hidden\">until 2030</p>",
            "<p title=\"hidden\">until 2030</p>",
            "<p style=\"display:block;opacity:0.9;font-size:0.9em\">until 2030</p>",
            "<input hidden>until 2030",
        ] {
            let page = Page::read(format!("<html>{shown}</html>").as_bytes());
            assert!(page.unseen.is_empty() && page.words() == 2, "{shown}: {page:?}");
        }
        assert_eq!(Page::read(b"Support ~~no~~ <del>until 2030</del> ends.").words(), 3);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            Page::read(&bytes).sentences();
        }

        #[test]
        fn any_marked_up_text_is_read(text in "(<|>|/|p|a|h1|&|amp;|#x|;|\"|'|!--|script|\n| |=|\\[){0,60}") {
            Page::read(text.as_bytes()).sentences();
            Page::read(format!("<html>{text}</p>").as_bytes()).sentences();
        }
    }
}
