//! What the program can be told to do, a file or folder for each command: its options, and how it is done.

pub(crate) mod admin;
pub(crate) mod config;
pub(crate) mod health;
pub(crate) mod im;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod sandbox;
pub(crate) mod serve;
pub(crate) mod transfer;
