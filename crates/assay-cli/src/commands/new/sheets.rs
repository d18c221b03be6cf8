//! The files beside product.toml as sheets to fill in: the statement's, and for a whole assessment after TS 103 701 the IXIT
//! and the verdicts. Every line is a comment: an empty sheet says nothing. `##` explains; taking away one `#` makes an answer,
//! and one that is taken up but left empty is refused.

use assay::conformity::book::{Field, Form, IxitTable, Shape, TestCase, Unit, Verb, book};

/// `statement.toml`, from the sample in the help of `assay statement`.
pub(super) fn statement(organisation: &str) -> String {
    let sample = include_str!("../statement/sample.toml").replace("Example Hearth Ltd", organisation);
    let lines: String = sample
        .lines()
        .map(|l| match l {
            "" => "\n".to_owned(),
            l if l.starts_with("# Where") => format!("#{l}\n"),
            l if l.starts_with('#') => format!("{l}\n"),
            l => format!("# {l}\n"),
        })
        .collect();
    format!(
        "## What the statement of compliance needs beyond product.toml (SI 2023/1007, Schedule 4): `assay statement` composes it,\n\
         ## or says what is missing. Take away the # in front of the other lines and write your own answers in.\n\n{lines}"
    )
}

/// `ixit.toml`: every table and field of the pro forma.
pub(super) fn ixit() -> String {
    let tables: String = book().tables.iter().map(table).collect();
    format!(
        "## What the maker tells the tester: the IXIT of ETSI TS 103 701, Annex A.4, its 29 tables. Take away one # in front of what\n\
         ## you fill in; ## explains. A table is repeated for each entry. A table that you leave out says nothing; where there is\n\
         ## nothing to tell, write for example AuthMech = [] above the first table.\n\n{tables}"
    )
}

fn table(table: &IxitTable) -> String {
    let (open, often) = match table.shape {
        Shape::Table => (format!("[[{}]]", table.short), "once for each entry"),
        Shape::List => (format!("[{}]", table.short), "once"),
    };
    let fields: String = table.fields.iter().map(|f| field(table, f)).collect();
    format!("## {}. {}: {often}.\n# {open}\n{fields}\n", table.number, table.name)
}

fn field(table: &IxitTable, field: &Field) -> String {
    let answer = match field.form {
        Form::Text if field.key == "id" => format!("\"{}-1\"", table.short),
        Form::Text | Form::YesNo => "\"\"".to_owned(),
        Form::Flag => "false".to_owned(),
        Form::Refs => "[]".to_owned(),
    };
    let form = match (field.form, field.refs.and_then(|n| book().table(n))) {
        (Form::YesNo, _) => " \"yes\" or \"no\".".to_owned(),
        (Form::Refs, Some(into)) => format!(" Ids of [[{}]].", into.short),
        _ => String::new(),
    };
    format!("## {}{form}\n# {} = {answer}\n", field.asks, field.key)
}

/// `verdicts.toml`: a verdict for every test unit that a person judges, group by group.
pub(super) fn verdicts() -> String {
    let units: String = book().units().map(|(case, unit)| verdict(case, unit)).collect();
    format!(
        "## What people judged, unit by unit of ETSI TS 103 701. Take away one # in front of what you fill in; ## explains. Each\n\
         ## verdict says who judged, on which day and why; it says pass, fail or inconclusive of its own unit, and what follows for\n\
         ## test cases and groups `assay check` rolls up. The evidence is files below evidence/.\n\n\
         {units}\
         ## A certificate or report in place of a group's tests (clause 4.7), examined and accepted by the laboratory.\n\
         # [[external]]\n# group = \"5.5-2\"\n# document = \"evidence/module.pdf\"\n# scope = \"\"\n# covers = \"\"\n# depth = \"\"\n\
         # accepted = false\n# by = \"\"\n# on = \"\"\n# why = \"\"\n"
    )
}

