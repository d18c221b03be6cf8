//! `assay statement` through the front door: a case's statement in three forms and back, what keeps it from being written,
//! statements as other people write them, and files that mean harm.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::common::{Ran, folder, run};

const CASE: &str = r#"
[product]
name = "Hearth Camera 2"
model = "HC-2"
gtins = ["9520000100018"]

[maker]
organisation = "Hearth Devices Ltd"
domain = "hearth.example"

[support]
end = 2030-05-31
published_at = "https://hearth.example/support"
reasons = "the platform's maker supports it until then"

[[claim]]
provision = "psti-2023:sch1-1"
support = "yes"

[[claim]]
provision = "psti-2023:sch1-2"
support = "yes"

[[claim]]
provision = "psti-2023:sch1-3"
support = "yes"
"#;

const STATEMENT: &str = r#"
[product]
type = "Indoor camera"
batch = "2026-44"

[[manufacturer]]
name = "Hearth Devices Ltd"
address = "Hearth House, 1 Example Street, Exampletown EX1 1EX, United Kingdom"

[declaration]
prepared_by = "manufacturer"
complies = "schedule-1"
opinion = "yes"

[support]
start = 2026-06-01

[signatory]
name = "A. N. Other"
function = "Head of Product Compliance"
signed = "electronic: qualified signature, certificate no. 4711"
place = "Exampletown"
date = 2026-11-22
"#;

fn case(product: &str, statement: &str) -> TempDir {
    let folder = folder();
    fs::write(folder.path().join("product.toml"), product).unwrap();
    fs::write(folder.path().join("statement.toml"), statement).unwrap();
    folder
}

fn write(folder: &Path, names: &[&str]) -> Ran {
    let mut args = vec!["statement".to_owned(), folder.to_str().unwrap().to_owned()];
    args.extend(["--on", "2026-11-22", "--json"].map(str::to_owned));
    for name in names {
        args.extend(["--out".to_owned(), folder.join(name).to_str().unwrap().to_owned()]);
    }
    run(args)
}

fn validate(file: &Path) -> Ran {
    run(["statement", "--validate", file.to_str().unwrap(), "--on", "2026-11-22", "--json"])
}

fn validate_bytes(name: &str, bytes: &[u8]) -> Ran {
    let folder = folder();
    let file = folder.path().join(name);
    fs::write(&file, bytes).unwrap();
    validate(&file)
}

/// The fields that are not met, then those that are inconclusive.
fn lacking(told: &Value) -> [String; 2] {
    ["not-met", "inconclusive"].map(|outcome| {
        let fields = told["fields"].as_array().unwrap().iter().filter(|f| f["outcome"] == outcome);
        fields.map(|f| f["field"].as_str().unwrap()).collect()
    })
}

fn missing(told: &Value) -> Vec<(String, String)> {
    let text = |m: &Value, key: &str| m[key].as_str().unwrap().to_owned();
    told["missing"].as_array().unwrap().iter().map(|m| (text(m, "field"), text(m, "what"))).collect()
}

