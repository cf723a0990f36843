//! What became of a red packet.

use serde_json::json;

use crate::{
    desk::{admin, is_moment},
    harness::Folder,
};

#[test]
fn a_packet_is_shown_from_its_sender_to_its_receiver() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let id = demo.publish();

    let open = admin(&folder, &["packet", "show", &id, "--json"]).json();
    assert_eq!(demo.accept(&id).verdict(), (0, ""));
    let claimed = admin(&folder, &["packet", "show", &id, "--json"]).json();

    for (packet, stage, held, taker) in [(&open, "open", "8.88", json!(null)), (&claimed, "claimed", "0", json!("bob"))]
    {
        assert_eq!((&packet["transfer_id"], &packet["stage"]), (&json!(id), &json!(stage)), "{packet}");
        assert_eq!((&packet["sender_id"], &packet["coin_id"]), (&json!("alice"), &json!("CNY")), "{packet}");
        assert_eq!((&packet["amount"], &packet["held"]), (&json!("8.88"), &json!(held)), "{packet}");
        let share = json!({ "number": 1, "amount": "8.88", "receiver_id": "bob", "taker_id": taker });
        assert_eq!(packet["shares"], json!([share]));
        assert!(is_moment(&packet["created_at"]) && is_moment(&packet["expires_at"]), "{packet}");
    }
    assert_eq!((&open["ended_at"], &open["claims"]), (&json!(null), &json!([])));
    assert!(is_moment(&claimed["ended_at"]), "{claimed}");
    assert_eq!((&claimed["claims"][0]["taker_id"], &claimed["claims"][0]["state"]), (&json!("bob"), &json!("claimed")));
}

#[test]
fn people_read_it_too_but_not_the_senders_words() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let id = demo.publish();
    assert_eq!(demo.accept(&id).verdict(), (0, ""));

    let shown = admin(&folder, &["packet", "show", &id]);

    assert_eq!((shown.code, shown.stderr.as_str()), (Some(0), ""), "{shown:?}");
    let first = format!("{id}: claimed (state claimed), 8.88 CNY from alice, 0 still held\ncreated 20");
    assert!(shown.stdout.starts_with(&first), "{}", shown.stdout);
    for line in ["\nended 20", "\nshare 1: 8.88 for bob, taken by bob\n", "\nclaim of bob on share 1: claimed since 20"]
    {
        assert!(shown.stdout.contains(line), "{}", shown.stdout);
    }
    assert!(!shown.stdout.contains("luck"), "{}", shown.stdout);
}

#[test]
fn packets_of_a_user_are_listed_newest_first_page_by_page() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let ids = [demo.publish(), demo.publish(), demo.publish()];
    assert_eq!(demo.accept(&ids[1]).verdict(), (0, ""));
    let list = |user, more: &[&str]| admin(&folder, &[&["packet", "list", "--user", user], more].concat());

    for user in ["alice", "bob"] {
        let page = list(user, &["--limit", "2", "--json"]).json();
        let shown = admin(&folder, &["packet", "show", &ids[1], "--json"]).json();
        assert_eq!((&page["packets"][0]["transfer_id"], &page["packets"][1]), (&json!(ids[2]), &shown));
        assert_eq!((&page["packets"][2], &page["next"]), (&json!(null), &json!(ids[1])));
        let rest = list(user, &["--after", &ids[1]]);
        assert!(rest.stdout.ends_with(&format!("Z {} open      8.88 CNY from alice to bob\n", ids[0])), "{rest:?}");
        assert_eq!(rest.stdout.lines().count(), 1, "{rest:?}");
        assert!(list(user, &["--limit", "1"]).stdout.ends_with(&format!("\nmore: --after {}\n", ids[2])));
    }
    list("carol", &[]).assert_text("no packets\n");
    list("nobody", &[]).assert_refused("there is no user nobody");
    admin(&folder, &["packet", "list"]).assert_misused(&["--user"]);
}

#[test]
fn what_is_no_packet_is_refused() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);
    let nothing = "0".repeat(22);
    admin(&folder, &["packet", "show", &nothing]).assert_refused(&format!("there is no packet {nothing}"));
    admin(&folder, &["packet", "show", "short"]).assert_misused(&["short", "wrong length"]);
}
