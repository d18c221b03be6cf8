//! What a statement changes. Nothing is refused here: what comes was accepted.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::says::says;
use super::{
    Announced, Foreign, Grown, Imposed, Lab, Line, Maker, MakerKey, Product, Standing, State, is_of_register,
};
use crate::declaration::Declaration;
use crate::key::PublicKey;
use crate::statement::{
    Change, Corrected, Fact, LabId, MakerId, NoticeServed, Observed, ProductId, PublicPage, Statement,
    SupportExtended,
};

impl State {
    pub(super) fn apply(&mut self, statement: &Statement, by: PublicKey) {
        let index = self.size;
        self.size += 1;
        self.lifted = None;
        if is_of_register(statement) {
            self.newest = self.newest.max(Some(statement.on()));
        }
        let line = Line { index, on: statement.on(), kind: statement.kind(), says: says(statement) };
        match statement {
            Statement::MakerRegistered(s) => {
                let key = MakerKey { key: s.key, added: index, retired: None };
                let maker =
                    Maker { registered: s.clone(), index, keys: vec![key], history: Grown::unit(line) };
                self.makers.insert(MakerId::of(&s.key), Arc::new(maker));
            }
            Statement::KeyAdded(s) => self.amend_maker(&s.maker, line, |m| {
                m.keys.push(MakerKey { key: s.key, added: index, retired: None });
            }),
            Statement::KeyRetired(s) => self.amend_maker(&s.maker, line, |m| {
                if let Some(key) = m.keys.iter_mut().find(|k| k.key == s.key) {
                    key.retired = Some((index, s.on));
                }
            }),
            Statement::Declared(s) => self.apply_declaration(s, index, line),
            Statement::Assessed(s) if s.lab.is_some() => self.amend(&s.product, line, |p| {
                if let Some(standing) = p.schemes.get_mut(&s.scheme) {
                    standing.lab = Some((index, s.clone()));
                }
            }),
            Statement::Assessed(s) => self.amend(&s.product, line, |p| {
                let lab = p.schemes.remove(&s.scheme).and_then(|standing| standing.lab);
                let standing = Standing { assessed: s.clone(), assessed_at: index, label: None, lab };
                p.schemes.insert(s.scheme.clone(), standing);
            }),
            Statement::Labelled(s) => self.amend(&s.product, line, |p| {
                if let Some(standing) = p.schemes.get_mut(&s.scheme) {
                    standing.label = Some((index, s.clone()));
                }
            }),
            Statement::SupportExtended(s) => self.apply_extension(s, line),
            Statement::Withdrawn(s) => {
                self.amend(&s.product, line, |p| p.withdrawn = Some(index));
                let gtins = self.product(&s.product).map(|p| p.declaration.product.gtins.clone());
                self.note_disputes(&gtins.unwrap_or_default());
            }
            Statement::Corrected(s) => self.apply_correction(s, line),
            Statement::Observed(s) => self.apply_observation(s, index, line),
            Statement::GtinDisputed(s) => {
                self.tell_claimants(s.gtin, &line);
                self.apply_dispute(s, index);
            }
            Statement::GtinDecided(s) => {
                self.tell_claimants(s.gtin, &line);
                self.apply_decision(s, index);
            }
            Statement::ForeignLabelRecorded(s) => self.amend(&s.product, line, |p| {
                let label = Foreign { number: s.number.clone(), until: s.until, index };
                p.foreign_labels.insert(s.scheme.clone(), label);
            }),
            Statement::LabAccredited(s) => {
                let lab = Lab { accredited: s.clone(), index, ended: None };
                self.labs.insert(LabId::of(&s.key), Arc::new(lab));
            }
            Statement::LabExpired(s) => {
                if let Some(lab) = self.labs.get_mut(&s.lab).map(Arc::make_mut) {
                    lab.ended = Some((index, s.on));
                }
            }
            Statement::LabelSuspended(s) => {
                let by_authority = self.is_authority(&by);
                let imposed =
                    Imposed::Suspension { product: s.product, scheme: s.scheme.clone(), by_authority };
                self.imposed.insert(index, imposed);
                self.amend(&s.product, line, |p| {
                    p.suspended.insert(s.scheme.clone(), index);
                });
            }
            Statement::NoticeServed(s) => self.apply_notice(s, index, line),
            Statement::NoticeLifted(s) => self.apply_lifted(s.lifts, line),
            Statement::ReceiptDigest(s) => {
                self.receipts.insert(s.receipt, index);
            }
            Statement::AdvisoryPublished(s) => {
                self.amend(&s.product, line, |p| {
                    p.advisories.insert(s.advisory.clone(), (index, s.clone()));
                });
            }
            Statement::LogKeyAnnounced(s) => {
                self.announced().log_keys.push(Announced { index, what: s.clone() });
            }
            Statement::WitnessPolicyChanged(s) => {
                self.announced().policies.push(Announced { index, what: s.clone() });
            }
            Statement::SchemaAnnounced(s) => {
                self.announced().schemas.insert(s.schema.clone(), Announced { index, what: s.clone() });
            }
        }
    }

