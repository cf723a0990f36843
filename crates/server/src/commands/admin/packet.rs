//! What became of a red packet.

use std::{fmt, process::ExitCode};

use clap::{Args, Subcommand};
use hongbao_api::rfc3339;
use hongbao_domain::{
    id::{TransferId, UserId},
    money::print_minor,
    red_packet::{ClaimState, PacketState, Share, Viewed},
};
use serde::Serialize;

use super::{
    context::{Access, AdminContext, CommandError, status_of},
    page::Limit,
};

/// What became of a red packet.
#[derive(Debug, Subcommand)]
pub(super) enum PacketCommand {
    /// Show where a packet stands and where its money is; never its sender's words.
    Show {
        /// The packet's `transfer_id`.
        transfer_id: TransferId,
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

#[derive(Serialize)]
struct List {
    packets: Vec<Report>,
    /// What `--after` takes for the next page; null on the last one.
    next: Option<String>,
}

#[derive(Serialize)]
struct Report {
    transfer_id: String,
    stage: &'static str,
    state: &'static str,
    sender_id: String,
    coin_id: String,
    amount: String,
    held: String,
    created_at: String,
    expires_at: String,
    ended_at: Option<String>,
    shares: Vec<ShareLine>,
    claims: Vec<ClaimLine>,
}

#[derive(Serialize)]
struct ShareLine {
    number: u32,
    amount: String,
    receiver_id: Option<String>,
    taker_id: Option<String>,
}

#[derive(Serialize)]
struct ClaimLine {
    taker_id: String,
    share: u32,
    state: &'static str,
    changed_at: String,
}

pub(super) async fn run(context: &AdminContext<'_>, command: PacketCommand) -> Result<ExitCode, CommandError> {
    match command {
        PacketCommand::Show { transfer_id } => show(context, transfer_id).await,
        PacketCommand::List(options) => list(context, options).await,
    }
}

async fn list(context: &AdminContext<'_>, options: ListOptions) -> Result<ExitCode, CommandError> {
    let ListOptions { user, after, limit } = options;
    let listed = context.with_store(Access::Read, async |store| {
        status_of(store.as_ref(), user).await?;
        let listed = store.packets_of(user, limit.page(after)).await;
        listed.map_err(|fault| CommandError::broke("cannot list the packets", &fault))
    });
    let mut listed = listed.await?;
    let next = limit.cut(&mut listed, |viewed| viewed.packet.id.to_string());
    context.show(&List { packets: listed.iter().map(Report::from).collect(), next })
}

async fn show(context: &AdminContext<'_>, transfer_id: TransferId) -> Result<ExitCode, CommandError> {
    let found = context.with_store(Access::Read, async |store| {
        store.view(transfer_id).await.map_err(|fault| CommandError::broke("cannot read the packet", &fault))
    });
    let viewed = found
        .await?
        .ok_or_else(|| CommandError::refused("packet_not_found", format!("there is no packet {transfer_id}")))?;
    context.show(&Report::from(&viewed))
}

impl From<&Viewed> for Report {
    fn from(viewed: &Viewed) -> Self {
        let Viewed { packet, stage } = viewed;
        let print = |minor| print_minor(minor, packet.scale);
        let share = |share: &Share| ShareLine {
            number: share.number,
            amount: print(share.amount.minor()),
            receiver_id: share.receiver.map(|user| user.to_string()),
            taker_id: share.taker.map(|user| user.to_string()),
        };
        Self {
            transfer_id: packet.id.to_string(),
            stage: stage.as_str(),
            state: state(packet.state),
            sender_id: packet.sender.to_string(),
            coin_id: packet.coin.to_string(),
            amount: print(packet.total.minor()),
            held: print(packet.balance.amount.minor()),
            created_at: rfc3339(packet.created_at),
            expires_at: rfc3339(packet.expires_at),
            ended_at: packet.ended_at.map(rfc3339),
            shares: packet.shares.iter().map(share).collect(),
            claims: packet
                .claims
                .iter()
                .map(|claim| ClaimLine {
                    taker_id: claim.taker.to_string(),
                    share: claim.share,
                    state: claim_state(claim.state),
                    changed_at: rfc3339(claim.changed_at),
                })
                .collect(),
        }
    }
}

const fn state(state: PacketState) -> &'static str {
    match state {
        PacketState::Sending { .. } => "sending",
        PacketState::Open => "open",
        PacketState::Claimed => "claimed",
        PacketState::Refunded => "refunded",
        PacketState::Cancelled => "cancelled",
    }
}

const fn claim_state(state: ClaimState) -> &'static str {
    match state {
        ClaimState::Claiming { .. } => "claiming",
        ClaimState::Claimed => "claimed",
        ClaimState::Released => "released",
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.packets.is_empty() {
            return f.write_str("no packets\n");
        }
        for Report { transfer_id, stage, sender_id, coin_id, amount, created_at, shares, .. } in &self.packets {
            let receivers: Vec<_> = shares.iter().filter_map(|share| share.receiver_id.as_deref()).collect();
            let receivers = if receivers.is_empty() { "anybody".to_owned() } else { receivers.join(" ") };
            writeln!(f, "{created_at} {transfer_id} {stage:<9} {amount} {coin_id} from {sender_id} to {receivers}")?;
        }
        match &self.next {
            Some(next) => writeln!(f, "more: --after {next}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { transfer_id, stage, state, sender_id, coin_id, amount, held, .. } = self;
        writeln!(f, "{transfer_id}: {stage} (state {state}), {amount} {coin_id} from {sender_id}, {held} still held")?;
        writeln!(f, "created {}, expires {}", self.created_at, self.expires_at)?;
        if let Some(ended_at) = &self.ended_at {
            writeln!(f, "ended {ended_at}")?;
        }
        for ShareLine { number, amount, receiver_id, taker_id } in &self.shares {
            let (receiver, taker) = (receiver_id.as_deref().unwrap_or("anybody"), taker_id.as_deref());
            writeln!(f, "share {number}: {amount} for {receiver}, taken by {}", taker.unwrap_or("nobody"))?;
        }
        for ClaimLine { taker_id, share, state, changed_at } in &self.claims {
            writeln!(f, "claim of {taker_id} on share {share}: {state} since {changed_at}")?;
        }
        Ok(())
    }
}
