//! Endpoints of the app's backend that are told what happens.

use std::{collections::BTreeSet, fmt, process::ExitCode, time::Duration};

use clap::Subcommand;
use hongbao_api::rfc3339;
use hongbao_domain::{
    id::{EndpointId, EventId},
    outbox::EventKind,
    time::Timestamp,
    webhook::{
        AddEndpoint, AddEndpointRefusal, Endpoint, NoEndpoint, RemoveEndpoint, RemoveEndpointRefusal, RotateSecret,
        SetEndpoint, WebhookUrl,
    },
};
use hongbao_ports::{
    Clock, Failure, Ids, Submit,
    query::{Listed, OutboxQueries},
};
use hongbao_webhooks::{check_target, print_secret};
use serde::Serialize;

use super::{
    context::{Access, AdminContext, CommandError},
    outbox::{Report as Deliveries, event_id, forget, list, no_such_event, retry},
};
use crate::{
    settings::HumanDuration,
    system::{SystemClock, SystemIds, webhook_secret},
};

/// Endpoints of the app's backend.
#[derive(Debug, Subcommand)]
pub(super) enum WebhookCommand {
    /// Add an endpoint, and print the secret that signs its deliveries: once, and never again.
    ///
    /// It is told of what happens from ten seconds after this on.
    Add {
        /// Where it is, as in `https://app.example/hooks`.
        #[arg(value_parser = url)]
        url: WebhookUrl,
        /// What it wants to know, with commas between; all kinds if left out.
        #[arg(long, value_name = "KINDS", value_delimiter = ',', value_parser = kind)]
        events: Vec<EventKind>,
    },
    /// List the endpoints; never their secrets.
    List,
    /// Sign with a fresh secret, which is printed once, and for a while with the one before as well.
    Rotate {
        /// The endpoint.
        #[arg(value_parser = endpoint_id)]
        id: EndpointId,
        /// For how long both sign.
        #[arg(long, default_value = "24h", value_name = "SPAN", value_parser = span)]
        keep_former_for: Duration,
    },
    /// Tell an endpoint nothing any more. What happens until it is enabled again is not told later.
    Disable {
        /// The endpoint.
        #[arg(value_parser = endpoint_id)]
        id: EndpointId,
    },
    /// Tell an endpoint what happens again, and go on with what was left when it was disabled.
    Enable {
        /// The endpoint.
        #[arg(value_parser = endpoint_id)]
        id: EndpointId,
    },
    /// Forget an endpoint that has been disabled for ten seconds, and all that it was told or was to be told.
    Remove {
        /// The endpoint.
        #[arg(value_parser = endpoint_id)]
        id: EndpointId,
    },
    /// Send again what an endpoint was told: one event, or all of a time. It has the same `webhook-id`.
    Replay {
        /// The endpoint.
        #[arg(value_parser = endpoint_id)]
        id: EndpointId,
        #[command(flatten)]
        which: Replayed,
    },
    /// List what an endpoint was told, or is to be told, the newest first. What was delivered is kept for seven days.
    Log {
        /// The endpoint.
        #[arg(value_parser = endpoint_id)]
        id: EndpointId,
        /// List at most so many.
        #[arg(long, default_value = "100", value_name = "COUNT")]
        limit: u32,
    },
}

/// What is sent again.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(super) struct Replayed {
    /// One event, by its id.
    #[arg(long, value_name = "EVENT", value_parser = event_id)]
    event: Option<EventId>,
    /// All of the last time, as in `2h` or `3d`.
    #[arg(long, value_name = "SPAN", value_parser = span)]
    last: Option<Duration>,
}

fn url(text: &str) -> Result<WebhookUrl, String> {
    text.parse().map_err(|_| "not an address: it begins with https:// and has no spaces".to_owned())
}

fn kind(text: &str) -> Result<EventKind, String> {
    text.parse().map_err(|_| {
        let all: Vec<_> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
        format!("not one of {}", all.join(", "))
    })
}

fn endpoint_id(text: &str) -> Result<EndpointId, String> {
    text.parse().map_err(|_| "not the id of an endpoint".to_owned())
}

fn span(text: &str) -> Result<Duration, String> {
    text.parse().map(|HumanDuration(span)| span)
}

#[derive(Serialize)]
struct Line {
    endpoint_id: String,
    url: String,
    events: Vec<&'static str>,
    enabled: bool,
    created_at: String,
    /// Only where it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// Until when the secret before signs as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    former_secret_until: Option<String>,
}

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Line>);

