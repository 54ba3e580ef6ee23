//! Custom sections.
