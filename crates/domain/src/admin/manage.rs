//! Adding and revoking tokens.

use std::{collections::BTreeSet, convert::Infallible};

use super::{AdminToken, AdminTokenDigest, AdminTokenName, Scope};
use crate::{
    id::{AdminTokenId, CommandId},
    store::{Book, Keys, Rule},
    time::Timestamp,
};

/// Asks to add a token. A repeat changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddAdminToken {
    /// Its public id, which follows from the token or is fresh.
    pub id: AdminTokenId,
    /// What people call it.
    pub name: AdminTokenName,
    /// What it is stored by.
    pub digest: AdminTokenDigest,
    /// What it is good for, at least one.
    pub scopes: BTreeSet<Scope>,
    /// From when on it is over.
    pub expires_at: Option<Timestamp>,
}

/// Says why a token is not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddAdminTokenRefusal {
    /// The id is that of another token: a defect of the generator that made it.
    IdTaken,
}

/// Asks to make a token good for nothing, for ever. A repeat changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevokeAdminToken {
    /// The token.
    pub id: AdminTokenId,
}

/// There is no such token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoAdminToken;

/// Notes that a token was shown. One that is gone meanwhile stays gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarkTokenUsed {
    /// The token.
    pub id: AdminTokenId,
}

impl Rule for AddAdminToken {
    type Done = AdminToken;
    type Refusal = AddAdminTokenRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.admin_tokens.insert(self.id);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<AdminToken, AddAdminTokenRefusal> {
        if let Some(there) = book.admin_tokens.get(&self.id) {
            let is_repeat = there.digest == self.digest;
            return if is_repeat { Ok(there.clone()) } else { Err(AddAdminTokenRefusal::IdTaken) };
        }
        let Self { id, name, digest, scopes, expires_at } = self.clone();
        let token = AdminToken {
            id,
            name,
            digest,
            scopes,
            created_at: book.now(),
            expires_at,
            revoked_at: None,
            last_used_at: None,
            version: 1,
        };
        book.admin_tokens.put(token.clone());
        Ok(token)
    }
}

impl Rule for RevokeAdminToken {
    type Done = AdminToken;
    type Refusal = NoAdminToken;

    fn touch(&self, keys: &mut Keys) {
        keys.admin_tokens.insert(self.id);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<AdminToken, NoAdminToken> {
        let before = book.admin_tokens.get(&self.id).ok_or(NoAdminToken)?.clone();
        if before.revoked_at.is_some() {
            return Ok(before);
        }
        let token = AdminToken { revoked_at: Some(book.now()), version: before.version + 1, ..before };
        book.admin_tokens.put(token.clone());
        Ok(token)
    }
}

impl Rule for MarkTokenUsed {
    type Done = ();
    type Refusal = Infallible;

    fn touch(&self, keys: &mut Keys) {
        keys.admin_tokens.insert(self.id);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<(), Infallible> {
        let now = book.now();
        if let Some(before) = book.admin_tokens.get(&self.id)
            && before.last_used_at.is_none_or(|at| at < now)
        {
            let token = AdminToken { last_used_at: Some(now), version: before.version + 1, ..before.clone() };
            book.admin_tokens.put(token);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
