//! What stands on the sheet of paper: the sentences and rows of a statement, section by section, for every form that people
//! read. The wording is ours; the Regulations fix what has to be said, not the words.

use super::{ComplianceStatement, FIELDS, Party, Prepared, Route, RouteTaken, Signature};
use crate::date::{self, in_words};

/// A statement as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The title.
    pub title: String,
    /// What it is about, below the title.
    pub subtitle: String,
    /// The fields, a to g.
    pub sections: Vec<Section>,
    /// How long to keep it, and where its rules stand.
    pub foot: Vec<String>,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The letter of Schedule 4.
    pub field: char,
    /// The heading in plain words.
    pub heading: String,
    /// Sentences before the rows.
    pub sentences: Vec<String>,
    /// What is stated.
    pub rows: Vec<Row>,
}

/// A label and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The label.
    pub label: String,
    /// The value, in lines; none for a line that is left to be signed on.
    pub value: Option<String>,
}

fn row(label: &str, value: impl Into<String>) -> Row {
    Row { label: label.to_owned(), value: Some(value.into()) }
}

/// The sheet of a statement.
#[must_use]
pub fn sheet(statement: &ComplianceStatement) -> Sheet {
    let sections = FIELDS
        .iter()
        .map(|(field, heading, _)| {
            let (sentences, rows) = match field {
                'a' => product(statement),
                'b' => parties(statement),
                'c' => prepared(statement),
                'd' => declared(statement),
                'e' => period(statement),
                'f' => signed(statement),
                _ => issued(statement),
            };
            Section { field: *field, heading: (*heading).to_owned(), sentences, rows }
        })
        .collect();
    let kept = in_words(statement.retain_until);
    Sheet {
        title: "Statement of compliance".to_owned(),
        subtitle: "UK product security: Product Security and Telecommunications Infrastructure Act 2022, section 9, and SI 2023/1007, \
                   Schedule 4"
            .to_owned(),
        sections,
        foot: vec![
            format!(
                "Keep a copy until {kept}: the manufacturer and the importer keep it for ten years from its issue or for the defined \
                 support period, whichever is longer (SI 2023/1007, regulations 8 and 9)."
            ),
            "This statement accompanies the product. It declares the manufacturer's opinion; it is no test and no approval.".to_owned(),
        ],
    }
}

type Content = (Vec<String>, Vec<Row>);

fn product(s: &ComplianceStatement) -> Content {
    let a = &s.a;
    let mut rows = vec![row("Type", &a.kind), row("Product name", &a.name), row("Model", &a.model)];
    rows.extend(a.batch.as_ref().map(|b| row("Batch", b)));
    rows.extend(a.serials.as_ref().map(|s| row("Serial numbers", s)));
    if !a.gtins.is_empty() {
        let gtins: Vec<String> = a.gtins.iter().map(ToString::to_string).collect();
        rows.push(row("GTIN", gtins.join(", ")));
    }
    (vec![], rows)
}

fn parties(s: &ComplianceStatement) -> Content {
    let mut rows = Vec::new();
    let mut add = |what: &str, parties: &[Party]| {
        for (number, party) in parties.iter().enumerate() {
            let label = if parties.len() > 1 { format!("{what} {}", number + 1) } else { what.to_owned() };
            rows.push(row(&label, &party.name));
            rows.push(row("Address", &party.address));
        }
    };
    add("Manufacturer", &s.b.manufacturers);
    add("Authorised representative", &s.b.authorised_representatives);
    let joint = "This is a joint statement: every manufacturer named here makes it.";
    (if s.b.manufacturers.len() > 1 { vec![joint.to_owned()] } else { vec![] }, rows)
}

fn whose(s: &ComplianceStatement) -> &'static str {
    if s.b.manufacturers.len() > 1 { "manufacturers" } else { "manufacturer" }
}

fn prepared(s: &ComplianceStatement) -> Content {
    let whose = whose(s);
    let sentence = match (&s.c.prepared_by, &s.c.preparer) {
        (Prepared::Manufacturer, _) => {
            format!("This statement of compliance is prepared by the {whose} of the product.")
        }
        (Prepared::OnBehalf, None) => {
            format!("This statement of compliance is prepared on behalf of the {whose} of the product.")
        }
        (Prepared::OnBehalf, Some(by)) => {
            format!(
                "This statement of compliance is prepared by {by} on behalf of the {whose} of the product."
            )
        }
    };
    (vec![sentence], vec![])
}

fn declared(s: &ComplianceStatement) -> Content {
    let with = match s.d.complies {
        Route::Schedule1 => "the applicable security requirements in Schedule 1 to SI 2023/1007",
        Route::Schedule2 if s.d.requirements.iter().any(|r| r.complies == Route::Schedule1) => {
            "the applicable security requirements in Schedule 1 to SI 2023/1007 or, where it is said below, with the deemed compliance \
             conditions in its Schedule 2"
        }
        Route::Schedule2 => "the deemed compliance conditions in Schedule 2 to SI 2023/1007",
    };
    let sentence = if s.b.manufacturers.len() > 1 {
        format!("In the opinion of each manufacturer, that manufacturer has complied with {with}.")
    } else {
        format!("In the opinion of the manufacturer, the manufacturer has complied with {with}.")
    };
    let rows = s.d.standards.iter().map(|standard| {
        let issued = date::parse(&standard.issued).map_or_else(|| standard.issued.clone(), in_words);
        row("Standard", format!("{}, version {}, issued {issued}", standard.number, standard.version))
    });
    let by = |r: &RouteTaken| r.condition.clone().unwrap_or_else(|| "the requirement itself".to_owned());
    let routes = s.d.requirements.iter().map(|r| row(topic(&r.requirement), by(r)));
    (vec![sentence], rows.chain(routes).collect())
}

/// What a requirement is about, in a word or two.
fn topic(requirement: &str) -> &str {
    match requirement {
        "psti-2023:sch1-1" => "Passwords",
        "psti-2023:sch1-2" => "Reports of security issues",
        "psti-2023:sch1-3" => "Security updates",
        other => other,
    }
}

fn period(s: &ComplianceStatement) -> Content {
    let end = in_words(s.e.end);
    let mut rows = Vec::new();
    rows.extend(s.e.start.map(|start| row("Period begins", in_words(start))));
    rows.push(row("Period ends", &end));
    let sentence = format!(
        "Security updates are provided at least until {end}. This is the defined support period as it was correct when the {} first \
         supplied the product.",
        whose(s)
    );
    (vec![sentence], rows)
}

fn signed(s: &ComplianceStatement) -> Content {
    let signature = match &s.f.signature {
        Signature::Ink => Row { label: "Signature".to_owned(), value: None },
        Signature::Electronic(what) => row("Signature", format!("signed electronically: {what}")),
    };
    (vec![], vec![signature, row("Name of signatory", &s.f.name), row("Function", &s.f.function)])
}

fn issued(s: &ComplianceStatement) -> Content {
    (vec![], vec![row("Place of issue", &s.g.place), row("Date of issue", in_words(s.g.date))])
}
