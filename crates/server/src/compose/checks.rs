//! What is wrong with settings that are well formed each by itself.

use std::time::Duration;

use hongbao_app::Timing;
use hongbao_http::{BodyBudget, Cors, Proxies};

use super::cloud;
use crate::{
    error::CliError,
    settings::{Place, Settings},
};

/// Refuses what a server would refuse, without touching anything.
pub fn check(settings: &Settings) -> Result<(), CliError> {
    Checked::of(settings)?;
    if let Place::Postgres(url) = settings.place(false)? {
        settings.postgres(&url)?;
    }
    cloud::check(&settings.im)
}

/// What follows from settings that fit together.
pub(super) struct Checked {
    pub(super) timing: Timing,
    pub(super) cors: Cors,
    pub(super) proxies: Proxies,
    pub(super) bodies: BodyBudget,
}

impl Checked {
    /// Refuses settings that do not fit together. The store and the cloud are not among them.
    pub(super) fn of(settings: &Settings) -> Result<Self, CliError> {
        let timing = timing(settings)?;
        check_groups(settings)?;
        check_outbox(settings)?;
        check_metrics(settings)?;
        settings.otlp.collector()?;
        let (cors, bodies) = browsers_and_bodies(settings)?;
        let proxies = proxies(settings)?;
        Ok(Self { timing, cors, proxies, bodies })
    }
}

fn timing(settings: &Settings) -> Result<Timing, CliError> {
    let timing = Timing {
        pacing: settings.im.pacing.0,
        cloud_timeout: settings.im.timeout.0,
        deadline: settings.http.deadline.0,
        lease: settings.red_packet.lease.0,
        clean_up_interval: settings.red_packet.clean_up_interval.0,
    };
    if settings.red_packet.expires_in.0.is_zero() {
        return Err(CliError::new("red_packet.expires_in must be more than 0s, or no packet could ever be claimed"));
    }
    timing.check().map_err(|error| {
        let keys = "see im.pacing, im.timeout, http.deadline, red_packet.lease, red_packet.clean_up_interval";
        CliError::because(format_args!("the time settings do not fit together ({keys})"), &error)
    })?;
    Ok(timing)
}

/// What hangs in a group is resolved within lease + 5 s, like a packet.
fn check_groups(settings: &Settings) -> Result<(), CliError> {
    let (every, pause) = (settings.group.reconcile_interval.0, settings.group.check_pause.0);
    if every.is_zero() || every > Duration::from_secs(3) {
        return Err(CliError::new("group.reconcile_interval must be more than 0 s and at most 3 s"));
    }
    if pause < settings.red_packet.lease.0 {
        return Err(CliError::new("group.check_pause must not be shorter than red_packet.lease"));
    }
    Ok(())
}

/// What is due is looked for often enough to be news, and a call ends before its server is given up.
fn check_outbox(settings: &Settings) -> Result<(), CliError> {
    let (every, timeout) = (settings.outbox.interval.0, settings.webhook.timeout.0);
    if every.is_zero() || every > Duration::from_mins(1) {
        return Err(CliError::new("outbox.interval must be more than 0 s and at most 60 s"));
    }
    if timeout.is_zero() || timeout > Duration::from_mins(1) {
        return Err(CliError::new("webhook.timeout must be more than 0 s and at most 60 s"));
    }
    Ok(())
}

/// What is read is news, and no reading follows the other at once.
fn check_metrics(settings: &Settings) -> Result<(), CliError> {
    let is_too_short = |span: Duration| span < Duration::from_secs(1);
    if is_too_short(settings.metrics.interval.0) {
        return Err(CliError::new("metrics.interval must be at least 1 s"));
    }
    if settings.metrics.audit_interval.0.is_some_and(|every| is_too_short(every.0)) {
        return Err(CliError::new("metrics.audit_interval must be at least 1 s, or off"));
    }
    Ok(())
}

/// The smallest budget in which bodies of the longest kind, 1 MiB, do not drive each other out.
const MIN_BODY_BUDGET_BYTES: usize = 4 << 20;

fn browsers_and_bodies(settings: &Settings) -> Result<(Cors, BodyBudget), CliError> {
    let cors = Cors::try_new(&settings.http.cors_origins.0)
        .map_err(|error| CliError::because("http.cors_origins cannot be used", &error))?;
    let budget_bytes = settings.http.body_budget.bytes();
    if budget_bytes < MIN_BODY_BUDGET_BYTES {
        return Err(CliError::new("http.body_budget must be at least 4MiB, or the longest bodies would not fit"));
    }
    Ok((cors, BodyBudget::new(budget_bytes)))
}

fn proxies(settings: &Settings) -> Result<Proxies, CliError> {
    Proxies::try_new(&settings.http.trusted_proxies.0, settings.http.proxy_header.into())
        .map_err(|error| CliError::because("http.trusted_proxies cannot be used", &error))
}
