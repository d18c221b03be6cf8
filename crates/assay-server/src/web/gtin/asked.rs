//! What a request for a number asks: in which form (`Accept`), for which kind of link (`linkType`), and what of its query
//! goes on to where it is sent.

use assay::gs1::Gs1Link;
use assay::gtin::Gtin14;
use axum::extract::Query;
use axum::http::{HeaderMap, Uri, header};

/// The forms of an answer, the one for people first: it is given where several are wanted alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Page,
    /// RFC 9264, 4.2.
    Linkset,
    /// The same to a program that asks for nothing more than JSON.
    Json,
    LinkedData,
    /// RFC 9264, 4.1.
    LinksetText,
}

const FORMS: [(&str, Form); 5] = [
    ("text/html", Form::Page),
    ("application/linkset+json", Form::Linkset),
    ("application/json", Form::Json),
    ("application/ld+json", Form::LinkedData),
    ("application/linkset", Form::LinksetText),
];

/// Addresses under which the words of GS1's vocabulary are known, beside the short `gs1:`.
const VOCABULARIES: [&str; 6] = [
    "gs1:",
    "https://ref.gs1.org/voc/",
    "https://gs1.org/voc/",
    "http://gs1.org/voc/",
    "https://www.gs1.org/voc/",
    "https://gs1.org/voc#",
];

/// Most media types that are looked at.
const MOST: usize = 50;

/// The query of a request.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) link_type: Option<Wanted>,
    /// What is passed on when the request is sent elsewhere: everything but what is meant for us.
    pub(super) passed_on: String,
}

/// The value of `linkType`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wanted(String);

impl Asked {
    /// Reads a query that is held against GS1's rules for this number.
    pub(super) fn of(uri: &Uri, gtin: Gtin14) -> Result<Self, String> {
        let Some(query) = uri.query() else { return Ok(Self { link_type: None, passed_on: String::new() }) };
        Gs1Link::parse(&format!("https://x/01/{gtin}?{query}")).map_err(|e| e.to_string())?;
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(|e| e.to_string())?.0;
        let mut types = pairs.into_iter().filter(|(key, _)| key == "linkType").map(|(_, value)| value);
        let link_type = types.next().map(|text| Wanted::of(&text));
        if types.next().is_some() {
            return Err("linkType stands there twice".into());
        }
        let ours = |pair: &&str| matches!(pair.split('=').next(), Some("linkType" | "a" | ""));
        let passed_on: Vec<&str> = query.split(['&', ';']).filter(|pair| !ours(pair)).collect();
        Ok(Self { link_type, passed_on: passed_on.join("&") })
    }
}

impl Wanted {
    fn of(text: &str) -> Self {
        let word = VOCABULARIES.iter().find_map(|vocabulary| text.strip_prefix(vocabulary));
        Self(word.unwrap_or(text).to_owned())
    }

    /// All links there are. `all` is the word of earlier versions of the standard.
    pub(super) fn is_linkset(&self) -> bool {
        matches!(self.0.as_str(), "linkset" | "all")
    }

    /// The word of GS1's vocabulary, or whatever was asked for.
    pub(super) fn word(&self) -> &str {
        &self.0
    }
}

/// The form a visitor likes best; the page where it says nothing or likes nothing that we have.
pub(super) fn form(headers: &HeaderMap) -> Form {
    let accepted = accepted(headers);
    // An exact wish goes before `*/*`: who asks for JSON and takes anything wants JSON.
    let liking = |media: &str| {
        let matching = accepted.iter().filter(|range| range.covers(media));
        matching.max_by_key(|range| range.exactness()).map_or((0, 0), |r| (r.quality, r.exactness()))
    };
    let mut best = ((0, 0), Form::Page);
    for (media, form) in FORMS {
        let liking = liking(media);
        if liking.0 > 0 && liking > best.0 {
            best = (liking, form);
        }
    }
    best.1
}

/// How much one media type is liked, in thousandths; none where it is not named itself.
pub(super) fn named(headers: &HeaderMap, media: &str) -> Option<u16> {
    accepted(headers).iter().find(|range| range.media == media).map(|range| range.quality)
}

/// One part of an `Accept` header.
struct Range {
    media: String,
    quality: u16,
}

impl Range {
    fn covers(&self, media: &str) -> bool {
        let whole = self.media.strip_suffix("/*").map(|kind| media.split('/').next() == Some(kind));
        self.media == "*/*" || whole.unwrap_or(self.media == media)
    }

    fn exactness(&self) -> u8 {
        if self.media == "*/*" { 0 } else { 1 + u8::from(!self.media.ends_with("/*")) }
    }
}

fn accepted(headers: &HeaderMap) -> Vec<Range> {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .take(MOST)
        .map(|part| {
            let mut words = part.split(';').map(str::trim);
            let media = words.next().unwrap_or_default().to_ascii_lowercase();
            let quality = words.find_map(|word| word.strip_prefix("q=").or_else(|| word.strip_prefix("Q=")));
            let quality = quality.map_or(1000, thousandths);
            Range { media, quality }
        })
        .collect()
}

/// `0.8` as 800. What is no such number is no wish.
fn thousandths(text: &str) -> u16 {
    let number: f32 = text.parse().unwrap_or(0.0);
    if (0.0..=1.0).contains(&number) { (number * 1000.0) as u16 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn liked(accept: &str) -> Form {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        form(&headers)
    }

    #[test]
    fn who_asks_gets_the_form_it_likes_best() {
        assert_eq!(form(&HeaderMap::new()), Form::Page);
        for (accept, wanted) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Form::Page),
            ("*/*", Form::Page),
            ("image/avif,*/*", Form::Page),
            ("image/png", Form::Page),
            ("", Form::Page),
            (";;,,q=", Form::Page),
            ("application/linkset+json", Form::Linkset),
            ("Application/Linkset+JSON; profile=\"x\"", Form::Linkset),
            ("application/linkset+json, text/html;q=0.5", Form::Linkset),
            ("application/linkset+json;q=0.4, text/html;q=0.5", Form::Page),
            ("application/linkset+json;q=0, */*", Form::Page),
            ("application/linkset", Form::LinksetText),
            ("application/json, text/plain, */*", Form::Json),
            ("application/json", Form::Json),
            ("application/ld+json", Form::LinkedData),
            ("application/*", Form::Linkset),
            ("text/*;q=0.1, application/*;q=0.2", Form::Linkset),
            ("application/json;q=2, text/html;q=0.1", Form::Page),
        ] {
            assert_eq!(liked(accept), wanted, "{accept}");
        }
    }

    #[test]
    fn a_link_type_is_known_by_all_its_spellings() {
        let gtin = Gtin14::parse("4006381333931").unwrap();
        let asked = |query: &str| Asked::of(&format!("/01/x?{query}").parse().unwrap(), gtin);
        for text in [
            "gs1:pip",
            "gs1%3Apip",
            "https://gs1.org/voc/pip",
            "https%3A%2F%2Fref.gs1.org%2Fvoc%2Fpip",
            "pip",
        ] {
            assert_eq!(asked(&format!("linkType={text}")).unwrap().link_type.unwrap().word(), "pip");
        }
        assert!(asked("linkType=all").unwrap().link_type.unwrap().is_linkset());
        let passed_on = asked("a=oOo&x=%20y&linkType=gs1:pip&17=301231&single").unwrap().passed_on;
        assert_eq!(passed_on, "x=%20y&17=301231&single");
        for wrong in ["linkType=a&linkType=b", "17=301331", "10=L1", "89=x", "99="] {
            assert!(asked(wrong).is_err(), "{wrong}");
        }
    }
}
