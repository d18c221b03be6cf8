//! The core of 72 digests: MD5, SHA-1 and SHA-256 of 24 written forms of a unit's identifiers, compared with the password of every row.
