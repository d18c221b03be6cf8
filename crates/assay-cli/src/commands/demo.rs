//! `assay demo`: the whole chain on three bundled examples. Check, declare, log, label, snapshot, gate: nothing is shown
//! that the commands of the same names would not do with a case of your own.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Instant;

use assay::assess::{Assessment, Variant, Verdict};
use assay::date::{self, Date};
use assay::key::SecretKey;
use assay::scheme;
use assay::snapshot::Snapshot;
use assay::statement::{MakerId, ProductId};
use assay_gate::{Catalogue, Columns, How, Judge, Summary};
use assay_label as label;
use assay_server::{Meter, Register, Replicas};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::commands::register::{Publication, listen, open, runtime, serve};
use crate::commands::{gate as gate_command, submit};
use crate::exit::{Exit, Failure};
use crate::folder::write_whole;
use crate::judge::{Judged, judge};
use crate::output::{self, Style, table};
use crate::schemes::SchemeArgs;
use crate::{bundled, today, trusted};

/// The whole chain on three bundled examples: check, declare, log, label, snapshot, gate; then serve the pages
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  assay demo                     shows the summary, then serves the pages until Ctrl-C\n  \
assay demo --once --json       stops after the summary and prints it as JSON"
)]
pub(crate) struct Args {
    /// Stop after the summary
    #[arg(long)]
    once: bool,
    /// Where to serve. Default: 127.0.0.1:8080, or a free port if that one is taken
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// The folder for cases, register and labels; new or empty. Default: a new folder for temporary files
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Today
    #[arg(long, value_name = "DATE", value_parser = today::parse_date)]
    on: Option<Date>,
}

/// The scheme whose label the demo shows.
const SCHEME: &str = "uk-2019-option-a";

/// One example after its journey.
struct Told {
    id: ProductId,
    name: String,
    model: String,
    assessment: Assessment,
    refused: Vec<String>,
    label: Option<Drawn>,
}

/// A label that was drawn.
struct Drawn {
    statement: u64,
    variant: Variant,
    until: Option<Date>,
    link: String,
    files: Vec<PathBuf>,
}

/// Everything that the summary tells.
struct Story {
    out: PathBuf,
    public: String,
    products: Vec<Told>,
    proofs: u64,
    size: u64,
    root: String,
    checkpoint: PathBuf,
    snapshot: (PathBuf, u64),
    gate: Summary,
    seconds: f64,
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    let started = Instant::now();
    let on = args.on.unwrap_or_else(today::today);
    if !(2000..=2100).contains(&on.year()) {
        return Err(Failure::unreadable(format!("the examples live in the years 2000 to 2100, not on {on}")));
    }
    let out = folder(args.out.as_deref())?;
    let end = journey(args, &out, on, started, as_json);
    if matches!(end, Err(Failure::Impossible(_))) {
        // The folder was empty or new when the demo came: nothing half-done is left, and it can be tried again there.
        let _ = fs::remove_dir_all(&out);
    }
    end
}

/// From the first case to the last address, then the server.
fn journey(args: &Args, out: &Path, on: Date, started: Instant, as_json: bool) -> Result<Exit, Failure> {
    runtime()?.block_on(async {
        let (listener, public) = address(args).await?;
        let register = open(
            &out.join("register"),
            (None, Replicas::default()),
            Publication::default(),
            public.clone(),
            Some(on),
            Meter::off(),
        )
        .await?;
        let mut story = tell(out, &register, on).await?;
        story.seconds = started.elapsed().as_secs_f64();
        if as_json {
            output::json(&story.document())?;
        } else {
            output::print(&story.text(listener.is_some()))?;
        }
        match listener {
            Some(listener) => serve(listener, register).await,
            None => {
                register.close().await;
                Ok(Exit::Holds)
            }
        }
    })
}

