//! Section 7: who is what before the law. Whoever markets a product under an own name is its manufacturer, whoever made it;
//! whoever made it for another's name is not.

use super::facts::{and, unsaid};
use super::{Answer3, Fact, Why};
use crate::scheme::DutyRole;

/// What a person does with a product; none where nobody said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// It markets the product under its own name or trade mark.
    pub own_brand: Option<bool>,
    /// It imports the product from a country outside the United Kingdom.
    pub imports: Option<bool>,
    /// It makes the product available in the United Kingdom.
    pub makes_available: Option<bool>,
    /// It does so by a contract for works that include the installation into a building or structure.
    pub installs_it: Option<bool>,
    /// Identical products are or were made available to consumers otherwise than by such a contract.
    pub identical_sold_otherwise: Option<bool>,
}

/// What a person is before the law, for one product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleInLaw {
    /// A person with this role's duties.
    Is(DutyRole, Why),
    /// Nobody whom the Act binds.
    Nobody(Why),
    /// It cannot be said without these facts.
    Unsure(Vec<Fact>),
}

/// Whether a person is a manufacturer of a product before the law.
#[must_use]
pub fn manufacturer_in_law(part: &Part) -> Answer3 {
    match part.own_brand {
        Some(true) => Answer3::Yes(why(
            "it markets the product under its own name or trade mark, whoever made it",
            "PSTI Act 2022, section 7(3)",
        )),
        Some(false) => Answer3::No(why(
            "it does not market the product under its own name or trade mark, even if it made it",
            "PSTI Act 2022, section 7(3)",
        )),
        None => Answer3::Unsure(vec![Fact::OwnBrand]),
    }
}

/// What a person is before the law. Who is a manufacturer is no importer, and who is an importer is no distributor.
#[must_use]
pub fn role_in_law(part: &Part) -> RoleInLaw {
    match manufacturer_in_law(part) {
        Answer3::Yes(why) => return RoleInLaw::Is(DutyRole::Manufacturer, why),
        Answer3::Unsure(missing) => return RoleInLaw::Unsure(missing),
        Answer3::No(_) => {}
    }
    match part.imports {
        Some(true) => {
            let why = why(
                "it brings the product into the United Kingdom and is no manufacturer of it",
                "PSTI Act 2022, section 7(4)",
            );
            return RoleInLaw::Is(DutyRole::Importer, why);
        }
        None => return RoleInLaw::Unsure(vec![Fact::Imports]),
        Some(false) => {}
    }
    let installer = and(part.installs_it, part.identical_sold_otherwise);
    match (part.makes_available, installer) {
        (Some(false), _) => RoleInLaw::Nobody(why(
            "it neither markets it under its name, nor imports it, nor makes it available",
            "PSTI Act 2022, section 7",
        )),
        (_, Some(true)) => RoleInLaw::Nobody(why(
            "it only installs the product, and identical ones are sold to consumers otherwise",
            "PSTI Act 2022, section 7(6)",
        )),
        (Some(true), Some(false)) => RoleInLaw::Is(
            DutyRole::Distributor,
            why(
                "it makes the product available and is neither a manufacturer nor an importer of it",
                "PSTI Act 2022, section 7(5)",
            ),
        ),
        (available, installer) => {
            let mut missing = unsaid(&[(available, Fact::MakesAvailable)]);
            if installer.is_none() {
                missing.extend(unsaid(&[
                    (part.installs_it, Fact::InstallsIt),
                    (part.identical_sold_otherwise, Fact::IdenticalSoldOtherwise),
                ]));
            }
            RoleInLaw::Unsure(missing)
        }
    }
}

fn why(says: &str, source: &str) -> Why {
    Why { says: says.into(), source: source.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(own_brand: bool, imports: bool, sells: bool, installs: bool, sold_otherwise: bool) -> String {
        let part = Part {
            own_brand: Some(own_brand),
            imports: Some(imports),
            makes_available: Some(sells),
            installs_it: Some(installs),
            identical_sold_otherwise: Some(sold_otherwise),
        };
        match role_in_law(&part) {
            RoleInLaw::Is(role, _) => role.word().to_owned(),
            RoleInLaw::Nobody(_) => "nobody".to_owned(),
            RoleInLaw::Unsure(missing) => format!("{missing:?}"),
        }
    }

    #[test]
    fn everybody_in_the_chain_has_one_role() {
        let (yes, no) = (true, false);
        for (who, is, wanted) in [
            ("a shop with its own brand that imports and sells", role(yes, yes, yes, no, no), "manufacturer"),
            ("the factory that makes it for that brand", role(no, no, no, no, no), "nobody"),
            ("a shop that imports a foreign brand itself", role(no, yes, yes, no, no), "importer"),
            ("a shop that buys from a UK wholesaler", role(no, no, yes, no, no), "distributor"),
            ("an installer of doorbells that shops sell too", role(no, no, yes, yes, yes), "nobody"),
            ("an installer of what nobody else sells", role(no, no, yes, yes, no), "distributor"),
        ] {
            assert_eq!(is, wanted, "{who}");
        }
    }

    #[test]
    fn what_is_missing_is_asked_in_order() {
        let asked = |part: &Part| match role_in_law(part) {
            RoleInLaw::Unsure(missing) => missing,
            other => panic!("{other:?}"),
        };
        let mut part = Part::default();
        assert_eq!(asked(&part), [Fact::OwnBrand]);
        part.own_brand = Some(false);
        assert_eq!(asked(&part), [Fact::Imports]);
        part.imports = Some(false);
        assert_eq!(asked(&part), [Fact::MakesAvailable, Fact::InstallsIt, Fact::IdenticalSoldOtherwise]);
        part.installs_it = Some(false);
        assert_eq!(asked(&part), [Fact::MakesAvailable]);
    }
}
