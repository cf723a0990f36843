//! Which keys are in use, and what was answered under them. Questions about keys that arrive together share one statement.

use std::collections::HashMap;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use hongbao_domain::{
    id::{TransferId, UserId},
    store::{Request, RequestName},
};
use hongbao_ports::{
    Fault,
    query::{REQUESTS_LOOKED_AT, RequestQueries},
};
use hongbao_store::{at, read, rows::RequestRow};
use sqlx::{query_as, query_scalar};

use crate::{PostgresStore, fault, transaction::Tx};

#[async_trait]
impl RequestQueries for PostgresStore {
    async fn is_in_use(&self, name: &RequestName) -> Result<bool, Fault> {
        Ok(self.lookups.requests.ask(self, *name, look_up, self.retry_timeout).await?.unwrap_or(false))
    }

    async fn answered(&self, after: Option<RequestName>, limit: u32) -> Result<Vec<Request>, Fault> {
        self.read(move |tx| Box::pin(answered(tx, after, limit.into()))).await
    }

    async fn requests_about(&self, user: UserId, packet: TransferId) -> Result<Vec<Request>, Fault> {
        self.read(move |tx| Box::pin(about(tx, user, packet))).await
    }
}

async fn answered(mut tx: Tx<'_, '_>, after: Option<RequestName>, limit: i64) -> Result<Vec<Request>, Fault> {
    let [user, method, key] = after.map_or_else(Default::default, |RequestName { user, method, key }| {
        [user.to_string(), method.to_string(), key.to_string()]
    });
    let rows = query_as!(
        RequestRow,
        "SELECT user_id, method, request_key, fingerprint, status::BIGINT AS status, outcome, work, lease_until, recorded_at
        FROM requests
        WHERE (user_id, method, request_key) > ($1, $2, $3) AND status IS NOT NULL
        ORDER BY user_id, method, request_key
        LIMIT $4",
        user,
        method,
        key,
        limit
    );
    let rows = rows.fetch_all(&mut *tx).await.map_err(|error| fault::of(error, "cannot list the requests"))?;
    Ok(read(rows)?)
}

async fn about(mut tx: Tx<'_, '_>, user: UserId, packet: TransferId) -> Result<Vec<Request>, Fault> {
    let rows = query_as!(
        RequestRow,
        r#"SELECT user_id AS "user_id!", method AS "method!", request_key AS "request_key!",
            fingerprint AS "fingerprint!", status::BIGINT AS status, outcome, work, lease_until, recorded_at AS "recorded_at!"
        FROM (SELECT * FROM requests WHERE user_id = $1 ORDER BY method, request_key LIMIT $3) AS looked_at
        WHERE strpos(COALESCE(work, outcome), $2) > 0
        ORDER BY method, request_key"#,
        user.as_str(),
        packet.to_string(),
        i64::from(REQUESTS_LOOKED_AT)
    );
    let rows = rows.fetch_all(&mut *tx).await;
    let found: Vec<Request> = read(rows.map_err(|error| fault::of(error, "cannot list the requests about a packet"))?)?;
    Ok(found.into_iter().filter(|request| request.packet() == Some(packet)).collect())
}

fn look_up<'a>(
    store: &'a PostgresStore,
    names: &'a [RequestName],
) -> BoxFuture<'a, Result<HashMap<RequestName, bool>, Fault>> {
    Box::pin(store.read_first(move |mut tx| {
        Box::pin(async move {
            let users: Vec<String> = names.iter().map(|name| name.user.to_string()).collect();
            let methods: Vec<String> = names.iter().map(|name| name.method.to_string()).collect();
            let keys: Vec<String> = names.iter().map(|name| name.key.to_string()).collect();
            let places = query_scalar!(
                r#"SELECT k.place AS "place!"
                FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[]) WITH ORDINALITY AS k (user_id, method, request_key, place)
                JOIN requests AS r ON r.user_id = k.user_id AND r.method = k.method AND r.request_key = k.request_key"#,
                &users,
                &methods,
                &keys
            );
            let places = places.fetch_all(&mut *tx).await;
            Ok(at(names, places.map_err(|error| fault::of(error, "cannot look for the requests"))?, 1))
        })
    }))
}