#[derive(Serialize)]
struct Counted {
    replayed: u64,
}

#[derive(Serialize)]
struct Removed {
    removed: String,
    deliveries_dropped: u64,
}

pub(super) async fn run(context: &AdminContext<'_>, command: WebhookCommand) -> Result<ExitCode, CommandError> {
    match command {
        WebhookCommand::Add { url, events } => add(context, url, events.into_iter().collect()).await,
        WebhookCommand::List => {
            let found = context.with_store(Access::Read, async |store| endpoints(store.as_ref()).await);
            context.show(&List(found.await?.iter().map(Line::of).collect()))
        }
        WebhookCommand::Rotate { id, keep_former_for } => rotate(context, id, keep_former_for).await,
        WebhookCommand::Disable { id } => set(context, id, false).await,
        WebhookCommand::Enable { id } => set(context, id, true).await,
        WebhookCommand::Remove { id } => remove(context, id).await,
        WebhookCommand::Replay { id, which } => replay(context, id, which).await,
        WebhookCommand::Log { id, limit } => {
            let found = context.with_store(Access::Read, async |store| {
                known(store.as_ref(), id).await?;
                list(store.as_ref(), Listed::To { endpoint: id, from: BEGINNING, after: None }, limit).await
            });
            context.show(&Deliveries::of(&found.await?))
        }
    }
}

const BEGINNING: Timestamp = Timestamp::from_micros(i64::MIN);

async fn add(
    context: &AdminContext<'_>,
    url: WebhookUrl,
    events: BTreeSet<EventKind>,
) -> Result<ExitCode, CommandError> {
    check_target(&url, context.settings.webhook.allow_private_targets)
        .map_err(|error| CommandError::refused("webhook_target_refused", error.to_string()))?;
    let events = if events.is_empty() { EventKind::ALL.iter().copied().collect() } else { events };
    let added = context.with_batches(Access::Change, async |store, batches| {
        leave_room_for_one(store).await?;
        let id = EndpointId::from_u128(SystemIds.fresh());
        let add = AddEndpoint { id, url: url.clone(), events: events.clone(), secret: webhook_secret() };
        batches.submit(add).await.map_err(|failure| match failure {
            Failure::Refused(AddEndpointRefusal::IdTaken) => {
                CommandError::refused("id_taken", "the endpoint's id is not fresh; try again")
            }
            Failure::Fault(fault) => CommandError::broke("cannot add the endpoint", &fault),
        })
    });
    context.show(&Line::with_secret(&added.await?))
}

async fn rotate(context: &AdminContext<'_>, id: EndpointId, keep: Duration) -> Result<ExitCode, CommandError> {
    let rotated = context.with_batches(Access::Change, async |_, batches| {
        let rotate = RotateSecret { id, secret: webhook_secret(), keep_former_for: keep };
        batches.submit(rotate).await.map_err(|failure| refused(id, failure))
    });
    context.show(&Line::with_secret(&rotated.await?))
}

async fn set(context: &AdminContext<'_>, id: EndpointId, is_enabled: bool) -> Result<ExitCode, CommandError> {
    let changed = context.with_batches(Access::Change, async |store, batches| {
        if is_enabled && !known(store, id).await?.is_enabled {
            leave_room_for_one(store).await?;
        }
        batches.submit(SetEndpoint { id, is_enabled }).await.map_err(|failure| refused(id, failure))
    });
    context.show(&Line::of(&changed.await?))
}

async fn remove(context: &AdminContext<'_>, id: EndpointId) -> Result<ExitCode, CommandError> {
    let removed = context.with_batches(Access::Change, async |store, batches| {
        let not_settled = || {
            let sentence = format!("endpoint {id} is told what happens; disable it, and remove it ten seconds later");
            CommandError::refused("webhook_enabled", sentence)
        };
        let endpoint = known(store, id).await?;
        if endpoint.is_enabled || SystemClock.now() < endpoint.changed_at.after(Endpoint::SETTLED_AFTER) {
            return Err(not_settled());
        }
        // What it was to be told goes first: nothing is added, and a removal that is cut off can be repeated.
        let mut dropped = 0;
        each_told(store, id, BEGINNING, async |event| {
            dropped += u64::from(forget(batches, event).await?);
            Ok(())
        })
        .await?;
        match batches.submit(RemoveEndpoint { id }).await {
            Ok(()) => Ok(Removed { removed: id.to_string(), deliveries_dropped: dropped }),
            Err(Failure::Refused(RemoveEndpointRefusal::NotSettled)) => Err(not_settled()),
            Err(Failure::Refused(RemoveEndpointRefusal::NotFound)) => Err(no_such_endpoint(id)),
            Err(Failure::Fault(fault)) => Err(CommandError::broke("cannot remove the endpoint", &fault)),
        }
    });
    context.show(&removed.await?)
}

