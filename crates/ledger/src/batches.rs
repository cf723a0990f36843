//! The ledger port over batches.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use hongbao_domain::{
    id::{TransferId, UserId},
    ledger::{
        Audit, Command, Deposit, DepositRefusal, Holding, Moved, OpenAccount, OpenAccountRefusal, Opened, Verb,
        Withdraw, WithdrawRefusal,
    },
    money::Coin,
    red_packet::{
        BeginClaim, BeginClaimRefusal, Begun, Cancel, CancelRefusal, Cancelled, Confirm, ConfirmRefusal, Confirmed,
        Expire, ExpireRefusal, Expired, Packet, Receipt, ReleaseClaim, ReleaseRefusal, Released, Reserve,
        ReserveRefusal, Reserved, SettleClaim, SettleRefusal, Viewed,
    },
};
use hongbao_ports::{AddCoinRefusal, Except, Failure, Fault, Ids, Ledger, Overdue};
use tokio_util::task::TaskTracker;

use crate::{
    Store,
    attempt::Attempts,
    queue::{Queue, Writer},
};

/// How batches are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How many batches may be at the disk side by side. One is right for SQLite.
    pub writers: usize,
    /// The most commands in one batch.
    pub batch_limit: usize,
    /// The most commands that may wait to begin something. One more is refused at once; what was begun is never refused.
    pub queue_limit: usize,
    /// For how long a batch is attempted while the store is not there.
    pub patience: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { writers: 1, batch_limit: 512, queue_limit: 8192, patience: Duration::from_secs(5) }
    }
}

/// The ledger: commands go through batches, reads go straight to the store.
pub struct Batches {
    store: Arc<dyn Store>,
    ids: Arc<dyn Ids>,
    queue: Arc<Queue>,
    writers: TaskTracker,
    open: Arc<Open>,
}

/// Stops the writers of a ledger that was not closed, with the last that can give it commands.
struct Open(Arc<Queue>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Batches {
    /// Starts the writers. Call it on a tokio runtime.
    pub fn start(store: Arc<dyn Store>, ids: Arc<dyn Ids>, settings: Settings) -> Self {
        let queue = Arc::new(Queue::new(settings.queue_limit, settings.writers));
        let writers = TaskTracker::new();
        for number in 0..settings.writers {
            let writer = Writer::new(Arc::clone(&queue), number);
            writers.spawn(write(writer, Arc::clone(&store), Arc::clone(&ids), settings));
        }
        writers.close();
        let open = Arc::new(Open(queue.clone()));
        Self { store, ids, queue, writers, open }
    }

    /// Gives the same ledger with its reads from another handle on the same store, such as one that has connections of its
    /// own. Commands go to the same queue.
    #[must_use]
    pub fn reading_from(&self, store: Arc<dyn Store>) -> Self {
        let Self { store: _, ids, queue, writers, open } = self;
        Self { store, ids: ids.clone(), queue: queue.clone(), writers: writers.clone(), open: open.clone() }
    }

    /// Takes no more commands, runs those that wait and ends the writers.
    pub async fn close(&self) {
        self.queue.close();
        self.writers.wait().await;
    }

    async fn submit<V: Verb>(&self, verb: V) -> Result<V::Done, Failure<V::Refusal>> {
        let command = Command { id: self.ids.command(), request: None, action: verb.into() };
        let outcome = self.queue.submit(command).await?;
        let answer = V::answer(outcome).ok_or(Fault::internal("cannot read another command's outcome"))?;
        answer.map_err(Failure::Refused)
    }
}

/// Takes batch after batch until the queue is closed and nothing waits that could run.
async fn write(writer: Writer, store: Arc<dyn Store>, ids: Arc<dyn Ids>, settings: Settings) {
    let attempts = Attempts { store: store.as_ref(), ids: ids.as_ref(), patience: settings.patience };
    loop {
        let entries = writer.take(settings.batch_limit).await;
        if entries.is_empty() {
            return;
        }
        let (batch, waiting): (Vec<_>, Vec<_>) = entries.into_iter().map(|entry| (entry.command, entry.answer)).unzip();
        let answers = attempts.run(&batch).await;
        for (waiting, answer) in waiting.into_iter().zip(answers) {
            // A caller that went away meanwhile leaves nobody to tell.
            drop(waiting.send(answer));
        }
    }
}

#[async_trait]
impl Ledger for Batches {
    async fn add_coin(&self, coin: Coin) -> Result<(), Failure<AddCoinRefusal>> {
        self.store.add_coin(coin).await
    }

    async fn coins(&self) -> Result<Vec<Coin>, Fault> {
        self.store.coins().await
    }

    async fn open_account(&self, open: OpenAccount) -> Result<Opened, Failure<OpenAccountRefusal>> {
        self.submit(open).await
    }

    async fn deposit(&self, deposit: Deposit) -> Result<Moved, Failure<DepositRefusal>> {
        self.submit(deposit).await
    }

    async fn withdraw(&self, withdraw: Withdraw) -> Result<Moved, Failure<WithdrawRefusal>> {
        self.submit(withdraw).await
    }

    async fn reserve(&self, reserve: Reserve) -> Result<Reserved, Failure<ReserveRefusal>> {
        self.submit(reserve).await
    }

    async fn confirm(&self, confirm: Confirm) -> Result<Confirmed, Failure<ConfirmRefusal>> {
        self.submit(confirm).await
    }

    async fn cancel(&self, cancel: Cancel) -> Result<Cancelled, Failure<CancelRefusal>> {
        self.submit(cancel).await
    }

    async fn begin_claim(&self, begin: BeginClaim) -> Result<Begun, Failure<BeginClaimRefusal>> {
        self.submit(begin).await
    }

    async fn settle_claim(&self, settle: SettleClaim) -> Result<Receipt, Failure<SettleRefusal>> {
        self.submit(settle).await
    }

    async fn release_claim(&self, release: ReleaseClaim) -> Result<Released, Failure<ReleaseRefusal>> {
        self.submit(release).await
    }

    async fn expire(&self, expire: Expire) -> Result<Expired, Failure<ExpireRefusal>> {
        self.submit(expire).await
    }

    async fn holdings(&self, user: UserId) -> Result<Vec<Holding>, Fault> {
        self.store.holdings(user).await
    }

    async fn packet(&self, id: TransferId) -> Result<Option<Packet>, Fault> {
        self.store.packet(id).await
    }

    async fn view(&self, id: TransferId) -> Result<Option<Viewed>, Fault> {
        self.store.view(id).await
    }

    async fn overdue(&self, limit: u32, except: &Except) -> Result<Overdue, Fault> {
        self.store.overdue(limit, except).await
    }

    async fn audit(&self) -> Result<Audit, Fault> {
        self.store.audit().await
    }
}