    fn apply_declaration(&mut self, s: &Declaration, index: u64, line: Line) {
        let id = ProductId::of(&s.maker, &s.product.model);
        let before = self.products.get(&id).cloned();
        let gtins = before.as_ref().map_or(&[][..], |p| &p.declaration.product.gtins);
        self.move_claims(s.maker, id, gtins, &s.product.gtins);
        self.promise(s);
        let mut history = before.as_ref().map(|p| p.history.clone()).unwrap_or_default();
        history.push_back(line);
        // A declaration that was accepted promises at least what was promised before: a shortened date is mended by it.
        // Suspensions, notices, advisories and labels of elsewhere are not the maker's to take away.
        let kept = before.as_deref();
        let product = Product {
            id,
            declaration: s.clone(),
            declared_at: index,
            promised: s.support.end,
            shortened: None,
            withdrawn: None,
            schemes: BTreeMap::new(),
            suspended: kept.map(|p| p.suspended.clone()).unwrap_or_default(),
            notices: kept.map(|p| p.notices.clone()).unwrap_or_default(),
            foreign_labels: kept.map(|p| p.foreign_labels.clone()).unwrap_or_default(),
            pages: BTreeMap::new(),
            advisories: kept.map(|p| p.advisories.clone()).unwrap_or_default(),
            history,
        };
        self.ranges.insert((product.declaration.maker, id));
        self.products.insert(id, Arc::new(product));
        self.note_disputes(gtins);
        self.note_disputes(&s.product.gtins);
    }

    fn apply_extension(&mut self, s: &SupportExtended, line: Line) {
        self.amend(&s.product, line, |p| {
            p.declaration.support.end = Some(s.end);
            p.promised = Some(s.end);
            p.shortened = None;
        });
        if let Some(product) = self.products.get(&s.product).cloned() {
            self.promise(&product.declaration);
        }
    }

    /// What is promised under a number stays promised, whatever the product is called.
    fn promise(&mut self, s: &Declaration) {
        if let Some(end) = s.support.end {
            let id = ProductId::of(&s.maker, &s.product.model);
            for gtin in &s.product.gtins {
                self.promises.insert((s.maker, *gtin), (end, id));
            }
        }
    }

    fn apply_correction(&mut self, s: &Corrected, line: Line) {
        let now = |text: &String| Some(text.clone());
        match (&s.product, &s.change) {
            (_, Change::Organisation(text)) => {
                self.amend_maker(&s.maker, line, |m| m.registered.organisation.clone_from(text));
            }
            (_, Change::Domain(text)) => {
                self.amend_maker(&s.maker, line, |m| m.registered.domain.clone_from(text));
            }
            (Some(id), change) => self.amend(id, line, |p| {
                let d = &mut p.declaration;
                match change {
                    Change::Name(text) => d.product.name.clone_from(text),
                    Change::Category(text) => d.product.category = now(text),
                    Change::PublishedAt(text) => {
                        d.support.published_at = now(text);
                        p.pages.remove(&PublicPage::Support);
                    }
                    Change::Policy(text) => {
                        d.contact.policy = now(text);
                        p.pages.remove(&PublicPage::Policy);
                    }
                    Change::SecurityTxt(text) => {
                        d.contact.security_txt = now(text);
                        p.pages.remove(&PublicPage::SecurityTxt);
                    }
                    Change::Organisation(_) | Change::Domain(_) => {}
                }
            }),
            (None, _) => {}
        }
    }

    fn apply_observation(&mut self, s: &Observed, index: u64, line: Line) {
        self.amend(&s.product, line, |p| match &s.fact {
            Fact::SupportShortened { .. } => p.shortened = Some(s.fact.clone()),
            Fact::PageSeen { page, sha256 } => {
                p.pages.insert(*page, (index, Some(*sha256)));
            }
            Fact::PageMissing { page } => {
                p.pages.insert(*page, (index, None));
            }
        });
    }

    fn apply_notice(&mut self, s: &NoticeServed, index: u64, line: Line) {
        let imposed = Imposed::Notice { maker: s.maker, product: s.product, notice: s.notice };
        self.imposed.insert(index, imposed);
        match &s.product {
            Some(id) => self.amend(id, line, |p| {
                p.notices.insert(index, s.notice);
            }),
            None => self.amend_maker(&s.maker, line, |_| {}),
        }
    }

    fn apply_lifted(&mut self, lifts: u64, line: Line) {
        match self.imposed.remove(&lifts) {
            Some(Imposed::Suspension { product, scheme, .. }) => {
                self.amend(&product, line, |p| {
                    p.suspended.remove(&scheme);
                });
                self.lifted = Some((product, scheme));
            }
            Some(Imposed::Notice { product: Some(id), .. }) => self.amend(&id, line, |p| {
                p.notices.remove(&lifts);
            }),
            Some(Imposed::Notice { maker, product: None, .. }) => self.amend_maker(&maker, line, |_| {}),
            None => {}
        }
    }

    fn tell_claimants(&mut self, gtin: crate::gtin::Gtin14, line: &Line) {
        let ids: Vec<ProductId> = self.claimants(gtin).iter().map(|p| p.id).collect();
        for id in ids {
            self.amend(&id, line.clone(), |_| {});
        }
    }

    fn announced(&mut self) -> &mut super::Announcements {
        Arc::make_mut(&mut self.announcements)
    }

    fn amend(&mut self, id: &ProductId, line: Line, change: impl FnOnce(&mut Product)) {
        if let Some(product) = self.products.get_mut(id).map(Arc::make_mut) {
            change(product);
            product.history.push_back(line);
        }
    }

    fn amend_maker(&mut self, id: &MakerId, line: Line, change: impl FnOnce(&mut Maker)) {
        if let Some(maker) = self.makers.get_mut(id).map(Arc::make_mut) {
            change(maker);
            maker.history.push_back(line);
        }
    }
}
