//! `assay new`: a commented case folder to fill in. On a terminal it asks for the few things it cannot guess; in a script
//! it writes the comments and leaves the blanks. Beside product.toml stand the sheets of the statement and, where one is meant,
//! of a whole assessment.

mod sheets;

use std::fs;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;

use assay::conformity::TESTED;
use assay::conformity::book::book;
use assay::scheme::Scheme;
use serde_json::json;

use super::statement::STATEMENT_FILE;
use crate::conformity::{IXIT_FILE, VERDICTS_FILE};
use crate::exit::{Exit, Failure};
use crate::folder::{CASE_FILE, write_whole};
use crate::output;
use crate::schemes;

/// Write a commented case folder to fill in
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  assay new cases/camera\n  assay new cases/camera --assessment\n\nThen put evidence into cases/camera/evidence/, fill in the claims, and run:\n  assay check cases/camera"
)]
pub(crate) struct Args {
    /// The folder to make; it must not hold a case yet
    dir: PathBuf,
    /// A scheme whose requirements the claims are for; may be given several times. Default: the UK's law and its 2019 options
    #[arg(long, value_name = "ID|FILE")]
    scheme: Vec<String>,
    /// Also write ixit.toml and verdicts.toml, for a whole assessment after ETSI TS 103 701, and claims for all that it tests
    #[arg(long)]
    assessment: bool,
}

/// What a person is asked for: key in the file, question, example.
const QUESTIONS: [(&str, &str, &str); 4] = [
    ("NAME", "Name of the product, as a shopper sees it", "Hearth Camera 2"),
    ("MODEL", "Model designation on the type plate", "HC-2"),
    ("ORGANISATION", "Organisation that makes it", "Example Hearth Ltd"),
    ("DOMAIN", "Its domain", "hearth.example"),
];

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    let file = args.dir.join(CASE_FILE);
    if file.exists() {
        return Err(Failure::unreadable(format!("{} exists already: nothing was changed", file.display())));
    }
    let mut text = TEMPLATE.to_owned();
    let mut organisation = String::new();
    let asking = io::stdin().is_terminal() && io::stderr().is_terminal() && !as_json;
    for (key, question, example) in QUESTIONS {
        let answer = if asking { ask(question, example)? } else { None };
        let answer = answer.map_or_else(|| example.to_owned(), |a| escape(&a));
        text = text.replace(&format!("@{key}@"), &answer);
        if key == "ORGANISATION" {
            organisation = answer;
        }
    }
    let named = if args.scheme.is_empty() { USUAL.map(str::to_owned).to_vec() } else { args.scheme.clone() };
    let schemes = named.iter().map(|s| schemes::one(s)).collect::<Result<Vec<_>, _>>()?;
    let tested =
        book().groups.iter().filter(|_| args.assessment).map(|g| format!("{TESTED}:{}", g.provision));
    let tested: Vec<String> = tested.collect();
    text = text.replace("@CLAIMS@", &claims(&schemes, &tested)).replace("@FEATURES@", &features());
    let evidence = args.dir.join("evidence");
    fs::create_dir_all(&evidence).map_err(|e| Failure::writing(&evidence, &e))?;
    let mut sheets = vec![(STATEMENT_FILE, sheets::statement(&organisation))];
    if args.assessment {
        sheets.extend([(IXIT_FILE, sheets::ixit()), (VERDICTS_FILE, sheets::verdicts())]);
    }
    // The case file comes last: it is what makes the folder a case, and without it the command can be given again. A sheet that
    // is there already may hold answers and stays.
    let mut written: Vec<PathBuf> = Vec::new();
    for (name, sheet) in sheets {
        let place = args.dir.join(name);
        if fs::symlink_metadata(&place).is_err() {
            write_whole(&place, sheet.as_bytes(), false)?;
            written.push(place);
        }
    }
    write_whole(&file, text.as_bytes(), false)?;
    written.insert(0, file.clone());
    if as_json {
        output::json(&json!({ "schema": "assay-new-0", "case": args.dir, "file": file, "files": written }))?;
    } else {
        let wrote: String = written.iter().map(|w| format!("wrote {}\n", w.display())).collect();
        let dir = args.dir.display();
        output::print(&format!("{wrote}next: fill it in, then `assay check {dir}`\n"))?;
    }
    Ok(Exit::Holds)
}

