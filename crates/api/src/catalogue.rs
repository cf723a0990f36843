//! All methods of the contract, in one place: whatever is done for each of them is done from this list.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use crate::{Endpoint, Outcome, Parameter, Sentence, outcome::outcomes};

/// Calls a macro with the types of all methods, in the contract's order.
#[macro_export]
macro_rules! for_each_method {
    ($do:ident) => {
        $do! {
            $crate::profile::GetToken,
            $crate::profile::Refresh,
            $crate::profile::UserInfo,
            $crate::message::Publish,
            $crate::red_packet::Publish,
            $crate::red_packet::Accept,
            $crate::red_packet::Detail,
            $crate::asset::ListAssets,
            $crate::group::Create,
            $crate::group::Join,
            $crate::friend::AddFriend,
            $crate::friend::ListFriends,
            $crate::friend::DeleteFriend,
        }
    };
}

/// What is known of a method without its types.
#[derive(Debug, Clone, Copy)]
pub struct Method {
    /// Where it is served: `/im/…`.
    pub path: &'static str,
    /// What it does, in one sentence.
    pub summary: Sentence,
    /// Whether it changes nothing, so that `GET` is served beside `POST`.
    pub is_read: bool,
    /// What it takes beside the session key.
    pub parameters: &'static [Parameter],
    /// Gives what it may answer beside status 0.
    pub outcomes: fn() -> Vec<Outcome>,
    /// Describes its data on status 0.
    pub data: fn() -> Described,
}

/// What describes a type.
pub struct Described {
    /// The name of the type; one that is not ours says only what it is made of.
    pub name: String,
    /// Its description.
    pub schema: RefOr<Schema>,
    /// The descriptions of all types that it refers to, by their names.
    pub others: Vec<(String, RefOr<Schema>)>,
}

impl Method {
    const fn of<E: Endpoint>() -> Self {
        Self {
            path: E::PATH,
            summary: E::SUMMARY,
            is_read: E::READ,
            parameters: E::PARAMETERS,
            outcomes: outcomes::<E>,
            data: describe::<E::Data>,
        }
    }
}

/// Describes a type.
pub(crate) fn describe<T: ToSchema>() -> Described {
    let mut others = Vec::new();
    T::schemas(&mut others);
    Described { name: T::name().into_owned(), schema: <T as PartialSchema>::schema(), others }
}

macro_rules! list {
    ($($endpoint:ty),* $(,)?) => {
        /// All methods.
        pub const METHODS: &[Method] = &[$(Method::of::<$endpoint>()),*];
    };
}

for_each_method!(list);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::METHODS;

    #[test]
    fn each_method_has_a_path_of_its_own() {
        let paths: BTreeSet<_> = METHODS.iter().map(|method| method.path).collect();
        assert_eq!(paths.len(), METHODS.len());
        assert!(paths.iter().all(|path| path.starts_with("/im/")), "{paths:?}");
    }
}
