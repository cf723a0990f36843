//! Endpoints of the app's backend that are told what happens.

mod endpoint;
mod manage;

pub use endpoint::{Endpoint, FormerSecret, ParseWebhookUrlError, WebhookSecret, WebhookUrl};
pub use manage::{
    AddEndpoint, AddEndpointRefusal, NoEndpoint, RemoveEndpoint, RemoveEndpointRefusal, RotateSecret, SetEndpoint,
};
