//! Section 5: the ways of connecting that make a product internet-connectable or network-connectable. A wire or cable does
//! not make a connection indirect, and is no product of its own where products are counted.

use super::facts::{and, or, unsaid};
use super::{Answer3, Fact, Why};

/// How a product can connect; none where nobody said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// It can use a protocol of the Internet Protocol suite to send and receive data over the internet.
    pub internet_protocol: Option<bool>,
    /// It can both send and receive data by electrical or electromagnetic energy.
    pub electrical_energy: Option<bool>,
    /// It can connect directly to an internet-connectable product by the Internet Protocol suite.
    pub direct_to_internet_product: Option<bool>,
    /// It can connect directly to two or more products at once by another protocol.
    pub two_products_at_once: Option<bool>,
    /// It can connect directly to an internet-connectable product by such another protocol.
    pub other_to_internet_product: Option<bool>,
    /// It is an input product used with a computer through a linking product.
    pub input_product: Option<bool>,
}

/// Whether a product is internet-connectable or network-connectable (condition A of section 4). Exceptions are another matter.
#[must_use]
pub fn relevant_connectable(c: &Connection) -> Answer3 {
    let second = and(c.two_products_at_once, c.other_to_internet_product);
    let ways = or(c.direct_to_internet_product, or(second, c.input_product));
    let network = and(c.electrical_energy, ways);
    let yes = |says: &str, source: &str| Answer3::Yes(why(says, source));
    match (c.internet_protocol, network) {
        (Some(true), _) => yes("it can connect to the internet", "PSTI Act 2022, section 5(1) and (2)"),
        // A network-connectable product is by definition no internet-connectable one, but both are relevant: it need not be
        // known which of the two it is.
        (_, Some(true)) if c.direct_to_internet_product == Some(true) => yes(
            "it can connect directly to an internet-connectable product by the Internet Protocol suite",
            "PSTI Act 2022, section 5(3) and (4)",
        ),
        (_, Some(true)) if second == Some(true) => yes(
            "it can connect directly to two or more products at once, and to an internet-connectable one, by another protocol",
            "PSTI Act 2022, section 5(3), (5) and (6)",
        ),
        (_, Some(true)) => yes(
            "it is an input product that connects through a linking product",
            "PSTI Act 2022, section 5(3) and (7)",
        ),
        (Some(false), Some(false)) if c.electrical_energy == Some(false) => Answer3::No(why(
            "it cannot both send and receive data by electrical or electromagnetic energy",
            "PSTI Act 2022, section 5(3)(a)",
        )),
        (Some(false), Some(false)) => Answer3::No(why(
            "it connects neither to the internet nor in any of the ways that make a product network-connectable",
            "PSTI Act 2022, section 5",
        )),
        (internet, network) => {
            let mut missing = unsaid(&[(internet, Fact::InternetProtocol)]);
            if network.is_none() {
                missing.extend(unsaid(&[(c.electrical_energy, Fact::ElectricalEnergy)]));
                missing.extend(missing_ways(c, ways, second));
            }
            Answer3::Unsure(missing)
        }
    }
}

/// What could still show one of the ways.
fn missing_ways(c: &Connection, ways: Option<bool>, second: Option<bool>) -> Vec<Fact> {
    if ways.is_some() {
        return Vec::new();
    }
    let mut missing = unsaid(&[(c.direct_to_internet_product, Fact::DirectToInternetProduct)]);
    if second.is_none() {
        missing.extend(unsaid(&[
            (c.two_products_at_once, Fact::TwoProductsAtOnce),
            (c.other_to_internet_product, Fact::OtherToInternetProduct),
        ]));
    }
    missing.extend(unsaid(&[(c.input_product, Fact::InputProduct)]));
    missing
}

fn why(says: &str, source: &str) -> Why {
    Why { says: says.into(), source: source.into() }
}
