//! Money that comes in from outside or goes out.

use crate::{
    desk::{admin, is_moment},
    harness::Folder,
};

#[test]
fn a_deposit_pays_once_and_says_so() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);
    let deposit = ["deposit", "carol", "CNY", "12.50", "--reference", "bank-1"];

    let first = admin(&folder, &deposit);
    let again = admin(&folder, &deposit);

    assert_eq!((first.code, again.code), (Some(0), Some(0)), "{first:?} {again:?}");
    assert!(first.stdout.starts_with("12.5 CNY deposited to carol at 20"), "{}", first.stdout);
    assert!(first.stdout.ends_with("Z, reference bank-1\n"), "{}", first.stdout);
    let repeat = first.stdout.replace('\n', "; that was done before, and nothing is moved now\n");
    assert_eq!(again.stdout, repeat);
    folder.assert_balance("carol", "CNY", "12.5", "0");
    folder.assert_audit();
}

#[test]
fn a_withdrawal_takes_once_and_says_so() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);
    let withdraw = ["withdraw", "alice", "ETH", "0.000000000000000001", "--reference", "out-1"];

    let first = admin(&folder, &withdraw).stdout;
    let again = admin(&folder, &[&withdraw[..], &["--json"]].concat()).json();

    assert!(first.starts_with("0.000000000000000001 ETH withdrawn from alice at 20"), "{first}");
    assert_eq!((&again["repeated"], &again["amount"]), (&true.into(), &"0.000000000000000001".into()), "{again}");
    folder.assert_balance("alice", "ETH", "1.499999999999999999", "0");
    folder.assert_audit();
}

#[test]
fn programs_read_what_was_moved() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);
    for verb in ["deposit", "withdraw"] {
        let report = admin(&folder, &[verb, "alice", "USDT", "5", "--reference", verb, "--json"]).json();
        assert!(is_moment(&report["at"]), "{report}");
        let words = ["reference", "user_id", "coin_id", "amount"].map(|key| report[key].as_str());
        assert_eq!(words, [Some(verb), Some("alice"), Some("USDT"), Some("5")], "{report}");
        assert_eq!(report["repeated"], false);
    }
}

#[test]
fn what_cannot_be_moved_is_refused_and_moves_nothing() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);
    admin(&folder, &["deposit", "bob", "CNY", "1", "--reference", "used"]);
    let refused = |args: &[&str], why: &str| {
        admin(&folder, &[args, &["--reference", "new"]].concat()).assert_refused(why);
    };
    for verb in ["deposit", "withdraw"] {
        refused(&[verb, "nobody", "CNY", "1"], "there is no user nobody");
        refused(&[verb, "bob", "XYZ", "1"], "there is no coin XYZ");
        refused(&[verb, "bob", "CNY", "0"], "the amount must be more than 0");
        refused(
            &[verb, "bob", "CNY", "0.001"],
            "the amount cannot be moved in CNY: the number has more decimal places than the coin",
        );
        admin(&folder, &[verb, "bob", "CNY", "2", "--reference", "used"])
            .assert_refused("the reference used is the name of another movement");
        admin(&folder, &[verb, "bob", "CNY", "-1", "--reference", "new"]).assert_misused(&["below zero"]);
        admin(&folder, &[verb, "bob", "CNY", "much", "--reference", "new"]).assert_misused(&["decimal number"]);
        admin(&folder, &[verb, "bob", "CNY", "1"]).assert_misused(&["--reference"]);
    }
    refused(&["withdraw", "bob", "CNY", "1001.01"], "bob has less CNY to spend than that");
    refused(&["withdraw", "bob", "ETH", "1"], "bob has less ETH to spend than that");
    let all_there_can_be = "99999999999999999999999999.99";
    refused(&["deposit", "bob", "CNY", all_there_can_be], "bob cannot have so much CNY");
    folder.assert_balance("bob", "CNY", "1001", "0");
    folder.assert_audit();
}
