//! Reads the store with statements of its own, which no code of the product has a part in.
//!
//! Each gives texts only, so that one reader does for both databases.

use std::collections::BTreeMap;

use sqlx::{
    Connection, PgConnection, Row, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};
use tokio::runtime::{Builder, Runtime};

use crate::{
    cli::Store,
    error::TortureError,
    history::Sum,
    state::{Account, Claim, Delivery, Group, Membership, Movement, Packet, Posting, Request, State, User},
};

/// A reader of the store.
pub(crate) struct Reader {
    runtime: Runtime,
    store: Store,
    url: String,
}

type Rows = Vec<Vec<String>>;

/// The same question to both databases, where they are asked differently.
struct Sql {
    sqlite: &'static str,
    postgres: &'static str,
}

impl Sql {
    const fn same(text: &'static str) -> Self {
        Self { sqlite: text, postgres: text }
    }
}

const ACCOUNTS: Sql = Sql {
    sqlite: "SELECT user_id, coin_id, balance, held, CAST(version AS TEXT) FROM accounts",
    postgres: "SELECT user_id, coin_id, balance::TEXT, held::TEXT, version::TEXT FROM accounts",
};

/// The store's own clock is right by the time that this is asked.
const PACKETS: Sql = Sql {
    sqlite:
        "SELECT lower(hex(p.id)), p.sender_id, p.coin_id, p.total, p.held, CAST(p.entries AS TEXT), p.remark, p.state,
        coalesce(s.receiver_id, ''), coalesce(s.taker_id, ''),
        CAST(p.expires_at > (CAST(strftime('%s', 'now') AS INTEGER) + 5) * 1000000 AS TEXT)
        FROM packets AS p JOIN shares AS s ON s.packet_id = p.id",
    postgres:
        "SELECT replace(p.id::TEXT, '-', ''), p.sender_id, p.coin_id, p.total::TEXT, p.held::TEXT, p.entries::TEXT,
        p.remark, p.state, coalesce(s.receiver_id, ''), coalesce(s.taker_id, ''),
        (p.expires_at > (extract(epoch FROM clock_timestamp()) + 5) * 1000000)::INTEGER::TEXT
        FROM packets AS p JOIN shares AS s ON s.packet_id = p.id",
};

const CLAIMS: Sql = Sql {
    sqlite: "SELECT lower(hex(packet_id)), taker_id, state FROM claims",
    postgres: "SELECT replace(packet_id::TEXT, '-', ''), taker_id, state FROM claims",
};

const MOVEMENTS: Sql = Sql {
    sqlite: "SELECT reference, direction, user_id, coin_id, amount FROM movements",
    postgres: "SELECT reference, direction, user_id, coin_id, amount::TEXT FROM movements",
};

const POSTINGS: Sql = Sql {
    sqlite: "SELECT holder, owner_id, coin_id, CAST(seq AS TEXT), hex(command_id), cause, amount, balance FROM postings
        ORDER BY holder, owner_id, coin_id, postings.seq",
    postgres: "SELECT holder, owner_id, coin_id, seq::TEXT, command_id::TEXT, cause, amount::TEXT, balance::TEXT
        FROM postings ORDER BY holder, owner_id, coin_id, postings.seq",
};

const FRIENDSHIPS: Sql = Sql::same("SELECT user_id, friend_id FROM friendships");

const GROUPS: Sql = Sql {
    sqlite: "SELECT lower(hex(id)), name, owner_id, state, CAST(checks_left IS NOT NULL AS TEXT) FROM groups",
    postgres: "SELECT replace(id::TEXT, '-', ''), name, owner_id, state, (checks_left IS NOT NULL)::INTEGER::TEXT
        FROM groups",
};

const MEMBERSHIPS: Sql = Sql {
    sqlite: "SELECT lower(hex(group_id)), user_id, state, CAST(checks_left IS NOT NULL AS TEXT) FROM memberships",
    postgres: "SELECT replace(group_id::TEXT, '-', ''), user_id, state, (checks_left IS NOT NULL)::INTEGER::TEXT
        FROM memberships",
};

/// A copy of a profile that is stale is not shown before the cloud was asked.
const USERS: Sql = Sql::same(
    "SELECT id, name FROM users
        WHERE id NOT IN (SELECT user_id FROM im_accounts WHERE is_stale)",
);
const TOKENS: Sql = Sql::same("SELECT user_id FROM im_accounts WHERE token IS NOT NULL");

const REQUESTS: Sql = Sql {
    sqlite: "SELECT user_id, method, request_key, coalesce(CAST(status AS TEXT), '') FROM requests",
    postgres: "SELECT user_id, method, request_key, coalesce(status::TEXT, '') FROM requests",
};

