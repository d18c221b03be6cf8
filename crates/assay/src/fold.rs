//! The fold: statements in, what holds for every product now out. It is the one place that decides whether a statement
//! may enter the log, and everything public (page, label, snapshot) is derived from it. The same statements in the same
//! order give the same state, wherever they are folded.

mod records;
#[cfg(test)]
mod tests;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use crate::assess::{Assessment, Variant, Verdict};
use crate::cose::CoseError;
use crate::declaration::Declaration;
use crate::gtin::Gtin14;
use crate::key::PublicKey;
use crate::scheme;
use crate::statement::{
    Assessed, Fact, Labelled, MakerId, MakerRegistered, Observed, ProductId, Received, Statement,
    StatementError, Withdrawn,
};
use crate::text::{is_domain, is_plain};

/// Everything that holds after some prefix of the log.
#[derive(Clone, Debug)]
pub struct State {
    origin: String,
    register: Vec<PublicKey>,
    makers: BTreeMap<MakerId, Arc<Maker>>,
    products: BTreeMap<ProductId, Arc<Product>>,
    /// The latest end of support that each maker ever promised under each number, whatever it calls the product now.
    promises: BTreeMap<(MakerId, Gtin14), Date>,
    gtins: BTreeMap<Gtin14, BTreeSet<ProductId>>,
    size: u64,
}

/// A registered maker.
#[derive(Clone, Debug)]
pub struct Maker {
    /// What it registered.
    pub registered: MakerRegistered,
    /// The index of its registration.
    pub index: u64,
}

/// What holds for a product now. Shared between copies of the state until it changes.
#[derive(Clone, Debug)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// The declaration in force and its index.
    pub declaration: Declaration,
    /// The index of that declaration.
    pub declared_at: u64,
    /// The latest end of support ever promised: it never moves earlier.
    pub promised: Option<Date>,
    /// An earlier end that the maker showed after promising a later one.
    pub shortened: Option<Fact>,
    /// The index at which the maker took its declaration back, if it did.
    pub withdrawn: Option<u64>,
    /// Where it stands under each scheme it is declared under.
    pub schemes: BTreeMap<String, Standing>,
    /// Every statement about it, oldest first.
    pub history: Vec<Line>,
}

/// Where a product stands under one scheme.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The assessment in force.
    pub assessed: Assessed,
    /// Its index.
    pub assessed_at: u64,
    /// The label in force and its index.
    pub label: Option<(u64, Labelled)>,
}

/// One line of a product's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The statement's index in the log.
    pub index: u64,
    /// The day it speaks of.
    pub on: Date,
    /// Its kind.
    pub kind: &'static str,
    /// What it says, for people.
    pub says: String,
}

/// A statement whose signature and content were found right against a state: only such a one may be appended.
#[derive(Clone, Debug)]
pub struct Accepted {
    statement: Statement,
}

/// Why a statement may not enter the log. Each has an id that `assay explain` knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a statement.
    #[error(transparent)]
    Form(#[from] StatementError),
    /// The signature is not by whom it should be.
    #[error("{0}")]
    Signature(CoseError),
    /// The maker is registered already.
    #[error("maker {0} is registered already")]
    MakerKnown(MakerId),
    /// The maker is not registered.
    #[error("maker {0} is not registered: send its registration first")]
    MakerUnknown(MakerId),
    /// The product is not declared.
    #[error("product {0} is not declared")]
    ProductUnknown(ProductId),
    /// Something in it is unknown or out of bounds.
    #[error("the statement cannot stand: {0}")]
    Content(String),
    /// Its own evidence contradicts it, or a claim is invalid.
    #[error("the declaration cannot be made under {scheme}: {why}")]
    Contradicted {
        /// The scheme.
        scheme: String,
        /// The first reason.
        why: String,
    },
    /// The support period would be shortened.
    #[error(
        "security updates were promised until {promised}; a published end never moves earlier{}",
        .shown.map(|d| format!(" (this says {d})")).unwrap_or_else(|| " (this leaves it out)".into())
    )]
    SupportShortened {
        /// The product.
        product: ProductId,
        /// What was promised.
        promised: Date,
        /// What this declaration says.
        shown: Option<Date>,
    },
    /// A day that has not come yet.
    #[error("the statement is of {this}, and today is {today}: check the date of the machine that signs")]
    FutureDate {
        /// The day of the statement.
        this: Date,
        /// Today.
        today: Date,
    },
    /// An older day than the declaration in force.
    #[error("a newer declaration of {current} is in force; this one is of {this}")]
    Outdated {
        /// The day of the one in force.
        current: Date,
        /// The day of this one.
        this: Date,
    },
    /// Another product of the same maker has the GTIN.
    #[error("GTIN {gtin} is already that of your product {product}: one GTIN, one product")]
    GtinInUse {
        /// The number.
        gtin: Gtin14,
        /// The other product.
        product: ProductId,
    },
    /// An assessment that does not follow from its declaration.
    #[error("the assessment does not follow from the declaration at index {0}")]
    AssessmentDiffers(u64),
    /// A label without the assessment that entitles to it.
    #[error("the label does not follow from an assessment in force")]
    LabelWithoutAssessment,
    /// An observation that nothing supports.
    #[error("what is observed does not follow from the log: {0}")]
    ObservationDiffers(&'static str),
}

