//! Both documents say all that is served, in both languages.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{admin, admin_examples, im, im_examples};
use crate::{Endpoint, Fields, METHODS, Parameter, admin::ADMIN_METHODS, fields, for_each_method};

/// The contract, by method: the statuses that come with HTTP 200.
const CONTRACT: [(&str, &[u64]); 13] = [
    ("/im/get_token", &[0, 2, 3]),
    ("/im/refresh", &[0, 2, 3]),
    ("/im/user_info", &[0, 2, 3]),
    ("/im/msg_private_publish", &[0, 2, 3, 110]),
    ("/im/group_create", &[0, 1, 2, 3, 4]),
    ("/im/group_join", &[0, 1, 2, 3, 4, 5]),
    ("/im/msg_redpack_publish", &[0, 1, 2, 3, 4, 5, 6, 7, 110, 111]),
    ("/im/msg_redpack_accept", &[0, 1, 2, 3, 4, 5]),
    ("/im/friend_add", &[0, 1, 2, 3, 4, 5, 6]),
    ("/im/friend_list", &[0, 1, 2]),
    ("/im/friend_delete", &[0, 1, 2, 3]),
    ("/im/asset_list", &[0, 2]),
    ("/im/msg_redpack_detail", &[0, 1, 2, 4, 5]),
];

fn both() -> [Value; 2] {
    [im("1"), admin("1")]
}

