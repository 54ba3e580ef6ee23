//! A page as a list of blocks. Texts are plain; the writers escape them.

/// One block.
pub enum Block {
    /// A heading of level 2 to 4; level 1 is the title.
    Head(u8, String),
    /// A paragraph.
    Text(String),
    /// A paragraph that leads.
    Lead(String),
    /// Source text.
    Code(String),
    /// A list.
    List(Vec<String>),
    /// Names and values.
    Facts(Vec<(String, Vec<String>)>),
    /// A table with its head.
    Table(Vec<String>, Vec<Vec<String>>),
    /// What only a person can answer.
    Ask(String),
}

impl Block {
    /// A heading.
    pub fn head(level: u8, text: impl Into<String>) -> Self {
        Block::Head(level, text.into())
    }

    /// A paragraph.
    pub fn text(text: impl Into<String>) -> Self {
        Block::Text(text.into())
    }

    /// A question to the controller.
    pub fn ask(text: impl Into<String>) -> Self {
        Block::Ask(text.into())
    }

    /// A list of texts.
    pub fn list(items: &[&str]) -> Self {
        Block::List(items.iter().map(|item| (*item).to_owned()).collect())
    }
}
