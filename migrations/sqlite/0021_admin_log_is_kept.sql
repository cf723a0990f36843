-- What was asked for is logged once; only how it went is written later.
CREATE TRIGGER admin_log_is_never_changed
BEFORE UPDATE OF id, token_id, asked, body, fingerprint, request_key, began_at, nonce ON admin_operations
BEGIN
    SELECT RAISE(ABORT, 'what was asked for is never changed');
END;

CREATE TRIGGER admin_log_is_never_deleted BEFORE DELETE ON admin_operations
BEGIN
    SELECT RAISE(ABORT, 'the admin log is never deleted');
END;
