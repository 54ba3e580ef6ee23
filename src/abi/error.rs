//! What can be wrong with bytes at the boundary. The code is stable and goes into
//! logs; the message is for people and may change.

/// A frame that cannot be written, or bytes that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbiError {
    /// `E1001` …, stable.
    pub code: &'static str,
    /// What is wrong, for people.
    pub message: String,
}

macro_rules! errors {
    ($($(#[$meta:meta])* $name:ident = $code:literal),+ $(,)?) => {
        impl AbiError {
            $($(#[$meta])* pub const $name: &'static str = $code;)+
        }
    };
}

errors! {
    /// The first four bytes are not those of this structure.
    MAGIC = "E1001",
    /// The bytes end before the structure does, or go on behind it.
    LENGTH = "E1002",
    /// Written for another schema.
    SCHEMA = "E1003",
    /// A version of the ABI that this crate does not speak.
    VERSION = "E1004",
    /// An offset or length that points outside the bytes.
    POINTER = "E1005",
    /// A code that has no meaning: a verdict, a role, a kind, a flag.
    CODE = "E1006",
    /// Entries out of order, or one of them twice.
    ORDER = "E1007",
    /// Something that has to be zero is not.
    RESERVED = "E1008",
    /// A value of another type than its slot or parameter, or a missing slot.
    VALUE = "E1009",
    /// A text that is not UTF-8.
    TEXT = "E1010",
    /// A parameter outside its range, a list or an element that is too long.
    RANGE = "E1011",
    /// A part outside the content, overlapping another, or out of order.
    PART = "E1012",
    /// More than the structure can hold.
    SIZE = "E1013",
    /// A record that does not belong to this policy.
    POLICY = "E1014",
    /// Two fields that cannot both be true.
    CONTRADICTION = "E1015",
}

impl AbiError {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        AbiError {
            code,
            message: message.into(),
        }
    }
}

impl std::fmt::Display for AbiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for AbiError {}
