//! What the outside is told, and what of it is not delivered.

use std::{fmt, process::ExitCode};

use clap::Subcommand;
use hongbao_api::{
    admin::{
        Moment, Text, UndeliveredPlace,
        coin::All,
        outbox::{
            DeliveryData, DropOutbox, DropParked, ListOutbox, ListOutboxRequest, OneEvent, OutboxData, RetryOutbox,
            RetryParked, Undelivered,
        },
    },
    rfc3339,
};
use hongbao_domain::id::EventId;
use serde::Serialize;
use serde_json::Value;

use super::{
    argument::Limit,
    context::{Access, AdminContext, CommandError},
};

/// What the outside is told.
#[derive(Debug, Subcommand)]
pub(super) enum OutboxCommand {
    /// List what is not delivered: what waits, or what is parked because it was tried for three days.
    List {
        /// List what is parked.
        #[arg(long)]
        parked: bool,
        /// Go on behind the page before, by what its last line says.
        #[arg(long, value_name = "CURSOR", value_parser = cursor)]
        after: Option<UndeliveredPlace>,
        #[command(flatten)]
        limit: Limit,
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

fn cursor(text: &str) -> Result<UndeliveredPlace, String> {
    let read = serde_json::from_value(text.into());
    read.map_err(|_| "not what the page before says".to_owned())
}

/// A page of what is not delivered.
#[derive(Serialize)]
#[serde(transparent)]
struct Listed(OutboxData);

/// Deliveries, a line each.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Report(pub(super) Vec<DeliveryData>);

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
        OutboxCommand::List { parked, after, limit } => {
            let state = if parked { Undelivered::Parked } else { Undelivered::Waiting };
            let request = ListOutboxRequest { state, cursor: after, limit: limit.into() };
            let found = context.ask::<ListOutbox>(Access::Read, "cannot list the deliveries", request).await?;
            context.show(&Listed(found))
        }
        OutboxCommand::Retry(Which { id, all_parked: _ }) => {
            let done = match id {
                Some(id) => context.ask::<RetryOutbox>(Access::Change, CANNOT, one(id)).await?,
                None => context.ask::<RetryParked>(Access::Change, CANNOT, All {}).await?,
            };
            context.show(&Counted { count: Count::Retried(done.count) })
        }
        OutboxCommand::Drop(Which { id, all_parked: _ }) => {
            let done = match id {
                Some(id) => context.ask::<DropOutbox>(Access::Change, CANNOT, one(id)).await?,
                None => context.ask::<DropParked>(Access::Change, CANNOT, All {}).await?,
            };
            context.show(&Counted { count: Count::Dropped(done.count) })
        }
    }
}

const CANNOT: &str = "cannot change the delivery";

const fn one(id: EventId) -> OneEvent {
    OneEvent { event_id: Text(id) }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(f, "there is none");
        }
        for DeliveryData { event_id, event, target, state, due_at, attempts, error, happened_at } in &self.0 {
            let (Text(id), Text(event), Text(target), Moment(at)) = (event_id, event, target, happened_at);
            write!(f, "{id} {} {event} to {target}: {state}, {attempts} tries", rfc3339(*at))?;
            if let Some(Moment(due_at)) = due_at {
                write!(f, ", the next at {}", rfc3339(*due_at))?;
            }
            if let Some(error) = error {
                write!(f, "; {error}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(OutboxData { deliveries, next }) = self;
        Report(deliveries.clone()).fmt(f)?;
        match next.as_ref().map(serde_json::to_value) {
            Some(Ok(Value::String(next))) => writeln!(f, "more: --after {next}"),
            Some(_) | None => Ok(()),
        }
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
