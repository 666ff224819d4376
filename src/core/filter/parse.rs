//! Reads a filter's text.

use super::{
    AttributeTest, Compare, Condition, Filter, FilterError, How, KEYS, Key, Node, Part, Pattern, Status, Subject,
    lex::{Cursor, Sign, Value, is_break, is_keyword},
};

/// Longer texts are refused: they come from broken links, not from readers.
const MAX_CHARS: usize = 20_000;
const MAX_CONDITIONS: usize = 500;
/// Brackets within brackets.
const MAX_DEPTH: usize = 40;

/// Units of time with their nanoseconds, longest first; spellings after the first are understood too.
pub(super) const UNITS: &[(i64, &[&str])] = &[
    (3_600_000_000_000, &["h"]),
    (60_000_000_000, &["min", "m"]),
    (1_000_000_000, &["s"]),
    (1_000_000, &["ms"]),
    (1_000, &["us", "µs", "μs"]),
    (1, &["ns"]),
];

pub(super) fn parse(text: &str) -> Result<Filter, FilterError> {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() > MAX_CHARS {
        return Err(error(MAX_CHARS, chars.len() - MAX_CHARS, "The filter is too long: it may have 20,000 characters."));
    }
    let mut parser = Parser { cursor: Cursor::new(&chars), conditions: 0 };
    let root = parser.either(0)?;
    if parser.cursor.peek() == Some(')') {
        return Err(error(parser.cursor.at, 1, "This bracket closes nothing. Remove it, or put a ( before it."));
    }
    Ok(Filter { root })
}

fn error(at: usize, len: usize, message: impl Into<String>) -> FilterError {
    FilterError { at, len, message: message.into() }
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    conditions: usize,
}

