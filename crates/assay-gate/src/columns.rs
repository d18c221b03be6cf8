//! Which column of a shop's file holds the GTIN and which the article number: by the name in the header, in the languages
//! of the shops we know, or as the caller says. A header that says neither is an error, never a guess from the values.

use assay::gtin::{Gtin14, GtinError};

use crate::catalogue::{CatalogueError, Columns, Keep, shown};

/// A column and what its first values look like.
#[derive(Clone, Debug)]
pub struct Seen {
    pub(crate) name: String,
    /// Without case, blanks and signs.
    plain: String,
    filled: usize,
    gtins: usize,
}

/// The columns to read, by their position among those seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// The GTIN.
    pub gtin: usize,
    /// The shop's own article number.
    pub sku: Option<usize>,
    /// The words.
    pub words: Words<Option<usize>>,
    /// The day of a row's sale.
    pub sold_on: Option<usize>,
    /// The columns that are written beside the verdicts.
    pub kept: Vec<usize>,
}

/// What a listing's words stand in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words<T> {
    /// The category, or the address of the product's page, whose path is one too.
    pub category: T,
    /// The title.
    pub title: T,
    /// The brand.
    pub brand: T,
    /// The maker's model.
    pub model: T,
}

impl<T> Words<T> {
    /// The same of every one.
    pub fn map<U>(self, mut each: impl FnMut(T) -> U) -> Words<U> {
        Words {
            category: each(self.category),
            title: each(self.title),
            brand: each(self.brand),
            model: each(self.model),
        }
    }

    /// Each of them.
    pub(crate) fn each(&self) -> [&T; 4] {
        [&self.category, &self.title, &self.brand, &self.model]
    }

    /// In the order of the fields.
    pub fn into_array(self) -> [T; 4] {
        [self.category, self.title, self.brand, self.model]
    }
}

/// Names of GTIN columns without blanks and signs, the surest first.
const GTIN: &[&str] = &[
    "gtin",
    "gtin14",
    "gtin13",
    "gtin12",
    "gtin8",
    "ggtin",
    "gtinean",
    "gtincode",
    "gtinnumber",
    "gtinnummer",
    "globaltradeitemnumber",
    "ean",
    "ean13",
    "eancode",
    "ean13code",
    "codeean",
    "codeean13",
    "codigoean",
    "códigoean",
    "codiceean",
    "codean",
    "kodean",
    "ean14",
    "ean8",
    "eannumber",
    "eannummer",
    "eannr",
    "eanno",
    "eangtin",
    "eanupc",
    "gtinupc",
    "gtineanupc",
    "upcean",
    "upc",
    "upca",
    "upccode",
    "upcnumber",
    "jan",
    "jancode",
    "janコード",
    "barcode",
    "barcodenumber",
    "productbarcode",
    "itembarcode",
    "strichcode",
    "strichcodenummer",
    "streepjescode",
    "streckkod",
    "stregkode",
    "strekkode",
    "viivakoodi",
    "codebarre",
    "codebarres",
    "codeàbarres",
    "codeabarres",
    "códigodebarras",
    "codigodebarras",
    "codigobarras",
    "codiceabarre",
    "codiceabarra",
    "codbare",
    "coddebare",
    "kodkreskowy",
    "čárovýkód",
    "čiarovýkód",
    "vonalkód",
    "штрихкод",
    "баркод",
    "バーコード",
    "条码",
    "条形码",
];

/// Names that mean a GTIN in some shops and an article number in others: the values decide.
const DOUBTFUL: &[&str] = &[
    "productcode",
    "produktcode",
    "itemcode",
    "articlecode",
    "artikelcode",
    "codeproduit",
    "codprodus",
    "code",
];

