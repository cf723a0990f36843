//! Endpoints of the app's backend that are told what happens.

use std::{collections::BTreeSet, fmt, process::ExitCode, time::Duration};

use clap::Subcommand;
use hongbao_api::rfc3339;
use hongbao_domain::{
    id::{EndpointId, EventId},
    outbox::EventKind,
    time::Timestamp,
    webhook::{AddEndpoint, AddEndpointRefusal, Endpoint, NoEndpoint, RotateSecret, SetEndpoint, WebhookUrl},
};
use hongbao_ports::{
    Clock, Failure, Ids, Submit,
    query::{Listed, OutboxQueries},
};
use hongbao_webhooks::{check_target, print_secret};
use serde::Serialize;

use super::{
    context::{Access, AdminContext, CommandError},
    outbox::{Report as Deliveries, event_id, list, no_such_event, retry},
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
        WebhookCommand::Replay { id, which } => replay(context, id, which).await,
        WebhookCommand::Log { id, limit } => {
            let found = context.with_store(Access::Read, async |store| {
                known(store.as_ref(), id).await?;
                let listed = Listed::To { endpoint: id, from: BEGINNING, until: END };
                list(store.as_ref(), listed, limit).await
            });
            context.show(&Deliveries::of(&found.await?))
        }
    }
}

const BEGINNING: Timestamp = Timestamp::from_micros(i64::MIN);
const END: Timestamp = Timestamp::from_micros(i64::MAX);

async fn add(
    context: &AdminContext<'_>,
    url: WebhookUrl,
    events: BTreeSet<EventKind>,
) -> Result<ExitCode, CommandError> {
    check_target(&url, context.settings.webhook.allow_private_targets)
        .map_err(|error| CommandError::refused("webhook_target_refused", error.to_string()))?;
    let events = if events.is_empty() { EventKind::ALL.iter().copied().collect() } else { events };
    let added = context.with_batches(Access::Change, async |store, batches| {
        if endpoints(store).await?.len() >= Endpoint::MAX {
            let sentence = format!("there are {} endpoints, and more there cannot be", Endpoint::MAX);
            return Err(CommandError::refused("too_many_webhooks", sentence));
        }
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
    let changed = context.with_batches(Access::Change, async |_, batches| {
        batches.submit(SetEndpoint { id, is_enabled }).await.map_err(|failure| refused(id, failure))
    });
    context.show(&Line::of(&changed.await?))
}

async fn replay(context: &AdminContext<'_>, id: EndpointId, which: Replayed) -> Result<ExitCode, CommandError> {
    const AT_ONCE: u32 = 1000;
    let replayed = context.with_batches(Access::Change, async |store, batches| {
        known(store, id).await?;
        if let Some(event) = which.event {
            return if retry(batches, event).await? { Ok(1) } else { Err(no_such_event(event)) };
        }
        let now = SystemClock.now();
        let from = now.before(which.last.unwrap_or_default());
        let (mut until, mut count) = (now, 0);
        loop {
            let page = list(store, Listed::To { endpoint: id, from, until }, AT_ONCE).await?;
            for delivery in &page {
                count += u64::from(retry(batches, delivery.id).await?);
            }
            // The newest came first. What happened at the same moment as the last of a full page comes again with the next.
            match page.last() {
                Some(last) if u32::try_from(page.len()) == Ok(AT_ONCE) && last.created_at < until => {
                    until = last.created_at;
                }
                Some(_) | None => return Ok(count),
            }
        }
    });
    context.show(&Counted { replayed: replayed.await? })
}

async fn endpoints(store: &(impl OutboxQueries + ?Sized)) -> Result<Vec<Endpoint>, CommandError> {
    store.endpoints().await.map_err(|fault| CommandError::broke("cannot list the endpoints", &fault))
}

async fn known(store: &(impl OutboxQueries + ?Sized), id: EndpointId) -> Result<(), CommandError> {
    let is_known = endpoints(store).await?.iter().any(|endpoint| endpoint.id == id);
    if is_known { Ok(()) } else { Err(no_such_endpoint(id)) }
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
