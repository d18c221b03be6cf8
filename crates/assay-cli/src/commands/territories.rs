//! `assay territories`: one case under every scheme on a day. Where it may carry what, what is missing where, and the
//! cheapest next step; as a table, as one JSON document, and as one self-contained page.

use std::path::PathBuf;

use assay::assess::Variant;
use assay::date::{self, Date};
use assay::territory::{Missing, Standing, Status, Step};
use serde_json::json;

use crate::abroad;
use crate::exit::{Exit, Failure};
use crate::folder::{check_target_beside, root_of, write_whole};
use crate::judge::judge;
use crate::output::{self, Style, plain, table};
use crate::report;
use crate::schemes::SchemeArgs;
use crate::today;

/// One case under every scheme: where it may carry what, and what is missing where
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  assay territories cases/camera\n  assay territories cases/camera --on 2027-12-11 --html where.html\n  \
assay territories cases/camera --scheme uk-psti --scheme my-territory.toml --json\n  \
assay territories cases/camera --phase uk-2019-option-a:mandatory=2027-01-01"
)]
pub(crate) struct Args {
    /// The case folder (product.toml and evidence/)
    case: PathBuf,
    #[command(flatten)]
    schemes: SchemeArgs,
    /// Today, for everything that depends on the date
    #[arg(long, value_name = "DATE", value_parser = today::parse_date)]
    on: Option<Date>,
    /// Also write one self-contained page
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    let on = args.on.unwrap_or_else(today::today);
    let root = root_of(&args.case);
    let schemes = args.schemes.named_or_all()?;
    if let Some(html) = &args.html {
        check_target_beside(html, &root, &args.schemes.scheme)?;
    }
    let judged = judge(&root, &SchemeArgs { phase: Vec::new(), ..args.schemes.clone() }, on)?;
    let standings = abroad::standings(&root, &judged, &schemes, on)?;
    if let Some(html) = &args.html {
        write_whole(html, report::territories(&judged.case, on, &standings)?.as_bytes(), false)?;
        output::note(&format!("wrote {}", html.display()));
    }
    let product = &judged.case.product;
    if as_json {
        let territories: Vec<_> = standings
            .iter()
            .map(|s| {
                let mut value = serde_json::to_value(s).unwrap_or_default();
                value["next_step"] = json!(s.next_step());
                value
            })
            .collect();
        output::json(&json!({
            "schema": "assay-territories-0",
            "product": { "name": product.name, "model": product.model, "maker": judged.case.maker.organisation },
            "on": on, "territories": territories,
        }))?;
    } else {
        let style = Style::detect();
        let head = format!(
            "{} {} ({}) on {}\n\n",
            style.bold("Where"),
            plain(&product.name),
            plain(&product.model),
            date::in_words(on)
        );
        output::print(&format!("{head}{}", text(&standings, style)))?;
    }
    Ok(exit_of(&standings))
}

/// 1 if anything is not met, else 3 if anything cannot be told; what is out of scope or not in force asks for nothing.
fn exit_of(standings: &[Standing]) -> Exit {
    let any = |status| standings.iter().any(|s| s.status == status);
    if any(Status::NotMet) {
        Exit::Found
    } else if any(Status::Inconclusive) {
        Exit::Open
    } else {
        Exit::Holds
    }
}

fn text(standings: &[Standing], style: Style) -> String {
    let mut rows = vec![["scheme", "answer", "label", "cheapest next step"].map(|h| style.dim(h)).to_vec()];
    for s in standings {
        let next = s
            .next_step()
            .map_or_else(|| "none".to_owned(), |m| format!("({}) {}", m.effort.word(), short(m)));
        rows.push(vec![s.scheme.clone(), status(s.status, style), label(s), plain(&next)]);
    }
    let mut text = table(&rows);
    for s in standings {
        text.push_str(&format!(
            "\n{}: {} \n  {}\n",
            style.bold(&s.scheme),
            status(s.status, style),
            plain(&s.why)
        ));
        if let Some(p) = &s.phase {
            let bound = if p.binding { "binding" } else { "not binding" };
            let invented = if p.invented { "; the date is invented: nobody ever set one" } else { "" };
            text.push_str(&format!("  phase: {} since {} ({bound}{invented})\n", plain(&p.name), p.from));
        }
        if let Some(p) = &s.next_phase {
            text.push_str(&format!("  next phase: {} from {}\n", plain(&p.name), p.from));
        }
        // Requirements of which nothing is claimed are named together: a scheme can have dozens.
        let unclaimed: Vec<&str> = s
            .missing
            .iter()
            .filter(|m| m.kind == Step::Claim)
            .filter_map(|m| m.provision.as_deref())
            .collect();
        if unclaimed.len() > 3 {
            text.push_str(&format!(
                "  missing (minutes): claims of {} requirements: {}\n",
                unclaimed.len(),
                unclaimed.join(", ")
            ));
        }
        for m in s.missing.iter().filter(|m| m.kind != Step::Claim || unclaimed.len() <= 3) {
            text.push_str(&format!("  missing ({}): {}\n", m.effort.word(), plain(&m.step)));
        }
        for m in s.firmer.iter().take(3) {
            text.push_str(&format!("  firmer ({}): {}\n", m.effort.word(), plain(&m.step)));
        }
        for u in &s.unknown {
            text.push_str(&format!("  {} {}\n", style.unsure("not verified:"), plain(u)));
        }
    }
    text.push_str("\n`assay explain SCHEME` says what a scheme asks, with its sources.\n");
    text
}

/// The first 60 characters of a step: the rest stands below the table.
fn short(m: &Missing) -> String {
    let text: String = m.step.chars().take(60).collect();
    if text.len() < m.step.len() { format!("{text}…") } else { text }
}

fn label(s: &Standing) -> String {
    match &s.label {
        None => "none".into(),
        Some(l) => {
            let sign = if l.variant == Variant::Tick { "tick" } else { "cross" };
            let until = l.updates_until.map_or_else(|| "no date".to_owned(), date::month_year);
            format!("{sign}, {until}")
        }
    }
}

fn status(status: Status, style: Style) -> String {
    match status {
        Status::Met => style.good("met"),
        Status::NotMet => style.bad("not met"),
        Status::Inconclusive => style.unsure("inconclusive"),
        Status::OutOfScope => "out of scope".into(),
        Status::NotInForce => "not in force".into(),
    }
}
