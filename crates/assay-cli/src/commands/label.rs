//! `assay label`: a product's label as the register issues it, verified before it is written, in any form, language and
//! format; or the labels of a maker's whole range. A label cannot be made without the register: its signature is the
//! register's, and it exists only for a logged statement.

mod all;
mod looks;
mod written;

use std::path::{Path, PathBuf};

use assay::label::{LabelError, SignedLabel};
use assay::statement::Statement;
use serde_json::json;

use self::looks::LookArgs;
use self::written::Format;
use crate::exit::{Exit, Failure};
use crate::remote::Register;
use crate::trusted::Trusted;
use crate::{folder, output};

/// Fetch a product's label from its register, verify it, and write it in the form and format that is wanted
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  assay label p0123456789abcdef --register http://127.0.0.1:8080 --trust trust.txt --out camera.svg\n  \
assay label 9520000100018 --register URL --trust trust.txt --out camera.pdf --form compact --mm 30 --palette bw --lang de\n  \
assay label 9520000100018 --register URL --trust trust.txt --out camera.png --dpi 300\n  \
assay label --all --maker m0123456789abcdef --register URL --trust trust.txt --out labels/ --format svg,png\n\n\
The ending of --out decides the format: .svg .png .pdf .html .json .jsonld .txt .tlog-proof.\n\
Prints are made from the SVG or the PDF (with bleed and crop marks). The .html shows the register's live picture, which\n\
always tells today's state; --inline draws the label into it instead. The label shows the date and the sign in words too:\n\
nobody needs to scan it. docs/label.md has the smallest sizes and the rules of print.\n\n\
--all goes on where it was stopped: what already lies in the folder and is still the label in force is not drawn again."
)]
pub(crate) struct Args {
    /// The product's id or GTIN, or a file with its logged statement (FILE.statement beside FILE.tlog-proof)
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    product: Option<String>,
    /// The labels of all products of a maker
    #[arg(long, requires = "maker")]
    all: bool,
    /// The maker whose products --all means: its id in the register
    #[arg(long, value_name = "ID", requires = "all")]
    maker: Option<String>,
    /// The register's address
    #[arg(long, value_name = "URL")]
    register: String,
    /// The keys you trust, kept from the register's /trust.txt
    #[arg(long, value_name = "FILE", env = "ASSAY_TRUST")]
    trust: Option<PathBuf>,
    /// Where to write it, the format by its ending; with --all the folder to write into
    #[arg(long, value_name = "FILE|DIR")]
    out: PathBuf,
    /// With --all: the formats to write
    #[arg(long, value_name = "FORMAT", value_delimiter = ',', default_value = "svg,png", value_parser = Format::parse)]
    format: Vec<Format>,
    /// The scheme whose label is wanted
    #[arg(long, value_name = "ID", default_value = "uk-2019-option-a")]
    scheme: String,
    #[command(flatten)]
    look: LookArgs,
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    crate::schemes::known(&args.scheme)?;
    let look = args.look.look()?;
    let trust = Trusted::find(args.trust.as_deref(), None)?;
    trust.warn();
    let register = Register::at(&args.register)?;
    if let Some(maker) = &args.maker {
        return all::run(args, maker, look, &register, &trust, as_json);
    }
    let format = Format::of(&args.out)?;
    let subject = subject(args.product.as_deref().unwrap_or_default(), &trust)?;
    let link = register.get(&format!("/api/v1/labels/{subject}?scheme={}", args.scheme), 4096)?;
    let link =
        String::from_utf8(link).map_err(|_| Failure::unreadable("the register sent no label's link"))?;
    let signed = verified(link.trim(), &trust)?;
    let source = written::Source {
        register: &register,
        look,
        args: &args.look,
        scheme: &args.scheme,
        trust: &trust.keys,
    };
    let bytes = source.write(&signed, format)?;
    folder::write_whole(&args.out, &bytes, false)?;
    if as_json {
        output::json(&json!({
            "schema": "assay-label-0", "file": args.out, "link": signed.uri(), "variant": signed.facts().variant(),
            "updates_until": signed.facts().updates_until(), "statement": signed.facts().statement(),
            "form": look.form.word(), "palette": look.palette.word(), "language": look.language.code(),
            "reviewed": look.language.reviewed().is_some(), "mm": f64::from(look.width) / 10.0,
        }))?;
    } else {
        let said = assay_label::Sentences::of(signed.facts(), look).alt_text();
        output::print(&format!("{}\n  {said}\n  {}\n", args.out.display(), signed.uri()))?;
        if look.language.reviewed().is_none() {
            output::note(&format!(
                "the words of `{}` were not reviewed by a speaker of the language yet",
                look.language.code()
            ));
        }
    }
    Ok(Exit::Holds)
}

/// A link that the register sent, believed only with a trusted signature.
fn verified(link: &str, trust: &Trusted) -> Result<SignedLabel, Failure> {
    let refused = |e: LabelError| Failure::unreadable(format!("the register's label is refused: {e}"));
    SignedLabel::read(link, &trust.keys.label_keys()).map_err(refused)
}

/// What the register is asked for: the id or GTIN as given, or the product of a logged statement's file.
fn subject(product: &str, trust: &Trusted) -> Result<String, Failure> {
    let file = Path::new(product);
    if file.extension().is_some_and(|e| e == "statement") {
        let logged = super::verify::open_statement(file, None, &trust.keys)?;
        return match logged.value() {
            Statement::Labelled(l) => Ok(l.product.to_string()),
            other => Err(Failure::unreadable(format!(
                "{}: this statement is `{}`, not a label",
                file.display(),
                other.kind()
            ))),
        };
    }
    if product.len() <= 40 && product.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(product.to_owned());
    }
    Err(Failure::unreadable(format!(
        "`{product}` is neither a product's id nor a GTIN nor a .statement file"
    )))
}
