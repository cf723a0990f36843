//! Which host is asked.

use hongbao_ports::{ImCloud, Turn};

use crate::{
    cloud::{Answer, Cloud},
    stand::{adapter, impatient, notice, settings},
};

#[tokio::test]
async fn while_one_host_is_down_the_other_takes_everything() {
    let backup = Cloud::start([], Answer::DONE).await;
    let adapter = adapter(&settings(Cloud::nobody().await, Some(backup.url())));

    for _ in 0..5 {
        adapter.notify(Turn::grant(), &notice()).await.unwrap();
    }

    assert_eq!(backup.requests().len(), 5);
}

#[tokio::test]
async fn a_host_that_fails_once_is_left_at_once() {
    for failure in [Answer::BROKEN, Answer::HTML, Answer::CUT, Answer::SILENCE, Answer::Says(503, "")] {
        let (primary, backup) = (Cloud::start([failure], Answer::DONE).await, Cloud::start([], Answer::DONE).await);
        let adapter = adapter(&impatient(primary.url(), Some(backup.url())));

        for _ in 0..3 {
            adapter.notify(Turn::grant(), &notice()).await.unwrap();
        }

        assert_eq!([primary.requests().len(), backup.requests().len()], [1, 3], "{failure:?}");
    }
}

#[tokio::test]
async fn a_host_that_says_no_is_not_left() {
    for no in [Answer::REJECTED, Answer::TOO_FAST] {
        let (primary, backup) = (Cloud::start([no], Answer::DONE).await, Cloud::start([], Answer::DONE).await);
        let adapter = adapter(&settings(primary.url(), Some(backup.url())));

        for _ in 0..2 {
            adapter.notify(Turn::grant(), &notice()).await.ok();
        }

        assert_eq!(backup.requests().len(), 0, "{no:?}");
    }
}

#[tokio::test]
async fn the_former_host_is_returned_to_when_it_answers_and_the_other_does_not() {
    let (primary, backup) =
        (Cloud::start([Answer::BROKEN], Answer::DONE).await, Cloud::start([Answer::DONE], Answer::BROKEN).await);
    let adapter = adapter(&settings(primary.url(), Some(backup.url())));

    for _ in 0..4 {
        adapter.notify(Turn::grant(), &notice()).await.unwrap();
    }

    // Primary fails, backup does it; backup fails, primary does it, and the rest.
    assert_eq!([primary.requests().len(), backup.requests().len()], [4, 2]);
}
