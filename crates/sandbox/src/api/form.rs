//! Forms, read as tolerantly as the cloud reads them.

use super::CloudError;

/// The parameters of a request, in the order in which they were sent.
///
/// Nothing is refused here: one official SDK encodes only `content`, so names arrive as raw UTF-8 with raw spaces, and
/// an `&` in one makes an unknown parameter. Bytes that are not UTF-8 become U+FFFD.
#[derive(Debug)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a body of the type `application/x-www-form-urlencoded`, whatever its header says.
    pub(crate) fn parse(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// Finds a parameter that must be there. An empty one is not.
    pub(crate) fn required(&self, parameter: &'static str) -> Result<&str, CloudError> {
        self.optional(parameter).ok_or(CloudError::Missing(parameter))
    }

    /// Finds a parameter that may be there; SDKs send `name=` when there is no name.
    pub(crate) fn optional(&self, parameter: &str) -> Option<&str> {
        self.values(parameter).next()
    }

    /// Lists a parameter that may be repeated and must be there at least once.
    pub(crate) fn repeated(&self, parameter: &'static str) -> Result<Vec<&str>, CloudError> {
        let values: Vec<&str> = self.values(parameter).collect();
        if values.is_empty() {
            return Err(CloudError::Missing(parameter));
        }
        Ok(values)
    }

    /// Lists the parameters `name[key]`, each with its key; a value may be empty.
    pub(crate) fn keyed(&self, name: &'static str) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(move |(parameter, value)| {
            let key = parameter.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?;
            Some((key, value.as_str()))
        })
    }

    /// Tells whether a parameter says yes: SDKs write `1`, `true` and `True`. Anything else says no.
    pub(crate) fn flag(&self, parameter: &str) -> bool {
        self.optional(parameter).is_some_and(|value| value == "1" || value.eq_ignore_ascii_case("true"))
    }

    /// Counts the values of a parameter.
    pub(crate) fn count(&self, parameter: &str) -> usize {
        self.values(parameter).count()
    }

    /// Gives all parameters as they were sent.
    pub(crate) fn into_fields(self) -> Vec<(String, String)> {
        self.0
    }

    fn values(&self, parameter: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, value)| key == parameter && !value.is_empty()).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_is_a_plus_or_percent_20_or_itself() {
        let form = Form::parse(b"a=x+y&b=x%20y&c=x y");

        for parameter in ["a", "b", "c"] {
            assert_eq!(form.optional(parameter), Some("x y"));
        }
    }

    #[test]
    fn a_raw_ampersand_cuts_the_value_and_harms_nothing_else() {
        let body = "userId=u1&name=张三 & Co=1+2&portraitUri=http://abc.com/my portrait.jpg?a=1&b=2";

        let form = Form::parse(body.as_bytes());

        assert_eq!(form.optional("userId"), Some("u1"));
        assert_eq!(form.optional("name"), Some("张三 "));
        assert_eq!(form.optional(" Co"), Some("1 2"));
        assert_eq!(form.optional("portraitUri"), Some("http://abc.com/my portrait.jpg?a=1"));
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        let form = Form::parse(b"name=\xff\xfe");

        assert_eq!(form.optional("name"), Some("\u{fffd}\u{fffd}"));
    }

    #[test]
    fn a_repeated_key_is_a_list_without_its_empty_values() {
        let form = Form::parse(b"toUserId=b&x=1&toUserId=&toUserId=c");

        assert_eq!(form.repeated("toUserId"), Ok(vec!["b", "c"]));
    }

    #[test]
    fn a_flag_is_written_in_many_ways() {
        let form = Form::parse(b"a=1&b=true&c=True&d=0&e=false&f=&g=yes");

        let flags = ["a", "b", "c", "d", "e", "f", "g", "h"].map(|parameter| form.flag(parameter));

        assert_eq!(flags, [true, true, true, false, false, false, false, false]);
    }

    #[test]
    fn an_empty_value_is_no_value() {
        let form = Form::parse(b"userId=");

        let missing = CloudError::Missing("userId");
        assert_eq!(form.required("userId"), Err(missing));
        assert_eq!(missing_list(&form), CloudError::Missing("userId"));
    }

    fn missing_list(form: &Form) -> CloudError {
        form.repeated("userId").unwrap_err()
    }

    #[test]
    fn keys_stand_in_brackets_encoded_or_not() {
        let form = Form::parse(b"userId=u&group[g1]=One&group%5Bg2%5D=&group=x&group[=y&groups[z]=1");

        assert!(form.keyed("group").eq([("g1", "One"), ("g2", "")]));
    }
}
