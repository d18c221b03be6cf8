-- no-transaction
-- Which of several nodes sequences: one row with its name, the number of its lease (one more with every holder), and until
-- when it holds, in milliseconds since 1970 by the holder's clock.
CREATE TABLE IF NOT EXISTS lease (
    id BIGINT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    expires BIGINT NOT NULL
)
