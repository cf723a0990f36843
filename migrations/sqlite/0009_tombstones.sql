-- Whether a row of `attempts` is a tombstone. Whoever asks again because the first answer was lost finds the tombstone
-- that the first question left, and must not take it for a committed batch.

ALTER TABLE attempts ADD COLUMN is_tombstone INTEGER NOT NULL DEFAULT FALSE CHECK (is_tombstone IN (FALSE, TRUE));
