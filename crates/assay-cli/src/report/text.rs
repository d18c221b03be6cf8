//! The report on a terminal: paragraphs as wide as it is, tables whose last column wraps. In a pipe each statement is one
//! line, so that other programs can search it.

mod paper;

use assay::outcome::Outcome;

use super::schemes::SchemeTold;
use super::told::Told;
use super::unseen::{Next, Unseen};
use super::words::{self, UNSAID};
use crate::output::Style;
use paper::Paper;

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
