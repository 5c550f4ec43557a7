//! Parses conditions.

use std::{cmp::Ordering, fmt, str::FromStr};

use super::{Clause, Condition, Field, Operand, PATTERN};
use crate::{
    patterns::PatternMatcher,
    query::line_regex::{Case, LineRegex},
};

/// How deeply parentheses and `not` may be nested.
const DEEPEST: usize = 64;

/// The operators. Longer ones come before those that they begin with.
const OPERATORS: [(&str, Operator); 9] = [
    ("==", Operator::Compare(&[Ordering::Equal])),
    ("!=", Operator::Differs),
    ("!~", Operator::DoesNotMatch),
    (
        ">=",
        Operator::Compare(&[Ordering::Greater, Ordering::Equal]),
    ),
    ("<=", Operator::Compare(&[Ordering::Less, Ordering::Equal])),
    ("=", Operator::Compare(&[Ordering::Equal])),
    (">", Operator::Compare(&[Ordering::Greater])),
    ("<", Operator::Compare(&[Ordering::Less])),
    ("~", Operator::Matches),
];

/// What an operator asks.
#[derive(Clone, Copy)]
enum Operator {
    Compare(&'static [Ordering]),
    Differs,
    Matches,
    DoesNotMatch,
}

/// An invalid condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadCondition {
    text: Box<str>,
    /// Where it is wrong, in bytes.
    at: usize,
    reason: Box<str>,
}

impl BadCondition {
    /// Returns what is wrong, without the text.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for BadCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let printable = |letter: char| if letter.is_control() { ' ' } else { letter };
        let text: String = self.text.chars().map(printable).collect();
        let column = self.text[..self.at].chars().count();
        write!(
            f,
            "invalid condition: {}\n  {text}\n  {:column$}^",
            self.reason, ""
        )
    }
}

impl std::error::Error for BadCondition {}

impl FromStr for Condition {
    type Err = BadCondition;

    fn from_str(text: &str) -> Result<Self, BadCondition> {
        let mut parser = Parser {
            text,
            at: 0,
            depth: 0,
        };
        let root = parser.any()?;
        match parser.rest() {
            "" => Ok(Self {
                text: text.trim().into(),
                root,
                streams: None,
            }),
            _ => parser.fail("expected `and`, `or` or the end"),
        }
    }
}

