-- A user's packets, newest first, a page at a time: those sent, and those received.
CREATE INDEX packets_of_sender ON packets (sender_id, id);
CREATE INDEX shares_of_receiver ON shares (receiver_id, packet_id);
