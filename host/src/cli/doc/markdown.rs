//! The same page as Markdown; what would be markup in a text is escaped.

use super::page::Block;
use crate::cli::text::one_line;

/// The whole file.
pub fn render(title: &str, blocks: &[Block]) -> String {
    let mut out = format!("# {}\n", escape(title));
    for block in blocks {
        out.push('\n');
        out.push_str(&one(block));
    }
    out
}

fn one(block: &Block) -> String {
    match block {
        Block::Head(level, text) => {
            format!("{} {}\n", "#".repeat(usize::from(*level)), escape(text))
        }
        Block::Text(text) => format!("{}\n", escape(text)),
        Block::Lead(text) => format!("**{}**\n", escape(text)),
        // Every line begins with `when` or `unless`: none of them can end the fence.
        Block::Code(text) => {
            let lines: String = text.lines().map(|l| one_line(l) + "\n").collect();
            format!("\n```riegel\n{lines}```\n")
        }
        Block::List(items) => items
            .iter()
            .map(|item| format!("- {}\n", escape(item)))
            .collect(),
        Block::Facts(facts) => facts
            .iter()
            .map(|(name, values)| {
                let values: Vec<String> = values.iter().map(|value| escape(value)).collect();
                format!("- {}: {}\n", escape(name), values.join("; "))
            })
            .collect(),
        Block::Table(head, rows) => {
            let row = |cells: &[String]| {
                let cells: Vec<String> = cells.iter().map(|cell| escape(cell)).collect();
                format!("| {} |\n", cells.join(" | "))
            };
            let line = format!("|{}\n", " --- |".repeat(head.len()));
            let body: String = rows.iter().map(|cells| row(cells)).collect();
            format!("{}{line}{body}", row(head))
        }
        Block::Ask(text) => format!("> **?** {}\n", escape(text)),
    }
}

/// Text as Markdown shows it.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' | '>' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}
