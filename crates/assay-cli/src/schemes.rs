//! Which schemes a command judges under: bundled ones by id, one of the operator's own from a file, and the operator's own
//! dates for what nobody ever enacted.

use std::fs;
use std::path::Path;

use assay::case::{Case, Place, Problem};
use assay::date::Date;
use assay::rules::rulebook;
use assay::scheme::{self, Accepts, Scheme, SchemeError};

use crate::exit::Failure;
use crate::today;

/// The options that choose schemes.
#[derive(clap::Args, Clone, Default)]
pub(crate) struct SchemeArgs {
    /// A scheme: an id, or a file of your own in the same form (NAME.toml); may be given several times
    #[arg(long, value_name = "ID|FILE")]
    pub(crate) scheme: Vec<String>,
    /// Set the first day of a phase that nobody enacted, as in uk-2019-option-a:mandatory=2027-01-01
    #[arg(long, value_name = "ID:PHASE=DATE", value_parser = phase_date)]
    pub(crate) phase: Vec<PhaseDate>,
    /// Whether a file of the operator's own could be named: then an id that none of them explains is a mistake.
    #[arg(skip = true)]
    pub(crate) takes_files: bool,
}

/// An operator's own date for a phase.
#[derive(Clone)]
pub(crate) struct PhaseDate {
    scheme: String,
    phase: String,
    from: Date,
}

fn phase_date(text: &str) -> Result<PhaseDate, String> {
    let form = "write it as uk-2019-option-a:mandatory=2027-01-01";
    let (name, date) = text.rsplit_once('=').ok_or(form)?;
    let (scheme, phase) = name.split_once(':').ok_or(form)?;
    let from = today::parse_date(date)?;
    Ok(PhaseDate { scheme: scheme.to_owned(), phase: phase.to_owned(), from })
}

impl SchemeArgs {
    /// The schemes that were named, in the order of the command line; none where none was.
    pub(crate) fn named(&self) -> Result<Vec<Scheme>, Failure> {
        let schemes = self.scheme.iter().map(|s| one(s)).collect::<Result<Vec<_>, _>>()?;
        for (i, scheme) in schemes.iter().enumerate() {
            if scheme::find(&scheme.id).is_none() && schemes[..i].iter().any(|s| s.id == scheme.id) {
                return Err(Failure::unreadable(format!(
                    "two --scheme files are both called {}: give one of them another id",
                    scheme.id
                )));
            }
        }
        // What a file of one's own says of other schemes: of bundled ones, or of another file beside it.
        let known: Vec<&Scheme> = scheme::bundled().iter().chain(&schemes).collect();
        for (named, scheme) in self.scheme.iter().zip(&schemes).filter(|(n, _)| is_file(n)) {
            scheme.fits_among(named, &text_of(Path::new(named))?, &known).map_err(|e| refused(named, e))?;
        }
        if self.scheme.is_empty() { Ok(schemes) } else { self.dated(schemes) }
    }

    /// The schemes that were named, else every bundled one.
    pub(crate) fn named_or_all(&self) -> Result<Vec<Scheme>, Failure> {
        if self.scheme.is_empty() { self.dated(scheme::bundled().to_vec()) } else { self.named() }
    }

    /// The schemes that were named; else those that the case claims something under, else all that one can declare under.
    pub(crate) fn for_case(&self, case: &Case) -> Result<Vec<Scheme>, Failure> {
        if !self.scheme.is_empty() {
            return self.named();
        }
        // A label that only its authority grants is decided there; `assay territories` shows how it stands with it.
        let held = |s: &Scheme| case.labels.iter().any(|l| l.scheme == s.id);
        let claims = |s: &Scheme| {
            let ways = s.requirements.iter().flat_map(|r| &r.ways).flat_map(|w| &w.provisions);
            s.requirements.iter().map(|r| &r.provision).chain(ways).any(|id| case.claims.contains_key(id))
        };
        let open = || scheme::bundled().iter().filter(|s| s.accepts != Accepts::Grant || held(s));
        let claimed: Vec<Scheme> = open().filter(|s| claims(s) || held(s)).cloned().collect();
        self.dated(if claimed.is_empty() { open().cloned().collect() } else { claimed })
    }

    /// With the operator's own dates.
    fn dated(&self, mut schemes: Vec<Scheme>) -> Result<Vec<Scheme>, Failure> {
        for PhaseDate { scheme, phase, from } in &self.phase {
            let Some(at) = schemes.iter().position(|s| s.id == *scheme) else {
                known(scheme)?;
                return Err(Failure::unreadable(format!(
                    "--phase names {scheme}, which is not among the schemes that are judged: add --scheme {scheme}"
                )));
            };
            let dated = schemes[at].clone().with_phase(phase, *from);
            schemes[at] = dated.map_err(|e| Failure::unreadable(format!("--phase: {e}")))?;
        }
        Ok(schemes)
    }
}

/// One scheme, by id or from a file.
pub(crate) fn one(named: &str) -> Result<Scheme, Failure> {
    if is_file(named) {
        return from_file(Path::new(named));
    }
    known(named).cloned()
}

fn is_file(named: &str) -> bool {
    Path::new(named).extension().is_some_and(|e| e == "toml")
}

fn refused(shown: &str, e: SchemeError) -> Failure {
    let SchemeError { file, line, column, what, mend } = e;
    let problem = Problem { file, at: Place { line, column }, message: what, mend };
    Failure::Unreadable { message: format!("{shown} is not a scheme"), problems: vec![problem] }
}

fn text_of(path: &Path) -> Result<String, Failure> {
    let meta = fs::metadata(path).map_err(|e| Failure::reading(path, &e))?;
    if !meta.is_file() || meta.len() > 1 << 20 {
        return Err(Failure::unreadable(format!("{} is no file of at most one MiB", path.display())));
    }
    fs::read_to_string(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::InvalidData => {
            Failure::unreadable(format!("{} is not UTF-8 text", path.display()))
        }
        _ => Failure::reading(path, &e),
    })
}

fn from_file(path: &Path) -> Result<Scheme, Failure> {
    let text = text_of(path)?;
    let shown = path.display().to_string();
    let scheme = Scheme::parse(&shown, &text, rulebook()).map_err(|e| refused(&shown, e))?;
    // A file that could call itself by the name of the law would be believed to be the law.
    if scheme::find(&scheme.id).is_some() {
        return Err(Failure::unreadable(format!(
            "{shown}: the id {} is that of a bundled scheme: give yours another one",
            scheme.id
        )));
    }
    if let Some(bundled) = scheme::bundled().iter().find(|s| s.code == scheme.code) {
        return Err(Failure::unreadable(format!(
            "{shown}: the code {} is taken by {}: choose another number",
            scheme.code, bundled.id
        )));
    }
    Ok(scheme)
}

/// A bundled scheme by id, or the mend.
pub(crate) fn known(id: &str) -> Result<&'static Scheme, Failure> {
    scheme::known(id).map_err(Failure::unreadable)
}
