//! Endpoints of the app's backend that are told what happens.

use std::{fmt, process::ExitCode, time::Duration};

use clap::Subcommand;
use hongbao_api::{
    admin::{
        Moment, Span, Text,
        coin::All,
        webhook::{
            AddWebhook, AddWebhookRequest, DisableWebhook, EnableWebhook, ListWebhooks, OneWebhook, RemoveWebhook,
            RemovedWebhookData, ReplayEvent, ReplayEventRequest, ReplayWebhook, ReplayWebhookRequest, ReplayedData,
            RotateWebhook, RotateWebhookRequest, WebhookData, WebhookLog, WebhookLogRequest,
        },
    },
    rfc3339,
};
use hongbao_domain::{
    id::{EndpointId, EventId},
    outbox::EventKind,
    webhook::WebhookUrl,
};
use hongbao_ports::Clock;
use serde::Serialize;

use super::{
    argument::Limit,
    context::{Access, AdminContext, CommandError},
    outbox::{Report as Deliveries, event_id},
};
use crate::{settings::HumanDuration, system::SystemClock};

/// Endpoints of the app's backend.
#[derive(Debug, Subcommand)]
pub(super) enum WebhookCommand {
    /// Add an endpoint, and print the secret that signs its deliveries: once, and never again.
    ///
    /// It is told of what happens from ten seconds after this on.
    Add {
        /// Where it is, as in `https://app.example/hooks`.
        url: WebhookUrl,
        /// What it wants to know, with commas between; all kinds if left out.
        #[arg(long, value_name = "KINDS", value_delimiter = ',')]
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
        which: Which,
    },
    /// List what an endpoint was told, or is to be told, the newest first. What was delivered is kept for seven days.
    Log {
        /// The endpoint.
        #[arg(value_parser = endpoint_id)]
        id: EndpointId,
        #[command(flatten)]
        limit: Limit,
    },
}

/// What is sent again.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(super) struct Which {
    /// One event, by its id.
    #[arg(long, value_name = "EVENT", value_parser = event_id)]
    event: Option<EventId>,
    /// All of the last time, as in `2h` or `3d`.
    #[arg(long, value_name = "SPAN", value_parser = span)]
    last: Option<Duration>,
}

fn endpoint_id(text: &str) -> Result<EndpointId, String> {
    text.parse().map_err(|_| "not the id of an endpoint".to_owned())
}

fn span(text: &str) -> Result<Duration, String> {
    text.parse().map(|HumanDuration(span)| span)
}

#[derive(Serialize)]
#[serde(transparent)]
struct Line(WebhookData);

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Line>);

#[derive(Serialize)]
#[serde(transparent)]
struct Replayed(ReplayedData);

#[derive(Serialize)]
#[serde(transparent)]
struct Removed(RemovedWebhookData);

const CANNOT: &str = "cannot change the endpoint";

pub(super) async fn run(context: &AdminContext<'_>, command: WebhookCommand) -> Result<ExitCode, CommandError> {
    let one = |id| OneWebhook { webhook_id: Text(id) };
    match command {
        WebhookCommand::Add { url, events } => {
            let events = (!events.is_empty()).then(|| events.into_iter().map(Text).collect());
            let request = AddWebhookRequest { url: Text(url), events };
            context.show(&Line(context.ask::<AddWebhook>(Access::Change, "cannot add the endpoint", request).await?))
        }
        WebhookCommand::List => {
            let found = context.ask::<ListWebhooks>(Access::Read, "cannot list the endpoints", All {}).await?;
            context.show(&List(found.webhooks.into_iter().map(Line).collect()))
        }
        WebhookCommand::Rotate { id, keep_former_for } => {
            let request = RotateWebhookRequest { webhook_id: Text(id), keep_former_for_s: Some(Span(keep_former_for)) };
            context.show(&Line(context.ask::<RotateWebhook>(Access::Change, CANNOT, request).await?))
        }
        WebhookCommand::Disable { id } => {
            context.show(&Line(context.ask::<DisableWebhook>(Access::Change, CANNOT, one(id)).await?))
        }
        WebhookCommand::Enable { id } => {
            context.show(&Line(context.ask::<EnableWebhook>(Access::Change, CANNOT, one(id)).await?))
        }
        WebhookCommand::Remove { id } => {
            context.show(&Removed(context.ask::<RemoveWebhook>(Access::Change, CANNOT, one(id)).await?))
        }
        WebhookCommand::Replay { id, which } => context.show(&Replayed(replay(context, id, which).await?)),
        WebhookCommand::Log { id, limit } => {
            let request = WebhookLogRequest { webhook_id: Text(id), cursor: None, limit: limit.into() };
            let told = context.ask::<WebhookLog>(Access::Read, "cannot read the log of the endpoint", request).await?;
            context.show(&Deliveries(told.deliveries))
        }
    }
}

async fn replay(context: &AdminContext<'_>, id: EndpointId, which: Which) -> Result<ReplayedData, CommandError> {
    let webhook_id = Text(id);
    if let Some(event) = which.event {
        let request = ReplayEventRequest { webhook_id, event_id: Text(event) };
        return context.ask::<ReplayEvent>(Access::Change, CANNOT, request).await;
    }
    let since = Moment(SystemClock.now().before(which.last.unwrap_or_default()));
    context.ask::<ReplayWebhook>(Access::Change, CANNOT, ReplayWebhookRequest { webhook_id, since }).await
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(WebhookData { webhook_id: Text(id), url, events, is_enabled, secret, former_secret_until, .. }) = self;
        let state = if *is_enabled { "enabled" } else { "disabled" };
        let events: Vec<_> = events.iter().map(|Text(kind)| kind.as_str()).collect();
        writeln!(f, "{id} {state} {url}: {}", events.join(", "))?;
        if let Some(secret) = secret {
            writeln!(f, "the secret, which is not shown again: {secret}")?;
        }
        if let Some(until) = former_secret_until {
            writeln!(f, "the secret before signs as well until {}", rfc3339(until.0))?;
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

impl fmt::Display for Replayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} to be sent again", self.0.replayed)
    }
}

impl fmt::Display for Removed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the endpoint is removed, and {} deliveries with it", self.0.deliveries_dropped)
    }
}
