//! Every page with every sample: it renders, it is escaped, and it has what a reader's tools need.

use crate::web::page::{Message, Sampled};
use crate::web::{gate, gtin, home, log_page, product, rules};

fn all<T: Sampled>() -> Vec<String> {
    T::samples().into_iter().map(|page| page.render().unwrap()).collect()
}

#[test]
fn every_page_renders_with_every_sample() {
    let pages = [
        all::<Message>(),
        all::<home::Home>(),
        all::<product::view::ProductPage>(),
        all::<gtin::Disputed>(),
        all::<gtin::Unregistered>(),
        all::<gate::Form>(),
        all::<gate::SummaryPage>(),
        all::<log_page::LogPage>(),
        all::<rules::Index>(),
        all::<rules::RulePage>(),
        all::<rules::NoRule>(),
    ];
    for page in pages.iter().flatten() {
        assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en-GB\">"), "{page}");
        assert_eq!(page.matches("<h1").count(), 1, "{page}");
        assert_eq!(page.matches("<title>").count(), 1, "{page}");
        assert!(
            page.contains("<a class=\"skip\" href=\"#main\">") && page.contains("<main id=\"main\""),
            "{page}"
        );
        // The one script that is none: data, which no browser runs and which cannot end early.
        let without_data = match page.split_once("<script type=\"application/ld+json\">") {
            Some((before, rest)) => format!("{before}{}", rest.split_once("</script>\n").unwrap().1),
            None => page.clone(),
        };
        for forbidden in
            ["<script", "javascript:alert(1)\"", " style=", " onclick", "<b>", "<a> file", "{{", "{%"]
        {
            assert!(!without_data.contains(forbidden), "`{forbidden}` in {page}");
        }
        for input in page.split("<input ").skip(1).chain(page.split("<select ").skip(1)) {
            let id = input.split("id=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
            assert!(page.contains(&format!("<label for=\"{id}\">")), "{id} has no label in {page}");
        }
        for picture in page.split("<img ").skip(1) {
            assert!(picture.split('>').next().unwrap().contains("alt=\""), "{page}");
        }
        let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let mut once = ids.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), ids.len(), "an id stands there twice: {ids:?}");
    }
    assert!(pages.iter().all(|page| !page.is_empty()));
}

#[test]
fn every_template_has_a_sample() {
    // A page that is added without a line above would not be rendered here: count the files that are pages.
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let pages = std::fs::read_dir(folder)
        .unwrap()
        .filter(|file| {
            let text = std::fs::read_to_string(file.as_ref().unwrap().path()).unwrap();
            text.contains("{% extends")
        })
        .count();
    assert_eq!(pages, 11, "add the new page to the list above");
}

#[test]
fn every_text_has_enough_contrast() {
    let style = include_str!("../../../templates/style.css");
    let colour = |name: &str| {
        let hex = style.split(&format!("--{name}: #")).nth(1).unwrap();
        let channel = |at: usize| {
            let c = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            if c <= 0.03928 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
    };
    for ground in ["paper", "band"] {
        for text in ["ink", "quiet", "link", "tick", "cross", "warn", "focus"] {
            let (light, dark) = (colour(ground), colour(text));
            let contrast = (light + 0.05) / (dark + 0.05);
            assert!(contrast >= 4.5, "--{text} on --{ground}: {contrast:.1}");
        }
    }
    assert!((colour("paper") + 0.05) / (colour("line") + 0.05) >= 3.0, "borders of fields");
}
