//! The examples of the documents are true: each request is asked of a fresh demo, from top to bottom, and answered so.

use std::net::SocketAddr;

use form_urlencoded::Serializer;
use hongbao_api::{
    METHODS,
    admin::ADMIN_METHODS,
    openapi::{self, Example},
};
use serde_json::{Map, Value};

use super::likeness::Names;
use crate::harness::{Folder, request};

const JSON: &str = "Content-Type: application/json";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

/// A request as it is sent.
struct Sent {
    verb: &'static str,
    path: String,
    body: Option<(&'static str, String)>,
}

/// Asks each request and compares its answer, with other ids, times, tokens and names of messages.
#[track_caller]
fn replay(address: SocketAddr, examples: Vec<Example>, write: impl Fn(&Example) -> Sent) {
    let mut names = Names::default();
    for mut example in examples {
        for value in example.path.values_mut().chain(example.request.values_mut()) {
            if let Value::String(text) = value {
                *text = names.in_real_life(text);
            }
        }
        let Sent { verb, path, body } = write(&example);
        let bearer = format!("Authorization: Bearer {}", example.token);
        let (media_type, body) = body.unwrap_or((JSON, String::new()));
        let answer = request(address, verb, &path, &[&bearer, media_type], &body).expect("the server answers");
        let what = format!("{} {}", example.operation, example.name);
        assert_eq!(answer.http_status, example.http_status, "{what}: {}", answer.body);
        match example.answer.as_str() {
            // It is no JSON.
            Some(table) => names.assert_alike(table, &answer.text, &what),
            None => names.assert_alike(&example.answer.to_string(), &answer.body.to_string(), &what),
        }
    }
}

fn encoded(members: &Map<String, Value>) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let pairs = members.iter().map(|(name, value)| (name, text(value)));
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn with_query(path: &str, members: &Map<String, Value>) -> String {
    if members.is_empty() { path.to_owned() } else { format!("{path}?{}", encoded(members)) }
}

#[test]
fn the_examples_of_im_are_answered_so_as_json() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    replay(demo.http, openapi::im_examples(), |example| Sent {
        verb: "POST",
        path: format!("/im/{}", example.operation),
        body: Some((JSON, Value::from(example.request.clone()).to_string())),
    });
}

#[test]
fn the_examples_of_im_are_answered_so_as_forms_and_queries() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    replay(demo.http, openapi::im_examples(), |example| {
        let path = format!("/im/{}", example.operation);
        let method = METHODS.iter().find(|method| method.path == path).expect("it is a method");
        if method.is_read {
            Sent { verb: "GET", path: with_query(&path, &example.request), body: None }
        } else {
            Sent { verb: "POST", path, body: Some((FORM, encoded(&example.request))) }
        }
    });
}

#[test]
fn the_examples_of_the_admin_api_are_answered_so() {
    let folder = Folder::new();
    let demo = folder.demo(&["metrics.audit_interval=off"]);
    demo.publish();
    replay(demo.admin, openapi::admin_examples(), |example| {
        let method = ADMIN_METHODS.iter().find(|method| method.name == example.operation).expect("it is an endpoint");
        let part = |path: String, (name, value): (&String, &Value)| {
            path.replace(&format!("{{{name}}}"), value.as_str().expect("a part of a path is a text"))
        };
        let path = example.path.iter().fold(method.path.to_owned(), part);
        let verb = method.method.as_str();
        if method.method.has_body() {
            Sent { verb, path, body: Some((JSON, Value::from(example.request.clone()).to_string())) }
        } else {
            Sent { verb, path: with_query(&path, &example.request), body: None }
        }
    });
}
