//! Turns to talk to the cloud, so that it never has to say that we are too fast.
//!
//! This is the generic cell rate algorithm, which a crate could do as well, but for one thing: a wait must be known
//! and booked before it begins, so that a turn that would come too late is refused at once and uses nothing up.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hongbao_domain::im_cloud::CloudRefusal;
use hongbao_ports::Turn;
use tokio::time::{self, Instant};

use crate::{Settings, SettingsError, call::Quota};

const MINUTE: Duration = Duration::from_mins(1);
const SECOND: Duration = Duration::from_secs(1);

/// One pace for each of the cloud's quotas.
pub(crate) struct Quotas {
    private_messages: Option<Arc<Pace>>,
    deferred_notices: Option<Arc<Pace>>,
    groups: Option<Arc<Pace>>,
    group_checks: Option<Arc<Pace>>,
    get_token: Option<Arc<Pace>>,
    refresh_user: Option<Arc<Pace>>,
    user_info: Option<Arc<Pace>>,
}

impl Quotas {
    pub(crate) fn try_new(settings: &Settings) -> Result<Self, SettingsError> {
        let pace = |setting, quota: Option<NonZeroU32>, span| match quota {
            Some(quota) => {
                let share = share(quota, settings.replicas).ok_or(SettingsError::Quota { setting })?;
                Ok(Some(Arc::new(Pace::new(share, span))))
            }
            None => Ok(None),
        };
        let (groups, group_checks) = match settings.groups_per_second {
            Some(quota) => {
                let parts = share(quota, settings.replicas).and_then(split).ok_or(SettingsError::GroupQuota)?;
                let [requests, checks] = parts.map(|part| Some(Arc::new(Pace::new(part, SECOND))));
                (requests, checks)
            }
            None => (None, None),
        };
        Ok(Self {
            deferred_notices: settings
                .private_messages_per_minute
                .and_then(|quota| share(quota, settings.replicas))
                .map(|share| Arc::new(Pace::new(fifth(share), MINUTE))),
            private_messages: pace("private_messages_per_minute", settings.private_messages_per_minute, MINUTE)?,
            groups,
            group_checks,
            get_token: pace("get_token_per_second", settings.get_token_per_second, SECOND)?,
            refresh_user: pace("refresh_user_per_second", settings.refresh_user_per_second, SECOND)?,
            user_info: pace("user_info_per_second", settings.user_info_per_second, SECOND)?,
        })
    }

    /// Waits for a turn, at most `within`. One that would come later is refused at once.
    ///
    /// A turn is booked when its wait begins; who stops waiting, or does not spend it, gives it back.
    pub(crate) async fn turn(&self, quota: Quota, within: Duration) -> Result<Turn, CloudRefusal> {
        let Some((due, turn)) = self.book(quota, within) else { return Err(CloudRefusal::Busy) };
        time::sleep_until(due).await;
        Ok(turn)
    }

    /// Takes a turn that is there right now, and says whether there was one.
    pub(crate) fn spend_one_now(&self, quota: Quota) -> bool {
        let booked = self.book(quota, Duration::ZERO);
        booked.map(|(_now, turn)| turn.spend()).is_some()
    }

    /// Books a turn of each pace that a call has to keep, all or none; gives when it may begin.
    fn book(&self, quota: Quota, within: Duration) -> Option<(Instant, Turn)> {
        let part = (quota == Quota::DeferredNotices).then_some(self.deferred_notices.as_ref()).flatten();
        let give_back = |booked: &[Arc<Pace>]| booked.iter().for_each(|pace| pace.unbook());
        let (mut due, mut booked) = (Instant::now(), Vec::new());
        for pace in part.into_iter().chain(self.pace(quota)) {
            let Some(turn) = pace.book(within) else {
                give_back(&booked);
                return None;
            };
            due = due.max(turn);
            booked.push(Arc::clone(pace));
        }
        Some((due, Turn::returnable(move || give_back(&booked))))
    }

