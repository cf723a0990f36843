//! A client that costs next to nothing: the load and the candidates share the cores.

use std::{
    io::{Error, ErrorKind},
    net::SocketAddr,
};

use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::frames::Frames;

/// One connection, which is kept.
pub(crate) struct Client {
    stream: TcpStream,
    frames: Frames,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Result<Self, Error> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, frames: Frames::default() })
    }

    /// Posts a form, under a key if there is one, and gives the body of the answer.
    pub(crate) async fn post(&mut self, path: &str, form: &str, key: Option<u64>) -> Result<&[u8], Error> {
        let length = form.len();
        let key = key.map(|key| format!("Idempotency-Key: {key}\r\n")).unwrap_or_default();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/x-www-form-urlencoded\r\n\
            {key}Content-Length: {length}\r\n\r\n{form}"
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.frames.next(&mut self.stream).await?.ok_or_else(|| ErrorKind::UnexpectedEof.into())
    }
}
