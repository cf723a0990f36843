-- What is kept for a while only is found by its age, and so is what a clock that was ahead has dated.
CREATE INDEX attempts_begun_at ON attempts (begun_at);
CREATE INDEX sessions_expires_at ON sessions (expires_at);
CREATE INDEX sessions_created_at ON sessions (created_at);
CREATE INDEX requests_recorded_at ON requests (recorded_at);

-- Appointments that were made by a clock that was ahead.
CREATE INDEX groups_checks_dated ON groups (changed_at) WHERE next_check_at IS NOT NULL;
CREATE INDEX memberships_checks_dated ON memberships (changed_at) WHERE next_check_at IS NOT NULL;
