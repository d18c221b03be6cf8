//! A case folder judged: evidence through every check, claims and outcomes under schemes. Shared by the commands that
//! start from a case.

use std::collections::BTreeMap;
use std::path::Path;

use assay::assess::{Assessment, Promise, assess};
use assay::case::{Case, Problem};
use assay::date::Date;
use assay::outcome::{CheckResult, Claim};
use assay::scheme::{self, Scheme};
use assay_checks::{FileProblem, Files, Subject, run_all};

use crate::exit::Failure;
use crate::folder::{CASE_FILE, Folder, read_case};

/// A case, what its evidence showed, and what that means under each asked scheme.
pub(crate) struct Judged {
    pub(crate) case: Case,
    pub(crate) results: Vec<CheckResult>,
    pub(crate) assessments: Vec<Assessment>,
}

/// Reads and judges a case folder on a day.
pub(crate) fn judge(root: &Path, schemes: &[String], on: Date) -> Result<Judged, Failure> {
    let case = read_case(root)?;
    let schemes = asked(schemes, &case)?;
    let folder = Folder::open(root)?;
    evidence_is_there(root, &case, &folder)?;
    let results = run_all(&Subject { case: &case, files: &folder, on });
    let claims: BTreeMap<String, Claim> = case.claims.iter().map(|(id, c)| (id.clone(), c.claim)).collect();
    let promise = Promise { until: case.support.as_ref().and_then(|s| s.end) };
    let assessments = schemes.iter().map(|s| assess(s, &claims, &results, promise)).collect();
    Ok(Judged { case, results, assessments })
}

/// Evidence that is named and not there is a mistake in the file, to be mended before anything is judged or declared.
fn evidence_is_there(root: &Path, case: &Case, folder: &Folder) -> Result<(), Failure> {
    let file = root.join(CASE_FILE).display().to_string();
    let missing = case.evidence.iter().filter(|e| matches!(folder.kind(&e.path), Err(FileProblem::Missing)));
    let problems: Vec<Problem> = missing
        .map(|e| Problem {
            file: file.clone(),
            at: e.at,
            message: format!("the evidence `{}` is not there", e.path),
            mend: "put the file into the case folder, or correct the path".into(),
        })
        .collect();
    if problems.is_empty() {
        return Ok(());
    }
    Err(Failure::Unreadable { message: format!("{file} names evidence that is not there"), problems })
}

/// The schemes that were asked for; without any, those under which the case claims something, else all.
pub(crate) fn asked(ids: &[String], case: &Case) -> Result<Vec<&'static Scheme>, Failure> {
    if !ids.is_empty() {
        return ids.iter().map(|id| known(id)).collect();
    }
    let claimed = |s: &&Scheme| s.requirements.iter().any(|r| case.claims.contains_key(&r.provision));
    let claimed: Vec<&Scheme> = scheme::bundled().iter().filter(claimed).collect();
    Ok(if claimed.is_empty() { scheme::bundled().iter().collect() } else { claimed })
}

/// A scheme by id, or the mend.
pub(crate) fn known(id: &str) -> Result<&'static Scheme, Failure> {
    scheme::find(id).ok_or_else(|| {
        let all = scheme::bundled().iter().map(|s| s.id.as_str());
        let mend = assay::rules::nearest(id, all.clone()).map_or_else(
            || format!("known: {}", all.collect::<Vec<_>>().join(", ")),
            |n| format!("did you mean `{n}`?"),
        );
        Failure::unreadable(format!("there is no scheme `{id}`; {mend}"))
    })
}
