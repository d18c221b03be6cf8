//! `assay check`: a case judged under schemes, as a report that a compliance engineer can hand on. A folder without
//! product.toml that looks like an unpacked device is judged as evidence alone: nothing is claimed then.

use std::path::{Path, PathBuf};

use assay::assess::{Assessment, Variant, Verdict};
use assay::case::Case;
use assay::date::{self, Date};
use assay::outcome::{CheckResult, Claim, Outcome};
use assay_checks::{Files, fixed_accounts};
use serde_json::{Value, json};

use crate::exit::{Exit, Failure};
use crate::folder::{CASE_FILE, Folder, root_of};
use crate::judge::judge;
use crate::output::{self, Style, plain, table};
use crate::today;

/// Judge a case under schemes: claims against evidence, requirement by requirement
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  assay check cases/camera\n  assay check cases/camera --scheme uk-psti --on 2026-11-22 --json\n  \
assay check unpacked/squashfs-root      (a device's root file system, without a case)"
)]
pub(crate) struct Args {
    /// The case folder (product.toml and evidence/), or an unpacked root file system
    case: PathBuf,
    /// A scheme to judge under; may be given several times. Default: those the case claims under
    #[arg(long, value_name = "ID")]
    scheme: Vec<String>,
    /// Today, for everything that depends on the date
    #[arg(long, value_name = "DATE", value_parser = today::parse_date)]
    on: Option<Date>,
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    let on = args.on.unwrap_or_else(today::today);
    let root = root_of(&args.case);
    if root.is_file() {
        let shown = root.display();
        return Err(Failure::unreadable(format!(
            "{shown} is a file; a case is a folder with {CASE_FILE} and evidence/"
        )));
    }
    if !root.join(CASE_FILE).exists() && root.is_dir() {
        let folder = Folder::open(&root)?;
        if looks_like_a_device(&folder) {
            return bare(&root, &folder, on, as_json);
        }
    }
    let judged = judge(&root, &args.scheme, on)?;
    if as_json {
        output::json(&document(Some(&judged.case), on, &judged.assessments, &judged.results))?;
    } else {
        output::print(&report(&judged.case, on, &judged.assessments, &judged.results))?;
    }
    Ok(exit_of(&judged.assessments))
}

/// 1 if any scheme does not hold or is refused, else 3 if any is undecided.
fn exit_of(assessments: &[Assessment]) -> Exit {
    let any = |v: Verdict| assessments.iter().any(|a| a.verdict == v);
    if any(Verdict::Refused) || any(Verdict::DoesNotHold) {
        Exit::Found
    } else if any(Verdict::Undecided) {
        Exit::Open
    } else {
        Exit::Holds
    }
}

fn looks_like_a_device(folder: &Folder) -> bool {
    ["etc/passwd", "etc/shadow", "bin/busybox", "etc_ro", "etc"].iter().any(|p| folder.exists(p))
}

/// Evidence alone: the check of accounts on a folder that is no case.
fn bare(root: &Path, folder: &Folder, on: Date, as_json: bool) -> Result<Exit, Failure> {
    let result = fixed_accounts::CHECK.result(fixed_accounts::judge_tree(folder, ""));
    let results = [result];
    if as_json {
        output::json(&document(None, on, &[], &results))?;
    } else {
        let style = Style::detect();
        let mut text = format!(
            "{}\nNo {CASE_FILE} here: this folder is judged as an unpacked device, and nothing is claimed for it.\n\n",
            style.bold(&plain(&root.display().to_string()))
        );
        text.push_str(&evidence(&results, style));
        output::print(&text)?;
    }
    Ok(match results[0].outcome {
        Outcome::NotMet => Exit::Found,
        Outcome::Met | Outcome::NotApplicable => Exit::Holds,
        Outcome::Inconclusive | Outcome::NotTested => Exit::Open,
    })
}