/// A folder of the demo's own: a demo begins anew each time and never touches what it did not make.
fn folder(named: Option<&Path>) -> Result<PathBuf, Failure> {
    let path = match named {
        Some(path) => path.to_owned(),
        None => {
            let mut nonce = [0u8; 4];
            today::random(&mut nonce)?;
            std::env::temp_dir().join(format!("assay-demo-{:08x}", u32::from_be_bytes(nonce)))
        }
    };
    fs::create_dir_all(&path).map_err(|e| Failure::writing(&path, &e))?;
    let mut inside = fs::read_dir(&path).map_err(|e| Failure::reading(&path, &e))?;
    if inside.next().is_some() {
        return Err(Failure::unreadable(format!("{} is not empty: give --out a new folder", path.display())));
    }
    path.canonicalize().map_err(|e| Failure::reading(&path, &e))
}

/// Where to serve, and the address that stands in the labels.
async fn address(args: &Args) -> Result<(Option<TcpListener>, String), Failure> {
    let usual = SocketAddr::from(([127, 0, 0, 1], 8080));
    let wanted = args.listen.unwrap_or(usual);
    if args.once {
        return Ok((None, format!("http://{wanted}")));
    }
    let listener = match (listen(wanted, "--listen").await, args.listen) {
        (Ok(listener), _) => listener,
        (Err(failure), Some(_)) => return Err(failure),
        (Err(_), None) => listen(SocketAddr::from(([127, 0, 0, 1], 0)), "--listen").await?,
    };
    let address = listener.local_addr().map_err(|e| Failure::impossible(e.to_string()))?;
    Ok((Some(listener), format!("http://{address}")))
}

/// The journey itself.
async fn tell(out: &Path, register: &Register, on: Date) -> Result<Story, Failure> {
    let cases = out.join("cases");
    bundled::write(&cases, on)?;
    let mut products = Vec::new();
    for name in bundled::CASES {
        products.push(declare(&cases.join(name), register, on).await?);
    }
    let labels = out.join("labels");
    fs::create_dir_all(&labels).map_err(|e| Failure::writing(&labels, &e))?;
    write_whole(&out.join(trusted::FILE), register.trust().to_string().as_bytes(), false)?;
    for product in products.iter_mut().filter(|p| p.refused.is_empty()) {
        product.label = Some(draw(&labels, register, product).await?);
    }
    let proofs = prove(register).await?;
    let (snapshot, file) = snapshot(out, register)?;
    let gate = sell(out, &cases.join(bundled::CATALOGUE), &snapshot, on)?;
    Ok(Story {
        out: out.to_owned(),
        public: register.public_url().to_owned(),
        products,
        proofs,
        size: snapshot.header().log_size,
        root: snapshot.header().root.clone(),
        checkpoint: out.join("register/public/log/checkpoint"),
        snapshot: (file, snapshot.header().number),
        gate,
        seconds: 0.0,
    })
}

/// Judges a case and, unless it cannot be declared, declares it with a new maker's key.
async fn declare(case: &Path, register: &Register, on: Date) -> Result<Told, Failure> {
    let schemes =
        SchemeArgs { scheme: vec![SCHEME.to_owned(), "uk-psti".to_owned()], ..SchemeArgs::default() };
    let judged = judge(case, &schemes, on)?;
    let mut seed = [0u8; 32];
    today::random(&mut seed)?;
    let key = SecretKey::from_seed(&seed);
    write_whole(&case.join("maker.key"), key.to_file().as_bytes(), true)?;
    let refused = submit::refusals(&judged);
    if refused.is_empty() {
        for statement in submit::statements(&judged, &key, register.trust().origin(), on)? {
            register.submit(statement).await.map_err(|e| Failure::impossible(e.to_string()))?;
        }
    }
    let id = ProductId::of(&MakerId::of(&key.public()), &judged.case.product.model);
    let Judged { case, mut assessments, .. } = judged;
    let assessment = assessments.swap_remove(0);
    Ok(Told { id, name: case.product.name, model: case.product.model, assessment, refused, label: None })
}

