//! What an operation of `im/*` may answer beside status 0.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use serde_json::{Map, Value, json};

use super::{
    language::{described, say, say_both},
    schemas::{Types, value},
};
use crate::{Beside, Every, Invalid, Outcome, Sentence, catalogue::describe, red_packet::Accepted};

/// What status 100 means; its `detail` says which of the causes it is.
const INVALID: Sentence = Sentence {
    english: "The request cannot be read; `detail` names the one cause, of those in `x-invalid-requests`.",
    chinese: "请求无法识别，detail给出具体原因，全部原因见x-invalid-requests。",
};

/// What status 0 means.
const DONE: Sentence = Sentence { english: "Done.", chinese: "成功。" };

/// Lists all answers: for programs, and as a table in each language for people.
pub(super) fn list(operation: &mut Map<String, Value>, outcomes: &[Outcome]) {
    let rows = rows(outcomes);
    let listed: Vec<_> = rows.iter().map(Row::to_value).collect();
    operation.insert("x-statuses".to_owned(), listed.into());
    let (mut english, mut chinese) = (String::new(), String::new());
    table(&mut english, "| status | HTTP | code | meaning |", rows.iter().map(|row| (row, row.meaning.english)));
    table(&mut chinese, "| status | HTTP | code | 含义 |", rows.iter().map(|row| (row, row.meaning.chinese)));
    say_both(operation, "description", english, chinese);
}

fn table<'row>(text: &mut String, title: &str, rows: impl Iterator<Item = (&'row Row, &'static str)>) {
    text.push_str(title);
    text.push_str("\n|---|---|---|---|\n");
    for (Row { status, http_status, code, .. }, meaning) in rows {
        let code = code.map(|code| format!("`{code}`")).unwrap_or_default();
        let written = writeln!(text, "| {status} | {http_status} | {code} | {meaning} |");
        written.expect("a text takes all that is written");
    }
}

/// One line of the list.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    status: u16,
    http_status: u16,
    /// None for status 0.
    code: Option<&'static str>,
    meaning: Sentence,
    is_retryable: bool,
}

impl Row {
    fn to_value(&self) -> Value {
        let mut row = json!({ "status": self.status, "http_status": self.http_status });
        if let Some(object) = row.as_object_mut() {
            if let Some(code) = self.code {
                object.insert("code".to_owned(), code.into());
                object.insert("retryable".to_owned(), self.is_retryable.into());
            }
            say(object, "meaning", self.meaning);
        }
        row
    }
}

fn rows(outcomes: &[Outcome]) -> BTreeSet<Row> {
    let done = Row { status: 0, http_status: 200, code: None, meaning: DONE, is_retryable: false };
    let rows = outcomes.iter().map(|outcome| Row {
        status: outcome.status,
        http_status: outcome.http_status,
        code: Some(outcome.code),
        meaning: meaning(outcome),
        is_retryable: outcome.is_retryable,
    });
    rows.chain([done]).collect()
}

const fn meaning(outcome: &Outcome) -> Sentence {
    match outcome.beside {
        Beside::AnyParameter => INVALID,
        Beside::Nothing | Beside::Parameter(_) | Beside::ImCloud | Beside::Receipt | Beside::Packet => outcome.meaning,
    }
}

/// Lists the causes of status 100.
pub(super) fn invalid_requests() -> Value {
    let cause = |invalid: Invalid| {
        let mut cause = json!({ "http_status": invalid.http_status() });
        if let Some(object) = cause.as_object_mut() {
            say(object, "meaning", invalid.sentence());
        }
        cause
    };
    Invalid::every().map(cause).collect::<Vec<_>>().into()
}

