//! What the outside is told, and what of it is not delivered.

use std::{fmt, process::ExitCode};

use clap::Subcommand;
use hongbao_api::rfc3339;
use hongbao_domain::{
    id::{EndpointId, EventId},
    outbox::{Delivery, DeliveryState, DropDelivery, NoDelivery, RetryDelivery},
};
use hongbao_ports::{
    Commands, Failure, Submit,
    query::{Listed, OutboxQueries},
};
use serde::Serialize;

use super::context::{Access, AdminContext, CommandError};

/// What the outside is told.
#[derive(Debug, Subcommand)]
pub(super) enum OutboxCommand {
    /// List what is not delivered: what waits, or what is parked because it was tried for three days.
    List {
        /// List what is parked.
        #[arg(long)]
        parked: bool,
        /// List at most so many, those first that have not moved for longest.
        #[arg(long, default_value = "100", value_name = "COUNT")]
        limit: u32,
    },
    /// Try a delivery again now, and as often as one that is new.
    Retry(Which),
    /// Forget a delivery.
    Drop(Which),
}

/// Which deliveries.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(super) struct Which {
    /// The event's id, as the list shows it.
    #[arg(value_name = "EVENT", value_parser = event_id)]
    id: Option<EventId>,
    /// Everything that is parked.
    #[arg(long)]
    all_parked: bool,
}

pub(super) fn event_id(text: &str) -> Result<EventId, String> {
    text.parse().map_err(|_| "not the id of an event".to_owned())
}

/// Deliveries, a line each.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Report(Vec<Line>);

#[derive(Serialize)]
struct Line {
    event_id: String,
    event: &'static str,
    target: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<String>,
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    happened_at: String,
}

#[derive(Serialize)]
struct Counted {
    #[serde(flatten)]
    count: Count,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Count {
    Retried(u64),
    Dropped(u64),
}

pub(super) async fn run(context: &AdminContext<'_>, command: OutboxCommand) -> Result<ExitCode, CommandError> {
    match command {
        OutboxCommand::List { parked, limit } => {
            let listed = if parked { Listed::Parked } else { Listed::Waiting };
            let found = context.with_store(Access::Read, async |store| list(store.as_ref(), listed, limit).await);
            context.show(&Report::of(&found.await?))
        }
        OutboxCommand::Retry(which) => {
            let done = context.with_batches(Access::Change, async |store, batches| {
                each(store, which, async |id| retry(batches, id, None).await).await
            });
            context.show(&Counted { count: Count::Retried(done.await?) })
        }
        OutboxCommand::Drop(which) => {
            let done = context.with_batches(Access::Change, async |store, batches| {
                each(store, which, async |id| forget(batches, id).await).await
            });
            context.show(&Counted { count: Count::Dropped(done.await?) })
        }
    }
}

pub(super) async fn list(
    store: &(impl OutboxQueries + ?Sized),
    listed: Listed,
    limit: u32,
) -> Result<Vec<Delivery>, CommandError> {
    store.deliveries(listed, limit).await.map_err(|fault| CommandError::broke("cannot list the deliveries", &fault))
}

/// Does something to one delivery, or to all that are parked; gives how many it was done to.
async fn each(
    store: &(impl OutboxQueries + ?Sized),
    Which { id, all_parked: _ }: Which,
    act: impl AsyncFn(EventId) -> Result<bool, CommandError>,
) -> Result<u64, CommandError> {
    const AT_ONCE: u32 = 256;
    if let Some(id) = id {
        return if act(id).await? { Ok(1) } else { Err(no_such_event(id)) };
    }
    let mut count = 0;
    loop {
        let parked = list(store, Listed::Parked, AT_ONCE).await?;
        if parked.is_empty() {
            return Ok(count);
        }
        for delivery in parked {
            count += u64::from(act(delivery.id).await?);
        }
    }
}

/// Has a delivery tried again; `false` if there is none, or none to that endpoint.
pub(super) async fn retry(
    commands: &(impl Commands + ?Sized),
    id: EventId,
    to: Option<EndpointId>,
) -> Result<bool, CommandError> {
    match commands.submit(RetryDelivery { id, to }).await {
        Ok(()) => Ok(true),
        Err(Failure::Refused(NoDelivery)) => Ok(false),
        Err(Failure::Fault(fault)) => Err(CommandError::broke("cannot have the delivery tried again", &fault)),
    }
}

pub(super) async fn forget(commands: &(impl Commands + ?Sized), id: EventId) -> Result<bool, CommandError> {
    match commands.submit(DropDelivery { id }).await {
        Ok(()) => Ok(true),
        Err(Failure::Refused(NoDelivery)) => Ok(false),
        Err(Failure::Fault(fault)) => Err(CommandError::broke("cannot forget the delivery", &fault)),
    }
}

pub(super) fn no_such_event(id: EventId) -> CommandError {
    CommandError::refused("event_not_found", format!("there is no delivery of event {id}"))
}

impl Report {
    pub(super) fn of(deliveries: &[Delivery]) -> Self {
        Self(deliveries.iter().map(Line::from).collect())
    }
}

impl From<&Delivery> for Line {
    fn from(delivery: &Delivery) -> Self {
        let (state, due_at) = match delivery.state {
            DeliveryState::Waiting { due_at } => ("waiting", Some(rfc3339(due_at))),
            DeliveryState::Sending { .. } => ("sending", None),
            DeliveryState::Delivered => ("delivered", None),
            DeliveryState::Parked => ("parked", None),
        };
        Self {
            event_id: delivery.id.to_string(),
            event: delivery.event.kind().as_str(),
            target: delivery.target.to_string(),
            state,
            due_at,
            attempts: delivery.attempts,
            error: delivery.error.clone(),
            happened_at: rfc3339(delivery.created_at),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(f, "there is none");
        }
        for Line { event_id, event, target, state, due_at, attempts, error, happened_at } in &self.0 {
            write!(f, "{event_id} {happened_at} {event} to {target}: {state}, {attempts} tries")?;
            if let Some(due_at) = due_at {
                write!(f, ", the next at {due_at}")?;
            }
            if let Some(error) = error {
                write!(f, "; {error}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count {
            Count::Retried(count) => writeln!(f, "{count} to be tried again"),
            Count::Dropped(count) => writeln!(f, "{count} forgotten"),
        }
    }
}
