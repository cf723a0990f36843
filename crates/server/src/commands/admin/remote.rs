//! The same commands over the admin API, where neither the store nor its password is at hand.

use std::{env, fmt, time::Duration};

use hongbao_api::admin::{AdminEndpoint, Code, Problem};
use hongbao_domain::{admin::RefusalCode, id::CommandId};
use hongbao_ports::{Chain, Ids};
use reqwest::{Client, Method, RequestBuilder, Url, redirect::Policy};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio::time::sleep;

use super::command_error::CommandError;
use crate::{error::CliError, settings::environment::ADMIN_TOKEN, system::SystemIds};

/// How long it is waited before a request is sent again.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a request may take.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Which server is asked, and with what.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Ask this server's admin API, as in `http://127.0.0.1:8089`, and leave the store alone.
    #[arg(long, global = true, value_name = "URL", conflicts_with = "demo", value_parser = address)]
    server: Option<Url>,
    /// The token for it; better in the environment, as `HONGBAO_ADMIN_TOKEN`: any user of the machine can see an argument.
    #[arg(id = "admin_token", long = "token", global = true, value_name = "TOKEN", requires = "server")]
    token: Option<String>,
}

/// Without the token.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("server", &self.server).finish_non_exhaustive()
    }
}

fn address(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("not an address: {error}"))?;
    let is_plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && is_plain {
        return Ok(url);
    }
    Err("not an address: it begins with http:// or https:// and has no user name, password or query".to_owned())
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
        let client = Client::builder().timeout(TIMEOUT).no_proxy().redirect(Policy::none()).build();
        let client = client.map_err(|error| CliError::because("no server can be asked", &error))?;
        Ok(Some(Remote { server, token, client }))
    }
}

impl Remote {
    /// Has an endpoint answer a request. What changes something has a key of its own, under which it is tried once more when
    /// there is no answer, or none yet.
    pub(super) async fn ask<E: AdminEndpoint>(&self, request: &E::Request) -> Result<E::Data, CommandError> {
        let key = E::METHOD.changes().then(|| CommandId::from_u128(SystemIds.fresh()).to_string());
        let asked = self.request::<E>(request, key.as_deref())?;
        let again = asked.try_clone();
        let first = self.send(asked).await;
        let told = match (first, again) {
            (Err(_) | Ok((503, _)), Some(again)) => {
                sleep(PAUSE).await;
                self.send(again).await
            }
            (told, _) => told,
        };
        let (status, body) = told?;
        match status {
            200 => Ok(self.read(&body)?),
            300..400 => {
                let sentence = format!("{} leads elsewhere; name the address itself", self.server);
                Err(CliError::new(sentence).with_code("not_hongbao").into())
            }
            _ => Err(self.problem(status, &body)),
        }
    }

    async fn send(&self, asked: RequestBuilder) -> Result<(u16, Vec<u8>), CliError> {
        let cannot = |error: reqwest::Error| {
            let sentence = format!("{} does not answer: {}", self.server, Chain(&error.without_url()));
            CliError::new(sentence).with_code("unavailable")
        };
        let sent = asked.send().await.map_err(cannot)?;
        let status = sent.status().as_u16();
        Ok((status, sent.bytes().await.map_err(cannot)?.to_vec()))
    }

    fn problem(&self, status: u16, body: &[u8]) -> CommandError {
        let Ok(Problem { code, detail, .. }) = serde_json::from_slice(body) else {
            let sentence = format!("{} answered HTTP {status} and not like an admin API", self.server);
            let code = if status >= 500 { "unavailable" } else { "not_hongbao" };
            return CliError::new(sentence).with_code(code).into();
        };
        if RefusalCode::ALL.iter().any(|known| known.as_str() == code) {
            return CommandError::RefusedThere { code, sentence: detail };
        }
        let known = Code::COMMON.iter().map(|code| code.as_str()).find(|known| *known == code);
        CliError::new(format!("{}: {detail}", self.server)).with_code(known.unwrap_or("failed")).into()
    }

    /// What stands in the path goes there; all else into the query or the body.
    fn request<E: AdminEndpoint>(&self, request: &E::Request, key: Option<&str>) -> Result<RequestBuilder, CliError> {
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
        let mut asked = self.client.request(method, url).bearer_auth(&self.token);
        if let Some(key) = key {
            asked = asked.header("idempotency-key", key);
        }
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
