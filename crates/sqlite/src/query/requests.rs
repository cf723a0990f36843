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

use crate::{SqliteStore, codec::json, fault};

#[async_trait]
impl RequestQueries for SqliteStore {
    async fn is_in_use(&self, name: &RequestName) -> Result<bool, Fault> {
        Ok(self.lookups.requests.ask(self, *name, look_up, self.retry_timeout).await?.unwrap_or(false))
    }

    async fn answered(&self, after: Option<RequestName>, limit: u32) -> Result<Vec<Request>, Fault> {
        let cannot = |error| fault::of(error, "cannot list the requests");
        let [user, method, key] = after.map_or_else(Default::default, |RequestName { user, method, key }| {
            [user.to_string(), method.to_string(), key.to_string()]
        });
        let rows = query_as!(
            RequestRow,
            "SELECT user_id, method, request_key, fingerprint, status, outcome, work, lease_until, recorded_at
            FROM requests
            WHERE (user_id, method, request_key) > (?1, ?2, ?3) AND status IS NOT NULL
            ORDER BY user_id, method, request_key
            LIMIT ?4",
            user,
            method,
            key,
            limit
        );
        let mut tx = self.sweeps.begin().await.map_err(cannot)?;
        Ok(read(rows.fetch_all(&mut *tx).await.map_err(cannot)?)?)
    }

    async fn requests_about(&self, user: UserId, packet: TransferId) -> Result<Vec<Request>, Fault> {
        let cannot = |error| fault::of(error, "cannot list the requests about a packet");
        let rows = query_as!(
            RequestRow,
            r#"SELECT user_id AS "user_id!", method AS "method!", request_key AS "request_key!",
                fingerprint AS "fingerprint!", status, outcome, work, lease_until, recorded_at AS "recorded_at!"
            FROM (SELECT * FROM requests WHERE user_id = ?1 ORDER BY method, request_key LIMIT ?3)
            WHERE instr(COALESCE(work, outcome), ?2) > 0
            ORDER BY method, request_key"#,
            user.as_str(),
            packet.to_string(),
            REQUESTS_LOOKED_AT
        );
        let mut tx = self.sweeps.begin().await.map_err(cannot)?;
        let found: Vec<Request> = read(rows.fetch_all(&mut *tx).await.map_err(cannot)?)?;
        Ok(found.into_iter().filter(|request| request.packet() == Some(packet)).collect())
    }
}

fn look_up<'a>(
    store: &'a SqliteStore,
    names: &'a [RequestName],
) -> BoxFuture<'a, Result<HashMap<RequestName, bool>, Fault>> {
    Box::pin(async move {
        let places = query_scalar!(
            r#"SELECT CAST(k.key AS INTEGER) AS "place!: i64"
            FROM json_each(?1) AS k
            CROSS JOIN requests AS r
                ON r.user_id = k.value ->> 0 AND r.method = k.value ->> 1 AND r.request_key = k.value ->> 2"#,
            json(names.iter().map(|name| [name.user.as_str(), name.method.as_str(), name.key.as_str()]))
        );
        let places = places.fetch_all(&store.asking).await;
        Ok(at(names, places.map_err(|error| fault::of(error, "cannot look for the requests"))?, 0))
    })
}
