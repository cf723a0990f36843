//! The examples of both documents. Each file is one session with a fresh demo, from top to bottom; a test asks each request
//! and compares the answer.

use serde::Deserialize;
use serde_json::{Map, Value, json};

const IM: &str = include_str!("examples/im.json");
const ADMIN: &str = include_str!("examples/admin.json");

/// A request and its answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The operation, by its stable name: `msg_redpack_publish`.
    pub operation: String,
    /// The example's own name.
    pub name: String,
    /// What it shows, in English.
    english: String,
    /// What it shows, in Chinese.
    chinese: String,
    /// The bearer token of the request.
    pub token: String,
    /// The parts of the path that are chosen.
    #[serde(default)]
    pub path: Map<String, Value>,
    /// What is asked for, in the query or in the body.
    #[serde(default)]
    pub request: Map<String, Value>,
    /// The HTTP status.
    #[serde(default = "ok")]
    pub http_status: u16,
    /// The answer. Ids, times and tokens differ in each run; one that is repeated is the same.
    pub answer: Value,
}

const fn ok() -> u16 {
    200
}

/// Gives the examples of `im/*`, in the order in which they are asked.
pub fn im() -> Vec<Example> {
    read(IM)
}

/// Gives the examples of the admin API, in the order in which they are asked.
pub fn admin() -> Vec<Example> {
    read(ADMIN)
}

fn read(file: &str) -> Vec<Example> {
    serde_json::from_str(file).expect("the examples are of this form")
}

impl Example {
    /// Shows the request as a document does.
    pub(super) fn request_value(&self) -> Value {
        self.shown(&self.request.clone().into())
    }

    /// Shows the answer as a document does.
    pub(super) fn answer_value(&self) -> Value {
        self.shown(&self.answer)
    }

    fn shown(&self, value: &Value) -> Value {
        let mut shown = json!({ "value": value, "x-token": self.token });
        if let Some(object) = shown.as_object_mut() {
            let Self { english, chinese, .. } = self;
            object.insert("summary".to_owned(), english.as_str().into());
            object.insert("x-summary-zh".to_owned(), chinese.as_str().into());
        }
        shown
    }
}

/// Gives what the examples of an operation say in one parameter.
pub(super) fn of(examples: &[&Example], parameter: &str) -> Value {
    let said = examples.iter().filter_map(|example| {
        let value = example.path.get(parameter).or_else(|| example.request.get(parameter))?;
        Some((example.name.clone(), example.shown(value)))
    });
    said.collect::<Map<_, _>>().into()
}
