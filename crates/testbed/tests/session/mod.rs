//! The smallest client: it sees when its connection is lost, to the message.

use std::{io, net::SocketAddr};

use hongbao_testbed::Proxy;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A session of `postgres` in the database of that name.
pub(crate) struct Session(TcpStream);

impl Session {
    pub(crate) async fn open(proxy: &Proxy) -> io::Result<Self> {
        let url = proxy.url("postgres://x:1");
        let address: SocketAddr = url.trim_start_matches("postgres://").parse().map_err(io::Error::other)?;
        let mut session = Self(TcpStream::connect(address).await?);
        let startup = b"\0\x03\0\0user\0postgres\0database\0postgres\0\0";
        session.0.write_all(&framed(startup)).await?;
        session.answer().await?;
        Ok(session)
    }

    /// Sends a simple query, and gives the tag of its last statement or the error's message.
    pub(crate) async fn query(&mut self, sql: &str) -> io::Result<String> {
        self.send(b'Q', &format!("{sql}\0")).await?;
        self.answer().await
    }

    /// Does the same by Parse, Bind, Execute and Sync.
    pub(crate) async fn extended(&mut self, sql: &str) -> io::Result<String> {
        self.send(b'P', &format!("\0{sql}\0\0\0")).await?;
        self.send(b'B', "\0\0\0\0\0\0\0\0").await?;
        self.send(b'E', "\0\0\0\0\0").await?;
        self.send(b'S', "").await?;
        self.answer().await
    }

    async fn send(&mut self, kind: u8, body: &str) -> io::Result<()> {
        self.0.write_all(&[&[kind][..], &framed(body.as_bytes())].concat()).await
    }

    /// Reads until the server is ready again.
    async fn answer(&mut self) -> io::Result<String> {
        let mut answer = String::new();
        loop {
            let kind = self.0.read_u8().await?;
            let length = usize::try_from(self.0.read_u32().await?).map_err(io::Error::other)?;
            let mut body = vec![0; length - 4];
            self.0.read_exact(&mut body).await?;
            match kind {
                b'C' | b'E' => answer = String::from_utf8_lossy(&body).trim_end_matches('\0').to_owned(),
                b'Z' => return Ok(answer),
                _ => {}
            }
        }
    }
}

fn framed(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("it is short");
    [&length.to_be_bytes(), body].concat()
}
