//! What can be wrong with a Parquet file, in words for the person who dropped it on the page.

use thiserror::Error;

/// Why an import stopped. The text says what is wrong and what to do; [`ImportError::code`] is stable.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ImportError {
    #[error("No file was given. Choose at least one Parquet file.")]
    NoFiles,
    #[error("“{file}” is empty (0 bytes). Export it again; the writer may not have finished.")]
    Empty { file: String },
    #[error(
        "“{file}” is not a Parquet file: it neither begins nor ends with the Parquet mark. Check that this is the file you meant, and that its name ends as its content does."
    )]
    NotParquet { file: String },
    #[error(
        "“{file}” is cut off: a Parquet file ends with its table of contents, and here the end is missing. Copy or download it again, or wait until its writer has closed it."
    )]
    Truncated { file: String },
    #[error("“{file}” is encrypted, and its key is not something to give to a web page. Export it again without Parquet encryption.")]
    Encrypted { file: String },
    #[error("“{file}” is damaged{place}: {detail}. Copy or download it again; if that does not help, export it again.")]
    Damaged {
        file: String,
        /// Empty, or where the damage is, beginning with a blank.
        place: String,
        detail: String,
    },
    #[error(
        "“{file}” uses something that this page cannot read: {detail}. Export it again with plain columns and a common compression such as zstd or snappy."
    )]
    Unsupported { file: String, detail: String },
    #[error("“{file}” has no columns, so there is nothing to show. Export it again with its columns.")]
    NoColumns { file: String },
    #[error("“{file}” holds a value that is too large for the browser: {detail}. Export it again without that value.")]
    TooLarge { file: String, detail: String },
    #[error("“{file}” claims {rows} rows, and {most} are the most that this page reads. Export a part of it, such as one day.")]
    TooManyRows { file: String, rows: u64, most: u64 },
    #[error("“{file}” could not be read: {detail}. It may have been moved, changed or locked since it was chosen; choose it again.")]
    Unreadable { file: String, detail: String },
    #[error("The decoded rows could not be handed on: {detail}. Please report this with the file's schema.")]
    Output { detail: String },
}

impl ImportError {
    /// Stable name of the kind of error, for tests, links to help and automation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoFiles => "no-files",
            Self::Empty { .. } => "parquet-empty",
            Self::NotParquet { .. } => "parquet-not-parquet",
            Self::Truncated { .. } => "parquet-truncated",
            Self::Encrypted { .. } => "parquet-encrypted",
            Self::Damaged { .. } => "parquet-damaged",
            Self::Unsupported { .. } => "parquet-unsupported",
            Self::NoColumns { .. } => "parquet-no-columns",
            Self::TooLarge { .. } => "parquet-too-large",
            Self::TooManyRows { .. } => "parquet-too-many-rows",
            Self::Unreadable { .. } => "file-unreadable",
            Self::Output { .. } => "importer-output",
        }
    }

    /// Damage without a known place, from a text of a library below.
    pub(super) fn damaged(file: &str, detail: impl ToString) -> Self {
        Self::Damaged { file: file.to_owned(), place: String::new(), detail: plain(&detail.to_string()) }
    }

    pub(super) fn output(detail: impl ToString) -> Self {
        Self::Output { detail: plain(&detail.to_string()) }
    }
}

/// A library's message without its prefixes and final stop, short enough for a notice.
pub(in crate::import) fn plain(detail: &str) -> String {
    const LONGEST: usize = 300;
    let mut text = detail.trim();
    for prefix in ["Parquet argument error: ", "External: ", "Parquet error: ", "Arrow: ", "EOF: ", "NYI: "] {
        text = text.strip_prefix(prefix).unwrap_or(text);
    }
    let text = text.trim_end_matches('.');
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
