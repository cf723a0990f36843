//! The IM cloud that is set, or the demo's.

use std::{num::NonZeroU32, sync::Arc};

use hongbao_ports::{Clock, Ids};
use hongbao_rongcloud::{PushTexts, RongCloud};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    error::CliError,
    settings::{Im, PushLanguage},
    system::{SystemClock, SystemIds},
};

/// Where the cloud is, and as which app it is asked.
pub(crate) struct CloudAccess {
    pub(super) base_url: String,
    pub(super) backup_url: Option<String>,
    pub(super) app_key: String,
    pub(super) app_secret: SecretString,
}

impl CloudAccess {
    /// Takes what is set.
    pub(crate) fn of(im: &Im) -> Result<Self, CliError> {
        if im.app_key.is_empty() || im.app_secret.is_empty() {
            return Err(not_set(im));
        }
        Ok(Self::unchecked(im))
    }

    fn unchecked(im: &Im) -> Self {
        Self {
            base_url: im.base_url.clone(),
            backup_url: Some(im.backup_url.clone()).filter(|url| !url.is_empty()),
            app_key: im.app_key.clone(),
            app_secret: im.app_secret.0.clone(),
        }
    }

    /// Names the hosts, for the log. Without credentials only once [`connect`] has accepted them.
    pub(super) fn hosts(&self) -> String {
        match &self.backup_url {
            Some(backup_url) => format!("{} and {backup_url}", self.base_url),
            None => self.base_url.clone(),
        }
    }
}

/// Refuses settings that no cloud can be asked with. Which app is asked for may be left open: the demo has its own.
pub(super) fn check(im: &Im) -> Result<(), CliError> {
    let set = |text: &str| if text.is_empty() { "unset" } else { text }.to_owned();
    let access = CloudAccess {
        app_key: set(&im.app_key),
        app_secret: set(im.app_secret.0.expose_secret()).into(),
        ..CloudAccess::unchecked(im)
    };
    let (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>) = (Arc::new(SystemClock), Arc::new(SystemIds));
    connect(im, access, &clock, &ids).map(drop)
}

/// Prepares to talk to the cloud, without talking to it.
pub(crate) fn connect(
    im: &Im,
    access: CloudAccess,
    clock: &Arc<dyn Clock>,
    ids: &Arc<dyn Ids>,
) -> Result<Arc<RongCloud>, CliError> {
    let CloudAccess { base_url, backup_url, app_key, app_secret } = access;
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
        include_sender: im.include_sender,
        push: push(im),
    };
    let cloud = RongCloud::try_new(&settings, clock.clone(), ids.clone()).map_err(|error| {
        CliError::because("the settings of section im cannot be used", &error).with_code("settings_invalid")
    })?;
    Ok(Arc::new(cloud))
}

/// Takes the texts that are set, and the language's own for the others.
fn push(im: &Im) -> PushTexts {
    let texts = PushTexts::of(match im.push_language {
        PushLanguage::Chinese => hongbao_rongcloud::PushLanguage::Chinese,
        PushLanguage::English => hongbao_rongcloud::PushLanguage::English,
    });
    PushTexts {
        red_packet: im.push_red_packet.clone().unwrap_or(texts.red_packet),
        opened: im.push_opened.clone().unwrap_or(texts.opened),
        refunded: im.push_refunded.clone().unwrap_or(texts.refunded),
    }
}

fn not_set(im: &Im) -> CliError {
    let missing = match (im.app_key.is_empty(), im.app_secret.is_empty()) {
        (true, false) => "im.app_key is not set (im.app_secret is)",
        (false, true) => "im.app_secret is not set (im.app_key is)",
        (true | false, _) => "im.app_key and im.app_secret are not set",
    };
    CliError::new(format!("{missing}; take both from RongCloud's console, or do without it by serve --demo"))
        .with_code("settings_invalid")
}