impl Parser<'_> {
    /// `a OR b`; `None` where nothing stands before the end or a closing bracket.
    fn either(&mut self, depth: usize) -> Result<Option<Node>, FilterError> {
        let mut choices = Vec::new();
        loop {
            let found = self.both(depth)?;
            let or_at = self.cursor.at;
            let or_follows = self.keyword("or");
            match found {
                Some(node) => choices.push(node),
                None if or_follows => return Err(error(or_at, 2, "OR needs a condition before it.")),
                None if !choices.is_empty() => return Err(error(self.cursor.at, 0, "OR needs a condition after it.")),
                None => {}
            }
            if !or_follows {
                return Ok(Node::any(choices));
            }
        }
    }

    /// `a b`, `a AND b`
    fn both(&mut self, depth: usize) -> Result<Option<Node>, FilterError> {
        let mut all = Vec::new();
        let mut and_at = None;
        loop {
            self.cursor.skip_space();
            if matches!(self.cursor.peek(), None | Some(')')) || self.sees("or") {
                return match and_at {
                    Some(at) => Err(error(at, 3, "AND needs a condition after it.")),
                    None => Ok(Node::all(all)),
                };
            }
            let at = self.cursor.at;
            if self.keyword("and") {
                if all.is_empty() || and_at.is_some() {
                    return Err(error(at, 3, "AND needs a condition before it."));
                }
                and_at = Some(at);
                continue;
            }
            all.push(self.one(depth)?);
            and_at = None;
        }
    }

    /// A condition, a group or the opposite of one.
    fn one(&mut self, depth: usize) -> Result<Node, FilterError> {
        let mut negated = false;
        loop {
            self.cursor.skip_space();
            let at = self.cursor.at;
            let len = if self.keyword("not") {
                3
            } else if self.cursor.take('-') {
                1
            } else {
                break;
            };
            negated = !negated;
            let has_more = match len {
                1 => self.cursor.peek().is_some_and(|next| !next.is_whitespace() && next != ')'),
                _ => {
                    self.cursor.skip_space();
                    !matches!(self.cursor.peek(), None | Some(')')) && !self.sees("or") && !self.sees("and")
                }
            };
            if !has_more {
                let sign = if len == 1 { "-" } else { "NOT" };
                return Err(error(at, len, format!("{sign} needs a condition after it.")));
            }
        }
        let node = if self.cursor.peek() == Some('(') { self.group(depth)? } else { self.condition()? };
        Ok(if negated { node.negate() } else { node })
    }

    fn group(&mut self, depth: usize) -> Result<Node, FilterError> {
        let at = self.cursor.at;
        if depth >= MAX_DEPTH {
            return Err(error(at, 1, "Too many brackets within brackets: 40 are the most."));
        }
        self.cursor.at += 1;
        let inner = self.either(depth + 1)?;
        if !self.cursor.take(')') {
            return Err(error(at, 1, "This bracket is not closed. Put a ) after the last condition of the group."));
        }
        inner.ok_or_else(|| error(at, self.cursor.at - at, "These brackets are empty. Put a condition between them, or remove them."))
    }

    /// Whether the keyword stands here, as a whole word.
    fn sees(&self, keyword: &str) -> bool {
        let len = keyword.len();
        keyword.chars().enumerate().all(|(at, wanted)| self.cursor.peek_after(at).is_some_and(|found| found.eq_ignore_ascii_case(&wanted)))
            && self.cursor.peek_after(len).is_none_or(is_break)
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let is_there = self.sees(keyword);
        if is_there {
            self.cursor.at += keyword.len();
        }
        is_there
    }

    fn condition(&mut self) -> Result<Node, FilterError> {
        let at = self.cursor.at;
        self.conditions += 1;
        if self.conditions > MAX_CONDITIONS {
            return Err(error(at, 1, "Too many conditions: a filter may have 500. A list such as service:A,B counts as one."));
        }
        let word = self.cursor.key_word();
        let attribute = self.quoted_attribute(&word)?;
        let known = attribute.is_some() || Key::of(&word).is_some() || word.contains('.');
        let after_word = self.cursor.at;
        if known {
            self.spaces_before_comparison();
        }
        let sign_at = self.cursor.at;
        let Some(sign) = self.cursor.sign() else {
            if attribute.is_some() {
                return Err(error(
                    at,
                    after_word - at,
                    "An attribute needs a test, such as attr.\"agent.name\":critic or attr.\"agent.name\":exists.",
                ));
            }
            self.cursor.at = at;
            return self.free_word();
        };
        if word.is_empty() {
            return Err(error(
                at,
                self.cursor.at - at,
                "A key is missing, such as service:Agent. Quote the text to search for it as it is.",
            ));
        }
        if after_word != sign_at || matches!(sign, Sign::Compare(_) | Sign::Not) {
            self.cursor.skip_space();
        }
        let sign_len = self.cursor.at - sign_at;
        let place = Place { at, key_len: after_word - at, sign_at, sign_len };
        let (negated, condition) = match (attribute, Key::of(&word)) {
            (Some(key), _) => self.attribute(key, sign, &place)?,
            (None, Some(key)) if key.subject != Subject::Attribute => self.of_key(key, sign, &place)?,
            (None, _) => {
                let key = attribute_key(&word).ok_or_else(|| unknown_key(&word, at))?;
                self.attribute(key, sign, &place)?
            }
        };
        let node = Node::Is(condition);
        Ok(if negated { node.negate() } else { node })
    }

    /// `attr."a key"`: the word is there, the quoted key follows.
    fn quoted_attribute(&mut self, word: &str) -> Result<Option<String>, FilterError> {
        let is_prefix = word.strip_suffix('.').and_then(Key::of).is_some_and(|key| key.subject == Subject::Attribute);
        if is_prefix && self.cursor.peek() == Some('"') { self.cursor.quoted().map(Some) } else { Ok(None) }
    }

    /// People write `dur > 1s`; after `:` and `~` a space ends the condition.
    fn spaces_before_comparison(&mut self) {
        let start = self.cursor.at;
        self.cursor.skip_space();
        let comparison = match self.cursor.peek() {
            Some('<' | '>' | '=') => true,
            Some('!') => self.cursor.peek_after(1) == Some('='),
            _ => false,
        };
        if !comparison {
            self.cursor.at = start;
        }
    }

    fn free_word(&mut self) -> Result<Node, FilterError> {
        let value = self.cursor.value(false)?;
        if value.plain.chars().all(|character| character == '*') {
            return Err(error(value.at, value.len, "There is no text to search for here. Remove it, or write some text."));
        }
        Ok(Node::Is(Condition::Free(Pattern::of_parts(value.parts).trimmed())))
    }

    fn of_key(&mut self, key: &Key, sign: Sign, place: &Place) -> Result<(bool, Condition), FilterError> {
        let name = key.name;
        match key.subject {
            Subject::Text(field) => {
                let (negated, how) =
                    text_sign(sign).ok_or_else(|| place.sign_error(format!("{name} is text: compare it with : = != or ~.")))?;
                let values = self.values(key.example, name)?.into_iter().map(|value| pattern(value, how)).collect();
                Ok((negated, Condition::Text { field, how, values }))
            }
            Subject::Time(of) => {
                let Sign::Compare(compare) = sign else {
                    return Err(place.sign_error(format!("{name} is compared with > >= < or <=, such as {}.", key.example)));
                };
                Ok((false, Condition::Time { of, compare, ns: self.time(key)? }))
            }
            Subject::Status => {
                let (negated, values) = self.words(key, sign, place)?;
                let found = values.iter().map(|value| one_of(&Status::ALL, Status::word, value, "status is ok, error or unset"));
                Ok((negated, Condition::Status(found.collect::<Result<_, _>>()?)))
            }
            Subject::Has => {
                let (negated, values) = self.words(key, sign, place)?;
                let found = values.iter().map(|value| one_of(&Part::ALL, Part::word, value, "has takes exception, events, links or agent"));
                Ok((negated, Condition::Has(found.collect::<Result<_, _>>()?)))
            }
            Subject::Root | Subject::Attribute => {
                let (negated, values) = self.words(key, sign, place)?;
                let [value] = values.as_slice() else { return Err(place.key_error("root takes one value, true or false.")) };
                let is_true = one_of(&["true", "false"], |word| word, value, "root is true or false")? == "true";
                Ok((false, Condition::Root(is_true != negated)))
            }
        }
    }

    fn words(&mut self, key: &Key, sign: Sign, place: &Place) -> Result<(bool, Vec<Value>), FilterError> {
        match text_sign(sign) {
            Some((negated, How::Is | How::Exactly)) => Ok((negated, self.values(key.example, key.name)?)),
            _ => Err(place.sign_error(format!("{} is compared with :, such as {}.", key.name, key.example))),
        }
    }

    fn attribute(&mut self, key: String, sign: Sign, place: &Place) -> Result<(bool, Condition), FilterError> {
        if key.is_empty() {
            return Err(place.key_error("The key of the attribute is missing, such as attr.correlation_id:c-12."));
        }
        let example = "attr.correlation_id:c-12";
        if let Sign::Compare(compare) = sign
            && compare != Compare::Equal
        {
            let value = self.cursor.value(true)?;
            let number = value.plain.parse::<f64>().ok().filter(|number| number.is_finite());
            let number = number.ok_or_else(|| {
                error(value.at, value.len, format!("{} compares numbers, such as attr.n{}5.", compare.sign(), compare.sign()))
            })?;
            // Without a sign of its own: text with -0 would not be canonical.
            let number = if number == 0.0 { 0.0 } else { number };
            return Ok((false, Condition::Attribute { key, test: AttributeTest::Number { compare, number } }));
        }
        let (negated, how) = text_sign(sign).ok_or_else(|| place.sign_error("An attribute is compared with : = != ~ > >= < or <=."))?;
        let values = self.values(example, "The attribute")?;
        if let (How::Is, [only]) = (how, values.as_slice())
            && !only.quoted
            && only.plain.eq_ignore_ascii_case("exists")
        {
            return Ok((negated, Condition::Attribute { key, test: AttributeTest::Exists }));
        }
        let values = values.into_iter().map(|value| pattern(value, how)).collect();
        Ok((negated, Condition::Attribute { key, test: AttributeTest::Text { how, values } }))
    }

    /// `A`, `A,B` or `(A, B)`
    fn values(&mut self, example: &str, name: &str) -> Result<Vec<Value>, FilterError> {
        let open_at = self.cursor.at;
        let in_brackets = self.cursor.take('(');
        let mut values = Vec::new();
        loop {
            if in_brackets {
                self.cursor.skip_space();
            }
            let value = self.cursor.value(true)?;
            if value.len == 0 {
                let message = match values.is_empty() {
                    true => format!("{name} needs a value, such as {example}."),
                    false => "A value is missing after the comma. Put lists with spaces in brackets, such as service:(A, B).".to_owned(),
                };
                return Err(error(value.at, 0, message));
            }
            values.push(value);
            if in_brackets {
                self.cursor.skip_space();
            }
            if self.cursor.take(',') {
                continue;
            }
            if !in_brackets || self.cursor.take(')') {
                return Ok(values);
            }
            return Err(match self.cursor.peek() {
                None => error(open_at, 1, "This bracket is not closed. Put a ) after the last value."),
                Some(_) => error(self.cursor.at, 1, "Put a comma between two values, and quotes around a value with spaces."),
            });
        }
    }

    /// A number and its unit, also with a space between them.
    fn time(&mut self, key: &Key) -> Result<i64, FilterError> {
        let value = self.cursor.value(true)?;
        let mut text = value.plain;
        let mut len = value.len;
        if !text.is_empty() && text.chars().all(|character| character.is_ascii_digit() || character == '.') {
            let before = self.cursor.at;
            self.cursor.skip_space();
            let unit = self.cursor.run(|_, character| is_break(character) || character == ',');
            if UNITS.iter().any(|(_, spellings)| spellings.contains(&unit.as_str())) {
                text.push_str(&unit);
                len = self.cursor.at - value.at;
            } else {
                self.cursor.at = before;
            }
        }
        nanoseconds(&text).map_err(|problem| {
            let message = match problem {
                TimeProblem::NotATime => format!("{} needs a time such as 100ms. Units are ns, us, ms, s, min and h.", key.name),
                TimeProblem::TooLong => "This time is too long to be compared.".to_owned(),
            };
            error(value.at, len, message)
        })
    }
}

