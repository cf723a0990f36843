//! Every topic is explained in every language, and nothing else is.

mod documented;

use std::{collections::BTreeSet, convert::Infallible, iter::successors};

use hongbao_domain::{
    friend::{AddFriendRefusal, DeleteFriendRefusal, ListFriendsRefusal},
    group::{CreateRefusal, JoinRefusal},
    id::TransferId,
    im_cloud::CloudRefusal,
    message::SendRefusal,
    money::{Amount, Money, Scale},
    profile::RefreshRefusal,
    red_packet::{AcceptRefusal, DetailRefusal, PacketRef, PublishRefusal, Receipt, Remark},
    time::Timestamp,
};

use super::{chinese, detail, english};
use crate::{
    Denial, Endpoint, FailureKind, Invalid, Language, Refusal,
    asset::ListAssets,
    friend::{AddFriend, DeleteFriend, ListFriends},
    group::{Create, Join},
    message,
    profile::{GetToken, Refresh, UserInfo},
    red_packet::{Accept, Detail, Publish},
};

fn after_cloud(refusal: &CloudRefusal) -> Option<CloudRefusal> {
    match refusal {
        CloudRefusal::Rejected(_) => Some(CloudRefusal::Unknown(None)),
        CloudRefusal::Unknown(_) => Some(CloudRefusal::Busy),
        CloudRefusal::Busy => None,
    }
}

fn after_publish(refusal: &PublishRefusal) -> Option<PublishRefusal> {
    use PublishRefusal::*;
    Some(match refusal {
        ReceiverMissing => ReceiverMalformed,
        ReceiverMalformed => CoinMissing,
        CoinMissing => CoinMalformed,
        CoinMalformed => AmountMissing,
        AmountMissing => AmountMalformed,
        AmountMalformed => AmountNotPositive,
        AmountNotPositive => AmountTooPrecise,
        AmountTooPrecise => AmountBelowMinimum,
        AmountBelowMinimum => AmountAboveMaximum,
        AmountAboveMaximum => ToOneself,
        ToOneself => ReceiverNotFound,
        ReceiverNotFound => CoinNotHeld,
        CoinNotHeld => BalanceTooLow,
        BalanceTooLow => ImCloud(CloudRefusal::Rejected(None)),
        ImCloud(refusal) => return after_cloud(refusal).map(ImCloud),
    })
}

fn after_accept(refusal: &AcceptRefusal) -> Option<AcceptRefusal> {
    use AcceptRefusal::*;
    Some(match refusal {
        TransferIdMissing => TransferIdMalformed,
        TransferIdMalformed => NotFound,
        NotFound => Expired,
        Expired => Cancelled,
        Cancelled => ClaimedByYou(receipt()),
        ClaimedByYou(_) => AllTaken,
        AllTaken => NotYours,
        NotYours => ImCloud(CloudRefusal::Rejected(None)),
        ImCloud(refusal) => return after_cloud(refusal).map(ImCloud),
    })
}

fn after_look(refusal: DetailRefusal) -> Option<DetailRefusal> {
    use DetailRefusal::*;
    Some(match refusal {
        TransferIdMissing => TransferIdMalformed,
        TransferIdMalformed => NotFound,
        NotFound => NotYours,
        NotYours => return None,
    })
}

fn look() -> impl Iterator<Item = DetailRefusal> {
    successors(Some(DetailRefusal::TransferIdMissing), |refusal| after_look(*refusal))
}

fn after_add_friend(refusal: AddFriendRefusal) -> Option<AddFriendRefusal> {
    use AddFriendRefusal::*;
    Some(match refusal {
        UserIdMissing => UserIdMalformed,
        UserIdMalformed => Oneself,
        Oneself => UserNotFound,
        UserNotFound => AlreadyFriends,
        AlreadyFriends => CannotBeAdded,
        CannotBeAdded => TooManyFriends,
        TooManyFriends => return None,
    })
}

fn add_friend() -> impl Iterator<Item = AddFriendRefusal> {
    successors(Some(AddFriendRefusal::UserIdMissing), |refusal| after_add_friend(*refusal))
}

fn after_delete_friend(refusal: DeleteFriendRefusal) -> Option<DeleteFriendRefusal> {
    use DeleteFriendRefusal::*;
    Some(match refusal {
        UserIdMissing => UserIdMalformed,
        UserIdMalformed => NotAFriend,
        NotAFriend => return None,
    })
}

fn delete_friend() -> impl Iterator<Item = DeleteFriendRefusal> {
    successors(Some(DeleteFriendRefusal::UserIdMissing), |refusal| after_delete_friend(*refusal))
}

fn after_create(refusal: &CreateRefusal) -> Option<CreateRefusal> {
    use CreateRefusal::*;
    Some(match refusal {
        NameMissing => NameMalformed,
        NameMalformed => Database,
        Database => ImCloud(CloudRefusal::Rejected(None)),
        ImCloud(refusal) => return after_cloud(refusal).map(ImCloud),
    })
}