#[test]
fn a_good_case_gives_three_forms_and_each_is_met_in_every_field() {
    let folder = case(CASE, STATEMENT);
    let ran = write(folder.path(), &["s.json", "s.html", "s.pdf"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let told = ran.json();
    assert_eq!(told["statement"]["retain_until"], "2036-11-21");
    for (name, format) in [("s.json", "json"), ("s.html", "html"), ("s.pdf", "pdf")] {
        let ran = validate(&folder.path().join(name));
        let told = ran.json();
        assert_eq!(
            (ran.code, &told["format"], &told["outcome"]),
            (0, &format.into(), &"met".into()),
            "{told:#}"
        );
        assert_eq!(told["retain_until"], "2036-11-21", "{name}");
    }
    let written: Value = serde_json::from_slice(&fs::read(folder.path().join("s.json")).unwrap()).unwrap();
    assert_eq!(written, told["statement"]);
    // What is written is held against its published schema like everything that is printed.
    let ran = Ran { code: 0, out: written.to_string(), err: String::new() };
    assert_eq!(ran.json()["schema"], "assay-statement-of-compliance-0");
    let first = ["s.json", "s.html", "s.pdf"].map(|n| fs::read(folder.path().join(n)).unwrap());
    assert_eq!(write(folder.path(), &["s.json", "s.html", "s.pdf"]).code, 0, "it replaces what it wrote");
    let again = ["s.json", "s.html", "s.pdf"].map(|n| fs::read(folder.path().join(n)).unwrap());
    assert!(first == again, "the same statement has the same bytes");
    let pdf = String::from_utf8_lossy(&first[2]).into_owned();
    assert!(pdf.starts_with("%PDF-1.7") && pdf.contains("/Lang") && pdf.contains("/StructTreeRoot"));
}

#[test]
fn everything_that_is_missing_is_named_at_once_and_nothing_is_written() {
    let folder = case(CASE, "");
    let ran = write(folder.path(), &["s.html"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let fields: String = missing(&ran.json()).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, "aabcddfffgg");
    assert!(!folder.path().join("s.html").exists());
    fs::remove_file(folder.path().join("statement.toml")).unwrap();
    assert_eq!(write(folder.path(), &[]).out, ran.out, "no file is as good as an empty one");
    let plain = run(["statement", folder.path().to_str().unwrap(), "--on", "2026-11-22"]);
    assert!(
        plain.code == 1 && plain.out.contains("(f) Signature") && plain.out.contains("function = "),
        "{}",
        plain.out
    );
}

#[test]
fn what_the_case_contradicts_is_not_declared() {
    let unclaimed =
        CASE.replace("sch1-2\"\nsupport = \"yes\"", "sch1-2\"\nsupport = \"no\"\ndetail = \"no policy yet\"");
    let told = write(case(&unclaimed, STATEMENT).path(), &[]).json();
    let found = missing(&told);
    assert!(found.len() == 1 && found[0].0 == "d" && found[0].1.contains("psti-2023:sch1-2"), "{found:#?}");
    let universal = format!("{CASE}\n[[evidence]]\nkind = \"password-batch\"\npath = \"evidence/b.csv\"\n");
    let folder = case(&universal, STATEMENT);
    fs::create_dir(folder.path().join("evidence")).unwrap();
    fs::write(folder.path().join("evidence/b.csv"), "serial,password\n1,Sesame-77\n2,Sesame-77\n").unwrap();
    let ran = write(folder.path(), &["s.pdf"]);
    let found = missing(&ran.json());
    assert!(ran.code == 1 && found.len() == 1 && found[0].1.contains("evidence shows"), "{found:#?}");
    let endless = CASE.replace("end = 2030-05-31\n", "");
    let found = missing(&write(case(&endless, STATEMENT).path(), &[]).json());
    assert!(found.iter().any(|(field, what)| field == "e" && what.contains("no end date")), "{found:#?}");
}

#[test]
fn the_deemed_route_is_written_with_its_standard_and_no_other() {
    // Condition A of each requirement, with the law's own rules that Schedule 2, paragraph 3 keeps.
    let claims: String = [
        "en303645-v2.1.1:5.1-1",
        "en303645-v2.1.1:5.1-2",
        "en303645-v2.1.1:5.2-1",
        "en303645-v2.1.1:5.3-13",
        "psti-2023:sch2-3-end-date",
        "psti-2023:sch2-3-manner",
        "psti-2023:sch1-3-extension",
        "psti-2023:sch1-3-prominence",
        "psti-2023:sch1-3-never-shortened",
    ]
    .map(|id| format!("\n[[claim]]\nprovision = \"{id}\"\nsupport = \"yes\"\n"))
    .concat();
    let (head, _) = CASE.split_once("\n[[claim]]").unwrap();
    let cites = |version: &str, issued: &str| {
        format!(
            "{}\n[[standard]]\nnumber = \"ETSI EN 303 645\"\nversion = \"{version}\"\nissued = {issued}\n",
            STATEMENT.replace("schedule-1", "schedule-2")
        )
    };
    let product = format!("{head}{claims}");
    let folder = case(&product, &cites("V2.1.1", "2020-06-19"));
    let ran = write(folder.path(), &["s.pdf", "s.html"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    for name in ["s.pdf", "s.html"] {
        let told = validate(&folder.path().join(name)).json();
        assert_eq!(told["outcome"], "met", "{told:#}");
    }
    let ran = write(case(&product, &cites("V3.1.3", "2024-09-11")).path(), &[]);
    assert!(ran.code == 1 && ran.out.contains("V3.1.3 is not the version"), "{}", ran.out);
    let ran = write(case(&product, STATEMENT).path(), &[]);
    assert!(ran.code == 1 && ran.out.contains("psti-2023:sch1-1 is not claimed"), "{}", ran.out);
}

#[test]
fn one_requirement_by_iso_29147_and_a_period_that_has_ended_are_written_and_told() {
    let claims: String = ["6.2.2", "6.2.5", "6.5"]
        .map(|n| format!("iso29147-2018:{n}"))
        .into_iter()
        .chain(["psti-2023:sch2-2-iso-publish".to_owned(), "psti-2023:sch2-2-iso-manner".to_owned()])
        .map(|id| format!("\n[[claim]]\nprovision = \"{id}\"\nsupport = \"yes\"\n"))
        .collect();
    let product = CASE.replace("\n[[claim]]\nprovision = \"psti-2023:sch1-2\"\nsupport = \"yes\"\n", &claims);
    let statement = format!(
        "{}\n[[standard]]\nnumber = \"ISO/IEC 29147\"\nversion = \"2018\"\nissued = \"2018\"\n",
        STATEMENT.replace("schedule-1", "schedule-2")
    );
    let folder = case(&product, &statement);
    let ran = write(folder.path(), &["s.json", "s.pdf", "s.html"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert_eq!(ran.json()["statement"]["d"]["requirements"][1]["condition"], "Condition A: ISO/IEC 29147");
    for name in ["s.json", "s.pdf", "s.html"] {
        let told = validate(&folder.path().join(name)).json();
        assert_eq!(told["outcome"], "met", "{name}: {told:#}");
    }
    let ended = product.replace("2030-05-31", "2026-10-31");
    let ran = write(case(&ended, &statement).path(), &[]);
    let warning = ran.json()["warnings"][0].as_str().unwrap().to_owned();
    assert!(ran.code == 0 && warning.starts_with("product.toml:11: "), "{warning}");
}

#[test]
fn a_joint_statement_names_each_and_is_signed_on_paper() {
    let second = "[[manufacturer]]\nname = \"Brand Ltd\"\naddress = \"\"\"2 High Street\nLondon EC1A 1BB\"\"\"\n\
                  [authorised_representative]\nname = \"Example Representation Ltd\"\naddress = \"5 Castle Street, Edinburgh EH2 3XX\"\n[declaration]";
    let joint = STATEMENT
        .replace("[declaration]", second)
        .replace("electronic: qualified signature, certificate no. 4711", "ink");
    let folder = case(CASE, &joint);
    assert_eq!(write(folder.path(), &["s.pdf", "s.html", "s.json"]).code, 0);
    for name in ["s.pdf", "s.html", "s.json"] {
        let ran = validate(&folder.path().join(name));
        let told = ran.json();
        assert_eq!((ran.code, lacking(&told)), (3, [String::new(), "f".into()]), "{name}: {told:#}");
        assert!(ran.out.contains("9(5)"), "{name}: {told:#}");
    }
    let lacks = joint.replace("address = \"\"\"2 High Street\nLondon EC1A 1BB\"\"\"\n", "");
    let ran = write(case(CASE, &lacks).path(), &[]);
    assert!(ran.code == 1 && ran.out.contains("the address of Brand Ltd"), "{}", ran.out);
}

#[test]
fn dates_at_the_edge_of_what_can_be() {
    let on = |issued: &str, end: &str| {
        let folder = case(
            &CASE.replace("2030-05-31", end),
            &STATEMENT.replace("2026-11-22", issued).replace("2026-06-01", "2020-01-01"),
        );
        let ran = run(["statement", folder.path().to_str().unwrap(), "--on", "2026-11-22", "--json"]);
        ran.json()["statement"]["retain_until"].as_str().map(str::to_owned)
    };
    assert_eq!(on("2024-02-29", "2030-05-31").as_deref(), Some("2034-02-28"));
    assert_eq!(on("2024-02-29", "2034-02-28").as_deref(), Some("2034-02-28"));
    assert_eq!(on("2024-02-29", "2034-03-01").as_deref(), Some("2034-03-01"));
    assert_eq!(on("2026-11-22", "2026-11-22").as_deref(), Some("2036-11-21"));
    assert_eq!(on("2026-11-22", "2026-11-21").as_deref(), Some("2036-11-21"), "ended before: lawful");
    assert_eq!(on("2026-11-23", "2030-05-31"), None, "tomorrow");
}

#[test]
fn only_plain_files_of_a_known_form_are_written() {
    let folder = case(CASE, STATEMENT);
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("d.pdf")).unwrap();
    std::os::unix::fs::symlink("/dev/null", at("null.pdf")).unwrap();
    std::os::unix::fs::symlink("statement.toml", at("own.json")).unwrap();
    for names in [
        ["s.docx"].as_slice(),
        &["d.pdf"],
        &["null.pdf"],
        &["own.json"],
        &["s.pdf", "s.pdf"],
        &["s.pdf", "d.pdf"],
    ] {
        let ran = write(folder.path(), names);
        assert_eq!(ran.code, 2, "{names:?}: {}{}", ran.out, ran.err);
        assert!(!at("s.pdf").exists(), "{names:?}");
    }
    assert_eq!(write(folder.path(), &["no/such/folder.pdf"]).code, 4);
    assert_eq!(fs::read_to_string(at("statement.toml")).unwrap(), STATEMENT);
    let ran = write(case(CASE, &STATEMENT.replace("A. N. Other", "王小明")).path(), &["s.pdf"]);
    assert!(ran.code == 2 && ran.err.contains("U+738B"), "{}", ran.err);
    let path = folder.path().to_str().unwrap();
    assert_eq!(run(["statement", path, "--scheme", "uk-2019-option-a"]).code, 2);
    assert_eq!(run(["statement", path, "--validate", "x"]).code, 2);
    assert_eq!(run(["statement"]).code, 2);
    let ran = write(case(CASE, "[product]\nbach = \"1\"\n[signatory]\ndate = 2026-02-30\n").path(), &[]);
    assert_eq!((ran.code, ran.json()["problems"].as_array().unwrap().len()), (2, 2), "{}", ran.err);
}

/// As makers write them. Companies and people are invented.
const PLAIN: &str = "\
STATEMENT OF COMPLIANCE

1. Product type: Smart plug PP-1
2. Batch number: PP1-2026-W40 to PP1-2026-W44
3. Manufacturer: Kiesel Geraete GmbH, Beispielweg 7, 10115 Berlin, Germany
4. Authorised representative: Pebble UK Ltd, 2 High Street, London EC1A 1BB
5. This statement of compliance is prepared on behalf of the manufacturer by Pebble UK Ltd.
6. In the opinion of the manufacturer it has complied with the applicable security requirements
   of Schedule 1 to the PSTI Security Requirements Regulations 2023.
7. Defined support period: security updates from 1 October 2026 to 30 September 2031

Signed: M. Muster
Name: Max Muster
Position: Managing Director
Place of issue: Berlin
Date of issue: 1 November 2026
";

#[cfg(unix)]
#[test]
fn a_statement_file_that_leads_out_of_the_case_is_not_read() {
    let away = folder();
    fs::write(away.path().join("statement.toml"), STATEMENT).unwrap();
    for (target, wanted) in
        [(away.path().join("statement.toml"), "statement.toml"), ("nowhere".into(), "leads nowhere")]
    {
        let case = case(CASE, STATEMENT);
        let file = case.path().join("statement.toml");
        fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink(&target, &file).unwrap();
        let ran = write(case.path(), &["camera.json"]);
        assert!(ran.code == 2 && ran.out.contains(wanted), "{target:?}: {}{}", ran.out, ran.err);
        assert!(!case.path().join("camera.json").exists());
    }
}

#[test]
fn statements_of_others_are_judged_as_they_stand() {
    let ran = validate_bytes("good.txt", PLAIN.as_bytes());
    assert_eq!((ran.code, lacking(&ran.json())), (0, [String::new(), String::new()]), "{}", ran.out);
    for (from, to, code, not_met, unsure) in [
        ("security updates from 1 October 2026 to 30 September 2031", "5 years from purchase", 1, "e", ""),
        ("Position: Managing Director\n", "", 3, "", "f"),
        (
            "the applicable security requirements\n   of Schedule 1 to the PSTI Security Requirements Regulations 2023",
            "ETSI EN 303 645 V3.1.3 (2024-09)",
            1,
            "d",
            "",
        ),
        ("GmbH, Beispielweg 7, 10115 Berlin, Germany", "GmbH", 1, "b", ""),
        ("1 November 2026", "1 November 2027", 1, "g", ""),
    ] {
        let text = PLAIN.replace(from, to);
        assert_ne!(text, PLAIN, "{from}");
        let ran = validate_bytes("s.txt", text.as_bytes());
        assert_eq!(
            (ran.code, lacking(&ran.json())),
            (code, [not_met.into(), unsure.into()]),
            "{text}\n{}",
            ran.out
        );
    }
    let plain = folder();
    let file = plain.path().join("s.txt");
    for (end, code, says) in [
        ("from 1 October 2026 to 30 September 2031", 0, "(e) met"),
        ("from 1 October 2024 to 30 September 2025", 3, "(e) inconclusive: the support period ends on"),
        ("for 5 years from purchase", 1, "(e) not met"),
    ] {
        let text = PLAIN.replace("from 1 October 2026 to 30 September 2031", end);
        fs::write(&file, text.as_bytes()).unwrap();
        let ran = run(["statement", "--validate", file.to_str().unwrap(), "--on", "2026-11-22"]);
        assert!(ran.code == code && ran.out.contains(says) && ran.out.contains("(line 10)"), "{}", ran.out);
    }
}

/// A PDF written by hand: objects, then a table of where they stand.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n", number + 1).bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    let table = bytes.len();
    bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        bytes.extend(format!("{place:010} 00000 n \n").bytes());
    }
    bytes.extend(
        format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1).bytes(),
    );
    bytes
}

/// One page with this content and its dictionary's entries, and a font that is not carried along.
fn page(entries: &str, content: &[u8]) -> Vec<u8> {
    let stream = [format!("<<{entries}>>\nstream\n").as_bytes(), content, b"\nendstream"].concat();
    pdf(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 4 0 R>>>>/Contents 5 0 R>>"
            .to_vec(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_vec(),
        stream,
    ])
}

fn content(text: &str) -> Vec<u8> {
    let escape = |line: &str| line.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
    let lines: String = text.lines().map(|l| format!("({}) Tj 0 -16 Td\n", escape(l))).collect();
    format!("BT /F 10 Tf 60 780 Td\n{lines}ET").into_bytes()
}

#[test]
fn a_pdf_of_somebody_else_is_read_with_its_lines() {
    let stream = content(PLAIN);
    let ran = validate_bytes("s.pdf", &page(&format!("/Length {}", stream.len()), &stream));
    let told = ran.json();
    assert_eq!((ran.code, &told["format"]), (0, &"pdf".into()), "{told:#}");
    let scan = page("/Length 0", b"");
    let told = validate_bytes("scan.pdf", &scan).json();
    assert_eq!(lacking(&told), [String::new(), "abcdefg".into()]);
    assert!(told["fields"][0]["why"].as_str().unwrap().contains("scan"), "{told:#}");
}

#[test]
fn what_nobody_sees_in_a_pdf_is_not_read_as_said() {
    let stream = String::from_utf8(content(PLAIN)).unwrap();
    let of = |stream: &str| {
        validate_bytes("s.pdf", &page(&format!("/Length {}", stream.len()), stream.as_bytes()))
    };
    for unseen in [
        stream.replace("BT /F 10 Tf", "BT 3 Tr /F 10 Tf"),
        stream.replace("BT /F 10 Tf", "1 g BT /F 10 Tf"),
        stream.replace("BT /F 10 Tf", "1 1 1 rg BT /F 10 Tf"),
        stream.replace("BT /F 10 Tf", "BT /F 0.01 Tf"),
    ] {
        let told = of(&unseen).json();
        assert_eq!(lacking(&told), [String::new(), "abcdefg".into()], "{told:#}");
        assert!(told["fields"][4]["why"].as_str().unwrap().contains("no reader sees"), "{told:#}");
    }
    // White letters on a dark area are read by everybody.
    let on_dark = format!("0 0 0.4 rg 0 0 595 842 re f 1 g {stream}");
    assert_eq!(of(&on_dark).code, 0);
    assert_eq!(of(&stream.replace("BT /F 10 Tf", "1 0 0 RG 1 Tr BT /F 10 Tf")).code, 0);
}

#[test]
fn a_text_that_speaks_of_pdfs_is_text_and_rich_text_is_refused() {
    let mention = format!("Download this as %PDF- or text.\n\n{PLAIN}");
    for name in ["s.txt", "s.md", "S.TXT"] {
        let told = validate_bytes(name, mention.as_bytes()).json();
        assert_eq!(told["format"], "text", "{name}: {told:#}");
    }
    let stream = content(PLAIN);
    let behind = [b"\n\n".as_slice(), &page(&format!("/Length {}", stream.len()), &stream)].concat();
    assert_eq!(validate_bytes("s.txt", &behind).json()["format"], "pdf", "its mark stands first");
    let rich = validate_bytes("s.rtf", format!("{{\\rtf1 {PLAIN}}}").as_bytes());
    assert_eq!(rich.code, 2);
    assert!(rich.err.contains("rich text") && rich.err.contains("save it as PDF"), "{}", rich.err);
}

/// Three thousand million zero bytes, deflated three times over.
const BOMB: &str = "\
78daabb8f5f68eae5f0ca384db43eb5496950fdc17184c28e14f98d5b0d2ad414d87a1bf3925e8bc5f800e83f32ee604\
116e055ec7051cce3352ef7cb6f1fef164b6fef3a47f45e633790e1794feadfc5cfff5390310f4dcb97a39e769358f44\
99187f7d9f1f50a461a37574fc6c3df7c6fecb6f9d416a1a2efefe5d5d9ffc53f14359a55d291f504462efdaefcf9b9f\
8a7dc82fdc5df9460e286250d5dfc408a4272849804cd505732e403886c89c5199519951995199519951995199519951\
9951995199519951995199519951995199c12af3f9e6a9fef7ba09e585bbbe6703f987e2b6cbbd6f3f29be7d5dc45d00\
e40cb489";

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn lying_broken_and_exploding_pdfs_are_refused_in_bounds() {
    let stream = content(PLAIN);
    for length in ["0", "7", "99999999999", "-1", "5 0 R", "(x)"] {
        let ran = validate_bytes("lies.pdf", &page(&format!("/Length {length}"), &stream));
        assert!([0, 1, 2, 3].contains(&ran.code), "{length}: {} {}", ran.code, ran.err);
    }
    let begun = std::time::Instant::now();
    let filters = "/Filter[/FlateDecode/FlateDecode/FlateDecode]";
    let ran =
        validate_bytes("bomb.pdf", &page(&format!("/Length {}{filters}", BOMB.len() / 2), &unhex(BOMB)));
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    // Whichever bound is reached first, memory or time: a busy machine inflates slowly.
    let bounds = ["more room than a statement may", "takes longer than 20 seconds"];
    assert!(bounds.iter().any(|b| ran.err.contains(b)), "{}", ran.err);
    assert!(begun.elapsed().as_secs() < 60);
    let deep = pdf(&[["[".repeat(300_000), "]".repeat(300_000)].concat().into_bytes()]);
    assert_eq!(validate_bytes("deep.pdf", &deep).code, 2);
    let itself = pdf(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>".to_vec(),
    ]);
    assert_eq!(validate_bytes("itself.pdf", &itself).code, 2);
    for bytes in [b"%PDF-".as_slice(), b"%PDF-1.7\n%%EOF", b"junk %PDF-1.4 junk"] {
        assert_eq!(validate_bytes("broken.pdf", bytes).code, 2);
    }
}

#[test]
fn a_damaged_copy_of_our_pdf_never_ends_the_program() {
    let folder = case(CASE, STATEMENT);
    assert_eq!(write(folder.path(), &["s.pdf"]).code, 0);
    let whole = fs::read(folder.path().join("s.pdf")).unwrap();
    let mut state = 7_u64;
    let mut next = move |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(state >> 33).unwrap() % most
    };
    for round in 0..30 {
        let mut bytes = whole.clone();
        if round % 3 == 0 {
            bytes.truncate(next(whole.len()));
        } else {
            for _ in 0..=next(40) {
                let at = next(bytes.len());
                bytes[at] = u8::try_from(next(256)).unwrap();
            }
        }
        let ran = validate_bytes("s.pdf", &bytes);
        assert!([0, 1, 2, 3].contains(&ran.code), "round {round}: {}", ran.err);
    }
}

#[test]
fn files_that_are_no_statement_are_refused_or_decide_nothing() {
    let folder = folder();
    let big = folder.path().join("big.txt");
    fs::File::create(&big).unwrap().set_len(50 << 20).unwrap();
    let ran = validate(&big);
    assert!(ran.code == 2 && ran.err.contains("more than"), "{}", ran.err);
    assert_eq!(validate(folder.path()).code, 2);
    assert_eq!(validate(Path::new("/dev/zero")).code, 2);
    assert_eq!(validate(&folder.path().join("absent.pdf")).code, 2);
    for (bytes, code) in [
        (b"PK\x03\x04 a word file".to_vec(), 2),
        (b"\x00\x01\x02\x03".to_vec(), 2),
        (b"{\"schema\": \"assay-check-0\"}".to_vec(), 2),
        (b"{".repeat(100_000), 2),
        (b"<html>".repeat(100_000), 3),
        ("word ".repeat(1 << 19).into_bytes(), 2),
        (Vec::new(), 3),
        (b"\xff\xfe\x00\xd8\x00\xd8".to_vec(), 3),
        (b"caf\xe9 caf\xe9 caf\xe9 caf\xe9 caf\xe9 caf\xe9".to_vec(), 3),
    ] {
        let ran = validate_bytes("s", &bytes);
        assert_eq!(ran.code, code, "{:?}: {}{}", &bytes[..bytes.len().min(20)], ran.out, ran.err);
    }
    let turned = PLAIN.replace("30 September 2031", "\u{202e}1302 rebmetpeS 03\u{202c}");
    let ran = validate_bytes("s.txt", turned.as_bytes());
    let told = ran.json();
    assert_eq!((ran.code, lacking(&told)), (3, [String::new(), "e".into()]), "{told:#}");
    assert!(told["notes"][0].as_str().unwrap().contains("line 10"));
    assert!(!ran.out.contains('\u{202e}'));
}
