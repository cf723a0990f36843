//! The least of HTTP/1.1 that both ends need: messages with a `Content-Length`, one after the other.

use std::io::{Error, ErrorKind};

use tokio::{io::AsyncReadExt, net::TcpStream};

/// Reads messages from a connection.
#[derive(Default)]
pub(crate) struct Frames {
    buffer: Vec<u8>,
    /// How much of the buffer the last message was.
    taken: usize,
}

impl Frames {
    /// Reads the next message and gives its body; `None` where the other end has closed between two messages.
    pub(crate) async fn next(&mut self, stream: &mut TcpStream) -> Result<Option<&[u8]>, Error> {
        self.buffer.drain(..self.taken);
        self.taken = 0;
        let (start, end) = loop {
            if let Some(bounds) = body(&self.buffer)? {
                break bounds;
            }
            if stream.read_buf(&mut self.buffer).await? == 0 {
                return if self.buffer.is_empty() { Ok(None) } else { Err(ErrorKind::UnexpectedEof.into()) };
            }
        };
        self.taken = end;
        Ok(Some(&self.buffer[start..end]))
    }
}

/// Says where the body of the first message begins and ends; `None` while a part of it is missing.
fn body(buffer: &[u8]) -> Result<Option<(usize, usize)>, Error> {
    let Some(place) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&buffer[..place]).map_err(|error| Error::new(ErrorKind::InvalidData, error))?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let length = length.ok_or_else(|| Error::new(ErrorKind::InvalidData, "the message does not say how long it is"))?;
    let (start, end) = (place + 4, place + 4 + length);
    Ok((buffer.len() >= end).then_some((start, end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_ends_where_its_length_says() {
        let message = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx: y\r\n\r\nhelloHTTP/1.1";
        assert_eq!(body(message).unwrap(), Some((44, 49)));
        assert_eq!(body(&message[..48]).unwrap(), None);
        assert_eq!(body(&message[..30]).unwrap(), None);
        assert!(body(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
