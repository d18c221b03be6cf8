//! Links and what becomes of them: our own cases, GS1's vectors, and any text at all.

use super::*;

#[test]
fn links_are_read_or_refused_with_the_reason() {
    let (mut cases, mut wrong) = (0, Vec::new());
    for line in include_str!("cases.txt").lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
        let (uri, wanted) = line.split_once("  ").unwrap();
        let got = Gs1Link::parse(uri);
        let agrees = match (wanted.strip_prefix('!'), &got) {
            (None, Ok(link)) => {
                link.element_string() == wanted && Gs1Link::parse(&link.to_string()).as_ref() == Ok(link)
            }
            (Some(why), Err(error)) => error.to_string().contains(why),
            _ => false,
        };
        if !agrees {
            wrong.push(format!("{line}\n    {}", got.map_or_else(|e| e.to_string(), |l| l.element_string())));
        }
        cases += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases > 95, "{cases}");
}

#[test]
#[expect(clippy::print_stderr, clippy::disallowed_methods, reason = "reads shared vectors, says when absent")]
fn every_vector_of_gs1_agrees() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora/gs1/dl-uri-vectors.tsv");
    let Ok(rows) = std::fs::read_to_string(path) else {
        eprintln!("SKIPPED: {path} is not there (the folder of real inputs, ../shared, is absent)");
        return;
    };
    let mut agreed = 0;
    for row in rows.lines().skip(1) {
        let fields: Vec<&str> = row.split('\t').collect();
        let got = Gs1Link::parse(fields[1]).map(|link| link.element_string());
        match fields[0] {
            "true" => assert_eq!(got.as_deref(), Ok(fields[2]), "{}", fields[1]),
            _ => assert!(got.is_err(), "{}: {got:?}", fields[1]),
        }
        agreed += 1;
    }
    assert_eq!(agreed, 42);
}

/// GS1's dictionary says for every identifier what ours says of it: nothing was lost when the table was written.
#[test]
#[expect(clippy::print_stderr, clippy::disallowed_methods, reason = "reads the dictionary, says when absent")]
fn the_table_says_what_gs1s_dictionary_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora/gs1/gs1-syntax-dictionary.txt");
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("SKIPPED: {path} is not there (the folder of real inputs, ../shared, is absent)");
        return;
    };
    let mut seen = 0;
    for line in text.lines().filter(|l| l.starts_with(|c: char| c.is_ascii_digit())) {
        let (line, title) = line.split_once("# ").unwrap_or((line, ""));
        let words: Vec<&str> = line.split_whitespace().collect();
        let flags = if words[1].bytes().all(|b| b"*?".contains(&b)) { words[1] } else { "" };
        for code in words[0].split('-') {
            let ours = identifier::find(code).unwrap_or_else(|| panic!("{code}"));
            assert_eq!((ours.fixed, ours.attribute), (flags.contains('*'), flags.contains('?')), "{code}");
            assert_eq!(ours.is_key(), line.contains("dlpkey"), "{code}");
            assert_eq!(ours.title, title, "{code}");
            seen += 1;
        }
    }
    // The first and the last of every line.
    assert_eq!(seen, 284);
}

#[test]
fn a_link_says_what_it_names() {
    let link =
        Gs1Link::parse("https://a/b/01/9520123456788/10/L%2F1?17=301231&linkType=gs1:pip&x=%20").unwrap();
    assert_eq!(link.stem(), "https://a/b");
    assert_eq!((link.key().code(), link.key().title(), link.key().value()), ("01", "GTIN", "09520123456788"));
    assert_eq!(link.gtin(), Some(Gtin14::parse("9520123456788").unwrap()));
    let of = |e: &Element| format!("{} {} {}", e.code(), e.title(), e.value());
    assert_eq!(link.qualifiers().iter().map(of).collect::<Vec<_>>(), ["10 BATCH/LOT L/1"]);
    assert_eq!(link.attributes().map(of).collect::<Vec<_>>(), ["17 USE BY or EXPIRY 301231"]);
    assert_eq!(link.others().collect::<Vec<_>>(), ["linkType=gs1:pip", "x=%20"]);
    assert_eq!(link.to_string(), "https://a/b/01/09520123456788/10/L%2F1?17=301231&linkType=gs1:pip&x=%20");
    // A shop's own number keeps the syntax, but it is no number that a register may know.
    assert_eq!(Gs1Link::parse("https://a/01/12312312312333").unwrap().gtin(), None);
}

#[test]
fn what_another_barcode_must_say_is_named() {
    let missing = |uri: &str| Gs1Link::parse(uri).unwrap().missing().len();
    assert_eq!(missing("https://a/01/09520123456788?17=301231&3922=0299&3103=000195"), 0);
    let link = Gs1Link::parse("https://a/415/9520123456788?3922=0299").unwrap();
    assert_eq!(link.missing(), [("415", "8020"), ("3922", "01"), ("3922", "30,31nn,32nn,35nn,36nn")]);
    let signed = Gs1Link::parse("https://a/8010/9520A/8011/1?8030=YQ%3D%3D").unwrap();
    assert_eq!(signed.missing(), []);
    assert_eq!(missing("https://a/8010/9520A?8030=YQ%3D%3D"), 1);
}

#[test]
fn bounds_are_kept_before_work_is_done() {
    let long = format!("https://a/01/09520123456788?a={}", "x".repeat(MAX_BYTES));
    assert_eq!(Gs1Link::parse(&long), Err(Gs1Error::TooLong(long.len())));
    let many = format!("https://a/01/09520123456788?{}", "x&".repeat(MAX_PARTS));
    assert_eq!(Gs1Link::parse(&many), Err(Gs1Error::Parts(MAX_PARTS + 1)));
    // Sixty-one values of ninety characters that are encoded when they are printed.
    let codes = (91..=99).chain(3100..3106).map(|c| c.to_string());
    let query: Vec<String> = codes
        .take(9)
        .map(|c| format!("{c}={}", "!".repeat(90)))
        .chain([format!("a={}", "x".repeat(7000))])
        .collect();
    let grows = format!("https://a/01/09520123456788?{}", query.join("&"));
    assert!(grows.len() < MAX_BYTES);
    assert!(matches!(Gs1Link::parse(&grows), Err(Gs1Error::TooLong(_))));
}

proptest::proptest! {
    #[test]
    fn any_text_is_answered(text in ".{0,80}") {
        let _ = Gs1Link::parse(&text);
    }

    #[test]
    fn what_is_read_prints_and_reads_the_same_again(
        stem in "(https?|HTTPS?)://[a-z]{1,3}(:[0-9]{1,5})?(/[a-z0-9]{1,4}){0,2}",
        key in "/(01|gtin)/(0952012345678[0-9]|952012345678[0-9])|/(00|sscc)/95201234567891234[0-9]|/8004/9520[!-~]{0,4}|/414/9520123456788",
        path in "(/(22|10|21|235|254|7040|lot|ser)/[!-~]{1,5}){0,3}",
        query in "(\\?((17=30[01][0-9][0-3][0-9]|99=[!-~]{0,6}|10=[a-z%0-9+]{1,5}|linkType=[a-z:1]{0,5}|[!-~]{0,6})[&;]){0,4})?",
        tail in "(#[!-~]{0,4})?",
    ) {
        let text = format!("{stem}{key}{path}{query}{tail}");
        if let Ok(link) = Gs1Link::parse(&text) {
            let printed = link.to_string();
            proptest::prop_assert_eq!(Gs1Link::parse(&printed), Ok(link.clone()), "{} became {}", text, printed);
            proptest::prop_assert!(link.element_string().starts_with('^'));
        }
    }
}
