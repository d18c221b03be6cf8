//! How fast a monitor reads a log: `cargo run --release -p assay-watch --example watch_speed [PRODUCTS]`. A log of six
//! statements a product and one a maker is made, published as files and served over the loopback interface; then it is read
//! as `assay monitor --once` reads it, from an empty folder, again from what was kept, and whole with `--full`.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]
#![expect(clippy::expect_used, reason = "an example may stop at the first surprise")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use assay::date::{Date, from_days};
use assay::declaration::{Declaration, DeclaredContact, DeclaredProduct, DeclaredSupport};
use assay::fold::State;
use assay::gtin::Gtin14;
use assay::key::SecretKey;
use assay::outcome::Claim;
use assay::statement::{MakerId, MakerRegistered, ProductId, Statement, SupportExtended};
use assay::trust::Trust;
use assay_log::tile::bundle;
use assay_log::{Checkpoint, Policy, Signer, Tree, tiles_between};
use assay_watch::monitor::{Look, Monitor};
use assay_watch::{Bounds, Pace, Source};

const LOG: &str = "register.example/log";
/// So many products to a maker.
const EACH: usize = 100;

fn day(number: i32) -> Date {
    from_days(number).expect("a day")
}

fn key(number: usize) -> SecretKey {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&number.to_be_bytes());
    SecretKey::from_seed(&seed)
}

fn declaration(maker: MakerId, number: usize) -> Declaration {
    let digits = format!("{:012}", 400_000_000_000 + number);
    let sum: u32 =
        digits.bytes().enumerate().map(|(at, d)| u32::from(d - b'0') * if at % 2 == 0 { 1 } else { 3 }).sum();
    let gtin = format!("{digits}{}", (10 - sum % 10) % 10);
    let claims = ["4.1-1", "4.2-1", "4.3-4"].map(|n| (format!("ts103645-v1.1.1:{n}"), Claim::Yes));
    Declaration {
        maker,
        product: DeclaredProduct {
            name: format!("Hearth Camera {number}"),
            model: format!("HC-{number}"),
            gtins: vec![Gtin14::parse(&gtin).expect("a number")],
            category: None,
        },
        schemes: vec!["uk-2019-option-a".into()],
        claims: BTreeMap::from(claims),
        outcomes: vec![],
        support: DeclaredSupport { end: Some(day(22_000)), ..Default::default() },
        contact: DeclaredContact::default(),
        on: day(20_000),
    }
}

/// The entries of a log of so many products, each of them declared, assessed, labelled, extended, assessed and labelled anew.
fn entries(products: usize, register: &SecretKey) -> Vec<Vec<u8>> {
    let mut state = State::new(LOG, vec![register.public()]);
    let mut entries = Vec::with_capacity(products * 6 + products / EACH + 1);
    let mut add = |state: &mut State, statement: &Statement, by: &SecretKey| {
        let bytes = statement.sign(by, LOG).expect("it is short");
        state.append(&bytes).expect("it follows the rules");
        entries.push(bytes);
        let follows = state.follow_ups(statement, day(20_000));
        for statement in follows {
            let bytes = statement.sign(register, LOG).expect("it is short");
            state.append(&bytes).expect("it follows the rules");
            entries.push(bytes);
        }
    };
    for number in 0..products {
        let by = key(number / EACH);
        let maker = MakerId::of(&by.public());
        if number % EACH == 0 {
            let registered = MakerRegistered {
                organisation: format!("Maker {} Ltd", number / EACH),
                domain: "maker.example".into(),
                key: by.public(),
                on: day(20_000),
            };
            add(&mut state, &Statement::MakerRegistered(registered), &by);
        }
        let declared = declaration(maker, number);
        let product = ProductId::of(&maker, &declared.product.model);
        let index = state.size();
        add(&mut state, &Statement::Declared(Box::new(declared)), &by);
        let extended =
            SupportExtended { maker, product, declaration: index, end: day(22_500), on: day(20_000) };
        add(&mut state, &Statement::SupportExtended(extended), &by);
    }
    entries
}

