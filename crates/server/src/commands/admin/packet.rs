//! What became of a red packet.

use std::{fmt, process::ExitCode};

use clap::{Args, Subcommand};
use hongbao_api::{
    admin::{
        Text,
        packet::{
            ClaimData, OnePacket, PacketData, PacketsData, ShareData, ShowPacket, UserPackets, UserPacketsRequest,
        },
        search::{PacketTimeline, StepData, TimelineData},
    },
    rfc3339,
};
use hongbao_domain::id::{TransferId, UserId};
use serde::Serialize;

use super::{
    argument::Limit,
    context::{Access, AdminContext, CommandError},
};

/// What became of a red packet.
#[derive(Debug, Subcommand)]
pub(super) enum PacketCommand {
    /// Show where a packet stands and where its money is; never its sender's words.
    Show {
        /// The packet's `transfer_id`.
        transfer_id: TransferId,
        /// Show what became of it as well, step by step: money, claims, leases, expiry, messages, keys.
        #[arg(long)]
        timeline: bool,
    },
    /// List the packets that a user sent or may receive, newest first, a page at a time.
    List(ListOptions),
}

#[derive(Debug, Args)]
pub(super) struct ListOptions {
    /// The user's id.
    #[arg(long)]
    user: UserId,
    /// Begin behind this packet: the last one of the page before.
    #[arg(long, value_name = "TRANSFER_ID")]
    after: Option<TransferId>,
    #[command(flatten)]
    limit: Limit,
}

/// Packets, a page of them.
#[derive(Serialize)]
#[serde(transparent)]
struct List(PacketsData);

#[derive(Serialize)]
#[serde(transparent)]
struct Report(PacketData);

#[derive(Serialize)]
#[serde(transparent)]
struct Timeline(TimelineData);

pub(super) async fn run(context: &AdminContext<'_>, command: PacketCommand) -> Result<ExitCode, CommandError> {
    match command {
        PacketCommand::Show { transfer_id, timeline: true } => {
            let request = OnePacket { transfer_id: Text(transfer_id) };
            let found = context.ask::<PacketTimeline>(Access::Read, "cannot read the packet", request).await?;
            context.show(&Timeline(found))
        }
        PacketCommand::Show { transfer_id, timeline: false } => {
            let request = OnePacket { transfer_id: Text(transfer_id) };
            let found = context.ask::<ShowPacket>(Access::Read, "cannot read the packet", request).await?;
            context.show(&Report(found))
        }
        PacketCommand::List(ListOptions { user, after, limit }) => {
            let request = UserPacketsRequest { user_id: Text(user), cursor: after.map(Text), limit: limit.into() };
            let found = context.ask::<UserPackets>(Access::Read, "cannot list the packets", request).await?;
            context.show(&List(found))
        }
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(PacketsData { packets, next }) = self;
        if packets.is_empty() {
            return f.write_str("no packets\n");
        }
        for PacketData { transfer_id, stage, sender_id, coin_id, amount, created_at, shares, .. } in packets {
            let (Text(id), Text(coin), Text(sender)) = (transfer_id, coin_id, sender_id);
            let created_at = rfc3339(created_at.0);
            let receivers: Vec<_> = shares.iter().filter_map(|share| share.receiver_id).collect();
            let receivers: Vec<_> = receivers.iter().map(|Text(user)| user.as_str()).collect();
            let receivers = if receivers.is_empty() { "anybody".to_owned() } else { receivers.join(" ") };
            writeln!(f, "{created_at} {id} {stage:<9} {amount} {coin} from {sender} to {receivers}")?;
        }
        match next {
            Some(Text(next)) => writeln!(f, "more: --after {next}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Report(self.0.packet.clone()).fmt(f)?;
        for StepData { at, kind, user_id, event_id, what, posting: _ } in &self.0.steps {
            write!(f, "{} {kind:<7} {what}", rfc3339(at.0))?;
            if let Some(Text(user)) = user_id {
                write!(f, ", {user}")?;
            }
            if let Some(Text(event)) = event_id {
                write!(f, ", event {event}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(PacketData { transfer_id, stage, state, sender_id, coin_id, amount, held, .. }) = self;
        let (Text(id), Text(coin), Text(sender)) = (transfer_id, coin_id, sender_id);
        writeln!(f, "{id}: {stage} (state {state}), {amount} {coin} from {sender}, {held} still held")?;
        writeln!(f, "created {}, expires {}", rfc3339(self.0.created_at.0), rfc3339(self.0.expires_at.0))?;
        if let Some(ended_at) = &self.0.ended_at {
            writeln!(f, "ended {}", rfc3339(ended_at.0))?;
        }
        let or = |user: &Option<Text<UserId>>, none: &'static str| {
            user.as_ref().map_or_else(|| none.to_owned(), |Text(user)| user.to_string())
        };
        for ShareData { number, amount, receiver_id, taker_id } in &self.0.shares {
            let (receiver, taker) = (or(receiver_id, "anybody"), or(taker_id, "nobody"));
            writeln!(f, "share {number}: {amount} for {receiver}, taken by {taker}")?;
        }
        for ClaimData { taker_id: Text(taker), share, state, changed_at } in &self.0.claims {
            writeln!(f, "claim of {taker} on share {share}: {state} since {}", rfc3339(changed_at.0))?;
        }
        Ok(())
    }
}
