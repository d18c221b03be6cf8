//! The forms of a word as catalogues write them: its plurals, and an umlaut written as two letters. By rule and therefore
//! with many that no language has; those do no harm, for nobody writes them.

/// The languages of the word lists, as far as they differ in how they inflect and join words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tongue {
    /// Words that several languages share, and names.
    Shared,
    English,
    German,
    /// Dutch, Swedish and Danish.
    Northern,
    French,
    Italian,
    /// Spanish and Portuguese.
    Iberian,
    /// Polish and Czech.
    Slavic,
    Romanian,
    Finnish,
}

impl Tongue {
    /// The language of a list by its name in the data.
    pub(super) fn of(list: &str) -> Option<Self> {
        Some(match list {
            "any" | "names" | "weak" | "strong" | "first" => Self::Shared,
            "en" => Self::English,
            "de" => Self::German,
            "nl" | "sv" | "da" => Self::Northern,
            "fr" => Self::French,
            "it" => Self::Italian,
            "es" | "pt" => Self::Iberian,
            "pl" | "cs" => Self::Slavic,
            "ro" => Self::Romanian,
            "fi" => Self::Finnish,
            _ => return None,
        })
    }

    /// The thing itself stands first and what it belongs to after it (`support TV`), not last (`TV bracket`).
    pub(super) fn head_first(self) -> bool {
        matches!(self, Self::French | Self::Italian | Self::Iberian | Self::Slavic | Self::Romanian)
    }

    /// Nouns are joined into one word, of which the last part is the thing.
    pub(super) fn joins(self) -> bool {
        matches!(self, Self::German | Self::Northern | Self::Finnish)
    }

    fn endings(self, word: &str) -> (String, &'static [&'static str]) {
        let vowel = word.ends_with(['a', 'o', 'e', 'i', 'ă', 'y', 'ą', 'u']);
        let stem = || {
            let mut stem = word.to_owned();
            stem.pop();
            stem
        };
        match self {
            Self::English if word.ends_with('y') => (stem(), &["y", "ies", "ys"]),
            Self::English if word.ends_with(['s', 'x', 'h']) => (word.to_owned(), &["es", "s"]),
            Self::English => (word.to_owned(), &["s"]),
            Self::German => (word.to_owned(), &["s", "n", "en", "e", "er", "es", "ern"]),
            Self::Northern => {
                (word.to_owned(), &["s", "n", "en", "er", "e", "r", "ar", "et", "t", "or", "je"])
            }
            Self::French => (word.to_owned(), &["s", "x"]),
            Self::Italian if vowel => (stem(), &["i", "e", "a", "o", "hi", "he"]),
            Self::Italian => (word.to_owned(), &["s"]),
            Self::Iberian => (word.to_owned(), &["s", "es"]),
            Self::Slavic if vowel => {
                (stem(), &["a", "y", "i", "e", "ę", "ą", "o", "u", "ek", "ami", "ie", "ki"])
            }
            Self::Slavic => (word.to_owned(), &["a", "u", "y", "i", "e", "ów", "em", "ami", "ie", "om"]),
            Self::Romanian if vowel => {
                (stem(), &["a", "e", "i", "ă", "ei", "ele", "elor", "ul", "ului", "uri", "ii", "ile", "le"])
            }
            Self::Romanian => {
                (word.to_owned(), &["i", "e", "ul", "ului", "uri", "urile", "ile", "ilor", "le", "ele"])
            }
            Self::Finnish => (word.to_owned(), &["t", "n", "ja", "ta"]),
            // Of a short word some other language has made another.
            Self::Shared if vowel && word.chars().count() > 5 => (stem(), SHARED),
            Self::Shared => (word.to_owned(), &["s", "e", "n", "en", "es", "y", "i"]),
        }
    }
}

/// The endings of words on a vowel of which nobody said the language.
const SHARED: &[&str] = &["as", "es", "os", "is", "en", "an", "on", "e", "i", "y", "ys"];

/// Small words of languages where the thing itself stands first: `ferro da stiro`.
const LINKS: [&str; 14] =
    ["de", "da", "di", "do", "à", "a", "per", "para", "pour", "pentru", "z", "na", "del", "della"];

/// All forms of a word or a group of words, in small letters as they are written; the word itself is the first.
pub(super) fn forms(word: &str, tongue: Tongue) -> Vec<String> {
    let word = word.to_lowercase();
    let parts: Vec<&str> = word.split(' ').collect();
    let mut all = vec![word.clone()];
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return all };
    let (stem, endings) = tongue.endings(last);
    let rest = &word[..word.len() - last.len()];
    all.extend(endings.iter().map(|ending| format!("{rest}{stem}{ending}")));
    let linked = tongue == Tongue::Shared && parts.get(1).is_some_and(|second| LINKS.contains(second));
    if (tongue.head_first() || linked) && parts.len() > 1 {
        let (stem, endings) = tongue.endings(first);
        let rest = &word[first.len()..];
        all.extend(endings.iter().map(|ending| format!("{stem}{ending}{rest}")));
        if matches!(tongue, Tongue::French | Tongue::Iberian) {
            all.push(parts.iter().map(|part| format!("{part}s")).collect::<Vec<_>>().join(" "));
        }
    }
    if tongue == Tongue::German
        && let Some(plural) = with_umlaut(&word)
    {
        all.extend(["", "e", "er", "en"].iter().map(|ending| format!("{plural}{ending}")));
    }
    let spelled_out: Vec<String> = all
        .iter()
        .filter(|form| form.contains(['ä', 'ö', 'ü', 'å', 'ø']))
        .map(|form| {
            form.replace('ä', "ae")
                .replace('ö', "oe")
                .replace('ü', "ue")
                .replace('å', "aa")
                .replace('ø', "oe")
        })
        .collect();
    all.extend(spelled_out);
    all
}

/// A German word with its last vowel as a plural has it: `Schrank`, `Schränke`.
fn with_umlaut(word: &str) -> Option<String> {
    let at = word.rfind(['a', 'o', 'u', 'e', 'i', 'ä', 'ö', 'ü'])?;
    let (before, rest) = word.split_at(at);
    let (umlaut, before) = match rest.chars().next()? {
        'a' => ('ä', before),
        'o' => ('ö', before),
        'u' => match before.strip_suffix('a') {
            Some(before) => return Some(format!("{before}äu{}", &rest[1..])),
            None => ('ü', before),
        },
        _ => return None,
    };
    Some(format!("{before}{umlaut}{}", &rest[1..]))
}
