//! A store in which another process writes for too long.

use sqlx::{Connection, Executor, SqliteConnection};

use crate::{
    desk::admin,
    harness::{Finished, Folder, Program, QUICKLY},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_store_is_told_in_one_sentence_and_nothing_is_changed() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);
    let url = format!("sqlite://{}", folder.path("data/demo.db").display());
    let mut other = SqliteConnection::connect(&url).await.expect("the store is there");
    other.execute("BEGIN IMMEDIATE").await.expect("no other writer is at work");

    // Side by side, for each waits out its patience.
    let commands = [
        &["user", "add", "erin"][..],
        &["user", "disable", "bob"],
        &["session", "revoke", "--all-of", "bob"],
        &["deposit", "bob", "CNY", "1", "--reference", "busy"],
    ];
    let waiting: Vec<_> =
        commands.iter().map(|args| Program::start(folder.hongbao(&["admin", "--demo"]).args(*args))).collect();
    let looked = admin(&folder, &["user", "show", "bob"]);
    for program in waiting {
        let (status, stdout, stderr) = program.ended(4 * QUICKLY);
        Finished { code: status.code(), stdout, stderr }.assert_trouble(&[
            "sqlite://data/demo.db",
            "busy",
            "again is safe",
            "locked",
        ]);
    }
    drop(other);

    looked.assert_text("bob (Bob): active, takes friend requests, sessions: 1, friends: 0\n");
    admin(&folder, &["user", "show", "bob"])
        .assert_text("bob (Bob): active, takes friend requests, sessions: 1, friends: 0\n");
    admin(&folder, &["user", "show", "erin"]).assert_refused("there is no user erin");
    folder.assert_balance("bob", "CNY", "1000", "0");
}