    const fn pace(&self, quota: Quota) -> Option<&Arc<Pace>> {
        match quota {
            Quota::PrivateMessages | Quota::DeferredNotices => self.private_messages.as_ref(),
            Quota::Groups => self.groups.as_ref(),
            Quota::GroupChecks => self.group_checks.as_ref(),
            Quota::GetToken => self.get_token.as_ref(),
            Quota::RefreshUser => self.refresh_user.as_ref(),
            Quota::UserInfo => self.user_info.as_ref(),
        }
    }
}

/// What one replica may use of the app's quota, rounded down so that all of them together stay within it.
fn share(quota: NonZeroU32, replicas: NonZeroU32) -> Option<NonZeroU32> {
    NonZeroU32::new(quota.get() / replicas)
}

/// What notices in the background may use of a quota at most. It is not set apart: they take what they use from the whole, so
/// that users' requests have all of it while there is nothing to deliver.
fn fifth(quota: NonZeroU32) -> NonZeroU32 {
    NonZeroU32::new(quota.get() / 5).unwrap_or(NonZeroU32::MIN)
}

/// Splits the quota of groups into the part of users' requests and that of checks, a fifth: so users never wait behind
/// checks, and checks get on however many users there are. Both together are the quota.
fn split(quota: NonZeroU32) -> Option<[NonZeroU32; 2]> {
    let checks = (quota.get() / 5).max(1);
    Some([NonZeroU32::new(quota.get() - checks)?, NonZeroU32::new(checks)?])
}

/// An even pace with some slack: of a sixtieth of the quota, no turn has to wait for another.
struct Pace {
    interval: Duration,
    slack: Duration,
    /// When the next turn would come if all so far had come evenly.
    even: Mutex<Instant>,
}

impl Pace {
    /// Never grants more than `quota` turns in any `span`, the slack included: the interval is a little longer than an
    /// even share of the span, in exchange for the slack.
    fn new(quota: NonZeroU32, span: Duration) -> Self {
        let burst = (quota.get() / 60).max(1);
        let interval = span / (quota.get() - burst + 1) + Duration::from_nanos(1);
        Self { interval, slack: interval * (burst - 1), even: Mutex::new(Instant::now()) }
    }

    /// Books the next turn, unless it comes later than `within` from now.
    fn book(&self, within: Duration) -> Option<Instant> {
        let now = Instant::now();
        let mut even = self.even.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = even.checked_sub(self.slack).map_or(now, |earliest| earliest.max(now));
        if turn - now > within {
            return None;
        }
        *even = turn.max(*even) + self.interval;
        Some(turn)
    }

    /// Takes back a booking that was not used: those who come from now on come earlier.
    fn unbook(&self) {
        let mut even = self.even.lock().unwrap_or_else(PoisonError::into_inner);
        *even = even.checked_sub(self.interval).unwrap_or(*even);
    }
}

#[cfg(test)]
mod tests {
    use std::iter;

    use secrecy::SecretString;

    use super::*;

    const QUOTA: Quota = Quota::PrivateMessages;

    fn quotas(per_minute: u32, replicas: u32) -> Quotas {
        let settings = Settings {
            private_messages_per_minute: NonZeroU32::new(per_minute),
            replicas: NonZeroU32::new(replicas).unwrap(),
            ..Settings::for_app("key".to_owned(), SecretString::from("secret"))
        };
        Quotas::try_new(&settings).unwrap()
    }

