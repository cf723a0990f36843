//! Which app the sandbox knows.

use secrecy::SecretString;

/// What a sandbox must be told: the one app that it knows.
#[derive(Debug, Clone)]
pub struct Options {
    /// The app key that callers send as they are, in the header `App-Key`.
    pub app_key: String,
    /// The app secret that callers sign with. It is never printed.
    pub app_secret: SecretString,
}
