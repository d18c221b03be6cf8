-- no-transaction
-- The one row that says how long the log is: appending is a compare-and-swap on its `size`. `root` is in base64, as in the
-- checkpoint; `note` is that signed checkpoint.
CREATE TABLE IF NOT EXISTS head (
    id BIGINT NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL,
    root TEXT NOT NULL,
    note TEXT NOT NULL
)
