//! The steps of every request: token, scope, form, log and key, use case, answer.

use std::{panic::AssertUnwindSafe, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use futures_util::FutureExt;
use hongbao_api::admin::{AdminEndpoint, Code, HttpMethod};
use hongbao_app::{
    Deadline,
    admin::{AdminFailure, Asked, Begun},
};
use hongbao_domain::{
    admin::{AdminToken, KeyRefusal},
    id::{AdminTokenId, OperationId, RequestKey},
};
use hongbao_ports::{Failure, Fault};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::time::timeout;
use tracing::Instrument;

use super::{
    AdminShared,
    answer::Answer,
    input::{self, Input},
    secret::SecretSource,
    token::{self, Shown},
    watch::RequestId,
};

/// What a handler knows beside the request.
pub struct Context {
    pub(super) shared: AdminShared,
    pub(super) deadline: Deadline,
    /// The token that was shown; `None` for one who has the store itself.
    pub(super) token: Option<AdminToken>,
    /// Where secrets come from.
    pub(super) secrets: SecretSource,
}

/// An endpoint and the use case behind it.
pub trait ServeAdmin: AdminEndpoint {
    /// Does what is asked for.
    fn serve(
        context: &Context,
        request: Self::Request,
    ) -> impl Future<Output = Result<Self::Data, AdminFailure>> + Send;

    /// Puts the secrets into an answer that was remembered without them.
    fn reveal(_context: &Context, _data: &mut Value) {}
}

/// Does what an endpoint does, without HTTP, token and log: for one who has the store itself.
///
/// Faults: as the use case has them.
pub async fn do_at_once<E: ServeAdmin>(shared: &AdminShared, request: E::Request) -> Result<E::Data, AdminFailure> {
    let secrets = SecretSource::random(shared.random);
    let context = Context { shared: shared.clone(), deadline: Deadline::after(shared.deadline), token: None, secrets };
    E::serve(&context, request).await
}

/// Answers, whatever happens.
pub(super) async fn handle<E: ServeAdmin>(
    request: HttpRequest,
    payload: Payload,
    shared: Data<AdminShared>,
) -> HttpResponse {
    let answered = timeout(shared.deadline, attempt::<E>(&request, payload, &shared)).await;
    let late = |_| Err(Fault::unresolved("cannot answer an administrator before the deadline").into());
    let answer = answered.unwrap_or_else(late).unwrap_or_else(|problem| problem);
    answer.response()
}

async fn attempt<E: ServeAdmin>(
    request: &HttpRequest,
    payload: Payload,
    shared: &AdminShared,
) -> Result<Answer, Answer> {
    let deadline = Deadline::after(shared.deadline);
    let Shown { token, secret } = token::authorize(request, shared, E::SCOPE).await?;
    let key = if E::METHOD == HttpMethod::Get { None } else { input::key(request)? };
    let input = input::read::<E>(request, payload).await?;
    let token_id = token.id;
    let secrets = SecretSource::random(shared.random);
    let context = Context { shared: shared.clone(), deadline, token: Some(token), secrets };
    if E::METHOD == HttpMethod::Get {
        return Ok(run::<E>(&context, input.request).await);
    }
    let asked = asked::<E>(request, shared, token_id, key, &input);
    let operation = operate::<E>(context, secret, asked, input.request).in_current_span();
    // It goes on when the caller has hung up: it is logged, and is to be answered in the log.
    let done = shared.operations.spawn_on(hongbao_traces::carried(operation), &shared.runtime).await;
    done.map_err(|panic| Answer::from(Fault::internal("cannot finish: the task was torn down").because(panic)))
}

fn asked<E: ServeAdmin>(
    request: &HttpRequest,
    shared: &AdminShared,
    token: AdminTokenId,
    key: Option<RequestKey>,
    input: &Input<E::Request>,
) -> Asked {
    let id = key.map_or_else(|| OperationId::from_u128(shared.ids.fresh()), |key| id_of(token, key));
    Asked {
        id,
        token,
        request_id: RequestId::of(request),
        asked: format!("{} {}", E::METHOD.as_str(), request.path()),
        body: input.body.clone(),
        fingerprint: input.fingerprint,
        key,
        nonce: (shared.random)(),
    }
}

/// The operation of a key: the same for each repeat with the same token.
fn id_of(token: AdminTokenId, key: RequestKey) -> OperationId {
    let mut hash = Sha256::new();
    hash.update(token.to_u128().to_be_bytes());
    hash.update(key.as_str());
    let digest: [u8; 32] = hash.finalize().into();
    OperationId::from_u128(u128::from_be_bytes(digest.as_chunks::<16>().0[0]))
}

/// Logs it, does it, and logs the answer. `secret` is the token itself.
async fn operate<E: ServeAdmin>(mut context: Context, secret: String, asked: Asked, request: E::Request) -> Answer {
    let admin = context.shared.admin.clone();
    let key = asked.key;
    let secrets = |nonce| key.map(|key| SecretSource::derived(&secret, key, nonce));
    let begun: Begun = match admin.begin(asked).await {
        Ok(begun) => begun,
        Err(Failure::Refused(KeyRefusal::Ended { status, answer, nonce })) => {
            context.secrets = secrets(nonce).unwrap_or(context.secrets);
            return ended::<E>(&context, status, &answer);
        }
        Err(Failure::Refused(KeyRefusal::Mismatch)) => {
            return Answer::problem(Code::IdempotencyMismatch, "the key was used before with another request");
        }
        Err(Failure::Refused(KeyRefusal::InProgress)) => {
            return Answer::problem(Code::IdempotencyInProgress, "the first request with this key has not ended");
        }
        Err(Failure::Fault(fault)) => return fault.into(),
    };
    context.secrets = secrets(begun.nonce).unwrap_or(context.secrets);
    let answer = run::<E>(&context, request).await;
    let mut remembered = answer.body.clone();
    if let Some(members) = remembered.as_object_mut() {
        members.retain(|name, _| !E::SECRETS.contains(&name.as_str()));
    }
    match admin.end(begun, answer.status, remembered.to_string()).await {
        Ok(()) => answer,
        Err(fault) => fault.after_begin().into(),
    }
}

/// Answers as the first request with the key was.
fn ended<E: ServeAdmin>(context: &Context, status: u16, answer: &str) -> Answer {
    let mut body = serde_json::from_str(answer).unwrap_or_default();
    if status < 300 {
        E::reveal(context, &mut body);
    }
    Answer { status, body }
}

/// A panic is a defect of ours that ends with its own request.
async fn run<E: ServeAdmin>(context: &Context, request: E::Request) -> Answer {
    match AssertUnwindSafe(E::serve(context, request)).catch_unwind().await {
        Ok(Ok(data)) => {
            Answer { status: 200, body: serde_json::to_value(data).expect("wire types are made of texts and numbers") }
        }
        Ok(Err(failure)) => {
            if let Failure::Refused(refusal) = &failure {
                debug_assert!(E::REFUSALS.contains(&refusal.code), "{} does not declare {}", E::NAME, refusal.code);
            }
            failure.into()
        }
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().copied();
            let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            tracing::error!(fault.kind = "panic", "a handler panicked: {}", text.unwrap_or("not with a text"));
            Answer::problem(Code::Internal, "the server failed")
        }
    }
}

/// How long the stop waits for operations that run.
pub(super) const DRAIN: Duration = Duration::from_secs(5);
