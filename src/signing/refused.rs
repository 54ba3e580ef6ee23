//! Why something is not believed. The code is stable; the message is for people and may change.

/// A signature, a key or a trust set that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// `E8001` …, stable.
    pub code: &'static str,
    /// What is wrong, for people.
    pub message: String,
}

impl Refused {
    /// There is no signature.
    pub const UNSIGNED: &'static str = "E8001";
    /// A signature that cannot be read, or something that cannot be signed.
    pub const FORM: &'static str = "E8002";
    /// No signature by a key of the trust set.
    pub const FOREIGN: &'static str = "E8003";
    /// A signature that does not fit the bytes.
    pub const SIGNATURE: &'static str = "E8004";
    /// Signed by a key that was revoked.
    pub const REVOKED: &'static str = "E8005";
    /// Signed by a key that is not valid on this day.
    pub const DAY: &'static str = "E8006";
    /// An older version than the lowest that is taken.
    pub const OLDER: &'static str = "E8007";
    /// Rightly signed, for another policy, tenant or name.
    pub const OTHER: &'static str = "E8008";
    /// A trust set that cannot be read.
    pub const TRUST: &'static str = "E8009";
    /// A file that holds no key.
    pub const KEY: &'static str = "E8010";

    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Refused {
            code,
            message: message.into(),
        }
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Refused {}
