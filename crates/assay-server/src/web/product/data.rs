//! `GET /p/{id}/label.jsonld`: the product and its labels as linked data, for one scheme (`?scheme=`, else all) and one of
//! its GTINs (`&gtin=`). The product's page holds the same. What no longer holds is said to hold no longer.

use assay::fold::Product;
use assay::gtin::Gtin14;
use assay::label::{LabelError, SignedLabel, Subject};
use assay::scheme;
use assay::statement::ProductId;
use assay_label::linked_data::{Described, Standing, linked_data};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::reader::{Published, ReadError, Reader};
use crate::web::api_error::ApiError;
use crate::web::{resolver, words};

#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    scheme: Option<String>,
    gtin: Option<String>,
}

pub(in crate::web) async fn get(
    State(reader): State<Reader>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    let now = reader.now();
    let product = ProductId::parse(&id).and_then(|id| now.state.product(&id));
    let product = product.ok_or_else(|| ApiError::not_found("there is no such product"))?;
    let gtin = asked.gtin.as_deref().map(Gtin14::parse).transpose();
    let gtin = gtin.map_err(|e| ApiError::bad_request(format!("the gtin is none: {e}")))?;
    if let Some(gtin) = gtin.filter(|gtin| !product.declaration.product.gtins.contains(gtin)) {
        return Err(ApiError::not_found(format!("GTIN {gtin} is none of this product's")));
    }
    if let Some(scheme) = asked.scheme.as_ref().filter(|id| !product.schemes.contains_key(*id)) {
        return Err(ApiError::not_found(format!("the product is not declared under {scheme}")));
    }
    let text = of(&reader, &now, product, gtin, asked.scheme.as_deref()).await;
    Ok(response(text.map_err(|e| ApiError::unavailable(&e))?).into_response())
}

/// A document may be kept as long as the picture of a label.
pub(in crate::web) fn response(text: String) -> ([(HeaderName, &'static str); 3], String) {
    let headers = [
        (header::CONTENT_TYPE, "application/ld+json"),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, text)
}

/// The document of a product.
pub(in crate::web) async fn of(
    reader: &Reader,
    now: &Published,
    product: &Product,
    gtin: Option<Gtin14>,
    scheme: Option<&str>,
) -> Result<String, ReadError> {
    let in_force = labels_in_force(reader, now, product, gtin, scheme).await?;
    let asked = |id: &str| scheme.is_none_or(|scheme| scheme == id);
    let mut labels: Vec<Standing> = in_force.iter().map(Standing::InForce).collect();
    if product.withdrawn.is_some() {
        labels.push(Standing::Withdrawn);
    } else {
        let suspended = product.suspended.keys().filter(|id| asked(id));
        labels.extend(suspended.map(|id| Standing::Suspended(scheme::find(id).map_or(id, |s| &s.title))));
    }
    let declared = &product.declaration.product;
    let theirs = |gtin: &&Gtin14| reader.is_theirs(now, product, **gtin);
    let number = gtin.iter().chain(&declared.gtins).find(theirs).copied();
    // The document names what its labels name.
    let subject = match (in_force.first(), number) {
        (Some(label), _) => label.facts().subject().clone(),
        (None, Some(gtin)) => Subject::Gtin(gtin),
        (None, None) => Subject::Product(product.id.to_string()),
    };
    let base = reader.base.as_str();
    Ok(linked_data(&Described {
        subject: &subject,
        name: &declared.name,
        model: &declared.model,
        maker: &words::maker_name(&now.state, product),
        labels: &labels,
        on: reader.today(),
        page: &format!("{base}/p/{}", product.id),
        register: resolver::NAME,
        base,
        house: reader.house,
    }))
}

/// The labels a product carries now, under one scheme or all, for one GTIN or its first: exactly those that can be drawn.
pub(in crate::web) async fn labels_in_force(
    reader: &Reader,
    now: &Published,
    product: &Product,
    gtin: Option<Gtin14>,
    scheme: Option<&str>,
) -> Result<Vec<SignedLabel>, ReadError> {
    let mut labels = Vec::new();
    let ids = product.schemes.iter().filter(|(_, standing)| standing.label.is_some()).map(|(id, _)| id);
    for id in ids.filter(|id| scheme.is_none_or(|scheme| scheme == *id)) {
        match reader.signed_label_of(now, &product.id, id, gtin).await {
            Ok(label) => labels.push(label),
            Err(
                ReadError::Withdrawn(_)
                | ReadError::Suspended { .. }
                | ReadError::Disputed(_)
                | ReadError::NotTheirs { .. }
                | ReadError::NoLabel { .. }
                | ReadError::Label(LabelError::OtherGtin(_)),
            ) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(labels)
}
