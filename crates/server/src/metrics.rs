//! What the server counts, under the names that Prometheus sees. Each is in the tables of `docs/operations/metrics.md`.
//!
//! What belongs here: names, units and labels. What must not: counting, which is done where something happens.
//!
//! No label has a value that a caller chooses: methods, statuses, lanes, pools and the like are the program's own, and of the
//! coins, which administrators add, no more than [`money::MAX_COINS`] are named.

mod families;
mod money;
mod state;

use std::sync::Arc;

use hongbao_app::{InFlight, Latest, admin::Audits};
use hongbao_domain::store::Lane;
use hongbao_http::{RateLimits, RequestMetrics};
use hongbao_rongcloud::RongCloud;
use hongbao_store::Batches;
use tokio::sync::watch;

use self::families::{Families, number};
use crate::store::Store;

/// Where the numbers are.
pub(crate) struct Metrics {
    pub(crate) requests: RequestMetrics,
    pub(crate) admin_requests: RequestMetrics,
    pub(crate) rate_limits: RateLimits,
    pub(crate) in_flight: InFlight,
    pub(crate) ledger: Arc<Batches>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) cloud: Arc<RongCloud>,
    pub(crate) latest: watch::Receiver<Latest>,
    pub(crate) audits: Audits,
}

impl Metrics {
    /// Writes all of them, as they are now.
    pub(crate) fn text(&self) -> String {
        let mut families = Families::default();
        let build = families.gauge("hongbao_build_info", "The version that runs; always 1.");
        drop(build.level(&[("version", env!("CARGO_PKG_VERSION"))], 1.0));
        self.requests(&mut families);
        self.admin_requests(&mut families);
        self.batches(&mut families);
        self.connections(&mut families);
        self.cloud(&mut families);
        let latest = self.latest.borrow().clone();
        if let Some(progress) = &latest.progress {
            state::add(&mut families, progress);
        }
        if let Some(audit) = &self.audits.made() {
            money::add(&mut families, audit);
        }
        families.text()
    }

    fn requests(&self, families: &mut Families) {
        let methods = self.requests.read();
        let mut family =
            families.counter("hongbao_requests_total", "Requests of the API, by method and by the contract's status.");
        for method in &methods {
            for (status, count) in &method.by_status {
                family = family.count(&[("method", method.method), ("status", status)], *count);
            }
        }
        drop(family);
        let mut family = families
            .histogram("hongbao_request_duration_seconds", "Time from the head of a request to its answer, by method.");
        for method in &methods {
            family = family.durations(&[("method", method.method)], &method.durations);
        }
        drop(family);
        families
            .gauge("hongbao_requests_in_flight", "Requests of the API that run now.")
            .level(&[], number(self.requests.in_flight()));
        let refused = self.rate_limits.refused();
        families
            .counter(
                "hongbao_rate_limited_total",
                "Requests that were refused with 103, by the limit that refused them.",
            )
            .count(&[("limit", "session")], refused.session)
            .count(&[("limit", "address")], refused.address)
            .count(&[("limit", "in_flight")], self.in_flight.refused());
    }

    fn admin_requests(&self, families: &mut Families) {
        let methods = self.admin_requests.read();
        let mut family =
            families.counter("hongbao_admin_requests_total", "Requests of the admin API, by method and HTTP status.");
        for method in &methods {
            for (status, count) in &method.by_status {
                family = family.count(&[("method", method.method), ("status", status)], *count);
            }
        }
        drop(family);
        let mut family = families.histogram(
            "hongbao_admin_request_duration_seconds",
            "Time from the head of a request of the admin API to its answer, by method.",
        );
        for method in &methods {
            family = family.durations(&[("method", method.method)], &method.durations);
        }
    }

    fn batches(&self, families: &mut Families) {
        let counts = self.ledger.counts();
        families
            .histogram("hongbao_batch_commands", "Commands of a batch, which share one transaction.")
            .sizes(&[], &counts.commands);
        families.histogram("hongbao_batch_rows", "Rows that a batch names.").sizes(&[], &counts.rows);
        families
            .histogram("hongbao_batch_duration_seconds", "Time that a batch takes, with all its attempts.")
            .durations(&[], &counts.durations);
        let mut family = families.counter(
            "hongbao_batch_attempts_total",
            "Attempts at batches by outcome; what is not committed is attempted again, split, or given up.",
        );
        for (outcome, count) in counts.attempts {
            family = family.count(&[("outcome", outcome)], count);
        }
        drop(family);
        let mut family = families.gauge("hongbao_queue_commands", "Commands that wait for a batch, by lane.");
        for (lane, count) in counts.waiting {
            family = family.level(&[("lane", name(lane))], number(u64::try_from(count).unwrap_or(u64::MAX)));
        }
        drop(family);
        families
            .counter("hongbao_queue_refused_total", "Commands that were refused because too many waited.")
            .count(&[], counts.refused);
    }

    fn connections(&self, families: &mut Families) {
        let counts = self.store.connections();
        let mut family = families.gauge(
            "hongbao_pool_connections",
            "Open connections to the store, by pool and by whether they are in use.",
        );
        for pool in &counts.pools {
            let used = pool.open.saturating_sub(pool.idle);
            family = family.level(&[("pool", pool.name), ("state", "idle")], f64::from(pool.idle));
            family = family.level(&[("pool", pool.name), ("state", "used")], f64::from(used));
        }
        drop(family);
        let mut family = families.gauge("hongbao_pool_connections_max", "The most connections that a pool may have.");
        for pool in &counts.pools {
            family = family.level(&[("pool", pool.name)], f64::from(pool.most));
        }
        drop(family);
        families
            .histogram(
                "hongbao_pool_wait_seconds",
                "Waits for a connection: on SQLite for the one that writes, on PostgreSQL for any.",
            )
            .durations(&[], &counts.waits);
    }

    fn cloud(&self, families: &mut Families) {
        let counts = self.cloud.counts();
        let mut family = families.counter(
            "hongbao_cloud_tries_total",
            "Calls to the IM cloud, each repeat counted, by quota and outcome class.",
        );
        for quota in &counts.quotas {
            for (outcome, count) in quota.tries {
                family = family.count(&[("quota", quota.quota), ("outcome", outcome)], count);
            }
        }
        drop(family);
        families
            .histogram("hongbao_cloud_try_duration_seconds", "Time of one call to the IM cloud, each repeat by itself.")
            .durations(&[], &counts.durations);
        let mut family =
            families.histogram("hongbao_pacing_wait_seconds", "Waits for a turn within a quota of the IM cloud.");
        for quota in &counts.quotas {
            family = family.durations(&[("quota", quota.quota)], &quota.waits);
        }
        drop(family);
        let mut family = families.counter(
            "hongbao_pacing_refused_total",
            "Calls that were not made because no turn would have come in time, by quota.",
        );
        for quota in &counts.quotas {
            family = family.count(&[("quota", quota.quota)], quota.refused);
        }
    }
}

const fn name(lane: Lane) -> &'static str {
    match lane {
        Lane::Continuation => "continuation",
        Lane::New => "new",
        Lane::Sweep => "sweep",
    }
}
