//! `assay duties`: what a manufacturer, representative, importer or distributor must do, and, once a failure is known, who
//! must still be told what. Who need not be told is listed too, with the rule that says so.

use assay::duties::{self, Due, Knows, NO_THRESHOLD, Party, Situation, WhoKnows};
use assay::scheme::{DutyRole, DutyWhen, Scheme};
use clap::ValueEnum;
use serde_json::{Value, json};

use crate::exit::{Exit, Failure};
use crate::output::{self, Style, plain};
use crate::schemes::SchemeArgs;

/// The scheme whose duties after a failure are written as rules.
const LAW: &str = "uk-psti";

/// What a role in the chain must do, and who must be told of a failure
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  assay duties --role manufacturer\n  assay duties --role importer --failure --told authority,manufacturer\n  \
assay duties --role distributor --failure --told-us supplier --said-to-know authority,manufacturer\n  \
assay duties --role distributor --failure --manufacturer-unreachable --remedy-unlikely --json\n\n\
WHO is any of: authority, manufacturer, other-manufacturers, importers, distributors, supplier, customers. Somebody who\ntold you need not be told; \
what they say of others excuses you only where the Act says so."
)]
pub(crate) struct Args {
    /// Whose duties
    #[arg(long, value_enum)]
    role: Asked,
    /// The scheme: an id, or a file of your own
    #[arg(long, value_name = "ID|FILE", default_value = LAW)]
    scheme: String,
    /// A failure of the manufacturer is known or should be: what is due now?
    #[arg(long)]
    failure: bool,
    /// Whom you told already
    #[arg(long, value_name = "WHO", value_delimiter = ',', value_parser = party, requires = "failure")]
    told: Vec<Party>,
    /// Who told you
    #[arg(long, value_name = "WHO", value_delimiter = ',', value_parser = party, requires = "failure")]
    told_us: Vec<Party>,
    /// Who knows already, as whoever told you says
    #[arg(long, value_name = "WHO", value_delimiter = ',', value_parser = party, requires = "failure")]
    said_to_know: Vec<Party>,
    /// It seems unlikely that the manufacturer will remedy the failure
    #[arg(long, requires = "failure")]
    remedy_unlikely: bool,
    /// The manufacturer cannot be contacted
    #[arg(long, requires = "failure")]
    manufacturer_unreachable: bool,
    /// You have the product from the manufacturer itself
    #[arg(long, requires = "failure")]
    bought_from_manufacturer: bool,
}

/// The roles, as the command line names them.
#[derive(Clone, Copy, ValueEnum)]
enum Asked {
    Manufacturer,
    AuthorisedRepresentative,
    Importer,
    Distributor,
}

fn party(word: &str) -> Result<Party, String> {
    let all = || Party::ALL.map(Party::word).join(", ");
    Party::find(word.trim()).ok_or_else(|| format!("nobody of the chain is called so; there are: {}", all()))
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    let schemes = SchemeArgs { scheme: vec![args.scheme.clone()], ..SchemeArgs::default() }.named()?;
    let [scheme] = schemes.as_slice() else {
        return Err(Failure::unreadable("name one scheme with --scheme"));
    };
    let role = args.role.role();
    let due = if args.failure {
        if scheme.id != LAW {
            return Err(Failure::unreadable(format!(
                "who must be told after a failure is written as rules for {LAW} only; leave out --failure to list what {} says",
                scheme.id
            )));
        }
        Some(duties::due(role, &args.situation()?))
    } else {
        None
    };
    if as_json {
        output::json(&document(scheme, role, due.as_ref()))?;
    } else {
        output::print(&text(scheme, role, due.as_ref()))?;
    }
    Ok(Exit::Holds)
}

impl Args {
    fn situation(&self) -> Result<Situation, Failure> {
        let lists = [
            (&self.told, Knows::ToldByUs, "--told"),
            (&self.told_us, Knows::ToldUs, "--told-us"),
            (&self.said_to_know, Knows::SaidToKnow, "--said-to-know"),
        ];
        let mut who = WhoKnows::default();
        for (parties, knows, option) in lists {
            for party in parties {
                let before = who.of(*party);
                if before != Knows::NotThatWeKnow && before != knows {
                    return Err(Failure::unreadable(format!(
                        "`{party}` stands under {option} and under another option: name it once"
                    )));
                }
                who = who.with(*party, knows);
            }
        }
        Ok(Situation {
            who,
            remedy_likely: !self.remedy_unlikely,
            manufacturer_reachable: !self.manufacturer_unreachable,
            bought_from_manufacturer: self.bought_from_manufacturer,
        })
    }
}

