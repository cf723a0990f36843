//! A case.

use std::pin::Pin;

use crate::TestStore;

/// One promise of a port.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    /// The path of its function.
    pub(crate) name: &'static str,
    /// Panics if the promise is broken.
    pub(crate) check: Check,
}

type Check = for<'store> fn(&'store TestStore) -> Pin<Box<dyn Future<Output = ()> + Send + 'store>>;

/// Makes a module's table of cases. The functions are private to it, so the compiler warns of one that is not listed.
macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        pub(super) const CASES: &[$crate::case::Case] = &[
            $($crate::case::Case {
                name: concat!(module_path!(), "::", stringify!($name)),
                check: |store| Box::pin($name(store)),
            }),*
        ];
    };
}
pub(crate) use cases;
