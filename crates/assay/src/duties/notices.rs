//! Who must be told, and who need not be. Three rules keep the same news from going in circles: nobody need tell the one in
//! the chain who told them (sections 11(8), 19(10)(a), 25(11)(a)); an importer or distributor who was told by somebody in the
//! chain need not contact a manufacturer, nor tell the authority, that the messenger says know already (19(10)(b) and (c),
//! 25(11)(b) and (c)). A manufacturer has no such excuse towards the authority, and the authority itself is no messenger of
//! the chain: what it says excuses nobody.

use super::{Due, Excused, Knows, Notice, Party, Situation};
use crate::scheme::DutyRole;

const DETAILS: &str = "details of the failure";
const RISKS: &str = "the risks it poses that you know of";
const OWN_STEPS: &str = "the steps you took to remedy it, and whether they helped";
const MAKERS_STEPS: &str = "the manufacturer's steps to remedy it that you know of, and whether they helped";
const AUTHORITY_TOLD: &str = "whether the enforcement authority has been told";
const MANUFACTURER_KNOWS: &str = "whether the manufacturer knows";
const NO_FORM: &str = "the failure; the section sets no further content";

const SOON: &str = "as soon as possible";
const AFTER: &str = "as soon as possible after you contacted the manufacturer, or tried to";

/// The sections by which one role tells others.
struct Sections {
    /// The one who told us need not be told.
    messenger: &'static str,
    /// The manufacturer is said to know.
    manufacturer_knows: &'static str,
    /// The authority is said to have been told.
    authority_told: &'static str,
    /// Customers are told only where regulations set conditions.
    customers: &'static str,
}

const MANUFACTURER: Sections = Sections {
    messenger: "PSTI Act 2022, section 11(8)",
    manufacturer_knows: "",
    authority_told: "",
    customers: "PSTI Act 2022, section 11(4)(d) and (5)",
};
const IMPORTER: Sections = Sections {
    messenger: "PSTI Act 2022, section 19(10)(a)",
    manufacturer_knows: "PSTI Act 2022, section 19(10)(b)",
    authority_told: "PSTI Act 2022, section 19(10)(c)",
    customers: "PSTI Act 2022, section 19(6)(c) and (7)",
};
const DISTRIBUTOR: Sections = Sections {
    messenger: "PSTI Act 2022, section 25(11)(a)",
    manufacturer_knows: "PSTI Act 2022, section 25(11)(b)",
    authority_told: "PSTI Act 2022, section 25(11)(c)",
    customers: "PSTI Act 2022, section 25(7)(d) and (8)",
};

/// Who must be told and who need not be; the steps are not decided here.
pub(super) fn weigh(role: DutyRole, s: &Situation) -> Due {
    match role {
        DutyRole::Manufacturer => manufacturer(s),
        DutyRole::AuthorisedRepresentative => representative(s),
        DutyRole::Importer => importer(s),
        DutyRole::Distributor => distributor(s),
    }
}

fn manufacturer(s: &Situation) -> Due {
    let mut due = Due::default();
    let chain = [DETAILS, RISKS, OWN_STEPS, AUTHORITY_TOLD];
    if s.who.of(Party::Authority) == Knows::ToldByUs {
        due.told(Party::Authority, "PSTI Act 2022, section 11(3)");
    } else {
        let why = "A manufacturer tells the authority of every failure, even if others have told it already.";
        due.tell(
            Party::Authority,
            SOON,
            &[DETAILS, RISKS, OWN_STEPS],
            why,
            "PSTI Act 2022, section 11(3), (4)(a) and (6)",
        );
    }
    for (to, source) in [
        (Party::OtherManufacturers, "PSTI Act 2022, section 11(3), (4)(b), (6) and (7)"),
        (Party::Importers, "PSTI Act 2022, section 11(3), (4)(c), (6) and (7)"),
        (Party::Distributors, "PSTI Act 2022, section 11(3), (4)(c), (6) and (7)"),
    ] {
        due.group(s, to, SOON, &chain, source, &MANUFACTURER);
    }
    due.customers(&MANUFACTURER);
    due
}

