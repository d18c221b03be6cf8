//! `assay label`: every format of one label, a maker's whole range that goes on where it was stopped, an authority's words.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use crate::common::{Ran, run};
use crate::verify::Demo;

/// Runs `assay label` against the demo's register.
fn label(demo: &Demo, args: &[&str]) -> Ran {
    let trust = demo.path("trust.txt");
    let all = ["label", "--register", &demo.served.address, "--trust", trust.to_str().unwrap()];
    run(all.iter().chain(args))
}

#[test]
fn every_format_is_written_and_verifies_as_what_it_is() {
    let demo = Demo::new();
    let product = demo.product().to_string();
    for (ending, more) in [
        ("svg", &["--lang", "cy", "--form", "shelf"] as &[&str]),
        ("png", &["--dpi", "300", "--form", "compact", "--mm", "30"]),
        ("pdf", &["--palette", "bw", "--bleed", "0"]),
        ("html", &["--fragment"]),
        ("html", &["--inline", "--palette", "dark"]),
        ("json", &[]),
        ("jsonld", &[]),
        ("tlog-proof", &[]),
    ] {
        let file = demo.path(&format!("label.{ending}"));
        let out = file.to_str().unwrap();
        let ran = label(&demo, &[&[product.as_str(), "--out", out, "--json"], more].concat());
        assert_eq!(ran.code, 0, "{ending}: {}", ran.err);
        assert!(ran.json()["link"].as_str().is_some_and(|link| link.contains("?a=")));
        let verified = demo.verify(out, &[]);
        assert_eq!(verified.code, 0, "{ending}: {}{}", verified.out, verified.err);
    }
    let told: serde_json::Value =
        serde_json::from_slice(&fs::read(demo.path("label.json")).unwrap()).unwrap();
    assert_eq!(told["hasCertification"][0]["certificationStatus"], "https://schema.org/CertificationActive");
    let words = demo.path("label.txt");
    let ran = label(&demo, &[&product, "--out", words.to_str().unwrap(), "--lang", "fr"]);
    assert!(ran.err.contains("not reviewed by a speaker"), "{}", ran.err);
    assert!(fs::read_to_string(&words).unwrap().contains("Déclaré par le fabricant."));

    for (args, why) in [
        (&["--out", "x.gif"] as &[&str], "the ending of a label's file is one of svg"),
        (&["--out", "x.svg", "--mm", "30"], "the compact form goes down to 20 mm"),
        (&["--out", "x.svg", "--mm", "NaN"], "a length in millimetres"),
        (&["--out", "x.png", "--width", "9999"], "pixels wide, not 9999"),
        (&["--out", "x.pdf", "--bleed", "11"], "at most 10 mm"),
        (&["--out", "x.svg", "--form", "round"], "one of standard, compact"),
    ] {
        let ran = label(&demo, &[&[product.as_str()], args].concat());
        assert!(ran.code == 2 && ran.err.contains(why), "{args:?}: {} {}", ran.code, ran.err);
    }
}

#[test]
fn a_makers_whole_range_is_written_once_and_goes_on_where_it_was_stopped() {
    let demo = Demo::new();
    let product = demo.product().to_string();
    let maker = demo.json(&format!("/api/v1/products/{product}"))["maker"]["id"].as_str().unwrap().to_owned();
    let out = demo.path("range");
    let all = |more: &[&str]| {
        let args =
            ["--all", "--maker", &maker, "--out", out.to_str().unwrap(), "--json", "--format", "svg,pdf"];
        let ran = label(&demo, &[&args as &[&str], more].concat());
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        let told = ran.json();
        (told["written"].as_u64().unwrap(), told["kept"].as_u64().unwrap())
    };
    let (written, kept) = all(&[]);
    assert!(written >= 1 && kept == 0);
    let listed = fs::read_to_string(out.join("labels.ndjson")).unwrap();
    assert_eq!(listed.lines().count() as u64, written);
    let first: serde_json::Value = serde_json::from_str(listed.lines().next().unwrap()).unwrap();
    let svg = out.join(first["files"][0].as_str().unwrap());
    let bytes = fs::read(&svg).unwrap();
    assert_eq!(demo.verify(svg.to_str().unwrap(), &[]).code, 0);

    assert_eq!(all(&[]), (0, written));
    // A file that is gone, and a list whose last line was cut off by a kill: one label is drawn again.
    fs::remove_file(&svg).unwrap();
    fs::write(out.join("labels.ndjson"), format!("{listed}{{\"product\":\"p0")).unwrap();
    let (part, note) = (out.join("p0.svg.0123456789abcdef.part"), out.join("my own notes.part"));
    fs::write(&part, "half").unwrap();
    fs::write(&note, "whole").unwrap();
    assert_eq!(all(&[]), (1, written - 1));
    assert_eq!((part.exists(), note.exists()), (false, true), "what was begun is swept, and nothing else");
    assert_eq!(fs::read(&svg).unwrap(), bytes);
    assert_eq!(all(&[]), (0, written));
    // Another look is another label.
    assert_eq!(all(&["--lang", "nl"]), (written, 0));

    let ran = label(&demo, &["--all", "--maker", "nobody!", "--out", out.to_str().unwrap()]);
    assert!(ran.code == 2 && ran.err.contains("no maker's id"), "{}", ran.err);
    let ran = label(&demo, &["--all", "--out", out.to_str().unwrap()]);
    assert_eq!(ran.code, 2, "{}", ran.err);
}