/// Where the parts of a condition stand.
struct Place {
    at: usize,
    key_len: usize,
    sign_at: usize,
    sign_len: usize,
}

impl Place {
    fn key_error(&self, message: impl Into<String>) -> FilterError {
        error(self.at, self.key_len, message)
    }

    fn sign_error(&self, message: impl Into<String>) -> FilterError {
        error(self.sign_at, self.sign_len, message)
    }
}

/// Whether it is the opposite that is wanted, and how texts are compared.
fn text_sign(sign: Sign) -> Option<(bool, How)> {
    match sign {
        Sign::Is => Some((false, How::Is)),
        Sign::Contains => Some((false, How::Contains)),
        Sign::Not => Some((true, How::Is)),
        Sign::Compare(Compare::Equal) => Some((false, How::Exactly)),
        Sign::Compare(_) => None,
    }
}

fn pattern(value: Value, how: How) -> Pattern {
    match how {
        How::Is => Pattern::of_parts(value.parts),
        How::Exactly => Pattern::literal(&value.plain),
        How::Contains => Pattern::of_parts(value.parts).trimmed(),
    }
}

fn one_of<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str, value: &Value, rule: &str) -> Result<T, FilterError> {
    let found = all.iter().copied().find(|candidate| word(*candidate).eq_ignore_ascii_case(&value.plain));
    found.ok_or_else(|| error(value.at, value.len, format!("{rule}.")))
}

