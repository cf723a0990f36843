//! The frames of PostgreSQL's protocol, version 3 (<https://www.postgresql.org/docs/current/protocol-message-formats.html>).

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

/// Ends a group of pipelined messages: before it a server need not answer.
pub(super) const SYNC: [u8; 5] = [b'S', 0, 0, 0, 4];

const LENGTH: usize = 4;
const LONGEST: usize = 1 << 30;

/// What a client begins with: a frame without a type.
pub(super) struct Opening(pub(super) Vec<u8>);

impl Opening {
    pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Self> {
        read_frame(from, Vec::new()).await.map(Self)
    }

    /// Says whether the client asks for TLS or GSSAPI, and so begins again after the answer.
    pub(super) fn asks_for_encryption(&self) -> bool {
        matches!(self.0[LENGTH..], [0x04, 0xd2, 0x16, 0x2f | 0x30])
    }

    /// Says whether the client wants another session's statement cancelled.
    pub(super) fn is_cancel(&self) -> bool {
        self.0[LENGTH..].starts_with(&[0x04, 0xd2, 0x16, 0x2e])
    }
}

/// A message of either side: its type, its length, its body.
#[derive(Debug)]
pub(super) struct Message(pub(super) Vec<u8>);

impl Message {
    pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Self> {
        let kind = from.read_u8().await?;
        read_frame(from, vec![kind]).await.map(Self)
    }

    pub(super) fn kind(&self) -> u8 {
        self.0[0]
    }

    /// Gives the texts in the body; each ends with a zero.
    pub(super) fn texts(&self) -> impl Iterator<Item = &[u8]> {
        self.0[1 + LENGTH..].split(|byte| *byte == 0)
    }

    /// Gives what a server says at the end of a statement: a command tag or the message of an error.
    pub(super) fn verdict(&self) -> Option<String> {
        let text = match self.kind() {
            b'C' => self.texts().next(),
            b'E' => self.texts().find_map(|field| field.strip_prefix(b"M")),
            _ => None,
        };
        text.map(|text| String::from_utf8_lossy(text).into_owned())
    }

    /// Says whether this is a server's answer to a COMMIT, whether it could be done or not.
    pub(super) fn ends_a_transaction(&self) -> bool {
        self.kind() == b'E' || self.verdict().is_some_and(|tag| ["COMMIT", "ROLLBACK"].contains(&&*tag))
    }
}

/// Reads a frame that begins with its length, which counts itself, and puts it behind `head`.
async fn read_frame(from: &mut (impl AsyncRead + Unpin), mut head: Vec<u8>) -> io::Result<Vec<u8>> {
    let length = from.read_u32().await?;
    let bytes = usize::try_from(length).map_err(io::Error::other)?;
    if !(LENGTH..LONGEST).contains(&bytes) {
        return Err(io::Error::other("this is not PostgreSQL's protocol"));
    }
    head.extend(length.to_be_bytes());
    let start = head.len();
    head.resize(start + bytes - LENGTH, 0);
    from.read_exact(&mut head[start..]).await?;
    Ok(head)
}
