//! `statement.toml` of a case folder: what a statement of compliance needs beyond `product.toml`. What is written there is
//! checked here, with place and mend; what is absent is no problem of the file, and is named when a statement is composed.

use jiff::civil::Date;

use super::walk::{self, Table};
use super::{Place, Problem};
use crate::compliance::{Prepared, Route, Signature};

/// Longest `statement.toml` that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 18;

/// What `statement.toml` says. Everything may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementFile {
    /// The file's name, as messages show it.
    pub file: String,
    /// The type of the product, in the maker's words.
    pub kind: Option<String>,
    /// The batch or batches that the statement covers.
    pub batch: Option<String>,
    /// The range of serial numbers that it covers, where there is no batch.
    pub serials: Option<String>,
    /// The manufacturers; more than one makes a joint statement (PSTI Act 2022, section 9(5)).
    pub manufacturers: Vec<PartyEntry>,
    /// The authorised representatives.
    pub representatives: Vec<PartyEntry>,
    /// By whom the statement is prepared.
    pub prepared_by: Option<Prepared>,
    /// Who prepared it on the manufacturer's behalf.
    pub preparer: Option<String>,
    /// Which of the two declarations is made.
    pub complies: Option<Route>,
    /// Whether it is the manufacturer's opinion.
    pub opinion: Option<bool>,
    /// The standards on which the deemed route rests.
    pub standards: Vec<StandardEntry>,
    /// The first day of the defined support period.
    pub start: Option<Date>,
    /// The end of the period that was correct when the product was first supplied, where it was extended since.
    pub first_end: Option<Date>,
    /// Who signs.
    pub signatory: Signatory,
}

/// A manufacturer or a representative, as far as it is filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartyEntry {
    /// Its name.
    pub name: Option<String>,
    /// Its postal address.
    pub address: Option<String>,
    /// Where it is said.
    pub at: Place,
}

/// A standard, as far as it is filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StandardEntry {
    /// Its identification number.
    pub number: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Its date of issue: a day, a month (`2018-10`) or a year.
    pub issued: Option<String>,
    /// Where it is said.
    pub at: Place,
}

/// Who signs, how, where and when, as far as it is filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signatory {
    /// The name.
    pub name: Option<String>,
    /// The function in the organisation.
    pub function: Option<String>,
    /// How it is signed.
    pub signed: Option<Signature>,
    /// The place of issue.
    pub place: Option<String>,
    /// The date of issue.
    pub date: Option<Date>,
}

impl StatementFile {
    /// Reads `statement.toml`. `file` is the name that problems will show.
    ///
    /// # Errors
    /// Every problem of the file, in the order of its lines; at least one.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self, Vec<Problem>> {
        walk::read(file, bytes, MAX_BYTES, |root| Some(Self { file: file.to_owned(), ..read_root(root) }))
    }
}

fn read_root(mut root: Table<'_, '_>) -> StatementFile {
    let mut file = StatementFile::default();
    root.table("product", |_, mut t| {
        (file.kind, file.batch, file.serials) =
            (line(&mut t, "type"), line(&mut t, "batch"), line(&mut t, "serials"));
        t.close();
        Some(())
    });
    root.one_or_more("manufacturer", 20, |at, t| file.manufacturers.push(party(at, t)));
    root.one_or_more("authorised_representative", 20, |at, t| file.representatives.push(party(at, t)));
    root.table("declaration", |at, mut t| {
        file.prepared_by = t.optional_word(
            "prepared_by",
            &[("manufacturer", Prepared::Manufacturer), ("on-behalf", Prepared::OnBehalf)],
        );
        file.preparer = line(&mut t, "preparer");
        file.complies = t
            .optional_word("complies", &[("schedule-1", Route::Schedule1), ("schedule-2", Route::Schedule2)]);
        file.opinion = t.optional_word("opinion", &[("yes", true), ("no", false)]);
        if file.prepared_by == Some(Prepared::Manufacturer) && file.preparer.is_some() {
            let at = t.value_place("preparer").unwrap_or(at);
            t.problem_at(
                at,
                "a `preparer` is named, but the statement is prepared by the manufacturer itself",
                "write prepared_by = \"on-behalf\", or remove the line",
            );
        }
        t.close();
        Some(())
    });
    root.one_or_more("standard", 10, |at, mut t| {
        let (number, version) = (line(&mut t, "number"), line(&mut t, "version"));
        file.standards.push(StandardEntry { number, version, issued: t.date_or_part("issued"), at });
        t.close();
    });
    root.table("support", |at, mut t| {
        (file.start, file.first_end) = (t.date("start"), t.date("end"));
        if let (Some(start), Some(end)) = (file.start, file.first_end)
            && end <= start
        {
            let at = t.value_place("end").unwrap_or(at);
            t.problem_at(
                at,
                "the period ends before it begins",
                "`start` is its first day, `end` its last; a period has both or only an end",
            );
        }
        t.close();
        Some(())
    });
    root.table("signatory", |_, mut t| {
        let (name, function) = (line(&mut t, "name"), line(&mut t, "function"));
        let (signed, place) = (signature(&mut t), line(&mut t, "place"));
        file.signatory = Signatory { name, function, signed, place, date: t.date("date") };
        t.close();
        Some(())
    });
    root.close();
    file
}

