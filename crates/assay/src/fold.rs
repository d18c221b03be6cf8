//! The fold: statements in, what holds for every product now out. It is the one place that decides whether a statement
//! may enter the log, and everything public (page, label, snapshot) is derived from it. The same statements in the same
//! order give the same state, wherever they are folded. A copy of the state costs nothing: it shares everything with
//! what it was copied from until one of the two changes.

mod acts;
mod announced;
mod apply;
mod check;
mod held;
mod numbers;
mod records;
mod refusal;
mod says;
mod signers;
#[cfg(test)]
mod tests;

use std::ops::Bound;
use std::sync::Arc;

use imbl::{OrdMap, OrdSet, Vector};
use jiff::civil::Date;

use crate::assess::Assessment;
use crate::date::to_days;
use crate::declaration::Declaration;
use crate::gtin::Gtin14;
use crate::key::PublicKey;
use crate::scheme;
use crate::statement::{
    Assessed, Digest, Fact, LabId, Labelled, MakerId, Observed, ProductId, Received, Signer, Statement,
};

pub use announced::{Announced, Announcements};
pub use held::{Foreign, Imposed, Lab, Line, Maker, MakerKey, Product, Standing};
pub use numbers::{Claims, Decision};
pub use refusal::Refusal;

/// How many days a maker's statement may be older than the day that the log has come to: a signature waits for an approval,
/// or for a key that lies in a safe. A month is long enough for that, and too short for a promise to be made up afterwards.
pub const LATE_DAYS: i32 = 30;

/// How many days the register's own statements may be: its clock may be set right over midnight.
pub const LATE_DAYS_OF_REGISTER: i32 = 1;

/// Everything that holds after some prefix of the log.
#[derive(Clone, Debug)]
pub struct State {
    origin: Arc<str>,
    register: Arc<[PublicKey]>,
    authority: Arc<[PublicKey]>,
    makers: OrdMap<MakerId, Arc<Maker>>,
    products: OrdMap<ProductId, Arc<Product>>,
    /// Each maker's products.
    ranges: OrdSet<(MakerId, ProductId)>,
    /// The latest end of support that each maker ever promised under each number, whatever it calls the product now, and the
    /// product that it was promised for.
    promises: OrdMap<(MakerId, Gtin14), (Date, ProductId)>,
    numbers: OrdMap<Gtin14, Arc<numbers::Number>>,
    labs: OrdMap<LabId, Arc<Lab>>,
    imposed: OrdMap<u64, Imposed>,
    /// The suspension that the last statement lifted, if it did.
    lifted: Option<(ProductId, String)>,
    receipts: OrdMap<Digest, u64>,
    announcements: Arc<Announcements>,
    /// The latest day of a statement of the register: the day that the log has come to.
    newest: Option<Date>,
    size: u64,
}

/// A statement whose signature and content were found right against a state: only such a one may be appended.
#[derive(Clone, Debug)]
pub struct Accepted {
    statement: Statement,
    by: PublicKey,
}

/// A statement that was read, and whose signature may have been verified ahead of time: see [`State::examine`].
#[derive(Clone, Debug)]
pub struct Examined {
    received: Received,
    /// The log it was signed for, and the key that did.
    by: Option<(Arc<str>, PublicKey)>,
}

impl Examined {
    /// What it says, not to be acted upon before it was appended.
    #[must_use]
    pub fn peek(&self) -> &Statement {
        self.received.peek()
    }
}

impl Accepted {
    /// What it says.
    #[must_use]
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// Whose key signed it.
    #[must_use]
    pub fn by(&self) -> &PublicKey {
        &self.by
    }
}

impl State {
    /// The empty state of a register whose log has this origin and whose statements are signed by one of these keys. No
    /// authority is known: see [`State::with_authority`].
    #[must_use]
    pub fn new(origin: impl Into<String>, register: Vec<PublicKey>) -> Self {
        Self {
            origin: origin.into().into(),
            register: register.into(),
            authority: Arc::new([]),
            makers: OrdMap::new(),
            products: OrdMap::new(),
            ranges: OrdSet::new(),
            promises: OrdMap::new(),
            numbers: OrdMap::new(),
            labs: OrdMap::new(),
            imposed: OrdMap::new(),
            lifted: None,
            receipts: OrdMap::new(),
            announcements: Arc::default(),
            newest: None,
            size: 0,
        }
    }

