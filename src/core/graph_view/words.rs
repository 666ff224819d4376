//! Widths of texts before anything is drawn, and texts cut to a width. An estimate: the page's font is the reader's own.

/// Widths of a character in em: narrow, middle, wide, and of scripts whose characters fill a square.
const NARROW_EM: f64 = 0.32;
const MIDDLE_EM: f64 = 0.62;
const WIDE_EM: f64 = 0.86;
const SQUARE_EM: f64 = 1.05;

fn em(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | 'f' | 't' | 'r' | '(' | ')' | ' ' | '\u{a0}' | '/' | '-'
        | '·' => NARROW_EM + 0.05,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => WIDE_EM + 0.1,
        'A'..='Z' => 0.72,
        _ if character.is_ascii() || u32::from(character) < 0x1100 => MIDDLE_EM,
        _ => SQUARE_EM,
    }
}

/// About how wide a text is.
#[must_use]
pub fn width_px(text: &str, font_px: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * font_px
}

/// The text, or as much of it as fits with an ellipsis in its middle: names of a file often begin alike, and often end alike.
#[must_use]
pub fn cut(text: &str, font_px: f64, most_px: f64) -> String {
    if width_px(text, font_px) <= most_px {
        return text.to_owned();
    }
    let characters: Vec<char> = text.chars().collect();
    let room = (most_px - em('…') * font_px).max(0.0);
    let (mut first, mut last, mut used) = (0, characters.len(), 0.0);
    while first < last {
        // A little more of the beginning than of the end.
        let from_start = first <= 2 * (characters.len() - last);
        let next = if from_start { characters.get(first) } else { characters.get(last - 1) };
        let width = next.map_or(0.0, |character| em(*character) * font_px);
        if used + width > room {
            break;
        }
        used += width;
        if from_start { first += 1 } else { last -= 1 }
    }
    let part = |range: std::ops::Range<usize>| characters.get(range).unwrap_or_default().iter().collect::<String>();
    format!("{}…{}", part(0..first).trim_end(), part(last..characters.len()).trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_text_fits_and_keeps_both_ends() {
        let long = "conversation_context_provider_for_everything_else";
        let short = cut(long, 12.0, 120.0);
        assert!(width_px(&short, 12.0) <= 120.0);
        assert!(short.starts_with("conv") && short.contains('…') && short.ends_with("lse"));
        assert_eq!(cut("critic", 12.0, 120.0), "critic");
        assert_eq!(cut("", 12.0, 0.0), "");
        assert_eq!(cut("日本語", 12.0, 0.0), "…");
    }
}
