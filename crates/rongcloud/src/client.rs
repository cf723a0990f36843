//! Makes a call, with as many tries as it may have.

use std::{sync::Arc, time::Duration};

use hongbao_domain::im_cloud::{CloudAnswer, CloudRefusal};
use hongbao_ports::{Chain, Clock, Ids, Turn};
use reqwest::header::{HeaderMap, HeaderValue};
use tokio::time::{self, Instant};
use tracing::{Instrument, Span, debug};

use crate::{
    Settings, SettingsError,
    call::{Call, Quota, Reply},
    connections::Connections,
    exchange::{self, NoAnswer},
    hosts::{Host, Hosts},
    metrics::CloudMetrics,
    outcome::{self, Exchange, Failed},
    pacing::Quotas,
    signature::Signer,
    tries::{Next, Tries},
};

/// The shortest pause before asking again a cloud that said "not so fast", or one whose only host failed. It doubles.
const PAUSE: Duration = Duration::from_millis(100);

/// Carries calls to the cloud.
pub(crate) struct Client {
    hosts: Hosts,
    connections: Connections,
    signer: Signer,
    quotas: Quotas,
    metrics: CloudMetrics,
    ids: Arc<dyn Ids>,
    attempt_timeout: Duration,
    timeout: Duration,
}

impl Client {
    pub(crate) fn try_new(
        settings: &Settings,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, SettingsError> {
        let Settings { connect_timeout, attempt_timeout, timeout, .. } = *settings;
        // A try that ends while it still connects must end as a failure to connect, for that is a definite one.
        if connect_timeout.is_zero() || connect_timeout >= attempt_timeout || attempt_timeout > timeout {
            return Err(SettingsError::Timeouts);
        }
        let hosts = Hosts::try_new(settings)?;
        let connections = Connections::try_new(settings, hosts.any_https())?;
        let signer = Signer::try_new(settings, clock, Arc::clone(&ids))?;
        let quotas = Quotas::try_new(settings)?;
        let metrics = CloudMetrics::new();
        Ok(Self { hosts, connections, signer, quotas, metrics, ids, attempt_timeout, timeout })
    }

    /// Waits for a turn, at most `within`, and counts how long.
    pub(crate) async fn turn(&self, quota: Quota, within: Duration) -> Result<Turn, CloudRefusal> {
        let begun = Instant::now();
        let step = hongbao_traces::step("im_cloud turn", quota.name());
        let turn = self.quotas.turn(quota, within).instrument(step).await;
        match &turn {
            Ok(_) => self.metrics.waits(quota, begun.elapsed()),
            Err(_) => self.metrics.refused(quota),
        }
        turn
    }

    /// Gives what is counted.
    pub(crate) const fn metrics(&self) -> &CloudMetrics {
        &self.metrics
    }

    /// Makes one try at each host in turn, and learns nothing from it. For a caller that wants to know how each one is.
    pub(crate) async fn try_each(&self, call: &Call) -> Vec<(String, Result<(u16, Vec<u8>), NoAnswer>)> {
        let mut tried = Vec::new();
        for host in self.hosts.all() {
            let host = self.hosts.url(host).to_owned();
            let url = format!("{host}{}", call.path);
            let answer = match self.connections.lend() {
                Ok(client) => {
                    let headers = self.signer.sign().headers;
                    exchange::try_post(&client, &url, headers, &call.form, self.attempt_timeout).await
                }
                Err(error) => Err(NoAnswer::NotSent(error)),
            };
            tried.push((host, answer));
        }
        tried
    }

    /// Makes a call, all its tries and pauses within the time-out. The turn is for the first try.
    ///
    /// A repeat takes a turn that is there at once, or it is not made: waiting turns are for calls that have not begun.
    pub(crate) async fn make(&self, turn: Turn, call: &Call) -> Result<Reply, CloudRefusal> {
        turn.spend();
        let deadline = Instant::now() + self.timeout;
        let mut tries = Tries::new(call.repeat);
        let mut host = self.hosts.current();
        loop {
            let failed = match self.attempt(host, call, deadline).await {
                Ok(reply) => return Ok(reply),
                Err(failed) => failed,
            };
            let (pause, turn_spent) = match (tries.add(failed), self.hosts.other(host)) {
                (Next::Stop, _) => break,
                (Next::OtherHost { turn_spent }, Some(other)) => {
                    host = other;
                    (Duration::ZERO, turn_spent)
                }
                (Next::OtherHost { turn_spent }, None) => (self.pause(tries.made()), turn_spent),
                (Next::Later, _) => (self.pause(tries.made()), true),
            };
            if !self.fits(pause, deadline) {
                break;
            }
            if !pause.is_zero() {
                time::sleep(pause).await;
            }
            if turn_spent && !self.quotas.spend_one_now(call.quota) {
                break;
            }
        }
        Err(tries.into_refusal())
    }

    async fn attempt(&self, host: Host, call: &Call, deadline: Instant) -> Result<Reply, Failed> {
        let url = format!("{}{}", self.hosts.url(host), call.path);
        let mut signed = self.signer.sign();
        let span = hongbao_traces::call("im_cloud", Some(call.path));
        carry(&span, &mut signed.headers);
        let timeout = self.attempt_timeout.min(deadline - Instant::now());
        debug!(url, request.id = signed.request_id, "asking {url}");
        let begun = Instant::now();
        let exchange = match self.connections.lend() {
            Ok(client) => {
                let post = exchange::post(&client, &url, signed.headers, &call.form, timeout);
                post.instrument(span.clone()).await
            }
            Err(error) => {
                debug!("cannot make a client: {}", Chain(&error));
                Exchange::NotSent
            }
        };
        let outcome = outcome::sort(exchange);
        self.metrics.tried(call.quota, &outcome, begun.elapsed());
        trace(&span, &outcome);
        self.hosts.learn(host, answered(&outcome));
        debug!(url, request.id = signed.request_id, "{url}: {}", describe(&outcome));
        outcome
    }

    /// Tells whether a try that begins after `pause` has a sensible part of its time left: a quarter.
    fn fits(&self, pause: Duration, deadline: Instant) -> bool {
        Instant::now() + pause + self.attempt_timeout / 4 <= deadline
    }

    /// Gives the pause after so many tries: 100 to 200 milliseconds, then 200 to 400. Callers that failed together must
    /// not come back together.
    fn pause(&self, tries_made: u32) -> Duration {
        let shortest = PAUSE * 2_u32.pow(tries_made - 1);
        let dice = self.ids.event().to_u128() % shortest.as_nanos();
        shortest + Duration::from_nanos_u128(dice)
    }
}

/// Has a request carry the span in which it is made. The cloud passes over what it does not know.
fn carry(span: &Span, headers: &mut HeaderMap) {
    for (name, value) in hongbao_traces::outgoing(span) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

/// Notes what became of a try.
fn trace(span: &Span, outcome: &Result<Reply, Failed>) {
    let (answer, why) = match outcome {
        Ok(_) => return,
        Err(Failed::Unreached) => (None, "unreached"),
        Err(Failed::Rejected(answer)) => (Some(answer), "rejected"),
        Err(Failed::Throttled(answer)) => (Some(answer), "throttled"),
        Err(Failed::Unknown(answer)) => (answer.as_ref(), "unknown"),
    };
    if let Some(CloudAnswer { http_status, code, .. }) = answer {
        hongbao_traces::replied(span, *http_status, *code);
    }
    hongbao_traces::failed(span, why);
}

/// A host that says no is as good as one that says yes.
const fn answered(outcome: &Result<Reply, Failed>) -> bool {
    match outcome {
        Ok(_) | Err(Failed::Rejected(_) | Failed::Throttled(_)) => true,
        Err(Failed::Unreached | Failed::Unknown(_)) => false,
    }
}

/// Only numbers: the cloud's words may name a user.
fn describe(outcome: &Result<Reply, Failed>) -> String {
    let numbers = |answer: &CloudAnswer| match answer.code {
        Some(code) => format!("HTTP {}, code {code}", answer.http_status),
        None => format!("HTTP {}", answer.http_status),
    };
    match outcome {
        Ok(_) => "done".to_owned(),
        Err(Failed::Unreached) => "not reached".to_owned(),
        Err(Failed::Rejected(answer)) => format!("rejected, {}", numbers(answer)),
        Err(Failed::Throttled(answer)) => format!("too fast, {}", numbers(answer)),
        Err(Failed::Unknown(Some(answer))) => format!("unknown, {}", numbers(answer)),
        Err(Failed::Unknown(None)) => "unknown, no answer".to_owned(),
    }
}
