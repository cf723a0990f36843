//! What is counted, as Prometheus reads it.

mod bound;
mod cloud;
mod connections;
mod limits;
mod pages;
mod scrape;

use std::collections::BTreeSet;

use self::scrape::Scrape;
use crate::{
    audit::add_a_cent,
    harness::{Demo, Folder, QUICKLY, get, post, request, until},
};

/// What the store says of itself is read as often as may be.
const READ_OFTEN: [&str; 2] = ["metrics.interval=1s", "metrics.audit_interval=1s"];

const PUBLISH: &str = "method=\"msg_redpack_publish\"";

/// Waits for the first audit and the first count of what is in progress, after which every name has a sample.
fn whole_scrape(demo: &Demo) -> Scrape {
    until(QUICKLY, "both readings", || {
        let scrape = Scrape::of(demo);
        let is_whole = scrape.has("hongbao_audit_findings") && scrape.has("hongbao_refunds_overdue");
        is_whole.then_some(scrape)
    })
}

#[test]
fn known_requests_are_counted_exactly() {
    let folder = Folder::new();
    let demo = folder.demo(&["rate_limit.session=1/min burst 4"]);
    let packets = [(); 3].map(|()| demo.publish());
    assert_eq!(demo.accept(&packets[0]).verdict(), (0, ""));
    let too_much = "session_key=demo-alice&toUserId=bob&coin_id=CNY&amount=199999&content=x";
    let (refusal, code) = {
        let answer = post(demo.http, "/im/msg_redpack_publish", too_much).unwrap();
        (answer.body["status"].as_u64().unwrap(), answer.data("code").to_owned())
    };
    assert!((1..100).contains(&refusal), "{refusal} {code}");
    assert_eq!(post(demo.http, "/im/friend_list", "session_key=demo-alice").unwrap().http_status, 429);
    let coins = request(demo.admin, "GET", "/admin/v1/coins", &["Authorization: Bearer demo-admin"], "").unwrap();
    let stranger = get(demo.admin, "/admin/v1/coins").unwrap();
    assert_eq!((coins.http_status, stranger.http_status), (200, 401));

    let scrape = Scrape::of(&demo);

    for (series, count) in [
        (format!("hongbao_requests_total{{{PUBLISH},status=\"0\"}}"), 3),
        (format!("hongbao_requests_total{{{PUBLISH},status=\"{refusal}\"}}"), 1),
        (format!("hongbao_request_duration_seconds_count{{{PUBLISH}}}"), 4),
        (format!("hongbao_request_duration_seconds_bucket{{{PUBLISH},le=\"+Inf\"}}"), 4),
        ("hongbao_requests_total{method=\"msg_redpack_accept\",status=\"0\"}".to_owned(), 1),
        ("hongbao_requests_total{method=\"friend_list\",status=\"103\"}".to_owned(), 1),
        ("hongbao_requests_total{method=\"friend_list\",status=\"0\"}".to_owned(), 0),
        ("hongbao_rate_limited_total{limit=\"session\"}".to_owned(), 1),
        ("hongbao_rate_limited_total{limit=\"address\"}".to_owned(), 0),
        ("hongbao_requests_in_flight".to_owned(), 0),
        ("hongbao_admin_requests_total{method=\"coin_list\",status=\"200\"}".to_owned(), 1),
        ("hongbao_admin_requests_total{method=\"coin_list\",status=\"401\"}".to_owned(), 1),
        ("hongbao_cloud_tries_total{quota=\"private_messages\",outcome=\"done\"}".to_owned(), 4),
        ("hongbao_cloud_tries_total{quota=\"private_messages\",outcome=\"unknown\"}".to_owned(), 0),
        ("hongbao_cloud_try_duration_seconds_count".to_owned(), 4),
        // The packet that was refused had a turn, too, and gave it back.
        ("hongbao_pacing_wait_seconds_count{quota=\"private_messages\"}".to_owned(), 5),
        ("hongbao_queue_commands{lane=\"new\"}".to_owned(), 0),
        ("hongbao_queue_refused_total".to_owned(), 0),
    ] {
        assert_eq!(scrape.count(&series), Some(count), "{series}");
    }
    let committed = scrape.count("hongbao_batch_attempts_total{outcome=\"committed\"}").unwrap();
    assert!(committed > 8, "two steps for each packet and claim: {committed}");
    for series in ["hongbao_batch_duration_seconds_count", "hongbao_batch_commands_count", "hongbao_batch_rows_count"] {
        assert_eq!(scrape.count(series), Some(committed), "{series}");
    }
    demo.stop();
}

