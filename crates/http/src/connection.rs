//! A connection that is read no further ahead than what is taken from it.
//!
//! The library reads up to 128 KiB of a connection ahead: ten thousand bodies that no handler reads yet would take a
//! gigabyte. Here the rest of them stays with the kernel, which has limits of its own for that. And a head that is longer
//! than usual takes its memory from the same budget as bodies.

use std::{
    cell::{Cell, RefCell},
    io,
    pin::{Pin, pin},
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use actix_web::{
    Error, HttpRequest, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType,
        header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING},
    },
    middleware::Next,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf, Take},
    net::TcpStream,
    time::{Instant, Sleep, sleep},
};

use crate::{
    BodyBudget,
    budget::{GaveWay, Login, Reservation},
};

/// How far a connection is read ahead, in bytes. With a head of the usual length it fits into one page of memory.
const AHEAD_BYTES: u64 = 2 * 1024;

/// The same, for a body of which eight times as much has arrived: each piece costs a turn of the worker's, and a long body
/// has many.
const FAR_AHEAD_BYTES: u64 = 16 * 1024;

/// What a connection is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The head of a request. Of its bytes those are counted that were read when the tap was opened again.
    Head { read_bytes: u64 },
    /// A request that has begun and was not answered yet.
    Request,
    /// The rest of a body that was not read; then it is closed.
    Rest,
}

/// What says how much may be read of a connection. A clone is the same.
#[derive(Clone)]
pub(crate) struct Tap(Rc<State>);

struct State {
    /// How much more may be read, until the tap is opened again.
    left_bytes: Cell<u64>,
    phase: Cell<Phase>,
    /// How many requests have begun.
    begun: Cell<u64>,
    /// Whether the body of the request was taken to its end.
    is_taken: Cell<bool>,
    /// The reader that waits until it is opened.
    reader: RefCell<Option<Waker>>,
}

impl Tap {
    fn new() -> Self {
        let left_bytes = Cell::new(AHEAD_BYTES);
        let phase = Cell::new(Phase::Head { read_bytes: 0 });
        Self(Rc::new(State {
            left_bytes,
            phase,
            begun: Cell::default(),
            is_taken: Cell::default(),
            reader: RefCell::default(),
        }))
    }

    /// Finds the tap of a request's connection; a test that has no connection has none.
    pub(crate) fn of(request: &HttpRequest) -> Option<&Self> {
        request.conn_data()
    }

    /// Lets more be read: what was read before has been taken, so many bytes of a body altogether.
    pub(crate) fn open(&self, taken_bytes: usize) {
        let share = u64::try_from(taken_bytes / 8).unwrap_or(u64::MAX);
        self.0.left_bytes.set(share.clamp(AHEAD_BYTES, FAR_AHEAD_BYTES));
        if let Some(reader) = self.0.reader.take() {
            reader.wake();
        }
    }

    /// Says that the body of the request was taken to its end.
    pub(crate) fn taken(&self) {
        self.0.is_taken.set(true);
    }

    /// Says whether a part of a head has been read.
    fn has_begun_head(&self) -> bool {
        match self.0.phase.get() {
            Phase::Head { read_bytes } => read_bytes > 0 || self.0.left_bytes.get() < AHEAD_BYTES,
            Phase::Request | Phase::Rest => false,
        }
    }

    /// Says how much may be read now. A reader that may read nothing is woken when that changes.
    fn allowance(&self, context: &Context<'_>) -> u64 {
        let left = self.0.left_bytes.get();
        if left > 0 {
            return left;
        }
        match self.0.phase.get() {
            Phase::Request => {
                self.0.reader.replace(Some(context.waker().clone()));
                return 0;
            }
            Phase::Head { read_bytes } => {
                self.0.phase.set(Phase::Head { read_bytes: read_bytes + AHEAD_BYTES });
            }
            Phase::Rest => {}
        }
        // The library reads for as long as there is anything, and only then looks at it. Let it look now.
        self.0.left_bytes.set(AHEAD_BYTES);
        context.waker().wake_by_ref();
        0
    }
}

