//! `GET /api/v1/products/{id}`: what holds for a product, as JSON, with the indexes of the statements it rests on.

use assay::fold::{Product, Standing};
use assay::statement::{Fact, ProductId};
use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::api_error::ApiError;
use crate::reader::Published;
use crate::reader::{Reader, is_lost};

pub(super) async fn get(
    State(reader): State<Reader>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let now = reader.now();
    let product = ProductId::parse(&id).and_then(|id| now.state.product(&id));
    let product = product.ok_or_else(|| ApiError::not_found("there is no such product in this register"))?;
    Ok(Json(body_of(&now, product)))
}

fn body_of(now: &Published, product: &Product) -> Value {
    let declaration = &product.declaration;
    let maker = now.state.maker(&declaration.maker).map(|m| &m.registered);
    let gtins = &declaration.product.gtins;
    let disputed: Vec<_> = gtins.iter().filter(|gtin| now.state.is_disputed(**gtin)).collect();
    let lost: Vec<_> = gtins.iter().filter(|gtin| is_lost(now, product, **gtin)).collect();
    let shortened = product.shortened.as_ref().and_then(|fact| match fact {
        Fact::SupportShortened { promised, shown } => Some(json!({"promised": promised, "shown": shown})),
        _ => None,
    });
    let history: Vec<_> = product
        .history
        .iter()
        .map(|l| json!({"index": l.index, "on": l.on, "kind": l.kind, "says": l.says}))
        .collect();
    json!({
        "schema": "assay-product-0",
        "id": product.id,
        "name": declaration.product.name,
        "model": declaration.product.model,
        "category": declaration.product.category,
        "maker": {
            "id": declaration.maker,
            "organisation": maker.map(|m| &m.organisation),
            "domain": maker.map(|m| &m.domain),
        },
        "gtins": gtins,
        "disputed_gtins": disputed,
        "lost_gtins": lost,
        "updates_until": product.promised,
        "shortened": shortened,
        "withdrawn": product.withdrawn,
        "declaration": product.declared_at,
        "schemes": product.schemes.values().map(|standing| scheme_of(product, standing)).collect::<Vec<_>>(),
        "history": history,
        "log": {"size": now.size, "root": now.root.to_string()},
    })
}

fn scheme_of(product: &Product, standing: &Standing) -> Value {
    let suspended = product.suspended.contains_key(&standing.assessed.scheme);
    let label = standing.label.as_ref().filter(|_| !suspended).map(|(index, l)| {
        json!({"variant": l.variant, "updates_until": l.updates_until, "level": l.level, "statement": index})
    });
    let requirements: Vec<_> = standing
        .assessed
        .requirements
        .iter()
        .map(|r| json!({"id": r.id, "claim": r.claim, "outcome": r.outcome, "seen_by": r.seen_by, "holds": r.holds}))
        .collect();
    json!({
        "scheme": standing.assessed.scheme,
        "verdict": standing.assessed.verdict,
        "assessment": standing.assessed_at,
        "on": standing.assessed.on,
        "label": label,
        "suspended": product.suspended.get(&standing.assessed.scheme),
        "requirements": requirements,
    })
}
