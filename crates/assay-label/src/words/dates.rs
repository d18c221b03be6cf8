//! Days, months and plurals as each language writes them, by ICU4X and the CLDR data that it brings.

use std::sync::LazyLock;

use icu_datetime::DateTimeFormatter;
use icu_datetime::fieldsets::{YM, YMD};
use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};
use jiff::civil::Date;

use super::Language;
use super::file::File;

struct Written {
    month: DateTimeFormatter<YM>,
    day: DateTimeFormatter<YMD>,
    plural: PluralRules,
}

fn written(language: Language) -> &'static Written {
    static ALL: LazyLock<Vec<Written>> = LazyLock::new(|| {
        let of = |language: Language| {
            let locale: Locale =
                File::of(language).locale.parse().expect("a test parses the locale of every language");
            let known = "ICU4X brings the data of every language of the labels, as a test shows";
            Written {
                month: DateTimeFormatter::try_new(locale.clone().into(), YM::long()).expect(known),
                day: DateTimeFormatter::try_new(locale.clone().into(), YMD::long()).expect(known),
                plural: PluralRules::try_new(locale.into(), icu_plurals::PluralRulesOptions::default())
                    .expect(known),
            }
        };
        Language::ALL.into_iter().map(of).collect()
    });
    &ALL[language as usize]
}

fn iso(date: Date) -> icu_datetime::input::Date<icu_calendar::Iso> {
    icu_datetime::input::Date::try_new_iso(
        i32::from(date.year()),
        date.month().unsigned_abs(),
        date.day().unsigned_abs(),
    )
    .expect("a calendar day is one in both libraries")
}

/// `May 2030`.
pub(super) fn month(date: Date, language: Language) -> String {
    written(language).month.format(&iso(date)).to_string()
}

/// `31 May 2030`.
pub(super) fn day(date: Date, language: Language) -> String {
    written(language).day.format(&iso(date)).to_string()
}

/// The plural that a count takes: `zero`, `one`, `two`, `few`, `many` or `other`.
pub(super) fn plural(count: u32, language: Language) -> String {
    word(written(language).plural.category_for(count)).to_owned()
}

fn word(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}

/// The plurals of a language.
#[cfg(test)]
pub(super) fn plurals(language: Language) -> Vec<&'static str> {
    written(language).plural.categories().map(word).collect()
}
