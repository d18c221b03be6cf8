-- no-transaction
-- Under which number of the lease the log may be appended to: appending compares it as it compares `size`.
ALTER TABLE head ADD COLUMN IF NOT EXISTS epoch BIGINT NOT NULL DEFAULT 0
