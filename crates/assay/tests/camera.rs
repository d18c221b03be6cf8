//! A whole conformity assessment on a camera of our own making, and then every small change to it: a claim turned round, a
//! field of the IXIT left out, a verdict changed. Each mutant must be judged as the rules of TS 103 701 say; one that
//! still passes although it should not is a hole in the rules.

#![expect(clippy::print_stderr, reason = "the counts of mutants are part of what the test says")]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use assay::case::{Case, Problem};
use assay::conformity::{
    Input, Ixit, Machine, ProForma, Report, TESTED, Verdict, Verdicts, book, ics, roll_up, verify,
};
use assay::date::Date;
use assay::outcome::{Claim, Outcome, SpeaksFrom};
use toml::{Table, Value};

const A3: ProForma = ProForma::Ts103701A3;

const PRODUCT: &str = include_str!("camera/product.toml");
const IXIT: &str = include_str!("camera/ixit.toml");
const VERDICTS: &str = include_str!("camera/verdicts.toml");

static CASE: LazyLock<Case> =
    LazyLock::new(|| Case::parse("product.toml", PRODUCT.as_bytes()).expect("the fixture reads"));
static PRO_FORMA: LazyLock<Ixit> =
    LazyLock::new(|| Ixit::parse("ixit.toml", IXIT.as_bytes()).expect("the fixture reads"));
static JUDGED: LazyLock<Verdicts> =
    LazyLock::new(|| Verdicts::parse("verdicts.toml", VERDICTS.as_bytes()).expect("the fixture reads"));

/// Reads a file; one that nobody changed is read once for all mutants.
fn read<'a, T: Clone>(
    text: &str,
    unchanged: &str,
    once: &'a LazyLock<T>,
    parse: impl FnOnce(&[u8]) -> Result<T, Vec<Problem>>,
) -> Result<Cow<'a, T>, Vec<Problem>> {
    if text == unchanged { Ok(Cow::Borrowed(&**once)) } else { parse(text.as_bytes()).map(Cow::Owned) }
}

/// What becomes of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// A file does not read: nothing is judged.
    Refused,
    /// The overall verdict.
    Judged(Verdict),
}

const PASS: End = End::Judged(Verdict::Pass);
const OPEN: End = End::Judged(Verdict::Inconclusive);
const FAIL: End = End::Judged(Verdict::Fail);

/// The three files of the case, and what the checks say.
#[derive(Clone)]
struct Camera {
    product: String,
    ixit: String,
    verdicts: String,
    machine: BTreeMap<String, Machine>,
}

impl Camera {
    fn new() -> Self {
        let mechanical = book().units().filter_map(|(c, u)| Some((c.unit_id(u), u.check.clone()?)));
        let met = |check| Machine {
            check,
            outcome: Outcome::Met,
            why: "as the rule asks".into(),
            speaks_from: SpeaksFrom::Evidence,
        };
        Self {
            product: PRODUCT.into(),
            ixit: IXIT.into(),
            verdicts: VERDICTS.into(),
            machine: mechanical.map(|(id, check)| (id, met(check))).collect(),
        }
    }

    /// The report, or the problems of the first file that does not read.
    fn report(&self) -> Result<Report, String> {
        let text =
            |problems: Vec<Problem>| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        let case = read(&self.product, PRODUCT, &CASE, |b| Case::parse("product.toml", b)).map_err(text)?;
        let ixit = read(&self.ixit, IXIT, &PRO_FORMA, |b| Ixit::parse("ixit.toml", b)).map_err(text)?;
        let verdicts =
            read(&self.verdicts, VERDICTS, &JUDGED, |b| Verdicts::parse("verdicts.toml", b)).map_err(text)?;
        let breaches = verify(A3, &case.claims, &case.facts, Some(&ixit));
        // The one check that reads the ICS follows it.
        let outcome = ics::recommendations(A3, &case.claims).outcome();
        let why = "as the ICS says".to_owned();
        let mut machine = self.machine.clone();
        if let Some(m) = machine.get_mut("4-1-1/a").filter(|m| m.outcome == Outcome::Met) {
            *m = Machine { outcome, why, ..m.clone() };
        }
        let on = Date::constant(2026, 3, 1);
        Ok(roll_up(
            book(),
            &Input {
                claims: &case.claims,
                breaches: &breaches,
                ixit: Some(&ixit),
                machine: &machine,
                verdicts: &verdicts,
                on,
            },
        ))
    }

    fn end(&self) -> End {
        self.report().map_or(End::Refused, |r| End::Judged(r.overall))
    }
}

