//! Groups: what the cloud is asked, and what its answers mean.

use std::num::NonZeroU32;

use hongbao_domain::{group::GroupName, id::GroupId, id::UserId, im_cloud::CloudRefusal};
use hongbao_ports::{CloudGroups, Lane, Turn};
use hongbao_rongcloud::{RongCloud, Settings};
use tokio::time::{Duration, Instant};

use crate::{
    cloud::{Answer, Cloud},
    fixture::{adapter, settings},
};

const GROUP: GroupId = GroupId::from_u128(0xa);

fn alice() -> UserId {
    "alice".parse().expect("an id")
}

fn name() -> GroupName {
    "群".repeat(65).parse().expect("a name")
}

#[derive(Debug, Clone, Copy)]
enum Ask {
    Create,
    Join,
    Quit,
    Dismiss,
}

async fn ask(adapter: &RongCloud, ask: Ask) -> Result<(), CloudRefusal> {
    let turn = Turn::grant();
    match ask {
        Ask::Create => adapter.create(turn, GROUP, &name(), alice()).await,
        Ask::Join => adapter.join(turn, GROUP, &name(), alice()).await,
        Ask::Quit => adapter.quit(turn, GROUP, alice()).await,
        Ask::Dismiss => adapter.dismiss(turn, GROUP, alice()).await,
    }
}

const ALL: [(Ask, &str, bool); 4] = [
    (Ask::Create, "/group/create.json", true),
    (Ask::Join, "/group/join.json", true),
    (Ask::Quit, "/group/quit.json", false),
    (Ask::Dismiss, "/group/dismiss.json", false),
];

#[tokio::test]
async fn each_call_names_the_group_and_the_user_and_at_most_64_characters_of_the_name() {
    for (wish, path, has_name) in ALL {
        let cloud = Cloud::start([], Answer::DONE).await;
        ask(&adapter(&settings(cloud.url(), None)), wish).await.unwrap();

        let [request] = cloud.requests().try_into().unwrap();
        assert_eq!(request.line, format!("POST {path} HTTP/1.1"));
        assert_eq!((request.field("groupId"), request.field("userId")), ("000000000000000000000A", "alice"));
        let sent = request.form.iter().find(|(key, _)| key == "groupName").map(|(_, value)| value.as_str());
        assert_eq!(sent, has_name.then_some("群".repeat(64).as_str()));
    }
}

#[tokio::test]
async fn each_call_is_repeated_while_nobody_knows_and_never_after_a_no() {
    for (wish, ..) in ALL {
        let cloud = Cloud::start([Answer::BROKEN, Answer::CUT], Answer::DONE).await;
        ask(&adapter(&settings(cloud.url(), None)), wish).await.unwrap();
        assert_eq!(cloud.requests().len(), 3, "{wish:?}");

        let cloud = Cloud::start([], Answer::REJECTED).await;
        let refusal = ask(&adapter(&settings(cloud.url(), None)), wish).await.unwrap_err();
        assert!(matches!(refusal, CloudRefusal::Rejected(Some(answer)) if answer.code == Some(1002)), "{wish:?}");
        assert_eq!(cloud.requests().len(), 1, "{wish:?}");

        let cloud = Cloud::start([], Answer::BROKEN).await;
        let refusal = ask(&adapter(&settings(cloud.url(), None)), wish).await.unwrap_err();
        assert!(matches!(refusal, CloudRefusal::Unknown(_)), "{wish:?}: {refusal:?}");
    }
}

#[tokio::test]
async fn a_full_group_is_a_definite_no() {
    let full = Answer::Says(405, r#"{"code":405,"errorMessage":"too many members"}"#);
    let cloud = Cloud::start([], full).await;
    let refusal = ask(&adapter(&settings(cloud.url(), None)), Ask::Join).await.unwrap_err();
    assert!(matches!(refusal, CloudRefusal::Rejected(Some(answer)) if answer.code == Some(405)));
}

#[tokio::test]
async fn the_members_are_listed_by_their_ids() {
    let list = Answer::Says(200, r#"{"code":200,"users":[{"id":"alice"},{"id":"stranger!"}]}"#);
    let cloud = Cloud::start([], list).await;
    let members = adapter(&settings(cloud.url(), None)).members(Turn::grant(), GROUP).await.unwrap();
    assert_eq!(members, ["alice", "stranger!"]);
    let [request] = cloud.requests().try_into().unwrap();
    assert_eq!(request.line, "POST /group/user/query.json HTTP/1.1");
    assert_eq!(request.field("groupId"), "000000000000000000000A");

    for garbage in [Answer::DONE, Answer::HTML] {
        let cloud = Cloud::start([], garbage).await;
        let refusal = adapter(&settings(cloud.url(), None)).members(Turn::grant(), GROUP).await.unwrap_err();
        assert!(matches!(refusal, CloudRefusal::Unknown(_)), "{refusal:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn replicas_share_the_calls_of_a_second() {
    let adapter = adapter(&Settings {
        groups_per_second: NonZeroU32::new(100),
        replicas: NonZeroU32::new(4).expect("more than zero"),
        ..settings("http://127.0.0.1:1".to_owned(), None)
    });
    let end = Instant::now() + Duration::from_secs(1);
    let turns = async |lane| {
        let mut turns = 0;
        while let Ok(turn) = CloudGroups::turn(&adapter, lane, end - Instant::now()).await {
            assert_eq!(turn.lane(), lane);
            turn.spend();
            turns += 1;
        }
        turns
    };
    let (requests, checks) = tokio::join!(turns(Lane::Request), turns(Lane::Background));
    assert!((19..=20).contains(&requests) && (4..=5).contains(&checks), "{requests} and {checks}");
}
