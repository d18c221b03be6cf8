//! `assay check`: a case judged under schemes, as a report that a compliance engineer can hand on. A folder without
//! product.toml that looks like an unpacked device is judged as evidence alone: nothing is claimed then.

use std::path::{Path, PathBuf};

use assay::assess::{Assessment, Verdict};
use assay::case::Case;
use assay::date::Date;
use assay::outcome::{CheckResult, Outcome};
use assay::territory::{Standing, Status};
use assay_checks::{Files, ForPeople, fixed_accounts, run_all};
use serde_json::{Value, json};

use crate::exit::{Exit, Failure};
use crate::folder::{CASE_FILE, Folder, check_target, check_target_beside, root_of, write_whole};
use crate::judge::{Judged, judge_by};
use crate::output;
use crate::report::{self, Shown};
use crate::schemes::SchemeArgs;
use crate::{abroad, progress, today};

/// Judge a case under schemes: claims against evidence, requirement by requirement
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  assay check cases/camera\n  assay check cases/camera --scheme uk-psti --on 2026-11-22 --json\n  \
assay check cases/camera --html report.html --sarif report.sarif --oscal report.oscal.json\n  \
assay check unpacked/squashfs-root      (a device's root file system, without a case)"
)]
pub(crate) struct Args {
    /// The case folder (product.toml and evidence/), or an unpacked root file system
    case: PathBuf,
    #[command(flatten)]
    schemes: SchemeArgs,
    /// Today, for everything that depends on the date
    #[arg(long, value_name = "DATE", value_parser = today::parse_date)]
    on: Option<Date>,
    /// Also write the report as one self-contained page
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Also write the results as SARIF 2.1.0, for tools that show results of analyses
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
    /// Also write the results as OSCAL assessment results (JSON)
    #[arg(long, value_name = "FILE")]
    oscal: Option<PathBuf>,
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
            return bare(&root, &folder, args, on, as_json);
        }
    }
    args.targets(&[])?;
    let run = if as_json { run_all } else { progress::run_all };
    let mut judged = judge_by(&root, &args.schemes, on, run)?;
    let evidence: Vec<PathBuf> = judged.case.evidence.iter().map(|e| root.join(&e.path)).collect();
    args.targets(&evidence)?;
    let standings = abroad::standings(&root, &judged, &judged.schemes, on)?;
    settle(&mut judged.assessments, &standings);
    let exit = exit_of(&judged);
    let shown = Shown {
        case: Some(&judged.case),
        folder: &root.display().to_string(),
        on,
        assessments: &judged.assessments,
        standings: &standings,
        results: &judged.results,
        ics: &judged.ics,
        conformity: judged.conformity.as_ref(),
        for_people: &judged.for_people,
        exit: exit.code(),
    };
    args.write(&shown)?;
    if as_json {
        let mut document = document(Some(&judged.case), on, &judged.assessments, &judged.results);
        for (n, standing) in standings.iter().enumerate() {
            document["results"][n]["status"] = json!(standing.status);
        }
        document["ics"] = json!(judged.ics);
        document["conformity"] = json!(judged.conformity);
        if !judged.for_people.is_empty() {
            document["for_people"] = judged.for_people.iter().map(for_people_json).collect();
        }
        output::json(&document)?;
    } else {
        output::print(&report::text(&shown))?;
    }
    Ok(exit)
}

impl Args {
    /// Refuses, before anything takes long, to write where something else is, over what is read, or twice to one place.
    fn targets(&self, evidence: &[PathBuf]) -> Result<(), Failure> {
        let root = root_of(&self.case);
        let inputs: Vec<&Path> = evidence.iter().map(PathBuf::as_path).collect();
        let targets: Vec<&PathBuf> = [&self.html, &self.sarif, &self.oscal].into_iter().flatten().collect();
        for (n, target) in targets.iter().enumerate() {
            check_target_beside(target, &root, &self.schemes.scheme)?;
            check_target(target, &inputs)?;
            if targets[..n].contains(target) {
                let shown = target.display();
                return Err(Failure::unreadable(format!(
                    "{shown} is named twice: give each report its own file"
                )));
            }
        }
        Ok(())
    }

    /// Writes the reports that were asked for.
    fn write(&self, shown: &Shown<'_>) -> Result<(), Failure> {
        let save = |path: &Path, bytes: &str| {
            write_whole(path, bytes.as_bytes(), false)?;
            output::note(&format!("wrote {}", path.display()));
            Ok(())
        };
        let json = |value: &Value| {
            let text = serde_json::to_string_pretty(value).map_err(|e| Failure::impossible(e.to_string()))?;
            Ok(text + "\n")
        };
        if let Some(path) = &self.html {
            save(path, &report::html(shown)?)?;
        }
        if let Some(path) = &self.sarif {
            save(path, &json(&report::sarif(shown))?)?;
        }
        if let Some(path) = &self.oscal {
            save(path, &json(&report::oscal(shown))?)?;
        }
        Ok(())
    }
}

/// A scheme that is not about the product, or that had not begun on the day, says neither yes nor no of it.
fn settle(assessments: &mut [Assessment], standings: &[Standing]) {
    for (assessment, standing) in assessments.iter_mut().zip(standings) {
        if matches!(standing.status, Status::OutOfScope | Status::NotInForce) {
            assessment.verdict = Verdict::Undecided;
            assessment.label = None;
            assessment.refused.clear();
        }
    }
}

/// 1 if any scheme does not hold or is refused, or an ICS breaks a rule; else 3 if anything is undecided.
fn exit_of(judged: &Judged) -> Exit {
    let any = |v: Verdict| judged.assessments.iter().any(|a| a.verdict == v);
    let invalid = judged.ics.iter().any(|i| !i.valid);
    if invalid || any(Verdict::Refused) || any(Verdict::DoesNotHold) {
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
fn bare(root: &Path, folder: &Folder, args: &Args, on: Date, as_json: bool) -> Result<Exit, Failure> {
    args.targets(&[])?;
    let result = fixed_accounts::CHECK.result(fixed_accounts::judge_tree(folder, ""));
    let exit = match result.outcome {
        Outcome::NotMet => Exit::Found,
        Outcome::Met | Outcome::NotApplicable => Exit::Holds,
        Outcome::Inconclusive | Outcome::NotTested => Exit::Open,
    };
    let results = [result];
    let shown = Shown {
        case: None,
        folder: &root.display().to_string(),
        on,
        assessments: &[],
        standings: &[],
        results: &results,
        ics: &[],
        conformity: None,
        for_people: &[],
        exit: exit.code(),
    };
    args.write(&shown)?;
    if as_json {
        output::json(&document(None, on, &[], &results))?;
    } else {
        output::print(&report::text(&shown))?;
    }
    Ok(exit)
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

/// Evidence that no check reads, with its digest or why there is none.
fn for_people_json(offered: &ForPeople) -> Value {
    let mut told = json!({ "kind": offered.kind.word(), "path": offered.path });
    match &offered.digest {
        Ok(sha256) => told["sha256"] = json!(sha256),
        Err(problem) => told["problem"] = json!(problem.to_string()),
    }
    told
}
