//! A shop's own list: `snapshot import`, `gate` by it, `snapshot prove`, `verify`, each as a user would call it.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::common::{folder, run};

const LIST: &str = "gtin,status,reason,support_end\n4006381333931,allowed,,2031-03-31\n36000291452,refused,no-support-period,\n\
2000000000008,cross,,2027-01-31\n96385074,refused,withdrawn,2030-01-01\n8711500642219,disputed,,\n";

#[test]
fn a_list_of_ones_own_is_imported_judged_by_and_proven() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(at("own.csv"), LIST).unwrap();
    let import =
        ["snapshot", "import", &at("own.csv"), "--out", &at("own.snap"), "--on", "2026-11-27", "--json"];
    let told = run(import);
    assert_eq!((told.code, told.json()["header"]["records"].as_u64()), (0, Some(5)), "{}", told.err);
    // The keys of something else are not written over.
    assert_eq!(run(import).code, 2);

    let rows = "sku,ean,title\nA,4006381333931,Camera\nB,036000291452,Camera\nC,2000000000008,Camera\nD,96385074,Camera\n\
                E,8711500642219,Camera\nF,2999999999991,Camera\nG,5449000000996,Camera\nH,5449000000996,Camera bracket\n";
    fs::write(at("shop.csv"), rows).unwrap();
    let wanted = "sku,verdict,reason\nA,may-sell,labelled\nB,refuse,requirement-not-met\nC,may-sell,cross-label\n\
                  D,refuse,withdrawn\nE,ask,gtin-disputed\nF,ask,retailer-owned-number\nG,refuse,not-registered\n\
                  H,out-of-scope,not-consumer-connectable\n";
    let judged = |more: &[&str]| {
        let mut all = vec![
            "gate",
            "--snapshot",
            "SNAP",
            "--trust",
            "TRUST",
            "--on",
            "2026-12-01",
            "--columns",
            "sku,verdict,reason",
        ];
        let (snap, trust) = (at("own.snap"), at("trust.txt"));
        all.iter_mut().for_each(|word| match *word {
            "SNAP" => *word = &snap,
            "TRUST" => *word = &trust,
            _ => {}
        });
        run(all.into_iter().chain(more.iter().copied()))
    };
    // To a file, and to standard output with the summary beside it.
    let written = judged(&[&at("shop.csv"), "--out", &at("verdicts.csv"), "--json"]);
    assert_eq!((written.code, written.json()["out_of_scope"].as_u64()), (1, Some(1)), "{}", written.err);
    assert_eq!(fs::read_to_string(at("verdicts.csv")).unwrap(), wanted);
    let piped = judged(&[&at("shop.csv"), "--out", "-"]);
    assert_eq!((piped.code, piped.out.as_str()), (1, wanted), "{}", piped.err);
    assert!(piped.err.contains("8  rows"), "{}", piped.err);
    assert_eq!(judged(&[&at("shop.csv"), "--out", "-", "--json"]).code, 2);
    // From a pipe.
    let mut child = Command::new(env!("CARGO_BIN_EXE_assay"))
        .args(["gate", "-", "--snapshot", &at("own.snap"), "--trust", &at("trust.txt"), "--on", "2026-12-01"])
        .args(["--columns", "sku,verdict,reason", "--out", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(rows.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap(), wanted);
    // An old snapshot allows nothing, or is not judged by at all.
    let mut late =
        vec!["gate", "CSV", "--snapshot", "SNAP", "--trust", "TRUST", "--on", "2027-01-01", "--json"];
    let (csv, snap, trust) = (at("shop.csv"), at("own.snap"), at("trust.txt"));
    (late[1], late[3], late[5]) = (&csv, &snap, &trust);
    let old = run(late.clone());
    assert_eq!(
        (old.json()["may_sell"].as_u64(), old.json()["by_reason"]["stale-snapshot"].as_u64()),
        (Some(0), Some(2))
    );
    assert_eq!(run(late.into_iter().chain(["--stale", "refuse"])).code, 2);

    // A receipt says what was judged by what, and is verified by whoever knows the shop's key.
    let key = run(["key", "new", "--out", &at("shop.key"), "--json"]).json()["public_key"]
        .as_str()
        .unwrap()
        .to_owned();
    let signed = judged(&[
        &at("shop.csv"),
        "--out",
        &at("again.csv"),
        "--receipt",
        &at("receipt.json"),
        "--key",
        &at("shop.key"),
    ]);
    assert_eq!(signed.code, 1, "{}", signed.err);
    let seen = run(["verify", &at("receipt.json"), "--signer", &key, "--json"]);
    assert_eq!(seen.code, 0, "{}", seen.out);
    let receipt = &seen.json()["facts"]["receipt"];
    assert_eq!((receipt["rows"].as_u64(), receipt["scheme"].as_str()), (Some(8), Some("uk-2019-option-a")));
    let digest = |name: &str| {
        use sha2::Digest as _;
        sha2::Sha256::digest(fs::read(at(name)).unwrap())
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect::<String>()
    };
    assert_eq!(receipt["catalogue"]["sha256"].as_str(), Some(digest("shop.csv").as_str()));
    assert_eq!(receipt["verdicts"]["sha256"].as_str(), Some(digest("again.csv").as_str()));
    assert_eq!(run(["verify", &at("receipt.json")]).code, 3, "nobody pinned the key");
    let bent = fs::read_to_string(at("receipt.json")).unwrap().replace("\"refuse\": 3", "\"refuse\": 2");
    fs::write(at("receipt.json"), bent).unwrap();
    assert_eq!(run(["verify", &at("receipt.json"), "--signer", &key]).code, 1);
    assert_eq!(judged(&[&at("shop.csv"), "--receipt", &at("r.json")]).code, 2, "nobody signs it");

    for (gtin, code, says) in [("4006381333931", 0, "has a record"), ("5449000000996", 1, "between")] {
        let proof = at("proof.json");
        let made = run([
            "snapshot",
            "prove",
            &at("own.snap"),
            "--trust",
            &at("trust.txt"),
            "--gtin",
            gtin,
            "--out",
            &proof,
        ]);
        assert_eq!(made.code, code, "{}", made.err);
        let verify = |on: &str| run(["verify", &proof, "--trust", &at("trust.txt"), "--on", on]);
        let seen = verify("2026-12-01");
        assert_eq!(seen.code, 0, "{}{}", seen.out, seen.err);
        assert!(seen.out.contains(says), "{}", seen.out);
        assert_eq!(verify("2027-01-01").code, 3, "of a snapshot that is too old");
        let other = fs::read_to_string(&proof)
            .unwrap()
            .replace("\"present\": true", "\"present\": false")
            .replace(gtin, "9638507");
        fs::write(&proof, other).unwrap();
        assert_ne!(verify("2026-12-01").code, 0);
    }
}

#[test]
fn a_list_that_cannot_be_read_names_the_line_and_leaves_nothing() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (list, says) in [
        ("gtin,reason\n4006381333931,x\n", "no column `status`"),
        ("gtin,status\n4006381333932,allowed\n", "line 2: the check digit"),
        ("gtin,status\n4006381333931,fine\n", "line 2: `fine` is no status"),
        ("gtin,status,support_end\n4006381333931,allowed,2030-02-30\n", "line 2: `2030-02-30` is no day"),
        ("gtin,status\n4006381333931,allowed\n4006381333931,allowed\n", "two records of 04006381333931"),
        ("gtin,status\n4006381333931,allowed,more\n", "own.csv"),
    ] {
        fs::write(at("own.csv"), list).unwrap();
        let ran = run(["snapshot", "import", &at("own.csv"), "--out", &at("own.snap")]);
        assert_eq!(ran.code, 2, "{list}");
        assert!(ran.err.contains(says), "{}", ran.err);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing but the list is there");
    }
}
