//! What SQLite adds to the rules: the only write lock, the guard of every update, and the second wall.

mod friendships;
mod groups;
