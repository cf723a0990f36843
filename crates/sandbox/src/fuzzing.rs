//! What the fuzz targets call (`fuzz/`). No other build has it.

use serde_json::Value;

use crate::{
    Options, Sandbox,
    api::{self, Credentials},
};

/// The example of the public documentation: <https://docs.rongcloud.cn/platform-chat-api/auth>.
const SIGNED: Credentials<'_> = Credentials {
    app_key: Some("key"),
    nonce: Some("14314"),
    timestamp: Some("1408710653000"),
    signature: Some("30be0bbca9c9b2e27578701e9fda2358a814c88f"),
};

/// Reads a form and gives all parameters as they were sent.
pub fn form(body: &[u8]) -> Vec<(String, String)> {
    api::Form::parse(body).into_fields()
}

/// Makes an empty cloud that can be called.
pub fn sandbox() -> Sandbox {
    Sandbox::new(Options { app_key: "key".to_owned(), app_secret: "Y1W2MeFwwwRxa0".into() })
}

/// Calls an endpoint by its number, which counts round, and gives the answer, or status and code of the refusal.
pub fn perform(sandbox: &Sandbox, number: usize, body: &[u8]) -> Result<Value, (u16, u16)> {
    let endpoint = &api::ENDPOINTS[number % api::ENDPOINTS.len()];
    sandbox.execute(endpoint, &SIGNED, body).map_err(|error| (error.status().as_u16(), error.code()))
}
