//! `assay disclosure`: what a security.txt file or a site publishes about reporting vulnerabilities. A site is asked over
//! https at public addresses, beside a control path that cannot exist.

use std::path::Path;

use assay::date::Date;
use assay_checks::security_txt::{self, Report};
use assay_probe::{Fetcher, Reach, disclosure};
use serde_json::json;

use crate::exit::{Exit, Failure};
use crate::output::{self, Style, plain};
use crate::{folder, today};

/// Read a security.txt file, or a site's, against RFC 9116
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  assay disclosure evidence/security.txt --on 2026-11-22\n  assay disclosure https://example.org\n\n\
A site gets three requests at most: its security.txt in two places, and a control path. Only https and only public\naddresses are asked, unless --allow-private names a host of your own."
)]
pub(crate) struct Args {
    /// A file, `-` for standard input, or the https address of a site
    target: String,
    /// Today, against which the expiry date is held
    #[arg(long, value_name = "DATE", value_parser = today::parse_date)]
    on: Option<Date>,
    /// Also ask a host of yours at a private or loopback address, over http too
    #[arg(long)]
    allow_private: bool,
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    let on = args.on.unwrap_or_else(today::today);
    let (bytes, actions) =
        if args.target.contains("://") { ask(args)? } else { (read(&args.target)?, Vec::new()) };
    let Some(bytes) = bytes else {
        return nothing_published(args, &actions, as_json);
    };
    let report = security_txt::read(&bytes, on);
    if as_json {
        output::json(&json!({
            "schema": "assay-disclosure-0", "target": args.target, "on": on, "valid": report.valid, "report": report,
            "actions": actions,
        }))?;
    } else {
        output::print(&text(&args.target, &report))?;
    }
    Ok(if report.valid { Exit::Holds } else { Exit::Found })
}

type Fetched = (Option<Vec<u8>>, Vec<String>);

/// Asks a site; every request is kept for the evidence.
fn ask(args: &Args) -> Result<Fetched, Failure> {
    let reach = if args.allow_private { Reach::Named } else { Reach::Public };
    let failed = |e: assay_probe::FetchError| match e {
        assay_probe::FetchError::Refused { .. } => Failure::unreadable(e.to_string()),
        _ => Failure::impossible(e.to_string()),
    };
    let mut nonce = [0u8; 8];
    today::random(&mut nonce)?;
    let nonce: String = nonce.iter().map(|b| format!("{b:02x}")).collect();
    let fetcher = Fetcher::new(reach, &args.target).map_err(failed)?;
    let fetched = disclosure::fetch(&fetcher, &args.target, &nonce).map_err(failed)?;
    if fetched.answers_everything {
        output::note(
            "the site answers a path that cannot exist just as well: what it sends is no security.txt",
        );
        return Ok((None, fetched.actions));
    }
    Ok((fetched.security_txt.map(|a| a.body), fetched.actions))
}

fn read(target: &str) -> Result<Option<Vec<u8>>, Failure> {
    if target == "-" {
        use std::io::Read;
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .take(disclosure::MOST_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| Failure::impossible(format!("standard input could not be read: {e}")))?;
        if bytes.len() as u64 > disclosure::MOST_BYTES {
            return Err(Failure::unreadable(format!(
                "standard input has more than {} bytes",
                disclosure::MOST_BYTES
            )));
        }
        return Ok(Some(bytes));
    }
    folder::read_bounded(Path::new(target), disclosure::MOST_BYTES).map(Some)
}

fn nothing_published(args: &Args, actions: &[String], as_json: bool) -> Result<Exit, Failure> {
    if as_json {
        output::json(&json!({
            "schema": "assay-disclosure-0", "target": args.target, "valid": false, "report": null, "actions": actions,
        }))?;
    } else {
        let log: String = actions.iter().map(|a| format!("  {}\n", plain(a))).collect();
        output::print(&format!("no security.txt was found; asked:\n{log}"))?;
    }
    Ok(Exit::Found)
}

fn text(target: &str, report: &Report) -> String {
    let style = Style::detect();
    let verdict = if report.valid { style.good("valid") } else { style.bad("not valid") };
    let mut text = format!("{}: {verdict}\n", plain(target));
    for (list, mark) in [(&report.errors, style.bad("✗")), (&report.recommendations, style.unsure("!"))] {
        for p in list {
            let place = p.line.map_or_else(String::new, |n| format!("line {n}: "));
            let (message, mend) = (plain(&p.message), plain(&p.mend));
            text.push_str(&format!("  {mark} {place}{message} ({})\n      mend: {mend}\n", p.code));
        }
    }
    let said = |name: &str, value: String| format!("  {name:<13}{}\n", plain(&value));
    text.push_str(&said("contact", report.contacts.join(", ")));
    if let Some(expires) = &report.expires {
        text.push_str(&said("expires", expires.to_string()));
    }
    text.push_str(&said(
        "signed",
        if report.signed { "a signature block is there (not verified here)".into() } else { "no".into() },
    ));
    text
}
