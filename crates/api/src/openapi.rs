//! The descriptions of both HTTP APIs by [OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.0), made from the catalogues and
//! the wire types: what is served and what is described cannot differ.
//!
//! Each document speaks both languages: where OpenAPI has a `summary` or a `description` in English, `x-summary-zh` or
//! `x-description-zh` beside it is Chinese. `x-statuses` lists every answer of an operation with its meaning.

mod admin;
mod examples;
mod frame;
mod glossary;
mod im;
mod language;
mod parameters;
mod schemas;
mod statuses;

pub use self::{
    admin::document as admin,
    examples::{Example, admin as admin_examples, im as im_examples},
    im::document as im,
};

#[cfg(test)]
mod tests;
