//! What a phone shows of a message that reaches its owner offline, by the rules that the cloud documents.
//!
//! Nothing is pushed here: this only tells what would be.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::letter::Letter;

/// What stands in place of the cloud's own text, which depends on type and language.
const DEFAULT: &str = "(the cloud's own text)";

/// The types that people write. The cloud has a text of its own for each, and none for notices and commands.
const WRITTEN: [&str; 12] = [
    "RC:CombineMsg",
    "RC:FileMsg",
    "RC:GIFMsg",
    "RC:HQVCMsg",
    "RC:ImgMsg",
    "RC:ImgTextMsg",
    "RC:LBSMsg",
    "RC:RcNtf",
    "RC:ReferenceMsg",
    "RC:SightMsg",
    "RC:TxtMsg",
    "RC:VcMsg",
];

/// The text of a push notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Push {
    /// The text that the sender gave.
    Text(String),
    /// A text that the cloud has for the message type.
    Default,
}

impl Push {
    /// Finds what `owner` would be shown: a custom type without `pushContent` is not pushed at all.
    pub(super) fn preview(letter: &Letter, owner: &str) -> Option<Self> {
        if letter.says("disablePush") || letter.from_user_id == owner {
            return None;
        }
        let given = mentioned(letter, owner).or_else(|| letter.parameters.get("pushContent").cloned());
        let default = WRITTEN.contains(&letter.object_name.as_str()).then_some(Self::Default);
        given.map(Self::Text).or(default)
    }
}

impl Serialize for Push {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Text(text) => text,
            Self::Default => DEFAULT,
        })
    }
}

/// Finds the text for those whom a group message mentions: <https://docs.rongcloud.cn/platform-chat-api/message-about/objectname>.
fn mentioned(letter: &Letter, owner: &str) -> Option<String> {
    if !letter.says("isMentioned") {
        return None;
    }
    let content: Value = serde_json::from_str(&letter.content).ok()?;
    let info = &content["mentionedInfo"];
    let is_meant = match info["type"].as_u64()? {
        1 => true,
        2 => ["userIdList", "userIds"].iter().any(|list| contains(&info[*list], owner)),
        _ => false,
    };
    let text = info["mentionedContent"].as_str().filter(|text| !text.is_empty())?;
    is_meant.then(|| text.to_owned())
}

fn contains(list: &Value, user_id: &str) -> bool {
    list.as_array().is_some_and(|ids| ids.iter().any(|id| id == user_id))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn preview(object_name: &str, content: &str, parameters: &[(&'static str, &str)]) -> Option<Push> {
        let letter = Letter {
            from_user_id: "alice".to_owned(),
            object_name: object_name.to_owned(),
            content: content.to_owned(),
            parameters: parameters.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
        };
        Push::preview(&letter, "bob")
    }

    fn text(text: &str) -> Push {
        Push::Text(text.to_owned())
    }

    #[test]
    fn a_custom_type_and_a_notice_are_pushed_only_with_a_text() {
        for object_name in ["HB:RedPacket", "RC:InfoNtf", "RC:CmdMsg", "RC:GrpNtf"] {
            assert_eq!(preview(object_name, "{}", &[]), None, "{object_name}");
            assert_eq!(preview(object_name, "{}", &[("pushContent", "hi")]), Some(text("hi")));
        }
    }

    #[test]
    fn what_people_write_has_a_text_of_the_clouds_unless_the_sender_gives_one() {
        assert_eq!(preview("RC:TxtMsg", "{}", &[]), Some(Push::Default));
        assert_eq!(preview("RC:TxtMsg", "{}", &[("pushContent", "hi")]), Some(text("hi")));
    }

    #[test]
    fn a_silent_message_and_ones_own_copy_are_not_pushed() {
        assert_eq!(preview("RC:TxtMsg", "{}", &[("pushContent", "hi"), ("disablePush", "true")]), None);
        let letter = Letter {
            from_user_id: "bob".to_owned(),
            object_name: "RC:TxtMsg".to_owned(),
            content: "{}".to_owned(),
            parameters: BTreeMap::new(),
        };
        assert_eq!(Push::preview(&letter, "bob"), None);
    }

    #[test]
    fn those_who_are_mentioned_are_shown_another_text_if_the_call_says_that_there_are_any() {
        let told = [("isMentioned", "1"), ("pushContent", "hi")];
        let to =
            |list| format!(r#"{{"mentionedInfo":{{"type":2,"userIdList":["{list}"],"mentionedContent":"@you"}}}}"#);
        let all = r#"{"mentionedInfo":{"type":1,"mentionedContent":"@all"}}"#;

        assert_eq!(preview("RC:TxtMsg", all, &told), Some(text("@all")));
        assert_eq!(preview("RC:TxtMsg", &to("bob"), &told), Some(text("@you")));
        assert_eq!(preview("RC:TxtMsg", &to("carol"), &told), Some(text("hi")));
        assert_eq!(preview("RC:TxtMsg", all, &told[1..]), Some(text("hi")));
    }
}