/// What is told to endpoints. The store's own clock is right by the time that this is asked.
const DELIVERIES: Sql = Sql {
    sqlite: "SELECT lower(hex(id)), target, kind, state, CAST(attempts AS TEXT),
        CAST(due_at IS NOT NULL AND due_at < (CAST(strftime('%s', 'now') AS INTEGER) - 3) * 1000000 AS TEXT)
        FROM outbox WHERE target <> 'notice'",
    postgres: "SELECT replace(id::TEXT, '-', ''), target, kind, state, attempts::TEXT,
        (due_at IS NOT NULL AND due_at < (extract(epoch FROM clock_timestamp()) - 3) * 1000000)::INTEGER::TEXT
        FROM outbox WHERE target <> 'notice'",
};

/// One statement, so that all of it is of one moment.
const SUMS: Sql = Sql {
    sqlite: "SELECT 'balance', coin_id, balance FROM accounts
        UNION ALL SELECT 'held', coin_id, held FROM packets WHERE ended_at IS NULL
        UNION ALL SELECT direction, coin_id, amount FROM movements",
    postgres: "SELECT 'balance', coin_id, balance::TEXT FROM accounts
        UNION ALL SELECT 'held', coin_id, held::TEXT FROM packets WHERE ended_at IS NULL
        UNION ALL SELECT direction, coin_id, amount::TEXT FROM movements",
};

/// What must not be there any more once every lease is over. A packet that a clock ahead has made may stay open for long.
const HANGING: Sql = Sql {
    sqlite: "SELECT 'packet ' || hex(id) || ' ' || state FROM packets WHERE state = 'sending'
        OR (state = 'open' AND expires_at < (CAST(strftime('%s', 'now') AS INTEGER) + 5) * 1000000)
        UNION ALL SELECT 'claim ' || hex(packet_id) FROM claims WHERE state = 'claiming'
        UNION ALL SELECT 'group ' || hex(id) FROM groups WHERE state = 'preparing'
        UNION ALL SELECT 'join ' || hex(group_id) || ' ' || user_id FROM memberships WHERE state = 'joining'",
    postgres: "SELECT 'packet ' || id || ' ' || state FROM packets WHERE state = 'sending'
        OR (state = 'open' AND expires_at < (extract(epoch FROM clock_timestamp()) + 5) * 1000000)
        UNION ALL SELECT 'claim ' || packet_id FROM claims WHERE state = 'claiming'
        UNION ALL SELECT 'group ' || id FROM groups WHERE state = 'preparing'
        UNION ALL SELECT 'join ' || group_id || ' ' || user_id FROM memberships WHERE state = 'joining'",
};

impl Reader {
    pub(crate) fn new(store: Store, url: String) -> Result<Self, TortureError> {
        Ok(Self { runtime: Builder::new_current_thread().enable_all().build()?, store, url })
    }

    /// Names what hangs.
    pub(crate) fn hanging(&self) -> Result<Vec<String>, TortureError> {
        Ok(self.rows(&HANGING)?.into_iter().flatten().collect())
    }

    /// Reads what endpoints are told.
    pub(crate) fn deliveries(&self) -> Result<Vec<Delivery>, TortureError> {
        let read = |row| {
            let [id, endpoint, kind, state, attempts, is_late] = fixed(row)?;
            let (id, attempts, is_late) = (base62(&id)?, number(&attempts)?, is_late == "1");
            Ok(Delivery { id, endpoint, kind, state, attempts, is_late })
        };
        self.rows(&DELIVERIES)?.into_iter().map(read).collect()
    }

    /// Adds up what there is of each coin at one moment.
    pub(crate) fn sums(&self) -> Result<BTreeMap<String, Sum>, TortureError> {
        let mut sums: BTreeMap<String, [i128; 3]> = BTreeMap::new();
        for row in self.rows(&SUMS)? {
            let [what, coin, amount] = fixed(row)?;
            let amount = number::<i128>(&amount)?;
            let [balances, held, moved_in] = sums.entry(coin).or_default();
            match what.as_str() {
                "balance" => *balances += amount,
                "held" => *held += amount,
                "in" => *moved_in += amount,
                _ => *moved_in -= amount,
            }
        }
        let write = |(coin, [balances, held, moved_in]): (String, [i128; 3])| {
            let [balances, held, moved_in] = [balances, held, moved_in].map(|amount| amount.to_string());
            (coin, Sum { balances, held, moved_in })
        };
        Ok(sums.into_iter().map(write).collect())
    }

