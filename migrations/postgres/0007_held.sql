-- What a sender's packets hold is kept with the account: whoever looks at assets reads one row for each coin, however many
-- packets are under way. It is changed by the transaction that changes a packet, and the audit proves it.
--
-- A server of the version before, which goes on while servers are replaced, does not keep it; docs/postgres.md says how
-- it is set right afterwards.

ALTER TABLE accounts
ADD COLUMN held NUMERIC(28, 0) NOT NULL DEFAULT 0 CHECK (held BETWEEN 0 AND 9999999999999999999999999999);

UPDATE accounts
SET held = sums.held
FROM (
    SELECT sender_id, coin_id, sum(held) AS held
    FROM packets
    WHERE ended_at IS NULL
    GROUP BY sender_id, coin_id
) AS sums
WHERE accounts.user_id = sums.sender_id AND accounts.coin_id = sums.coin_id;
