//! The page of a scheme: its phases, which products it is about, what it asks and by which ways that counts as met, what
//! must accompany the product, who must do what, what it recognises and who recognises it, and what nobody could verify.

use super::asked::{days, other, way};
use super::page::{Block, Page, Span, inline, link, prose, text};
use super::provision::mark;
use crate::date::in_words;
use crate::rules::rulebook;
use crate::scheme::{
    self, Accepts, DutyRole, Recognition, Scheme, SchemeKind, ScopeRule, ScopeTest, Sells, StatementRule,
    Symbol, Unregistered,
};

/// The page of a scheme.
pub(super) fn page(s: &Scheme) -> Page {
    Page::new(&s.id, "scheme", &s.title)
        .with("", opening(s))
        .with("Phases", phases(s))
        .with("Which products", s.scope.as_ref().map(scope).unwrap_or_default())
        .with("What it asks", requirements(s))
        .with("What must accompany the product", s.statement.as_ref().map(document).unwrap_or_default())
        .with("The label", label(s))
        .with("For shops", shops(s))
        .with("Who must do what", duties(s))
        .with("What it recognises of others", recognises(s))
        .with("Who recognises it", recognised(s))
        .with("What nobody here could verify", unknowns(s))
        .from(s.source.clone(), s.verified)
}

fn opening(s: &Scheme) -> Vec<Block> {
    let kind = match (s.kind, s.enacted) {
        (SchemeKind::Law, _) => "It binds by law",
        (SchemeKind::Label, _) => "It is a label that one applies for",
        (SchemeKind::Consultation, _) => "It was proposed and consulted on",
        (SchemeKind::Standard, _) => "It is a standard, taken as a scheme of its own",
    };
    let enacted = if s.enacted { "" } else { " It was never enacted." };
    let who = s.who.as_ref().map(|w| format!(" Who runs it: {w}.")).unwrap_or_default();
    let accepts = match s.accepts {
        Accepts::SelfDeclaration => {
            "A requirement holds where it is claimed and no evidence contradicts the claim."
        }
        Accepts::Tested => {
            "A requirement holds where a laboratory saw that it is met; a claim alone is not enough."
        }
        Accepts::Grant => "Only the label that its authority granted decides; a claim alone says nothing.",
    };
    let mut blocks = vec![
        prose(&s.summary),
        prose(&format!("{kind}, in: {}.{enacted}{who}", s.territory)),
        prose(accepts),
    ];
    blocks.extend(s.note.as_deref().map(prose));
    blocks
}

fn phases(s: &Scheme) -> Vec<Block> {
    let rows = s.phases.iter().map(|p| {
        let binds = match (p.binding, p.open) {
            (true, true) => "binding",
            (true, false) => "binding; one cannot apply yet",
            (false, true) => "not binding",
            (false, false) => "not binding; one cannot apply yet",
        };
        let mut note = Vec::new();
        if p.invented {
            note.push(text("The date is invented: nobody ever set one, and the operator may. "));
        }
        note.extend(p.note.as_deref().map(inline).unwrap_or_default());
        vec![vec![text(in_words(p.from.0))], vec![text(&p.name)], vec![text(binds)], note]
    });
    vec![Block::Table {
        head: ["From", "Phase", "Force", "Note"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
    }]
}

fn scope(rule: &ScopeRule) -> Vec<Block> {
    let test = match rule.test {
        ScopeTest::UkConsumerConnectable => {
            "Judged by the test of the PSTI Act 2022, sections 4, 5 and 54, from what the case says in [scope]."
        }
        ScopeTest::Stated => {
            "Judged by the exceptions below and by what the case says in [scope]; nothing else is tested."
        }
    };
    let mut blocks = vec![prose(&rule.says), prose(test)];
    let items = rule.exceptions.iter().map(|e| {
        let place = e.territory.as_ref().map(|t| format!(", in {t} only")).unwrap_or_default();
        let mut spans = vec![Span::Code(e.id.clone()), text(format!("{}{place}: ", days(e.from, e.until)))];
        spans.extend(inline(&e.says));
        spans.push(text(format!(" Source: {}.", e.source)));
        spans.extend(mark(e.verified));
        spans
    });
    let items: Vec<_> = items.collect();
    if !items.is_empty() {
        blocks.push(prose("Excepted:"));
        blocks.push(Block::List(items));
    }
    blocks
}

fn requirements(s: &Scheme) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut plain = Vec::new();
    for r in &s.requirements {
        let symbol = match r.symbol {
            Symbol::Shield => " Shown by the shield.",
            Symbol::Date => " Shown by the date.",
            Symbol::None => "",
        };
        let mut spans = vec![link(&r.provision), text(format!("{}: ", days(r.from, r.until)))];
        if let Some(p) = rulebook().provisions.get(&r.provision) {
            spans.extend(inline(&p.says));
        }
        spans.push(text(symbol));
        if r.ways.is_empty() {
            plain.push(spans);
            continue;
        }
        blocks.push(Block::Paragraph(spans));
        blocks.push(prose("It also counts as met by:"));
        blocks.push(Block::List(r.ways.iter().map(way).collect()));
    }
    if !plain.is_empty() {
        blocks.push(Block::List(plain));
    }
    blocks
}