/// Around every request: while it runs, its connection is read no further than it asks; and a connection with a body that
/// was not read to its end is closed.
pub(crate) async fn hold(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let has_body = has_body(request.headers());
    let tap = Tap::of(request.request()).cloned();
    if tap.as_ref().is_some_and(|tap| tap.0.phase.get() == Phase::Rest) {
        // It came together with one whose answer said that the connection is closed: its sender will send it again.
        let refused = HttpResponse::ServiceUnavailable().force_close().finish();
        return Ok(request.into_response(refused).map_into_right_body());
    }
    let busy = tap.map(Busy::new);
    let mut response = next.call(request).await?;
    if let Some(Busy(tap)) = &busy
        && has_body
        && !tap.0.is_taken.get()
    {
        tap.0.phase.set(Phase::Rest);
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response.map_into_left_body())
}

/// Whether a body is announced.
fn has_body(headers: &HeaderMap) -> bool {
    let length = headers.get(CONTENT_LENGTH);
    headers.contains_key(TRANSFER_ENCODING) || length.is_some_and(|length| length.as_bytes() != b"0")
}

/// A request that runs.
struct Busy(Tap);

impl Busy {
    fn new(tap: Tap) -> Self {
        tap.0.phase.set(Phase::Request);
        tap.0.begun.update(|begun| begun + 1);
        tap.0.is_taken.set(false);
        Self(tap)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if self.0.0.phase.get() == Phase::Request {
            self.0.0.phase.set(Phase::Head { read_bytes: 0 });
        }
        self.0.open(0);
    }
}