async fn replay(context: &AdminContext<'_>, id: EndpointId, which: Replayed) -> Result<ExitCode, CommandError> {
    let replayed = context.with_batches(Access::Change, async |store, batches| {
        known(store, id).await?;
        if let Some(event) = which.event {
            return if retry(batches, event, Some(id)).await? { Ok(1) } else { Err(no_such_event(event)) };
        }
        let mut count = 0;
        let from = SystemClock.now().before(which.last.unwrap_or_default());
        each_told(store, id, from, async |event| {
            count += u64::from(retry(batches, event, Some(id)).await?);
            Ok(())
        })
        .await?;
        Ok(count)
    });
    context.show(&Counted { replayed: replayed.await? })
}

/// Does something with each event that an endpoint was told or is to be told, from a moment on, the newest first.
async fn each_told(
    store: &(impl OutboxQueries + ?Sized),
    endpoint: EndpointId,
    from: Timestamp,
    mut act: impl AsyncFnMut(EventId) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    const AT_ONCE: u32 = 1000;
    let mut after = None;
    loop {
        let page = list(store, Listed::To { endpoint, from, after }, AT_ONCE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some((last.created_at, last.id));
        for delivery in &page {
            act(delivery.id).await?;
        }
    }
}

async fn endpoints(store: &(impl OutboxQueries + ?Sized)) -> Result<Vec<Endpoint>, CommandError> {
    store.endpoints().await.map_err(|fault| CommandError::broke("cannot list the endpoints", &fault))
}

async fn known(store: &(impl OutboxQueries + ?Sized), id: EndpointId) -> Result<Endpoint, CommandError> {
    endpoints(store).await?.into_iter().find(|endpoint| endpoint.id == id).ok_or_else(|| no_such_endpoint(id))
}

async fn leave_room_for_one(store: &(impl OutboxQueries + ?Sized)) -> Result<(), CommandError> {
    if endpoints(store).await?.iter().filter(|endpoint| endpoint.is_enabled).count() < Endpoint::MAX {
        return Ok(());
    }
    let sentence = format!("{} endpoints are enabled, and more cannot be; disable one first", Endpoint::MAX);
    Err(CommandError::refused("too_many_webhooks", sentence))
}

fn refused(id: EndpointId, failure: Failure<NoEndpoint>) -> CommandError {
    match failure {
        Failure::Refused(NoEndpoint) => no_such_endpoint(id),
        Failure::Fault(fault) => CommandError::broke("cannot change the endpoint", &fault),
    }
}

fn no_such_endpoint(id: EndpointId) -> CommandError {
    CommandError::refused("webhook_not_found", format!("there is no endpoint {id}"))
}

impl Line {
    fn of(endpoint: &Endpoint) -> Self {
        Self {
            endpoint_id: endpoint.id.to_string(),
            url: endpoint.url.to_string(),
            events: endpoint.events.iter().map(|kind| kind.as_str()).collect(),
            enabled: endpoint.is_enabled,
            created_at: rfc3339(endpoint.created_at),
            secret: None,
            former_secret_until: endpoint.former.as_ref().map(|former| rfc3339(former.until)),
        }
    }

    fn with_secret(endpoint: &Endpoint) -> Self {
        Self { secret: Some(print_secret(&endpoint.secret)), ..Self::of(endpoint) }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { endpoint_id, url, events, enabled, created_at: _, secret, former_secret_until } = self;
        let state = if *enabled { "enabled" } else { "disabled" };
        writeln!(f, "{endpoint_id} {state} {url}: {}", events.join(", "))?;
        if let Some(secret) = secret {
            writeln!(f, "the secret, which is not shown again: {secret}")?;
        }
        if let Some(until) = former_secret_until {
            writeln!(f, "the secret before signs as well until {until}")?;
        }
        Ok(())
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(f, "there is no endpoint");
        }
        self.0.iter().try_for_each(|line| line.fmt(f))
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} to be sent again", self.replayed)
    }
}

impl fmt::Display for Removed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "endpoint {} is removed, and {} deliveries with it", self.removed, self.deliveries_dropped)
    }
}