/// Counts the mutants of one kind and holds each against what the rules say.
struct Tally {
    kind: &'static str,
    ends: BTreeMap<End, usize>,
    wrong: Vec<String>,
}

impl Tally {
    fn new(kind: &'static str) -> Self {
        Self { kind, ends: BTreeMap::new(), wrong: Vec::new() }
    }

    fn expect(&mut self, name: &str, camera: &Camera, wanted: End) {
        let end = camera.end();
        *self.ends.entry(end).or_default() += 1;
        if end != wanted {
            let why = camera.report().map_or_else(|problems| problems, |r| r.why.join("; "));
            self.wrong.push(format!("{name}: {end:?} instead of {wanted:?} ({why})"));
        }
    }

    /// `lawful`: how many may pass, because the rules allow what was changed.
    fn close(self, least: usize, lawful: usize) {
        let all: usize = self.ends.values().sum();
        let count = |end| self.ends.get(&end).copied().unwrap_or(0);
        eprintln!(
            "{}: {all} mutants: {} refused, {} fail, {} inconclusive, {} pass lawfully, {} survive",
            self.kind,
            count(End::Refused),
            count(FAIL),
            count(OPEN),
            lawful.min(count(PASS)),
            count(PASS).saturating_sub(lawful),
        );
        assert!(self.wrong.is_empty(), "{}: {:#?}", self.kind, self.wrong);
        assert_eq!(count(PASS), lawful, "{}: mutants that pass", self.kind);
        assert!(all >= least, "{}: {all} mutants are too few", self.kind);
    }
}

fn table(text: &str) -> Table {
    text.parse().expect("the fixture is TOML")
}

fn rows<'a>(table: &'a mut Table, key: &str) -> &'a mut Vec<Value> {
    table.get_mut(key).and_then(Value::as_array_mut).expect(key)
}

#[test]
fn the_camera_passes_when_the_machines_see_what_it_says() {
    let camera = Camera::new();
    let report = camera.report().unwrap();
    assert_eq!((report.overall, report.ics_valid), (Verdict::Pass, true), "{:#?}", report.why);
    assert_eq!(report.groups.len(), 68);
    let claims = |claim| report.groups.iter().filter(|g| g.claim == Some(claim)).count();
    assert_eq!([Claim::Yes, Claim::No, Claim::NotApplicable].map(claims), [63, 2, 3]);
    assert!(report.withdrawable.is_empty());
    let ixit = Ixit::parse("ixit.toml", camera.ixit.as_bytes()).unwrap();
    for table in &book().tables {
        assert!(
            ixit.entries(table.number).is_some_and(|e| !e.is_empty()),
            "table {} is not filled",
            table.short
        );
    }
    let verdicts = Verdicts::parse("verdicts.toml", camera.verdicts.as_bytes()).unwrap();
    for (case, unit) in book().units() {
        let claimed = report.group(case.group()).is_some_and(|g| g.claim == Some(Claim::Yes));
        let external = verdicts.external.contains_key(case.group());
        let for_a_person = unit.check.is_none() && unit.refers.is_none();
        let wanted = for_a_person && claimed && !external;
        assert_eq!(verdicts.units.contains_key(&case.unit_id(unit)), wanted, "{}", case.unit_id(unit));
    }
    let c = report.counts;
    eprintln!(
        "units: {} by machine, {} by people, {} by reference, {} open",
        c.machine, c.person, c.case, c.open
    );
}

#[test]
fn what_is_written_in_another_order_is_the_same_case() {
    let camera = Camera::new();
    let reversed = |text: &str| {
        let mut table = table(text);
        for (_, value) in &mut table {
            if let Some(rows) = value.as_array_mut() {
                rows.reverse();
            }
        }
        table.to_string()
    };
    let Camera { product, ixit, verdicts, machine } = camera.clone();
    let turned =
        Camera { product: reversed(&product), ixit: reversed(&ixit), verdicts: reversed(&verdicts), machine };
    assert_eq!(camera.report().unwrap(), turned.report().unwrap());
}