/// All objects of a document, with the names that lead to them.
fn objects<'value>(value: &'value Value, path: &str, found: &mut Vec<(String, &'value Value)>) {
    match value {
        Value::Object(members) => {
            found.push((path.to_owned(), value));
            for (name, member) in members {
                objects(member, &format!("{path}/{}", name.replace('/', "~1")), found);
            }
        }
        Value::Array(values) => {
            for (number, value) in values.iter().enumerate() {
                objects(value, &format!("{path}/{number}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn all(document: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    objects(document, "", &mut found);
    found
}

/// The operations of a document, by their ids.
fn operations(document: &Value) -> BTreeMap<&str, &Value> {
    let paths = document["paths"].as_object().expect("there are paths").values();
    let operations = paths.flat_map(|verbs| verbs.as_object().expect("there are verbs").values());
    operations.map(|operation| (operation["operationId"].as_str().expect("it has an id"), operation)).collect()
}

#[test]
fn each_method_is_described_for_the_http_methods_that_it_is_served_for() {
    let (im, admin) = (im("1"), admin("1"));
    for method in METHODS {
        let verbs: Vec<_> = im["paths"][method.path].as_object().expect("it is there").keys().collect();
        assert_eq!(verbs, if method.is_read { vec!["get", "post"] } else { vec!["post"] }, "{}", method.path);
    }
    let operations = operations(&admin);
    assert_eq!(operations.len(), ADMIN_METHODS.len());
    for method in ADMIN_METHODS {
        let verb = method.method.as_str().to_ascii_lowercase();
        assert_eq!(admin["paths"][method.path][verb], *operations[method.name]);
    }
}

#[test]
fn each_method_has_exactly_the_statuses_of_the_contract() {
    let im = im("1");
    assert_eq!(CONTRACT.len(), METHODS.len());
    for (path, statuses) in CONTRACT {
        let operation = &im["paths"][path]["post"];
        let choices = operation["responses"]["200"]["content"]["application/json"]["schema"]["oneOf"].as_array();
        let status = |choice: &Value| {
            let name = choice["$ref"].as_str().and_then(|name| name.rsplit('/').next()).expect("it has a name");
            im["components"]["schemas"][name]["properties"]["status"]["const"].as_u64().expect("it is a number")
        };
        let described: BTreeSet<_> = choices.expect("there are several").iter().map(status).collect();
        assert_eq!(described, statuses.iter().copied().collect(), "{path}");
        let rows = operation["x-statuses"].as_array().expect("they are listed");
        let listed = rows.iter().filter(|row| row["http_status"] == 200).filter_map(|row| row["status"].as_u64());
        assert_eq!(listed.collect::<BTreeSet<_>>(), described, "{path}");
    }
}

#[test]
fn what_is_said_in_english_is_said_in_chinese() {
    for document in both() {
        for (path, object) in all(&document) {
            // Of a type and of an HTTP status there is no more than a name to say; examples say anything.
            let words: Vec<_> = path.split('/').collect();
            let is_one_of = words.iter().rev().nth(1) == Some(&"oneOf");
            let is_type = is_one_of || words.last() == Some(&"items") || (words.len() == 4 && words[2] == "schemas");
            let is_response = words.iter().rev().nth(1) == Some(&"responses");
            let is_value = words.contains(&"value") || words.last() == Some(&"properties");
            if is_type || is_response || is_value {
                continue;
            }
            for name in ["summary", "description", "meaning"] {
                let (english, chinese) = (&object[name], &object[format!("x-{name}-zh")]);
                if english.is_null() && chinese.is_null() {
                    continue;
                }
                let (Some(english), Some(chinese)) = (english.as_str(), chinese.as_str()) else {
                    panic!("{path} says only one of {english} and {chinese}");
                };
                assert!(!english.is_empty() && !chinese.is_ascii(), "{path}: {english} {chinese}");
            }
            if words.iter().rev().nth(1) == Some(&"properties") && !path.contains("/data/") {
                let told = object["x-description-zh"].is_string() || matches!(words.last(), Some(&("data" | "status")));
                assert!(told, "{path} is not explained");
            }
        }
    }
}

#[test]
fn what_is_referred_to_is_there() {
    for document in both() {
        for (path, object) in all(&document) {
            if let Some(target) = object["$ref"].as_str() {
                let target = target.strip_prefix('#').expect("it is in the document");
                assert!(document.pointer(target).is_some(), "{path} refers to {target}");
            }
            assert_eq!(object.get("allOf"), None, "{path} is two types at once");
        }
    }
}

/// What has to wait until an event was told, or an endpoint has settled: its example is a refusal.
const LATER: [&str; 4] = ["outbox_drop", "outbox_retry", "webhook_remove", "webhook_replay_event"];

#[test]
fn each_operation_shows_a_request_and_its_answers() {
    for (document, examples) in [(im("1"), im_examples()), (admin("1"), admin_examples())] {
        let operations = operations(&document);
        for example in &examples {
            assert!(operations.contains_key(example.operation.as_str()), "{}", example.operation);
        }
        for (id, operation) in operations {
            let id = id.trim_end_matches("_by_get");
            let own = examples.iter().filter(|example| example.operation == id);
            let done = own.clone().filter(|example| example.http_status == 200).count();
            let is_shown = if LATER.contains(&id) { own.clone().count() > 0 } else { done > 0 };
            assert!(is_shown, "{id} has no example that is answered");
            for example in own {
                let response = &operation["responses"][example.http_status.to_string()]["content"];
                let mut contents = response.as_object().expect("it is described").values();
                assert!(contents.all(|content| content["examples"][&example.name]["value"] == example.answer), "{id}");
            }
        }
    }
}

/// Whether a request with these parameters is read.
fn is_read<E: Endpoint>(parameters: &[(&str, &str)]) -> bool {
    let value = |(name, text): &(&str, &str)| ((*name).to_owned(), fields::Value::Text((*text).to_owned()));
    E::read(&parameters.iter().map(value).collect::<Fields>()).is_ok()
}

fn check_required<E: Endpoint>() {
    let examples = im_examples();
    let name = E::PATH.trim_start_matches("/im/");
    let example = examples.iter().find(|example| example.operation == name).expect("it has an example");
    let sent: Vec<_> = example.request.iter().map(|(name, value)| (&**name, value.as_str().unwrap())).collect();
    assert!(is_read::<E>(&sent), "{name}");
    for Parameter { name: parameter, is_required, .. } in E::PARAMETERS {
        let others: Vec<_> = sent.iter().copied().filter(|(name, _)| name != parameter).collect();
        assert_eq!(is_read::<E>(&others), !is_required, "{name} without {parameter}");
    }
}

#[test]
fn what_is_described_as_required_is_what_no_request_may_leave_out() {
    macro_rules! check {
        ($($endpoint:ty),* $(,)?) => { $(check_required::<$endpoint>();)* };
    }
    for_each_method!(check);
}
