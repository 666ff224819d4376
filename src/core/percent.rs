//! Percent-encoding of UTF-8 text for the part of an address behind `#`.
//!
//! Encodes more than the standard asks for, so that a link survives mail programs and chats that end it at a quote or a bracket.

/// Encodes a text so that [`decode`] gives it back and no `&`, `=`, `?`, `#`, `%`, space, quote or bracket is left in it.
#[must_use]
pub fn encode(text: &str) -> String {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let digit = |half: u8| HEX.get(usize::from(half)).copied().unwrap_or('0');
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/:@,".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(digit(byte >> 4));
            encoded.push(digit(byte & 0x0f));
        }
    }
    encoded
}

/// A decoded text and whether it was clean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    /// Some bytes were not UTF-8 and became U+FFFD, or a `%` was not followed by two hex digits and stayed as it was.
    pub damaged: bool,
}

/// Decodes `%41` to `A`; a `+` means itself. Never fails.
#[must_use]
pub fn decode(text: &str) -> Decoded {
    let mut bytes = Vec::with_capacity(text.len());
    let mut damaged = false;
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        match after.split_first_chunk::<2>().and_then(|(&[high, low], after)| Some((hex(high)? << 4 | hex(low)?, after))) {
            Some((decoded, after)) => {
                bytes.push(decoded);
                rest = after;
            }
            None => {
                damaged = true;
                bytes.push(byte);
            }
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) => Decoded { text, damaged },
        Err(error) => Decoded { text: String::from_utf8_lossy(error.as_bytes()).into_owned(), damaged: true },
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn clean(text: &str) -> Decoded {
        Decoded { text: text.to_owned(), damaged: false }
    }

    #[test]
    fn encodes_what_would_end_a_link_or_a_pair() {
        assert_eq!(encode("a=1&b?#%"), "a%3D1%26b%3F%23%25");
        assert_eq!(encode("https://a.org/x_y-z~,@"), "https://a.org/x_y-z~,@");
        assert_eq!(encode("ø 'x' (y)"), "%C3%B8%20%27x%27%20%28y%29");
    }

    #[test]
    fn decodes_either_case_and_leaves_plus_alone() {
        assert_eq!(decode("%c3%B8+%2B"), clean("ø++"));
    }

    #[test]
    fn says_what_was_damaged_and_keeps_the_rest() {
        for (text, expected) in [("%", "%"), ("a%4", "a%4"), ("%4g%41", "%4gA"), ("%+1", "%+1"), ("%ff!", "\u{fffd}!"), ("%é", "%é")] {
            assert_eq!(decode(text), Decoded { text: expected.to_owned(), damaged: true }, "{text}");
        }
    }

    proptest! {
        #[test]
        fn decoding_gives_the_text_back(text in prop::collection::vec(any::<char>(), 0..20).prop_map(String::from_iter)) {
            let encoded = encode(&text);
            prop_assert!(encoded.bytes().all(|byte| byte.is_ascii_graphic() && !b"&=?#+'\"()<>[]{}`\\".contains(&byte)), "{}", encoded);
            prop_assert_eq!(decode(&encoded), clean(&text));
        }

        #[test]
        fn text_without_percent_signs_means_itself(text in "[^%]{0,20}") {
            prop_assert_eq!(decode(&text), clean(&text));
        }
    }
}
