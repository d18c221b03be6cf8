//! A page as text: every line at most as wide as asked for, or each paragraph one line where no width is given. It paints
//! nothing; headings are emphasised by whoever prints them.

use super::page::{Block, Page, Span};

/// A column narrower than this is not read.
const NARROWEST: usize = 28;

impl Page {
    /// The whole page without title and source, one line a paragraph.
    #[must_use]
    pub fn text(&self) -> String {
        let sections = self.sections.iter().map(|s| {
            let body: Vec<String> = s.body.iter().map(|b| b.text(None)).collect();
            match s.heading.is_empty() {
                true => body.join("\n\n"),
                false => format!("{}\n\n{}", s.heading, body.join("\n\n")),
            }
        });
        sections.collect::<Vec<_>>().join("\n\n")
    }
}

impl Block {
    /// The block as lines, at most `width` characters each where a word is not longer than that.
    #[must_use]
    pub fn text(&self, width: Option<usize>) -> String {
        match self {
            Self::Paragraph(spans) => wrapped(&plain(spans), width, "", ""),
            Self::List(items) => {
                let items = items.iter().map(|i| wrapped(&plain(i), width, "- ", "  "));
                items.collect::<Vec<_>>().join("\n")
            }
            Self::Table { head, rows } => {
                let rows: Vec<Vec<String>> =
                    rows.iter().map(|r| r.iter().map(|c| plain(c)).collect()).collect();
                table(head, &rows, width)
            }
            Self::Code(lines) => {
                lines.trim_end().lines().map(|l| format!("    {l}")).collect::<Vec<_>>().join("\n")
            }
        }
    }
}

/// Spans as words; words of files keep their backticks.
#[must_use]
pub fn plain(spans: &[Span]) -> String {
    spans
        .iter()
        .map(|s| match s {
            Span::Text(t) | Span::Id(t) => t.clone(),
            Span::Code(c) => format!("`{c}`"),
        })
        .collect()
}

/// Breaks a text between words; the first line begins with `first`, the others with `rest`.
#[must_use]
pub fn wrapped(words: &str, width: Option<usize>, first: &str, rest: &str) -> String {
    let Some(width) = width else {
        return format!("{first}{}", words.split_whitespace().collect::<Vec<_>>().join(" "));
    };
    let mut lines = vec![first.to_owned()];
    let mut used = first.chars().count();
    let mut empty = true;
    for word in words.split_whitespace() {
        let long = word.chars().count();
        if !empty && used + 1 + long > width {
            lines.push(rest.to_owned());
            used = rest.chars().count();
            empty = true;
        }
        if let Some(line) = lines.last_mut() {
            if !empty {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += long;
            empty = false;
        }
    }
    lines.join("\n")
}

/// Columns where the last one has room enough, otherwise a block for each row.
fn table(head: &[String], rows: &[Vec<String>], width: Option<usize>) -> String {
    let count = |text: &str| text.chars().count();
    let widest = |i: usize| {
        rows.iter().filter_map(|r| r.get(i)).map(|c| count(c)).chain([count(&head[i])]).max().unwrap_or(0)
    };
    let last = head.len().saturating_sub(1);
    let before: Vec<usize> = (0..last).map(widest).collect();
    let left: usize = before.iter().map(|w| w + 2).sum();
    let fits = width.is_none_or(|w| left + NARROWEST <= w);
    if !fits {
        return rows.iter().map(|r| stacked(head, r, width)).collect::<Vec<_>>().join("\n");
    }
    let line = |cells: &[String]| {
        let mut start = String::new();
        for (cell, w) in cells.iter().zip(&before) {
            start.push_str(cell);
            start.extend(std::iter::repeat_n(' ', w + 2 - count(cell)));
        }
        let text = wrapped(cells.last().map_or("", String::as_str), width, &start, &" ".repeat(left));
        text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    };
    let rows = rows.iter().map(|r| line(r));
    [line(head)].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

fn stacked(head: &[String], row: &[String], width: Option<usize>) -> String {
    let mut cells = row.iter().zip(head);
    let first = cells.next().map(|(cell, _)| wrapped(cell, width, "- ", "  ")).unwrap_or_default();
    let rest = cells
        .filter(|(cell, _)| !cell.is_empty())
        .map(|(cell, name)| wrapped(&format!("{name}: {cell}"), width, "  ", "    "));
    [first].into_iter().chain(rest).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::page::{link, text};
    use super::*;

    #[test]
    fn lines_are_as_wide_as_asked_for() {
        let block = Block::List(vec![vec![text("one two three "), link("four"), text(" five")]]);
        assert_eq!(block.text(Some(14)), "- one two\n  three four\n  five");
        assert_eq!(block.text(None), "- one two three four five");
        assert_eq!(wrapped("averyveryverylongword b", Some(5), "", ""), "averyveryverylongword\nb");
        assert_eq!(wrapped("", Some(5), "- ", ""), "- ");
    }

    #[test]
    fn a_table_has_columns_where_there_is_room_and_blocks_where_there_is_none() {
        let cell = |t: &str| vec![text(t)];
        let block = Block::Table {
            head: vec!["Role".into(), "What".into()],
            rows: vec![vec![cell("maker"), cell("keeps a copy of the statement for ten years")]],
        };
        let wide = block.text(Some(40));
        assert_eq!(wide, "Role   What\nmaker  keeps a copy of the statement for\n       ten years");
        assert_eq!(block.text(Some(30)), "- maker\n  What: keeps a copy of the\n    statement for ten years");
    }
}