/// A TCP connection with a tap.
pub(crate) struct Connection {
    /// Its limit is set for each read.
    stream: Take<TcpStream>,
    tap: Tap,
    budget: BodyBudget,
    /// What a long head has of the budget.
    head: Option<Reservation>,
    /// How long a head may take.
    head_timeout: Duration,
    /// When the head that has begun must be there, and how many requests came before it. The library has such a limit for
    /// the first head only.
    head_end: Option<(Pin<Box<Sleep>>, u64)>,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream, budget: BodyBudget, head_timeout: Duration) -> Self {
        Self { stream: stream.take(0), tap: Tap::new(), budget, head: None, head_timeout, head_end: None }
    }

    pub(crate) const fn tap(&self) -> &Tap {
        &self.tap
    }

    fn writer(&mut self) -> Pin<&mut TcpStream> {
        Pin::new(self.stream.get_mut())
    }

    /// Keeps the reservation of a head that is longer than what any connection is read ahead.
    fn reserve(&mut self, context: &mut Context<'_>) -> Result<(), GaveWay> {
        let Phase::Head { read_bytes: bytes @ 1.. } = self.tap.0.phase.get() else {
            self.head = None;
            return Ok(());
        };
        let budget = &self.budget;
        let head = self.head.get_or_insert_with(|| budget.reserve(Login::Unknown));
        head.grow_to(usize::try_from(bytes).unwrap_or(usize::MAX))?;
        match pin!(head.given_way()).poll(context) {
            Poll::Ready(()) => Err(GaveWay),
            Poll::Pending => Ok(()),
        }
    }

    /// Says whether a head that has begun has taken too long, and wakes the reader when it has.
    fn is_head_late(&mut self, context: &mut Context<'_>) -> bool {
        if !self.tap.has_begun_head() {
            self.head_end = None;
            return false;
        }
        let (span, begun) = (self.head_timeout, self.tap.0.begun.get());
        let (end, earlier) = self.head_end.get_or_insert_with(|| (Box::pin(sleep(span)), begun));
        if *earlier != begun {
            *earlier = begun;
            end.as_mut().reset(Instant::now() + span);
        }
        end.as_mut().poll(context).is_ready()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.reserve(context).is_err() {
            // As if the client had closed it: a head that is not whole has no answer.
            return Poll::Ready(Ok(()));
        }
        let allowance = self.tap.allowance(context);
        if allowance == 0 {
            return Poll::Pending;
        }
        self.stream.set_limit(allowance);
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.tap.0.left_bytes.set(self.stream.limit());
        if polled.is_pending() && self.is_head_late(context) {
            return Poll::Ready(Ok(()));
        }
        polled
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.writer().poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.writer().poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.writer().poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use tokio::{io::AsyncWriteExt, net::TcpListener};

    use super::*;

    const LONG: usize = 100_000;

    const HEAD_TIMEOUT: Duration = Duration::from_millis(50);

    /// A connection and its client.
    async fn quiet() -> (Connection, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        (Connection::new(stream, BodyBudget::new(1 << 20), HEAD_TIMEOUT), client)
    }

    /// A connection on which a lot has arrived.
    async fn full() -> (Connection, TcpStream) {
        let (connection, mut client) = quiet().await;
        client.write_all(&vec![b'x'; LONG]).await.unwrap();
        connection.stream.get_ref().readable().await.unwrap();
        (connection, client)
    }

    /// Reads as the library does: until nothing comes at the moment.
    async fn read_now(connection: &mut Connection) -> u64 {
        let mut buffer = Vec::new();
        // Whatever the scheduler of the runtime allows each task at once.
        tokio::task::yield_now().await;
        while connection.read_buf(&mut buffer).now_or_never().is_some() {}
        buffer.len().try_into().unwrap()
    }

    #[tokio::test]
    async fn while_a_request_runs_no_more_is_read_than_it_asks_for() {
        let (mut connection, _client) = full().await;
        let busy = Busy::new(connection.tap().clone());
        assert_eq!(read_now(&mut connection).await, AHEAD_BYTES);
        assert_eq!(read_now(&mut connection).await, 0);

        connection.tap().open(0);
        assert_eq!(read_now(&mut connection).await, AHEAD_BYTES);

        for (taken, ahead) in [(40_000, 5_000), (1_000_000, FAR_AHEAD_BYTES)] {
            connection.tap().open(taken);
            assert_eq!(read_now(&mut connection).await, ahead);
        }

        drop(busy);
        assert_eq!(read_now(&mut connection).await, AHEAD_BYTES);
    }

    #[tokio::test]
    async fn a_reader_that_waits_for_more_is_woken() {
        let (mut connection, _client) = full().await;
        let busy = Busy::new(connection.tap().clone());
        assert_eq!(read_now(&mut connection).await, AHEAD_BYTES);
        let tap = connection.tap().clone();
        let reader = async { connection.read_u8().await.unwrap() };
        let (byte, ()) = tokio::join!(reader, async { tap.open(0) });
        assert_eq!(byte, b'x');
        drop(busy);
    }

    #[tokio::test]
    async fn each_head_has_its_own_time() {
        let (mut connection, mut client) = quiet().await;
        for _ in 0..2 {
            client.write_all(b"x").await.unwrap();
            connection.stream.get_ref().readable().await.unwrap();
            assert_eq!(connection.read_u8().await.unwrap(), b'x');
            assert!(connection.read_u8().now_or_never().is_none(), "the library reads on before it looks");
            drop(Busy::new(connection.tap().clone()));
            sleep(2 * HEAD_TIMEOUT).await;
        }
        client.write_all(b"x").await.unwrap();
        connection.stream.get_ref().readable().await.unwrap();
        assert_eq!(connection.read_u8().await.unwrap(), b'x');
        assert_eq!(connection.read_u8().await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof, "it never goes on");
    }

    #[tokio::test]
    async fn between_requests_it_is_read_piece_by_piece_to_the_end() {
        let (mut connection, client) = full().await;
        drop(client);
        let mut buffer = Vec::new();
        connection.read_to_end(&mut buffer).await.unwrap();
        assert_eq!(buffer.len(), LONG);
    }
}
