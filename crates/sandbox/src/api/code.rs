//! The business codes whose HTTP status is known.

/// A business code of the cloud, as <https://docs.rongcloud.cn/platform-chat-api/code> tabulates them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code(u16);

/// Code, HTTP status, meaning. The HTTP column is that of the table of 2018; today's table has none.
const TABLE: [(u16, u16, &str); 16] = [
    (404, 404, "endpoint not found."),
    (405, 405, "method not allowed."),
    (1000, 500, "internal logic error."),
    (1001, 401, "incorrect App Secret."),
    (1002, 400, "parameter error."),
    (1003, 400, "no POST data."),
    (1004, 401, "签名错误，请检查。"),
    (1005, 400, "parameter too long."),
    (1006, 401, "app offline."),
    (1007, 401, "call restricted."),
    (1008, 429, "rate limit exceeded."),
    (1009, 430, "service not enabled."),
    (1015, 200, "data to delete does not exist."),
    (1016, 403, "keep-alive chatrooms over limit."),
    (1050, 504, "internal service timeout."),
    (2007, 403, "the number of users exceeds the limit."),
];

impl Code {
    pub(crate) const INTERNAL_ERROR: Self = Self(1000);
    pub(crate) const PARAMETER_ERROR: Self = Self(1002);
    pub(crate) const RATE_LIMIT: Self = Self(1008);

    /// Finds a code in the table.
    pub fn parse(code: u16) -> Option<Self> {
        TABLE.iter().any(|(known, ..)| *known == code).then_some(Self(code))
    }

    /// Lists every code of the table, in ascending order.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|(code, ..)| Self(*code))
    }

    /// The number itself.
    pub fn value(self) -> u16 {
        self.0
    }

    /// The HTTP status that goes with it.
    pub fn http_status(self) -> u16 {
        self.row().1
    }

    /// Tells whether a caller who reads it cannot know if the request was executed.
    pub fn leaves_open(self) -> bool {
        self.http_status() >= 500
    }

    pub(super) fn meaning(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> (u16, u16, &'static str) {
        TABLE.into_iter().find(|(code, ..)| *code == self.0).expect("a code is made from the table only")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_of_the_table_and_comes_with_its_http_status() {
        assert_eq!(Code::parse(1009).map(Code::http_status), Some(430));
        assert_eq!(Code::parse(200), None);
        assert_eq!(Code::parse(1008).map(Code::value), Some(1008));
        assert!(Code::all().map(Code::value).is_sorted());
    }

    #[test]
    fn only_server_errors_leave_it_open() {
        let open: Vec<u16> = Code::all().filter(|code| code.leaves_open()).map(Code::value).collect();

        assert_eq!(open, [1000, 1050]);
    }
}