#[test]
fn a_scrape_is_the_text_format_of_prometheus_and_needs_no_token() {
    let folder = Folder::new();
    let demo = folder.demo(&READ_OFTEN);
    demo.publish();
    whole_scrape(&demo).assert_well_formed();

    let answer = get(demo.admin, "/metrics").unwrap();
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let posted = post(demo.admin, "/metrics", "").unwrap();
    assert_eq!((posted.http_status, posted.header("allow")), (405, Some("GET")));
    assert_eq!(get(demo.http, "/metrics").unwrap().http_status, 404, "it is not for the app's clients");
    demo.stop();
}

#[test]
fn what_callers_send_makes_no_series() {
    let folder = Folder::new();
    let demo = folder.demo(&["rate_limit.address=off"]);
    let ask = |number: usize| {
        let path = format!("/im/user-{number}?session_key=guess-{number}");
        let method = format!("M{number}");
        request(demo.http, ["GET", "POST", &method][number % 3], &path, &[], "").unwrap();
        let path = format!("/admin/v1/users/user-{number}/nothing-{number}");
        request(demo.admin, ["GET", "PUT", &method][number % 3], &path, &[], "").unwrap();
        let user = format!("/admin/v1/users/user-{number}");
        request(demo.admin, "GET", &user, &["Authorization: Bearer demo-admin"], "").unwrap();
        post(demo.http, "/im/friend_list", &format!("session_key=guess-{number}")).unwrap();
    };
    (0..3).for_each(ask);
    let before = Scrape::of(&demo);

    (3..1_003).for_each(ask);

    let after = Scrape::of(&demo);
    let names = |scrape: &Scrape| scrape.series().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(names(&before), names(&after));
    assert!(!after.text.contains("user-") && !after.text.contains("guess-"), "{}", after.text);
    for series in [
        "hongbao_requests_total{method=\"other\",status=\"100\"}",
        "hongbao_requests_total{method=\"friend_list\",status=\"2\"}",
        "hongbao_admin_requests_total{method=\"other\",status=\"404\"}",
        "hongbao_admin_requests_total{method=\"user_show\",status=\"404\"}",
    ] {
        assert_eq!((before.count(series), after.count(series)), (Some(3), Some(1_003)), "{series}");
    }
    demo.stop();
}

#[test]
fn what_is_left_behind_shows_until_it_is_resolved() {
    let folder = Folder::new();
    let demo = folder.demo(&[&crate::harness::BRISK[..], &READ_OFTEN].concat());
    demo.arm_timeout("before");
    let sending = demo.publish_in_background();
    demo.wait_until_it_hangs();

    let count = |series: &str| Scrape::of(&demo).count(series);
    let leases = "hongbao_leases{kind=\"packet\"}";
    until(QUICKLY, "a lease", || count(leases).filter(|count| *count == 1));

    drop(sending.outcome());
    until(QUICKLY, "the end of the lease", || count(leases).filter(|count| *count == 0));
    let unknown = "hongbao_cloud_tries_total{quota=\"private_messages\",outcome=\"unknown\"}";
    assert_eq!(count(unknown), Some(1));
    demo.stop();
}

#[test]
fn a_cent_that_came_from_nowhere_is_the_gap_of_its_coin() {
    let folder = Folder::new();
    let demo = folder.demo(&READ_OFTEN);
    demo.publish();
    let scrape = whole_scrape(&demo);
    for series in ["hongbao_conservation_gap{coin=\"CNY\"}", "hongbao_conservation_gap{coin=\"ETH\"}"] {
        assert_eq!(scrape.value(series), Some("0"), "{series}");
    }
    assert_eq!(scrape.value("hongbao_audit_findings"), Some("0"));
    demo.stop();

    add_a_cent(&folder, "alice", "CNY", "99112", "99113");

    let demo = folder.demo(&READ_OFTEN);
    let scrape = whole_scrape(&demo);
    assert_eq!(scrape.value("hongbao_conservation_gap{coin=\"CNY\"}"), Some("0.01"));
    assert_eq!(scrape.value("hongbao_conservation_gap{coin=\"ETH\"}"), Some("0"));
    assert!(scrape.count("hongbao_audit_findings") >= Some(1), "{}", scrape.text);
    let (_, log) = demo.stop();
    assert!(log.contains("THE MONEY DOES NOT HOLD"), "{log}");
}
