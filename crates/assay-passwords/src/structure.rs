//! A password that stands in an identifier, or the other way round: verbatim, reversed, case changed, shifted by a number.
