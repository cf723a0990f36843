//! Load: so many connections, each of which asks again as soon as it is answered.

use std::{cell::RefCell, net::SocketAddr, time::Duration};

use futures_util::future::try_join_all;
use tokio::time::{Instant, timeout};

use crate::{client::Client, error::BenchError, work::Work};

/// How long the last answers may take when time is up.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What one round of one kind of request came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// How many were answered well; there are no others.
    pub(crate) done: u64,
    /// How many of them in a second.
    pub(crate) per_second: u64,
    /// Half of them were answered within so many microseconds.
    pub(crate) p50_us: u64,
    /// 99 of a hundred were.
    pub(crate) p99_us: u64,
}

/// Asks for `span`, or until there is nothing left to ask.
pub(crate) async fn drive<W: Work>(
    address: SocketAddr,
    connections: usize,
    span: Duration,
    work: W,
) -> Result<(Measured, W), BenchError> {
    let mut clients = Vec::with_capacity(connections);
    for _ in 0..connections {
        let client = Client::connect(address).await;
        clients.push(client.map_err(|error| BenchError::because(format_args!("cannot connect to {address}"), error))?);
    }
    let (work, times) = (RefCell::new(work), RefCell::new(Vec::new()));
    let start = Instant::now();
    let all = try_join_all(clients.into_iter().map(|client| ask(client, start + span, &work, &times)));
    timeout(span + TIMEOUT, all).await.map_err(|error| BenchError::because("a candidate does not answer", error))??;
    Ok((measured(times.into_inner(), start.elapsed()), work.into_inner()))
}

async fn ask<W: Work>(
    mut client: Client,
    until: Instant,
    work: &RefCell<W>,
    times: &RefCell<Vec<u64>>,
) -> Result<(), BenchError> {
    let mut form = String::new();
    while Instant::now() < until {
        form.clear();
        let Some(asked) = work.borrow_mut().ask(&mut form) else { break };
        let key = work.borrow_mut().key();
        let begun = Instant::now();
        let answer = client.post(W::PATH, &form, key).await;
        let answer = answer.map_err(|error| BenchError::because("a candidate hung up", error))?;
        times.borrow_mut().push(micros(begun.elapsed()));
        work.borrow_mut().answered(asked, answer)?;
    }
    Ok(())
}

fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}

fn measured(mut times: Vec<u64>, elapsed: Duration) -> Measured {
    times.sort_unstable();
    let done = u64::try_from(times.len()).unwrap_or(u64::MAX);
    let rank =
        |percent: usize| times.get((times.len() * percent).div_ceil(100).saturating_sub(1)).copied().unwrap_or(0);
    Measured {
        done,
        per_second: done.saturating_mul(1_000_000) / micros(elapsed).max(1),
        p50_us: rank(50),
        p99_us: rank(99),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_what_was_answered() {
        let found = measured((1..=200).rev().collect(), Duration::from_secs(2));
        assert_eq!((found.done, found.per_second, found.p50_us, found.p99_us), (200, 100, 100, 198));
        let nothing = measured(Vec::new(), Duration::ZERO);
        assert_eq!((nothing.done, nothing.per_second, nothing.p99_us), (0, 0, 0));
    }
}
