//! Why an agent ran and what it caused.
