//! One self-contained HTML file: no script, nothing from elsewhere, every text escaped.

use super::page::Block;
use crate::cli::decide::words::Lang;
use crate::cli::text::harmless;

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1c1f23;--soft:#5a626b;--line:#d5dae0;--ground:#fff;--pale:#f4f6f8;--mark:#8a4b00;--note:#fff6e5}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#a9b1ba;--line:#3a4149;--ground:#14171a;--pale:#1e2328;--mark:#ffc46b;--note:#2b2415}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:17px/1.55 system-ui,sans-serif}
main{max-width:46rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{font-size:2rem;line-height:1.2;margin:0 0 1rem}
h2{font-size:1.4rem;margin:3rem 0 .75rem;padding-top:1rem;border-top:1px solid var(--line)}
h3{font-size:1.08rem;margin:2.2rem 0 .4rem;overflow-wrap:anywhere}
p{margin:.5rem 0}.lead{font-size:1.1rem}
dl{display:grid;grid-template-columns:11rem 1fr;gap:.3rem 1rem;margin:.8rem 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
pre{background:var(--pale);padding:.7rem .9rem;border-radius:.4rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.85rem}
table{border-collapse:collapse;width:100%;margin:.8rem 0;font-size:.95rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{color:var(--soft);font-weight:600}
.ask{background:var(--note);border-left:.25rem solid var(--mark);padding:.5rem .8rem;margin:.6rem 0}
.ask b{color:var(--mark)}
@media(max-width:36rem){dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}}
@media print{:root{color-scheme:light;--ink:#000;--soft:#444;--line:#bbb;--ground:#fff;--pale:#f4f4f4;--mark:#000;--note:#fff}body{font-size:10.5pt}main{max-width:none;padding:0}h2,h3{break-after:avoid}tr,dl,pre,.ask{break-inside:avoid}thead{display:table-header-group}}
";

/// The whole file.
pub fn render(title: &str, blocks: &[Block], lang: Lang) -> String {
    let title = escape(title);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n",
        lang.code()
    );
    for block in blocks {
        out.push_str(&one(block, lang));
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn one(block: &Block, lang: Lang) -> String {
    match block {
        Block::Head(level, text) => format!("<h{level}>{}</h{level}>\n", escape(text)),
        Block::Text(text) => format!("<p>{}</p>\n", escape(text)),
        Block::Lead(text) => format!("<p class=\"lead\">{}</p>\n", escape(text)),
        Block::Code(text) => format!("<pre><code>{}</code></pre>\n", escape(text)),
        Block::List(items) => {
            let items: String = items
                .iter()
                .map(|item| format!("<li>{}</li>\n", escape(item)))
                .collect();
            format!("<ul>\n{items}</ul>\n")
        }
        Block::Facts(facts) => {
            let mut out = String::from("<dl>\n");
            for (name, values) in facts {
                let values: Vec<String> = values.iter().map(|value| escape(value)).collect();
                out.push_str(&format!(
                    "<dt>{}</dt><dd>{}</dd>\n",
                    escape(name),
                    values.join("<br>")
                ));
            }
            out + "</dl>\n"
        }
        Block::Table(head, rows) => {
            let row = |cells: &[String], tag: &str| {
                let cells: String = cells
                    .iter()
                    .map(|cell| {
                        format!(
                            "<{tag}>{}</{}>",
                            escape(cell),
                            tag.split(' ').next().unwrap_or(tag)
                        )
                    })
                    .collect();
                format!("<tr>{cells}</tr>\n")
            };
            let body: String = rows.iter().map(|cells| row(cells, "td")).collect();
            let head = row(head, "th scope=\"col\"");
            format!("<table>\n<thead>\n{head}</thead>\n<tbody>\n{body}</tbody>\n</table>\n")
        }
        Block::Ask(text) => format!(
            "<p class=\"ask\"><b>{}:</b> {}</p>\n",
            lang.pick("Zu klären", "To be answered"),
            escape(text)
        ),
    }
}

/// Text as HTML shows it.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in harmless(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
