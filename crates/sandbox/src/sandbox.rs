//! The handle to one sandbox, for the server that answers and for tests that look into it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;
use serde_json::Value;

use crate::{
    api::{CloudError, Credentials, Endpoint, Form},
    clock,
    cloud::{Cloud, Message, User},
    fault::{Fault, Faults, Mishap},
};

/// What a sandbox must be told: the one app that it knows.
#[derive(Debug, Clone)]
pub struct Options {
    /// The app key that callers send as they are, in the header `App-Key`.
    pub app_key: String,
    /// The app secret that callers sign with. It is never printed.
    pub app_secret: SecretString,
}

/// A cloud of one's own. A clone is another handle to the same users, messages and faults.
#[derive(Debug, Clone)]
pub struct Sandbox {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    options: Options,
    cloud: Mutex<Cloud>,
    faults: Mutex<Faults>,
}

impl Sandbox {
    /// Makes an empty cloud that knows one app.
    pub fn new(options: Options) -> Self {
        let seed = clock::now().unix_timestamp_nanos();
        Self {
            shared: Arc::new(Shared {
                options,
                cloud: Mutex::new(Cloud::new(seed)),
                faults: Mutex::new(Faults::default()),
            }),
        }
    }

    /// Lists the messages that `user_id` has received, oldest first.
    ///
    /// Only the last [`MAX_MESSAGES_PER_USER`](crate::MAX_MESSAGES_PER_USER) are kept, and
    /// [`MAX_MESSAGES`](crate::MAX_MESSAGES) of all users together.
    pub fn messages(&self, user_id: &str) -> Vec<Message> {
        lock(&self.shared.cloud).inbox(user_id)
    }

    /// Finds what a user registered with, if the user ever fetched a token.
    pub fn user(&self, user_id: &str) -> Option<User> {
        lock(&self.shared.cloud).user(user_id).cloned()
    }

    /// Makes the next requests on a path fail, after the faults that are already armed for it.
    pub fn arm(&self, fault: Fault) {
        lock(&self.shared.faults).arm(fault);
    }

    /// Lists the faults that are still armed, in the order in which they were armed.
    pub fn faults(&self) -> Vec<Fault> {
        lock(&self.shared.faults).armed().to_vec()
    }

    /// Disarms every fault. A request that is already held by a time-out stays held.
    pub fn clear_faults(&self) {
        lock(&self.shared.faults).clear();
    }

    /// Uses up one fault of `path`, if one is armed.
    pub(crate) fn strike(&self, path: &str) -> Option<Mishap> {
        lock(&self.shared.faults).strike(path)
    }

    /// Does what a request asks for, or says why not.
    pub(crate) fn execute(
        &self,
        endpoint: &Endpoint,
        credentials: &Credentials<'_>,
        body: &[u8],
    ) -> Result<Value, CloudError> {
        credentials.check(&self.shared.options)?;
        let form = Form::parse(body);
        (endpoint.answer)(&form, &mut lock(&self.shared.cloud), clock::now())
    }
}

/// A panic elsewhere must not take the sandbox down with it: its state is never half written.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_secret() {
        let options = Options { app_key: "key".to_owned(), app_secret: "open-sesame".into() };

        let shown = format!("{options:?} {:?}", Sandbox::new(options.clone()));

        assert!(shown.contains("key"));
        assert!(!shown.contains("open-sesame"));
    }
}