/// Writes the public files of a log, and gives the policy that names its key.
fn publish(to: &Path, entries: &[Vec<u8>], register: &SecretKey) -> Policy {
    let signer = Signer::new(LOG, [9; 32]).expect("a name");
    let tree = Tree::from_entries(entries);
    for path in tiles_between(0, tree.len()) {
        let first = path.index() as usize * 256;
        let bytes = match path.level() {
            Some(level) => tree.tile(level, path.index(), path.width()).expect("a tile"),
            None => bundle::encode(&entries[first..first + usize::from(path.width())]).expect("a bundle"),
        };
        let file = to.join("log").join(path.to_string());
        fs::create_dir_all(file.parent().expect("a folder")).expect("room");
        fs::write(file, bytes).expect("room");
    }
    let note =
        Checkpoint::new(LOG, tree.len(), tree.root()).and_then(|c| c.sign(&signer)).expect("a checkpoint");
    fs::write(to.join("log/checkpoint"), note.to_string()).expect("room");
    let trust = Trust::new(signer.verifier().clone(), vec![register.public()]);
    fs::write(to.join("trust.txt"), trust.to_string()).expect("room");
    format!("log {}\nquorum none\n", signer.verifier()).parse().expect("a policy")
}

/// Serves a folder until the process ends.
fn serve(folder: &Path) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a socket");
    let (address, router) =
        (listener.local_addr().expect("an address"), assay_watch::public_files(folder.to_owned()));
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
            assay_watch::serve_until(listener, router, std::future::pending()).await.expect("it serves");
        });
    });
    format!("http://{address}")
}

/// The processor time that this process took so far, in seconds, the server's included; none where the system does not say.
fn processor() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit_once(") ")?.1.split(' ').skip(11);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((user + system) / 100.0) // ticks of a hundredth of a second
}

/// When each step of the work began, in the order of the steps.
#[derive(Default)]
struct Steps(Mutex<Vec<(&'static str, Instant)>>);

impl Steps {
    fn at(&self, step: &'static str) {
        let mut steps = self.0.lock().expect("nobody panicked");
        if steps.last().is_none_or(|(last, _)| *last != step) {
            steps.push((step, Instant::now()));
        }
    }

    /// Says how long each took, up to now.
    fn say(&self, entries: u64) {
        self.at("end");
        let mut steps = self.0.lock().expect("nobody panicked");
        for pair in steps.windows(2) {
            let seconds = (pair[1].1 - pair[0].1).as_secs_f64();
            println!("    {}: {seconds:.2} s, {:.0} entries a second", pair[0].0, entries as f64 / seconds);
        }
        steps.clear();
    }
}

fn main() {
    let products = std::env::args().nth(1).map_or(33_300, |text| text.parse().expect("a number of products"));
    let (register, public, state) =
        (key(usize::MAX), tempfile::tempdir().expect("room"), tempfile::tempdir().expect("room"));
    let made = entries(products, &register);
    let bytes: usize = made.iter().map(Vec::len).sum();
    println!("{} statements of {products} products, {} bytes each", made.len(), bytes / made.len());
    let policy = publish(public.path(), &made, &register);
    let size = made.len() as u64;
    drop(made);
    let source = Source::at(&serve(public.path())).expect("an address");
    let (steps, stop) = (Steps::default(), AtomicBool::new(false));
    let at = |step, _, _| steps.at(step);
    let pace = Pace { at: &at, stop: &stop };
    for (what, again) in [("from an empty folder", 4), ("from what is kept", 4), ("the whole anew", u64::MAX)]
    {
        let (started, before) = (Instant::now(), processor());
        let mut monitor = Monitor::open(state.path(), day(20_001), &pace).expect("a state");
        let look = Look {
            source: &source,
            policy: &policy,
            trust: None,
            others: &[],
            now: 1_728_086_400,
            today: day(20_001),
            stale_after: 86_400,
            again,
            most_entries: u64::MAX,
            bounds: Bounds { longest: std::time::Duration::MAX, most_bytes: u64::MAX },
        };
        let report = monitor.pass(&look, &pace).expect("it is reached");
        let seconds = started.elapsed().as_secs_f64();
        assert!(report.size == size && !report.accuses(), "{:#?}", report.findings);
        println!("{what}: {seconds:.1} s, {:.0} entries a second", size as f64 / seconds);
        if let Some((before, after)) = before.zip(processor()) {
            println!(
                "    processor: {:.1} s, {:.0} entries a second",
                after - before,
                size as f64 / (after - before)
            );
        }
        steps.say(size);
    }
}
