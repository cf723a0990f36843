//! Message types: <https://docs.rongcloud.cn/platform-chat-api/message-about/objectname>.

/// The types that the cloud brings along. Any other with this prefix is refused.
const RESERVED: &str = "RC:";

const BUILT_IN: [&str; 24] = [
    "RC:CmdMsg",
    "RC:CmdNtf",
    "RC:CombineMsg",
    "RC:ContactNtf",
    "RC:FileMsg",
    "RC:GIFMsg",
    "RC:GrpNtf",
    "RC:HQVCMsg",
    "RC:ImgMsg",
    "RC:ImgTextMsg",
    "RC:InfoNtf",
    "RC:LBSMsg",
    "RC:ProfileNtf",
    "RC:RRReqMsg",
    "RC:RRRspMsg",
    "RC:RcCmd",
    "RC:RcNtf",
    "RC:ReadNtf",
    "RC:ReferenceMsg",
    "RC:SRSMsg",
    "RC:SightMsg",
    "RC:TxtMsg",
    "RC:TypSts",
    "RC:VcMsg",
];

/// Tells whether an app may send a message of this type.
pub(super) fn may_be_sent(object_name: &str) -> bool {
    !object_name.starts_with(RESERVED) || BUILT_IN.contains(&object_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_of_the_cloud_is_the_clouds() {
        for allowed in ["RC:TxtMsg", "RC:SRSMsg", "HB:RedPacket", "RCJrmf:RpMsg", "rc:mine"] {
            assert!(may_be_sent(allowed), "{allowed}");
        }
        for refused in ["RC:", "RC:Mine", "RC:txtmsg", "RC:TxtMsg2"] {
            assert!(!may_be_sent(refused), "{refused}");
        }
    }
}
