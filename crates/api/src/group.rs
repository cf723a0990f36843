//! The methods of groups.

mod create;
mod join;

pub use create::{Create, Created};
pub use join::{Join, Joined};
