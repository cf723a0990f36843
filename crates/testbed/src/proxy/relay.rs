//! One session through the proxy.

use std::{
    io,
    sync::{Arc, atomic::Ordering},
};

use tokio::{
    io::{AsyncWriteExt, copy_bidirectional},
    net::TcpStream,
    sync::watch,
};

use super::{
    held::Held,
    plan::InjectedFault,
    shared::{Shared, lock},
    side::Side,
    statements::{Statement, Statements},
    wire::{Message, Opening},
};

/// A session between a client and a server. Dropping it cuts both connections.
pub(super) struct Relay {
    shared: Arc<Shared>,
    flows: watch::Receiver<bool>,
    client: Side,
    server: Side,
    statements: Statements,
    /// Whether BEGIN came by and no statement after it.
    has_just_begun: bool,
    /// Whether the client loses its connection instead of hearing the answer to its COMMIT.
    is_doomed: bool,
}

/// What becomes of a client's message.
enum Fate {
    Pass,
    Cut,
    Hold,
}

enum Event {
    FromClient(Message),
    FromServer(Message),
    End,
}

impl Relay {
    /// Serves a client until either end hangs up or the proxy cuts; then delivers the COMMIT that is held, if one is.
    pub(super) async fn run(client: TcpStream, shared: Arc<Shared>, mut cuts: watch::Receiver<u64>) {
        let session = async {
            match Self::open(client, shared).await? {
                Some(relay) => relay.serve().await,
                None => Ok(None),
            }
        };
        let held: io::Result<_> = tokio::select! {
            _cut = cuts.changed() => return,
            held = session => held,
        };
        // An error is how the two ends hear of it, too: their connections are closed.
        if let Ok(Some(held)) = held {
            held.deliver().await;
        }
    }

    /// Connects to the server. A request to cancel is passed on, and that was all.
    async fn open(mut client: TcpStream, shared: Arc<Shared>) -> io::Result<Option<Self>> {
        let mut flows = shared.flows.subscribe();
        let mut opening = Opening::read(&mut client).await?;
        while opening.asks_for_encryption() {
            flows.wait_for(|flows| *flows).await.map_err(io::Error::other)?;
            client.write_all(b"N").await?;
            opening = Opening::read(&mut client).await?;
        }
        flows.wait_for(|flows| *flows).await.map_err(io::Error::other)?;
        let target = *lock(&shared.target);
        let mut server = TcpStream::connect(target).await?;
        server.write_all(&opening.0).await?;
        if opening.is_cancel() {
            copy_bidirectional(&mut client, &mut server).await?;
            return Ok(None);
        }
        let (client, server, statements) = (Side::new(client)?, Side::new(server)?, Statements::default());
        Ok(Some(Self { shared, flows, client, server, statements, has_just_begun: false, is_doomed: false }))
    }

    async fn serve(mut self) -> io::Result<Option<Held>> {
        loop {
            match self.next().await {
                Event::FromClient(message) => match self.fate(&message) {
                    Fate::Pass => self.server.send(&message.0).await?,
                    Fate::Cut => return Ok(None),
                    Fate::Hold => return Ok(Some(Held::new(self.server, message, &self.shared))),
                },
                Event::FromServer(message) if self.is_doomed && message.ends_a_transaction() => return Ok(None),
                Event::FromServer(message) => self.client.send(&message.0).await?,
                Event::End => return Ok(None),
            }
        }
    }

    async fn next(&mut self) -> Event {
        if self.flows.wait_for(|flows| *flows).await.is_err() {
            return Event::End;
        }
        tokio::select! {
            message = self.client.next() => message.map_or(Event::End, Event::FromClient),
            message = self.server.next() => message.map_or(Event::End, Event::FromServer),
        }
    }

    fn fate(&mut self, message: &Message) -> Fate {
        match self.statements.of(message) {
            None => Fate::Pass,
            Some(Statement::Begin) => {
                self.has_just_begun = true;
                Fate::Pass
            }
            Some(Statement::Other) => {
                let is_first = std::mem::take(&mut self.has_just_begun);
                if is_first && lock(&self.shared.plan).next_batch() { Fate::Cut } else { Fate::Pass }
            }
            Some(Statement::Commit) => {
                self.has_just_begun = false;
                self.shared.commits.fetch_add(1, Ordering::SeqCst);
                let planned = lock(&self.shared.plan).next_commit();
                self.is_doomed = planned == Some(InjectedFault::AfterCommit);
                match planned {
                    None | Some(InjectedFault::AfterCommit) => Fate::Pass,
                    Some(InjectedFault::BeforeCommit) => Fate::Cut,
                    Some(InjectedFault::HoldCommit) => Fate::Hold,
                }
            }
        }
    }
}
