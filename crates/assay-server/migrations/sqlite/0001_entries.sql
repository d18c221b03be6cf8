-- no-transaction
-- The log: every entry as it was signed, by its index. `leaf` is the Merkle leaf hash in lower-case hexadecimal; it is
-- unique, so that a statement that is sent twice cannot stand in the log twice.
CREATE TABLE IF NOT EXISTS entries (
    idx BIGINT NOT NULL PRIMARY KEY,
    leaf TEXT NOT NULL UNIQUE,
    bytes BLOB NOT NULL
)
