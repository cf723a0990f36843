//! Lists as people write them: `["a", "b"]` in a file, `a,b` on a command line or in the environment.

use serde::{Deserialize, Serialize};

/// A list of words. None of them is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(from = "Written")]
pub struct List(pub Vec<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Line(String),
    Words(Vec<String>),
}

impl From<Written> for List {
    fn from(written: Written) -> Self {
        let words = match written {
            Written::Line(line) => line.split(',').map(|word| word.trim().to_owned()).collect(),
            Written::Words(words) => words,
        };
        Self(words.into_iter().filter(|word| !word.is_empty()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_may_be_written_in_one_line() {
        let read = |json: &str| serde_json::from_str::<List>(json).unwrap().0;
        assert_eq!(read(r#"["RC:RcCmd","RC:CmdMsg"]"#), ["RC:RcCmd", "RC:CmdMsg"]);
        assert_eq!(read(r#""RC:RcCmd, RC:CmdMsg""#), ["RC:RcCmd", "RC:CmdMsg"]);
        assert!(read(r#""""#).is_empty());
    }
}