fn ask(question: &str, example: &str) -> Result<Option<String>, Failure> {
    let failed = |e: io::Error| Failure::impossible(format!("the terminal cannot be read: {e}"));
    let mut err = io::stderr().lock();
    write!(err, "{question} [{example}]: ").and_then(|()| err.flush()).map_err(failed)?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(failed)?;
    let line = line.trim();
    Ok((!line.is_empty()).then(|| line.to_owned()))
}

/// For a TOML basic string.
fn escape(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .flat_map(|c| match c {
            '"' | '\\' => vec!['\\', c],
            c => vec![c],
        })
        .collect()
}

/// The schemes whose requirements a new case starts with: the law of the country whose rules these are, and its plan.
const USUAL: [&str; 3] = ["uk-2019-option-a", "uk-2019-option-b", "uk-psti"];

/// A commented claim for every provision that the schemes ask for, or that is tested.
fn claims(schemes: &[Scheme], tested: &[String]) -> String {
    let mut ids: Vec<&str> = Vec::new();
    let asked = schemes.iter().flat_map(|s| &s.requirements).map(|r| r.provision.as_str());
    for id in asked.chain(tested.iter().map(String::as_str)) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let book = assay::rules::rulebook();
    let mut text = String::new();
    for id in ids {
        let says = book.find(id).map_or("", |p| p.says.as_str());
        text.push_str(&format!("# {says}\n# [[claim]]\n# provision = \"{id}\"\n# support = \"yes\"            # yes, no or not-applicable\n# detail = \"\"               # the measures taken; needed for no and not-applicable\n\n"));
    }
    text
}

/// A commented line for every fact that decides whether a conditional provision binds.
fn features() -> String {
    let book = assay::rules::rulebook();
    book.facts
        .values()
        .map(|f| {
            format!("# {} = true{}# {}\n", f.id, " ".repeat(46_usize.saturating_sub(f.id.len())), f.asks)
        })
        .collect()
}

const TEMPLATE: &str = r#"# A case for `assay check`: one product, what you claim of it, and the evidence you offer.
# Lines that begin with # are comments. `assay explain` lists every id you can use here.

[product]
name = "@NAME@"
model = "@MODEL@"
# category = "indoor camera"
# The numbers under the barcodes, with check digit. Leave the list empty if the product has none.
gtins = []

# An organisation and its domain, never a person: what is declared stands in a public log that cannot forget.
[maker]
organisation = "@ORGANISATION@"
domain = "@DOMAIN@"

# The defined support period: a calendar date, where it is published, and why it is that long.
# A published date may be moved later, never earlier.
# [support]
# start = 2026-06-01
# end = 2031-05-31
# published_at = "https://hearth.example/support"
# reasons = "The maker of the processor supplies its platform until then."

# Where people report vulnerabilities.
# [contact]
# security_txt = "https://hearth.example/.well-known/security.txt"
# policy = "https://hearth.example/security"

# An end date that you published before: a later one stays promised for ever.
# [[support.promised]]
# on = 2026-01-15
# end = 2030-05-31

# What is so about the product. It decides which conditional provisions bind; leave out what you do not know.
# [features]
@FEATURES@
# Whether a scheme is about the product at all: how it connects and is supplied (PSTI Act 2022, sections 4, 5 and 54).
# [scope]
# internet_protocol = true           # it sends and receives over the internet by the Internet Protocol suite
# to_consumers = true                # it, or an identical unit, is made available to consumers
# supplied_before = false            # this unit was not supplied to a customer before
# exceptions = []                    # ids of exceptions that apply; `assay explain uk-psti` lists them

# A label of another scheme that the product holds.
# [[label]]
# scheme = "jp-jc-star-1"
# level = "STAR-1"
# product = "@MODEL@"                # the model that the label names
# standard = "JST-CR-01-01-2024R1"
# granted = 2026-01-15
# expires = 2028-01-14

