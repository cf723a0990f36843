//! Whether a host is known to be silent, and when that is worth a line in the log.

use std::time::Duration;

use tokio::time::Instant;

/// How long after a line about a silent host there is no other one about it: a host that now fails and now answers does
/// not fill the log.
const QUIET: Duration = Duration::from_secs(30);

/// What was last told about one host.
#[derive(Default)]
pub(super) struct Voice {
    is_away: bool,
    told_at: Option<Instant>,
}

/// What the log should tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// The host does not answer.
    Away,
    /// It answers again.
    Back,
}

impl Voice {
    /// Learns whether the host answered just now. Gives each change once.
    pub(super) fn learn(&mut self, answered: bool, now: Instant) -> Option<News> {
        match (self.is_away, answered) {
            (false, true) | (true, false) => None,
            (true, true) => {
                self.is_away = false;
                Some(News::Back)
            }
            (false, false) if self.told_at.is_some_and(|told| now.duration_since(told) < QUIET) => None,
            (false, false) => {
                (self.is_away, self.told_at) = (true, Some(now));
                Some(News::Away)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds what a host did second by second, and gives the seconds at which there were news.
    fn told(answered: impl Fn(u64) -> bool) -> Vec<(u64, News)> {
        let (mut voice, start) = (Voice::default(), Instant::now());
        let news = |second| Some((second, voice.learn(answered(second), start + Duration::from_secs(second))?));
        (0..120).filter_map(news).collect()
    }

    #[test]
    fn a_host_that_goes_away_and_comes_back_is_told_of_once_each_time() {
        assert_eq!(told(|_| true), []);
        assert_eq!(told(|second| second < 10), [(10, News::Away)]);
        assert_eq!(told(|second| second > 9), [(0, News::Away), (10, News::Back)]);
    }

    #[test]
    fn a_host_that_answers_every_other_time_is_told_of_twice_in_half_a_minute() {
        let seconds: Vec<_> = told(|second| second % 2 == 1).into_iter().map(|(second, _)| second).collect();
        assert_eq!(seconds, [0, 1, 30, 31, 60, 61, 90, 91]);
    }
}