/// The JSON document of the contract.
fn document(case: Option<&Case>, on: Date, assessments: &[Assessment], results: &[CheckResult]) -> Value {
    let product = case.map(|c| {
        json!({
            "name": c.product.name, "model": c.product.model, "category": c.product.category,
            "gtins": c.product.gtins, "maker": c.maker.organisation, "domain": c.maker.domain,
        })
    });
    json!({ "schema": "assay-check-0", "product": product, "on": on, "results": assessments, "checks": results })
}

/// The report for people.
pub(crate) fn report(case: &Case, on: Date, assessments: &[Assessment], results: &[CheckResult]) -> String {
    let style = Style::detect();
    let mut text = format!(
        "{}  {} ({}), by {}\nJudged on {}\n\n",
        style.bold("Case"),
        plain(&case.product.name),
        plain(&case.product.model),
        plain(&case.maker.organisation),
        date::in_words(on)
    );
    for assessment in assessments {
        text.push_str(&scheme(assessment, style));
    }
    text.push_str(&evidence(results, style));
    text
}

fn scheme(assessment: &Assessment, style: Style) -> String {
    let verdict = match assessment.verdict {
        Verdict::Holds => style.good("holds"),
        Verdict::DoesNotHold if assessment.requirements.iter().any(|r| r.claim.is_none()) => {
            style.unsure("does not hold: not every requirement is claimed")
        }
        Verdict::DoesNotHold => style.unsure("does not hold, as declared"),
        Verdict::Refused => style.bad("refused"),
        Verdict::Undecided => style.unsure("undecided: evidence is missing"),
    };
    let mut text = format!("{}: {verdict}\n", style.bold(&assessment.scheme));
    match &assessment.label {
        Some(label) => {
            let sign = if label.variant == Variant::Tick { "tick" } else { "cross" };
            let until = label.updates_until.map_or_else(
                || "no security updates promised".to_owned(),
                |d| format!("security updates until at least {}", date::month_year(d)),
            );
            text.push_str(&format!("  label: shield with {sign}; {until}\n"));
        }
        None if assessment.verdict == Verdict::Refused => {
            text.push_str("  label: none, until this is mended:\n")
        }
        None => {}
    }
    for reason in &assessment.refused {
        text.push_str(&format!("    {} {reason}\n", style.bad("✗")));
    }
    let mut rows = vec![
        ["requirement", "claimed", "evidence shows", "seen by", "checks"].map(|h| style.dim(h)).to_vec(),
    ];
    for r in &assessment.requirements {
        let claim = match r.claim {
            Some(Claim::Yes) => "yes",
            Some(Claim::No) => "no",
            Some(Claim::NotApplicable) => "not applicable",
            None => "nothing",
        };
        let checks: Vec<&str> = r.checks.iter().map(|c| c.check.as_str()).collect();
        let checks = if checks.is_empty() { "none exists yet".to_owned() } else { checks.join(", ") };
        rows.push(vec![
            r.id.clone(),
            claim.into(),
            outcome(r.outcome, style),
            r.seen_by.word().into(),
            checks,
        ]);
    }
    text.push_str(&table(&rows));
    text.push('\n');
    text
}

/// What each check said, with its findings.
fn evidence(results: &[CheckResult], style: Style) -> String {
    let mut text = format!("{}\n", style.bold("Evidence"));
    for r in results {
        text.push_str(&format!("  {} {}: {}\n", outcome(r.outcome, style), r.check, plain(&r.why)));
        for f in &r.findings {
            let confidence = format!("{:?}", f.confidence).to_lowercase();
            text.push_str(&format!(
                "      {} {} ({confidence}): {}\n",
                style.bad("✗"),
                f.kind,
                plain(&f.message)
            ));
            text.push_str(&format!("        {}\n", style.dim(&plain(&f.place))));
        }
    }
    text.push_str(
        "\n`assay explain ID` says what a requirement, check or finding means and how to meet it.\n",
    );
    text
}

fn outcome(outcome: Outcome, style: Style) -> String {
    match outcome {
        Outcome::Met => style.good("met"),
        Outcome::NotMet => style.bad("not met"),
        Outcome::NotApplicable => "not applicable".into(),
        Outcome::Inconclusive => style.unsure("inconclusive"),
        Outcome::NotTested => style.unsure("not tested"),
    }
}
