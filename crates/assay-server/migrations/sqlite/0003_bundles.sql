-- The log as rows of bundles: a row holds up to 256 entries that were committed together and stand in one entry bundle
-- (C2SP tlog-tiles): `idx` is the index of the first, `n` how many they are, `bytes` each one's length (two bytes, big
-- endian) and bytes. A large batch costs a row for every 256 entries, and no index over random hashes grows with the log.
CREATE TABLE bundled (
    idx INTEGER NOT NULL PRIMARY KEY,
    n BIGINT NOT NULL,
    bytes BLOB NOT NULL
);
INSERT INTO bundled (idx, n, bytes)
    SELECT idx, 1, CAST(unhex(printf('%04X', length(bytes))) || bytes AS BLOB) FROM entries;
DROP TABLE entries;
ALTER TABLE bundled RENAME TO entries;