#[test]
fn an_authoritys_words_are_drawn_and_verified_by_who_keeps_its_house() {
    let demo = Demo::new();
    let product = demo.product().to_string();
    let house = demo.path("house.toml");
    fs::write(&house, "house = \"assay-house-v0\"\n[foot]\nen = \"Label of the Example Products Office\"\n")
        .unwrap();
    let (out, house_file) = (demo.path("office.svg"), house.to_str().unwrap());
    let out = out.to_str().unwrap();
    let ran = label(&demo, &[&product, "--out", out, "--house", house_file]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(fs::read_to_string(out).unwrap().contains("Label of the Example Products Office."));
    assert_eq!(demo.verify(out, &["--house", house_file]).code, 0);
    let unknown = demo.verify(out, &[]);
    assert!(unknown.code == 2 && unknown.out.contains("give --house"), "{} {}", unknown.code, unknown.out);
    fs::write(&house, "house = \"assay-house-v0\"\n[foot]\nen = \"Certified secure by the Office\"\n")
        .unwrap();
    let ran = label(&demo, &[&product, "--out", out, "--house", house_file]);
    assert!(ran.code == 2 && ran.err.contains("which no label may say"), "{}", ran.err);
}

/// Somebody between us and the register, who answers everything with one text.
fn in_between(answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 4096]);
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", answer.len());
            let _ = stream.write_all(format!("{head}{answer}").as_bytes());
        }
    });
    address
}

#[test]
fn a_genuine_label_of_another_product_or_scheme_is_not_written_for_what_was_asked() {
    let demo = Demo::new();
    let svg = fs::read_to_string(demo.path("labels/pp-1.svg")).unwrap();
    let link = svg.split_once("<metadata>").unwrap().1.split_once("</metadata>").unwrap().0.to_owned();
    let (trust, out) = (demo.path("trust.txt"), demo.path("swapped.svg"));
    let (trust, out) = (trust.to_str().unwrap(), out.to_str().unwrap());
    let address = in_between(link.clone());
    let ask = |product: &str, more: &[&str]| {
        let args = ["label", product, "--register", &address, "--trust", trust, "--out", out];
        run(args.iter().chain(more))
    };
    let another = ask("09520000100018", &[]);
    assert!(
        another.code == 2 && another.err.contains("sent the label of GTIN 09520000200015"),
        "{}",
        another.err
    );
    let scheme = ask("09520000200015", &["--scheme", "uk-2019-option-c"]);
    assert!(scheme.code == 2 && scheme.err.contains("not under uk-2019-option-c"), "{}", scheme.err);
    // By a product's id the statement itself must be shown, and this one shows none.
    let product = ask(&demo.product().to_string(), &[]);
    assert!(product.code == 2 && product.err.contains("proof is refused"), "{}", product.err);
    assert!(!demo.path("swapped.svg").exists());
    assert_eq!(ask("09520000200015", &[]).code, 0, "what was asked for is written");

    // In the list of a range each label is held against what the list says that it is.
    let list = format!(
        "{{\"labels\":[{{\"product\":\"{}\",\"name\":\"x\",\"gtin\":\"09520000100018\",\"link\":\"{link}\"}}],\"left_out\":[],\"all\":1,\"next\":null}}",
        demo.product()
    );
    let address = in_between(list);
    let folder = demo.path("swapped");
    let folder = folder.to_str().unwrap();
    let args = [
        "label",
        "--all",
        "--maker",
        "m0",
        "--register",
        &address,
        "--trust",
        trust,
        "--out",
        folder,
        "--json",
    ];
    let ran = run(args);
    assert_eq!((ran.code, ran.json()["written"].as_u64()), (1, Some(0)), "{}{}", ran.out, ran.err);
    assert!(ran.json()["refused"][0].as_str().unwrap().contains("sent the label of"), "{}", ran.out);
}
