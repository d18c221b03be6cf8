//! `assay submit`: judge a case, sign its declaration and send it to a register. Evidence stays here: only claims, outcomes
//! and digests leave the machine. What its own evidence contradicts is not sent at all.

use std::path::PathBuf;

use assay::assess::Verdict;
use assay::date::Date;
use assay::declaration::Declaration;
use assay::key::SecretKey;
use assay::scheme::Scheme;
use assay::statement::{MakerId, MakerRegistered, ProductId, Statement, StatementError};
use serde_json::{Value, json};

use crate::exit::{Exit, Failure};
use crate::folder::{read_bounded, root_of};
use crate::judge::{Judged, judge};
use crate::remote::{Register, Reply};
use crate::schemes::{SchemeArgs, known};
use crate::{output, today};

/// Judge a case, sign its declaration and send it to a register
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  assay key new --out maker.key\n  assay submit cases/camera --register http://127.0.0.1:8080 --key maker.key\n\n\
The maker is registered with the first declaration. Sending the same declaration again changes nothing."
)]
pub(crate) struct Args {
    /// The case folder
    case: PathBuf,
    /// The register's address
    #[arg(long, value_name = "URL")]
    register: String,
    /// The maker's key, made by `assay key new`
    #[arg(long, value_name = "FILE", default_value = "maker.key")]
    key: PathBuf,
    /// A scheme to declare under; may be given several times. Default: those the case claims under
    #[arg(long, value_name = "ID")]
    scheme: Vec<String>,
    /// The day of the declaration
    #[arg(long, value_name = "DATE", value_parser = today::parse_date)]
    on: Option<Date>,
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    let on = args.on.unwrap_or_else(today::today);
    let key = read_key(&args.key)?;
    let schemes = SchemeArgs { scheme: args.scheme.clone(), ..SchemeArgs::default() };
    let judged = judge(&root_of(&args.case), &schemes, on)?;
    let refused = refusals(&judged);
    if !refused.is_empty() {
        return say_refused("contradicted", &refused, as_json);
    }
    let maker = MakerId::of(&key.public());
    let product = ProductId::of(&maker, &judged.case.product.model);
    let register = Register::at(&args.register)?;
    let origin = register.trust()?.origin().to_owned();
    let mut stands = Value::Null;
    for statement in statements(&judged, &key, &origin, on)? {
        match register.send(statement)? {
            Reply::Stands(body) => stands = body,
            // The maker's registration of an earlier day is there: what matters is the declaration.
            Reply::Refused { id, .. } if id == "maker-known" => {}
            Reply::Refused { id, message } => return say_refused(&id, &[message], as_json),
        }
    }
    let address = format!("{}/p/{product}", args.register.trim_end_matches('/'));
    if as_json {
        output::json(&json!({
            "schema": "assay-submit-0", "accepted": true, "maker": maker, "product": product, "address": address,
            "receipt": stands,
        }))?;
    } else {
        let index =
            stands["index"].as_u64().map_or_else(String::new, |i| format!(" at index {i} of the log"));
        output::print(&format!("declared{index}\nproduct  {product}\npage     {address}\n"))?;
    }
    Ok(Exit::Holds)
}

/// Reads a maker's key file.
pub(crate) fn read_key(path: &std::path::Path) -> Result<SecretKey, Failure> {
    let bytes = read_bounded(path, 4096)?;
    let wrong = |what: String| Failure::unreadable(format!("{}: {what}", path.display()));
    let text = std::str::from_utf8(&bytes).map_err(|_| wrong("this is no key file".into()))?;
    SecretKey::from_file(text).map_err(|e| wrong(format!("{e}; `assay key new` makes one")))
}

/// Why the case cannot be declared, if it cannot.
pub(crate) fn refusals(judged: &Judged) -> Vec<String> {
    let refused = judged.assessments.iter().filter(|a| a.verdict == Verdict::Refused);
    let mut reasons: Vec<String> = refused.flat_map(|a| a.refused.iter().cloned()).collect();
    reasons.sort();
    reasons.dedup();
    reasons
}

/// The maker's registration and the declaration, signed for the log of this origin, in the order in which they are sent.
pub(crate) fn statements(
    judged: &Judged,
    key: &SecretKey,
    origin: &str,
    on: Date,
) -> Result<[Vec<u8>; 2], Failure> {
    let schemes: Vec<&'static Scheme> =
        judged.assessments.iter().map(|a| known(&a.scheme)).collect::<Result<_, _>>()?;
    let maker = &judged.case.maker;
    let registration = Statement::MakerRegistered(MakerRegistered {
        organisation: maker.organisation.clone(),
        domain: maker.domain.clone(),
        key: key.public(),
        on,
    });
    let id = MakerId::of(&key.public());
    let declaration = Declaration::of(&judged.case, id, &schemes, &judged.results, on);
    let signed =
        |s: Statement| s.sign(key, origin).map_err(|e: StatementError| Failure::unreadable(e.to_string()));
    Ok([signed(registration)?, signed(Statement::Declared(Box::new(declaration)))?])
}

fn say_refused(id: &str, reasons: &[String], as_json: bool) -> Result<Exit, Failure> {
    if as_json {
        output::json(
            &json!({ "schema": "assay-submit-0", "accepted": false, "refused": { "id": id, "reasons": reasons } }),
        )?;
    } else {
        let list: String = reasons.iter().map(|r| format!("  - {}\n", output::plain(r))).collect();
        output::print(&format!(
            "refused ({id}): nothing was declared\n{list}`assay explain {id}` says more.\n"
        ))?;
    }
    Ok(Exit::Found)
}
