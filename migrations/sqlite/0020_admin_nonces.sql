-- A random part of the secrets that an operation under a key makes, so that token and key alone do not yield them. NULL in rows
-- of an earlier version.
ALTER TABLE admin_operations ADD COLUMN nonce BLOB CHECK (length(nonce) = 32);