/// Describes the envelopes of an operation by their HTTP statuses. `name` begins the names of its types.
pub(super) fn envelopes(name: &str, outcomes: &[Outcome], types: &mut Types) -> BTreeMap<u16, Vec<Value>> {
    let mut grouped: BTreeMap<(u16, u16), Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        grouped.entry((outcome.http_status, outcome.status)).or_default().push(outcome);
    }
    let mut by_http_status: BTreeMap<u16, Vec<Value>> = BTreeMap::new();
    for ((http_status, status), outcomes) in grouped {
        let schema = envelope(status, &outcomes, types);
        // What each operation answers alike has one type.
        let own = if http_status == 200 && status != 2 { name } else { "Status" };
        by_http_status.entry(http_status).or_default().push(types.add(&format!("{own}{status}"), schema));
    }
    by_http_status
}

fn envelope(status: u16, outcomes: &[&Outcome], types: &mut Types) -> Value {
    let codes: BTreeSet<_> = outcomes.iter().map(|outcome| outcome.code).collect();
    let mut properties = json!({
        "code": { "type": "string", "enum": codes },
        "detail": { "type": "string" },
        "retryable": { "type": "boolean" },
    });
    if let Some(properties) = properties.as_object_mut() {
        say_of(properties, "code", "The stable name of the cause, never translated.", "原因的固定名称，不翻译。");
        say_of(properties, "detail", "One sentence for people.", "给人看的一句话。");
        say_of(
            properties,
            "retryable",
            "Whether the very same request may be sent again without harm and may succeed.",
            "同一请求是否可以安全地重试，并且可能成功。",
        );
        for outcome in outcomes {
            beside(properties, outcome.beside, types);
        }
    }
    let mut number = json!({ "type": "integer", "const": status });
    if let Some(number) = number.as_object_mut() {
        let meanings: BTreeSet<_> = outcomes.iter().map(|outcome| meaning(outcome)).collect();
        let english: Vec<_> = meanings.iter().map(|meaning| meaning.english).collect();
        let chinese: Vec<_> = meanings.iter().map(|meaning| meaning.chinese).collect();
        say_both(number, "description", english.join(" "), chinese.concat());
    }
    json!({
        "type": "object",
        "required": ["status", "data"],
        "properties": {
            "status": number,
            "data": { "type": "object", "required": ["code", "detail", "retryable"], "properties": properties },
        },
    })
}

fn say_of(properties: &mut Map<String, Value>, name: &str, english: &'static str, chinese: &'static str) {
    if let Some(Value::Object(property)) = properties.get_mut(name) {
        say(property, "description", Sentence { english, chinese });
    }
}

/// Adds what the data may have beside the code.
fn beside(properties: &mut Map<String, Value>, beside: Beside, types: &mut Types) {
    match beside {
        Beside::Nothing => {}
        Beside::Parameter(_) | Beside::AnyParameter => {
            properties.insert("parameter".to_owned(), json!({ "type": "string" }));
            say_of(properties, "parameter", "The parameter at fault, where it is one.", "出错的参数（若有）。");
        }
        Beside::ImCloud => {
            properties.insert("im_cloud".to_owned(), im_cloud(types));
        }
        Beside::Receipt => {
            let receipt = super::glossary::explained(value(describe::<Accepted>().schema));
            if let Value::Object(receipt) = receipt["properties"].clone() {
                properties.extend(receipt);
            }
        }
        Beside::Packet => {
            properties.insert("transfer_id".to_owned(), json!({ "type": "string" }));
            say_of(properties, "transfer_id", "The packet, where one was begun.", "红包交易ID（若已开始发送或领取）。");
        }
    }
}

fn im_cloud(types: &mut Types) -> Value {
    let schema = json!({
        "type": "object",
        "description": "What the IM cloud answered, where it did.",
        "x-description-zh": "融云服务器的响应（若有）。",
        "required": ["http_status", "code", "message"],
        "properties": {
            "http_status": described(json!({ "type": "integer" }), Sentence {
                english: "Its HTTP status.",
                chinese: "其HTTP状态。",
            }),
            "code": described(json!({ "type": ["integer", "null"] }), Sentence {
                english: "Its own code; null where it gave none.",
                chinese: "其返回码；没有则为null。",
            }),
            "message": described(json!({ "type": "string" }), Sentence {
                english: "Its words.",
                chinese: "其说明。",
            }),
        },
    });
    types.add("ImCloudAnswer", schema)
}