/// The attribute that a word without quotes names: `attr.n`, and any word with a dot in it, as attributes have.
fn attribute_key(word: &str) -> Option<String> {
    if let Some((prefix, key)) = word.split_once('.')
        && Key::of(prefix).is_some_and(|known| known.subject == Subject::Attribute)
    {
        return Some(key.to_owned());
    }
    let inner_dot = word.trim_matches('.').contains('.');
    inner_dot.then(|| word.to_owned())
}

fn unknown_key(word: &str, at: usize) -> FilterError {
    let len = word.chars().count();
    if Key::of(word).is_some() {
        return error(at, len, "The key of the attribute is missing, such as attr.correlation_id:c-12.");
    }
    let message = match nearest_key(word) {
        Some(key) => format!("There is no key {word}. Did you mean {key}?"),
        None => format!("There is no key {word}. An attribute is written attr.{word}; put the text in quotes to search for it."),
    };
    error(at, len, message)
}

/// The key that differs least, when that is little.
fn nearest_key(word: &str) -> Option<&'static str> {
    let word: Vec<char> = word.to_lowercase().chars().take(24).collect();
    let most = if word.len() < 4 { 1 } else { 2 };
    let spellings = KEYS.iter().flat_map(|key| std::iter::once(&key.name).chain(key.also).map(move |spelling| (key.name, *spelling)));
    let distances = spellings.map(|(name, spelling)| (distance(&word, spelling), name));
    distances.filter(|(distance, _)| *distance <= most).min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// Letters to change, add, remove or swap with their neighbour.