/// Names of the shop's own article number, the surest first.
const SKU: &[&str] = &[
    "sku",
    "merchantsku",
    "sellersku",
    "retailerproductcode",
    "retailersku",
    "articlenumber",
    "articleno",
    "articlenr",
    "artikelnummer",
    "artikelnr",
    "artnr",
    "artno",
    "itemnumber",
    "itemno",
    "itemid",
    "offerid",
    "productid",
    "produktid",
    "productnumber",
    "produktnummer",
    "referencia",
    "référence",
    "reference",
    "refproduit",
    "codicearticolo",
    "codarticol",
    "numeroarticolo",
    "tuotenumero",
    "varenummer",
    "artikelid",
    "articleid",
    "productcode",
    "itemcode",
    "articlecode",
    "id",
];

/// Names of the category, the surest first; then of the address of the product's page.
const CATEGORY: &[&str] = &[
    "category",
    "categories",
    "productcategory",
    "categorypath",
    "googleproductcategory",
    "producttype",
    "kategorie",
    "kategorien",
    "warengruppe",
    "produktgruppe",
    "catégorie",
    "catégories",
    "rayon",
    "categoría",
    "categoria",
    "kategoria",
    "categorie",
    "kategori",
    "kategorija",
    "productgroup",
    "varegruppe",
    "varugrupp",
    "tuoteryhmä",
    "department",
    "producturl",
    "url",
    "link",
    "deeplink",
    "productlink",
];

/// Names of the title, the surest first.
const TITLE: &[&str] = &[
    "title",
    "producttitle",
    "itemtitle",
    "productname",
    "itemname",
    "name",
    "titel",
    "produktname",
    "artikelname",
    "bezeichnung",
    "artikelbezeichnung",
    "produktbezeichnung",
    "titre",
    "nom",
    "nomduproduit",
    "libellé",
    "désignation",
    "título",
    "nombre",
    "nombredelproducto",
    "titolo",
    "nome",
    "nomeprodotto",
    "titulo",
    "nazwa",
    "nazwaproduktu",
    "denumire",
    "numeprodus",
    "nume",
    "naam",
    "productnaam",
    "omschrijving",
    "produktnamn",
    "benämning",
    "produktnavn",
    "varenavn",
    "navn",
    "tuotenimi",
    "nimi",
    "název",
    "názov",
    "description",
    "beschreibung",
];

/// Names of the brand, the surest first.
const BRAND: &[&str] = &[
    "brand",
    "brandname",
    "marke",
    "marque",
    "marca",
    "marka",
    "merk",
    "märke",
    "varumärke",
    "mærke",
    "merke",
    "značka",
    "tuotemerkki",
    "manufacturer",
    "manufacturername",
    "hersteller",
    "fabricant",
    "fabricante",
    "produttore",
    "producent",
    "producator",
    "fabrikant",
    "tillverkare",
    "producer",
    "vendor",
    "maker",
];

/// Names of the maker's model, the surest first.
const MODEL: &[&str] = &[
    "model",
    "modelnumber",
    "modelno",
    "modelname",
    "modell",
    "modellnummer",
    "modèle",
    "référencefabricant",
    "modelo",
    "modello",
    "mpn",
    "manufacturerpartnumber",
    "herstellernummer",
    "herstellerartikelnummer",
    "partnumber",
    "malli",
];

impl Seen {
    /// A column of this name, of which no value was seen yet.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), plain: plain(name), filled: 0, gtins: 0 }
    }

    /// Counts one of the first values, read as a GTIN.
    pub fn add(&mut self, value: Result<Gtin14, GtinError>) {
        match value {
            Ok(_) => self.gtins += 1,
            Err(GtinError::Absent) => return,
            Err(_) => {}
        }
        self.filled += 1;
    }
}

