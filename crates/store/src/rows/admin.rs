//! Tokens of administrators, and what they asked for.

use hongbao_domain::{
    admin::{AdminToken, AdminTokenDigest, Operation, OperationState},
    id::{AdminTokenId, OperationId},
    time::Timestamp,
};

use super::{
    row::row,
    text::{number, parse, stored, times, version},
    unreadable::Unreadable,
};

row! {
    /// A token of an administrator.
    AdminTokenRow {
        id: u128,
        name: String,
        digest: Vec<u8>,
        scopes: String,
        created_at: i64,
        expires_at: Option<i64>,
        revoked_at: Option<i64>,
        last_used_at: Option<i64>,
        version: i64,
    }
}

impl TryFrom<AdminTokenRow> for AdminToken {
    type Error = Unreadable;

    fn try_from(row: AdminTokenRow) -> Result<Self, Unreadable> {
        let scopes = row.scopes.split_whitespace().map(|scope| parse(scope, "a scope"));
        Ok(Self {
            id: AdminTokenId::from_u128(row.id),
            name: parse(&row.name, "the name of a token")?,
            digest: AdminTokenDigest(row.digest.try_into().map_err(|_| Unreadable("the digest of a token"))?),
            scopes: scopes.collect::<Result<_, _>>()?,
            created_at: Timestamp::from_micros(row.created_at),
            expires_at: times(row.expires_at),
            revoked_at: times(row.revoked_at),
            last_used_at: times(row.last_used_at),
            version: version(row.version)?,
        })
    }
}

impl From<&AdminToken> for AdminTokenRow {
    fn from(token: &AdminToken) -> Self {
        let scopes: Vec<_> = token.scopes.iter().map(|scope| scope.as_str()).collect();
        Self {
            id: token.id.to_u128(),
            name: token.name.to_string(),
            digest: token.digest.0.to_vec(),
            scopes: scopes.join(" "),
            created_at: token.created_at.to_micros(),
            expires_at: token.expires_at.map(Timestamp::to_micros),
            revoked_at: token.revoked_at.map(Timestamp::to_micros),
            last_used_at: token.last_used_at.map(Timestamp::to_micros),
            version: stored(token.version),
        }
    }
}

row! {
    /// One thing that an administrator asked for.
    OperationRow {
        id: u128,
        token_id: u128,
        request_id: String,
        asked: String,
        body: String,
        fingerprint: Vec<u8>,
        request_key: Option<String>,
        status: Option<i64>,
        answer: Option<String>,
        lease_until: Option<i64>,
        began_at: i64,
        changed_at: i64,
        version: i64,
        nonce: Option<Vec<u8>>,
    }
}

impl TryFrom<OperationRow> for Operation {
    type Error = Unreadable;

    fn try_from(row: OperationRow) -> Result<Self, Unreadable> {
        let state = match (row.status, row.answer, times(row.lease_until)) {
            (None, None, Some(lease_until)) => OperationState::Running { lease_until },
            (Some(status), Some(answer), None) => {
                OperationState::Ended { status: number(status, "a status of HTTP")?, answer }
            }
            _ => return Err(Unreadable("an operation's state")),
        };
        Ok(Self {
            id: OperationId::from_u128(row.id),
            token: AdminTokenId::from_u128(row.token_id),
            request_id: row.request_id,
            asked: row.asked,
            body: row.body,
            fingerprint: row.fingerprint.try_into().map_err(|_| Unreadable("a fingerprint"))?,
            key: row.request_key.map(|key| parse(&key, "a request's key")).transpose()?,
            nonce: row.nonce.map(|nonce| nonce.try_into().map_err(|_| Unreadable("a nonce"))).transpose()?,
            state,
            began_at: Timestamp::from_micros(row.began_at),
            changed_at: Timestamp::from_micros(row.changed_at),
            version: version(row.version)?,
        })
    }
}

impl From<&Operation> for OperationRow {
    fn from(operation: &Operation) -> Self {
        let (status, answer, lease_until) = match &operation.state {
            OperationState::Running { lease_until } => (None, None, Some(lease_until.to_micros())),
            OperationState::Ended { status, answer } => (Some(i64::from(*status)), Some(answer.clone()), None),
        };
        Self {
            id: operation.id.to_u128(),
            token_id: operation.token.to_u128(),
            request_id: operation.request_id.clone(),
            asked: operation.asked.clone(),
            body: operation.body.clone(),
            fingerprint: operation.fingerprint.to_vec(),
            request_key: operation.key.map(|key| key.to_string()),
            status,
            answer,
            lease_until,
            began_at: operation.began_at.to_micros(),
            changed_at: operation.changed_at.to_micros(),
            version: stored(operation.version),
            nonce: operation.nonce.map(|nonce| nonce.to_vec()),
        }
    }
}
