//! The gate over several schemes, with the shop's own columns, other forms, days of the sale, and the rows that need a person.

use std::fs;

use crate::common::{folder, run};

const LIST: &str = "gtin,status,reason,support_end\n4006381333931,allowed,,2031-03-31\n36000291452,refused,no-support-period,\n\
96385074,refused,withdrawn,2030-01-01\n8711500642219,disputed,,\n5449000000996,allowed,,2027-03-31\n";
const SHOP: &str = "sku,ean,title,price,sold\nA,4006381333931,\"Camera, wifi\",10.50,2026-11-28\nB,036000291452,Camera,1,\n\
C,5449000000996,Camera,2,31/12/2026\nE,4711,Camera,3,2026-11-28\nD,8711500642219,Plug,3,\n";

#[test]
fn several_schemes_forms_days_and_the_rows_for_a_person() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(at("own.csv"), LIST).unwrap();
    fs::write(at("shop.csv"), SHOP).unwrap();
    let import = run(["snapshot", "import", &at("own.csv"), "--out", &at("own.snap"), "--on", "2026-11-27"]);
    assert_eq!(import.code, 0, "{}", import.err);
    let gate = |catalogue: &str, more: &[&str]| {
        let (catalogue, snap, trust) = (at(catalogue), at("own.snap"), at("trust.txt"));
        let first = ["gate", &catalogue, "--snapshot", &snap, "--trust", &trust, "--on", "2026-12-01"];
        run(first.into_iter().chain(more.iter().copied()))
    };

    let (all, people) = (at("all.ndjson"), at("people.csv"));
    let told = gate(
        "shop.csv",
        &[
            "--scheme",
            "uk-2019-option-a,uk-psti@great-britain",
            "--out",
            &all,
            "--keep",
            "sku,price",
            "--columns",
            "verdict",
            "--people",
            &people,
            "--json",
        ],
    );
    assert_eq!(told.code, 1, "{}", told.err);
    let document = told.json();
    assert_eq!(document["schema"], "assay-gate-markets-0");
    assert_eq!(
        (document["rows"].as_u64(), document["markets"][1]["market"].as_str()),
        (Some(5), Some("uk-psti@great-britain"))
    );
    let lines = fs::read_to_string(&all).unwrap();
    assert_eq!(
        lines.lines().next().unwrap(),
        "{\"sku\":\"A\",\"price\":\"10.50\",\"verdict_uk-2019-option-a\":\"may-sell\",\"verdict_uk-psti@great-britain\":\"ask\"}"
    );
    // A disputed number is more urgent than one that is missing, whatever their order in the catalogue.
    let people = fs::read_to_string(&people).unwrap();
    let skus: Vec<&str> = people.lines().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(skus[..2], ["sku", "D"], "{people}");
    assert!(skus.contains(&"E"), "{people}");

    // Out as Parquet, in again as Parquet, with days and months, and the same verdicts as from CSV.
    let more = ["--sold-on", "sold", "--supported-for", "12", "--columns", "verdict,reason", "--keep", "all"];
    let with = |catalogue: &str, out: &str| {
        let out = at(out);
        let told = gate(catalogue, &[&more[..], &["--out", &out]].concat());
        assert_eq!(told.code, 1, "{}", told.err);
    };
    with("shop.csv", "one.csv");
    with("shop.csv", "one.parquet");
    assert_eq!(
        fs::read_to_string(at("one.csv")).unwrap(),
        "sku,ean,title,price,sold,verdict,reason\nA,4006381333931,\"Camera, wifi\",10.50,2026-11-28,may-sell,labelled\n\
         B,036000291452,Camera,1,,refuse,requirement-not-met\nC,5449000000996,Camera,2,31/12/2026,ask,bad-sale-day\n\
         E,4711,Camera,3,2026-11-28,ask,no-gtin\nD,8711500642219,Plug,3,,ask,gtin-disputed\n"
    );
    let again = gate(
        "one.parquet",
        &["--columns", "sku,verdict,reason", "--sold-on", "sold", "--supported-for", "12", "--out", "-"],
    );
    assert_eq!(
        again.out,
        "sku,verdict,reason\nA,may-sell,labelled\nB,refuse,requirement-not-met\nC,ask,bad-sale-day\nE,ask,no-gtin\nD,ask,gtin-disputed\n",
        "{}",
        again.err
    );
    // What was asked for stands in the receipt.
    let key = at("shop.key");
    run(["key", "new", "--out", &key]);
    let receipt = at("receipt.json");
    let signed = gate(
        "one.parquet",
        &[
            "--sold-on",
            "sold",
            "--supported-for",
            "12",
            "--territory",
            "northern-ireland",
            "--receipt",
            &receipt,
            "--key",
            &key,
        ],
    );
    assert_eq!(signed.code, 1, "{}", signed.err);
    let receipt: serde_json::Value = serde_json::from_str(&fs::read_to_string(&receipt).unwrap()).unwrap();
    let said = &receipt["receipt"];
    assert_eq!(
        (said["supported_for"].as_u64(), said["sold_on"].as_str(), said["territory"].as_str()),
        (Some(12), Some("sold"), Some("NI"))
    );
    assert_eq!(said["catalogue"]["bytes"].as_u64(), Some(fs::metadata(at("one.parquet")).unwrap().len()));

    // What cannot be asked for, with the mend.
    for (more, mend) in [
        (&["--scheme", "uk-psti,uk-psti"][..], "leave one out"),
        (&["--scheme", "uk-psti@wales"], "great-britain or northern-ireland"),
        (&["--scheme", "uk-psti,eu-cra", "--receipt", &at("r.json"), "--key", &key], "once for each"),
        (&["--keep", "colour"], "`sku`, `ean`"),
        (&["--out", &at("x.csv"), "--people", &at("x.csv")], "name two"),
        (&["--out", &at("y.csv"), "--people", &format!("{}/./y.csv", folder.path().display())], "name two"),
        (&["--out", &key, "--receipt", &at("r.json"), "--key", &key], "shop.key"),
        (&["--people", "-"], "name of a file"),
        (&["--people", &at("x.json")], ".csv"),
        (&["--out", &at("x.json")], ".ndjson"),
        (&["--keep", "sku,SKU"], "twice"),
        (&["--link", "javascript:alert(1)"], "https://"),
    ] {
        let failed = gate("shop.csv", more);
        assert_eq!(failed.code, 2, "{more:?}: {}", failed.err);
        assert!(failed.err.contains(mend), "{more:?}: {}", failed.err);
    }
    assert!(fs::read_to_string(&key).unwrap().len() < 100, "the key is still there");
    fs::write(at("cut.parquet"), &fs::read(at("one.parquet")).unwrap()[..400]).unwrap();
    let cut = gate("cut.parquet", &["--out", &at("cut.csv")]);
    assert_eq!((cut.code, folder.path().join("cut.csv").exists()), (2, false), "{}", cut.err);
}