/// Chooses by the caller's names, else by ours. Among several columns whose name says GTIN the surest name wins, but a
/// column that holds no GTIN at all yields to one that does.
///
/// # Errors
/// No column of a GTIN, a name that no column has, a name that two have.
pub fn choose(seen: &[Seen], wanted: &Columns) -> Result<Chosen, CatalogueError> {
    let gtin = match &wanted.gtin {
        Some(name) => given(seen, "--gtin", name)?,
        None => found(seen)?,
    };
    let sku = match &wanted.sku {
        Some(name) => Some(given(seen, "--sku", name)?),
        None => match SKU.iter().find_map(|name| position(seen, name)).filter(|at| *at != gtin) {
            Some(at) => Some(once(seen, at, |other, chosen| other.plain == chosen.plain)?),
            None => None,
        },
    };
    let word = |flag, name: &Option<String>, names: &[&str]| match name {
        Some(name) => given(seen, flag, name).map(Some),
        None => match names.iter().find_map(|name| position(seen, name)) {
            Some(at) if at != gtin && Some(at) != sku => {
                once(seen, at, |other, chosen| other.plain == chosen.plain).map(Some)
            }
            _ => Ok(None),
        },
    };
    let words = Words {
        category: word("--category", &wanted.category, CATEGORY)?,
        title: word("--title", &wanted.title, TITLE)?,
        brand: word("--brand", &wanted.brand, BRAND)?,
        model: word("--model", &wanted.model, MODEL)?,
    };
    let sold_on = wanted.sold_on.as_ref().map(|name| given(seen, "--sold-on", name)).transpose()?;
    let kept = match &wanted.keep {
        Keep::None => Vec::new(),
        Keep::All => (0..seen.len()).collect(),
        Keep::Some(names) => {
            let mut kept = Vec::new();
            for name in names {
                let at = given(seen, "--keep", name)?;
                if kept.contains(&at) {
                    return Err(CatalogueError::KeptTwice { name: shown([name.as_str()]) });
                }
                kept.push(at);
            }
            kept
        }
    };
    Ok(Chosen { gtin, sku, words, sold_on, kept })
}

/// How well a header answers: whether it has a GTIN column by name, to tell one delimiter from another.
pub(crate) fn names_a_gtin(header: &[String], wanted: &Columns) -> bool {
    header.iter().any(|name| match &wanted.gtin {
        Some(given) => same(name, given),
        None => [GTIN, DOUBTFUL].iter().any(|list| list.contains(&plain(name).as_str())),
    })
}

fn found(seen: &[Seen]) -> Result<usize, CatalogueError> {
    let sure = GTIN.iter().filter_map(|name| position(seen, name));
    let doubtful = DOUBTFUL
        .iter()
        .filter_map(|name| position(seen, name))
        .filter(|at| seen.get(*at).is_some_and(|c| c.filled == 0 || c.gtins * 2 > c.filled));
    let candidates: Vec<usize> = sure.chain(doubtful).collect();
    let has_some = |at: &&usize| seen.get(**at).is_some_and(|c| c.gtins > 0);
    let Some(at) = candidates.iter().find(has_some).or(candidates.first()) else {
        return Err(CatalogueError::NoGtinColumn { headers: shown(seen.iter().map(|c| c.name.as_str())) });
    };
    once(seen, *at, |other, chosen| other.plain == chosen.plain)
}

/// A column that the caller names: exactly, else but for case, blanks and signs.
fn given(seen: &[Seen], flag: &'static str, name: &str) -> Result<usize, CatalogueError> {
    if let Some(at) = seen.iter().position(|c| c.name.trim() == name.trim()) {
        return once(seen, at, |other, chosen| other.name.trim() == chosen.name.trim());
    }
    let wanted = plain(name);
    match seen.iter().position(|c| !wanted.is_empty() && c.plain == wanted) {
        Some(at) => once(seen, at, |other, chosen| other.plain == chosen.plain),
        None => Err(CatalogueError::NoSuchColumn {
            flag,
            name: shown([name]),
            headers: shown(seen.iter().map(|c| c.name.as_str())),
        }),
    }
}

/// Refuses a column whose name occurs again: nothing tells which of the two is meant.
fn once(seen: &[Seen], at: usize, alike: fn(&Seen, &Seen) -> bool) -> Result<usize, CatalogueError> {
    let Some(chosen) = seen.get(at) else { return Ok(at) };
    match seen.iter().filter(|c| alike(c, chosen)).count() {
        0 | 1 => Ok(at),
        _ => Err(CatalogueError::TwoColumns { name: shown([chosen.name.as_str()]) }),
    }
}