impl Refusal {
    /// Every id, for `assay explain`.
    pub const IDS: [&'static str; 14] = [
        "bad-form",
        "bad-signature",
        "maker-known",
        "maker-unknown",
        "product-unknown",
        "bad-content",
        "contradicted",
        "shortened-support",
        "outdated",
        "gtin-in-use",
        "assessment-differs",
        "label-without-assessment",
        "observation-differs",
        "future-date",
    ];

    /// The stable id.
    #[must_use]
    pub fn id(&self) -> &'static str {
        let at = match self {
            Self::Form(_) => 0,
            Self::Signature(_) => 1,
            Self::MakerKnown(_) => 2,
            Self::MakerUnknown(_) => 3,
            Self::ProductUnknown(_) => 4,
            Self::Content(_) => 5,
            Self::Contradicted { .. } => 6,
            Self::SupportShortened { .. } => 7,
            Self::Outdated { .. } => 8,
            Self::GtinInUse { .. } => 9,
            Self::AssessmentDiffers(_) => 10,
            Self::LabelWithoutAssessment => 11,
            Self::ObservationDiffers(_) => 12,
            Self::FutureDate { .. } => 13,
        };
        Self::IDS[at]
    }
}

impl Accepted {
    /// What it says.
    #[must_use]
    pub fn statement(&self) -> &Statement {
        &self.statement
    }
}

impl State {
    /// The empty state of a register whose log has this origin and whose statements are signed by one of these keys.
    #[must_use]
    pub fn new(origin: impl Into<String>, register: Vec<PublicKey>) -> Self {
        Self {
            origin: origin.into(),
            register,
            makers: BTreeMap::new(),
            products: BTreeMap::new(),
            promises: BTreeMap::new(),
            gtins: BTreeMap::new(),
            size: 0,
        }
    }

    /// The log's origin: what every statement is signed for.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many entries were folded: the index that the next entry gets.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// A maker by id.
    #[must_use]
    pub fn maker(&self, id: &MakerId) -> Option<&Maker> {
        self.makers.get(id).map(Arc::as_ref)
    }

    /// A product by id.
    #[must_use]
    pub fn product(&self, id: &ProductId) -> Option<&Product> {
        self.products.get(id).map(Arc::as_ref)
    }

    /// All products, in the order of their ids.
    pub fn products(&self) -> impl Iterator<Item = &Product> {
        self.products.values().map(Arc::as_ref)
    }

    /// The products declared under a GTIN: none, one, or several when it is disputed. Who withdrew disputes nothing: such a
    /// product is named only where nobody else claims the number.
    #[must_use]
    pub fn by_gtin(&self, gtin: Gtin14) -> Vec<&Product> {
        let mut claimants = self.claimants(gtin);
        if claimants.iter().any(|p| p.withdrawn.is_none()) {
            claimants.retain(|p| p.withdrawn.is_none());
        }
        claimants
    }

    fn claimants(&self, gtin: Gtin14) -> Vec<&Product> {
        self.gtins.get(&gtin).into_iter().flatten().filter_map(|id| self.product(id)).collect()
    }

