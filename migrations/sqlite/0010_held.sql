-- What a sender's packets hold is kept with the account: whoever looks at assets reads one row for each coin, however many
-- packets are under way. It is changed by the transaction that changes a packet, and the audit proves it.

ALTER TABLE accounts
ADD COLUMN held TEXT NOT NULL DEFAULT '0000000000000000000000000000'
    CHECK (length(held) = 28 AND held NOT GLOB '*[^0-9]*');

-- SQLite's integers are too short for such a sum, so it is made in three parts of 9, 9 and 10 digits, each with the carry
-- of the one after it.
UPDATE accounts
SET held = printf('%09d%09d%010d', sums.high + (sums.middle + sums.low / 10000000000) / 1000000000,
    (sums.middle + sums.low / 10000000000) % 1000000000, sums.low % 10000000000)
FROM (
    SELECT sender_id, coin_id, sum(CAST(substr(held, 1, 9) AS INTEGER)) AS high,
        sum(CAST(substr(held, 10, 9) AS INTEGER)) AS middle, sum(CAST(substr(held, 19, 10) AS INTEGER)) AS low
    FROM packets
    WHERE ended_at IS NULL
    GROUP BY sender_id, coin_id
) AS sums
WHERE accounts.user_id = sums.sender_id AND accounts.coin_id = sums.coin_id;
