//! The section `im`.

use std::num::NonZeroU32;

use hongbao_app::Timing;
use hongbao_domain::id::Alphabet;
use serde::{Deserialize, Serialize};

use super::{HumanDuration, List, Secret};

/// The IM cloud.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Im {
    /// The first host.
    pub base_url: String,
    /// The other host; empty: none.
    pub backup_url: String,
    /// The app key; empty: not set.
    pub app_key: String,
    /// The app secret; empty: not set.
    pub app_secret: Secret,
    /// Whether user and group ids may have letters and digits only, without `-` and `_`.
    pub plain_ids: bool,
    /// How long one call may take with all its repeats.
    pub timeout: HumanDuration,
    /// How long one try may take.
    pub attempt_timeout: HumanDuration,
    /// How long a connection may take to be there.
    pub connect_timeout: HumanDuration,
    /// The longest wait for a turn within the quota.
    pub pacing: HumanDuration,
    /// How many private messages the whole app may send in a minute; 0: as many as it likes.
    pub private_messages_per_minute: u32,
    /// How many calls on groups the whole app may make in a second; 0: as many as it likes.
    pub groups_per_second: u32,
    /// How many tokens the whole app may fetch in a second; 0: as many as it likes.
    pub get_token_per_second: u32,
    /// How many users the whole app may change in a second; 0: as many as it likes.
    pub refresh_user_per_second: u32,
    /// About how many users the whole app may ask in a second; 0: about as many as it likes.
    pub user_info_per_second: u32,
    /// Among how many replicas each quota is split evenly.
    pub quota_share: NonZeroU32,
    /// What the names of our message types begin with.
    pub notice_prefix: String,
    /// The object names that no user may send, beside those with our own prefix.
    pub reserved_object_names: List,
    /// Whether the sender's own clients get a copy of a notice, and of a message whose sender does not say.
    pub include_sender: bool,
    /// In which language phones are told of notices.
    pub push_language: PushLanguage,
    /// What a phone shows about a packet, instead of the language's own text; empty: nothing.
    pub push_red_packet: Option<String>,
    /// What a phone shows about a packet that was opened, instead of the language's own text; empty: nothing.
    pub push_opened: Option<String>,
    /// What a phone shows about a packet that went back, instead of the language's own text; empty: nothing.
    pub push_refunded: Option<String>,
}

/// The language of the texts that phones show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
pub enum PushLanguage {
    /// Chinese.
    #[serde(rename = "zh")]
    Chinese,
    /// English.
    #[serde(rename = "en")]
    English,
}

/// What clients of the cloud obey or take for the app's own word, as
/// <https://docs.rongcloud.cn/platform-chat-api/message-about/objectname> lists it.
pub(super) const RESERVED_OBJECT_NAMES: [&str; 13] = [
    "RC:RcCmd",
    "RC:RcNtf",
    "RC:CmdMsg",
    "RC:CmdNtf",
    "RC:GrpNtf",
    "RC:ContactNtf",
    "RC:ProfileNtf",
    "RC:InfoNtf",
    "RC:ReadNtf",
    "RC:RRReqMsg",
    "RC:RRRspMsg",
    "RC:SRSMsg",
    "RC:TypSts",
];

impl Default for Im {
    fn default() -> Self {
        let usual = hongbao_rongcloud::Settings::for_app(String::new(), String::new().into());
        let rate = |quota: Option<NonZeroU32>| quota.map_or(0, NonZeroU32::get);
        Self {
            base_url: usual.base_url,
            backup_url: usual.backup_url.unwrap_or_default(),
            app_key: String::new(),
            app_secret: Secret::default(),
            plain_ids: false,
            timeout: HumanDuration(Timing::default().cloud_timeout),
            attempt_timeout: HumanDuration(usual.attempt_timeout),
            connect_timeout: HumanDuration(usual.connect_timeout),
            pacing: HumanDuration(Timing::default().pacing),
            private_messages_per_minute: rate(usual.private_messages_per_minute),
            groups_per_second: rate(usual.groups_per_second),
            get_token_per_second: rate(usual.get_token_per_second),
            refresh_user_per_second: rate(usual.refresh_user_per_second),
            user_info_per_second: rate(usual.user_info_per_second),
            quota_share: NonZeroU32::MIN,
            notice_prefix: usual.notice_prefix,
            reserved_object_names: List(RESERVED_OBJECT_NAMES.map(str::to_owned).to_vec()),
            include_sender: usual.include_sender,
            push_language: PushLanguage::Chinese,
            push_red_packet: None,
            push_opened: None,
            push_refunded: None,
        }
    }
}

impl Im {
    /// Gives which characters ids from outside may have.
    pub const fn id_alphabet(&self) -> Alphabet {
        if self.plain_ids { Alphabet::Plain } else { Alphabet::Word }
    }
}
