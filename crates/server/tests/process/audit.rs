//! The proof that the money holds, and that it can fail.

use std::fs;

use serde_json::Value;

use crate::harness::Folder;

/// Adds a cent to an account behind the ledger's back: the balance is 28 digits in the file.
pub(crate) fn add_a_cent(folder: &Folder, user: &str, coin: &str, from: &str, to: &str) {
    let mut file = fs::read(folder.path("data/demo.db")).expect("the store is closed");
    let row = |minor: &str| format!("{user}{coin}{minor:0>28}").into_bytes();
    let (from, to) = (row(from), row(to));
    let start = file.windows(from.len()).position(|bytes| bytes == from).expect("the account is in the file");
    file[start..start + to.len()].copy_from_slice(&to);
    fs::write(folder.path("data/demo.db"), file).expect("the file can be written");
}

#[test]
fn a_cent_that_came_from_nowhere_fails_the_audit() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    demo.publish();
    demo.stop();
    folder.assert_audit();

    add_a_cent(&folder, "alice", "CNY", "99112", "99113");

    folder.assert_balance("alice", "CNY", "991.13", "8.88");
    let text = folder.run(&["admin", "audit", "--demo"]);
    assert_eq!((text.code, text.stderr.as_str()), (Some(1), ""), "{text:?}");
    let unequal = "CNY: balances 1991.13 + held 8.88 IS NOT deposits 2000 - withdrawals 0\n";
    assert!(text.stdout.contains(unequal), "{}", text.stdout);
    assert!(text.stdout.contains("\nWRONG "), "{}", text.stdout);
    assert!(text.stdout.contains("\nTHE MONEY DOES NOT HOLD: "), "{}", text.stdout);
    let json = folder.run(&["admin", "audit", "--demo", "--json"]);
    let report: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((json.code, &report["holds"]), (Some(1), &Value::Bool(false)), "{report}");
    let coins = report["coins"].as_array().unwrap().iter();
    let broken: Vec<_> = coins.filter(|coin| coin["holds"] == false).map(|coin| &coin["coin_id"]).collect();
    assert_eq!(broken, ["CNY"]);
    assert!(report["findings"].as_array().is_some_and(|findings| !findings.is_empty()), "{report}");
}
