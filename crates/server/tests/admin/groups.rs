//! On what the IM cloud does not come to agree.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::json;
use sqlx::{Connection, Executor, SqliteConnection};

use crate::{desk::admin, harness::Folder};

#[test]
fn where_all_is_well_nothing_is_stuck() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);
    admin(&folder, &["group", "stuck"]).assert_text("nothing is stuck\n");
    assert_eq!(admin(&folder, &["group", "stuck", "--limit", "3", "--json"]).json(), json!([]));
    admin(&folder, &["group", "stuck", "--limit=x"]).assert_misused(&["--limit"]);
}

/// The names in the sentence of a page that says what `--json` prints here.
fn told(page: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(page);
    let text = fs::read_to_string(path).expect("the page is there");
    let (_, rest) = text.split_once("$ hongbao admin group stuck\n").expect("the page shows the command");
    let (_, rest) = rest.split_once("`--json`").expect("the page says what it prints as JSON");
    let (sentence, _) = rest.split_once("next_check_at`").expect("the last member");
    format!("{sentence}next_check_at`").split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[tokio::test]
async fn what_is_stuck_is_told_under_the_names_that_the_pages_say() {
    let folder = Folder::new();
    folder.demo(&[]).stop();
    let url = format!("sqlite://{}", folder.path("data/demo.db").display());
    let mut store = SqliteConnection::connect(&url).await.expect("the store is there");
    let add = "INSERT INTO groups (id, name, memo, owner_id, state, checks_left, next_check_at, checks_failed, created_at, \
               changed_at, version) VALUES (zeroblob(16), 'g', '', 'alice', 'discarded', 2, 1795392377123456, 9, 1, 1, 1)";
    store.execute(add).await.expect("the group is added");
    store.close().await.expect("the store is closed");

    let stuck = admin(&folder, &["group", "stuck", "--json"]).json();

    assert_eq!(
        stuck,
        json!([{ "group_id": "0".repeat(22), "user_id": null, "desired": "no_group", "failed_checks": 9,
                 "next_check_at": "2026-11-23T00:06:17.123Z" }])
    );
    let members = stuck[0].as_object().expect("it is an object").keys().cloned();
    let expected: BTreeSet<_> = members.chain(["null", "no_group", "member", "no_member"].map(str::to_owned)).collect();
    for page in ["docs/operations.md", "docs/operations.zh.md"] {
        assert_eq!(told(page), expected, "{page}");
    }
}
