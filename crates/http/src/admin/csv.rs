//! `/admin/v1/users/{user_id}/statement.csv`: a whole statement, page by page, however long it is.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data, Payload},
};
use futures_util::stream;
use hongbao_api::{
    admin::{
        AdminEndpoint,
        statement::{PostingData, StatementTable, StatementTableRequest},
    },
    rfc3339,
};
use hongbao_domain::{ledger::AccountKey, time::Timestamp};
use hongbao_ports::{Chain, Failure, Fault, query::Page};
use tokio::time::timeout;
use tracing::warn;

use super::{AdminShared, answer::Answer, input, token};

/// How many postings are in memory at once.
const PAGE: u32 = 1000;

const HEAD: &str = "number,cause,amount,balance,at\r\n";

pub(super) async fn statement(request: HttpRequest, payload: Payload, shared: Data<AdminShared>) -> HttpResponse {
    let begun = timeout(shared.deadline, begin(request, payload, shared.clone())).await;
    let late = |_| Err(Fault::unavailable("cannot begin a statement before the deadline").into());
    begun.unwrap_or_else(late).unwrap_or_else(|problem| problem.response())
}

async fn begin(request: HttpRequest, payload: Payload, shared: Data<AdminShared>) -> Result<HttpResponse, Answer> {
    token::authorize(&request, &shared, StatementTable::SCOPE).await?;
    let asked: StatementTableRequest = input::read::<StatementTable>(&request, payload).await?.request;
    let account = AccountKey { user: asked.user_id.0, coin: asked.coin_id.0 };
    let from = asked.from.map_or(Timestamp::from_micros(i64::MIN), |from| from.0);
    let until = asked.until.map_or(Timestamp::from_micros(i64::MAX), |until| until.0);
    // Before the status is told, it is known that there are such a user and such a coin.
    shared.admin.statement(account, from..until, Page { after: None, limit: 1 }).await.map_err(Answer::from)?;
    let name = format!("attachment; filename=\"{}-{}.csv\"", account.user, account.coin);
    let pages = stream::try_unfold(Some(None), move |place: Option<Option<u64>>| {
        let shared = shared.clone();
        async move {
            let Some(after) = place else { return Ok(None) };
            page(&shared, account, (from, until), after).await.map(Some)
        }
    });
    let response = HttpResponse::Ok()
        .content_type(format!("{}; charset=utf-8", StatementTable::MEDIA_TYPE))
        .insert_header(("content-disposition", name))
        .streaming(pages);
    Ok(response)
}

/// A statement that cannot be read on is cut off, so that the client sees that it is not whole.
async fn page(
    shared: &AdminShared,
    account: AccountKey,
    (from, until): (Timestamp, Timestamp),
    after: Option<u64>,
) -> Result<(Bytes, Option<Option<u64>>), actix_web::Error> {
    let asked = shared.admin.statement(account, from..until, Page { after, limit: PAGE }).await;
    let (postings, scale) = asked.map_err(|failure| {
        match failure {
            Failure::Refused(refusal) => warn!("a statement is not whole: {}", refusal.sentence),
            Failure::Fault(fault) => warn!("a statement is not whole: {}", Chain(&fault)),
        }
        actix_web::error::ErrorServiceUnavailable("the statement is not whole")
    })?;
    let mut text = if after.is_none() { HEAD.to_owned() } else { String::new() };
    text.extend(postings.iter().map(|posting| {
        let PostingData { number, cause, amount, balance, at } = PostingData::of(posting, scale);
        format!("{number},{cause},{amount},{balance},{}\r\n", rfc3339(at.0))
    }));
    let next = postings.last().map(|last| Some(last.seq));
    Ok((Bytes::from(text), next))
}
