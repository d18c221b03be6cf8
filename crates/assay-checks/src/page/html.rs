//! Takes the tags off a web page. It is no HTML parser: it keeps the words, the breaks between blocks, the addresses that
//! links lead to, and the line numbers, and it walks the text once, whatever the text is.

use super::Block;

/// Longest tag; a `<` without its `>` in this reach is a character like any other.
const MOST_TAG: usize = 16 << 10;

/// Tags that end the block before them.
const BREAKS: [&str; 37] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "title",
    "tr",
    "ul",
];
/// Tags inside a block.
const INLINE: [&str; 36] = [
    "a", "abbr", "b", "base", "button", "center", "cite", "code", "del", "em", "font", "i", "iframe", "img",
    "input", "label", "link", "meta", "noscript", "option", "path", "picture", "q", "s", "select", "small",
    "source", "span", "strike", "strong", "sub", "sup", "tbody", "thead", "time", "u",
];
/// Tags whose content is not read.
const SKIPPED: [&str; 4] = ["script", "style", "svg", "template"];

/// Most places that are told where text was left out.
const MOST_UNSEEN: usize = 10;

/// Whether a text is a web page rather than plain text with a mark or two in it.
pub(super) fn is_html(text: &str) -> bool {
    let head = text.trim_start();
    let lower: String = head.chars().take(200_000).collect::<String>().to_ascii_lowercase();
    lower.starts_with("<!doctype html")
        || ["<html", "<body", "</p>", "</div>", "</li>", "</td>", "</section>", "</h1>", "</h2>"]
            .iter()
            .any(|m| lower.contains(m))
}

/// The blocks of a web page, and the lines in which text begins that a reader does not see.
pub(super) fn blocks(text: &str) -> (Vec<Block>, Vec<usize>) {
    let mut out = Out { blocks: vec![Block { line: 1, ..Block::default() }], line: 1, unseen: Vec::new() };
    walk(text, &mut out);
    (out.blocks, out.unseen)
}

/// Plain text or Markdown without the tags in it; every line feed stays.
pub(super) fn inline(text: &str) -> (String, Vec<usize>) {
    struct Kept(String, Vec<usize>);
    impl Sink for Kept {
        fn text(&mut self, text: &str) {
            self.0.push_str(text);
        }
        fn tag(&mut self, name: &str, _closing: bool) {
            if name == "br" {
                self.0.push(' ');
            }
        }
        fn unseen(&mut self) {
            if self.1.len() < MOST_UNSEEN {
                self.1.push(1 + self.0.bytes().filter(|b| *b == b'\n').count());
            }
        }
    }
    let mut kept = Kept(String::with_capacity(text.len()), Vec::new());
    walk(text, &mut kept);
    (kept.0, kept.1)
}

/// Where the words and the breaks go.
trait Sink {
    fn text(&mut self, text: &str);
    fn tag(&mut self, name: &str, closing: bool);
    /// Text that a reader does not see is left out here.
    fn unseen(&mut self);
}

struct Out {
    blocks: Vec<Block>,
    line: usize,
    unseen: Vec<usize>,
}

impl Sink for Out {
    fn text(&mut self, text: &str) {
        for part in text.split_inclusive('\n') {
            if let Some(block) = self.blocks.last_mut() {
                // A block is never given blanks alone: as long as it is blank it is empty.
                if block.text.is_empty() {
                    block.line = self.line;
                    block.text.push_str(part.trim_start());
                } else {
                    block.text.push_str(part);
                }
            }
            if part.ends_with('\n') {
                self.line += 1;
            }
        }
    }

    fn tag(&mut self, name: &str, closing: bool) {
        if matches!(name, "td" | "th")
            && !closing
            && let Some(block) = self.blocks.last_mut().filter(|b| !b.text.is_empty())
        {
            block.text.push_str(" : ");
        }
        if BREAKS.contains(&name) {
            let is_title =
                name == "title" || (name.len() == 2 && name.starts_with('h') && name != "hr" && name != "br");
            let heading = is_title && !closing;
            self.blocks.push(Block { line: self.line, heading, text: String::new() });
        }
    }

