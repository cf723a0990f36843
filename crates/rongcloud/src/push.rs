//! What a phone shows about a notice while the app does not run there.
//!
//! The cloud pushes a message of a type of our own only where it comes with a text
//! (<https://docs.rongcloud.cn/platform-chat-api/message/send-private>), so without one an offline receiver is never told.

use std::iter;

use hongbao_domain::red_packet::Remark;

use crate::SettingsError;

/// Where the sender's words go.
const PLACE: &str = "{remark}";

/// The longest text that is sent, in Unicode characters. The cloud documents no limit. Makers of phones refuse what is
/// longer than they take, and the least that one takes is 50 Chinese characters (vivo), of which a lock screen shows about
/// as many.
const MAX_CHARS: usize = 50;

/// A language for which there are texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushLanguage {
    /// 中文
    Chinese,
    /// English.
    English,
}

/// The text of each kind of notice. An empty one is silent: the message arrives, and no phone shows it by itself.
///
/// A text has at most 50 characters and no control character. `{remark}` in that of a packet is where the sender's words
/// go, at most once, cut so that the whole has at most 50 characters; it must say something without them, for a sender
/// may have said nothing. Other braces are refused, so that no misspelt `{remark}` is shown to users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushTexts {
    /// To the receiver of a packet.
    pub red_packet: String,
    /// To the sender of a packet that was opened.
    pub opened: String,
    /// To the sender of a packet that went back.
    pub refunded: String,
}

impl PushTexts {
    /// Gives the texts of a language.
    pub fn of(language: PushLanguage) -> Self {
        let texts = match language {
            PushLanguage::Chinese => ["[红包] {remark}", "您的红包已被领取", "您的红包已退回"],
            PushLanguage::English => {
                ["[Red packet] {remark}", "Your red packet was opened", "Your red packet was refunded"]
            }
        };
        let [red_packet, opened, refunded] = texts.map(str::to_owned);
        Self { red_packet, opened, refunded }
    }
}

/// The texts, once they were judged.
pub(crate) struct Pushes {
    red_packet: Template,
    opened: Template,
    refunded: Template,
}

impl Pushes {
    pub(crate) fn try_new(texts: &PushTexts) -> Result<Self, SettingsError> {
        let refused = |setting| SettingsError::Push { setting };
        let red_packet = Template::parse(&texts.red_packet).ok_or_else(|| refused("push_red_packet"))?;
        let plain = |text, setting| {
            let template = Template::parse(text).filter(|template| template.after.is_none());
            template.ok_or_else(|| refused(setting))
        };
        let (opened, refunded) = (plain(&texts.opened, "push_opened")?, plain(&texts.refunded, "push_refunded")?);
        Ok(Self { red_packet, opened, refunded })
    }

    /// Gives the text about a packet that can be claimed; `None`: silent.
    pub(crate) fn red_packet(&self, remark: &Remark) -> Option<String> {
        self.red_packet.fill(remark.as_str())
    }

    /// Gives the text about a packet that was opened; `None`: silent.
    pub(crate) fn opened(&self) -> Option<String> {
        self.opened.fill("")
    }

    /// Gives the text about a packet that went back; `None`: silent.
    pub(crate) fn refunded(&self) -> Option<String> {
        self.refunded.fill("")
    }
}

/// A text, and where the sender's words go in it.
struct Template {
    before: String,
    /// What follows the words; `None`: there is no place for them.
    after: Option<String>,
}

impl Template {
    /// Reads a text; `None` if it cannot be used.
    fn parse(text: &str) -> Option<Self> {
        let (before, after) = match text.split_once(PLACE) {
            Some((before, after)) => (before, Some(after)),
            None => (text, None),
        };
        let own = || before.chars().chain(after.unwrap_or_default().chars());
        let is_silent = text.is_empty();
        let says_something = own().any(|character| !character.is_whitespace());
        let allowed = own().all(|character| !character.is_control() && !"{}".contains(character));
        (is_silent || (says_something && allowed && own().count() <= MAX_CHARS))
            .then(|| Self { before: before.to_owned(), after: after.map(str::to_owned) })
    }