fn verdict(case: &TestCase, unit: &Unit) -> String {
    let id = case.unit_id(unit);
    match (&unit.check, unit.verb) {
        (Some(check), _) => format!("## {id}: judged by the check {check}. {}\n\n", unit.does),
        (None, Verb::Refers) => format!(
            "## {id}: follows from test case {}; a verdict of your own here can only be worse. {}\n\n",
            unit.refers.as_deref().unwrap_or_default(),
            unit.does
        ),
        _ => format!(
            "## {id}: the tester {}\n# [[verdict]]\n# unit = \"{id}\"\n# says = \"\"\n# by = \"\"\n# on = \"\"\n# why = \"\"\n# evidence = []\n\n",
            unit.does
        ),
    }
}

#[cfg(test)]
mod tests {
    use assay::compliance::StatementFile;
    use assay::conformity::ixit::Ixit;
    use assay::conformity::verdict::Verdicts;

    use super::*;

    /// The sheet with every answer taken up.
    fn taken_up(sheet: &str) -> String {
        let bare = |l: &str| if l.starts_with("##") { l.to_owned() } else { l.replacen("# ", "", 1) };
        sheet.lines().map(|l| format!("{}\n", bare(l))).collect()
    }

    #[test]
    fn an_empty_sheet_says_nothing_and_one_taken_up_but_not_filled_in_is_refused() {
        assert_eq!(Ixit::parse("ixit.toml", ixit().as_bytes()).unwrap(), Ixit::default());
        assert_eq!(Verdicts::parse("verdicts.toml", verdicts().as_bytes()).unwrap(), Verdicts::default());
        let empty = StatementFile { file: "s".into(), ..StatementFile::default() };
        assert_eq!(StatementFile::parse("s", statement("A \\\"B\\\" Ltd").as_bytes()).unwrap(), empty);
        assert!(Ixit::parse("ixit.toml", taken_up(&ixit()).as_bytes()).is_err());
        assert!(Verdicts::parse("verdicts.toml", taken_up(&verdicts()).as_bytes()).is_err());
    }

    #[test]
    fn every_table_field_and_unit_has_its_line_and_reads_once_filled_in() {
        let filled = taken_up(&ixit())
            .lines()
            .map(|l| match l.split_once(" = \"\"") {
                Some((key, _)) => {
                    let yes_no = book().tables.iter().flat_map(|t| &t.fields);
                    let yes_no = yes_no.filter(|f| f.key == key).any(|f| f.form == Form::YesNo);
                    format!("{key} = \"{}\"\n", if yes_no { "yes" } else { "as it is" })
                }
                None => format!("{l}\n"),
            })
            .collect::<String>();
        let read = Ixit::parse("ixit.toml", filled.as_bytes()).unwrap_or_else(|p| panic!("{p:#?}"));
        for table in &book().tables {
            let entry = &read.entries(table.number).unwrap()[0];
            assert_eq!(entry.fields.len(), table.fields.len(), "{}", table.short);
        }
        let filled = taken_up(&verdicts())
            .replace("says = \"\"", "says = \"pass\"")
            .replace("on = \"\"", "on = 2026-11-22")
            .replace(" = \"\"", " = \"somebody\"");
        let read = Verdicts::parse("verdicts.toml", filled.as_bytes()).unwrap_or_else(|p| panic!("{p:#?}"));
        let people = book().units().filter(|(_, u)| u.check.is_none() && u.verb != Verb::Refers).count();
        assert_eq!((read.units.len(), read.external.len()), (people, 1));
        let file = taken_up(&statement("Kiesel Geräte GmbH"));
        let file = StatementFile::parse("s", file.as_bytes()).unwrap_or_else(|p| panic!("{p:#?}"));
        assert_eq!(file.manufacturers[0].name.as_deref(), Some("Kiesel Geräte GmbH"));
        assert_eq!((file.representatives.len(), file.standards.len()), (1, 1));
    }
}
