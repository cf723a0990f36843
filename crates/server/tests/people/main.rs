//! Friends, assets and looking at red packets through the HTTP app, over SQLite and the sandbox.
#![cfg(test)]

mod asset;
mod detail;
mod fixture;
mod friend;
