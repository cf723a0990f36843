//! What must never be printed.

use hongbao_ports::{ImCloud, Turn};
use tracing_subscriber::filter::LevelFilter;

use crate::{
    cloud::{Answer, Cloud},
    fixture::{APP_SECRET, adapter, notice, settings},
    log::record,
};

/// Every way in which a try can end is logged, by us and by the libraries below.
#[tokio::test]
async fn the_most_talkative_log_tells_neither_the_secret_nor_who_says_what_to_whom() {
    let (pages, _log) = record(LevelFilter::TRACE);
    let names_bob = Answer::Says(400, r#"{"code":1002,"errorMessage":"userId bob is not exist."}"#);
    let primary = Cloud::start([Answer::TOO_FAST, Answer::CUT, Answer::BROKEN], Answer::DONE).await;
    let backup = Cloud::start([Answer::HTML, names_bob], Answer::DONE).await;
    let adapter = adapter(&settings(primary.url(), Some(backup.url())));

    for _ in 0..4 {
        adapter.notify(Turn::grant(), &notice()).await.ok();
    }

    let log = pages.read();
    assert!(log.contains("switched over"), "{log}");
    assert!(log.contains("rejected, HTTP 400, code 1002"), "{log}");
    for hidden in [APP_SECRET, "alice", "bob", "恭喜发财", "%E6%81%AD", "content="] {
        assert!(!log.contains(hidden), "{hidden} is in the log:\n{log}");
    }
}

#[test]
fn debug_of_the_adapter_tells_nothing() {
    let adapter = adapter(&settings("http://127.0.0.1:1".to_owned(), None));

    assert_eq!(format!("{adapter:?}"), "RongCloud { .. }");
}
