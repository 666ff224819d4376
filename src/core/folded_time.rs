//! Time with its idle gaps folded.