    /// The same with the keys of the authority, which alone serves notices.
    #[must_use]
    pub fn with_authority(self, keys: Vec<PublicKey>) -> Self {
        Self { authority: keys.into(), ..self }
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

    /// The latest day of a statement of the register: the day that the log has come to.
    #[must_use]
    pub fn newest(&self) -> Option<Date> {
        self.newest
    }

    /// A maker by id.
    #[must_use]
    pub fn maker(&self, id: &MakerId) -> Option<&Maker> {
        self.makers.get(id).map(Arc::as_ref)
    }

    /// A laboratory by id.
    #[must_use]
    pub fn lab(&self, id: &LabId) -> Option<&Lab> {
        self.labs.get(id).map(Arc::as_ref)
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

    /// A maker's products, in the order of their ids: those after one, or all.
    pub fn products_of(&self, maker: MakerId, after: Option<ProductId>) -> impl Iterator<Item = &Product> {
        let from = match after {
            Some(after) => Bound::Excluded((maker, after)),
            None => Bound::Included((maker, ProductId::LEAST)),
        };
        let range = self.ranges.range((from, Bound::Unbounded)).take_while(move |(of, _)| *of == maker);
        range.filter_map(|(_, id)| self.product(id))
    }

    /// How many products there are.
    #[must_use]
    pub fn count_products(&self) -> usize {
        self.products.len()
    }

    /// The notices and suspensions that stand, by the index at which they were stated.
    pub fn imposed(&self) -> impl Iterator<Item = (u64, &Imposed)> {
        self.imposed.iter().map(|(index, imposed)| (*index, imposed))
    }

    /// The index at which the receipt of this digest is stated.
    #[must_use]
    pub fn receipt(&self, digest: &Digest) -> Option<u64> {
        self.receipts.get(digest).copied()
    }

    /// What the register announced about its log.
    #[must_use]
    pub fn announcements(&self) -> &Announcements {
        &self.announcements
    }

    /// Holds an entry's bytes against this state: form, signature, content.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn check(&self, entry: &[u8]) -> Result<Accepted, Refusal> {
        self.check_received(Received::parse(entry)?)
    }

    /// The same of an entry that was read already.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn check_received(&self, received: Received) -> Result<Accepted, Refusal> {
        let by = self.signed_by(&received)?;
        self.check_content(received.peek(), by)?;
        Ok(Accepted { statement: received.into_statement(), by })
    }

    fn check_content(&self, statement: &Statement, by: PublicKey) -> Result<(), Refusal> {
        statement.check_form()?;
        self.check_not_late(statement, self.newest)?;
        match statement {
            Statement::MakerRegistered(s) => self.check_registration(s),
            Statement::KeyAdded(s) => self.check_key_added(s),
            Statement::KeyRetired(s) => self.check_key_retired(s, by),
            Statement::Declared(s) => self.check_declaration(s),
            Statement::Assessed(s) if s.lab.is_some() => self.check_assessment_of_lab(s),
            Statement::Assessed(s) => self.check_assessment(s),
            Statement::Labelled(s) => self.check_label(s),
            Statement::SupportExtended(s) => self.check_extension(s),
            Statement::Withdrawn(s) => self.check_withdrawal(s),
            Statement::Corrected(s) => self.check_correction(s),
            Statement::Observed(s) => self.check_observation(s),
            Statement::GtinDisputed(s) => self.check_dispute(s),
            Statement::GtinDecided(s) => self.check_decision(s),
            Statement::ForeignLabelRecorded(s) => self.check_foreign_label(s),
            Statement::LabAccredited(s) => self.check_accreditation(s),
            Statement::LabExpired(s) => self.check_lab_expired(s),
            Statement::LabelSuspended(s) => self.check_suspension(s),
            Statement::NoticeServed(s) => self.check_notice(s),
            Statement::NoticeLifted(_) => Ok(()), // who may sign it was found by what it lifts
            Statement::ReceiptDigest(s) => {
                self.receipts.get(&s.receipt).map_or(Ok(()), |index| Err(Refusal::Repeated(*index)))
            }
            Statement::AdvisoryPublished(s) => self.check_advisory(s),
            Statement::LogKeyAnnounced(s) => self.announcements.check_log_key(s, &self.origin),
            Statement::WitnessPolicyChanged(s) => self.announcements.check_policy(s),
            Statement::SchemaAnnounced(s) => self.announcements.check_schema(s),
        }
    }

