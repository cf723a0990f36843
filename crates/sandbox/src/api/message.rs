//! `/message/*`: messages that the app's server sends in a user's name.

pub(super) mod parameters;
pub(super) mod posting;
mod publish_group;
mod publish_legacy;
mod publish_private;
mod publish_system;
mod recall;
mod types;

pub(super) use {
    publish_group::PUBLISH_GROUP, publish_legacy::PUBLISH_LEGACY, publish_private::PUBLISH_PRIVATE,
    publish_system::PUBLISH_SYSTEM, recall::RECALL,
};
