//! Turns, as callers of the port see them.

use std::{num::NonZeroU32, time::Duration};

use hongbao_domain::im_cloud::CloudRefusal;
use hongbao_ports::{ImCloud, Lane};
use hongbao_rongcloud::{RongCloud, Settings};
use tokio::time::Instant;

use crate::fixture::{adapter, settings};

fn paced(per_minute: u32, replicas: u32) -> RongCloud {
    adapter(&Settings {
        private_messages_per_minute: NonZeroU32::new(per_minute),
        replicas: NonZeroU32::new(replicas).expect("there is at least one replica"),
        ..settings("http://127.0.0.1:1".to_owned(), None)
    })
}

#[tokio::test(start_paused = true)]
async fn a_turn_in_time_is_waited_for_and_one_too_late_is_refused_at_once() {
    let adapter = paced(60, 1);
    let start = Instant::now();
    adapter.turn(Lane::Request, Duration::ZERO).await.unwrap().spend();

    assert_eq!(adapter.turn(Lane::Request, Duration::from_millis(900)).await.unwrap_err(), CloudRefusal::Busy);
    assert_eq!(start.elapsed(), Duration::ZERO);

    adapter.turn(Lane::Request, Duration::from_secs(2)).await.unwrap().spend();
    assert!((1_000..=1_001).contains(&start.elapsed().as_millis()));
}

#[tokio::test(start_paused = true)]
async fn a_replica_takes_its_share_only() {
    let adapter = paced(60, 6);
    adapter.turn(Lane::Request, Duration::ZERO).await.unwrap().spend();
    assert_eq!(adapter.turn(Lane::Request, Duration::from_millis(5_900)).await.unwrap_err(), CloudRefusal::Busy);
    adapter.turn(Lane::Request, Duration::from_millis(6_001)).await.unwrap().spend();
}

#[tokio::test(start_paused = true)]
async fn without_a_quota_nobody_waits() {
    let adapter = paced(0, 1);
    for _ in 0..1_000 {
        adapter.turn(Lane::Request, Duration::ZERO).await.unwrap().spend();
    }
}