fn representative(s: &Situation) -> Due {
    let mut due = Due::default();
    let contact = "PSTI Act 2022, section 13(2)";
    if s.who.of(Party::Manufacturer) == Knows::ToldByUs {
        due.told(Party::Manufacturer, contact);
    } else {
        due.tell(
            Party::Manufacturer,
            SOON,
            &[NO_FORM],
            "You were told of a failure or possible failure.",
            contact,
        );
    }
    let notify = "PSTI Act 2022, section 13(3)";
    if s.who.of(Party::Authority) == Knows::ToldByUs {
        due.told(Party::Authority, notify);
    } else {
        let why = "The authority hears of it from you too, whoever else tells it.";
        due.tell(Party::Authority, AFTER, &[NO_FORM], why, notify);
    }
    due
}

fn importer(s: &Situation) -> Due {
    let mut due = Due::default();
    let after = due.manufacturer(s, DutyRole::Importer, &IMPORTER, "PSTI Act 2022, section 19(3)");
    due.authority(s, DutyRole::Importer, &IMPORTER, after, "PSTI Act 2022, section 19(5), (6)(a) and (8)");
    let chain = [DETAILS, RISKS, MAKERS_STEPS, MANUFACTURER_KNOWS, AUTHORITY_TOLD];
    let source = "PSTI Act 2022, section 19(5), (6)(b), (8) and (9)";
    due.group(s, Party::Distributors, after, &chain, source, &IMPORTER);
    due.customers(&IMPORTER);
    due
}

fn distributor(s: &Situation) -> Due {
    let mut due = Due::default();
    let after = due.manufacturer(s, DutyRole::Distributor, &DISTRIBUTOR, "PSTI Act 2022, section 25(3)");
    let contacted = after == AFTER;
    let chain = [DETAILS, RISKS, MAKERS_STEPS, MANUFACTURER_KNOWS, AUTHORITY_TOLD];
    // Where the manufacturer cannot be contacted, the supplier is contacted in its place, before the others are notified.
    let told_it = s.who.of(Party::Manufacturer) == Knows::ToldByUs;
    let reached = told_it || s.manufacturer_reachable;
    let in_its_place = contacted && !reached && !s.bought_from_manufacturer;
    match s.who.of(Party::Supplier) {
        Knows::ToldByUs => due.told(Party::Supplier, "PSTI Act 2022, section 25(4) and (7)(c)"),
        Knows::ToldUs => due.excuse(Party::Supplier, "It told you of the failure.", DISTRIBUTOR.messenger),
        _ if s.bought_from_manufacturer && s.who.of(Party::Manufacturer) == Knows::ToldUs => due.excuse(
            Party::Supplier,
            "It is the manufacturer, who told you of the failure.",
            DISTRIBUTOR.messenger,
        ),
        _ if s.bought_from_manufacturer && contacted && reached => due.excuse(
            Party::Supplier,
            "It is the manufacturer, whom you contact already.",
            "PSTI Act 2022, section 25(7)(c)",
        ),
        _ if in_its_place => {
            let why = "The manufacturer cannot be contacted, so whoever in the chain supplied you is.";
            due.tell(Party::Supplier, SOON, &[NO_FORM], why, "PSTI Act 2022, section 25(4)");
        }
        _ => {}
    }
    due.authority(
        s,
        DutyRole::Distributor,
        &DISTRIBUTOR,
        after,
        "PSTI Act 2022, section 25(6), (7)(a) and (9)",
    );
    let source = "PSTI Act 2022, section 25(6), (7)(b), (9) and (10)";
    due.group(s, Party::Importers, after, &chain, source, &DISTRIBUTOR);
    due.group(s, Party::Distributors, after, &chain, source, &DISTRIBUTOR);
    let settled = due.notices.iter().any(|n| n.to == Party::Supplier)
        || due.excused.iter().any(|e| e.to == Party::Supplier);
    if !settled {
        let source = "PSTI Act 2022, section 25(6), (7)(c), (9) and (10)";
        due.tell(Party::Supplier, after, &chain, "You have the product from it.", source);
    }
    due.customers(&DISTRIBUTOR);
    due
}

