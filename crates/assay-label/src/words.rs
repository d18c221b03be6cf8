//! The sentences of a label in each language: what is drawn, and the same in words for people who cannot see it. They
//! stand in `data/words`, one file a language, which a translator can edit; the sentence behind the shield and the
//! scheme's title stand in the scheme's file in English. No word here says that a product is safe, and none may.

mod dates;
mod file;
pub(crate) mod never;

use assay::assess::Variant;
use assay::label::{LabelFacts, Subject};
use assay::outcome::SeenBy;
use jiff::civil::Date;

use self::file::File;
use crate::lettering::SOFT_HYPHEN;
use crate::look::Look;
use crate::symbols::Promise;

/// A language that labels exist in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Welsh.
    Cy,
    /// French.
    Fr,
    /// German.
    De,
    /// Spanish.
    Es,
    /// Italian.
    It,
    /// Dutch.
    Nl,
    /// Polish.
    Pl,
    /// Portuguese.
    Pt,
}

impl Language {
    /// All of them, English first.
    pub const ALL: [Self; 9] =
        [Self::En, Self::Cy, Self::Fr, Self::De, Self::Es, Self::It, Self::Nl, Self::Pl, Self::Pt];

    /// Its code, as in `lang="cy"`.
    #[must_use]
    pub fn code(self) -> &'static str {
        ["en", "cy", "fr", "de", "es", "it", "nl", "pl", "pt"][self as usize]
    }

    /// The language of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// What it calls itself.
    #[must_use]
    pub fn name(self) -> &'static str {
        &File::of(self).name
    }

    /// Who has read its sentences as a speaker of it, and when; none as long as nobody has.
    #[must_use]
    pub fn reviewed(self) -> Option<&'static str> {
        Some(File::of(self).reviewed.as_str()).filter(|by| !by.is_empty())
    }
}

/// What a label says, sentence by sentence, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentences {
    /// The language.
    pub language: Language,
    /// `Product security label`.
    pub name: String,
    /// `Shield with a tick`.
    pub sign: String,
    /// What the sign stands for.
    pub shield: String,
    /// Until when updates are promised.
    pub updates: Updates,
    /// How long that is from the day of the declaration; none where nothing is promised, or for less than a month.
    pub lasts: Option<String>,
    /// `As declared on 22 November 2026`; the day's spaces do not break.
    pub declared: String,
    /// Who checked.
    pub level: String,
    /// `GTIN 04006381333931`.
    pub number: String,
    /// The number alone.
    pub id: String,
    /// The scheme's title, and its name where there is little room.
    pub scheme: [String; 2],
    /// `Scheme: ` and its title.
    pub under: String,
    /// What the label is not.
    pub disclaimer: String,
}

/// What the calendar says: a line that leads in and what stands out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Updates {
    /// `Security updates until at least`.
    pub lead: String,
    /// Month and year; none where nothing is promised.
    pub month: Option<String>,
    /// The date still lay ahead when the label was issued.
    pub promised: bool,
}

impl Updates {
    /// Both in one sentence, without a full stop.
    #[must_use]
    pub fn sentence(&self) -> String {
        match &self.month {
            Some(month) => format!("{} {month}", self.lead),
            None => self.lead.clone(),
        }
    }
}

impl Sentences {
    /// What a label says in a look's language, as of its day.
    #[must_use]
    pub fn of(facts: &LabelFacts, look: Look) -> Self {
        let language = look.language;
        let file = File::of(language);
        let tick = facts.variant() == Variant::Tick;
        let rule = facts.rule();
        let own = file.scheme(facts.scheme_id());
        let english = [&facts.scheme().title, if tick { &rule.tick } else { &rule.cross }];
        let [title, shield] = match &own.title {
            Some(title) => [title, if tick { &own.tick } else { &own.cross }],
            None => english,
        };
        let (id, number) = match facts.subject() {
            Subject::Gtin(gtin) => (gtin.to_string(), &file.gtin),
            Subject::Product(id) => (id.clone(), &file.product),
        };
        Self {
            language,
            name: file.label.clone(),
            sign: if tick { &file.tick } else { &file.cross }.clone(),
            shield: shield.clone(),
            updates: updates(facts, file, look),
            lasts: facts.updates_until().and_then(|until| lasts(facts.issued(), until, language)),
            declared: declared(facts.issued(), language),
            level: match facts.level() {
                SeenBy::Maker => &file.maker,
                SeenBy::Register => &file.register,
                SeenBy::Lab => &file.lab,
                SeenBy::Authority => &file.authority,
            }
            .clone(),
            number: number.replace("{number}", &id),
            id,
            scheme: [title.clone(), own.short.clone()],
            under: file.scheme.replace("{title}", title),
            disclaimer: look.foot().to_owned(),
        }
    }