    /// Reads all rows. Inboxes and groups of the cloud are not among them.
    pub(crate) fn state(&self) -> Result<State, TortureError> {
        let mut state = State::default();
        for row in self.rows(&ACCOUNTS)? {
            let [user, coin, balance, held, version] = fixed(row)?;
            let (balance, held) = (number(&balance)?, number(&held)?);
            state.accounts.push(Account { user, coin, balance, held, version: number(&version)? });
        }
        for row in self.rows(&PACKETS)? {
            let [id, sender, coin, total, held, entries, remark, is_in, receiver, taker, is_long] = fixed(row)?;
            let (total, held, entries) = (number(&total)?, number(&held)?, number(&entries)?);
            let (id, is_long) = (base62(&id)?, is_long == "1");
            let packet =
                Packet { id, sender, coin, total, held, entries, remark, state: is_in, receiver, taker, is_long };
            state.packets.push(packet);
        }
        for row in self.rows(&CLAIMS)? {
            let [packet, taker, is_in] = fixed(row)?;
            state.claims.push(Claim { packet: base62(&packet)?, taker, state: is_in });
        }
        for row in self.rows(&MOVEMENTS)? {
            let [reference, direction, user, coin, amount] = fixed(row)?;
            state.movements.push(Movement { reference, direction, user, coin, amount: number(&amount)? });
        }
        for row in self.rows(&POSTINGS)? {
            let [holder, owner, coin, seq, command, cause, amount, balance] = fixed(row)?;
            let (seq, amount, balance) = (number(&seq)?, number(&amount)?, number(&balance)?);
            state.postings.push(Posting { holder, owner, coin, seq, command, cause, amount, balance });
        }
        for row in self.rows(&GROUPS)? {
            let [id, name, owner, is_in, is_due] = fixed(row)?;
            state.groups.push(Group { id: base62(&id)?, name, owner, state: is_in, is_due: is_due == "1" });
        }
        for row in self.rows(&MEMBERSHIPS)? {
            let [group, user, is_in, is_due] = fixed(row)?;
            state.memberships.push(Membership { group: base62(&group)?, user, state: is_in, is_due: is_due == "1" });
        }
        for row in self.rows(&REQUESTS)? {
            let [user, method, key, status] = fixed(row)?;
            let status = if status.is_empty() { None } else { Some(number(&status)?) };
            // A path of the contract begins with what all have.
            let method = method.trim_start_matches("im/").to_owned();
            state.requests.push(Request { user, method, key, status });
        }
        for row in self.rows(&FRIENDSHIPS)? {
            let [user, friend] = fixed(row)?;
            state.friendships.push((user, friend));
        }
        for row in self.rows(&USERS)? {
            let [id, name] = fixed(row)?;
            state.users.push(User { id, name });
        }
        state.deliveries = self.deliveries()?;
        state.tokens = self.rows(&TOKENS)?.into_iter().flatten().collect();
        Ok(state)
    }

    fn rows(&self, sql: &Sql) -> Result<Rows, TortureError> {
        self.runtime.block_on(async {
            match self.store {
                Store::Sqlite => {
                    let file = self.url.trim_start_matches("sqlite://");
                    let options = SqliteConnectOptions::new().filename(file).journal_mode(SqliteJournalMode::Wal);
                    let mut connection = SqliteConnection::connect_with(&options).await?;
                    let rows = sqlite(&mut connection, sql.sqlite).await;
                    connection.close().await?;
                    rows
                }
                Store::Postgres => {
                    let mut connection = PgConnection::connect(&self.url).await?;
                    let rows = postgres(&mut connection, sql.postgres).await;
                    connection.close().await?;
                    rows
                }
            }
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "the checker's statements are known to no one else, and have one reader")]
async fn sqlite(connection: &mut SqliteConnection, sql: &'static str) -> Result<Rows, TortureError> {
    let rows = sqlx::query(sql).fetch_all(connection).await?;
    rows.iter().map(|row| (0..row.len()).map(|column| Ok(row.try_get(column)?)).collect()).collect()
}

#[expect(clippy::disallowed_methods, reason = "the checker's statements are known to no one else, and have one reader")]
async fn postgres(connection: &mut PgConnection, sql: &'static str) -> Result<Rows, TortureError> {
    let rows = sqlx::query(sql).fetch_all(connection).await?;
    rows.iter().map(|row| (0..row.len()).map(|column| Ok(row.try_get(column)?)).collect()).collect()
}

fn fixed<const COLUMNS: usize>(row: Vec<String>) -> Result<[String; COLUMNS], TortureError> {
    row.try_into().map_err(|row| TortureError::new(format!("another number of columns was expected: {row:?}")))
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, TortureError> {
    text.parse().map_err(|_| TortureError::new(format!("this is no number: {text}")))
}

/// Writes the hexadecimal digits of an id as the contract does: 22 characters of base62.
fn base62(hex: &str) -> Result<String, TortureError> {
    const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut bits = u128::from_str_radix(hex, 16).map_err(|error| TortureError::because(hex, error))?;
    let mut text = [b'0'; 22];
    for byte in text.iter_mut().rev() {
        *byte = ALPHABET[usize::try_from(bits % 62).expect("a digit is less than 62")];
        bits /= 62;
    }
    Ok(text.map(char::from).iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_written_as_the_contract_does() {
        assert_eq!(base62("0").unwrap(), "0".repeat(22));
        assert_eq!(base62("3d").unwrap(), format!("{}z", "0".repeat(21)));
        assert_eq!(base62("3e").unwrap(), format!("{}10", "0".repeat(20)));
        assert_eq!(base62(&"f".repeat(32)).unwrap(), "7n42DGM5Tflk9n8mt7Fhc7");
    }
}
