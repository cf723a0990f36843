//! Damage of each kind that an audit looks for, done to a real store behind the ledger's back: it is named with its row.
#![expect(clippy::unwrap_used, reason = "a store that cannot be made or damaged fails the test")]

use std::fs;

use hongbao_testbed::Server;
use serde_json::Value;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, sqlite::SqliteConnectOptions};

use crate::harness::{Database, Demo, Folder, Program, QUICKLY, post, request};

/// What is done to a store, for both in the same words; what is said then, all of it in one sentence; and the exit status.
type Damage = (&'static str, &'static [&'static str], i32);

const WRONG: i32 = 1;
const OVERDUE: i32 = 2;

const OPEN: &str = "(SELECT id FROM packets WHERE state = 'open')";

const DAMAGE: [Damage; 22] = [
    ("SELECT 1", &[], 0),
    (
        "UPDATE accounts SET balance = '0000000000000000000000000001' WHERE user_id = 'bob' AND coin_id = 'CNY'",
        &["account bob/CNY: the balance is not the sum of its postings"],
        WRONG,
    ),
    (
        "UPDATE accounts SET balance = '0000000000000000000000000001' WHERE user_id = 'bob' AND coin_id = 'CNY'",
        &["CNY: balances + held is not deposits - withdrawals"],
        WRONG,
    ),
    (
        "UPDATE accounts SET version = version + 1 WHERE user_id = 'bob' AND coin_id = 'CNY'",
        &["account bob/CNY: the balance is not"],
        WRONG,
    ),
    (
        "UPDATE accounts SET held = '0000000000000000000000000001' WHERE user_id = 'bob' AND coin_id = 'CNY'",
        &["account bob/CNY: held is not what the user's packets hold"],
        WRONG,
    ),
    (
        "DELETE FROM accounts WHERE user_id = 'alice'",
        &["CNY: packets hold money of senders who have no account"],
        WRONG,
    ),
    (
        "DELETE FROM postings WHERE holder = 'account' AND owner_id = 'bob' AND coin_id = 'CNY' AND seq = 1",
        &["account bob/CNY: posting 2 does not follow from the one before"],
        WRONG,
    ),
    (
        "UPDATE postings SET command_id = (SELECT command_id FROM postings WHERE cause = 'claim' LIMIT 1)
        WHERE holder = 'account' AND owner_id = 'bob' AND coin_id = 'CNY' AND cause = 'deposit'",
        &["command ", ": its postings in CNY do not sum to zero"],
        WRONG,
    ),
    (
        "UPDATE postings SET cause = 'cancel' WHERE cause = 'claim'",
        &["packet {claimed}: state, shares, claims, money and postings contradict each other"],
        WRONG,
    ),
    ("UPDATE packets SET state = 'refunded' WHERE state = 'claimed'", &["packet {claimed}: state, shares"], WRONG),
    ("UPDATE claims SET state = 'released'", &["packet {claimed}: state, shares"], WRONG),
    ("UPDATE shares SET taker_id = NULL", &["packet {claimed}: state, shares"], WRONG),
    (
        "UPDATE movements SET direction = 'out' WHERE reference = 'first'",
        &["movement first: it is not the one posting that it must have"],
        WRONG,
    ),
    (
        "UPDATE postings SET cause = 'claim' WHERE holder = 'movement' AND owner_id = 'first'",
        &["movement first: it is not the one posting"],
        WRONG,
    ),
    ("DELETE FROM movements WHERE reference = 'first'", &["1 postings belong to holders that do not exist"], WRONG),
    (
        "UPDATE requests SET outcome = replace(outcome, 'bob', 'carol')",
        &["request pay-1 of alice (im/msg_redpack_publish): what was answered is not what became of the packet"],
        WRONG,
    ),
    (
        "UPDATE packets SET state = 'sending', lease_until = 1 WHERE state = 'open'",
        &["packet {open} is being sent, and its lease is over"],
        OVERDUE,
    ),
    (
        "UPDATE packets SET expires_at = 1 WHERE state = 'open'",
        &["packet {open} has expired, and its money has not gone back"],
        OVERDUE,
    ),
    (
        "UPDATE shares SET taker_id = 'bob' WHERE packet_id = {open_id};
        INSERT INTO claims (packet_id, taker_id, share_number, state, lease_until, version, changed_at)
        VALUES ({open_id}, 'bob', 1, 'claiming', 1, 1, 1)",
        &["packet {open}: the lease of bob's claim is over"],
        OVERDUE,
    ),
    (
        "UPDATE groups SET state = 'preparing', lease_until = 1",
        &["group {group} is being made, and its lease is over"],
        OVERDUE,
    ),
    (
        "INSERT INTO memberships (group_id, user_id, state, lease_until, changed_at, version)
        SELECT id, 'bob', 'joining', 1, 1, 1 FROM groups",
        &["group {group}: the lease of bob's join is over"],
        OVERDUE,
    ),
    (
        "INSERT INTO outbox (id, target, kind, event, state, due_at, attempts, created_at, changed_at, version)
        VALUES ({open_id}, 'notice', 'red_packet.refunded', '{}', 'waiting', 1, 0, 1, 1, 1)",
        &["event {open} to notice is due, and is not delivered"],
        OVERDUE,
    ),
];

/// The names of what is there.
struct Names {
    claimed: String,
    open: String,
    group: String,
}

impl Names {
    fn fill(&self, text: &str) -> String {
        let text = text.replace("{open_id}", OPEN).replace("{claimed}", &self.claimed);
        text.replace("{open}", &self.open).replace("{group}", &self.group)
    }
}

/// Makes some of everything, and stops.
fn live_through(folder: &Folder, settings: &[&str]) -> Names {
    let demo = Demo::start(folder, settings);
    let form = "session_key=demo-alice&toUserId=bob&coin_id=CNY&amount=1";
    let headers = ["Content-Type: application/x-www-form-urlencoded", "Idempotency-Key: pay-1"];
    let published = request(demo.http, "POST", "/im/msg_redpack_publish", &headers, form).unwrap();
    let claimed = published.data("transfer_id").to_owned();
    assert_eq!(demo.accept(&claimed).verdict(), (0, ""));
    let open = demo.publish();
    let group = post(demo.http, "/im/group_create", "session_key=demo-alice&group_name=x").unwrap();
    let names = Names { claimed, open, group: group.data("group_id").to_owned() };
    demo.stop();
    let settings: Vec<_> = settings.iter().flat_map(|setting| ["--set", setting]).collect();
    let deposit = ["admin", "deposit", "bob", "CNY", "5", "--reference", "first", "--demo"];
    let deposited = folder.run(&[&deposit[..], &settings].concat());
    assert_eq!(deposited.code, Some(0), "{deposited:?}");
    names
}

/// Audits what was damaged, and compares.
fn assert_named(folder: &Folder, setting: &str, names: &Names, (sql, words, code): &Damage) {
    let audit = ["admin", "audit", "--demo", "--json", "--set", setting];
    // What is overdue is looked for twice, with seconds between.
    let (status, stdout, stderr) = Program::start(&mut folder.hongbao(&audit)).ended(6 * QUICKLY);
    assert_eq!(status.code(), Some(*code), "{sql}: {stdout}{stderr}");
    let report: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(report["holds"], *code != WRONG, "{sql}: {report}");
    let list = if *code == OVERDUE { &report["overdue"] } else { &report["findings"] };
    let said: Vec<_> = list.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let is_said = |said: &&str| words.iter().all(|word| said.contains(&names.fill(word)));
    assert!(words.is_empty() == said.is_empty() && (words.is_empty() || said.iter().any(is_said)), "{sql}: {report}");
}

#[tokio::test]
async fn each_kind_of_damage_to_a_file_is_named() {
    let folder = Folder::new();
    let names = live_through(&folder, &[]);
    for damage in &DAMAGE {
        fs::copy(folder.path("data/demo.db"), folder.path("data/damaged.db")).unwrap();
        let setting = "database.url=sqlite://data/damaged.db";
        let file = SqliteConnectOptions::new().filename(folder.path("data/damaged.db")).foreign_keys(false);
        let mut file = file.connect().await.unwrap();
        let unlock = "DROP TRIGGER postings_are_never_changed; DROP TRIGGER postings_are_never_deleted";
        file.execute(unlock).await.unwrap();
        file.execute(AssertSqlSafe(names.fill(damage.0))).await.unwrap();
        file.close().await.unwrap();
        assert_named(&folder, setting, &names, damage);
    }
}

#[test]
fn each_kind_of_damage_to_a_database_is_named() {
    let (folder, database) = (Folder::new(), Database::new("sound"));
    let names = live_through(&folder, &[&database.setting]);
    for damage in &DAMAGE {
        let damaged = Copied::of(&database);
        database.server.psql(&damaged.0, &names.fill(damage.0)).unwrap();
        assert_named(&folder, &format!("database.url={}", database.server.url(&damaged.0)), &names, damage);
    }
}

/// A copy of a database. It is dropped with this value.
struct Copied(String);

impl Copied {
    fn of(database: &Database) -> Self {
        let name = format!("damaged_{}", std::process::id());
        database.server.create_database(&name, Some(&database.name)).unwrap();
        Self(name)
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        drop(Server::shared().unwrap().psql("postgres", &format!("DROP DATABASE {} WITH (FORCE)", self.0)));
    }
}
