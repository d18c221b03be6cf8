//! The report on a terminal: paragraphs as wide as it is, tables whose last column wraps. In a pipe each statement is one
//! line, so that other programs can search it.

use assay::outcome::Outcome;

use super::told::{SchemeTold, Told};
use super::unseen::{Next, Unseen};
use super::words::{self, Mark, UNSAID, Word};
use crate::output::{Style, visible};

/// Below this many columns the last column of a table gets a line of its own.
const NARROW: usize = 24;

/// Writes the report.
pub(crate) fn write(told: &Told, style: Style, width: Option<usize>) -> String {
    let mut paper = Paper { text: String::new(), style, width };
    paper.summary(told);
    paper.mends(told);
    paper.unseen(told);
    for scheme in &told.schemes {
        paper.requirements(scheme);
    }
    paper.conformity(told);
    paper.evidence(told);
    paper.reading(told);
    paper.text
}

struct Paper {
    text: String,
    style: Style,
    width: Option<usize>,
}

impl Paper {
    fn summary(&mut self, told: &Told) {
        let style = self.style;
        let about: Vec<String> = told.about.iter().map(|(k, v)| format!("{k} {v}")).collect();
        self.para(0, 0, &format!("{}  {}", style.bold("Report"), style.bold(&told.name)));
        if !about.is_empty() {
            self.para(0, 0, &about.join("; "));
        }
        self.para(0, 0, &format!("Judged on {}. {}", told.on.0, told.whole));
        if told.bare {
            let why = "No product.toml here: this folder is judged as an unpacked device, and nothing is claimed for it.";
            self.para(0, 0, why);
        }
        for s in &told.schemes {
            self.para(0, 2, &format!("\n{}: {}. {}", style.bold(&s.id), self.word(s.verdict), s.meaning));
            self.para(2, 4, &format!("label: {}", s.label));
            self.para(2, 4, &format!("{}. {}.", s.counts, s.seen_by));
            if s.phase.contains("invented") {
                self.para(2, 4, &format!("phase: {}", s.phase));
            }
        }
        if let Some(r) = &told.conformity.rolled {
            let overall = self.word(r.overall);
            self.para(0, 2, &format!("\n{}: {overall}. {}.", style.bold("TS 103 701"), r.units));
        }
        for ics in &told.conformity.ics {
            self.para(0, 2, &ics.sentence);
        }
    }

    fn mends(&mut self, told: &Told) {
        if told.mends.is_empty() {
            return;
        }
        self.heading("What must be mended, the most certain first");
        for (n, m) in told.mends.iter().enumerate() {
            let kind = if m.kind.is_empty() { String::new() } else { format!(", {}", m.kind) };
            let sign = if m.sure == "declared" { self.style.unsure("?") } else { self.style.bad("✗") };
            self.para(
                0,
                4,
                &format!("{:>2}. {sign} {} ({}{kind})", n + 1, self.style.bold(&m.title), m.sure),
            );
            self.para(4, 6, &m.message);
            let against =
                if m.against.is_empty() { String::new() } else { format!("  against {}", m.against) };
            self.para(4, 6, &format!("{}{against}", self.style.dim(&m.place)));
            if !m.how.is_empty() {
                self.para(4, 6, &format!("mend: {}", m.how));
            }
        }
    }

    fn unseen(&mut self, told: &Told) {
        if told.unseen.is_empty() && told.steps.evidence.is_none() && told.steps.others.is_empty() {
            return;
        }
        self.heading("What nobody checked, and the next piece of evidence");
        for u in &told.unseen {
            self.open(u);
        }
        if told.unseen.is_empty() {
            self.para(2, 4, "Every requirement was looked at as far as the checks go.");
        }
        if let Some(next) = &told.steps.evidence {
            let line = next_line(next);
            self.para(2, 4, &format!("{} {line}", self.style.bold("Next piece of evidence")));
        }
        for next in &told.steps.others {
            self.para(2, 4, &format!("step {}", next_line(next)));
        }
    }

    fn open(&mut self, unseen: &Unseen) {
        let ids = unseen.requirements.join(", ");
        if !ids.is_empty() {
            self.para(2, 4, &ids);
        }
        for (check, shows, why) in &unseen.checks {
            self.para(4, 6, &format!("{check}: {}. {why}", self.word(*shows)));
        }
        match unseen.persons.as_slice() {
            [] => {}
            [(_, person)] if !person.is_empty() => self.para(4, 6, &format!("No check judges it. {person}")),
            _ => self.para(
                4,
                6,
                "No check judges these: a person must. `assay explain ID` says for each what is to be done.",
            ),
        }
    }

