-- A request under a key runs under a lease and says what it has begun, so that it can be resolved later.
ALTER TABLE requests ADD COLUMN work TEXT CHECK ((status IS NULL) = (work IS NOT NULL));
ALTER TABLE requests ADD COLUMN lease_until INTEGER CHECK ((status IS NULL) = (lease_until IS NOT NULL));
