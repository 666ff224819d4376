//! Why files of spans cannot be opened, in words for the person who dropped them on the page.

use crate::import::parquet::ImportError;

/// The text says what is wrong; [`SpansError::code`] is stable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpansError {
    #[error(transparent)]
    Parquet(#[from] ImportError),
    #[error("“{file}” holds no spans that are known here. {detail}")]
    NoSpans { file: String, detail: String },
    #[error("{detail}")]
    Unreadable { detail: String },
    #[error("“{file}” is not Parquet, and other files here are. Parquet and other formats can't be opened together.")]
    Mixed { file: String },
    #[error("“{file}” can't be unpacked: {detail}.")]
    Packed { file: String, detail: String },
    #[error("The rows could not be handed on: {detail}.")]
    Output { detail: String },
}

impl SpansError {
    /// Stable name of the kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Parquet(error) => error.code(),
            Self::NoSpans { .. } => "spans-none",
            Self::Unreadable { .. } => "spans-unreadable",
            Self::Mixed { .. } => "spans-mixed",
            Self::Packed { .. } => "spans-packed",
            Self::Output { .. } => "importer-output",
        }
    }
}