fn document(rule: &StatementRule) -> Vec<Block> {
    let mut says = vec![text(format!("A {}. ", rule.name))];
    says.extend(inline(&rule.says));
    let kept = match (rule.keeps_years, rule.keeps_support_period) {
        (Some(n), true) => format!(
            " It is kept for {n} years from its issue, or for the support period where that is longer."
        ),
        (Some(n), false) => format!(" It is kept for {n} years from its issue."),
        (None, true) => " It is kept for the support period.".to_owned(),
        (None, false) => String::new(),
    };
    says.push(text(format!("{kept} Source: {}.", rule.source)));
    says.extend(mark(rule.verified));
    let mut blocks = vec![Block::Paragraph(says)];
    let fields = rule.fields.iter().map(|id| {
        let says = rulebook().provisions.get(id).map(|p| inline(&p.says)).unwrap_or_default();
        [link(id), text(": ")].into_iter().chain(says).collect()
    });
    let fields: Vec<_> = fields.collect();
    if !fields.is_empty() {
        blocks.push(prose("It contains:"));
        blocks.push(Block::List(fields));
    }
    if !rule.waived_by.is_empty() {
        blocks.push(prose("It is not needed where one of these holds:"));
        blocks.push(Block::List(rule.waived_by.iter().map(way).collect()));
    }
    blocks
}

fn label(s: &Scheme) -> Vec<Block> {
    let mut blocks = Vec::new();
    if let Some(l) = &s.label {
        blocks.push(prose(&format!("Its tick stands for: {}. Its cross stands for: {}.", l.tick, l.cross)));
    }
    if let Some(h) = &s.holding {
        let mut spans = inline(&h.says);
        let levels =
            if h.levels.is_empty() { String::new() } else { format!(" Levels: {}.", h.levels.join(", ")) };
        let months = h.months.map(|m| format!(" Granted for {m} months at most.")).unwrap_or_default();
        let number = h.number.as_ref().map(|n| format!(" It carries a {n}.")).unwrap_or_default();
        spans.push(text(format!("{levels}{months}{number} Source: {}.", h.source)));
        spans.extend(mark(h.verified));
        blocks.push(Block::Paragraph(spans));
    }
    if blocks.is_empty() {
        blocks.push(prose("It has no label."));
    }
    blocks
}

fn shops(s: &Scheme) -> Vec<Block> {
    let sells = match s.seller.sells {
        Sells::Labelled => "While it binds, what bears the label may be sold, with tick or cross.",
        Sells::Holding => "While it binds, only what holds under the scheme may be sold.",
        Sells::Anything => "It puts no duty on shops.",
    };
    let unknown = match s.seller.unregistered {
        Unregistered::Refuse => "What the register does not know may not be sold.",
        Unregistered::Ask => {
            "What the register does not know has to be asked about: the scheme knows no register."
        }
        Unregistered::NothingToSay => "Of what the register does not know it says nothing.",
    };
    vec![prose(&s.seller.duty), prose(&format!("{sells} {unknown}"))]
}

fn duties(s: &Scheme) -> Vec<Block> {
    let roles = [
        DutyRole::Manufacturer,
        DutyRole::AuthorisedRepresentative,
        DutyRole::Importer,
        DutyRole::Distributor,
    ];
    let mut blocks = Vec::new();
    for role in roles {
        let mut of: Vec<_> = s.duties.iter().filter(|d| d.role == role).collect();
        of.sort_by_key(|d| d.when);
        let rows: Vec<Vec<Vec<Span>>> = of
            .into_iter()
            .map(|d| {
                let mut does = inline(&d.does);
                does.extend(mark(d.verified));
                vec![vec![text(d.when.word())], does, vec![text(&d.source)]]
            })
            .collect();
        if !rows.is_empty() {
            let mut name = role.word().to_owned();
            name[..1].make_ascii_uppercase();
            blocks.push(prose(&format!("{name}:")));
            let head = ["When", "What", "Source"].map(str::to_owned).to_vec();
            blocks.push(Block::Table { head, rows });
        }
    }
    blocks
}

fn edge(r: &Recognition, whose: Span) -> Vec<Span> {
    let levels =
        if r.levels.is_empty() { ", any level".into() } else { format!(", {}", r.levels.join(", ")) };
    let mut spans = vec![whose, text(format!("{levels}{}: {}. ", days(r.from, r.until), r.extent.word()))];
    spans.extend(inline(&r.says));
    if !r.criteria.is_empty() {
        spans.push(text(" The criteria: "));
        spans.extend(super::page::links(&r.criteria));
        spans.push(text("."));
    }
    let standard = r.standard.as_ref().map(|s| format!(" Granted against {s}.")).unwrap_or_default();
    spans.push(text(format!("{standard} Source: {}.", r.source)));
    spans.extend(mark(r.verified));
    spans
}

fn recognises(s: &Scheme) -> Vec<Block> {
    let items: Vec<_> = s.recognises.iter().map(|r| edge(r, other(&r.scheme))).collect();
    directed(items)
}

fn recognised(s: &Scheme) -> Vec<Block> {
    let edges = scheme::bundled().iter().flat_map(|o| o.recognises.iter().map(move |r| (o, r)));
    let items: Vec<_> = edges.filter(|(_, r)| r.scheme == s.id).map(|(o, r)| edge(r, link(&o.id))).collect();
    directed(items)
}

/// Recognition has a direction and a first day: neither side follows from the other.
fn directed(items: Vec<Vec<Span>>) -> Vec<Block> {
    match items.is_empty() {
        true => Vec::new(),
        false => vec![
            prose(
                "Each line goes one way only and holds from its first day; the other direction has to be said by itself.",
            ),
            Block::List(items),
        ],
    }
}

fn unknowns(s: &Scheme) -> Vec<Block> {
    let items: Vec<_> = s
        .unknowns
        .iter()
        .map(|u| {
            let mut spans = inline(&u.what);
            spans.push(text(format!(" Where to look: {}.", u.ask.trim_end_matches('.'))));
            spans
        })
        .collect();
    match items.is_empty() {
        true => Vec::new(),
        false => vec![Block::List(items)],
    }
}
