//! The methods of red packets.

mod accept;
mod detail;
mod publish;

pub use accept::{Accept, Accepted};
pub use detail::{Detail, DetailData};
pub use publish::{Publish, Published};

use crate::{Form, Parameter, Sentence};

const TRANSFER_ID: &str = "transfer_id";
const PACKET: Parameter =
    Parameter::text(TRANSFER_ID).required().of(Form::Transfer).about("The packet.", "红包交易ID。");
const TRANSFER_ID_MISSING: Sentence =
    Sentence { english: "The transfer id is missing.", chinese: "红包交易ID为空。" };
const TRANSFER_ID_MALFORMED: Sentence =
    Sentence { english: "The transfer id is not valid.", chinese: "红包交易ID格式错误。" };
const PACKET_NOT_FOUND: Sentence = Sentence { english: "There is no such red packet.", chinese: "红包不存在。" };
