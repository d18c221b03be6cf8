//! The checks, tried on cases that are data, on what strangers published, and on rubbish.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests and their aids read cases and corpora from disk, say loudly when those are absent, and fail by panicking"
)]

mod cases;
mod corpora;
mod coverage;
mod fuzz;
mod hostile;
mod ixit;
mod registry;

use assay::case::Case;

/// The product of every case; line 8 is its last, so what a case adds begins in line 9.
const HEAD: &str = r#"[product]
name = "Hearth Camera 2"
model = "HC-2"

[maker]
organisation = "Example Hearth Ltd"
domain = "hearth.example"

"#;

/// A case: the usual product, and what is added to it.
fn case(added: &str) -> Case {
    let text = format!("{HEAD}{added}");
    Case::parse("product.toml", text.as_bytes()).unwrap_or_else(|problems| panic!("{problems:#?}\n{text}"))
}
