//! Defects that are planted on purpose, so that it can be shown that the torture finds them.
//!
//! Without the feature `planted-defects` there are none, and all that is here comes to nothing. No release can have it.

#[cfg(all(feature = "planted-defects", not(debug_assertions)))]
compile_error!("planted-defects is for the torture alone, and never for a release");

/// What may be planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defect {
    /// A claim is settled and released by a caller whose fence is not looked at.
    Fence,
    /// Callers are answered before COMMIT.
    EarlyAnswer,
    /// Money is given back without a look at the packet's state.
    Refund,
}

#[cfg(feature = "planted-defects")]
static PLANTED: std::sync::OnceLock<Defect> = std::sync::OnceLock::new();

/// Plants a defect in this process. The first one stays.
#[cfg(feature = "planted-defects")]
pub fn plant(defect: Defect) {
    PLANTED.get_or_init(|| defect);
}

/// Says whether a defect is planted.
#[cfg(feature = "planted-defects")]
pub fn is_planted(defect: Defect) -> bool {
    PLANTED.get() == Some(&defect)
}

/// Says whether a defect is planted: never.
#[cfg(not(feature = "planted-defects"))]
pub const fn is_planted(_: Defect) -> bool {
    false
}
