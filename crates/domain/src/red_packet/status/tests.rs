use super::*;
use crate::red_packet::{DetailRefusal, Stage};

#[test]
fn causes_and_stages_have_the_words_of_the_contract() {
    assert_eq!(PublishRefusal::ToOneself.code(), "self_not_allowed");
    assert_eq!(PublishRefusal::BalanceTooLow.code(), "balance_too_low");
    assert_eq!(AcceptRefusal::NotFound.code(), "packet_not_found");
    assert_eq!(AcceptRefusal::NotYours.code(), DetailRefusal::NotYours.code());
    assert_eq!(DetailRefusal::NotFound.code(), "packet_not_found");
    assert_eq!([Stage::Expired, Stage::Refunded].map(Stage::as_str), ["expired", "refunded"]);
}
