-- A coin may be kept from new packets; what is in accounts and open packets stays as it is.
ALTER TABLE coins ADD COLUMN takes_packets BOOLEAN NOT NULL DEFAULT TRUE;
