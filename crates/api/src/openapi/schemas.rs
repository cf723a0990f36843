//! The types of both documents, by name.

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};

use super::glossary;
use crate::Described;

/// The types that a document refers to.
#[derive(Default)]
pub(super) struct Types(Map<String, Value>);

impl Types {
    /// Adds a type, and gives what refers to it.
    pub(super) fn add(&mut self, name: &str, schema: Value) -> Value {
        self.0.insert(name.to_owned(), schema);
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }

    /// Adds what is described by its type, and gives what refers to it. A list has no name of its own.
    pub(super) fn add_described(&mut self, described: Described) -> Value {
        for (name, schema) in described.others {
            self.add(&name, glossary::explained(value(schema)));
        }
        let schema = glossary::explained(value(described.schema));
        if schema["type"] == "object" { self.add(&described.name, schema) } else { schema }
    }

    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

/// Gives a description as JSON.
pub(super) fn value(schema: RefOr<Schema>) -> Value {
    let mut value = serde_json::to_value(schema).expect("a description is made of texts, numbers and lists");
    merge_inlined(&mut value);
    value
}

/// Puts the description of a member and its type together, where the type is inlined. The library writes them as two types that
/// must both hold, of which the second is an object.
fn merge_inlined(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(merge_inlined),
        Value::Object(members) => {
            members.values_mut().for_each(merge_inlined);
            let Some(Value::Array(both)) = members.get("allOf") else { return };
            let [Value::Object(inlined), Value::Object(told)] = both.as_slice() else { return };
            let (mut inlined, told) = (inlined.clone(), told.clone());
            inlined.extend(told.into_iter().filter(|(name, _)| name != "type"));
            members.remove("allOf");
            members.extend(inlined);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Describes a value where null cannot be written.
pub(super) fn without_null(schema: &Value) -> Value {
    let is_null = |value: &Value| value == "null" || value["type"] == "null";
    let mut schema = schema.clone();
    let Some(object) = schema.as_object_mut() else { return schema };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|kind| !is_null(kind));
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    for name in ["oneOf", "anyOf"] {
        let Some(Value::Array(choices)) = object.get_mut(name) else { continue };
        choices.retain(|choice| !is_null(choice));
        if let [Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            object.remove(name);
            object.extend(only);
        }
    }
    schema
}
