//! A page of the handbook in the parts that a template prints: words, and words that lead somewhere.

use assay::explain::{Block, Page, Span};

use super::address;

/// A heading and its blocks.
pub(super) struct SectionView {
    pub(super) heading: String,
    pub(super) body: Vec<BlockView>,
}

/// A block; one of its fields is filled.
#[derive(Default)]
pub(super) struct BlockView {
    pub(super) paragraph: Vec<Part>,
    pub(super) items: Vec<Vec<Part>>,
    pub(super) rows: Vec<Vec<Cell>>,
    pub(super) head: Vec<String>,
    pub(super) code: String,
}

/// A cell knows its head: on a phone it stands beside it.
pub(super) struct Cell {
    pub(super) head: String,
    pub(super) parts: Vec<Part>,
}

/// Words of a line.
pub(super) struct Part {
    pub(super) text: String,
    pub(super) href: Option<String>,
    pub(super) code: bool,
}

/// The sections of a page.
pub(super) fn sections(page: &Page) -> Vec<SectionView> {
    let view = |s: &assay::explain::Section| SectionView {
        heading: s.heading.clone(),
        body: s.body.iter().map(block).collect(),
    };
    page.sections.iter().map(view).collect()
}

fn block(block: &Block) -> BlockView {
    let empty = BlockView::default();
    match block {
        Block::Paragraph(spans) => BlockView { paragraph: parts(spans), ..empty },
        Block::List(items) => BlockView { items: items.iter().map(|i| parts(i)).collect(), ..empty },
        Block::Code(code) => BlockView { code: code.clone(), ..empty },
        Block::Table { head, rows } => {
            let cell =
                |(spans, head): (&Vec<Span>, &String)| Cell { head: head.clone(), parts: parts(spans) };
            let rows = rows.iter().map(|r| r.iter().zip(head).map(cell).collect()).collect();
            BlockView { rows, head: head.clone(), ..empty }
        }
    }
}

fn parts(spans: &[Span]) -> Vec<Part> {
    let part = |span: &Span| match span {
        Span::Text(text) => Part { text: text.clone(), href: None, code: false },
        Span::Id(id) => Part { text: id.clone(), href: Some(address(id)), code: false },
        Span::Code(text) => Part { text: text.clone(), href: None, code: true },
    };
    spans.iter().map(part).collect()
}
