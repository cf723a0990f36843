-- When a session was made, to tell a user's sessions apart without their keys; and a user's sessions together, to end
-- them all at once.
ALTER TABLE sessions ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;

CREATE INDEX sessions_of_user ON sessions (user_id);