impl Asked {
    fn role(self) -> DutyRole {
        match self {
            Self::Manufacturer => DutyRole::Manufacturer,
            Self::AuthorisedRepresentative => DutyRole::AuthorisedRepresentative,
            Self::Importer => DutyRole::Importer,
            Self::Distributor => DutyRole::Distributor,
        }
    }
}

fn document(scheme: &Scheme, role: DutyRole, due: Option<&Due>) -> Value {
    let listed: Vec<Value> = duties::listed(scheme, role)
        .map(|d| json!({ "when": d.when, "does": d.does, "source": d.source, "verified": d.verified }))
        .collect();
    json!({
        "schema": "assay-duties-0", "scheme": scheme.id, "role": role, "failure": due.is_some(), "duties": listed,
        "not_asked": if scheme.id == LAW { duties::not_asked(role) } else { Vec::new() },
        "due": due, "note": due.map(|_| NO_THRESHOLD),
    })
}

fn text(scheme: &Scheme, role: DutyRole, due: Option<&Due>) -> String {
    let style = Style::detect();
    let title = format!("{}: what the {} must do", plain(&scheme.title), role.word());
    let mut text = format!("{}\n", style.bold(&title));
    match due {
        Some(due) => after_failure(&mut text, due, style),
        None => by_occasion(&mut text, scheme, role, style),
    }
    if scheme.id == LAW {
        let absent = duties::not_asked(role);
        if !absent.is_empty() {
            text.push_str("\nNot asked:\n");
        }
        for a in absent {
            text.push_str(&format!("  - {}\n    {}\n", a.says, style.dim(a.source)));
        }
    }
    text
}

fn by_occasion(text: &mut String, scheme: &Scheme, role: DutyRole, style: Style) {
    let mut any = false;
    for when in [DutyWhen::Always, DutyWhen::FailurePossible, DutyWhen::FailureKnown] {
        let of_when: Vec<_> = duties::listed(scheme, role).filter(|d| d.when == when).collect();
        if of_when.is_empty() {
            continue;
        }
        any = true;
        text.push_str(&format!("\n{}:\n", capital(when.word())));
        for d in of_when {
            // A mark that the text was not read goes with it.
            let mark = match d.verified {
                assay::rules::Verified::Primary => String::new(),
                mark => format!(" ({}: not read in the text itself)", mark.word()),
            };
            let source = style.dim(&format!("{}{mark}", plain(&d.source)));
            text.push_str(&format!("  - {}\n    {source}\n", plain(&d.does)));
        }
    }
    if !any {
        text.push_str("\nThe scheme's file lists no duty for this role.\n");
    } else if scheme.id == LAW {
        text.push_str(&format!(
            "\nOnce a failure is known, `assay duties --role {} --failure` says who must be told what.\n",
            role.word().replace(' ', "-")
        ));
    }
}

fn after_failure(text: &mut String, due: &Due, style: Style) {
    text.push_str(&format!("\nA failure of the manufacturer is known. {NO_THRESHOLD}\n\nDo:\n"));
    for s in &due.steps {
        let source = style.dim(&format!("{}; {}", s.when, s.source));
        text.push_str(&format!("  - {}\n    {source}\n", s.does));
    }
    text.push_str("\nTell, in this order:\n");
    if due.notices.is_empty() {
        text.push_str("  nobody any more\n");
    }
    for (n, notice) in due.notices.iter().enumerate() {
        let to = style.bold(notice.to.words());
        text.push_str(&format!("  {}. {to}, {}\n     {}\n", n + 1, notice.when, notice.why));
        text.push_str(&format!("     the message says: {}\n", notice.what.join("; ")));
        text.push_str(&format!("     {}\n", style.dim(notice.source)));
    }
    text.push_str("\nNeed not be told:\n");
    for e in &due.excused {
        text.push_str(&format!("  - {}: {}\n    {}\n", e.to.words(), e.why, style.dim(e.source)));
    }
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