    fn unseen(&mut self) {
        if self.unseen.len() < MOST_UNSEEN {
            self.unseen.push(self.line);
        }
    }
}

fn walk(text: &str, sink: &mut impl Sink) {
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        sink.text(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix('&') {
            let (said, length) = entity(after);
            sink.text(&said);
            rest = &after[length..];
            continue;
        }
        if let Some(comment) = rest.strip_prefix("<!--") {
            let end = comment.find("-->").map_or(comment.len(), |e| e + 3);
            lines_of(&comment[..end], sink);
            rest = &comment[end..];
            continue;
        }
        let Some((name, closing, length)) = tag(rest) else {
            sink.text("<");
            rest = &rest[1..];
            continue;
        };
        let inside = &rest[..length];
        rest = &rest[length..];
        if name == "a"
            && !closing
            && let Some(address) = address(inside)
        {
            sink.text(&format!(" {address} "));
        }
        lines_of(inside, sink);
        sink.tag(&name, closing);
        if SKIPPED.contains(&name.as_str()) && !closing && !inside.ends_with("/>") {
            let end = find_ignoring_case(rest, &format!("</{name}")).unwrap_or(rest.len());
            lines_of(&rest[..end], sink);
            rest = &rest[end..];
        } else if !closing && is_unseen(&name, inside) && !inside.ends_with("/>") {
            let end = end_of(rest, &name);
            if rest[..end].chars().any(char::is_alphanumeric) {
                sink.unseen();
            }
            lines_of(&rest[..end], sink);
            rest = &rest[end..];
        }
    }
    sink.text(rest);
}

/// Whether a reader does not see what stands in this tag: struck out, or hidden by the tag itself. What a style sheet or a
/// script hides is not known here.
fn is_unseen(name: &str, inside: &str) -> bool {
    // These have no end, so nothing stands in them.
    if matches!(name, "input" | "img" | "br" | "hr" | "link" | "meta" | "base" | "source" | "path") {
        return false;
    }
    if matches!(name, "del" | "s" | "strike") {
        return true;
    }
    let low: String = inside.to_ascii_lowercase();
    let (mut outside, mut styles) = (String::new(), Vec::new());
    let mut rest = low.as_str();
    while let Some(at) = rest.find(['"', '\'']) {
        let quote = char::from(rest.as_bytes()[at]);
        outside.push_str(&rest[..at]);
        let value = &rest[at + 1..];
        let end = value.find(quote).unwrap_or(value.len());
        if outside.strip_suffix("style=").is_some_and(|o| o.ends_with(char::is_whitespace)) {
            styles.push(&value[..end]);
        }
        rest = value.get(end + 1..).unwrap_or_default();
    }
    outside.push_str(rest);
    let mut words = outside.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
    if words.any(|w| w == "hidden" || w.starts_with("hidden=")) {
        return true;
    }
    styles.iter().any(|style| {
        style.split(';').filter_map(|rule| rule.split_once(':')).any(|(what, how)| {
            let how = how.trim().trim_end_matches("!important").trim();
            let zero = how.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
            match what.trim() {
                "display" => how == "none",
                "visibility" => matches!(how, "hidden" | "collapse"),
                "opacity" | "font-size" => zero.parse::<f64>().is_ok_and(|n| n == 0.0),
                _ => false,
            }
        })
    })
}

/// Where what stands in a tag ends: at its own closing tag. A paragraph is also ended by the next block.
fn end_of(text: &str, name: &str) -> usize {
    let mut depth = 1_usize;
    let mut at = 0;
    while let Some(found) = text[at..].find('<') {
        at += found;
        let Some((other, closing, length)) = tag(&text[at..]) else {
            at += 1;
            continue;
        };
        if name == "p" && BREAKS.contains(&other.as_str()) && other != "br" && !(closing && other == "p") {
            return at;
        }
        if other == name {
            depth = if closing { depth - 1 } else { depth + 1 };
            if depth == 0 {
                return at + length;
            }
        }
        at += length;
    }
    text.len()
}

/// What was left out still counts its lines.
fn lines_of(left_out: &str, sink: &mut impl Sink) {
    for _ in left_out.bytes().filter(|b| *b == b'\n') {
        sink.text("\n");
    }
}

