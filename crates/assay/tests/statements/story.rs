//! A log in which every kind of statement stands at least once, made with fixed keys: what the vectors are written from, and
//! what the fuzz targets bend.

use std::collections::BTreeMap;

use assay::assess::Verdict;
use assay::date::{Date, parse};
use assay::declaration::{Declaration, DeclaredContact, DeclaredOutcome, DeclaredProduct, DeclaredSupport};
use assay::fold::State;
use assay::gtin::Gtin14;
use assay::key::SecretKey;
use assay::outcome::{Claim, Outcome, SeenBy};
use assay::statement::*;

pub(crate) const LOG: &str = "register.example/log";
pub(crate) const SCHEME: &str = "uk-2019-option-a";
pub(crate) const GTIN: &str = "4006381333931";
pub(crate) const OTHER_GTIN: &str = "5901234123457";

/// Who signs, by the first byte of a seed that is 32 times the same.
pub(crate) const REGISTER: u8 = 1;
pub(crate) const HEARTH: u8 = 2;
pub(crate) const RIVAL: u8 = 3;
pub(crate) const HEARTH_NEXT: u8 = 4;
pub(crate) const LAB: u8 = 5;
pub(crate) const AUTHORITY: u8 = 6;
pub(crate) const THIRD: u8 = 7;

pub(crate) fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

pub(crate) fn day(text: &str) -> Date {
    parse(text).unwrap()
}

pub(crate) fn gtin() -> Gtin14 {
    Gtin14::parse(GTIN).unwrap()
}

pub(crate) fn other_gtin() -> Gtin14 {
    Gtin14::parse(OTHER_GTIN).unwrap()
}

pub(crate) fn maker(seed: u8) -> MakerId {
    MakerId::of(&key(seed).public())
}

pub(crate) fn product(seed: u8) -> ProductId {
    ProductId::of(&maker(seed), "HC-2")
}

/// An entry of the story.
pub(crate) struct Entry {
    pub(crate) statement: Statement,
    pub(crate) signer: u8,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) struct Story {
    pub(crate) state: State,
    pub(crate) entries: Vec<Entry>,
}

pub(crate) fn empty() -> State {
    State::new(LOG, vec![key(REGISTER).public()]).with_authority(vec![key(AUTHORITY).public()])
}

pub(crate) fn declaration(seed: u8) -> Declaration {
    Declaration {
        maker: maker(seed),
        product: DeclaredProduct {
            name: "Hearth Camera 2".into(),
            model: "HC-2".into(),
            gtins: vec![gtin()],
            category: Some("camera".into()),
        },
        schemes: vec![SCHEME.into()],
        claims: BTreeMap::from(
            ["4.1-1", "4.2-1", "4.3-4"].map(|n| (format!("ts103645-v1.1.1:{n}"), Claim::Yes)),
        ),
        outcomes: vec![DeclaredOutcome {
            check: "universal-password".into(),
            outcome: Outcome::Met,
            provisions: vec!["ts103645-v1.1.1:4.1-1".into()],
            findings: vec![],
            evidence: vec!["ab".repeat(32)],
        }],
        support: DeclaredSupport {
            end: Some(day("2030-05-31")),
            published_at: Some("https://hearth.example/support/hc-2".into()),
            reasons: Some("Five years are longer than such cameras are used.".into()),
        },
        contact: DeclaredContact {
            security_txt: Some("https://hearth.example/.well-known/security.txt".into()),
            policy: Some("https://hearth.example/security".into()),
        },
        on: day("2026-11-22"),
    }
}

pub(crate) fn registration(seed: u8, organisation: &str) -> Statement {
    Statement::MakerRegistered(MakerRegistered {
        organisation: organisation.into(),
        domain: "hearth.example".into(),
        key: key(seed).public(),
        on: day("2026-11-20"),
    })
}

impl Story {
    pub(crate) fn begin() -> Self {
        Self { state: empty(), entries: Vec::new() }
    }

    pub(crate) fn says(&mut self, signer: u8, statement: Statement) -> u64 {
        let bytes = statement.sign(&key(signer), LOG).unwrap();
        let index = self.state.size();
        self.state.append(&bytes).unwrap_or_else(|why| panic!("{}: {why}", statement.kind()));
        self.state.check_laws().unwrap();
        self.entries.push(Entry { statement: statement.clone(), signer, bytes });
        for next in self.state.follow_ups(&statement, day("2026-11-22")) {
            self.says(REGISTER, next);
        }
        index
    }

