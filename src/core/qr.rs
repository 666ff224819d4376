//! A text as a QR code: the squares as one path, for whoever draws it.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// A longer text gives a code that cameras of phones do not read from a screen.
pub const MOST_BYTES: usize = 1_200;
/// The quiet zone that readers need, in squares.
const MARGIN: usize = 4;

/// A drawing in units of one square.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrPicture {
    /// Width and height, the quiet zone among them.
    pub size: usize,
    /// The dark squares as the `d` of an SVG path, a row's neighbours as one piece.
    pub path: String,
}

/// `None` where the text is too long.
#[must_use]
pub fn picture(text: &str) -> Option<QrPicture> {
    if text.len() > MOST_BYTES {
        return None;
    }
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (row, colors) in code.to_colors().chunks(width).enumerate() {
        let mut column = 0;
        for run in colors.chunk_by(|left, right| left == right) {
            if run.first() == Some(&Color::Dark) {
                let _ = write!(path, "M{} {}h{}v1h-{}z", column + MARGIN, row + MARGIN, run.len(), run.len());
            }
            column += run.len();
        }
    }
    Some(QrPicture { size: width + 2 * MARGIN, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_corners_are_where_readers_look_for_them() {
        let picture = picture("https://example.org/#/timeline?v=1&trace=0af7").unwrap();
        assert_eq!(picture.size, 29 + 8, "version 3 holds it");
        // The first row begins and ends with the upper edge of a finder, seven squares wide.
        assert!(picture.path.starts_with("M4 4h7v1h-7z"), "{}", picture.path);
        assert!(picture.path.contains("M26 4h7v1h-7z") && picture.path.contains("M4 32h7v1h-7z"));
    }

    #[test]
    fn a_text_that_no_camera_would_read_gives_none() {
        assert!(picture(&"x".repeat(MOST_BYTES)).is_some());
        assert!(picture(&"x".repeat(MOST_BYTES + 1)).is_none());
    }
}
