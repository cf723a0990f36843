//! Users and packets, a page at a time.

use std::ops::Range;

use hongbao_domain::{
    id::{TransferId, UserId},
    ledger::{AccountKey, Cause},
    red_packet::Stage,
    time::Timestamp,
    user::UserStatus,
};
use hongbao_ports::{Clock, Ids, query::Page};

use crate::{
    TestStore,
    case::cases,
    scene::{LIFE, alice, bob, carol, cny, user},
};

cases![
    users_come_in_the_order_of_their_bytes_page_by_page,
    a_prefix_leaves_out_all_other_users,
    a_list_of_users_says_what_each_may_do,
    packets_of_sender_and_receiver_come_newest_first_page_by_page,
    packets_of_all_users_come_newest_first_page_by_page,
    the_journal_of_a_packet_says_what_came_and_went,
    a_listed_packet_stands_where_a_view_of_it_says,
    strangers_and_empty_pages_have_nothing,
    a_statement_counts_down_page_by_page_and_by_time,
];

/// Ids whose order by bytes is not that of a language, and of which some begin others.
const IDS: [&str; 8] = ["-", "0", "Al", "_a", "al", "al-b", "al0", "alB"];

const STANDING: UserStatus = UserStatus { is_active: true, takes_friend_requests: true };

async fn users(store: &TestStore, prefix: &str, after: Option<&str>, limit: u32) -> Vec<String> {
    let page = Page { after: after.map(user), limit };
    let users = store.queries.users(prefix, page).await.expect("users can be listed");
    users.iter().map(|listed| listed.id.to_string()).collect()
}

async fn add(store: &TestStore) {
    for id in IDS.iter().rev() {
        store.users.add(user(id), STANDING).await.expect("users can be added");
    }
}

async fn users_come_in_the_order_of_their_bytes_page_by_page(store: &TestStore) {
    add(store).await;
    assert_eq!(users(store, "", None, 100).await, IDS);
    assert_eq!(users(store, "", None, 3).await, IDS[..3]);
    assert_eq!(users(store, "", Some("Al"), 3).await, IDS[3..6]);
    assert_eq!(users(store, "", Some("am"), 3).await, [""; 0]);
    assert_eq!(users(store, "", Some("A"), 1).await, ["Al"], "a page may begin behind a user who does not exist");
}

async fn a_prefix_leaves_out_all_other_users(store: &TestStore) {
    add(store).await;
    assert_eq!(users(store, "al", None, 100).await, IDS[4..]);
    assert_eq!(users(store, "al", Some("al"), 2).await, IDS[5..7]);
    assert_eq!(users(store, "al", Some("-"), 1).await, ["al"]);
    assert_eq!(users(store, "al", Some("b"), 1).await, [""; 0]);
    assert_eq!(users(store, "alBx", None, 100).await, [""; 0]);
    assert_eq!(users(store, "a%", None, 100).await, [""; 0], "a prefix is no pattern");
}

async fn a_list_of_users_says_what_each_may_do(store: &TestStore) {
    let out = UserStatus { is_active: false, takes_friend_requests: false };
    store.users.set_status(bob(), out).await.expect("users can be written");
    store.users.set_status(alice(), STANDING).await.expect("users can be written");
    let listed = store.queries.users("", Page { after: None, limit: 10 }).await.expect("users can be listed");
    let statuses: Vec<_> = listed.iter().map(|listed| (listed.id, listed.status)).collect();
    assert_eq!(statuses, [(alice(), STANDING), (bob(), out)]);
}

async fn packets(store: &TestStore, of: UserId, after: Option<TransferId>, limit: u32) -> Vec<(TransferId, Stage)> {
    let viewed = store.queries.packets_of(of, Page { after, limit }).await.expect("packets can be listed");
    viewed.iter().map(|viewed| (viewed.packet.id, viewed.stage)).collect()
}

async fn packets_of_sender_and_receiver_come_newest_first_page_by_page(store: &TestStore) {
    store.alice_has(700).await;
    let mut ids = vec![store.sending(10).await.id, store.delivered(20).await.id, store.claimed(30).await.packet.id];
    ids.extend([store.cancelled(40).await.id, store.delivered(50).await.id]);
    ids.sort();
    ids.reverse();
    for of in [alice(), bob()] {
        let listed = |after, limit| async move {
            packets(store, of, after, limit).await.into_iter().map(|(id, _)| id).collect::<Vec<_>>()
        };
        assert_eq!(listed(None, 100).await, ids);
        assert_eq!(listed(None, 2).await, ids[..2]);
        assert_eq!(listed(Some(ids[1]), 2).await, ids[2..4]);
        assert_eq!(listed(Some(ids[4]), 2).await, []);
    }
}