#[test]
fn every_claim_turned_round_is_judged_as_the_rules_say() {
    let camera = Camera::new();
    let mut tally = Tally::new("claims");
    let mut lawful = 0;
    let count = rows(&mut table(&camera.product), "claim").len();
    assert_eq!(count, 68);
    for n in 0..count {
        let mut product = table(&camera.product);
        let claim = rows(&mut product, "claim")[n].as_table_mut().unwrap().clone();
        let (id, was) =
            (claim["provision"].as_str().unwrap().to_owned(), claim["support"].as_str().unwrap().to_owned());
        let status = A3.status(&id).unwrap();
        for now in ["yes", "no", "not-applicable"].into_iter().filter(|now| *now != was) {
            rows(&mut product, "claim")[n]["support"] = now.into();
            let mutant = Camera { product: product.to_string(), ..camera.clone() };
            let wanted = match (was.as_str(), now) {
                (_, "no") if status.mandatory => FAIL, // ics-mandatory-no
                (_, "no") => PASS,                     // phase 6, NOTE 8: withdrawn, with its reason
                (_, "not-applicable") if status.conditions.is_empty() => FAIL, // ics-not-conditional
                ("yes", "not-applicable") => FAIL,     // ics-condition-met
                ("not-applicable", "yes") => FAIL,     // ics-condition-unmet
                ("no", "yes") => OPEN,                 // nobody has tested it
                other => panic!("{id}: {other:?} does not occur"),
            };
            lawful += usize::from(wanted == PASS);
            tally.expect(&format!("{id} {was} -> {now}"), &mutant, wanted);
            if now != "yes" {
                rows(&mut product, "claim")[n].as_table_mut().unwrap().insert("detail".into(), "n/a".into());
                let mutant = Camera { product: product.to_string(), ..camera.clone() };
                tally.expect(&format!("{id} {was} -> {now}, without a reason"), &mutant, FAIL);
                rows(&mut product, "claim")[n].as_table_mut().unwrap().remove("detail");
                let mutant = Camera { product: product.to_string(), ..camera.clone() };
                tally.expect(&format!("{id} {was} -> {now}, without detail"), &mutant, End::Refused);
                rows(&mut product, "claim")[n] = claim.clone().into();
            }
        }
        rows(&mut product, "claim").remove(n);
        let mutant = Camera { product: product.to_string(), ..camera.clone() };
        // ics-unclaimed; of a recommendation test group 4-1 cannot tell.
        tally.expect(&format!("{id} unclaimed"), &mutant, if status.mandatory { FAIL } else { OPEN });
    }
    tally.close(450, lawful);
}

#[test]
fn every_fact_turned_round_contradicts_a_claim() {
    let camera = Camera::new();
    let mut tally = Tally::new("facts");
    let facts: Vec<(String, bool)> = table(&camera.product)["features"]
        .as_table()
        .unwrap()
        .iter()
        .map(|(f, v)| (f.clone(), v.as_bool().unwrap()))
        .collect();
    for (fact, value) in &facts {
        let mut product = table(&camera.product);
        product["features"][fact.as_str()] = (!value).into();
        let mutant = Camera { product: product.to_string(), ..camera.clone() };
        // A constrained device may fulfil what it could leave out, and the two provisions for constrained devices that
        // cannot be updated do not apply as long as one of the two is not so.
        let wanted =
            if ["constrained", "components-not-updatable"].contains(&fact.as_str()) { PASS } else { FAIL };
        tally.expect(&format!("{fact} = {}", !value), &mutant, wanted);
    }
    tally.close(27, 2);
}

#[test]
fn every_required_field_left_out_leaves_the_whole_open() {
    let camera = Camera::new();
    let report = camera.report().unwrap();
    let mut tally = Tally::new("IXIT fields");
    let mut required: Vec<&str> = book()
        .groups
        .iter()
        .filter(|g| {
            report.group(&g.provision).is_some_and(|g| g.claim == Some(Claim::Yes) && g.external.is_none())
        })
        .flat_map(|g| &g.fields)
        .map(String::as_str)
        .collect();
    required.sort_unstable();
    required.dedup();
    for name in &required {
        let (short, key) = name.split_once('.').unwrap();
        let whole = table(&camera.ixit);
        let entries = whole[short].as_array().map_or(1, Vec::len);
        for n in 0..entries {
            let mutate = |value: Option<&str>| {
                let mut ixit = whole.clone();
                let entry = match &mut ixit[short] {
                    Value::Array(entries) => entries[n].as_table_mut(),
                    list => list.as_table_mut(),
                };
                let entry = entry.unwrap();
                match value {
                    Some(value) => entry.insert(key.into(), value.into()),
                    None => entry.remove(key),
                };
                Camera { ixit: ixit.to_string(), ..camera.clone() }
            };
            let absent = if key == "id" { End::Refused } else { OPEN };
            tally.expect(&format!("{name} of entry {n} absent"), &mutate(None), absent);
            tally.expect(&format!("{name} of entry {n} blank"), &mutate(Some(" ")), End::Refused);
        }
    }
    tally.close(300, 0);
}

