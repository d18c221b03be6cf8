//! The few signs of Markdown that the pages of checks and findings use: headings, paragraphs, lists, fenced lines and words
//! in backticks. Anything else stays the text that it is.

use assay::explain::{Block, Section, inline, prose};

/// The sections of a page; its title, the first heading, is left out.
pub(super) fn sections(page: &str) -> Vec<Section> {
    let mut sections = vec![Section { heading: String::new(), body: Vec::new() }];
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        let body = |sections: &mut Vec<Section>, block: Block| {
            if let Some(section) = sections.last_mut() {
                section.body.push(block);
            }
        };
        if line.starts_with("# ") || line.trim().is_empty() {
            continue;
        }
        if let Some(heading) = line.strip_prefix("## ") {
            sections.push(Section { heading: heading.trim().to_owned(), body: Vec::new() });
        } else if line.starts_with("```") {
            let fenced: Vec<&str> = lines.by_ref().take_while(|l| !l.starts_with("```")).collect();
            body(&mut sections, Block::Code(fenced.join("\n")));
        } else if item(line).is_some() {
            let mut items = vec![item(line).unwrap_or_default().to_owned()];
            while let Some(next) = lines.next_if(|l| !l.trim().is_empty() && !begins(l)) {
                match (item(next), items.last_mut()) {
                    (Some(text), _) => items.push(text.to_owned()),
                    (None, Some(last)) => join(last, next),
                    (None, None) => {}
                }
            }
            body(&mut sections, Block::List(items.iter().map(|i| inline(i)).collect()));
        } else {
            let mut text = line.trim().to_owned();
            while let Some(next) = lines.next_if(|l| !l.trim().is_empty() && !begins(l) && item(l).is_none())
            {
                join(&mut text, next);
            }
            body(&mut sections, prose(&text));
        }
    }
    sections.retain(|s| !s.body.is_empty());
    sections
}

fn join(text: &mut String, line: &str) {
    text.push(' ');
    text.push_str(line.trim());
}

/// Whether a line ends the paragraph before it.
fn begins(line: &str) -> bool {
    line.starts_with('#') || line.starts_with("```")
}

fn item(line: &str) -> Option<&str> {
    line.strip_prefix("- ").or_else(|| line.strip_prefix("* "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use assay::explain::{Span, text};

    #[test]
    fn a_page_falls_into_sections_and_blocks() {
        let page = "# Title\n\nOne\ntwo `x = 1`.\n\n## Next\n- a\n  and b\n- c\nAfter it\n```toml\n[a]\n\n# b\n```\nEnd";
        let found = sections(page);
        let headings: Vec<&str> = found.iter().map(|s| s.heading.as_str()).collect();
        assert_eq!(headings, ["", "Next"]);
        let code = Span::Code("x = 1".into());
        assert_eq!(found[0].body, [Block::Paragraph(vec![text("One two "), code, text(".")])]);
        let list = Block::List(vec![vec![text("a and b")], vec![text("c After it")]]);
        assert_eq!(found[1].body, [list, Block::Code("[a]\n\n# b".into()), prose("End")]);
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read(page in "(#|##| |\n|- |```|`|a|5.1-1|\\|){0,60}") {
            sections(&page);
        }
    }
}