async fn packets_of_all_users_come_newest_first_page_by_page(store: &TestStore) {
    store.alice_has(700).await;
    let mut ids = vec![store.sending(10).await.id, store.claimed(30).await.packet.id, store.delivered(50).await.id];
    ids.sort();
    ids.reverse();
    let listed = async |after, limit| {
        let listed = store.queries.packets(Page { after, limit }).await.expect("packets can be listed");
        listed.into_iter().map(|viewed| viewed.packet.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(None, 100).await, ids);
    assert_eq!(listed(None, 2).await, ids[..2]);
    assert_eq!(listed(Some(ids[1]), 2).await, ids[2..]);
    assert_eq!(listed(Some(ids[2]), 2).await, []);
    let page = Page { after: None, limit: 1 };
    let newest = store.queries.packets(page).await.expect("packets can be listed").remove(0);
    let seen = store.queries.view(newest.packet.id).await.expect("packets can be viewed");
    assert_eq!(seen, Some(newest));
}

async fn the_journal_of_a_packet_says_what_came_and_went(store: &TestStore) {
    store.alice_has(700).await;
    store.delivered(20).await;
    let claimed = store.claimed(30).await.packet.id;
    let postings = store.queries.postings_of(claimed).await.expect("a journal can be read");
    let told: Vec<_> = postings.iter().map(|posting| (posting.seq, posting.cause, posting.amount)).collect();
    assert_eq!(told, [(1, Cause::Reserve, 30), (2, Cause::Claim, -30)]);
    let unknown = store.ids.transfer();
    assert_eq!(store.queries.postings_of(unknown).await.ok(), Some(vec![]));
}

async fn a_listed_packet_stands_where_a_view_of_it_says(store: &TestStore) {
    store.alice_has(700).await;
    store.sending(10).await;
    store.delivered(20).await;
    store.claimed(30).await;
    store.cancelled(40).await;
    store.claiming(50).await;
    store.clock.advance(LIFE);
    let page = Page { after: None, limit: 100 };
    let listed = store.queries.packets_of(bob(), page).await.expect("packets can be listed");
    assert_eq!(listed.len(), 5);
    for viewed in listed {
        let seen = store.queries.view(viewed.packet.id).await.expect("packets can be viewed");
        assert_eq!(seen, Some(viewed));
    }
}

async fn strangers_and_empty_pages_have_nothing(store: &TestStore) {
    store.alice_has(700).await;
    store.delivered(20).await;
    assert_eq!(packets(store, carol(), None, 100).await, []);
    assert_eq!(packets(store, user("nobody"), None, 100).await, []);
    assert_eq!(packets(store, alice(), None, 0).await, []);
    assert_eq!(users(store, "", None, 0).await, [""; 0]);
}

async fn a_statement_counts_down_page_by_page_and_by_time(store: &TestStore) {
    store.alice_has(700).await;
    let begin = store.clock.now();
    store.delivered(20).await;
    store.clock.advance(LIFE);
    let later = store.clock.now();
    store.cancelled(30).await;
    let account = AccountKey { user: alice(), coin: cny() };
    let all = Timestamp::from_micros(i64::MIN)..Timestamp::from_micros(i64::MAX);
    let read = async |times: Range<Timestamp>, after, limit| {
        let postings = store.queries.statement(account, times, Page { after, limit }).await;
        let postings = postings.expect("a statement can be read");
        postings.iter().map(|posting| (posting.seq, posting.cause, posting.amount, posting.balance)).collect::<Vec<_>>()
    };

    let whole = read(all.clone(), None, 100).await;
    let expected = [
        (4, Cause::Cancel, 30, 680),
        (3, Cause::Reserve, -30, 650),
        (2, Cause::Reserve, -20, 680),
        (1, Cause::Deposit, 700, 700),
    ];
    assert_eq!(whole, expected);
    assert_eq!(read(all.clone(), Some(4), 2).await, expected[1..3]);
    assert_eq!(read(begin..later, None, 100).await, expected[2..]);
    assert_eq!(read(later..later.after(LIFE), None, 100).await, expected[..2]);
    let stranger = AccountKey { user: bob(), ..account };
    assert_eq!(store.queries.statement(stranger, all, Page { after: None, limit: 9 }).await.ok(), Some(vec![]));
}
