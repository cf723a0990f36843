-- How users show themselves, as we know it. Names are kept whole; the IM cloud gets the first 64 characters.
ALTER TABLE users ADD COLUMN name TEXT NOT NULL DEFAULT '' CHECK (length(name) <= 255);
ALTER TABLE users ADD COLUMN portrait_uri TEXT NOT NULL DEFAULT '' CHECK (length(portrait_uri) <= 255);
