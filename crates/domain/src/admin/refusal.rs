//! Why an administrator's request is refused.

use std::fmt;

/// What programs know a refusal by.
macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident $text:literal;)*) => {
        /// The stable name of a refusal. Command line and HTTP use the same.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RefusalCode {
            $($(#[$doc])* $code,)*
        }

        impl RefusalCode {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$code),*];

            /// Gives the name as it is written.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => $text,)*
                }
            }
        }
    };
}

codes! {
    /// There is no such user.
    UserNotFound "user_not_found";
    /// The user is disabled.
    UserDisabled "user_disabled";
    /// The id cannot be that of a user of this deployment.
    UserIdMalformed "user_id_malformed";
    /// A user cannot do that to oneself.
    SelfNotAllowed "self_not_allowed";
    /// There is no such session.
    SessionNotFound "session_not_found";
    /// The key is a session of another user.
    SessionKeyTaken "session_key_taken";
    /// There is no such coin.
    CoinNotFound "coin_not_found";
    /// The coin is there with another scale, which never changes.
    CoinScaleDiffers "coin_scale_differs";
    /// The limits contradict each other.
    CoinLimitsMalformed "coin_limits_malformed";
    /// The amount cannot be one of this coin.
    AmountMalformed "amount_malformed";
    /// The amount is not more than 0.
    AmountNotPositive "amount_not_positive";
    /// The reference is the name of another movement.
    ReferenceUsed "reference_used";
    /// The account has less than that.
    BalanceTooLow "balance_too_low";
    /// No account can hold so much.
    BalanceTooHigh "balance_too_high";
    /// There is no such packet.
    PacketNotFound "packet_not_found";
    /// The packet has ended, or is being claimed.
    PacketNotOpen "packet_not_open";
    /// There is no such token.
    TokenNotFound "token_not_found";
    /// A token is to be good for more than the one that makes it.
    ScopeNotHeld "scope_not_held";
    /// There is no such endpoint.
    WebhookNotFound "webhook_not_found";
    /// The address may not be called.
    WebhookTargetRefused "webhook_target_refused";
    /// As many endpoints are enabled as may be.
    TooManyWebhooks "too_many_webhooks";
    /// The endpoint is told what happens, or was until a moment ago.
    WebhookEnabled "webhook_enabled";
    /// There is no delivery of this event.
    EventNotFound "event_not_found";
    /// An audit runs already.
    AuditRunning "audit_running";
    /// The IM cloud refused it or does not answer.
    ImCloud "im_cloud";
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why an administrator's request is refused. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminRefusal {
    /// What programs know it by.
    pub code: RefusalCode,
    /// One clear sentence for people, in English.
    pub sentence: String,
}

impl AdminRefusal {
    /// Refuses with one clear sentence.
    pub fn new(code: RefusalCode, sentence: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into() }
    }
}
