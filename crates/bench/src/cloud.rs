//! An IM cloud that takes everything at once. The sandbox checks and records each request, at several times the cost of
//! what is measured; here only the round trip counts.

use std::{io::Error, net::SocketAddr};

use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    runtime::Builder,
};

use crate::{error::BenchError, frames::Frames};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"code\":200}";

/// Answers until the process ends.
pub(crate) fn run(listen: SocketAddr) -> Result<(), BenchError> {
    let served = Builder::new_current_thread().enable_all().build().and_then(|runtime| runtime.block_on(serve(listen)));
    served.map_err(|error| BenchError::because("the cloud broke", error))
}

async fn serve(listen: SocketAddr) -> Result<(), Error> {
    let listener = TcpListener::bind(listen).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        // A caller that hangs up ends its own connection only.
        tokio::spawn(async move { drop(answer(stream).await) });
    }
}

async fn answer(mut stream: TcpStream) -> Result<(), Error> {
    stream.set_nodelay(true)?;
    let mut frames = Frames::default();
    while frames.next(&mut stream).await?.is_some() {
        stream.write_all(ANSWER).await?;
    }
    Ok(())
}