    fn requirements(&mut self, scheme: &SchemeTold) {
        self.heading(&format!("Requirements of {}", scheme.title));
        let mut rows = vec![
            ["requirement", "claimed", "evidence shows", "holds", "seen by", "checks"]
                .map(|h| self.style.dim(h))
                .to_vec(),
        ];
        for r in &scheme.rows {
            let holds = if r.way.is_some() { self.style.good("yes, deemed") } else { self.word(r.holds) };
            rows.push(vec![
                r.id.clone(),
                r.claim.into(),
                self.word(r.shows),
                holds,
                r.seen_by.into(),
                r.checks.clone(),
            ]);
        }
        self.table(&rows);
        for r in scheme.rows.iter().filter(|r| r.way.is_some()) {
            self.para(2, 4, &format!("{} by {}", r.id, r.way.as_deref().unwrap_or_default()));
        }
    }

    fn conformity(&mut self, told: &Told) {
        let c = &told.conformity;
        if let Some(r) = &c.rolled {
            self.heading("Assessment after TS 103 701");
            self.para(2, 4, &format!("overall: {}", self.word(r.overall)));
            for why in &r.why {
                self.para(2, 4, why);
            }
            self.para(2, 4, &r.units);
            let mut rows = vec![["group", "verdict", "units", "why"].map(|h| self.style.dim(h)).to_vec()];
            rows.extend(
                r.groups
                    .iter()
                    .map(|g| vec![g.number.clone(), self.word(g.verdict), g.units.clone(), g.why.clone()]),
            );
            self.table(&rows);
            self.para(2, 4, &format!("{} test groups are not claimed and do not count.", r.unclaimed));
            if !r.withdrawable.is_empty() {
                let note =
                    "recommendations that may be withdrawn from the ICS with a reason (phase 6, NOTE 8)";
                self.para(2, 4, &format!("{note}: {}", r.withdrawable));
            }
        }
        if c.ics.iter().any(|i| !i.valid) {
            self.heading("Breaches of the ICS");
            for ics in c.ics.iter().filter(|i| !i.valid) {
                self.para(2, 4, ics.cite);
                let rows: Vec<Vec<String>> = ics.breaches.iter().map(|b| b.to_vec()).collect();
                self.table(&rows);
            }
        }
    }

    fn evidence(&mut self, told: &Told) {
        self.heading("Evidence");
        for c in &told.checks {
            self.para(2, 4, &format!("{} {}: {}", self.word(c.shows), c.id, c.why));
        }
        if !told.unsaid.is_empty() {
            self.para(
                2,
                4,
                &format!("{} {}: {UNSAID}.", self.word(words::outcome(Outcome::NotTested)), told.unsaid),
            );
        }
        let mut rows = Vec::new();
        for p in &told.pieces {
            rows.push(vec![p.sha256.clone(), p.path.clone()]);
        }
        if rows.is_empty() {
            self.para(2, 4, "No file was looked at.");
        } else {
            self.para(
                2,
                4,
                "What was looked at, as SHA-256 and path (a folder: of its sorted list of digests):",
            );
            self.table(&rows);
        }
        if !told.for_people.is_empty() {
            self.para(2, 4, "For people to judge: no check reads it; cite it in verdicts.toml.");
            for p in &told.for_people {
                self.para(4, 6, &format!("{} {}: {}", p.kind, p.path, p.digest));
            }
        }
    }

    fn reading(&mut self, told: &Told) {
        self.heading("How to read it");
        for (word, text) in super::words::READING {
            self.para(2, 4, &format!("{word}: {text}"));
        }
        self.para(2, 4, &format!("exit code: {}, {}.", told.exit, super::words::exit_words(told.exit)));
        self.para(
            2,
            4,
            "`assay explain ID` says what a requirement, check or finding means and how to meet it.",
        );
    }

    fn heading(&mut self, text: &str) {
        let text = self.style.bold(text);
        self.para(0, 2, &format!("\n{text}"));
    }

