//! One of the two connections of a session.

use std::io;

use tokio::{
    io::{AsyncWriteExt, BufReader},
    net::{TcpStream, tcp::OwnedWriteHalf},
    sync::mpsc::{self, UnboundedReceiver},
    task::JoinSet,
};

use super::wire::Message;

/// A connection after its opening. Dropping it closes the connection.
pub(super) struct Side {
    /// What came in. It waits without bound, so that a stalled proxy still reads, as a network would.
    messages: UnboundedReceiver<Message>,
    output: OwnedWriteHalf,
    /// Reads until the other end hangs up or this is dropped.
    _reader: JoinSet<()>,
}

impl Side {
    pub(super) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let (input, output) = stream.into_split();
        let (sender, messages) = mpsc::unbounded_channel();
        let mut reader = JoinSet::new();
        reader.spawn(async move {
            let mut input = BufReader::new(input);
            while let Ok(message) = Message::read(&mut input).await
                && sender.send(message).is_ok()
            {}
        });
        Ok(Self { messages, output, _reader: reader })
    }

    /// Gives the next message, or `None` when the other end has hung up.
    pub(super) async fn next(&mut self) -> Option<Message> {
        self.messages.recv().await
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.output.write_all(bytes).await
    }
}
