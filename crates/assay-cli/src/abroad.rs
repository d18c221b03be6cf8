//! A judged case under every scheme: gathers what the territories ask for beyond the assessment, which is the scope, the
//! document that accompanies the product, and the evidence that checks would read and nobody offered.

use std::collections::BTreeMap;
use std::path::Path;

use assay::assess::assess;
use assay::case::{Case, EvidenceKind};
use assay::date::Date;
use assay::scheme::{self, Scheme, ScopeTest, StatementRule, within};
use assay::scope::{self, Scope, ScopeFacts};
use assay::territory::{Asked, Document, InScope, Standing, territories};

use crate::commands;
use crate::exit::Failure;
use crate::judge::Judged;

/// How the case stands under each of the schemes.
pub(crate) fn standings(
    root: &Path,
    judged: &Judged,
    schemes: &[Scheme],
    on: Date,
) -> Result<Vec<Standing>, Failure> {
    let wanted = wanted(&judged.case);
    let law = scheme::find("uk-psti");
    let requirements =
        judged.on(on, |given| law.map_or_else(Vec::new, |law| assess(law, given).requirements));
    let statement = commands::statement::state(root, &judged.case, &requirements, on)?;
    // The statement of SI 2023/1007, Schedule 4 is the one document that a case folder holds.
    let document = |scheme: &Scheme| {
        let ours = |s: &StatementRule| s.fields.iter().any(|f| f.starts_with("psti-2023:"));
        if scheme.statement.as_ref().is_some_and(ours) { statement.clone() } else { Document::Elsewhere }
    };
    let scope = |scheme: &Scheme| in_scope(&judged.case, scheme, on);
    Ok(judged.on(on, |given| {
        territories(schemes, &Asked { given, scope: &scope, document: &document, wanted: &wanted })
    }))
}

/// By provision: the kinds of evidence that a check reads and that the case does not offer.
fn wanted(case: &Case) -> BTreeMap<String, Vec<EvidenceKind>> {
    let mut wanted: BTreeMap<String, Vec<EvidenceKind>> = BTreeMap::new();
    for check in assay_checks::checks() {
        for kind in check.evidence.iter().filter(|k| !case.evidence.iter().any(|e| e.kind == **k)) {
            for provision in check.provisions {
                let kinds = wanted.entry((*provision).to_owned()).or_default();
                if !kinds.contains(kind) {
                    kinds.push(*kind);
                }
            }
        }
    }
    wanted
}

/// Whether the scheme is about the product, by its `[scope]` in product.toml. A case without one is taken to be in scope:
/// whoever keeps a case means the product to be covered; what would settle it is named.
fn in_scope(case: &Case, scheme: &Scheme, on: Date) -> InScope {
    let Some(rule) = &scheme.scope else { return InScope::Yes };
    let Some(said) = &case.scope else {
        return InScope::Unsure(
            "say in [scope] of product.toml how the product connects and is supplied".into(),
        );
    };
    match rule.test {
        ScopeTest::UkConsumerConnectable => match scope::scope(&ScopeFacts::from(said), on, &rule.exceptions)
        {
            Scope::In(_) => InScope::Yes,
            Scope::Out(why, _) => InScope::No(format!("{} ({})", why.says, why.source)),
            Scope::Unsure(facts) => {
                let asked: Vec<String> =
                    facts.iter().map(|f| format!("{} ({})", f.key(), f.asks())).collect();
                InScope::Unsure(format!("answer in [scope] of product.toml: {}", asked.join("; ")))
            }
        },
        ScopeTest::Stated => {
            let named = |id: &str| said.exceptions.iter().any(|e| e == id);
            let except = rule.exceptions.iter().find(|e| within(on, e.from, e.until) && named(&e.id));
            except.map_or(InScope::Yes, |e| InScope::No(format!("{} ({})", e.says, e.source)))
        }
    }
}
