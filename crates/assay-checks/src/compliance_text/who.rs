//! Whom the words of a statement name: the manufacturer, "we", or somebody else. Only words side by side count: that a
//! sentence also mentions the manufacturer says nothing of whose statement or opinion it is.

use super::lines::Lines;
use super::parties;
use super::said::{Said, words_of};

/// Others in the supply chain, and testers: none of them is the manufacturer.
pub(super) const OTHERS: [&str; 18] = [
    "importer",
    "importers",
    "distributor",
    "distributors",
    "retailer",
    "retailers",
    "wholesaler",
    "reseller",
    "seller",
    "laboratory",
    "lab",
    "supplier",
    "consultant",
    "consultancy",
    "installer",
    "assessor",
    "auditor",
    "third",
];
/// Legal forms; of a name that a label gives the sentence may write another one, as "Limited" for "Ltd".
const FORMS: [&str; 16] = [
    "ltd",
    "limited",
    "gmbh",
    "inc",
    "incorporated",
    "plc",
    "llc",
    "bv",
    "b.v",
    "ag",
    "sa",
    "s.a",
    "srl",
    "corp",
    "corporation",
    "kg",
];

/// A party that words name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Party {
    /// The manufacturer, or one that the document names as such.
    Maker,
    /// "We", and nobody in the document but the manufacturer could say so.
    We,
    /// "We", and it is open who that is.
    SomeOfUs,
}

/// The manufacturers that a document names, and who else is in it.
pub(super) struct Who {
    /// Each name's words without the legal form, and whether it had one.
    names: Vec<(Vec<String>, bool)>,
    we_are_the_maker: bool,
}

impl Who {
    pub(super) fn of(lines: &Lines, said: &Said<'_>) -> Self {
        let names: Vec<(Vec<String>, bool)> = parties::makers(lines)
            .iter()
            .map(|name| {
                let low = name.to_lowercase().replace('’', "'");
                let mut words: Vec<String> = words_of(&low).into_iter().map(str::to_owned).take(12).collect();
                let all = words.len();
                while words.len() > 1 && words.last().is_some_and(|w| FORMS.contains(&w.as_str())) {
                    words.pop();
                }
                let formed = words.len() < all;
                (words, formed)
            })
            .filter(|(words, _)| !words.is_empty())
            .collect();
        let we_are_the_maker = !names.is_empty() && !said.has_any(&OTHERS);
        Self { names, we_are_the_maker }
    }

    /// The party that the words begin with, and how many words it takes.
    pub(super) fn at(&self, words: &[&str]) -> Option<(Party, usize)> {
        let skip = words.iter().take(4).take_while(|w| is_article(w)).count();
        let word = *words.get(skip)?;
        if matches!(word, "manufacturer" | "manufacturers") {
            return self.of_the_product(&words[skip + 1..]).then_some((Party::Maker, skip + 1));
        }
        if skip == 0 && matches!(word, "we" | "us" | "ourselves") {
            // "us, the manufacturer", "we, Foo Ltd"
            if let Some((Party::Maker, more)) = self.at(&words[1..]) {
                return Some((Party::Maker, 1 + more));
            }
            let other = words.iter().skip(1).take(3).any(|w| OTHERS.contains(w));
            let party = if self.we_are_the_maker && !other { Party::We } else { Party::SomeOfUs };
            return Some((party, 1));
        }
        self.named(&words[skip..]).map(|length| (Party::Maker, skip + length))
    }

    /// Whether the word before "opinion" or "behalf" says whose it is.
    pub(super) fn whose(&self, words: &[&str]) -> Option<Party> {
        let last = *words.last()?;
        match last {
            "manufacturer's" | "manufacturers" | "manufacturers'" => Some(Party::Maker),
            "our" if self.we_are_the_maker => Some(Party::We),
            "our" => Some(Party::SomeOfUs),
            _ => {
                let bare = last.strip_suffix("'s")?;
                let mut words = words[words.len().saturating_sub(14)..].to_vec();
                let at = words.len() - 1;
                words[at] = bare;
                (0..words.len())
                    .any(|from| self.named(&words[from..]) == Some(words.len() - from))
                    .then_some(Party::Maker)
            }
        }
    }

    /// How many words the name of a manufacturer takes at the beginning.
    fn named(&self, words: &[&str]) -> Option<usize> {
        self.names.iter().find_map(|(name, formed)| {
            let same = words.len() >= name.len() && name.iter().zip(words).all(|(a, b)| a == b);
            let behind = words.get(name.len()..).filter(|_| same)?;
            let form = behind.iter().take_while(|w| FORMS.contains(w)).count();
            // "Hearth Ltd" is not "Hearth Distribution Ltd".
            let longer = form == 0 && behind.iter().take(3).any(|w| FORMS.contains(w));
            (!longer && (form > 0 || !formed || behind.is_empty())).then_some(name.len() + form)
        })
    }

    /// "The manufacturer of the charger" is another one; "the manufacturer representative" is none.
    fn of_the_product(&self, behind: &[&str]) -> bool {
        const PARTS: [&str; 14] = [
            "chip",
            "chipset",
            "module",
            "modules",
            "component",
            "components",
            "platform",
            "battery",
            "charger",
            "cable",
            "software",
            "processor",
            "packaging",
            "parts",
        ];
        match behind.first() {
            Some(&"of") => !behind.iter().skip(1).take(5).any(|w| PARTS.contains(w)),
            Some(w) => !matches!(*w, "representative" | "agent") && !OTHERS.contains(w),
            None => true,
        }
    }
}

fn is_article(word: &str) -> bool {
    matches!(
        word,
        "the"
            | "its"
            | "their"
            | "each"
            | "both"
            | "all"
            | "every"
            | "said"
            | "joint"
            | "above"
            | "above-named"
            | "named"
            | "above-mentioned"
            | "undersigned"
            | "original"
            | "product's"
    )
}
