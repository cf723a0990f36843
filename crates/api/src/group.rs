//! The methods of groups.

mod create;
mod join;

pub use create::{Create, CreateRequest, Created};
pub use join::{Join, Joined};
