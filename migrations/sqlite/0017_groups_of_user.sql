-- The groups of one user, a page at a time, for administrators.
CREATE INDEX memberships_of_user ON memberships (user_id, group_id) WHERE state = 'member';
