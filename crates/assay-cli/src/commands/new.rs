//! `assay new`: a commented case folder to fill in. On a terminal it asks for the few things it cannot guess; in a script
//! it writes the comments and leaves the blanks.

use std::fs;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;

use assay::scheme;
use serde_json::json;

use crate::exit::{Exit, Failure};
use crate::folder::{CASE_FILE, write_whole};
use crate::output;

/// Write a commented case folder to fill in
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  assay new cases/camera\n\nThen put evidence into cases/camera/evidence/, fill in the claims, and run:\n  assay check cases/camera"
)]
pub(crate) struct Args {
    /// The folder to make; it must not hold a case yet
    dir: PathBuf,
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
    let asking = io::stdin().is_terminal() && io::stderr().is_terminal() && !as_json;
    for (key, question, example) in QUESTIONS {
        let answer = if asking { ask(question, example)? } else { None };
        text = text.replace(&format!("@{key}@"), &answer.map_or_else(|| example.to_owned(), |a| escape(&a)));
    }
    text = text.replace("@CLAIMS@", &claims());
    let evidence = args.dir.join("evidence");
    fs::create_dir_all(&evidence).map_err(|e| Failure::writing(&evidence, &e))?;
    write_whole(&file, text.as_bytes(), false)?;
    if as_json {
        output::json(&json!({ "schema": "assay-new-0", "case": args.dir, "file": file }))?;
    } else {
        output::print(&format!(
            "wrote {}\nnext: fill it in, then `assay check {}`\n",
            file.display(),
            args.dir.display()
        ))?;
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

/// A commented claim for every provision that a bundled scheme asks for, the thirteen guidelines last.
fn claims() -> String {
    let mut ids: Vec<&str> =
        scheme::bundled().iter().flat_map(|s| &s.requirements).map(|r| r.provision.as_str()).collect();
    ids.sort_by_key(|id| (id.starts_with("cop-2018:"), *id));
    ids.dedup();
    let book = assay::rules::rulebook();
    let mut text = String::new();
    for id in ids.into_iter().filter(|id| !id.starts_with("cop-2018:")) {
        let says = book.find(id).map_or("", |p| p.says.as_str());
        text.push_str(&format!("# {says}\n# [[claim]]\n# provision = \"{id}\"\n# support = \"yes\"            # yes, no or not-applicable\n# detail = \"\"               # the measures taken; needed for no and not-applicable\n\n"));
    }
    text
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
# end = 2030-05-31
# published_at = "https://hearth.example/support"
# reasons = "The maker of the processor supplies its platform until then."

# Where people report vulnerabilities.
# [contact]
# security_txt = "https://hearth.example/.well-known/security.txt"
# policy = "https://hearth.example/security"

# What you claim, provision by provision. Take away the # in front of those you claim.
# An honest "no" can be declared; a "yes" that your own evidence contradicts cannot.

@CLAIMS@
# The evidence, as files below evidence/. It stays with you: only outcomes and digests are ever sent.
# [[evidence]]
# kind = "password-batch"      # a factory's file of passwords, one unit a row (CSV)
# path = "evidence/batch.csv"
# covers = "whole-batch"       # or "sample"

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
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_as_a_case_and_so_do_its_comments_once_taken_up() {
        let filled = TEMPLATE.replace("@CLAIMS@", &claims()).replace("@DOMAIN@", "hearth.example");
        assay::case::Case::parse("product.toml", filled.as_bytes()).unwrap();
        let taken: String = filled
            .lines()
            .map(|l| {
                let bare = l.strip_prefix("# ").unwrap_or(l);
                let is_toml = bare.starts_with("[[")
                    || bare.starts_with("[s")
                    || bare.starts_with("[c")
                    || bare.contains(" = ");
                if is_toml { format!("{bare}\n") } else { format!("{l}\n") }
            })
            .collect::<String>()
            .replace("detail = \"\"", "detail = \"measures\"");
        let case = assay::case::Case::parse("product.toml", taken.as_bytes());
        let case = case.unwrap_or_else(|p| panic!("{p:#?}"));
        assert_eq!((case.claims.len(), case.evidence.len()), (6, 5));
    }

    #[test]
    fn an_answer_cannot_leave_its_string() {
        assert_eq!(escape("a\"\nb\\"), "a\\\"b\\\\");
    }
}
