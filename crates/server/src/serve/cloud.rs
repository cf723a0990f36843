//! The IM cloud that is set, or the demo's.

use std::{num::NonZeroU32, sync::Arc};

use hongbao_ports::{Clock, Ids};
use hongbao_rongcloud::RongCloud;

use super::demo;
use crate::{settings::Settings, trouble::Trouble};

pub(super) fn connect(
    settings: &Settings,
    sandbox: Option<&demo::Cloud>,
    clock: &Arc<dyn Clock>,
    ids: &Arc<dyn Ids>,
) -> Result<Arc<RongCloud>, Trouble> {
    let im = &settings.im;
    let (base_url, backup_url, app_key, app_secret) = match sandbox {
        Some(sandbox) => sandbox.access(),
        None if im.app_key.is_empty() || im.app_secret.is_empty() => {
            return Err(Trouble::new(
                "im.app_key and im.app_secret are not set; take both from RongCloud's console, or start with --demo",
            ));
        }
        None => {
            let backup = Some(im.backup_url.clone()).filter(|url| !url.is_empty());
            (im.base_url.clone(), backup, im.app_key.clone(), im.app_secret.0.clone())
        }
    };
    let settings = hongbao_rongcloud::Settings {
        base_url,
        backup_url,
        app_key,
        app_secret,
        connect_timeout: im.connect_timeout.0,
        attempt_timeout: im.attempt_timeout.0,
        timeout: im.timeout.0,
        private_messages_per_minute: NonZeroU32::new(im.private_messages_per_minute),
        groups_per_second: NonZeroU32::new(im.groups_per_second),
        get_token_per_second: NonZeroU32::new(im.get_token_per_second),
        refresh_user_per_second: NonZeroU32::new(im.refresh_user_per_second),
        user_info_per_second: NonZeroU32::new(im.user_info_per_second),
        replicas: im.quota_share,
        notice_prefix: im.notice_prefix.clone(),
    };
    let cloud = RongCloud::try_new(&settings, clock.clone(), ids.clone())
        .map_err(|error| Trouble::because("the settings of section im cannot be used", &error))?;
    Ok(Arc::new(cloud))
}
