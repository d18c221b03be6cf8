//! What an audit showed, as the result that a maker signs and puts into a case. It names the file by its digest: neither
//! its place on a disk nor anything of a password goes along.

use assay::date::Date;
use assay::outcome::Confidence;
use assay::password_audit::{
    AuditFinding, AuditedColumn, AuditedFile, AuditedRole, MOST_FINDINGS, PasswordAudit, Sample,
};
use assay_passwords::audit::Report;
use assay_passwords::kind::Kind;
use assay_passwords::rows::Role;
use assay_passwords::table::Table;

use super::Args;
use super::input::Input;
use crate::exit::Failure;
use crate::output::plain;

/// The result to sign.
pub(super) fn result(
    args: &Args,
    input: &Input,
    table: &Table<'_>,
    report: &Report,
    on: Date,
) -> Result<PasswordAudit, Failure> {
    let digest = input.digest(args.file())?;
    let role = |role| match role {
        Role::Password => AuditedRole::Password,
        Role::Serial => AuditedRole::Serial,
        Role::Mac => AuditedRole::Mac,
        Role::Public => AuditedRole::Public,
    };
    // What decides comes first, so that it is among those that are kept.
    let mut found: Vec<_> = report.findings.iter().collect();
    found.sort_by_key(|f| f.confidence == Confidence::Possible);
    let findings = found.into_iter().take(MOST_FINDINGS).map(|f| AuditFinding {
        kind: f.kind.word().to_owned(),
        column: plain(&f.column),
        rows: f.rows,
        lines: f.lines.iter().map(|l| input.line(*l)).collect(),
        confidence: f.confidence,
        says: plain(&f.says),
    });
    Ok(PasswordAudit {
        program: format!("assay {}", env!("CARGO_PKG_VERSION")),
        on,
        file: AuditedFile {
            sha256: digest.iter().map(|b| format!("{b:02x}")).collect(),
            bytes: input.size(),
        },
        columns: table
            .layout()
            .picks
            .iter()
            .map(|c| AuditedColumn { role: role(c.role), name: plain(&c.name) })
            .collect(),
        rows: report.rows,
        rejected: report.rejected,
        whole_batch: !args.partial,
        looked_for: looked_for(args).into_iter().map(str::to_owned).collect(),
        sample: Sample { rows: report.sample as u64, seed: report.seed },
        outcome: report.outcome,
        why: report.why.iter().map(|w| plain(w)).collect(),
        findings: findings.collect(),
        more_findings: report.findings.len().saturating_sub(MOST_FINDINGS) as u64,
    })
}

/// The kinds that were looked for. Earlier batches are known to a history alone.
pub(super) fn looked_for(args: &Args) -> Vec<&'static str> {
    let asked = |kind: &Kind| args.only.is_empty() || args.only.contains(kind);
    let could = |kind: &Kind| *kind != Kind::SeenInEarlierBatch || args.history.is_some();
    let twelve = |kind: &Kind| !args.twelve_digests || !kind.word().starts_with("derived");
    Kind::ALL.into_iter().filter(|k| asked(k) && could(k) && twelve(k)).map(Kind::word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use assay::password_audit::KINDS;

    #[test]
    fn the_kinds_of_a_signed_result_are_those_of_the_audit() {
        assert_eq!(Kind::ALL.map(Kind::word), KINDS);
    }
}
