//! Whether the store can do its work. What breaks a store is each adapter's own matter, and tested there.

use std::sync::Arc;

use hongbao_ports::Schema;

use crate::{TestStore, case::cases, crowd::at_once};

cases![a_store_that_was_just_opened_is_ready, a_crowd_may_ask_at_once];

async fn a_store_that_was_just_opened_is_ready(store: &TestStore) {
    assert_eq!(store.readiness.schema().await.expect("the store can be reached"), Schema::Current);
}

async fn a_crowd_may_ask_at_once(store: &TestStore) {
    let ask = || {
        let readiness = Arc::clone(&store.readiness);
        async move { readiness.schema().await }
    };
    for answer in at_once((0..64).map(|_| ask())).await {
        assert_eq!(answer.expect("the store can be reached"), Schema::Current);
    }
}
