//! Text and tree.
pub mod ast;
