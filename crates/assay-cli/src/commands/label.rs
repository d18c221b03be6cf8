//! `assay label`: a product's label as the register issues it, verified before it is written, in any form, language and
//! format; or the labels of a maker's whole range. A label cannot be made without the register: its signature is the
//! register's, and it exists only for a logged statement.

mod all;
mod looks;
mod written;

use std::path::{Path, PathBuf};

use assay::gtin::Gtin14;
use assay::label::{LabelError, LabelFacts, SignedLabel, Subject};
use assay::statement::{ProductId, Statement};
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
--all goes on where it was stopped: what already lies in the folder and is still the label in force is not drawn again.\n\
Every label is verified; which products are the maker's is the register's word."
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
    #[arg(long, value_name = "ID", default_value = DEFAULT_SCHEME)]
    scheme: String,
    #[command(flatten)]
    look: LookArgs,
}

/// The scheme whose label is meant where none is named.
const DEFAULT_SCHEME: &str = "uk-2019-option-a";

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
    let asked = Asked::of(args, &trust)?;
    let scheme = asked.scheme(&args.scheme);
    let link = register.get(&format!("/api/v1/labels/{}?scheme={scheme}", asked.text()), 4096)?;
    let link =
        String::from_utf8(link).map_err(|_| Failure::unreadable("the register sent no label's link"))?;
    let signed = verified(link.trim(), &trust, scheme)?;
    let source = written::Source { register: &register, look, args: &args.look, scheme, trust: &trust.keys };
    asked.holds(&signed, &source)?;
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

/// A link that the register sent, believed only with the signature of a key in use, and for the scheme that was asked for.
fn verified(link: &str, trust: &Trusted, scheme: &str) -> Result<SignedLabel, Failure> {
    let refused = |why: String| Failure::unreadable(format!("the register's label is refused: {why}"));
    let signed =
        SignedLabel::read(link, trust.keys.register()).map_err(|e: LabelError| refused(e.to_string()))?;
    let of = signed.facts().scheme_id();
    if of == scheme { Ok(signed) } else { Err(refused(format!("it is one under {of}, not under {scheme}"))) }
}

/// What is asked for, and what the answer is held against: whoever stands between us and the register may answer with a
/// genuine label of another product.
enum Asked {
    Gtin(Gtin14),
    Product(ProductId),
    /// The product and the scheme of a logged label.
    Logged(ProductId, String),
}

impl Asked {
    fn of(args: &Args, trust: &Trusted) -> Result<Self, Failure> {
        let product = args.product.as_deref().unwrap_or_default();
        let file = Path::new(product);
        if file.extension().is_some_and(|e| e == "statement") {
            let logged = super::verify::open_statement(file, None, &trust.keys)?;
            return match logged.value() {
                Statement::Labelled(l) => Ok(Self::Logged(l.product, l.scheme.clone())),
                other => Err(Failure::unreadable(format!(
                    "{}: this statement is `{}`, not a label",
                    file.display(),
                    other.kind()
                ))),
            };
        }
        if let Some(id) = ProductId::parse(product) {
            return Ok(Self::Product(id));
        }
        Gtin14::parse(product).map(Self::Gtin).map_err(|why| {
            let what = "is neither a product's id nor a GTIN nor a .statement file";
            Failure::unreadable(format!("`{product}` {what} ({why})"))
        })
    }

    /// A logged label's own scheme, else the one of the command.
    fn scheme<'a>(&'a self, of_command: &'a str) -> &'a str {
        if let Self::Logged(_, scheme) = self { scheme } else { of_command }
    }

    fn text(&self) -> String {
        match self {
            Self::Gtin(gtin) => gtin.to_string(),
            Self::Product(id) | Self::Logged(id, _) => id.to_string(),
        }
    }

    /// Whether the label is of what was asked for; for a product's id, by the statement that the log proves.
    fn holds(&self, signed: &SignedLabel, source: &written::Source<'_>) -> Result<(), Failure> {
        let facts = signed.facts();
        let same = match (self, facts.subject()) {
            (Self::Gtin(asked), Subject::Gtin(gtin)) => asked == gtin,
            (Self::Gtin(_), Subject::Product(_)) => false,
            (Self::Product(asked) | Self::Logged(asked, _), Subject::Product(id)) => asked.as_str() == id,
            (Self::Product(asked) | Self::Logged(asked, _), Subject::Gtin(gtin)) => {
                let logged = source.logged(signed)?;
                let theirs =
                    LabelFacts::from_logged(&logged, Some(*gtin)).is_ok_and(|theirs| theirs == *facts);
                matches!(logged.value(), Statement::Labelled(l) if l.product == *asked) && theirs
            }
        };
        if same {
            return Ok(());
        }
        let (asked, got) = (self.text(), facts.subject());
        Err(Failure::unreadable(format!(
            "the register was asked for {asked} and sent the label of {got}: it is not written"
        )))
    }
}
