-- A random part of the secrets that an operation under a key makes, so that token and key alone do not yield them. NULL in rows
-- of an earlier version.
ALTER TABLE admin_operations ADD COLUMN nonce BYTEA CHECK (octet_length(nonce) = 32);