/// Returns a name or a value in quotes, if it needs them.
pub fn quoted(text: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "_.-@/:".contains(letter);
    let is_word = |word: &&str| word.eq_ignore_ascii_case(text);
    let is_reserved = ["and", "or", "not"].iter().any(is_word);
    if !text.is_empty() && text.chars().all(is_plain) && !is_reserved {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Reads a condition from left to right.
struct Parser<'a> {
    text: &'a str,
    /// The offset of what is left.
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    /// Returns what is left, without leading blanks.
    fn rest(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        trimmed
    }

    fn fail<T>(&self, reason: impl Into<Box<str>>) -> Result<T, BadCondition> {
        Err(BadCondition {
            text: self.text.into(),
            at: self.at,
            reason: reason.into(),
        })
    }

    /// Takes a sign or a word if it is next. A word ends where a name ends.
    fn takes(&mut self, token: &str) -> bool {
        let rest = self.rest();
        let Some(head) = rest.get(..token.len()) else {
            return false;
        };
        let is_word = token.starts_with(char::is_alphabetic);
        let goes_on = is_word && rest[token.len()..].starts_with(is_of_name);
        let is_next = head.eq_ignore_ascii_case(token) && !goes_on;
        if is_next {
            self.at += token.len();
        }
        is_next
    }

    fn any(&mut self) -> Result<Clause, BadCondition> {
        let mut nodes = vec![self.all()?];
        while self.takes("or") || self.takes("||") {
            nodes.push(self.all()?);
        }
        Ok(only_or(nodes, Clause::Any))
    }

    fn all(&mut self) -> Result<Clause, BadCondition> {
        let mut nodes = vec![self.one()?];
        while self.takes("and") || self.takes("&&") {
            nodes.push(self.one()?);
        }
        Ok(only_or(nodes, Clause::All))
    }

    fn one(&mut self) -> Result<Clause, BadCondition> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.fail("nested too deeply");
        }
        let node = if self.takes("not") || self.takes("!") {
            Clause::Not(Box::new(self.one()?))
        } else if self.takes("(") {
            let inner = self.any()?;
            if !self.takes(")") {
                return self.fail("expected `)`");
            }
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(node)
    }

    fn comparison(&mut self) -> Result<Clause, BadCondition> {
        let name = self.name()?;
        let field = Field::named(&name);
        let rest = self.rest();
        let operator = OPERATORS.iter().find(|(sign, _)| rest.starts_with(sign));
        let Some((sign, operator)) = operator else {
            return Ok(Clause::Has(field));
        };
        self.at += sign.len();
        let is_pattern = matches!(operator, Operator::Matches | Operator::DoesNotMatch);
        self.rest();
        let start = self.at;
        let Some(value) = self.value(is_pattern)? else {
            return self.fail(format!("expected a value after `{sign}`"));
        };
        let is_equality = matches!(*sign, "=" | "==" | "!=");
        let node = if name == PATTERN && is_equality {
            Clause::OfPattern(Box::new(PatternMatcher::new(&value)))
        } else if is_pattern {
            match LineRegex::new(&value, Case::Sensitive) {
                Ok(pattern) => Clause::Matches(field, pattern),
                Err(error) => {
                    self.at = start;
                    return self.fail(error.to_string());
                }
            }
        } else {
            let mut operand = Operand::new(&value);
            if field == Field::Level {
                operand.level = crate::query::level_of_word(&value);
                if operand.level.is_none() {
                    self.at = start;
                    return self.fail(format!(
                        "unknown level {value:?}; levels are trace, debug, info, warn, error, \
                         critical"
                    ));
                }
            }
            let wanted = match operator {
                Operator::Compare(wanted) => wanted,
                _ => &[Ordering::Equal][..],
            };
            Clause::Compare(field, wanted, operand)
        };
        Ok(match operator {
            Operator::Differs | Operator::DoesNotMatch => Clause::Not(Box::new(node)),
            _ => node,
        })
    }

    fn name(&mut self) -> Result<String, BadCondition> {
        let rest = self.rest();
        if rest.starts_with(['"', '\'']) {
            return self.quoted(false);
        }
        let end = rest
            .find(|letter| !is_of_name(letter))
            .unwrap_or(rest.len());
        let name = &rest[..end];
        let is_word = |word: &&str| word.eq_ignore_ascii_case(name);
        if name.is_empty() || ["and", "or"].iter().any(is_word) {
            return self.fail("expected the name of a field");
        }
        self.at += end;
        Ok(name.to_owned())
    }

    /// Returns the value of a comparison, or `None` if there is none.
    fn value(&mut self, is_pattern: bool) -> Result<Option<String>, BadCondition> {
        let rest = self.rest();
        if rest.starts_with(['"', '\'']) {
            return self.quoted(is_pattern).map(Some);
        }
        // A parenthesis that the value opens belongs to it: `path~^/(a|b)`.
        let mut depth = 0_usize;
        let end = rest.find(|letter: char| match letter {
            '(' => {
                depth += 1;
                false
            }
            ')' if depth > 0 => {
                depth -= 1;
                false
            }
            ')' => true,
            _ => letter.is_whitespace(),
        });
        let value = &rest[..end.unwrap_or(rest.len())];
        self.at += value.len();
        Ok((!value.is_empty()).then(|| value.to_owned()))
    }

    /// Reads text in quotes. A backslash before a quote or a backslash is dropped; in a regular
    /// expression only before a quote, because other escapes are its own.
    fn quoted(&mut self, is_pattern: bool) -> Result<String, BadCondition> {
        let rest = self.rest();
        let mut letters = rest.char_indices();
        let quote = letters.next().map_or('"', |(_, quote)| quote);
        let mut text = String::new();
        while let Some((at, letter)) = letters.next() {
            if letter == quote {
                self.at += at + 1;
                return Ok(text);
            }
            text.push(letter);
            if letter == '\\'
                && let Some((_, escaped)) = letters.next()
            {
                if escaped == quote || escaped == '\\' && !is_pattern {
                    text.pop();
                }
                text.push(escaped);
            }
        }
        self.fail("this quote is not closed")
    }
}

/// Returns whether a letter can be part of a name without quotes.
fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || "_.-@/:$#".contains(letter)
}

/// Returns the only node, or the nodes together.
fn only_or(mut nodes: Vec<Clause>, together: fn(Vec<Clause>) -> Clause) -> Clause {
    match nodes.pop() {
        Some(only) if nodes.is_empty() => only,
        last => {
            nodes.extend(last);
            together(nodes)
        }
    }
}