fn party(at: Place, mut t: Table<'_, '_>) -> PartyEntry {
    let name = line(&mut t, "name");
    let address = t.text("address").and_then(|address| {
        let lines: Vec<&str> = address.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
        if address.contains('\t') || address.chars().count() > 500 || lines.len() > 10 {
            let at = t.value_place("address").unwrap_or(at);
            t.problem_at(
                at,
                "`address` is no postal address",
                "write at most ten lines and 500 characters, without tabs",
            );
            return None;
        }
        Some(lines.join("\n"))
    });
    t.close();
    PartyEntry { name, address, at }
}

/// How it is signed: `ink`, or `electronic: …` with what the signature is.
fn signature(t: &mut Table<'_, '_>) -> Option<Signature> {
    let text = line(t, "signed")?;
    let signature = Signature::parse(&text);
    if signature.is_none() {
        let at = t.value_place("signed").unwrap_or_default();
        t.problem_at(
            at,
            "`signed` says neither that it is signed in ink nor what the electronic signature is",
            "write signed = \"ink\", or signed = \"electronic: \" and what it is, for example \"electronic: qualified signature, certificate no. 4711\"",
        );
    }
    signature
}

/// A text of one line and at most 200 characters.
fn line(t: &mut Table<'_, '_>, key: &'static str) -> Option<String> {
    let text = t.text(key)?;
    if text.contains(['\n', '\t']) || text.chars().count() > 200 {
        let at = t.value_place(key).unwrap_or_default();
        t.problem_at(at, &format!("`{key}` is longer than one line of 200 characters"), "shorten it");
        return None;
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let found = StatementFile::parse("statement.toml", text.as_bytes()).err().unwrap_or_default();
        found.iter().map(|p| format!("{}:{} {} / {}", p.at.line, p.at.column, p.message, p.mend)).collect()
    }

    #[test]
    fn an_empty_file_is_no_problem_and_one_table_or_several_read_alike() {
        assert_eq!(StatementFile::parse("s", b"").unwrap().manufacturers, []);
        let one = StatementFile::parse(
            "s",
            b"[manufacturer]\nname = \"A Ltd\"\naddress = \"\"\"1 High Street\n  London\"\"\"\n",
        )
        .unwrap();
        assert_eq!(one.manufacturers[0].address.as_deref(), Some("1 High Street\nLondon"));
        let two = "[[manufacturer]]\nname = \"A\"\n[[manufacturer]]\nname = \"B\"\n";
        assert_eq!(StatementFile::parse("s", two.as_bytes()).unwrap().manufacturers.len(), 2);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place_and_mend() {
        let text = "[product]\ntyp = \"camera\"\n[declaration]\ncomplies = \"schedule-3\"\nprepared_by = \"manufacturer\"\npreparer = \"X\"\n\
                    [signatory]\nsigned = \"yes\"\nname = \"Ja\u{202e}ne\"\ndate = 2026-02-30\n[support]\nstart = 2030-01-01\nend = 2029-01-01\n\
                    [[standard]]\nissued = \"soon\"\n";
        let found = problems(text);
        let starts = [
            "2:1 `typ` is not known here / did you mean `type`?",
            "4:12 `complies` cannot be `schedule-3`",
            "6:12 a `preparer` is named",
            "8:10 `signed` says neither",
            "9:8 `name` holds an invisible character (U+202E)",
            "10:8 `2026-02-30` is not a date that exists",
            "13:7 the period ends before it begins",
            "15:10 `issued` is no date",
        ];
        assert_eq!(found.len(), starts.len(), "{found:#?}");
        for (found, start) in found.iter().zip(starts) {
            assert!(found.starts_with(start), "{found}\n{start}");
        }
    }

    #[test]
    fn bounds_are_said() {
        assert!(problems(&"#".repeat(MAX_BYTES + 1))[0].contains("bytes"));
        assert!(problems(&format!("[product]\ntype = \"{}\"", "x".repeat(201)))[0].starts_with("2:8 "));
        assert!(problems(&"[[manufacturer]]\n".repeat(21))[0].contains("at most 20"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(\\[|\\]|=|\"|\n|product|signatory|standard|manufacturer|date|2026-02-30|\u{202e}|a){0,40}") {
            let _ = StatementFile::parse("s", text.as_bytes());
        }
    }
}