    /// Whether a statement may be taken in today: one may be a day ahead, since days begin at different hours, and
    /// [`LATE_DAYS`] late.
    ///
    /// # Errors
    /// [`Refusal::FutureDate`] and [`Refusal::BackDated`]. It is no rule of the log, which is folded on any day: a register
    /// asks before it appends. The log's own rule is that no statement is so much older than the register's newest.
    pub fn check_day(statement: &Statement, today: Date) -> Result<(), Refusal> {
        let this = statement.on();
        let tomorrow = today.tomorrow().unwrap_or(today);
        if this > tomorrow {
            return Err(Refusal::FutureDate { this, today });
        }
        late(statement, Some(today), LATE_DAYS)
    }

    fn check_not_late(&self, statement: &Statement, newest: Option<Date>) -> Result<(), Refusal> {
        let days = if is_of_register(statement) { LATE_DAYS_OF_REGISTER } else { LATE_DAYS };
        late(statement, newest, days)
    }

    /// Folds in the next entry.
    ///
    /// # Errors
    /// See [`Refusal`]; the state is then unchanged.
    pub fn append(&mut self, entry: &[u8]) -> Result<Accepted, Refusal> {
        let accepted = self.check(entry)?;
        self.apply(&accepted.statement, accepted.by);
        Ok(accepted)
    }

    /// Verifies a statement's signature ahead of time and on any thread, under this state or one before it: that a key signed
    /// these bytes stays true. Whether that key may is asked of the state that it is appended to, which verifies what could
    /// not be verified here.
    #[must_use]
    pub fn examine(&self, received: Received) -> Examined {
        let by = self.signed_by(&received).ok().map(|key| (self.origin.clone(), key));
        Examined { received, by }
    }

    /// Folds in the next entry, which was examined before; gives the key that signed it.
    ///
    /// # Errors
    /// See [`Refusal`]; the state is then unchanged.
    pub fn append_examined(&mut self, examined: &Examined) -> Result<PublicKey, Refusal> {
        let by = self.still_signed_by(examined)?;
        self.check_content(examined.peek(), by)?;
        self.apply(examined.peek(), by);
        Ok(by)
    }

    /// Folds in an entry whose signature was verified before, by whoever keeps it: everything else is checked as ever.
    /// For a log that was read from one's own store and whose root was found right.
    ///
    /// # Errors
    /// See [`Refusal`]; the state is then unchanged.
    pub fn replay(&mut self, received: Received) -> Result<Accepted, Refusal> {
        let by = self.claims_to_be_by(&received)?;
        self.check_content(received.peek(), by)?;
        let accepted = Accepted { statement: received.into_statement(), by };
        self.apply(&accepted.statement, accepted.by);
        Ok(accepted)
    }

    /// What the register itself states once a declaration stands at `index`: for each scheme an assessment, and a label
    /// where the product is entitled to one. In the order in which they are to be appended from `index + 1`.
    #[must_use]
    pub fn consequences(&self, declaration: &Declaration, index: u64, today: Date) -> Vec<Statement> {
        self.judged(declaration, index, index + 1, today)
    }

    /// What the register itself states once this statement stands, as the last one: [`State::consequences`] of a
    /// declaration, the same anew where the support was extended, and the label that could not be stated while it was
    /// suspended.
    #[must_use]
    pub fn follow_ups(&self, statement: &Statement, today: Date) -> Vec<Statement> {
        let product = match statement {
            Statement::NoticeLifted(_) => return self.label_after_suspension(today).into_iter().collect(),
            Statement::Declared(s) => Some(ProductId::of(&s.maker, &s.product.model)),
            Statement::SupportExtended(s) => Some(s.product),
            _ => None,
        };
        let product = product.and_then(|id| self.product(&id));
        product.map_or_else(Vec::new, |p| self.judged(&p.declaration, p.declared_at, self.size, today))
    }

