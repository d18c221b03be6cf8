-- no-transaction
-- The log as rows of bundles: a row holds up to 256 entries that were committed together and stand in one entry bundle
-- (C2SP tlog-tiles): `idx` is the index of the first, `n` how many they are, `bytes` each one's length (two bytes, big
-- endian) and bytes.
CREATE TABLE IF NOT EXISTS entries (
    idx BIGINT NOT NULL PRIMARY KEY,
    n BIGINT NOT NULL,
    bytes BYTEA NOT NULL
)
