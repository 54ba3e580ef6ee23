//! Tree to checked policy.
pub mod model;

/// Gives the text of a library or pack: `lib.payment`, `packs.baseline`.
pub trait Resolver {
    /// The text, or `None` when there is no such file.
    fn resolve(&self, path: &str) -> Option<String>;
}
