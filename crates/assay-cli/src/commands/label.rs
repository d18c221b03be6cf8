//! `assay label`: a product's label as the register issues it, verified before it is written. A label cannot be made
//! without the register: its signature is the register's, and it exists only for a logged statement.

use std::path::PathBuf;

use assay::label::{LabelError, SignedLabel};
use assay_label as label;
use serde_json::json;

use crate::exit::{Exit, Failure};
use crate::remote::Register;
use crate::trusted::Trusted;
use crate::{folder, output};

/// Fetch a product's label from its register, verify it, and write it as SVG or PNG
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  assay label p0123456789abcdef --register http://127.0.0.1:8080 --trust trust.txt --out camera.svg\n  \
assay label 9520000100018 --register http://127.0.0.1:8080 --trust trust.txt --out camera.png --width 1200\n\n\
Prints are made from the SVG. The label shows the date and the sign in words too: nobody needs to scan it."
)]
pub(crate) struct Args {
    /// The product's id or GTIN, or a file with its logged statement (FILE.statement beside FILE.tlog-proof)
    product: String,
    /// The register's address
    #[arg(long, value_name = "URL")]
    register: String,
    /// The keys you trust, kept from the register's /trust.txt
    #[arg(long, value_name = "FILE", env = "ASSAY_TRUST")]
    trust: Option<PathBuf>,
    /// Where to write it; .svg or .png by its ending
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The scheme whose label is wanted
    #[arg(long, value_name = "ID", default_value = "uk-2019-option-a")]
    scheme: String,
    /// Width of a PNG in pixels
    #[arg(long, value_name = "PIXELS", default_value_t = 800)]
    width: u32,
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    crate::schemes::known(&args.scheme)?;
    let trust = Trusted::find(args.trust.as_deref(), None)?;
    trust.warn();
    let register = Register::at(&args.register)?;
    let subject = subject(args, &trust)?;
    let link = register.get(&format!("/api/v1/labels/{subject}?scheme={}", args.scheme), 4096)?;
    let link =
        String::from_utf8(link).map_err(|_| Failure::unreadable("the register sent no label's link"))?;
    let refused = |e: LabelError| Failure::unreadable(format!("the register's label is refused: {e}"));
    let signed = SignedLabel::read(link.trim(), trust.keys.register()).map_err(refused)?;
    let bytes = draw(&signed, &args.out, args.width)?;
    folder::write_whole(&args.out, &bytes, false)?;
    if as_json {
        output::json(&json!({
            "schema": "assay-label-0", "file": args.out, "link": signed.uri(), "variant": signed.facts().variant(),
            "updates_until": signed.facts().updates_until(), "statement": signed.facts().statement(),
        }))?;
    } else {
        output::print(&format!(
            "{}\n  {}\n  {}\n",
            args.out.display(),
            assay_label::alt_text(signed.facts()),
            signed.uri()
        ))?;
    }
    Ok(Exit::Holds)
}

/// Draws a label in the form that a file's ending names.
fn draw(signed: &SignedLabel, out: &std::path::Path, width: u32) -> Result<Vec<u8>, Failure> {
    match out.extension().and_then(|e| e.to_str()) {
        Some("svg") => Ok(label::svg(signed).into_bytes()),
        Some("png") => label::png(signed, width).map_err(|e| Failure::unreadable(e.to_string())),
        _ => Err(Failure::unreadable(format!("{}: a label is written as .svg or .png", out.display()))),
    }
}

/// What the register is asked for: the id or GTIN as given, or the product of a logged statement's file.
fn subject(args: &Args, trust: &Trusted) -> Result<String, Failure> {
    let file = PathBuf::from(&args.product);
    if file.extension().is_some_and(|e| e == "statement") {
        let logged = super::verify::open_statement(&file, None, &trust.keys)?;
        return match logged.value() {
            assay::statement::Statement::Labelled(l) => Ok(l.product.to_string()),
            other => Err(Failure::unreadable(format!(
                "{}: this statement is `{}`, not a label",
                file.display(),
                other.kind()
            ))),
        };
    }
    if args.product.len() <= 40 && args.product.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(args.product.clone());
    }
    Err(Failure::unreadable(format!(
        "`{}` is neither a product's id nor a GTIN nor a .statement file",
        args.product
    )))
}
