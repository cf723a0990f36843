//! How long a call takes when the cloud says "not so fast", or does not come to an end.

use std::time::Duration;

use hongbao_domain::{
    group::GroupName,
    id::{GroupId, UserId},
    im_cloud::{CloudAnswer, CloudRefusal},
};
use hongbao_ports::{CloudGroups, Turn};
use hongbao_rongcloud::{RongCloud, Settings};
use hongbao_sandbox::{FaultRule, InjectedFault, When::Before};
use time::OffsetDateTime;
use tokio::time::{Instant, timeout};

use crate::{
    fixture::{adapter, notify, settings},
    pair::{Pair, start},
};

const PRIVATE: &str = "/message/private/publish.json";
const JOIN: &str = "/group/join.json";
const GROUP: GroupId = GroupId::from_u128(0xa);
const NOON: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

/// Far longer than any call here may take, and shorter than a test may hang.
const AT_MOST: Duration = Duration::from_secs(10);

async fn join(adapter: &RongCloud, user: &str) -> Result<(), CloudRefusal> {
    let (name, user): (GroupName, UserId) = ("好友".parse().expect("a name"), user.parse().expect("an id"));
    adapter.join(Turn::grant(), GROUP, &name, user).await
}

fn is_too_fast(refusal: &CloudRefusal) -> bool {
    matches!(refusal, CloudRefusal::Rejected(Some(CloudAnswer { http_status: 429, code: Some(1008), .. })))
}

#[tokio::test]
async fn too_fast_is_asked_again_on_the_same_host_and_later_each_time() {
    for (times, pauses, asked) in [(1, 100, [2, 0]), (2, 100 + 200, [3, 0])] {
        let pair = Pair::start();
        pair.sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::RateLimit).times(times));
        let start = Instant::now();

        notify(&pair.settings()).await.unwrap();

        assert!(start.elapsed() >= Duration::from_millis(pauses), "{times}: {:?}", start.elapsed());
        assert_eq!((pair.asked(), pair.events().len()), (asked, 1));
    }
}

#[tokio::test]
async fn too_fast_three_times_is_definitely_not_executed() {
    let pair = Pair::start();
    pair.sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::RateLimit).times(3));

    let refusal = notify(&pair.settings()).await.unwrap_err();

    assert!(is_too_fast(&refusal), "{refusal:?}");
    assert_eq!((pair.asked(), pair.events().len()), ([3, 0], 0));
}

/// The cloud's clock stands still, so that the quota of one second is used up for as long as the test wants.
#[tokio::test]
async fn beyond_the_clouds_own_quota_nothing_is_executed_and_a_second_later_it_is() {
    let (sandbox, url) = start();
    let adapter = adapter(&settings(url, None));
    sandbox.set_time(NOON);
    sandbox.enforce_quotas(true);
    for _ in 0..100 {
        join(&adapter, "alice").await.unwrap();
    }
    let start = Instant::now();

    let refusal = join(&adapter, "bob").await.unwrap_err();

    assert!(is_too_fast(&refusal), "{refusal:?}");
    assert!(start.elapsed() >= Duration::from_millis(100 + 200), "{:?}", start.elapsed());
    assert_eq!(sandbox.counters().paths[JOIN], 100 + 3);
    assert_eq!(sandbox.group(&GROUP.to_string()).unwrap().members, ["alice"]);

    sandbox.set_time(NOON + Duration::from_secs(1));
    join(&adapter, "bob").await.unwrap();
    assert_eq!(sandbox.group(&GROUP.to_string()).unwrap().members, ["alice", "bob"]);
    assert_eq!(sandbox.counters().paths[JOIN], 100 + 3 + 1);
}

/// A drip is never silent, so that only a limit on the whole try ends it.
#[tokio::test]
async fn an_answer_that_drips_is_given_up_after_the_time_of_each_try() {
    let pair = Pair::start();
    pair.sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::Drip(Before)).times(3));
    let start = Instant::now();

    let outcome = timeout(AT_MOST, notify(&pair.impatient())).await.expect("it ends");

    let begun = CloudAnswer { http_status: 200, code: None, message: String::new() };
    assert_eq!((outcome, pair.asked()), (Err(CloudRefusal::Unknown(Some(begun))), [2, 1]));
    let took = start.elapsed();
    // Three tries of 300 ms each, and no more for every byte.
    assert!((900..3_000).contains(&took.as_millis()), "{took:?}");
}

#[tokio::test]
async fn a_call_ends_within_its_time_out() {
    for injected in [InjectedFault::Timeout(Before), InjectedFault::Drip(Before)] {
        let pair = Pair::start();
        pair.sandbox.arm(FaultRule::new(PRIVATE, injected).times(3));
        let [attempt_timeout, timeout_of_all] = [1_500, 2_000].map(Duration::from_millis);
        let settings = Settings { attempt_timeout, timeout: timeout_of_all, ..pair.impatient() };
        let start = Instant::now();

        let refusal = timeout(AT_MOST, notify(&settings)).await.expect("it ends").unwrap_err();

        assert!(matches!(refusal, CloudRefusal::Unknown(_)), "{injected:?}: {refusal:?}");
        let took = start.elapsed();
        // Two whole tries would take 3,000.
        assert!((2_000..3_000).contains(&took.as_millis()), "{injected:?}: {took:?}");
        assert_eq!(pair.asked(), [1, 1], "{injected:?}");
    }
}
