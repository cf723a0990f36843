//! The HTTP adapter through its real routes, with the ports as mocks.
#![cfg(test)]

mod around;
mod browsers;
mod docs;
mod encodings;
mod errors;
mod fair_use;
mod half_sent;
mod health;
mod keys;
mod logs;
mod random;
mod rates;
mod serving;
mod sessions;
mod support;