fn after_join(refusal: &JoinRefusal) -> Option<JoinRefusal> {
    use JoinRefusal::*;
    Some(match refusal {
        IdMissing => IdMalformed,
        IdMalformed => NotFound,
        NotFound => AlreadyMember,
        AlreadyMember => ImCloud(CloudRefusal::Rejected(None)),
        ImCloud(refusal) => return after_cloud(refusal).map(ImCloud),
    })
}

fn after_refresh(refusal: &RefreshRefusal) -> Option<RefreshRefusal> {
    after_cloud(&refusal.0).map(RefreshRefusal)
}

fn after_send(refusal: &SendRefusal) -> Option<SendRefusal> {
    use SendRefusal::*;
    Some(match refusal {
        ObjectNameReserved => ReceiverNotFound,
        ReceiverNotFound => ImCloud(CloudRefusal::Rejected(None)),
        ImCloud(refusal) => return after_cloud(refusal).map(ImCloud),
    })
}

fn after_invalid(invalid: Invalid) -> Option<Invalid> {
    use Invalid::*;
    Some(match invalid {
        UnknownPath => MethodNotAllowed,
        MethodNotAllowed => MediaType,
        MediaType => ContentTypeMissing,
        ContentTypeMissing => ContentTypeRepeated,
        ContentTypeRepeated => Charset,
        Charset => ContentEncoding,
        ContentEncoding => TooLarge,
        TooLarge => Incomplete,
        Incomplete => TooSlow,
        TooSlow => Query,
        Query => QueryNotUtf8,
        QueryNotUtf8 => Form,
        Form => BodyNotUtf8,
        BodyNotUtf8 => Multipart,
        Multipart => MultipartBoundary,
        MultipartBoundary => MultipartName,
        MultipartName => MultipartFile,
        MultipartFile => Json,
        Json => JsonNotObject,
        JsonNotObject => JsonTooDeep,
        JsonTooDeep => Missing("x"),
        Missing(_) => Reserved("x"),
        Reserved(_) => Ambiguous("x"),
        Ambiguous(_) => NotText("x"),
        NotText(_) => LoneSurrogate("x"),
        LoneSurrogate(_) => TooLong("x"),
        TooLong(_) => IllegalCharacter("x"),
        IllegalCharacter(_) => return None,
    })
}

fn after_broken(broken: FailureKind) -> Option<FailureKind> {
    match broken {
        FailureKind::Internal => Some(FailureKind::Unavailable),
        FailureKind::Unavailable => Some(FailureKind::Unresolved),
        FailureKind::Unresolved => None,
    }
}

fn receipt() -> Box<Receipt> {
    let (sender, coin) = ("alice".parse().unwrap(), "CNY".parse().unwrap());
    Box::new(Receipt {
        packet: PacketRef { id: TransferId::from_u128(1), sender, coin },
        taker: "bob".parse().unwrap(),
        money: Money { coin, scale: Scale::new(2).unwrap(), amount: Amount::from_minor(1).unwrap() },
        remark: Remark::default(),
        claimed_at: Timestamp::from_micros(0),
    })
}

/// A refusal as the wire shows it, and who answers it.
struct Said {
    /// The path of the method; empty where any method may answer so.
    path: &'static str,
    status: u16,
    code: &'static str,
    topic: &'static str,
}

fn of<E: Endpoint>(refusals: impl IntoIterator<Item = E::Refusal>) -> Vec<Said> {
    let said = |refusal: E::Refusal| match refusal.invalid() {
        Some(invalid) => of_any(&Denial::Invalid(invalid)),
        None => Said { path: E::PATH, status: refusal.status(), code: Refusal::code(&refusal), topic: refusal.topic() },
    };
    refusals.into_iter().map(said).collect()
}

fn of_any(denial: &Denial<Infallible>) -> Said {
    Said { path: "", status: denial.status(), code: denial.code(), topic: denial.topic() }
}

fn cloud() -> impl Iterator<Item = CloudRefusal> {
    successors(Some(CloudRefusal::Rejected(None)), after_cloud)
}

