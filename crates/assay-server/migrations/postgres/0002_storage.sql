-- no-transaction
-- Signatures and hashes do not compress: large rows are put aside as they are.
ALTER TABLE entries ALTER COLUMN bytes SET STORAGE EXTERNAL