    /// Every kind.
    pub(crate) fn whole() -> Self {
        let mut story = Self::begin();
        let (maker, rival, id, other) = (maker(HEARTH), maker(RIVAL), product(HEARTH), product(RIVAL));
        let digest = |byte: u8| Digest([byte; 32]);
        let on = day("2026-11-22");
        let first = story.says(HEARTH, registration(HEARTH, "Example Hearth Ltd"));
        story.says(HEARTH, Statement::KeyAdded(KeyAdded { maker, key: key(HEARTH_NEXT).public(), on }));
        story.says(HEARTH_NEXT, Statement::KeyRetired(KeyRetired { maker, key: key(HEARTH).public(), on }));
        let declared = story.says(HEARTH_NEXT, Statement::Declared(Box::new(declaration(HEARTH))));
        let extended =
            SupportExtended { maker, product: id, declaration: declared, end: day("2031-05-31"), on };
        story.says(HEARTH_NEXT, Statement::SupportExtended(extended));
        let corrected = |corrects, product, change| {
            Statement::Corrected(Corrected { maker, corrects, product, change, on })
        };
        story.says(HEARTH_NEXT, corrected(first, None, Change::Organisation("Example Hearth plc".into())));
        story.says(HEARTH_NEXT, corrected(declared, Some(id), Change::Name("Hearth Camera II".into())));
        let observed = |fact| Statement::Observed(Observed { product: id, fact, on });
        let shown = Some(day("2029-05-31"));
        story.says(REGISTER, observed(Fact::SupportShortened { promised: day("2031-05-31"), shown }));
        story.says(REGISTER, observed(Fact::PageSeen { page: PublicPage::Support, sha256: digest(7) }));
        story.says(REGISTER, observed(Fact::PageMissing { page: PublicPage::SecurityTxt }));
        let foreign = ForeignLabelRecorded {
            product: id,
            scheme: "sg-cls-1".into(),
            number: "CSA/311228/0001".into(),
            until: Some(day("2028-12-31")),
            source: "https://csa.example/cls/0001".into(),
            sha256: digest(8),
            on,
        };
        story.says(REGISTER, Statement::ForeignLabelRecorded(foreign));
        let lab = LabAccredited {
            organisation: "Example Test House Ltd".into(),
            domain: "testhouse.example".into(),
            key: key(LAB).public(),
            schemes: vec![SCHEME.into()],
            certificate: "UKAS-0042".into(),
            until: day("2028-06-30"),
            on,
        };
        story.says(AUTHORITY, Statement::LabAccredited(lab));
        story.says(LAB, Statement::Assessed(story.of_lab(id)));
        story.says(RIVAL, registration(RIVAL, "Rival Lamps Ltd"));
        story.says(RIVAL, Statement::Declared(Box::new(declaration(RIVAL))));
        let mut makers = vec![maker, rival];
        makers.sort();
        story.says(REGISTER, Statement::GtinDisputed(GtinDisputed { gtin: gtin(), makers, on }));
        let decided =
            GtinDecided { gtin: gtin(), holder: Some(maker), against: vec![rival], document: digest(9), on };
        story.says(AUTHORITY, Statement::GtinDecided(decided));
        let rivals = story.state.product(&other).unwrap().declared_at;
        let withdrawn = Withdrawn { maker: rival, product: other, declaration: rivals, on };
        story.says(RIVAL, Statement::Withdrawn(withdrawn));
        let label = story.state.product(&id).unwrap().schemes[SCHEME].label.as_ref().unwrap().0;
        let suspended =
            LabelSuspended { product: id, scheme: SCHEME.into(), label, document: digest(10), on };
        let suspended = story.says(REGISTER, Statement::LabelSuspended(suspended));
        let notice =
            NoticeServed { maker, product: Some(id), notice: Notice::Compliance, document: digest(11), on };
        let notice = story.says(AUTHORITY, Statement::NoticeServed(notice));
        for lifts in [suspended, notice] {
            story.says(AUTHORITY, Statement::NoticeLifted(NoticeLifted { lifts, document: digest(12), on }));
        }
        story.says(REGISTER, Statement::ReceiptDigest(ReceiptDigest { receipt: digest(13), on }));
        let advisory = AdvisoryPublished {
            maker,
            product: id,
            advisory: "HEARTH-2026-001".into(),
            address: "https://hearth.example/advisories/2026-001".into(),
            sha256: digest(14),
            on,
        };
        story.says(HEARTH_NEXT, Statement::AdvisoryPublished(advisory));
        let from = day("2026-12-31");
        let next = assay_log::Signer::new(LOG, [9; 32]).unwrap().verifier().to_string();
        story.says(REGISTER, Statement::LogKeyAnnounced(LogKeyAnnounced { key: next, from, on }));
        let policy = WitnessPolicyChanged { policy: policy(), from, on };
        story.says(REGISTER, Statement::WitnessPolicyChanged(policy));
        let schema = SchemaAnnounced {
            schema: "assay-statement".into(),
            version: 1,
            address: "https://register.example/formats/statements-1".into(),
            sha256: digest(15),
            from,
            on,
        };
        story.says(REGISTER, Statement::SchemaAnnounced(schema));
        let expired = LabExpired { lab: LabId::of(&key(LAB).public()), on };
        story.says(AUTHORITY, Statement::LabExpired(expired));
        story.disputes_again();
        story.loses_a_number_and_is_suspended();
        story
    }

