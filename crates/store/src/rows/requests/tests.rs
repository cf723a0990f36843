//! Requests as rows and back.

use hongbao_domain::{friend::DeleteFriendRefusal, id::GroupId, store::Answer};

use super::*;

fn request(state: RequestState) -> Request {
    let name = RequestName {
        user: "alice".parse().unwrap(),
        method: "im/group_join".parse().unwrap(),
        key: "k1".parse().unwrap(),
    };
    Request { name, fingerprint: [7; 32], state, begun_at: Timestamp::from_micros(9) }
}

#[test]
fn each_kind_of_work_comes_back_as_it_was() {
    let user = "alice".parse().unwrap();
    let packet = PacketRef {
        id: "0000000000000000000001".parse().unwrap(),
        sender: "bob".parse().unwrap(),
        coin: "CNY".parse().unwrap(),
    };
    let group = GroupId::from_u128(3);
    for work in [
        Work::Packet(packet),
        Work::Claim(packet, 4),
        Work::Group(group),
        Work::Join(JoinRef { group, user, fence: 5 }),
        Work::Message(CommandId::from_u128(6)),
        Work::Refresh(CommandId::from_u128(u128::MAX)),
    ] {
        let running = request(RequestState::Running { work, lease_until: Timestamp::from_micros(10) });
        assert_eq!(Request::try_from(RequestRow::from(&running)), Ok(running));
    }
    assert!(work("packet x", user).is_err());
}

#[test]
fn a_final_request_has_the_contract_s_number_and_one_that_is_neither_is_refused() {
    let refused = request(RequestState::Final(Answer::DeleteFriend(Err(DeleteFriendRefusal::NotAFriend))));
    let row = RequestRow::from(&refused);
    assert_eq!((row.status, row.outcome.as_deref()), (Some(3), Some(r#"{"delete_friend_refused":"not_a_friend"}"#)));
    let neither = RequestRow { outcome: None, ..row.clone() };
    assert_eq!(Request::try_from(row), Ok(refused));
    assert!(Request::try_from(neither).is_err());
}
