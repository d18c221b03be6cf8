//! A maker declares, a shop judges: `serve`, `submit`, `snapshot fetch`, `label`, `gate`, each as a user would call it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::common::{Served, folder, run, shared};
use assay::gtin::Gtin14;

fn case(gtins: &[String], end: &str) -> String {
    let list = gtins.iter().map(|g| format!("\"{g}\"")).collect::<Vec<_>>().join(", ");
    let claims: String = ["4.1-1", "4.2-1", "4.3-4"]
        .iter()
        .map(|n| format!("[[claim]]\nprovision = \"ts103645-v1.1.1:{n}\"\nsupport = \"yes\"\n"))
        .collect();
    format!(
        "[product]\nname = \"Range\"\nmodel = \"R-1\"\ngtins = [{list}]\n\n[maker]\norganisation = \"Maker\"\ndomain = \"maker.example\"\n\n\
         [support]\nend = {end}\npublished_at = \"https://maker.example/s\"\nreasons = \"r\"\n\n{claims}"
    )
}

/// A register with a maker's product under these GTINs; the snapshot and the keys lie in the folder.
fn registered(folder: &Path, gtins: &[String]) -> Served {
    let served = Served::start(&folder.join("register"));
    let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    fs::create_dir_all(folder.join("case")).unwrap();
    fs::write(folder.join("case/product.toml"), case(gtins, "2030-05-31")).unwrap();
    assert_eq!(run(["key", "new", "--out", &at("maker.key")]).code, 0);
    let submit = ["submit", &at("case"), "--register", &served.address, "--key", &at("maker.key"), "--json"];
    let ran = run(submit);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(
        run(submit).json()["receipt"]["index"],
        ran.json()["receipt"]["index"],
        "sent twice, logged once"
    );
    let fetcher = assay_probe::Fetcher::new(assay_probe::Reach::Named, &served.address).unwrap();
    let trust = fetcher.get(&format!("{}/trust.txt", served.address), 10_000).unwrap().body;
    fs::write(folder.join("trust.txt"), trust).unwrap();
    let fetch = [
        "snapshot",
        "fetch",
        "--register",
        &served.address,
        "--trust",
        &at("trust.txt"),
        "--out",
        &at("shop.snap"),
    ];
    let ran = run(fetch);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    served
}

/// Runs the gate as the contract names it: a catalogue and a snapshot.
fn gate(
    folder: &Path,
    catalogue: &Path,
    scheme: &str,
    code: i32,
) -> (serde_json::Value, Vec<(String, String)>) {
    let (snapshot, out) = (folder.join("shop.snap"), folder.join("verdicts.csv"));
    let _ = fs::remove_file(&out);
    let ran = run([
        "gate",
        catalogue.to_str().unwrap(),
        "--snapshot",
        snapshot.to_str().unwrap(),
        "--scheme",
        scheme,
        "--out",
        out.to_str().unwrap(),
        "--json",
    ]);
    let told = ran.json();
    assert_eq!(ran.code, code, "{}", ran.err);
    let text = fs::read_to_string(out).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("line,sku,gtin14,verdict,reason,updates_until,label"));
    let rows = lines.map(|l| {
        let cells: Vec<&str> = l.rsplitn(6, ',').collect();
        (cells[4].to_owned(), cells[3].to_owned())
    });
    (told, rows.collect())
}

#[test]
fn of_two_real_catalogues_exactly_the_registered_rows_may_be_sold() {
    let files = [("euronics-de-catalogue-A.json", 301), ("etbm-ro-philips-catalogue.csv", 691)];
    for (name, rows) in files {
        let Some(catalogue) = shared(&format!("corpora/catalogue/{name}")) else { return };
        let text = fs::read_to_string(&catalogue).unwrap();
        let mut known = BTreeSet::new();
        for part in text.split(['"', ';', ',']).filter(|p| p.len() == 13 && p.starts_with(['8', '6', '4'])) {
            if let Ok(gtin) = Gtin14::parse(part)
                && (text.contains(&format!("EANCode\": \"{part}")) || name.ends_with("csv"))
                && known.len() < 20
            {
                known.insert(gtin.to_string());
            }
        }
        assert_eq!(known.len(), 20);
        let folder = folder();
        let gtins: Vec<String> = known.iter().cloned().collect();
        let _served = registered(folder.path(), &gtins);
        let (told, verdicts) = gate(folder.path(), &catalogue, "uk-2019-option-a", 1);
        assert_eq!((told["rows"].as_u64(), verdicts.len()), (Some(rows), rows as usize), "{name}");
        for (gtin, verdict) in &verdicts {
            assert_eq!(verdict == "may-sell", known.contains(gtin), "{name}: {gtin} {verdict}");
        }
        let sold: BTreeSet<&String> =
            verdicts.iter().filter(|(_, v)| v == "may-sell").map(|(g, _)| g).collect();
        assert_eq!(sold.len(), 20, "{name}: every registered number was found");
    }
}

#[test]
fn a_shortened_support_period_is_refused_and_the_gate_says_so_afterwards() {
    let folder = folder();
    let gtin = "09520000100018".to_owned();
    let served = registered(folder.path(), std::slice::from_ref(&gtin));
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(folder.path().join("case/product.toml"), case(std::slice::from_ref(&gtin), "2029-05-31"))
        .unwrap();
    let ran =
        run(["submit", &at("case"), "--register", &served.address, "--key", &at("maker.key"), "--json"]);
    assert_eq!((ran.code, &ran.json()["refused"]["id"]), (1, &"shortened-support".into()), "{}", ran.out);
    let ran = run([
        "snapshot",
        "fetch",
        "--register",
        &served.address,
        "--trust",
        &at("trust.txt"),
        "--out",
        &at("shop.snap"),
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    fs::write(folder.path().join("cat.csv"), format!("sku,ean\n1,{gtin}\n")).unwrap();
    // The law forbids it; the options of 2019 say nothing of it, so a person has to see which date stands.
    for (scheme, code, verdict) in [("uk-psti", 1, "refuse"), ("uk-2019-option-a", 3, "ask")] {
        let (told, rows) = gate(folder.path(), &folder.path().join("cat.csv"), scheme, code);
        assert_eq!(told["by_reason"]["support-shortened"], 1, "{scheme}: {told}");
        assert_eq!(rows, [(gtin.clone(), verdict.to_owned())], "{scheme}");
    }
}

#[test]
fn a_label_is_fetched_verified_and_written() {
    let folder = folder();
    let served = registered(folder.path(), &["09520000100018".to_owned()]);
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for name in ["camera.svg", "camera.png"] {
        let ran = run([
            "label",
            "09520000100018",
            "--register",
            &served.address,
            "--trust",
            &at("trust.txt"),
            "--out",
            &at(name),
        ]);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        assert_eq!(run(["verify", &at(name), "--trust", &at("trust.txt")]).code, 0, "{name}");
    }
    let ran = run([
        "label",
        "04006381333931",
        "--register",
        &served.address,
        "--trust",
        &at("trust.txt"),
        "--out",
        &at("no.svg"),
    ]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(!folder.path().join("no.svg").exists());
    assert_eq!(served.stop(), Some(0), "SIGTERM ends it in order");
}