    /// Counts the turns that are granted in the next `span`, when everybody always wants one.
    async fn turns_in(quotas: &Quotas, span: Duration) -> u32 {
        let end = Instant::now() + span;
        let mut turns = 0;
        loop {
            match quotas.turn(QUOTA, end - Instant::now()).await {
                Ok(turn) if Instant::now() < end => {
                    turn.spend();
                    turns += 1;
                }
                Ok(_) | Err(_) => return turns,
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_minute_never_holds_more_turns_than_the_quota() {
        for per_minute in [1, 2, 59, 60, 61, 119, 120, 121, 6_000] {
            let quotas = quotas(per_minute, 1);
            let granted = turns_in(&quotas, MINUTE).await;
            assert!(granted <= per_minute, "{granted} of {per_minute}");
            assert!(granted + 1 >= per_minute, "{granted} of {per_minute}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_never_holds_more_turns_than_a_quota_by_the_second() {
        for per_second in [1, 2, 59, 60, 100, 121, 200] {
            let pace = Pace::new(NonZeroU32::new(per_second).unwrap(), SECOND);
            let in_a_second = iter::from_fn(|| pace.book(Duration::from_nanos(999_999_999))).count();
            let per_second = usize::try_from(per_second).unwrap();
            assert!((per_second - 1..=per_second).contains(&in_a_second), "{in_a_second} of {per_second}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn each_quota_has_a_count_of_its_own() {
        let one = NonZeroU32::MIN.into();
        let settings = Settings {
            private_messages_per_minute: one,
            get_token_per_second: one,
            refresh_user_per_second: one,
            user_info_per_second: one,
            ..Settings::for_app("key".to_owned(), SecretString::from("secret"))
        };
        let quotas = Quotas::try_new(&settings).unwrap();
        for quota in [Quota::PrivateMessages, Quota::GetToken, Quota::RefreshUser, Quota::UserInfo] {
            assert!(quotas.spend_one_now(quota), "{quota:?}");
            assert!(!quotas.spend_one_now(quota), "{quota:?}");
        }
    }

    #[test]
    fn checks_have_a_fifth_of_the_quota_of_groups_and_requests_the_rest() {
        let parts = |quota| split(NonZeroU32::new(quota).unwrap()).map(|parts| parts.map(NonZeroU32::get));
        for (quota, both) in [(2, [1, 1]), (5, [4, 1]), (9, [8, 1]), (10, [8, 2]), (100, [80, 20])] {
            assert_eq!(parts(quota), Some(both), "{quota}");
        }
        assert_eq!(parts(1), None);
    }

    fn groups(per_second: u32) -> Quotas {
        let settings = Settings {
            groups_per_second: NonZeroU32::new(per_second),
            ..Settings::for_app("key".to_owned(), SecretString::from("secret"))
        };
        Quotas::try_new(&settings).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_join_never_waits_behind_checks_and_both_together_stay_within_the_quota() {
        let quotas = groups(100);
        let (start, second) = (Instant::now(), Duration::from_millis(999));
        let mut checks = 0;
        while let Some(_due) = quotas.group_checks.as_ref().unwrap().book(second) {
            checks += 1;
        }
        assert!((19..=20).contains(&checks), "{checks}");

        let mut joins = 0;
        while let Ok(turn) = quotas.turn(Quota::Groups, Duration::ZERO).await {
            turn.spend();
            joins += 1;
        }
        assert!(joins >= 1, "the first join has its turn at once");
        assert_eq!(start.elapsed(), Duration::ZERO);
        while let Some(_due) = quotas.groups.as_ref().unwrap().book(second) {
            joins += 1;
        }
        assert!((79..=80).contains(&joins), "{joins}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_crowd_of_joins_does_not_keep_checks_from_their_part() {
        let quotas = groups(100);
        while let Some(_due) = quotas.groups.as_ref().unwrap().book(SECOND) {}
        assert_eq!(quotas.turn(Quota::Groups, Duration::ZERO).await.unwrap_err(), CloudRefusal::Busy);
        quotas.turn(Quota::GroupChecks, Duration::ZERO).await.unwrap().spend();
    }

    #[tokio::test(start_paused = true)]
    async fn notices_in_the_background_take_at_most_a_fifth_and_requests_all_that_is_left() {
        let quotas = quotas(600, 1);
        let book = |quota| iter::from_fn(|| quotas.book(quota, MINUTE)).map(|(_due, turn)| turn.spend()).count();
        let notices = book(Quota::DeferredNotices);
        let requests = book(Quota::PrivateMessages);
        assert!((119..=120).contains(&notices), "{notices}");
        assert!((598..=600).contains(&(notices + requests)), "{requests}");
    }

    #[tokio::test(start_paused = true)]
    async fn without_notices_in_the_background_requests_have_the_whole_quota() {
        let quotas = quotas(600, 1);
        let in_a_minute = iter::from_fn(|| quotas.book(QUOTA, MINUTE)).map(|(_due, turn)| turn.spend()).count();
        assert!((599..=600).contains(&in_a_minute), "{in_a_minute}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_notice_that_has_no_turn_among_requests_uses_up_none_of_its_own() {
        let quotas = quotas(60, 1);
        quotas.turn(QUOTA, Duration::ZERO).await.unwrap().spend();
        for _ in 0..100 {
            assert!(quotas.book(Quota::DeferredNotices, Duration::ZERO).is_none());
        }
        time::advance(SECOND * 2).await;
        assert!(quotas.book(Quota::DeferredNotices, Duration::ZERO).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn replicas_share_the_quota() {
        let quotas = quotas(6_000, 4);
        let granted = turns_in(&quotas, MINUTE).await;
        assert!((1_499..=1_500).contains(&granted), "{granted}");
    }

    #[test]
    fn there_is_no_share_for_more_replicas_than_turns() {
        let share = |quota, replicas| share(NonZeroU32::new(quota)?, NonZeroU32::new(replicas)?).map(NonZeroU32::get);
        assert_eq!(share(10, 3), Some(3));
        assert_eq!(share(10, 10), Some(1));
        assert_eq!(share(10, 11), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_comes_when_it_is_due_and_not_before() {
        let quotas = quotas(60, 1);
        let start = Instant::now();
        quotas.turn(QUOTA, Duration::ZERO).await.unwrap().spend();
        assert_eq!(start.elapsed(), Duration::ZERO);

        quotas.turn(QUOTA, Duration::from_millis(1_001)).await.unwrap().spend();

        let waited = start.elapsed();
        assert!((1_000..=1_001).contains(&waited.as_millis()), "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_would_come_too_late_is_refused_at_once_and_uses_nothing_up() {
        let quotas = quotas(60, 1);
        let start = Instant::now();
        quotas.turn(QUOTA, Duration::ZERO).await.unwrap().spend();

        for _ in 0..100 {
            assert_eq!(quotas.turn(QUOTA, Duration::from_millis(999)).await.unwrap_err(), CloudRefusal::Busy);
            assert!(!quotas.spend_one_now(QUOTA));
        }
        assert_eq!(start.elapsed(), Duration::ZERO);

        quotas.turn(QUOTA, Duration::from_millis(1_001)).await.unwrap().spend();
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_is_not_spent_is_there_for_the_next() {
        let quotas = quotas(60, 1);
        for _ in 0..100 {
            drop(quotas.turn(QUOTA, Duration::ZERO).await.unwrap());
        }
        quotas.turn(QUOTA, Duration::ZERO).await.unwrap().spend();
        assert_eq!(quotas.turn(QUOTA, Duration::ZERO).await.unwrap_err(), CloudRefusal::Busy);
    }

    #[tokio::test(start_paused = true)]
    async fn who_stops_waiting_leaves_the_turn_to_the_next() {
        let quotas = quotas(60, 1);
        quotas.turn(QUOTA, Duration::ZERO).await.unwrap().spend();
        let hasty = time::timeout(Duration::from_millis(1), quotas.turn(QUOTA, Duration::from_secs(2))).await;
        assert!(hasty.is_err());
        quotas.turn(QUOTA, Duration::from_millis(1_001)).await.unwrap().spend();
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_turns_come_one_after_the_other() {
        let quotas = quotas(60, 1);
        let start = Instant::now();
        let turn = || async {
            let turn = quotas.turn(QUOTA, Duration::from_millis(2_500)).await?;
            turn.spend();
            Ok(start.elapsed().as_millis() / 1_000)
        };

        let (first, second, third, fourth) = tokio::join!(turn(), turn(), turn(), turn());

        assert_eq!((first, second, third), (Ok(0), Ok(1), Ok(2)));
        assert_eq!(fourth, Err(CloudRefusal::Busy));
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_of_rest_makes_room_for_a_second_of_turns_at_once() {
        let quotas = quotas(6_000, 1);
        for _ in 0..2 {
            let at_once = (0..1_000).take_while(|_| quotas.spend_one_now(QUOTA)).count();
            assert_eq!(at_once, 100);
            time::advance(Duration::from_millis(1_020)).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_quota_a_turn_is_always_there() {
        let quotas = quotas(0, 1);
        for _ in 0..10_000 {
            quotas.turn(QUOTA, Duration::ZERO).await.unwrap().spend();
            assert!(quotas.spend_one_now(QUOTA));
        }
    }
}
