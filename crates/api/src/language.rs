//! In which language a detail is written.

/// A language that details are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// The language for a caller that does not ask for one.
    #[default]
    English,
    /// 中文
    Chinese,
}

impl Language {
    /// Chooses by the value of an `Accept-Language` header (RFC 9110, section 12.5.4).
    ///
    /// Any kind of Chinese is Chinese and any kind of English English; `*` means what is not named. Between equals
    /// the one that is named first wins, and what cannot be read is passed over.
    pub fn negotiate(accept_language: &str) -> Self {
        let wishes: Vec<Wish> = accept_language.split(',').filter_map(Wish::parse).collect();
        let place_of = |language| {
            let named = wishes.iter().enumerate().filter(|(_, wish)| wish.range == Some(language));
            let best = named.max_by_key(|(index, wish)| (wish.quality, wishes.len() - index));
            let any = wishes.iter().enumerate().find(|(_, wish)| wish.range.is_none());
            best.or(any).map(|(index, wish)| (wish.quality, wishes.len() - index)).filter(|(quality, _)| *quality > 0)
        };
        if place_of(Self::Chinese) > place_of(Self::English) { Self::Chinese } else { Self::English }
    }
}

/// One element of the header.
struct Wish {
    /// `None` for `*`.
    range: Option<Language>,
    /// In thousandths.
    quality: u16,
}

impl Wish {
    fn parse(element: &str) -> Option<Self> {
        let (range, weight) = match element.split_once(';') {
            Some((range, weight)) => (range, Some(weight)),
            None => (element, None),
        };
        let range = match range.trim().split('-').next().map(str::to_ascii_lowercase).as_deref() {
            Some("zh") => Some(Language::Chinese),
            Some("en") => Some(Language::English),
            Some("*") => None,
            _ => return None,
        };
        Some(Self { range, quality: weight.map_or(Some(1000), parse_weight)? })
    }
}

fn parse_weight(weight: &str) -> Option<u16> {
    let number = weight.trim().strip_prefix("q=").or_else(|| weight.trim().strip_prefix("Q="))?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_written_well = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let thousandths: u16 = format!("{fraction:0<3}").parse().ok().filter(|_| is_written_well)?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Language::*, *};

    #[test]
    fn whoever_asks_for_chinese_gets_chinese() {
        for header in ["zh", "zh-CN", "zh-Hans-CN,zh;q=0.9,en;q=0.8", "ZH", "fr, zh;q=0.1", "zh-CN,en", "en;q=0.8,zh"] {
            assert_eq!(Language::negotiate(header), Chinese, "{header:?}");
        }
    }

    #[test]
    fn english_is_for_everybody_else() {
        for header in
            ["", "*", "fr", "en", "en,zh", "en-US,en;q=0.9,zh-CN;q=0.8", "zh;q=0", "zh;q=0.5,*;q=0.8", "zhuang"]
        {
            assert_eq!(Language::negotiate(header), English, "{header:?}");
        }
    }

    #[test]
    fn a_star_means_what_is_not_named() {
        assert_eq!(Language::negotiate("en;q=0, *"), Chinese);
        assert_eq!(Language::negotiate("en;q=0.3, *;q=0.5"), Chinese);
        assert_eq!(Language::negotiate("zh;q=0, *"), English);
    }

    #[test]
    fn a_weight_that_is_no_weight_drops_its_language() {
        for weight in ["q=2", "q=1.5", "q=0.1234", "q=-1", "q=", "q", "q=0.x", "level=1"] {
            assert_eq!(Language::negotiate(&format!("zh;{weight}, en;q=0.001")), English, "{weight:?}");
        }
    }

    proptest! {
        #[test]
        fn no_header_makes_the_negotiation_panic(header: String) {
            Language::negotiate(&header);
        }
    }
}
