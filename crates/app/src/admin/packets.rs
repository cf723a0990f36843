//! What became of red packets, and of money.

use std::ops::Range;

use hongbao_domain::{
    admin::RefusalCode,
    id::{TransferId, UserId},
    ledger::{AccountKey, Posting},
    money::Scale,
    red_packet::{Recall, RecallRefusal, Viewed},
    time::Timestamp,
};
use hongbao_ports::{Failure, Submit, query::Page};

use super::{Admin, AdminFailure, refused};

impl Admin {
    /// Gives the packets that a user sent or may receive, the newest first.
    pub async fn packets_of(&self, user: UserId, page: Page<TransferId>) -> Result<Vec<Viewed>, AdminFailure> {
        self.status(user).await?;
        Ok(self.queries.packets_of(user, page).await?)
    }

    /// Gives a packet and where it stands.
    pub async fn packet(&self, id: TransferId) -> Result<Viewed, AdminFailure> {
        let found = self.queries.view(id).await?;
        found.ok_or_else(|| refused(RefusalCode::PacketNotFound, format!("there is no packet {id}")))
    }

    /// Takes an open packet back for its sender. A repeat changes nothing.
    pub async fn cancel_packet(&self, id: TransferId) -> Result<Viewed, AdminFailure> {
        let packet = self.packet(id).await?.packet.reference();
        let not_open = |why| refused(RefusalCode::PacketNotOpen, format!("the packet {id} {why}"));
        self.commands.submit(Recall { packet }).await.map_err(|failure| match failure {
            Failure::Refused(RecallRefusal::NotFound) => {
                refused(RefusalCode::PacketNotFound, format!("there is no packet {id}"))
            }
            Failure::Refused(RecallRefusal::NotOpen) => not_open("is not open"),
            Failure::Refused(RecallRefusal::ClaimInProgress) => not_open("is being claimed"),
            Failure::Refused(RecallRefusal::BalanceOverflow) => {
                let sentence = format!("{} cannot have so much {}", packet.sender, packet.coin);
                refused(RefusalCode::BalanceTooHigh, sentence)
            }
            Failure::Fault(fault) => fault.into(),
        })?;
        self.packet(id).await
    }

    /// Gives the postings of an account, the newest first, with the coin's scale.
    pub async fn statement(
        &self,
        account: AccountKey,
        times: Range<Timestamp>,
        page: Page<u64>,
    ) -> Result<(Vec<Posting>, Scale), AdminFailure> {
        self.status(account.user).await?;
        let scale = self.coin(account.coin).await?.scale();
        Ok((self.queries.statement(account, times, page).await?, scale))
    }
}