    /// Holds an entry's bytes against this state: form, signature, content.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn check(&self, entry: &[u8]) -> Result<Accepted, Refusal> {
        let received = Received::parse(entry)?;
        let keys = self.signers_of(received.peek())?;
        let statement = received.verify(&keys, &self.origin).map_err(Refusal::Signature)?;
        match &statement {
            Statement::MakerRegistered(s) => self.check_registration(s)?,
            Statement::Declared(s) => self.check_declaration(s)?,
            Statement::Assessed(s) => self.check_assessment(s)?,
            Statement::Labelled(s) => self.check_label(s)?,
            Statement::Withdrawn(s) => self.check_withdrawal(s)?,
            Statement::Observed(s) => self.check_observation(s)?,
        }
        Ok(Accepted { statement })
    }

    /// Whether a statement may be taken in today: one may be a day ahead, since days begin at different hours.
    ///
    /// # Errors
    /// [`Refusal::FutureDate`]. It is no rule of the log, which is folded on any day: a register asks before it appends.
    pub fn check_day(statement: &Statement, today: Date) -> Result<(), Refusal> {
        let this = statement.on();
        let tomorrow = today.tomorrow().unwrap_or(today);
        if this > tomorrow { Err(Refusal::FutureDate { this, today }) } else { Ok(()) }
    }

    /// Folds in the next entry.
    ///
    /// # Errors
    /// See [`Refusal`]; the state is then unchanged.
    pub fn append(&mut self, entry: &[u8]) -> Result<Accepted, Refusal> {
        let accepted = self.check(entry)?;
        self.apply(&accepted.statement);
        Ok(accepted)
    }

    /// What the register itself states once a declaration stands at `index`: for each scheme an assessment, and a label
    /// where the product is entitled to one. In the order in which they are to be appended from `index + 1`.
    #[must_use]
    pub fn consequences(&self, declaration: &Declaration, index: u64, today: Date) -> Vec<Statement> {
        let product = ProductId::of(&declaration.maker, &declaration.product.model);
        let mut statements = Vec::new();
        for scheme in declaration.schemes.iter().filter_map(|id| scheme::find(id)) {
            let assessment = declaration.assess(scheme);
            statements.push(Statement::Assessed(Assessed::of(product.clone(), index, &assessment, today)));
            let assessed_at = index + statements.len() as u64;
            statements.extend(
                entitled_label(&product, declaration, &assessment, assessed_at, today)
                    .map(Statement::Labelled),
            );
        }
        statements
    }

    /// What the register records of a refused declaration that showed an earlier end of support.
    #[must_use]
    pub fn observation(&self, refusal: &Refusal, today: Date) -> Option<Statement> {
        let Refusal::SupportShortened { product, promised, shown } = refusal else { return None };
        let fact = Fact::SupportShortened { promised: *promised, shown: *shown };
        let known = self.product(product)?.shortened.is_some();
        (!known).then(|| Statement::Observed(Observed { product: product.clone(), fact, on: today }))
    }

    /// The keys that may sign a statement. Makers sign what makers say, the register what the register says.
    fn signers_of(&self, statement: &Statement) -> Result<Vec<PublicKey>, Refusal> {
        let of_maker = |id: &MakerId| {
            let maker = self.makers.get(id).ok_or_else(|| Refusal::MakerUnknown(id.clone()))?;
            Ok(vec![maker.registered.key])
        };
        match statement {
            Statement::MakerRegistered(s) => Ok(vec![s.key]),
            Statement::Declared(s) => of_maker(&s.maker),
            Statement::Withdrawn(s) => of_maker(&s.maker),
            Statement::Assessed(_) | Statement::Labelled(_) | Statement::Observed(_) => {
                Ok(self.register.clone())
            }
        }
    }

    fn check_registration(&self, s: &MakerRegistered) -> Result<(), Refusal> {
        let id = MakerId::of(&s.key);
        if self.makers.contains_key(&id) {
            return Err(Refusal::MakerKnown(id));
        }
        if !is_plain(&s.organisation, 200) || !is_domain(&s.domain) {
            return Err(Refusal::Content("a maker has an organisation's name and a domain".into()));
        }
        Ok(())
    }

    fn check_declaration(&self, s: &Declaration) -> Result<(), Refusal> {
        s.check_form().map_err(Refusal::Content)?;
        let id = ProductId::of(&s.maker, &s.product.model);
        for gtin in &s.product.gtins {
            let own =
                self.claimants(*gtin).into_iter().find(|p| p.declaration.maker == s.maker && p.id != id);
            if let Some(other) = own {
                return Err(Refusal::GtinInUse { gtin: *gtin, product: other.id.clone() });
            }
        }
        if let Some(current) = self.product(&id) {
            let same =
                current.declaration.maker == s.maker && current.declaration.product.model == s.product.model;
            if !same {
                return Err(Refusal::Content(
                    "another product has this id: choose another model designation".into(),
                ));
            }
            if s.on < current.declaration.on {
                return Err(Refusal::Outdated { current: current.declaration.on, this: s.on });
            }
        }
        // What was promised under a number stays promised, also when the product is given another name or number between.
        let under_number =
            s.product.gtins.iter().filter_map(|g| self.promises.get(&(s.maker.clone(), *g)).copied());
        let promised = under_number.chain(self.product(&id).and_then(|p| p.promised)).max();
        if let Some(promised) = promised
            && s.support.end.is_none_or(|end| end < promised)
        {
            return Err(Refusal::SupportShortened { product: id, promised, shown: s.support.end });
        }
        for scheme in s.schemes.iter().filter_map(|id| scheme::find(id)) {
            if let Some(why) = s.assess(scheme).refused.into_iter().next() {
                return Err(Refusal::Contradicted { scheme: scheme.id.clone(), why });
            }
        }
        Ok(())
    }

    fn check_assessment(&self, s: &Assessed) -> Result<(), Refusal> {
        let product = self.known(&s.product)?;
        let differs = Refusal::AssessmentDiffers(s.declaration);
        let Some(scheme) =
            scheme::find(&s.scheme).filter(|_| product.declaration.schemes.contains(&s.scheme))
        else {
            return Err(differs);
        };
        let again =
            Assessed::of(s.product.clone(), product.declared_at, &product.declaration.assess(scheme), s.on);
        if again == *s { Ok(()) } else { Err(differs) }
    }

    fn check_label(&self, s: &Labelled) -> Result<(), Refusal> {
        let product = self.known(&s.product)?;
        let scheme = scheme::find(&s.scheme).ok_or(Refusal::LabelWithoutAssessment)?;
        let standing = product.schemes.get(&s.scheme).filter(|_| product.withdrawn.is_none());
        let entitled = standing.and_then(|standing| {
            let assessment = product.declaration.assess(scheme);
            entitled_label(&s.product, &product.declaration, &assessment, standing.assessed_at, s.on)
        });
        if entitled.as_ref() == Some(s) { Ok(()) } else { Err(Refusal::LabelWithoutAssessment) }
    }

    fn check_withdrawal(&self, s: &Withdrawn) -> Result<(), Refusal> {
        let product = self.known(&s.product)?;
        if product.declaration.maker != s.maker {
            return Err(Refusal::ProductUnknown(s.product.clone()));
        }
        if product.withdrawn.is_some() || product.declared_at != s.declaration {
            return Err(Refusal::Content("the declaration that is to be withdrawn is not in force".into()));
        }
        Ok(())
    }

    fn check_observation(&self, s: &Observed) -> Result<(), Refusal> {
        let product = self.known(&s.product)?;
        let Fact::SupportShortened { promised, shown } = &s.fact;
        if product.promised != Some(*promised) {
            return Err(Refusal::ObservationDiffers("another end of support was promised"));
        }
        if shown.is_some_and(|shown| shown >= *promised) {
            return Err(Refusal::ObservationDiffers("the end that was shown is not earlier"));
        }
        Ok(())
    }

    fn known(&self, id: &ProductId) -> Result<&Product, Refusal> {
        self.product(id).ok_or_else(|| Refusal::ProductUnknown(id.clone()))
    }

    fn apply(&mut self, statement: &Statement) {
        let index = self.size;
        self.size += 1;
        let line = Line { index, on: statement.on(), kind: statement.kind(), says: says(statement) };
        match statement {
            Statement::MakerRegistered(s) => {
                self.makers.insert(MakerId::of(&s.key), Arc::new(Maker { registered: s.clone(), index }));
            }
            Statement::Declared(s) => self.apply_declaration(s, index, line),
            Statement::Assessed(s) => {
                let standing = Standing { assessed: s.clone(), assessed_at: index, label: None };
                self.amend(&s.product, line, |p| {
                    p.schemes.insert(s.scheme.clone(), standing);
                });
            }
            Statement::Labelled(s) => self.amend(&s.product, line, |p| {
                if let Some(standing) = p.schemes.get_mut(&s.scheme) {
                    standing.label = Some((index, s.clone()));
                }
            }),
            Statement::Withdrawn(s) => self.amend(&s.product, line, |p| p.withdrawn = Some(index)),
            Statement::Observed(s) => self.amend(&s.product, line, |p| p.shortened = Some(s.fact.clone())),
        }
    }

    fn apply_declaration(&mut self, s: &Declaration, index: u64, line: Line) {
        let id = ProductId::of(&s.maker, &s.product.model);
        let before = self.products.remove(&id);
        for gtin in before.iter().flat_map(|p| &p.declaration.product.gtins) {
            if let Entry::Occupied(mut claimants) = self.gtins.entry(*gtin) {
                claimants.get_mut().remove(&id);
                if claimants.get().is_empty() {
                    claimants.remove();
                }
            }
        }
        for gtin in &s.product.gtins {
            self.gtins.entry(*gtin).or_default().insert(id.clone());
            if let Some(end) = s.support.end {
                self.promises.insert((s.maker.clone(), *gtin), end);
            }
        }
        let mut history = before.map(|p| Arc::unwrap_or_clone(p).history).unwrap_or_default();
        history.push(line);
        // A declaration that was accepted promises at least what was promised before: a shortened date is mended by it.
        let product = Product {
            id: id.clone(),
            declaration: s.clone(),
            declared_at: index,
            promised: s.support.end,
            shortened: None,
            withdrawn: None,
            schemes: BTreeMap::new(),
            history,
        };
        self.products.insert(id, Arc::new(product));
    }

    fn amend(&mut self, id: &ProductId, line: Line, change: impl FnOnce(&mut Product)) {
        if let Some(product) = self.products.get_mut(id).map(Arc::make_mut) {
            change(product);
            product.history.push(line);
        }
    }
}

