//! Why a listing was sorted as it was, in words for the person who has to answer for it.

use std::fmt;

/// Where a word stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the title.
    Title,
    /// In the category.
    Category,
    /// In the brand.
    Brand,
}

/// A word that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The word, as the lists have it: the listing may have a form of it.
    pub word: &'static str,
    /// Where it stands.
    pub place: Place,
}

/// Which rule decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// No word says what it is.
    NothingSaid,
    /// It is something for a device, and no word says what.
    MadeFor,
    /// All of the kind connect.
    AlwaysConnects,
    /// The kind may connect, and a word says that this one does.
    SaysItConnects,
    /// The kind may connect, and no word says whether this one does.
    DoesNotSay,
    /// The kind seldom connects, and no word says that this one does.
    SeldomConnects,
    /// The kind seldom connects, but a word makes one ask.
    ButAsk,
    /// A word says that it does not connect.
    SaysItDoesNot,
    /// The kind is one of those that connect, and a word says that this one does not.
    Contradicts,
    /// It is a part, an accessory or something without electronics.
    NeverConnects,
    /// Title and category name different things.
    Disagree,
    /// The number is one of books and periodicals.
    BookNumber,
    /// The scheme excepts the kind.
    Excepted,
    /// The scheme may except it: the rule needs facts that the listing does not give.
    PerhapsExcepted,
    /// Only a short-range radio is named, and the scheme asks for more.
    ShortRangeOnly,
    /// It has digital elements, and the scheme asks for no more.
    Digital,
    /// Some of the kind have digital elements, and the scheme asks for no more.
    PerhapsDigital,
    /// It was supplied before.
    SecondHand,
    /// It was reconditioned: by its maker it counts as new, by anybody else as second-hand.
    Reconditioned,
    /// It was supplied before, and what the scheme says of that is not known.
    PerhapsSecondHand,
    /// The scheme excepts the kind in a part of its territory only.
    ExceptedInPart,
}

/// Why a listing was sorted as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Because {
    /// The rule.
    pub rule: Rule,
    /// What the kind is, with its article: "a mount, bracket or holder".
    pub kind: Option<&'static str>,
    /// The word for the kind.
    pub word: Option<Seen>,
    /// The word that it outweighs, or that decided beside it.
    pub other: Option<Seen>,
}

impl Place {
    /// The word for people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Category => "category",
            Self::Brand => "brand",
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` in the {}", self.word, self.place.word())
    }
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(word) = self.word {
            write!(f, "{word}")?;
        }
        if let Some(kind) = self.kind {
            let colon = if self.word.is_some() { ": " } else { "" };
            write!(f, "{colon}{kind}")?;
        }
        if self.word.is_some() || self.kind.is_some() {
            f.write_str("; ")?;
        }
        let other = |f: &mut fmt::Formatter<'_>, before: &str, after: &str| match self.other {
            Some(seen) => write!(f, "{before}{seen}{after}"),
            None => Ok(()),
        };
        match self.rule {
            Rule::NothingSaid => f.write_str("no word says what it is"),
            Rule::MadeFor => {
                f.write_str("it is something for such a thing, and no word says that it connects itself")
            }
            Rule::AlwaysConnects => f.write_str("such things connect"),
            Rule::SaysItConnects if self.kind.is_none() => {
                f.write_str("no word says what it is")?;
                other(f, ", but ", " says that it connects")
            }
            Rule::SaysItConnects => {
                f.write_str("some such things connect")?;
                other(f, ", and ", " says that this one does")
            }
            Rule::DoesNotSay => f.write_str("some such things connect, and the listing does not say"),
            Rule::SeldomConnects => {
                f.write_str("such things seldom connect, and no word says that this one does")
            }
            Rule::ButAsk => {
                f.write_str("such things seldom connect")?;
                other(f, ", but ", " may mean that this one does")
            }
            Rule::SaysItDoesNot => {
                f.write_str("some such things connect")?;
                other(f, ", but ", " says that this one does not")
            }
            Rule::Contradicts => {
                f.write_str("such things connect")?;
                other(f, ", but ", " speaks against it")
            }
            Rule::NeverConnects => {
                f.write_str("it does not connect")?;
                other(f, ", though ", " stands there too")
            }
            Rule::Disagree => {
                f.write_str("this does not fit")?;
                other(f, " with ", "")
            }
            Rule::BookNumber => f.write_str("its number is one of books and periodicals"),
            Rule::Excepted => f.write_str("the scheme excepts such things"),
            Rule::PerhapsExcepted => {
                f.write_str("the scheme excepts some such things, on facts that the listing does not give")
            }
            Rule::ExceptedInPart => {
                f.write_str("the scheme excepts such things in a part of its territory only")
            }
            Rule::ShortRangeOnly => {
                other(f, "", "")?;
                f.write_str(" is no network of its own, and the scheme asks for one")
            }
            Rule::Digital => f.write_str("it has digital elements, and the scheme asks for no more"),
            Rule::PerhapsDigital => {
                f.write_str("some such things have digital elements, which is enough here")
            }
            Rule::SecondHand => {
                other(f, "", "")?;
                f.write_str(" says that it was supplied before")
            }
            Rule::PerhapsSecondHand => {
                other(f, "", "")?;
                f.write_str(" says that it was supplied before; what the scheme says of that is not known")
            }
            Rule::Reconditioned => {
                other(f, "", "")?;
                f.write_str(
                    " says that it was reconditioned: by its maker it counts as new, by others as second-hand",
                )
            }
        }
    }
}
