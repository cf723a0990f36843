//! How long and how often one connection is used.

use std::{collections::HashMap, sync::Arc, time::Duration};

use hongbao_ports::{ImCloud, Turn};
use hongbao_rongcloud::RongCloud;
use tokio::{task::JoinSet, time};

use crate::{
    cloud::{Answer, Cloud},
    fixture::{adapter, notice, settings},
};

/// How many requests each connection carried.
fn loads(cloud: &Cloud) -> Vec<usize> {
    let mut loads = HashMap::<usize, usize>::new();
    for request in cloud.requests() {
        *loads.entry(request.connection).or_default() += 1;
    }
    loads.into_values().collect()
}

async fn notify(adapter: &RongCloud) {
    adapter.notify(Turn::grant(), &notice()).await.expect("the cloud says yes to everything");
}

#[tokio::test]
async fn a_connection_is_kept_but_carries_fewer_than_80_requests() {
    let cloud = Cloud::start([], Answer::DONE).await;
    let adapter = adapter(&settings(cloud.url(), None));

    for _ in 0..200 {
        notify(&adapter).await;
    }

    let mut loads = loads(&cloud);
    loads.sort_unstable();
    assert_eq!(loads, [42, 79, 79]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_at_once_do_not_overload_a_connection_either() {
    let cloud = Cloud::start([], Answer::DONE).await;
    let adapter = Arc::new(adapter(&settings(cloud.url(), None)));

    let mut callers = JoinSet::new();
    for _ in 0..8 {
        let adapter = Arc::clone(&adapter);
        callers.spawn(async move {
            for _ in 0..100 {
                notify(&adapter).await;
            }
        });
    }
    callers.join_all().await;

    let loads = loads(&cloud);
    assert_eq!(loads.iter().sum::<usize>(), 800);
    assert!(loads.iter().all(|load| *load < 80), "{loads:?}");
}

#[tokio::test]
async fn callers_at_once_keep_their_connections() {
    let cloud = Cloud::start([], Answer::DONE).await;
    let adapter = Arc::new(adapter(&settings(cloud.url(), None)));

    let mut callers = JoinSet::new();
    for _ in 0..8 {
        let adapter = Arc::clone(&adapter);
        callers.spawn(async move {
            for _ in 0..100 {
                notify(&adapter).await;
            }
        });
    }
    callers.join_all().await;

    // 800 requests fill ten clients and begin another, and seven more may be under way.
    let loads = loads(&cloud);
    assert!(loads.len() <= 18, "{loads:?}");
}

/// Time stands still but for the jump, so that nothing runs out while the sockets work.
async fn idle(span: Duration) {
    time::pause();
    time::advance(span).await;
    time::resume();
}

#[tokio::test]
async fn a_connection_is_not_used_again_after_50_idle_seconds() {
    let cloud = Cloud::start([], Answer::DONE).await;
    let adapter = adapter(&settings(cloud.url(), None));

    notify(&adapter).await;
    idle(Duration::from_secs(45)).await;
    notify(&adapter).await;
    assert_eq!(loads(&cloud), [2]);

    idle(Duration::from_secs(51)).await;
    notify(&adapter).await;
    assert_eq!(loads(&cloud).len(), 2);
}