# Where the password comes from, state by state: unique, user-defined, universal, no-password or unknown.
# [passwords]
# factory_default = "unique"         # as it leaves the factory
# in_use = "user-defined"            # once it is set up
# after_reset = "unique"             # what a factory reset brings back

# What you claim, provision by provision. Take away the # in front of those you claim.
# An honest "no" can be declared; a "yes" that your own evidence contradicts cannot.

@CLAIMS@
# The evidence, as files below evidence/. It stays with you: only outcomes and digests are ever sent.
# [[evidence]]
# kind = "password-batch"      # a factory's file of passwords, one unit a row (CSV)
# path = "evidence/batch.csv"
# covers = "whole-batch"       # or "sample"

# [[evidence]]
# kind = "password-audit"      # what `assay passwords BATCH --evidence F --key K` found in it, signed; the batch may then stay away
# path = "evidence/audit.json"

# [[evidence]]
# kind = "root-file-system"    # the device's root file system, unpacked into a folder
# path = "evidence/rootfs"

# [[evidence]]
# kind = "security-txt"
# path = "evidence/security.txt"

# [[evidence]]
# kind = "disclosure-policy"   # the policy's text, as published
# path = "evidence/policy.txt"

# [[evidence]]
# kind = "support-page"        # the text of the page that states the support period
# path = "evidence/support.txt"

# [[evidence]]
# kind = "replacement-page"    # for a device that cannot be updated: the text that says why, and how it is replaced
# path = "evidence/no-updates.txt"

# What no check reads: its digest is recorded, and a person's verdict in verdicts.toml cites it.
# [[evidence]]
# kind = "page-visit"          # addresses opened without an account: date, address, what was seen
# path = "evidence/visits.txt"

# [[evidence]]
# kind = "user-documentation"  # manual, leaflet, help and pages, as users get them
# path = "evidence/manual.pdf"

# [[evidence]]
# kind = "setup-protocol"      # the first start, recorded step by step
# path = "evidence/first-start.txt"

# [[evidence]]
# kind = "interface-scan"      # what a scan of network and radio found open
# path = "evidence/scan.txt"

# [[evidence]]
# kind = "device-photographs"  # all sides of the device, and where the model is named
# path = "evidence/photographs"

# [[evidence]]
# kind = "debug-inspection"    # debug interfaces tried on a device in its default state
# path = "evidence/debug.txt"

# [[evidence]]
# kind = "evaluation-report"   # reviews of network and security code, with the versions the device shows
# path = "evidence/review.pdf"
"#;

#[cfg(test)]
mod tests {
    use assay::case::EvidenceKind;

    use super::*;

    #[test]
    fn what_is_written_reads_as_a_case_and_so_do_its_comments_once_taken_up() {
        let usual: Vec<Scheme> = USUAL.iter().map(|s| schemes::one(s).unwrap()).collect();
        let filled = TEMPLATE
            .replace("@CLAIMS@", &claims(&usual, &[]))
            .replace("@FEATURES@", &features())
            .replace("@DOMAIN@", "hearth.example");
        assay::case::Case::parse("product.toml", filled.as_bytes()).unwrap();
        let taken: String = filled
            .lines()
            .map(|l| {
                let bare = l.strip_prefix("# ").unwrap_or(l);
                let is_toml = bare.starts_with("[[")
                    || bare.starts_with("[s")
                    || ["[c", "[f", "[l", "[p"].iter().any(|t| bare.starts_with(t))
                    || bare.contains(" = ");
                if is_toml { format!("{bare}\n") } else { format!("{l}\n") }
            })
            .collect::<String>()
            .replace("detail = \"\"", "detail = \"measures\"");
        let case = assay::case::Case::parse("product.toml", taken.as_bytes());
        let case = case.unwrap_or_else(|p| panic!("{p:#?}"));
        assert_eq!((case.claims.len(), case.evidence.len()), (6, EvidenceKind::ALL.len()));
        let offered: std::collections::BTreeSet<_> = case.evidence.iter().map(|e| e.kind).collect();
        assert_eq!(offered.len(), EvidenceKind::ALL.len(), "each kind has its line");
    }

    #[test]
    fn an_answer_cannot_leave_its_string() {
        assert_eq!(escape("a\"\nb\\"), "a\\\"b\\\\");
    }
}