    /// The short name of the picture: an SVG's `<title>`.
    #[must_use]
    pub fn title(&self) -> String {
        plain(&format!("{}. {}. {}.", self.name, self.sign, self.updates.sentence()))
    }

    /// All that the label means, for people who cannot see it: an SVG's `<desc>`, an image's `alt`.
    #[must_use]
    pub fn alt_text(&self) -> String {
        let Self { sign, shield, declared, level, under, number, disclaimer, .. } = self;
        let updates = self.updates.sentence();
        let said = [&format!("{sign}: {shield}"), &updates, declared, level, under, number, disclaimer];
        plain(&said.map(|text| stopped(text)).join(" "))
    }
}

/// All that a label means, in English.
#[must_use]
pub fn alt_text(facts: &LabelFacts) -> String {
    Sentences::of(facts, Look::default()).alt_text()
}

/// With a full stop, where it does not end with one.
pub(crate) fn stopped(text: &str) -> String {
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}

/// Without what only guides where a line may end.
pub(crate) fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ").replace(SOFT_HYPHEN, "")
}

fn declared(day: Date, language: Language) -> String {
    let day = dates::day(day, language).replace(' ', "\u{a0}");
    File::of(language).declared.replace("{day}", &day)
}

/// What is said of the day of a declaration in each month: some are longer than others.
pub(crate) fn declared_in_each_month(language: Language) -> Vec<String> {
    let last = |month| Date::constant(2026, month, 28);
    (1..=12).map(|month| declared(last(month), language)).collect()
}

fn updates(facts: &LabelFacts, file: &File, look: Look) -> Updates {
    let Some(until) = facts.updates_until() else {
        return Updates { lead: file.updates_none.clone(), month: None, promised: false };
    };
    let promised = Promise::of(facts, look.on) == Promise::Made;
    let lead = if promised { &file.updates_until } else { &file.updates_ended };
    Updates { lead: lead.clone(), month: Some(dates::month(until, look.language)), promised }
}

/// In whole years, below two years in whole months: what is left of a month or a year is not counted, so `at least` holds.
fn lasts(from: Date, until: Date, language: Language) -> Option<String> {
    let months = (i32::from(until.year()) - i32::from(from.year())) * 12 + i32::from(until.month())
        - i32::from(from.month())
        - i32::from(until.day() < from.day());
    let months = u32::try_from(months).ok().filter(|months| *months > 0)?;
    let file = File::of(language);
    let (count, forms) = if months < 24 { (months, &file.months) } else { (months / 12, &file.years) };
    let category = dates::plural(count, language);
    Some(forms.get(&category)?.replace("{n}", &count.to_string()))
}

/// What is said of today, for the live badge and the web form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Today {
    /// The maker took the label back.
    Withdrawn(Date),
    /// Nobody may show the label since that day.
    Suspended(Date),
    /// There is none.
    NoLabel,
}

impl Today {
    /// The sentence for it.
    #[must_use]
    pub fn sentence(self, language: Language) -> String {
        let file = File::of(language);
        match self {
            Self::Withdrawn(day) => file.withdrawn.replace("{day}", &dates::day(day, language)),
            Self::Suspended(day) => file.suspended.replace("{day}", &dates::day(day, language)),
            Self::NoLabel => file.no_label.clone(),
        }
    }
}

/// `What holds today`: what a link to the register says.
pub(crate) fn today(language: Language) -> &'static str {
    &File::of(language).today
}

/// `As of 3 March 2027`.
pub(crate) fn as_of(day: Date, language: Language) -> String {
    File::of(language).as_of.replace("{day}", &dates::day(day, language))
}

/// What a label is not, in a language.
pub(crate) fn disclaimer(language: Language) -> &'static str {
    &File::of(language).disclaimer
}

/// What the label calls itself, in a language.
pub(crate) fn name(language: Language) -> &'static str {
    &File::of(language).label
}

#[cfg(test)]
mod tests;