/// Whether one has the news from somebody in the chain: only then does the messenger's word on who knows count.
fn told_by_the_chain(s: &Situation, role: DutyRole) -> bool {
    let mut chain =
        vec![Party::Manufacturer, Party::OtherManufacturers, Party::Importers, Party::Distributors];
    // An importer's supplier sits abroad and is, unless it is the manufacturer, no relevant person of the Act.
    if role == DutyRole::Distributor {
        chain.push(Party::Supplier);
    }
    chain.iter().any(|party| s.who.of(*party) == Knows::ToldUs)
}

impl Due {
    fn tell(
        &mut self,
        to: Party,
        when: &'static str,
        what: &[&'static str],
        why: &str,
        source: &'static str,
    ) {
        self.notices.push(Notice { to, when, what: what.to_vec(), why: why.to_owned(), source });
    }

    fn excuse(&mut self, to: Party, why: &'static str, source: &'static str) {
        self.excused.push(Excused { to, why, source });
    }

    fn told(&mut self, to: Party, source: &'static str) {
        self.excuse(to, "You told them already.", source);
    }

    fn customers(&mut self, sections: &Sections) {
        let why = "Customers are told only where regulations set conditions for it; none were found.";
        self.excuse(Party::Customers, why, sections.customers);
    }

    /// The contact with the manufacturer; says when the others are notified.
    fn manufacturer(
        &mut self,
        s: &Situation,
        role: DutyRole,
        sections: &Sections,
        source: &'static str,
    ) -> &'static str {
        let to = Party::Manufacturer;
        match s.who.of(to) {
            Knows::ToldByUs => {
                self.told(to, source);
                AFTER
            }
            Knows::ToldUs => {
                self.excuse(to, "It told you of the failure.", sections.manufacturer_knows);
                SOON
            }
            Knows::SaidToKnow if told_by_the_chain(s, role) => {
                self.excuse(to, "Whoever told you says that it knows.", sections.manufacturer_knows);
                SOON
            }
            Knows::SaidToKnow | Knows::NotThatWeKnow => {
                let why = if s.manufacturer_reachable {
                    "The manufacturer is the one who can remedy it."
                } else {
                    "It cannot be contacted, as you say: keep a note of the attempt."
                };
                self.tell(to, SOON, &[NO_FORM], why, source);
                AFTER
            }
        }
    }

    fn authority(
        &mut self,
        s: &Situation,
        role: DutyRole,
        sections: &Sections,
        when: &'static str,
        source: &'static str,
    ) {
        let to = Party::Authority;
        match s.who.of(to) {
            Knows::ToldByUs => self.told(to, source),
            Knows::SaidToKnow if told_by_the_chain(s, role) => {
                self.excuse(to, "Whoever told you says that it has been told.", sections.authority_told);
            }
            knows => {
                let why = match knows {
                    Knows::ToldUs => {
                        "It told you itself, but the Act excuses you only where somebody in the chain did."
                    }
                    Knows::SaidToKnow => {
                        "The Act excuses you only where somebody in the chain told you of the failure and of this."
                    }
                    _ => "The authority is told of every failure.",
                };
                self.tell(to, when, &[DETAILS, RISKS, MAKERS_STEPS], why, source);
            }
        }
    }

    /// Others of the chain, who may be many: the one of them who told us is excused, the rest are not.
    fn group(
        &mut self,
        s: &Situation,
        to: Party,
        when: &'static str,
        what: &[&'static str],
        source: &'static str,
        sections: &Sections,
    ) {
        match s.who.of(to) {
            Knows::ToldByUs => self.told(to, source),
            Knows::ToldUs => {
                let why = format!(
                    "All of them but the one who told you, who need not be told ({}).",
                    sections.messenger
                );
                self.tell(to, when, what, &why, source);
            }
            Knows::SaidToKnow => {
                self.tell(to, when, what, "That they are said to know does not excuse you.", source);
            }
            Knows::NotThatWeKnow => self.tell(to, when, what, "They may still have the product.", source),
        }
    }
}