    /// A third maker's claims meet the first one's and the second one's; the second gives its own up, and the number is
    /// disputed all the same until it is decided.
    fn disputes_again(&mut self) {
        let (document, on) = (Digest([9; 32]), day("2026-11-22"));
        let declared = |seed, gtins| {
            let mut declared = declaration(seed);
            declared.product.gtins = gtins;
            Statement::Declared(Box::new(declared))
        };
        let decided = |gtin, holder: u8, against: &[u8]| {
            let mut against: Vec<MakerId> = against.iter().map(|seed| maker(*seed)).collect();
            against.sort();
            Statement::GtinDecided(GtinDecided { gtin, holder: Some(maker(holder)), against, document, on })
        };
        self.says(THIRD, registration(THIRD, "Third Lamps Ltd"));
        self.says(THIRD, declared(THIRD, vec![gtin(), other_gtin()]));
        self.says(RIVAL, declared(RIVAL, vec![other_gtin()]));
        self.says(RIVAL, declared(RIVAL, vec![]));
        self.says(AUTHORITY, decided(other_gtin(), THIRD, &[RIVAL]));
        self.says(AUTHORITY, decided(gtin(), HEARTH, &[RIVAL, THIRD]));
    }

    /// The third maker extends its support: its label names the number that was lost no more. It extends it again while the
    /// label is suspended: the label with the new day follows once that is lifted.
    fn loses_a_number_and_is_suspended(&mut self) {
        let (maker, product, document, on) =
            (maker(THIRD), product(THIRD), Digest([10; 32]), day("2026-11-22"));
        let declaration = self.state.product(&product).unwrap().declared_at;
        let extended = |end: &str| {
            let end = day(end);
            Statement::SupportExtended(SupportExtended { maker, product, declaration, end, on })
        };
        self.says(THIRD, extended("2031-05-31"));
        let label = self.state.product(&product).unwrap().schemes[SCHEME].label.as_ref().unwrap().0;
        let scheme = SCHEME.to_owned();
        let suspended = LabelSuspended { product, scheme, label, document, on };
        let lifts = self.says(REGISTER, Statement::LabelSuspended(suspended));
        self.says(THIRD, extended("2032-05-31"));
        self.says(REGISTER, Statement::NoticeLifted(NoticeLifted { lifts, document, on }));
    }

    /// What a laboratory finds that tested every requirement and found it met.
    pub(crate) fn of_lab(&self, id: ProductId) -> Assessed {
        let standing = &self.state.product(&id).unwrap().schemes[SCHEME];
        let mut assessed = standing.assessed.clone();
        for requirement in &mut assessed.requirements {
            requirement.outcome = Outcome::Met;
            requirement.seen_by = SeenBy::Lab;
            requirement.holds = Some(true);
        }
        assessed.verdict = Verdict::Holds;
        assessed.lab = Some(LabId::of(&key(LAB).public()));
        assessed
    }
}

fn policy() -> String {
    let log = assay_log::Signer::new(LOG, [9; 32]).unwrap();
    let witness = assay_log::Cosigner::ed25519("north.example/w", [2; 32]).unwrap();
    format!("log {}\nwitness north {}\nquorum north\n", log.verifier(), witness.key())
}