#[test]
fn a_table_left_out_never_passes() {
    let camera = Camera::new();
    let mut tally = Tally::new("IXIT tables");
    // Nothing claimed needs these two: one is for devices that cannot be updated, one has external evidence in its place.
    let spare = ["ReplSup", "NetSecImpl"];
    // Other tables refer to these: what names an entry that is gone does not read.
    let named = ["AuthMech", "UpdMech", "ComMech", "PersData"];
    for t in &book().tables {
        let mut ixit = table(&camera.ixit);
        ixit.remove(&t.short);
        let mutant = Camera { ixit: ixit.to_string(), ..camera.clone() };
        let wanted = match t.short.as_str() {
            short if spare.contains(&short) => PASS,
            short if named.contains(&short) => End::Refused,
            _ => OPEN,
        };
        tally.expect(&t.short, &mutant, wanted);
    }
    tally.close(29, 2);
}

#[test]
fn every_verdict_changed_changes_the_whole() {
    let camera = Camera::new();
    let mut tally = Tally::new("verdicts");
    let whole = table(&camera.verdicts);
    let count = whole["verdict"].as_array().unwrap().len();
    let mutate = |key: &str, change: &dyn Fn(&mut Vec<Value>)| {
        let mut verdicts = whole.clone();
        change(rows(&mut verdicts, key));
        Camera { verdicts: verdicts.to_string(), ..camera.clone() }
    };
    for n in 0..count {
        let unit = whole["verdict"][n]["unit"].as_str().unwrap();
        let says = |word: &'static str| mutate("verdict", &move |rows| rows[n]["says"] = word.into());
        tally.expect(&format!("{unit} fails"), &says("fail"), FAIL);
        tally.expect(&format!("{unit} inconclusive"), &says("inconclusive"), OPEN);
        tally.expect(&format!("{unit} removed"), &mutate("verdict", &|rows| drop(rows.remove(n))), OPEN);
        let later = mutate("verdict", &|rows| rows[n]["on"] = "2026-03-02".into());
        tally.expect(&format!("{unit} judged tomorrow"), &later, OPEN);
        for key in ["by", "on", "why"] {
            let bare = mutate("verdict", &|rows| drop(rows[n].as_table_mut().unwrap().remove(key)));
            tally.expect(&format!("{unit} without {key}"), &bare, End::Refused);
        }
        let twice = mutate("verdict", &|rows| rows.push(rows[n].clone()));
        tally.expect(&format!("{unit} twice"), &twice, End::Refused);
    }
    let refused = mutate("external", &|rows| rows[0]["accepted"] = false.into());
    tally.expect("external evidence not accepted", &refused, OPEN);
    tally.expect("external evidence removed", &mutate("external", &Vec::clear), OPEN);
    tally.close(8 * 150, 0);
}

#[test]
fn every_result_of_a_machine_changed_changes_the_whole() {
    let camera = Camera::new();
    let report = camera.report().unwrap();
    let mut tally = Tally::new("machine results");
    let mut lawful = 0;
    for id in camera.machine.keys() {
        let group = report.group(id.split('/').next().and_then(|c| c.rsplit_once('-')).unwrap().0).unwrap();
        let counts = group.claim == Some(Claim::Yes);
        for outcome in [Outcome::NotMet, Outcome::Inconclusive, Outcome::NotTested, Outcome::NotApplicable] {
            let mut mutant = camera.clone();
            mutant.machine.get_mut(id).unwrap().outcome = outcome;
            let wanted = match outcome {
                _ if !counts => PASS,
                Outcome::NotMet => FAIL,
                // Clause 4.7: a document stands in for tests that are missing, but not for what a check was not shown.
                Outcome::NotTested => OPEN,
                _ if group.external.is_some() => PASS,
                _ => OPEN,
            };
            lawful += usize::from(wanted == PASS);
            tally.expect(&format!("{id} {outcome}"), &mutant, wanted);
        }
        let mut mutant = camera.clone();
        mutant.machine.remove(id);
        let wanted = if counts { OPEN } else { PASS };
        lawful += usize::from(wanted == PASS);
        tally.expect(&format!("{id} missing"), &mutant, wanted);
    }
    tally.close(100, lawful);
    assert_eq!(report.groups.iter().filter(|g| g.provision.starts_with(TESTED)).count(), 68);
}
