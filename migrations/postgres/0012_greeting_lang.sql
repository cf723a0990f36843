-- The language of a packet's greeting, so that a client can show it as it was meant. Empty: not given.

ALTER TABLE packets
ADD COLUMN greeting_lang TEXT NOT NULL DEFAULT '';
