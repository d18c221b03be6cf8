//! What no label says in any language: that a product is secure, certified, guaranteed or approved; and other schemes' marks.

use super::Language;

/// How forbidden words begin.
const NEVER: [(Language, &[&str]); 9] = [
    (Language::En, &["secure", "certifi", "vulnerab", "safe", "guarantee", "approved", "official"]),
    (Language::Cy, &["diogel", "ardyst", "swyddogol"]),
    (Language::Fr, &["sûr", "sécurisé", "certifi", "garanti", "approuvé"]),
    (Language::De, &["sicher", "zertifi", "garant", "geprüfte"]),
    (Language::Es, &["seguro", "certific", "garanti", "aprobado"]),
    (Language::It, &["sicuro", "certific", "garanti", "approvat"]),
    (Language::Nl, &["veilig", "gecertific", "garand", "goedgekeurd"]),
    (Language::Pl, &["bezpieczny", "certyfik", "gwaran", "zatwierdz"]),
    (Language::Pt, &["seguro", "certific", "garanti", "aprovad"]),
];

/// Words that only begin like one of these: *security* and *safety*, which a label is about.
const INNOCENT: [&str; 4] = ["diogelwch", "sicherheit", "veiligheid", "safety"];

/// Marks of other schemes.
const MARKS: [&str; 7] = ["ce", "ukca", "cls", "bsi", "kitemark", "tüv", "gs1"];

/// Marks of several words.
const PHRASES: [&str; 3] = ["cyber trust", "jc-star", "cyber-trust"];

/// The first word of a text that no label says.
pub(crate) fn never_said(text: &str, language: Language) -> Option<String> {
    let lower = text.to_lowercase();
    if let Some(phrase) = PHRASES.iter().find(|phrase| lower.contains(**phrase)) {
        return Some((*phrase).to_owned());
    }
    let begins =
        NEVER.iter().filter(|(of, _)| [language, Language::En].contains(of)).flat_map(|(_, begins)| *begins);
    let begins: Vec<&str> = begins.copied().collect();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    let claims = |word: &&str| {
        let innocent = INNOCENT.iter().any(|innocent| word.starts_with(innocent));
        MARKS.contains(word) || (!innocent && begins.iter().any(|begin| word.starts_with(begin)))
    };
    words.into_iter().find(claims).map(str::to_owned)
}
