//! Looking up names, without those that lead into a private network.

use std::{io, net::SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

use crate::target::is_public;

/// Gives only public addresses. They are judged where they are used, so a name cannot lead elsewhere between a check and the
/// call.
pub(crate) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = lookup_host((name.as_str(), 0)).await?.collect();
            let public: Vec<_> = found.into_iter().filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                let error = io::Error::new(io::ErrorKind::PermissionDenied, "the name leads into a private network");
                return Err(error.into());
            }
            Ok::<Addrs, _>(Box::new(public.into_iter()))
        })
    }
}
