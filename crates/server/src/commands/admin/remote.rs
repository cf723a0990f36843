//! The same commands over the admin API, where neither the store nor its password is at hand.

use std::{env, time::Duration};

use hongbao_api::admin::{AdminEndpoint, Problem};
use reqwest::{Client, Method, RequestBuilder, Url};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::command_error::CommandError;
use crate::{error::CliError, settings::environment::ADMIN_TOKEN};

/// How long a request may take.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Which server is asked, and with what.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Ask this server's admin API, as in `http://127.0.0.1:8089`, and leave the store alone.
    #[arg(long, global = true, value_name = "URL")]
    server: Option<Url>,
    /// The token for it; better in the environment, as HONGBAO_ADMIN_TOKEN: any user of the machine can see an argument.
    #[arg(id = "admin_token", long = "token", global = true, value_name = "TOKEN", requires = "server")]
    token: Option<String>,
}

/// A server that is asked.
pub(super) struct Remote {
    server: Url,
    token: String,
    client: Client,
}

impl Options {
    /// Gives the server that is to be asked, if there is one.
    pub(super) fn remote(self) -> Result<Option<Remote>, CliError> {
        let Some(server) = self.server else { return Ok(None) };
        let token = self.token.or_else(|| env::var(ADMIN_TOKEN).ok()).ok_or_else(|| {
            CliError::new(format!("there is no token for {server}: set {ADMIN_TOKEN}, or add --token"))
                .with_code("no_token")
        })?;
        let client = Client::builder().timeout(TIMEOUT).no_proxy().build();
        let client = client.map_err(|error| CliError::because("no server can be asked", &error))?;
        Ok(Some(Remote { server, token, client }))
    }
}

impl Remote {
    /// Refuses a command that the admin API does not have.
    pub(super) fn cannot(&self) -> CommandError {
        let sentence = "this command works on the store itself; the admin API does not have it: leave --server out";
        CliError::new(sentence).with_code("not_over_http").into()
    }

    /// Has an endpoint answer a request.
    pub(super) async fn ask<E: AdminEndpoint>(&self, request: &E::Request) -> Result<E::Data, CommandError> {
        let cannot = |error: &dyn std::fmt::Display| {
            let sentence = format!("{} cannot be asked: {error} (the same command again is safe)", self.server);
            CommandError::Broke(CliError::new(sentence).with_code("unavailable"))
        };
        let sent = self.request::<E>(request)?.send().await.map_err(|error| cannot(&error.without_url()))?;
        let status = sent.status();
        let body = sent.bytes().await.map_err(|error| cannot(&error.without_url()))?;
        if status.is_success() {
            return Ok(self.read(&body)?);
        }
        let problem: Problem = self.read(&body)?;
        Err(match status.as_u16() {
            401 | 500.. => {
                let code = if status.as_u16() == 401 { "unauthorized" } else { "unavailable" };
                CommandError::Broke(CliError::new(format!("{}: {}", self.server, problem.detail)).with_code(code))
            }
            _ => CommandError::RefusedThere { code: problem.code, sentence: problem.detail },
        })
    }

    /// What stands in the path goes there; all else into the query or the body.
    fn request<E: AdminEndpoint>(&self, request: &E::Request) -> Result<RequestBuilder, CliError> {
        let value = serde_json::to_value(request);
        let value = value.map_err(|error| CliError::because("the request cannot be written", &error))?;
        let Value::Object(members) = value else { return Err(CliError::new("the request has no members")) };
        let (mut members, mut url): (Map<_, _>, _) = (members, self.server.clone());
        members.retain(|_, value| !value.is_null());
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty();
            for segment in E::PATH.trim_start_matches('/').split('/') {
                let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
                match name.and_then(|name| members.remove(name)) {
                    Some(value) => path.push(&text(&value)),
                    None => path.push(segment),
                };
            }
        }
        if !E::METHOD.has_body() {
            let pairs: Vec<_> = members.iter().map(|(name, value)| (name, text(value))).collect();
            if !pairs.is_empty() {
                url.query_pairs_mut().extend_pairs(pairs);
            }
        }
        let method = Method::from_bytes(E::METHOD.as_str().as_bytes()).expect("it is a method of HTTP");
        let asked = self.client.request(method, url).bearer_auth(&self.token);
        Ok(if E::METHOD.has_body() {
            asked.header("content-type", "application/json").body(Value::Object(members).to_string())
        } else {
            asked
        })
    }

    fn read<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T, CliError> {
        serde_json::from_slice(body).map_err(|error| {
            let sentence = format!("{} does not answer like an admin API of this version: {error}", self.server);
            CliError::new(sentence).with_code("not_hongbao")
        })
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