fn position(seen: &[Seen], name: &str) -> Option<usize> {
    seen.iter().position(|c| c.plain == name)
}

fn same(a: &str, b: &str) -> bool {
    let plain_a = plain(a);
    !plain_a.is_empty() && plain_a == plain(b)
}

/// A header's name without case, blanks and signs: `EAN-Code` is `eancode`.
fn plain(name: &str) -> String {
    // No name that is looked for is as long.
    name.chars().filter(|c| c.is_alphanumeric()).take(64).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Headers, each with what its one value looks like: `Name` empty, `Name=` no GTIN, `Name#` a GTIN.
    fn columns(header: &str) -> Vec<Seen> {
        header
            .split('|')
            .map(|cell| {
                let name = cell.trim_end_matches(['=', '#']);
                let mut seen = Seen::new(name);
                if name.len() < cell.len() {
                    let text = if cell.ends_with('#') { "96385074" } else { "PS00100" };
                    seen.add(Gtin14::parse(text));
                }
                seen
            })
            .collect()
    }

    fn chosen(header: &str, gtin: Option<&str>, sku: Option<&str>) -> Result<(usize, Option<usize>), String> {
        let wanted = Columns { gtin: gtin.map(Into::into), sku: sku.map(Into::into), ..Columns::default() };
        choose(&columns(header), &wanted).map(|c| (c.gtin, c.sku)).map_err(|e| e.to_string())
    }

    #[test]
    fn columns_are_found_by_name_whatever_its_case_blanks_and_signs() {
        for (header, wanted) in [
            ("Name|EAN-Code|Artikel-Nr.", (1, Some(2))),
            ("sku|Global Trade Item Number (GTIN)|g:gtin", (2, Some(0))),
            ("ProductId#|Manufacturer|EANCode#|CTINCode", (2, Some(0))),
            ("Manufacturer Name|Product Code#|Model Number|Retailer Product Code=", (1, Some(3))),
            ("Código de barras|Ref", (0, None)),
            ("ean=|upc#", (1, None)),
            ("barcode#|gtin#", (1, None)),
            ("Product Code|x", (0, None)),
        ] {
            assert_eq!(chosen(header, None, None), Ok(wanted), "{header}");
        }
    }

    #[test]
    fn the_words_of_a_listing_are_found_beside_them() {
        let words = |header: &str| choose(&columns(header), &Columns::default()).unwrap().words.into_array();
        assert_eq!(
            words("EAN#|Kategorie|Bezeichnung|Hersteller|Modell"),
            [Some(1), Some(2), Some(3), Some(4)]
        );
        assert_eq!(words("ProductUrl|EANCode#|Manufacturer|ProductName"), [Some(0), Some(3), Some(2), None]);
        assert_eq!(words("url|Category|Name|ean#"), [Some(1), Some(2), None, None]);
        assert_eq!(words("ean#|sku"), [None; 4]);
    }

    #[test]
    fn a_product_code_that_is_no_gtin_is_not_taken_for_one() {
        let error = chosen("Product Code=|Price", None, None).unwrap_err();
        assert!(error.contains("Product Code") && error.contains("--gtin"), "{error}");
    }

    #[test]
    fn the_caller_says_which_or_hears_which_there_are() {
        assert_eq!(chosen("a|b|EAN", Some("B"), Some("a")), Ok((1, Some(0))));
        assert_eq!(chosen("A|a", Some("a"), None), Ok((1, None)));
        let error = chosen("a|b", Some("c"), None).unwrap_err();
        assert!(error.contains("--gtin `c`") && error.contains("`a`, `b`"), "{error}");
    }

    #[test]
    fn two_columns_of_one_name_are_refused() {
        for (header, gtin) in [("ean|x|EAN", None), ("x|x", Some("x"))] {
            assert!(chosen(header, gtin, None).unwrap_err().contains("rename"), "{header}");
        }
    }
}