fn distance(word: &[char], key: &str) -> usize {
    let key: Vec<char> = key.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut line: Vec<usize> = (0..=key.len()).collect();
    for (at, letter) in word.iter().enumerate() {
        let mut next = vec![at + 1];
        for (column, wanted) in key.iter().enumerate() {
            let of = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut least = (of(&line, column) + usize::from(letter != wanted)).min(of(&line, column + 1) + 1).min(of(&next, column) + 1);
            let swapped = at > 0 && column > 0 && word.get(at - 1) == Some(wanted) && key.get(column - 1) == Some(letter);
            if swapped {
                least = least.min(of(&before, column - 1) + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut line, next);
    }
    line.last().copied().unwrap_or(usize::MAX)
}

enum TimeProblem {
    NotATime,
    TooLong,
}

/// `1.5s` in nanoseconds, rounded to the nearest.
fn nanoseconds(text: &str) -> Result<i64, TimeProblem> {
    let unit_at = text.find(|character: char| !(character.is_ascii_digit() || character == '.')).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let unit_ns = UNITS.iter().find(|(_, spellings)| spellings.contains(&unit)).map(|(ns, _)| i128::from(*ns));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    // Zero needs no unit.
    let is_zero = !number.is_empty() && unit.is_empty() && number.chars().all(|digit| digit == '0');
    let Some(unit_ns) = unit_ns.or(is_zero.then_some(1)) else { return Err(TimeProblem::NotATime) };
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return Err(TimeProblem::NotATime);
    }
    let whole = whole.trim_start_matches('0');
    if whole.len() > 20 {
        return Err(TimeProblem::TooLong);
    }
    let digits = |text: &str| text.chars().fold(0_i128, |sum, digit| sum * 10 + i128::from(digit.to_digit(10).unwrap_or(0)));
    let kept: String = fraction.chars().take(15).collect();
    let scale = 10_i128.pow(u32::try_from(kept.len()).unwrap_or(0));
    let ns = digits(whole) * unit_ns + (digits(&kept) * unit_ns * 2 + scale) / (scale * 2);
    i64::try_from(ns).ok().filter(|ns| *ns < i64::MAX).ok_or(TimeProblem::TooLong)
}

/// Whether a bare word would be read as something else.
pub(super) fn has_other_meaning(word: &str) -> bool {
    is_keyword(word) || word.starts_with('-')
}