    fn word(&self, word: Word) -> String {
        match word.mark {
            Mark::Good => self.style.good(word.word),
            Mark::Bad => self.style.bad(word.word),
            Mark::Unsure => self.style.unsure(word.word),
            Mark::Quiet => word.word.to_owned(),
        }
    }

    /// One paragraph: its first line begins at one column, the others at another. A line feed at its beginning is a gap.
    fn para(&mut self, first: usize, hang: usize, text: &str) {
        let text = match text.strip_prefix('\n') {
            Some(rest) => {
                self.text.push('\n');
                rest
            }
            None => text,
        };
        self.text.push_str(&" ".repeat(first));
        self.words(first, hang, text);
        self.text.push('\n');
    }

    /// Words from a column on; the next lines begin at `hang`.
    fn words(&mut self, from: usize, hang: usize, text: &str) {
        let Some(width) = self.width else {
            self.text.push_str(text);
            return;
        };
        let (mut at, mut start) = (from, true);
        for word in text.split(' ') {
            let long = visible(word);
            if !start && at + 1 + long > width {
                self.text.push('\n');
                self.text.push_str(&" ".repeat(hang));
                (at, start) = (hang, true);
            }
            if !start {
                self.text.push(' ');
                at += 1;
            }
            self.text.push_str(word);
            at += long;
            start = false;
        }
    }

    /// Rows in columns as wide as their widest cell. What the line has no room for goes on below, column by column from the
    /// right, or wraps if it is the last one.
    fn table(&mut self, rows: &[Vec<String>]) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let of = |i: usize| rows.iter().filter_map(|r| r.get(i)).map(|c| visible(c)).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(of).collect();
        let last = columns.saturating_sub(1);
        let before: usize = widths[..last].iter().map(|w| w + 2).sum::<usize>() + 2;
        let below = self.width.is_some_and(|w| before + NARROW > w && before + widths[last] > w);
        for row in rows {
            let mut line = String::new();
            for (i, cell) in row.iter().enumerate().take(last) {
                let pad = " ".repeat(widths[i] - visible(cell));
                line.push_str(&format!("  {cell}{pad}"));
            }
            let end = row.get(last).map_or("", String::as_str);
            if below {
                self.words_line(2, 4, line.trim());
                self.para(6, 8, end);
            } else {
                self.text.push_str(&line);
                self.text.push_str("  ");
                self.words(before, before, end);
                let kept = self.text.trim_end_matches(' ').len();
                self.text.truncate(kept);
                self.text.push('\n');
            }
        }
    }

    /// The front of a row that is wider than the line: its gaps shrink to two spaces.
    fn words_line(&mut self, first: usize, hang: usize, line: &str) {
        let fits = self.width.is_none_or(|w| first + visible(line) <= w);
        let cells: Vec<&str> = line.split("  ").map(str::trim).filter(|c| !c.is_empty()).collect();
        self.para(first, hang, &if fits { line.to_owned() } else { cells.join(" · ") });
    }
}

fn next_line(next: &Next) -> String {
    format!("({}): {} [{}]", next.effort, next.step, next.serves)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn written(width: Option<usize>) -> String {
        sample::with(|shown| write(&Told::of(shown), Style::plain(), width))
    }

    #[test]
    fn the_answer_comes_first_and_every_section_is_there_in_order() {
        let text = written(None);
        let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what} in\n{text}"));
        let order = [
            "Report  Hearth Camera 2",
            "uk-2019-option-a: refused",
            "What must be mended",
            "What nobody checked",
            "Requirements of",
            "Evidence",
            "How to read it",
        ];
        assert!(order.map(at).is_sorted(), "{text}");
    }

    #[test]
    fn the_most_certain_finding_stands_first() {
        let text = written(None);
        let [certain, possible] = ["(certain, universal)", "(possible, duplicate)"].map(|w| text.find(w));
        assert!(certain.is_some() && certain < possible, "{text}");
    }

    #[test]
    fn no_line_is_wider_than_it_may_be_unless_a_single_word_is() {
        for width in [40, 60, 80, 110] {
            let text = written(Some(width));
            for line in text.lines().filter(|l| l.chars().count() > width) {
                assert!(line.split_whitespace().any(|w| w.chars().count() > width / 3), "{width}: {line}");
            }
        }
    }

    #[test]
    fn in_a_pipe_a_statement_is_one_line() {
        let text = written(None);
        assert!(text.lines().any(|l| l.contains("all 8 rows") && l.contains("one password")), "{text}");
    }
}
