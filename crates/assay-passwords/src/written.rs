//! The written forms of an identifier: with and without separators, upper and lower case, raw bytes.