    fn judged(&self, declaration: &Declaration, index: u64, next: u64, today: Date) -> Vec<Statement> {
        let product = ProductId::of(&declaration.maker, &declaration.product.model);
        let suspended =
            |scheme: &str| self.product(&product).is_some_and(|p| p.suspended.contains_key(scheme));
        let mut statements = Vec::new();
        for scheme in declaration.schemes.iter().filter_map(|id| scheme::find(id)) {
            let assessment = declaration.assess(scheme);
            let assessed_at = next + statements.len() as u64;
            statements.push(Statement::Assessed(Assessed::of(product, index, &assessment, today)));
            if !suspended(&scheme.id) {
                let label = self.entitled_label(product, declaration, &assessment, assessed_at, today);
                statements.extend(label.map(Statement::Labelled));
            }
        }
        statements
    }

    /// The label of a product that was declared or extended anew while its label was suspended: the suspension is lifted now.
    fn label_after_suspension(&self, today: Date) -> Option<Statement> {
        let (id, scheme) = self.lifted.as_ref()?;
        let product = self.product(id).filter(|p| p.withdrawn.is_none())?;
        let standing = product.schemes.get(scheme).filter(|standing| standing.label.is_none())?;
        let assessment = product.declaration.assess(scheme::find(scheme)?);
        let label =
            self.entitled_label(*id, &product.declaration, &assessment, standing.assessed_at, today)?;
        Some(Statement::Labelled(label))
    }

    /// The label that follows from an assessment, if one does: under the numbers of the declaration, without those that were
    /// decided against its maker since.
    fn entitled_label(
        &self,
        product: ProductId,
        declaration: &Declaration,
        assessment: &Assessment,
        assessed_at: u64,
        on: Date,
    ) -> Option<Labelled> {
        let entitled = assessment.label?;
        let lost =
            |gtin: &Gtin14| self.decision(*gtin).is_some_and(|d| d.against.contains(&declaration.maker));
        Some(Labelled {
            product,
            assessment: assessed_at,
            scheme: assessment.scheme.clone(),
            gtins: declaration.product.gtins.iter().filter(|gtin| !lost(gtin)).copied().collect(),
            variant: entitled.variant,
            level: assessment.level(),
            updates_until: entitled.updates_until,
            on,
        })
    }

    /// What the register records of a refused declaration that showed an earlier end of support: once, of the product that
    /// the later end was promised for, until that is mended.
    #[must_use]
    pub fn observation(&self, refusal: &Refusal, today: Date) -> Option<Statement> {
        let Refusal::SupportShortened { product, promised, shown } = refusal else { return None };
        let fact = Fact::SupportShortened { promised: *promised, shown: *shown };
        let known = self.product(product)?.shortened.is_some();
        (!known).then_some(Statement::Observed(Observed { product: *product, fact, on: today }))
    }

    fn known(&self, id: &ProductId) -> Result<&Product, Refusal> {
        self.product(id).ok_or(Refusal::ProductUnknown(*id))
    }

    /// A product of the maker that signs for it.
    fn own(&self, maker: &MakerId, id: &ProductId) -> Result<&Product, Refusal> {
        self.product(id).filter(|p| p.declaration.maker == *maker).ok_or(Refusal::ProductUnknown(*id))
    }
}

/// Whether the register alone can have signed it: then its day is the day that the log has come to.
fn is_of_register(statement: &Statement) -> bool {
    match statement {
        Statement::Assessed(s) => s.lab.is_none(),
        _ => statement.signer() == Signer::Register,
    }
}

/// A registration may be of any day: nothing is judged by its date, and a maker may have made it long ago.
fn late(statement: &Statement, newest: Option<Date>, days: i32) -> Result<(), Refusal> {
    let this = statement.on();
    match newest {
        Some(newest)
            if to_days(newest) - to_days(this) > days
                && !matches!(statement, Statement::MakerRegistered(_)) =>
        {
            Err(Refusal::BackDated { this, newest, days })
        }
        _ => Ok(()),
    }
}

/// Short lists that only ever grow; copied at no cost.
type Grown<T> = Vector<T>;
