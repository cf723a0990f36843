-- A request under a key runs under a lease and says what it has begun, so that another server can resolve it.
--
-- No version before this one wrote to the table, so the check finds no row to look at and the lock is short.
ALTER TABLE requests
    ADD COLUMN work TEXT,
    ADD COLUMN lease_until BIGINT,
    ADD CONSTRAINT requests_run_under_a_lease
        CHECK ((status IS NULL) = (work IS NOT NULL) AND (status IS NULL) = (lease_until IS NOT NULL));