#[test]
fn a_clock_that_stands_before_the_snapshot_is_told_and_judges_nothing() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let list = "gtin,status,reason,support_end\n4006381333931,allowed,,2199-01-31\n";
    fs::write(at("own.csv"), list).unwrap();
    fs::write(at("shop.csv"), "sku,ean\nA,4006381333931\n").unwrap();
    let import = run(["snapshot", "import", &at("own.csv"), "--out", &at("own.snap"), "--on", "2190-01-01"]);
    assert_eq!(import.code, 0, "{}", import.err);
    let gate = |more: &[&str]| {
        let (shop, snap, out) = (at("shop.csv"), at("own.snap"), at("out.csv"));
        let all = ["gate", &shop, "--snapshot", &snap, "--out", &out];
        run(all.iter().chain(more).copied())
    };
    let wrong = gate(&[]);
    assert_eq!((wrong.code, folder.path().join("out.csv").exists()), (2, false), "{}", wrong.err);
    assert!(wrong.err.contains("was made on 2190-01-01: set the clock"), "{}", wrong.err);
    assert_eq!(gate(&["--on", "2190-01-02"]).code, 0);
}

#[test]
fn what_changes_is_printed_when_another_snapshot_arrives() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(at("shop.csv"), "sku,ean\nA,4006381333931\nB,5449000000996\nC,96385074\n").unwrap();
    let key = at("shop.key");
    assert_eq!(run(["key", "new", "--out", &key]).code, 0);
    let snapshot = |name: &str, on: &str, list: &str| {
        let (list_file, snap) = (at(&format!("{name}.csv")), at(&format!("{name}.snap")));
        fs::write(&list_file, format!("gtin,status,reason,support_end\n{list}")).unwrap();
        let made = run(["snapshot", "import", &list_file, "--out", &snap, "--on", on, "--key", &key]);
        assert_eq!(made.code, 0, "{}", made.err);
        snap
    };
    let first = snapshot("now", "2026-11-27", "4006381333931,allowed,,\n5449000000996,allowed,,\n");
    let mut child = crate::common::assay()
        .args([
            "gate",
            &at("shop.csv"),
            "--snapshot",
            &first,
            "--trust",
            &at("trust.txt"),
            "--on",
            "2026-12-01",
        ])
        .args(["--watch", "--interval", "1", "--scope-check", "off"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || lines.next().unwrap().unwrap();
    assert_eq!(next(), "line,sku,gtin14,verdict,reason,verdict_before,reason_before");
    assert_eq!(next(), "2,A,04006381333931,may-sell,labelled,,");
    assert_eq!(next(), "3,B,05449000000996,may-sell,labelled,,");
    assert_eq!(next(), "4,C,00000096385074,refuse,not-registered,,");
    // Something that is no snapshot changes nothing; then one arrives by which B is withdrawn.
    fs::write(at("part"), "ASSAYSNAP1\n").unwrap();
    fs::rename(at("part"), &first).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    let other =
        snapshot("later", "2026-11-28", "4006381333931,allowed,,\n5449000000996,refused,withdrawn,\n");
    fs::rename(&other, &first).unwrap();
    assert_eq!(next(), "3,B,05449000000996,refuse,withdrawn,may-sell,labelled");
    std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(child.wait().unwrap().code().is_some());
}
