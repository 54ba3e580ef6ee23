//! Words with an order: verdicts, stages, confidences.

/// Weakest first; the order is the language's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Verdict {
    /// Nothing to say.
    Allow = 0,
    /// Write it down.
    Log = 1,
    /// Show a message.
    Warn = 2,
    /// Ask for a reason.
    Justify = 3,
    /// Replace the named findings.
    Redact = 4,
    /// Hold until a role approves.
    Approve = 5,
    /// Stop.
    Block = 6,
}

impl Verdict {
    /// All verdicts, weakest first.
    pub const ALL: [Verdict; 7] = [
        Verdict::Allow,
        Verdict::Log,
        Verdict::Warn,
        Verdict::Justify,
        Verdict::Redact,
        Verdict::Approve,
        Verdict::Block,
    ];

    /// The word of the language.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Allow => "allow",
            Verdict::Log => "log",
            Verdict::Warn => "warn",
            Verdict::Justify => "justify",
            Verdict::Redact => "redact",
            Verdict::Approve => "approve",
            Verdict::Block => "block",
        }
    }
}

/// How far a policy or rule has been rolled out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Stage {
    /// Cap `log`.
    Observe = 1,
    /// Cap `warn`.
    Warn = 2,
    /// No cap.
    Enforce = 3,
}

/// How sure a detector is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Confidence {
    /// Shape only.
    Low = 1,
    /// Check or context.
    Medium = 2,
    /// Check and context.
    High = 3,
}

impl Confidence {
    /// The word of the language.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}
