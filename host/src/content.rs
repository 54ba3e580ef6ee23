//! Content: the bytes that somebody is about to send, and that must not leak into
//! a log, a metric, a report or an error message (promise 5).
//!
//! The promise is kept by the type: [`Content`] implements neither `Display` nor
//! `Serialize`, and its `Debug` says only how long it is. Whoever needs the bytes
//! says so with [`Content::as_bytes`], which is easy to find in a review.
//!
//! ```compile_fail
//! let content = riegel_host::content::Content::from("geheim".to_owned());
//! println!("{content}");
//! ```
//!
//! ```compile_fail
//! let content = riegel_host::content::Content::from("geheim".to_owned());
//! serde_json::to_string(&content).unwrap();
//! ```

use std::fmt;

/// The bytes of an event's content, all parts one after the other.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Content(Vec<u8>);

impl Content {
    /// The bytes, for those who show them to their own author or scan them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Content(bytes)
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Content(text.into_bytes())
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({} bytes)", self.0.len())
    }
}

impl Drop for Content {
    fn drop(&mut self) {
        // Content does not linger in freed memory. `black_box` keeps the writes.
        self.0.fill(0);
        std::hint::black_box(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_length_only() {
        let content = Content::from("geheim".to_owned());
        assert_eq!(format!("{content:?}"), "Content(6 bytes)");
    }
}