/// Writes a product's label, with the statement and the proof behind it.
async fn draw(folder: &Path, register: &Register, product: &Told) -> Result<Drawn, Failure> {
    let failed = |e: &dyn std::fmt::Display| Failure::impossible(e.to_string());
    let state = register.state();
    let held =
        state.product(&product.id).ok_or_else(|| failed(&"a declared product is not in the register"))?;
    let gtin = held.declaration.product.gtins.first().copied();
    let signed = register.signed_label(&product.id, SCHEME, gtin).await.map_err(|e| failed(&e))?;
    let facts = signed.facts();
    let entry = register.entry(facts.statement()).await.map_err(|e| failed(&e))?.unwrap_or_default();
    let proof = register.proof(facts.statement()).map_err(|e| failed(&e))?.to_string();
    let look = label::Look::default();
    let png = label::png(&signed, look, 1000).map_err(|e| failed(&e))?;
    let stem = folder.join(product.model.to_lowercase());
    let mut files = Vec::new();
    let contents = [
        ("svg", label::svg(&signed, look).map_err(|e| failed(&e))?.into_bytes()),
        ("png", png),
        ("pdf", label::pdf(&signed, look, 30).map_err(|e| failed(&e))?),
        ("statement", entry),
        ("tlog-proof", proof.into_bytes()),
    ];
    for (ending, bytes) in contents {
        let file = stem.with_extension(ending);
        write_whole(&file, &bytes, false)?;
        files.push(file);
    }
    Ok(Drawn {
        statement: facts.statement(),
        variant: facts.variant(),
        until: facts.updates_until(),
        link: signed.uri().to_owned(),
        files,
    })
}

/// Follows the inclusion proof of every entry to the signed checkpoint.
async fn prove(register: &Register) -> Result<u64, Failure> {
    let failed = |e: &dyn std::fmt::Display| Failure::impossible(format!("the log does not verify: {e}"));
    let trust = register.trust();
    let size = register.state().size();
    for index in 0..size {
        let entry = register.entry(index).await.map_err(|e| failed(&e))?.unwrap_or_default();
        let proof = register.proof(index).map_err(|e| failed(&e))?;
        proof.verify(&entry, trust.origin(), std::slice::from_ref(trust.log())).map_err(|e| failed(&e))?;
    }
    Ok(size)
}

fn snapshot(out: &Path, register: &Register) -> Result<(Snapshot, PathBuf), Failure> {
    let bytes = register.snapshot().map_err(|e| Failure::impossible(e.to_string()))?;
    let file = out.join("demo.snap");
    write_whole(&file, &bytes, false)?;
    Ok((gate_command::read_snapshot(&file, register.trust())?, file))
}

/// Judges the example catalogue and writes the verdicts.
fn sell(out: &Path, catalogue: &Path, snapshot: &Snapshot, on: Date) -> Result<Summary, Failure> {
    let failed = |e: &dyn std::fmt::Display| Failure::impossible(format!("{}: {e}", catalogue.display()));
    let scheme = scheme::find(SCHEME).ok_or_else(|| failed(&"the scheme is not bundled"))?;
    let file = fs::File::open(catalogue).map_err(|e| Failure::reading(catalogue, &e))?;
    let listings = Catalogue::open(file, &Columns::default()).map_err(|e| failed(&e))?;
    let judge = Judge::new(snapshot, scheme, on).with_words(None);
    let mut bytes = Vec::new();
    let summary = assay_gate::run(&judge, listings, &How::default(), &mut bytes).map_err(|e| failed(&e))?;
    write_whole(&out.join("verdicts.csv"), &bytes, false)?;
    Ok(summary)
}

impl Told {
    fn document(&self) -> Value {
        let label = self.label.as_ref().map(|l| {
            json!({
                "id": self.id, "statement": l.statement, "variant": l.variant, "updates_until": l.until, "link": l.link,
                "files": l.files,
            })
        });
        json!({
            "id": self.id, "name": self.name, "verdict": self.assessment.verdict, "label": label, "refused": self.refused,
        })
    }
}

impl Story {
    fn addresses(&self) -> Vec<String> {
        let pages =
            self.products.iter().filter(|p| p.label.is_some()).map(|p| format!("{}/p/{}", self.public, p.id));
        std::iter::once(format!("{}/", self.public))
            .chain(pages)
            .chain(["/gate", "/log/"].map(|path| format!("{}{path}", self.public)))
            .collect()
    }

