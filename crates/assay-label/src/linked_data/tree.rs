//! The document as it is written: every property by its name in schema.org or in the GS1 Web Vocabulary, in one order.

use assay::date::Date;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Context(pub(super) &'static str, pub(super) Prefixes);

#[derive(Serialize)]
pub(super) struct Prefixes {
    pub(super) gs1: &'static str,
    pub(super) xsd: &'static str,
}

#[derive(Serialize)]
pub(super) struct Product {
    #[serde(rename = "@context")]
    pub(super) context: Context,
    #[serde(rename = "@type")]
    pub(super) kind: [&'static str; 2],
    #[serde(rename = "@id")]
    pub(super) id: String,
    pub(super) name: String,
    pub(super) model: String,
    pub(super) manufacturer: Organisation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) gtin: Option<String>,
    #[serde(rename = "productID", skip_serializing_if = "Option::is_none")]
    pub(super) product_id: Option<String>,
    pub(super) url: String,
    #[serde(rename = "additionalProperty", skip_serializing_if = "Vec::is_empty")]
    pub(super) properties: Vec<Property>,
    #[serde(rename = "hasCertification", skip_serializing_if = "Vec::is_empty")]
    pub(super) certifications: Vec<Certification>,
    #[serde(rename = "gs1:gtin", skip_serializing_if = "Option::is_none")]
    pub(super) gs1_gtin: Option<String>,
    #[serde(rename = "gs1:productName")]
    pub(super) gs1_name: InEnglish,
    #[serde(rename = "gs1:certification", skip_serializing_if = "Vec::is_empty")]
    pub(super) gs1_certifications: Vec<Gs1Certification>,
}

#[derive(Serialize)]
pub(super) struct Organisation {
    #[serde(rename = "@type")]
    pub(super) kind: &'static str,
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Property {
    #[serde(rename = "@type")]
    pub(super) kind: &'static str,
    pub(super) name: &'static str,
    pub(super) value: String,
}

#[derive(Serialize)]
pub(super) struct Certification {
    #[serde(rename = "@type")]
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) description: String,
    #[serde(rename = "certificationStatus")]
    pub(super) status: &'static str,
    #[serde(rename = "issuedBy")]
    pub(super) issued_by: Organisation,
    #[serde(rename = "certificationIdentification", skip_serializing_if = "Option::is_none")]
    pub(super) identification: Option<String>,
    #[serde(rename = "validFrom", skip_serializing_if = "Option::is_none")]
    pub(super) valid_from: Option<Date>,
    /// Until when security updates are promised. The product does not stop then, and the description says what ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires: Option<Date>,
    pub(super) url: String,
}

/// There is no word for a status here that could be verified, so only labels in force are named.
#[derive(Serialize)]
pub(super) struct Gs1Certification {
    #[serde(rename = "@type")]
    pub(super) kind: &'static str,
    #[serde(rename = "gs1:certificationAgency")]
    pub(super) agency: InEnglish,
    #[serde(rename = "gs1:certificationStandard")]
    pub(super) standard: InEnglish,
    #[serde(rename = "gs1:certificationValue")]
    pub(super) value: InEnglish,
    #[serde(rename = "gs1:certificationIdentification")]
    pub(super) identification: String,
    #[serde(rename = "gs1:certificationStartDate")]
    pub(super) start: Day,
    #[serde(rename = "gs1:certificationEndDate", skip_serializing_if = "Option::is_none")]
    pub(super) end: Option<Day>,
}

#[derive(Serialize)]
pub(super) struct InEnglish {
    #[serde(rename = "@value")]
    pub(super) value: String,
    #[serde(rename = "@language")]
    pub(super) language: &'static str,
}

#[derive(Serialize)]
pub(super) struct Day {
    #[serde(rename = "@value")]
    pub(super) value: Date,
    #[serde(rename = "@type")]
    pub(super) kind: &'static str,
}