/// The label that follows from an assessment, if one does.
fn entitled_label(
    product: &ProductId,
    declaration: &Declaration,
    assessment: &Assessment,
    assessed_at: u64,
    on: Date,
) -> Option<Labelled> {
    let entitled = assessment.label?;
    Some(Labelled {
        product: product.clone(),
        assessment: assessed_at,
        scheme: assessment.scheme.clone(),
        gtins: declaration.product.gtins.clone(),
        variant: entitled.variant,
        level: assessment.level(),
        updates_until: entitled.updates_until,
        on,
    })
}

/// A line of history in plain words.
fn says(statement: &Statement) -> String {
    let until = |d: &Option<Date>| match d {
        Some(d) => format!("security updates until at least {}", crate::date::in_words(*d)),
        None => "no security updates promised".to_owned(),
    };
    match statement {
        Statement::MakerRegistered(s) => format!("{} registered as a maker", s.organisation),
        Statement::Declared(s) => format!("The maker declared the product: {}", until(&s.support.end)),
        Statement::Assessed(s) => {
            let verdict = match s.verdict {
                Verdict::Holds => "every requirement holds as declared",
                Verdict::DoesNotHold => "declared as not fulfilling every requirement",
                Verdict::Refused => "refused",
                Verdict::Undecided => "undecided: evidence is missing",
            };
            format!("Judged under {}: {verdict}", s.scheme)
        }
        Statement::Labelled(s) => {
            let sign = if s.variant == Variant::Tick { "tick" } else { "cross" };
            format!("Label with a {sign} under {}: {}", s.scheme, until(&s.updates_until))
        }
        Statement::Withdrawn(_) => "The maker withdrew its declaration".to_owned(),
        Statement::Observed(s) => {
            let Fact::SupportShortened { promised, shown } = &s.fact;
            let shown = shown.map_or_else(|| "none".to_owned(), crate::date::in_words);
            format!(
                "An earlier end of support was shown ({shown}) than promised ({})",
                crate::date::in_words(*promised)
            )
        }
    }
}