/// Everything that is not status 0.
fn all() -> Vec<Said> {
    let invalid = successors(Some(Invalid::UnknownPath), |invalid| after_invalid(*invalid)).map(Denial::Invalid);
    let broken = successors(Some(FailureKind::Internal), |broken| after_broken(*broken))
        .map(|kind| Denial::Failed { kind, transfer_id: None });
    let any = invalid.chain(broken).chain([Denial::NotLoggedIn, Denial::RateLimited]);
    [
        of::<GetToken>(cloud()),
        of::<UserInfo>(cloud()),
        of::<Refresh>(cloud().map(RefreshRefusal)),
        of::<message::Publish>(successors(Some(SendRefusal::ObjectNameReserved), after_send)),
        of::<Create>(successors(Some(CreateRefusal::NameMissing), after_create)),
        of::<Join>(successors(Some(JoinRefusal::IdMissing), after_join)),
        of::<Publish>(successors(Some(PublishRefusal::ReceiverMissing), after_publish)),
        of::<Accept>(successors(Some(AcceptRefusal::TransferIdMissing), after_accept)),
        of::<AddFriend>(add_friend()),
        of::<DeleteFriend>(delete_friend()),
        of::<ListFriends>([ListFriendsRefusal::Empty]),
        of::<ListAssets>([]),
        of::<Detail>(look()),
        any.map(|denial| of_any(&denial)).collect(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn topics() -> BTreeSet<&'static str> {
    all().into_iter().map(|said| said.topic).collect()
}

#[test]
fn every_topic_has_one_sentence_in_each_language_and_no_sentence_is_left_over() {
    for sentences in [english::SENTENCES, chinese::SENTENCES] {
        let explained: BTreeSet<&str> = sentences.iter().map(|(topic, _)| *topic).collect();
        assert_eq!(explained.len(), sentences.len(), "a topic is explained twice");
        assert_eq!(explained, topics());
    }
}

#[test]
fn the_languages_tell_the_same_things_in_the_same_order() {
    for (english, chinese) in english::SENTENCES.iter().zip(chinese::SENTENCES) {
        assert_eq!(english.0, chinese.0);
        assert_eq!(english.1.contains("{parameter}"), chinese.1.contains("{parameter}"), "{}", english.0);
        assert!(english.1.is_ascii() && english.1.ends_with('.'), "{}", english.1);
        assert!(!chinese.1.is_ascii() && chinese.1.ends_with('。'), "{}", chinese.1);
    }
}

#[test]
fn a_sentence_names_the_parameter() {
    let detail = detail(Language::English, Invalid::TooLong("content").topic(), Some("content"));
    assert_eq!(detail, "The parameter content is too long.");
}

#[test]
fn the_wire_shows_the_numbers_of_the_domain() {
    for refusal in successors(Some(PublishRefusal::ReceiverMissing), after_publish) {
        let status = Refusal::status(&refusal);
        assert!(matches!(status, 1 | 3..=7 | 110 | 111), "{refusal:?} is {status}");
        assert_eq!(Refusal::is_retryable(&refusal), status == 3, "{refusal:?}");
    }
    for refusal in successors(Some(AcceptRefusal::TransferIdMissing), after_accept) {
        let status = Refusal::status(&refusal);
        assert!(matches!(status, 1 | 3..=5), "{refusal:?} is {status}");
        assert_eq!(Refusal::is_retryable(&refusal), status == 3, "{refusal:?}");
    }
    for refusal in look() {
        let status = Refusal::status(&refusal);
        assert!(matches!(status, 1 | 4 | 5), "{refusal:?} is {status}");
        assert!(!Refusal::is_retryable(&refusal), "{refusal:?}");
    }
    for refusal in add_friend() {
        let status = Refusal::status(&refusal);
        assert!(matches!(status, 1 | 3..=6), "{refusal:?} is {status}");
        // 3 is of ours here: no such user. Nothing failed that could pass.
        assert!(!Refusal::is_retryable(&refusal), "{refusal:?}");
    }
    for refusal in delete_friend() {
        let status = Refusal::status(&refusal);
        assert!(matches!(status, 1 | 3), "{refusal:?} is {status}");
        assert!(!Refusal::is_retryable(&refusal), "{refusal:?}");
    }
    assert_eq!(Refusal::status(&ListFriendsRefusal::Empty), 1);
    for refusal in successors(Some(CreateRefusal::NameMissing), after_create) {
        let status = Refusal::status(&refusal);
        assert!(matches!(status, 1 | 3 | 4), "{refusal:?} is {status}");
        assert_eq!(Refusal::is_retryable(&refusal), matches!(status, 3 | 4), "{refusal:?}");
    }
    for refusal in successors(Some(JoinRefusal::IdMissing), after_join) {
        let status = Refusal::status(&refusal);
        assert!(matches!(status, 1 | 3..=5), "{refusal:?} is {status}");
        assert_eq!(Refusal::is_retryable(&refusal), status == 3, "{refusal:?}");
    }
    for refusal in successors(Some(RefreshRefusal(CloudRefusal::Rejected(None))), after_refresh) {
        assert_eq!((Refusal::status(&refusal), refusal.is_retryable()), (3, true), "{refusal:?}");
    }
    for refusal in successors(Some(SendRefusal::ObjectNameReserved), after_send) {
        let status = Refusal::status(&refusal);
        assert!(matches!(status, 3 | 100 | 110), "{refusal:?} is {status}");
        let is_definite = !matches!(refusal, SendRefusal::ImCloud(CloudRefusal::Unknown(_)));
        assert_eq!(Refusal::is_retryable(&refusal), status == 3 && is_definite, "{refusal:?}");
        assert_eq!(refusal.invalid().is_some(), status == 100, "{refusal:?}");
    }
}
