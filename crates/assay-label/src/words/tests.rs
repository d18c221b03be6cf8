//! Every language says everything, in its own way of writing dates and plurals, and none says too much.

use assay::assess::Variant;
use assay::scheme;

use super::*;
use crate::tests::{day, label};

#[test]
fn no_language_lacks_a_sentence_a_plural_or_a_scheme() {
    for language in Language::ALL {
        let file = File::of(language);
        let wanted = dates::plurals(language);
        for forms in [&file.years, &file.months] {
            let mut has: Vec<&str> = forms.keys().map(String::as_str).collect();
            let mut wanted = wanted.clone();
            has.sort_unstable();
            wanted.sort_unstable();
            assert_eq!(has, wanted, "{language:?}");
            assert!(forms.values().all(|form| form.contains("{n}")), "{language:?}");
        }
        for scheme in scheme::bundled().iter().filter(|s| s.label.is_some()) {
            let words = file.schemes.get(&scheme.id).unwrap_or_else(|| panic!("{language:?}: {}", scheme.id));
            assert!(!words.short.is_empty());
            let own = language != Language::En;
            assert_eq!(words.title.is_some(), own, "{language:?}");
            assert_eq!([words.tick.is_empty(), words.cross.is_empty()], [!own; 2], "{language:?}");
        }
        assert_eq!(file.schemes.len(), scheme::bundled().iter().filter(|s| s.label.is_some()).count());
        let places = [
            (&file.declared, "{day}"),
            (&file.gtin, "{number}"),
            (&file.product, "{number}"),
            (&file.scheme, "{title}"),
            (&file.as_of, "{day}"),
            (&file.withdrawn, "{day}"),
            (&file.suspended, "{day}"),
        ];
        for (sentence, place) in places {
            assert_eq!(sentence.matches(place).count(), 1, "{language:?}: {sentence}");
            assert_eq!(sentence.matches('{').count(), 1, "{language:?}: {sentence}");
        }
    }
}

#[test]
fn a_language_is_unreviewed_until_a_speaker_signs() {
    assert!(Language::En.reviewed().is_some());
    for language in Language::ALL.into_iter().skip(1) {
        assert_eq!(language.reviewed(), None, "say so in docs/label.md as well");
    }
}

#[test]
fn each_language_writes_months_days_and_plurals_its_own_way() {
    let said = |language| {
        let look = Look { language, ..Look::default() };
        let s = Sentences::of(label(Variant::Tick, Some("2030-05-31")).facts(), look);
        [s.updates.month.unwrap_or_default(), s.declared, s.lasts.unwrap_or_default()]
    };
    assert_eq!(said(Language::Cy)[0], "Mai 2030");
    assert_eq!(said(Language::De)[1], "Nach der Erklärung vom 22.\u{a0}November\u{a0}2026");
    assert_eq!(said(Language::Pl)[1], "Zgodnie z deklaracją z dnia 22\u{a0}listopada\u{a0}2026");
    assert_eq!(said(Language::Pl)[2], "To co najmniej 3 lata od dnia deklaracji.");
    assert_eq!(said(Language::Es)[0], "mayo de 2030");
    assert_eq!(said(Language::Pt)[1], "Conforme declarado em 22\u{a0}de\u{a0}novembro\u{a0}de\u{a0}2026");
    let lasts = |until: &str, language| lasts(day("2026-11-22"), day(until), language);
    assert_eq!(lasts("2026-12-21", Language::En), None, "less than a month");
    assert_eq!(
        lasts("2026-12-22", Language::En).as_deref(),
        Some("That is at least 1 month from the day of the declaration.")
    );
    assert_eq!(
        lasts("2028-11-21", Language::En).as_deref(),
        Some("That is at least 23 months from the day of the declaration.")
    );
    assert_eq!(
        lasts("2031-11-22", Language::Pl).as_deref(),
        Some("To co najmniej 5 lat od dnia deklaracji.")
    );
    assert_eq!(lasts("2020-05-31", Language::En), None);
}

#[test]
fn no_word_claims_what_a_declaration_cannot() {
    for language in Language::ALL {
        for (variant, until) in [(Variant::Tick, Some("2030-05-31")), (Variant::Cross, None)] {
            let s = Sentences::of(label(variant, until).facts(), Look { language, ..Look::default() });
            let said = format!("{} {}", s.alt_text(), s.title());
            assert_eq!(never::never_said(&said, language), None, "{language:?}: {said}");
        }
    }
    for (text, language) in [
        ("CE-marked product", Language::En),
        ("BSI-approved", Language::En),
        ("Produit sécurisé et garanti", Language::Fr),
        ("Veilig en goedgekeurd product", Language::Nl),
        ("Sicheres Produkt", Language::De),
        ("Cyber Trust Mark", Language::Pl),
    ] {
        assert!(never::never_said(text, language).is_some(), "{text}");
    }
    assert_eq!(never::never_said("Etikett der Behörde für Sicherheit", Language::De), None);
    assert_eq!(never::never_said("Office for Once", Language::En), None, "`ce` within a word");
}

#[test]
fn every_state_of_the_promise_is_said_in_words() {
    let said = |variant, until| alt_text(label(variant, until).facts());
    assert_eq!(
        said(Variant::Tick, Some("2030-05-31")),
        "Shield with a tick: Unique passwords and a public contact for security reports. Security updates until at \
         least May 2030. As declared on 22 November 2026. Declared by the maker. Scheme: UK 2019 consultation, option \
         A: label on every product sold. GTIN 04006381333931. Independent label modelled on a 2019 UK proposal; not a \
         government mark."
    );
    assert!(said(Variant::Cross, None).starts_with("Shield with a cross: Does not declare unique passwords"));
    assert!(said(Variant::Cross, None).contains(". No security updates promised. "));
    assert!(
        said(Variant::Tick, Some("2026-11-22")).contains("updates until at least November 2026"),
        "its last day"
    );
    assert!(said(Variant::Tick, Some("2020-05-31")).contains(". Security updates ended May 2020. "));
    let later = Look { on: Some(day("2031-01-01")), ..Look::default() };
    let told = Sentences::of(label(Variant::Tick, Some("2030-05-31")).facts(), later);
    assert_eq!(told.updates.sentence(), "Security updates ended May 2030");
    let title = Sentences::of(label(Variant::Cross, None).facts(), Look::default()).title();
    assert_eq!(title, "Product security label. Shield with a cross. No security updates promised.");
    assert_eq!(
        Today::Withdrawn(day("2027-03-03")).sentence(Language::De),
        "Der Hersteller hat dieses Etikett am 3. März 2027 zurückgenommen"
    );
}