    fn document(&self) -> Value {
        json!({
            "schema": "assay-demo-0",
            "products": self.products.iter().map(Told::document).collect::<Vec<_>>(),
            "log": { "size": self.size, "root": self.root, "checkpoint": self.checkpoint, "proofs_verified": self.proofs },
            "snapshot": { "file": self.snapshot.0, "number": self.snapshot.1 },
            "gate": gate_command::Told::one(&self.gate, 0.0).document(),
            "trust": self.out.join(trusted::FILE),
            "verdicts": self.out.join("verdicts.csv"),
            "addresses": self.addresses(),
            "seconds": (self.seconds * 1e3).round() / 1e3,
        })
    }

    fn text(&self, serving: bool) -> String {
        let style = Style::detect();
        let mut text = format!("{}\n\n", style.bold("Assay: from claim to proof, three products"));
        let mut rows = vec![["", "product", "verdict (option A)", "label"].map(|h| style.dim(h)).to_vec()];
        for p in &self.products {
            let (mark, verdict) = match p.assessment.verdict {
                Verdict::Holds => (style.good("✓"), "holds, as declared".to_owned()),
                Verdict::DoesNotHold => (style.unsure("✗"), "honestly declared not to hold".to_owned()),
                Verdict::Refused => (style.bad("—"), style.bad("cannot be declared")),
                Verdict::Undecided => (style.unsure("?"), "undecided".to_owned()),
            };
            let label = p.label.as_ref().map_or_else(
                || "none".to_owned(),
                |l| {
                    let sign = if l.variant == Variant::Tick { "tick" } else { "cross" };
                    let until = l.until.map_or_else(
                        || "no updates promised".into(),
                        |d| format!("updates until {}", date::month_year(d)),
                    );
                    format!("{sign}, {until}")
                },
            );
            rows.push(vec![mark, format!("{} ({})", p.name, p.model), verdict, label]);
        }
        text.push_str(&table(&rows));
        for p in self.products.iter().filter(|p| !p.refused.is_empty()) {
            text.push_str(&format!("\nWhy the {} cannot be declared:\n", p.name));
            for reason in &p.refused {
                text.push_str(&format!("  - {reason}\n"));
            }
            for f in p.assessment.requirements.iter().flat_map(|r| &r.checks).flat_map(|c| &c.findings) {
                let line = format!("      {}: {} ({})\n", f.kind, f.message, f.place);
                if !text.contains(&line) {
                    text.push_str(&line);
                }
            }
        }
        let g = &self.gate;
        let shop: Vec<Vec<String>> = [
            (g.may_sell, style.good("may be sold")),
            (g.refuse, style.bad("refused")),
            (g.ask, style.unsure("for a person to look at")),
        ]
        .into_iter()
        .map(|(n, words)| vec![n.to_string(), words])
        .collect();
        text.push_str(&format!(
            "\n{} of {} rows\n{}",
            style.bold("A shop's catalogue"),
            g.rows,
            table(&shop)
        ));
        let shown = |p: &Path| p.display().to_string();
        let labels: Vec<Vec<String>> = self
            .products
            .iter()
            .filter_map(|p| p.label.as_ref())
            .map(|l| vec!["label".to_owned(), l.files.first().map_or_else(String::new, |f| shown(f))])
            .collect();
        let mut files = labels;
        files.push(vec!["snapshot".into(), shown(&self.snapshot.0)]);
        files.push(vec!["verdicts".into(), shown(&self.out.join("verdicts.csv"))]);
        files.push(vec!["trusted keys".into(), shown(&self.out.join(trusted::FILE))]);
        text.push_str(&format!("\n{}\n{}", style.bold("Files"), table(&files)));
        text.push_str(&format!(
            "\n{}: {} entries, every inclusion proof verified ({} of {})\n",
            style.bold("Log"),
            self.size,
            self.proofs,
            self.size
        ));
        if let Some(first) =
            self.products.iter().filter_map(|p| p.label.as_ref()).find_map(|l| l.files.first())
        {
            text.push_str(&format!(
                "\nTry: assay verify {} --trust {}\n",
                shown(first),
                shown(&self.out.join(trusted::FILE))
            ));
        }
        if serving {
            text.push_str(&format!("\n{} (Ctrl-C stops)\n", style.bold("Open in a browser")));
            for address in self.addresses() {
                text.push_str(&format!("  {address}\n"));
            }
        }
        text.push_str(&format!("\n{:.2} s\n", self.seconds));
        text
    }
}