/// A tag that is known, at the beginning of the text: its name, whether it closes, and its length. What is not known (`<your
/// name>`, `<security@hearth.example>`) is text.
fn tag(text: &str) -> Option<(String, bool, usize)> {
    let after = text.strip_prefix('<')?;
    if after.starts_with('!') || after.starts_with('?') {
        // As below: what another tag begins in is none, or a text of `<!<!<!` is walked again and again.
        let end = after.bytes().take(MOST_TAG).position(|b| b == b'>' || b == b'<')?;
        return (after.as_bytes()[end] == b'>').then(|| (String::new(), false, end + 2));
    }
    let closing = after.starts_with('/');
    let name_at = usize::from(closing);
    let name: String = after[name_at..]
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect::<String>()
        .to_ascii_lowercase();
    let lists: [&[&str]; 3] = [&BREAKS, &INLINE, &SKIPPED];
    let known = lists.iter().any(|l| l.contains(&name.as_str()))
        || name == "td"
        || name == "th"
        || name.contains('-');
    let next = after[name_at + name.len()..].chars().next()?;
    if !known || !(next.is_whitespace() || next == '>' || next == '/') {
        return None;
    }
    let mut quote = None;
    for (i, b) in after.bytes().enumerate().take(MOST_TAG) {
        match (quote, b) {
            (None, b'>') => return Some((name, closing, i + 2)),
            (None, b'"' | b'\'') => quote = Some(b),
            (Some(q), b) if q == b => quote = None,
            // Another tag begins before this one ended: it never was one. Without this a text of `<a <a <a` is walked again
            // and again.
            (None, b'<') => return None,
            _ => {}
        }
    }
    None
}

/// Where a link leads, if that is a mail address, a telephone or another page by its full address.
fn address(tag: &str) -> Option<String> {
    let at = find_ignoring_case(tag, "href=")? + 5;
    let value = &tag[at..];
    let inner = match value.as_bytes().first()? {
        q @ (b'"' | b'\'') => value[1..].split(char::from(*q)).next()?,
        _ => value.split([' ', '>']).next()?,
    };
    let mut decoded = String::new();
    let mut rest = inner;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        let (said, length) = entity(&rest[at + 1..]);
        decoded.push_str(&said);
        rest = &rest[at + 1 + length..];
    }
    decoded.push_str(rest);
    let lower = decoded.trim().to_ascii_lowercase();
    let full = ["mailto:", "tel:", "https://", "http://"].iter().any(|s| lower.starts_with(s));
    full.then(|| decoded.trim().replace(char::is_whitespace, ""))
}

/// What a character reference says, and how long it was after its ampersand.
fn entity(after: &str) -> (String, usize) {
    const NAMED: [(&str, &str); 14] = [
        ("amp", "&"),
        ("lt", "<"),
        ("gt", ">"),
        ("quot", "\""),
        ("apos", "'"),
        ("nbsp", " "),
        ("ndash", "–"),
        ("mdash", "—"),
        ("rsquo", "'"),
        ("lsquo", "'"),
        ("hellip", "…"),
        ("commat", "@"),
        ("period", "."),
        ("copy", "©"),
    ];
    let nothing = ("&".to_owned(), 0);
    let Some(end) = after.bytes().take(10).position(|b| b == b';') else { return nothing };
    let name = &after[..end];
    if let Some((_, said)) = NAMED.iter().find(|(n, _)| *n == name) {
        return ((*said).to_owned(), end + 1);
    }
    let code = match name.strip_prefix('#') {
        Some(hex) if hex.starts_with(['x', 'X']) => u32::from_str_radix(&hex[1..], 16).ok(),
        Some(decimal) => decimal.parse().ok(),
        None => None,
    };
    match code.and_then(char::from_u32) {
        Some('\u{a0}' | '\n' | '\r') => (" ".to_owned(), end + 1),
        Some(c) => (c.to_string(), end + 1),
        None => nothing,
    }
}

fn find_ignoring_case(text: &str, mark: &str) -> Option<usize> {
    text.as_bytes().windows(mark.len()).position(|w| w.eq_ignore_ascii_case(mark.as_bytes()))
}
