//! What the handlers share.

use sqlx::PgPool;

use super::im::Im;

/// What every handler has.
pub(super) struct State {
    pub(super) pool: PgPool,
    pub(super) im: Im,
}