    /// Puts the words in their place, on one line, as many of them as there is room for.
    fn fill(&self, words: &str) -> Option<String> {
        let Self { before, after } = self;
        let room = match after {
            Some(after) => MAX_CHARS - before.chars().count() - after.chars().count(),
            None => 0,
        };
        let filled = [before, cut(words, room).as_str(), after.as_deref().unwrap_or_default()].concat();
        let filled = filled.trim();
        (!filled.is_empty()).then(|| filled.to_owned())
    }
}

/// Gives the beginning of a text as one line, with an ellipsis where something is left out.
fn cut(text: &str, max_chars: usize) -> String {
    let mut line = text.trim().chars().map(|character| if character.is_control() { ' ' } else { character });
    let mut beginning: Vec<char> = line.by_ref().take(max_chars).collect();
    if line.next().is_some() {
        beginning.pop();
        return beginning.into_iter().chain(iter::once('…')).take(max_chars).collect();
    }
    beginning.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pushes(red_packet: &str, opened: &str) -> Result<Pushes, SettingsError> {
        let texts =
            PushTexts { red_packet: red_packet.to_owned(), opened: opened.to_owned(), refunded: opened.to_owned() };
        Pushes::try_new(&texts)
    }

    fn shown(red_packet: &str, remark: &str) -> Option<String> {
        pushes(red_packet, "").unwrap().red_packet(&remark.parse().unwrap())
    }

    #[test]
    fn the_words_of_the_sender_have_their_place() {
        assert_eq!(shown("[红包] {remark}", "恭喜发财").as_deref(), Some("[红包] 恭喜发财"));
        assert_eq!(shown("“{remark}” 红包", "{remark}").as_deref(), Some("“{remark}” 红包"));
        assert_eq!(shown("收到一个红包", "恭喜发财").as_deref(), Some("收到一个红包"));
        assert_eq!(shown("[红包] {remark}", "").as_deref(), Some("[红包]"));
        assert_eq!(shown("[红包] {remark}", " a\n\tb\r\n").as_deref(), Some("[红包] a  b"));
    }

    #[test]
    fn each_language_has_a_text_for_each_kind() {
        for language in [PushLanguage::Chinese, PushLanguage::English] {
            let pushes = Pushes::try_new(&PushTexts::of(language)).unwrap();
            let red_packet = pushes.red_packet(&"恭喜".parse().unwrap()).unwrap();
            assert!(red_packet.ends_with(" 恭喜"), "{red_packet}");
            assert!(pushes.opened().is_some() && pushes.refunded().is_some());
        }
    }

    #[test]
    fn an_empty_text_is_silent() {
        let pushes = pushes("", "").unwrap();
        assert_eq!((pushes.red_packet(&"恭喜".parse().unwrap()), pushes.opened()), (None, None));
    }

    #[test]
    fn long_words_are_cut_and_what_stands_around_them_is_not() {
        let longest = "福".repeat(225);
        for text in ["[红包] {remark}", "{remark} (红包)", &["x".repeat(49), "{remark}".to_owned()].concat()] {
            let shown = shown(text, &longest).unwrap();
            assert_eq!(shown.chars().count(), 50, "{shown}");
            assert!(shown.contains('…') && shown.starts_with(&text[..1].replace('{', "福")), "{shown}");
        }
        assert_eq!(shown("[红包] {remark}", &"福".repeat(45)), Some(format!("[红包] {}", "福".repeat(45))));
        assert_eq!(shown("[红包] {remark}", &"福".repeat(46)), Some(format!("[红包] {}…", "福".repeat(44))));
        let full = "x".repeat(50);
        assert_eq!(shown(&[full.as_str(), "{remark}"].concat(), "福"), Some(full));
    }

    #[test]
    fn a_text_that_cannot_be_used_is_named() {
        let too_long = "福".repeat(51);
        for wrong in
            ["{remark}", " ", "红包 {remrk}", "红包 {remark} {remark}", "{", "}", "红\n包", "红包\0", &too_long]
        {
            let named =
                |refused| matches!(refused, Err(SettingsError::Push { setting }) if setting == "push_red_packet");
            assert!(named(pushes(wrong, "")), "{wrong:?}");
            let named = |refused| matches!(refused, Err(SettingsError::Push { setting }) if setting == "push_opened");
            assert!(named(pushes("", wrong)), "{wrong:?}");
        }
        assert!(pushes("{remark} 红包", "").is_ok());
        assert!(pushes("", "{remark} 红包").is_err());
    }
}
