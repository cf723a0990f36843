//! Looking for red packets.

use std::{ops::Range, time::Duration};

use hongbao_domain::{
    id::{CoinId, TransferId, UserId},
    red_packet::{Stage, Viewed},
    time::Timestamp,
};
use hongbao_ports::{Fault, query::Page};

use super::{Admin, AdminFailure};

/// Which packets are looked for. What is left out fits all.
#[derive(Debug, Clone)]
pub struct PacketSearch {
    /// Those that this user sent or may receive.
    pub user: Option<UserId>,
    /// Those in this coin.
    pub coin: Option<CoinId>,
    /// Those that stand here.
    pub stage: Option<Stage>,
    /// Those that were made in this time.
    pub times: Range<Timestamp>,
}

/// Some of what was looked for, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The packets.
    pub packets: Vec<Viewed>,
    /// Behind which packet to go on; `None` at the end. There may be more although a page is short.
    pub next: Option<TransferId>,
}

impl PacketSearch {
    /// How many packets are looked at for one page: few that fit among many must not take for ever.
    const LOOKED_AT: usize = 5_000;

    const PAGE: u32 = 500;

    /// By how much the clock that makes ids may differ from the store's.
    const SLACK: Duration = Duration::from_hours(1);

    fn fits(&self, Viewed { packet, stage }: &Viewed) -> bool {
        self.coin.is_none_or(|coin| packet.coin == coin)
            && self.stage.is_none_or(|wanted| wanted == *stage)
            && self.times.contains(&packet.created_at)
    }

    /// Where to begin: ids begin with the moment at which they were made, in milliseconds.
    fn begin(&self) -> Option<TransferId> {
        let end_ms = self.times.end.after(Self::SLACK).to_micros() / 1000;
        let id = u128::from(u64::try_from(end_ms).unwrap_or_default()) << 80;
        (id >> 80 <= u128::from(u64::MAX >> 16)).then(|| TransferId::from_u128(id))
    }
}

impl Admin {
    /// Looks for packets, the newest first, behind `after`, at most `limit`.
    pub async fn search_packets(
        &self,
        search: &PacketSearch,
        after: Option<TransferId>,
        limit: usize,
    ) -> Result<Found, AdminFailure> {
        if let Some(user) = search.user {
            self.status(user).await?;
        }
        let (mut packets, mut looked_at) = (Vec::new(), 0);
        let mut after = after.or_else(|| search.begin());
        while looked_at < PacketSearch::LOOKED_AT {
            let page = self.page(search, after).await?;
            let is_last = page.len() < at_most(PacketSearch::PAGE);
            for viewed in page {
                looked_at += 1;
                after = Some(viewed.packet.id);
                if viewed.packet.created_at.after(PacketSearch::SLACK) < search.times.start {
                    return Ok(Found { packets, next: None });
                }
                if search.fits(&viewed) {
                    packets.push(viewed);
                }
                if packets.len() == limit {
                    return Ok(Found { packets, next: after });
                }
            }
            if is_last {
                return Ok(Found { packets, next: None });
            }
        }
        Ok(Found { packets, next: after })
    }

    async fn page(&self, search: &PacketSearch, after: Option<TransferId>) -> Result<Vec<Viewed>, Fault> {
        let page = Page { after, limit: PacketSearch::PAGE };
        match search.user {
            Some(user) => self.queries.packets_of(user, page).await,
            None => self.queries.packets(page).await,
        }
    }
}

fn at_most(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}
