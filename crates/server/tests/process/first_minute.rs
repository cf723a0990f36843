//! What a new user sees and does first.

use serde_json::{Value, json};

use crate::harness::{Folder, finish};

/// The lines to paste: what is indented after the sentence that says so.
fn lines_to_paste(banner: &str) -> Vec<&str> {
    indented_after(banner, "Paste these lines")
}

fn indented_after<'banner>(banner: &'banner str, sentence: &str) -> Vec<&'banner str> {
    let (_, rest) = banner.split_once(sentence).expect("the banner says what to paste");
    let rest = rest.lines().skip(1).skip_while(|line| line.is_empty());
    rest.take_while(|line| line.starts_with("  ")).collect()
}

#[test]
fn the_banner_names_addresses_users_keys_and_three_lines_once() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let (http, admin, sandbox) = (demo.http, demo.admin, demo.sandbox);

    let (banner, log) = demo.stop();

    let parts = [("API", http.to_string() + "\n"), ("Admin", format!("{admin} ")), ("Sandbox", format!("{sandbox} "))];
    for expected in parts.map(|(name, address)| format!("{name:<9} http://{address}")) {
        assert_eq!(banner.matches(&expected).count(), 1, "{expected} in {banner}");
    }
    for user in ["alice", "bob", "carol", "dave"] {
        let is_told = |line: &&str| line.split_whitespace().any(|word| word == format!("demo-{user}"));
        assert_eq!(banner.lines().filter(is_told).count(), 1, "{user} in {banner}");
    }
    assert_eq!(lines_to_paste(&banner).len(), 3, "{banner}");
    assert!(!log.contains("Hongbao demo"), "{log}");
}

#[test]
fn the_three_lines_work_as_they_are_pasted() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let banner = demo.program.stdout();
    let script = lines_to_paste(&banner).join("\n");

    let pasted = finish(folder.command("bash").args(["-c", &script]));

    assert_eq!((pasted.code, pasted.stderr.as_str()), (Some(0), ""), "{pasted:?}");
    let answers: Vec<Value> = pasted.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [published, accepted, inbox] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!(published["status"], 0, "{published}");
    let id = published["data"]["transfer_id"].as_str().expect("the client keeps the id");
    assert_eq!(accepted["status"], 0, "{accepted}");
    assert_eq!((&accepted["data"]["transfer_id"], &accepted["data"]["amount"]), (&json!(id), &json!("8.88")));
    assert_eq!(accepted["data"]["content"], "恭喜发财");
    let message = inbox.as_array().and_then(|inbox| inbox.first()).expect("one message in bob's inbox");
    assert_eq!((&message["objectName"], &message["fromUserId"]), (&json!("HB:RedPacket"), &json!("alice")));
    assert!(message["content"].as_str().is_some_and(|content| content.contains(id)), "{message}");
}

#[test]
fn the_lines_of_the_backend_work_as_they_are_pasted() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let banner = demo.program.stdout();
    let script = indented_after(&banner, "What an app's backend does").join("\n");

    let pasted = finish(folder.command("bash").args(["-c", &script]));

    assert_eq!((pasted.code, pasted.stderr.as_str()), (Some(0), ""), "{pasted:?}");
    let answers: Vec<Value> = pasted.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [user, deposit, published, accepted] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!((&user["name"], &deposit["amount"]), (&json!("Erin"), &json!("100")));
    assert_eq!((&published["status"], &accepted["status"]), (&json!(0), &json!(0)));
    assert_eq!((&accepted["data"]["from_user_id"], &accepted["data"]["amount"]), (&json!("erin"), &json!("6.66")));
}

#[test]
fn the_administrator_sees_the_money_while_the_server_runs_and_after_it_has_stopped() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let id = demo.publish();
    assert_eq!(demo.accept(&id).verdict(), (0, ""));
    demo.publish();

    let look = || {
        folder.assert_balance("alice", "CNY", "982.24", "8.88");
        folder.assert_balance("bob", "CNY", "1008.88", "0");
        folder.assert_audit();
        (folder.run(&["admin", "balance", "alice", "--demo"]), folder.run(&["admin", "audit", "--demo"]))
    };
    let (balance, audit) = look();
    demo.stop();
    let (balance_afterwards, audit_afterwards) = look();

    assert_eq!((balance.code, audit.code), (Some(0), Some(0)));
    let row = balance.stdout.lines().find(|line| line.starts_with("CNY ")).expect("a row for the coin");
    assert_eq!(row.split_whitespace().collect::<Vec<_>>(), ["CNY", "982.24", "8.88"]);
    let proof = "CNY: balances 1991.12 + held 8.88 = deposits 2000 - withdrawals 0\n";
    assert!(audit.stdout.contains(proof), "{}", audit.stdout);
    assert!(audit.stdout.contains("the money holds: "), "{}", audit.stdout);
    assert_eq!((balance.stdout, audit.stdout), (balance_afterwards.stdout, audit_afterwards.stdout));
}

#[test]
fn the_store_can_be_named_instead_of_the_demo() {
    let folder = Folder::new();
    folder.demo(&[]).stop();

    let named = folder.run(&["admin", "balance", "bob", "--json", "--set", "database.url=sqlite://data/demo.db"]);

    let expected = json!([
        { "coin_id": "CNY", "balance": "1000", "held": "0" },
        { "coin_id": "USDT", "balance": "50", "held": "0" },
    ]);
    assert_eq!(serde_json::from_str::<Value>(&named.stdout).ok(), Some(expected), "{named:?}");
}
