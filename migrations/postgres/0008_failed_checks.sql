-- How often a check of a group or a membership did not end in agreement since something changed: the pause after it grows
-- with that, and an operator is shown what never comes to agree.

ALTER TABLE groups ADD COLUMN checks_failed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE groups ADD CHECK (checks_failed >= 0 AND (checks_failed = 0 OR checks_left IS NOT NULL));
ALTER TABLE memberships ADD COLUMN checks_failed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE memberships ADD CHECK (checks_failed >= 0 AND (checks_failed = 0 OR checks_left IS NOT NULL));
