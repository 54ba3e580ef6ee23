//! A decision on a page: what, why, what to do, the content with its findings.
//!
//! ```text
//! BLOCKED  2 card numbers found. Card data must not reach chatgpt.com.
//!
//! Why
//!   block  card_number_leaves
//!          Card data must not reach chatgpt.com.
//!          Legal basis: PCI DSS 4.0.1, Req. 3.4.1
//!          because found payment.card
//!
//! What to do
//!   • Redact the numbers, or use the in-house model.
//!
//! Content
//!   │ … Karte [4012 8888 8888 1881]{CARD} …
//!
//! Findings
//!   Card number (PAN)  high  line 1, column 25
//!
//! pci_dss 1.0.0 (3f2a9c01)  ·  214 bytes read  ·  38 µs
//! ```
//!
//! Sections without content are left out. Nothing is wider than the page.

use super::Case;
use super::excerpt::{self, Mark};
use super::message::Facts;
use super::places::Places;
use super::sentence::first_sentence;
use crate::cli::console::{BOLD, DIM, GREEN, RED, YELLOW, styled};
use crate::cli::text::{WIDTH, cut, grouped, one_line, pad, paragraph, table, wrap};
use crate::event::{ROLES, parse_date};
use anstyle::Style;
use riegel::check::model::Part;
use riegel::manifest::RuleInfo;
use riegel::syntax::ast::{Date, Verdict};
use riegel_kernel::layout::{
    FINDING_ALSO, RECORD_CONTENT_READ, RECORD_ERROR, RECORD_TRUNCATED, RECORD_UNKNOWN_VALUE,
    RuleHit,
};

/// Findings in the table.
const MOST_FINDINGS: usize = 12;

/// The page.
pub fn render(case: &Case<'_>, color: bool) -> String {
    let page = Page { case, color };
    let mut out = page.headline();
    for section in [
        page.failure(),
        page.rules(),
        page.to_do(),
        page.content(),
        page.findings(),
    ] {
        if !section.is_empty() {
            out.push('\n');
            out.push_str(&section);
        }
    }
    out.push('\n');
    out.push_str(&page.footer());
    out
}

struct Page<'a> {
    case: &'a Case<'a>,
    color: bool,
}

/// A rule that fired, with what the policy says about it.
struct Fired<'a> {
    info: &'a RuleInfo,
    hit: RuleHit,
}

impl Fired<'_> {
    fn effective(&self) -> Verdict {
        word(self.hit.effective)
    }

    fn full(&self) -> Verdict {
        word(self.hit.verdict)
    }
}

fn word(code: u8) -> Verdict {
    riegel::abi::record::verdict(code).unwrap_or(Verdict::Block)
}

impl<'a> Page<'a> {
    fn facts(&self) -> Facts<'a> {
        let anatomy = self.case.guard.anatomy();
        Facts {
            info: &anatomy.info,
            schema: &anatomy.schema,
            values: self.case.event.values(),
            decision: &self.case.outcome.decision,
            lang: self.case.lang,
        }
    }

    /// Strongest first, in the policy's order among equals.
    fn fired(&self) -> Vec<Fired<'a>> {
        let rules = &self.case.guard.anatomy().info.rules;
        let mut fired: Vec<Fired<'a>> = self
            .case
            .outcome
            .decision
            .rules
            .iter()
            .filter_map(|hit| {
                let info = rules.get(usize::from(hit.rule))?;
                Some(Fired { info, hit: *hit })
            })
            .collect();
        fired.sort_by_key(|f| std::cmp::Reverse((f.hit.effective, f.hit.verdict)));
        fired
    }

    fn heading(&self, de: &'static str, en: &'static str) -> String {
        format!("{}\n", styled(BOLD, self.case.lang.pick(de, en)))
    }

    fn headline(&self) -> String {
        let decision = &self.case.outcome.decision;
        let word = self.case.lang.verdict(decision.effective);
        let decisive = self.fired().into_iter().next();
        let title = match decisive {
            Some(rule) if rule.effective() == decision.effective => {
                let message = self.facts().text(&rule.info.say, rule.info);
                message.map(|text| first_sentence(&text).to_owned())
            }
            _ => None,
        };
        let title = title.unwrap_or_else(|| self.without_rule());
        let mut out = String::new();
        let indent = word.chars().count() + 2;
        for (i, line) in wrap(&title, WIDTH - indent).iter().enumerate() {
            match i {
                0 => out.push_str(&styled(verdict_style(decision.effective), word)),
                _ => out.push_str(&" ".repeat(indent - 2)),
            }
            out.push_str(&format!("  {}\n", styled(BOLD, line)));
        }
        out
    }

    fn without_rule(&self) -> String {
        let lang = self.case.lang;
        let decision = &self.case.outcome.decision;
        if decision.flags & RECORD_ERROR != 0 {
            return lang
                .pick(
                    "Die Prüfung konnte nicht zu Ende geführt werden.",
                    "The check could not be completed.",
                )
                .to_owned();
        }
        lang.pick("Keine Regel spricht dagegen.", "No rule speaks against it.")
            .to_owned()
    }

    /// `on_error`, and what the record warns of.
    fn failure(&self) -> String {
        let lang = self.case.lang;
        let decision = &self.case.outcome.decision;
        let mut out = String::new();
        if let Some(failure) = &self.case.outcome.failure {
            out.push_str(&paragraph(
                "  ",
                &format!("[{}] {}", failure.kind.id, failure.message),
            ));
            if let Some(help) = &failure.help {
                out.push_str(&paragraph("  → ", help));
            }
        } else if decision.flags & RECORD_ERROR != 0 {
            let slots = &self.case.guard.anatomy().schema.slots;
            let mut text = lang.error(decision.error).to_owned();
            if let Some(slot) = slots.get(usize::from(decision.slot)) {
                text.push_str(&format!(": `{}`", slot.name));
            }
            out.push_str(&paragraph("  ", &text));
        }
        if decision.flags & RECORD_ERROR != 0 {
            let verdict = lang.verdict_word(decision.verdict);
            let text = match lang {
                super::words::Lang::De => {
                    format!("Für diesen Fall bestimmt das Regelwerk: {verdict}.")
                }
                super::words::Lang::En => {
                    format!("For this case the policy says: {verdict}.")
                }
            };
            out.push_str(&paragraph("  ", &text));
        }
        if decision.flags & RECORD_TRUNCATED != 0 {
            out.push_str(&paragraph(
                "  ",
                lang.pick(
                    "Es gibt mehr Funde, als gezählt werden; die Liste ist unvollständig.",
                    "There are more findings than are counted; the list is not complete.",
                ),
            ));
        }
        if decision.flags & RECORD_UNKNOWN_VALUE != 0 {
            out.push_str(&paragraph(
                "  ",
                lang.pick(
                    "Ein Attribut hat einen Wert, den das Regelwerk nicht kennt.",
                    "An attribute has a value that the policy does not know.",
                ),
            ));
        }
        out
    }

    fn rules(&self) -> String {
        let fired = self.fired();
        if fired.is_empty() {
            return String::new();
        }
        let lang = self.case.lang;
        let width = fired
            .iter()
            .map(|f| lang.verdict_word(f.effective()).chars().count())
            .max()
            .unwrap_or(0);
        let indent = " ".repeat(width + 4);
        let mut out = self.heading("Warum", "Why");
        for (i, rule) in fired.iter().enumerate() {
            let verdict = pad(lang.verdict_word(rule.effective()), width);
            out.push_str(&format!(
                "  {}  {}\n",
                styled(verdict_style(rule.effective()), &verdict),
                styled(BOLD, &cut(&rule.info.id, WIDTH - width - 4)),
            ));
            if let Some(message) = self.facts().text(&rule.info.say, rule.info) {
                let decisive = i == 0 && rule.effective() == self.case.outcome.decision.effective;
                let told = if decisive {
                    first_sentence(&message).len()
                } else {
                    0
                };
                let rest = message.get(told..).unwrap_or_default().trim();
                if !rest.is_empty() {
                    out.push_str(&paragraph(&indent, rest));
                }
            }
            if !rule.info.cite.is_empty() {
                let basis = lang.pick("Grundlage:", "Legal basis:");
                let cites = one_line(&rule.info.cite.join("; "));
                out.push_str(&paragraph(&indent, &format!("{basis} {cites}")));
            }
            let held = self.held(rule);
            if !held.is_empty() {
                for line in paragraph(&indent, &held).lines() {
                    out.push_str(&styled(DIM, line));
                    out.push('\n');
                }
            }
            if rule.hit.effective < rule.hit.verdict {
                let day = self.day_of(rule);
                out.push_str(&paragraph(
                    &format!("{indent}↗ "),
                    &lang.would(rule.full(), day.as_deref()),
                ));
            }
        }
        out
    }

    /// The clauses that held, as written.
    fn held(&self, rule: &Fired<'_>) -> String {
        let clauses: Vec<String> = rule
            .info
            .clauses
            .iter()
            .enumerate()
            .filter(|(i, _)| *i < 64 && rule.hit.clauses >> i & 1 == 1)
            .map(|(_, clause)| cut(&one_line(&clause.text), WIDTH - 20))
            .collect();
        if clauses.is_empty() {
            return String::new();
        }
        let because = self.case.lang.pick("weil", "because");
        format!("{because} {}", clauses.join("; "))
    }

    /// The first day on which the rule's whole verdict applies.
    fn day_of(&self, rule: &Fired<'_>) -> Option<String> {
        let info = &self.case.guard.anatomy().info;
        let stages = rule.info.stages.as_ref().unwrap_or(&info.stages);
        let today = self.case.event.today();
        let cap = |stage: &str| match stage {
            "observe" => Verdict::Log,
            "warn" => Verdict::Warn,
            _ => Verdict::Block,
        };
        stages
            .iter()
            .filter(|(stage, _)| cap(stage) >= rule.full())
            .filter_map(|(_, day)| parse_date(day).ok())
            .find(|day: &Date| day.days() > today)
            .map(|day| day.to_string())
    }

    fn to_do(&self) -> String {
        let lang = self.case.lang;
        let info = &self.case.guard.anatomy().info;
        let mut lines: Vec<String> = Vec::new();
        let mut add = |line: String| {
            if !line.is_empty() && !lines.contains(&line) {
                lines.push(line);
            }
        };
        for rule in self.fired() {
            if rule.effective() >= Verdict::Warn
                && let Some(hint) = self.facts().text(&rule.info.hint, rule.info)
            {
                add(hint);
            }
        }
        let in_words = |code: &u16| {
            let obligation = info.obligations.get(usize::from(code & 0xFFF))?;
            lang.obligation(&obligation.kind, &one_line(&obligation.argument))
        };
        let decision = &self.case.outcome.decision;
        decision
            .obligations
            .iter()
            .filter_map(in_words)
            .for_each(&mut add);
        let mut out = String::new();
        if !lines.is_empty() {
            out.push_str(&self.heading("Was zu tun ist", "What to do"));
            for line in &lines {
                out.push_str(&paragraph("  • ", line));
            }
        }
        let later: Vec<String> = decision.would.iter().filter_map(in_words).collect();
        if !later.is_empty() {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&self.heading("Später außerdem", "Later also"));
            for line in &later {
                out.push_str(&paragraph("  • ", line));
            }
        }
        out
    }

    fn content(&self) -> String {
        let decision = &self.case.outcome.decision;
        let content = self.case.event.content();
        if content.is_empty() || decision.findings.is_empty() {
            return String::new();
        }
        let detectors = &self.case.guard.anatomy().info.detectors;
        let mut marks: Vec<Mark> = decision
            .findings
            .iter()
            .filter(|finding| finding.flags & FINDING_ALSO == 0)
            .filter_map(|finding| {
                let detector = detectors.get(usize::from(finding.detector))?;
                Some(Mark {
                    span: finding.start as usize..finding.end as usize,
                    label: match detector.label.as_str() {
                        "" => detector.id.clone(),
                        label => label.to_owned(),
                    },
                    confidence: finding.confidence,
                })
            })
            .collect();
        marks.sort_by_key(|mark| mark.span.start);
        let mut out = self.heading("Inhalt", "Content");
        out.push_str(&match self.case.event.parts() {
            [] | [_] => excerpt::render(content.as_bytes(), &marks, self.color),
            parts => self.parts(parts, &marks),
        });
        out
    }

    /// One part after the other, each under its number and who speaks. Of long content
    /// only the parts in which something was found.
    fn parts(&self, parts: &[Part], marks: &[Mark]) -> String {
        let lang = self.case.lang;
        let content = self.case.event.content().as_bytes();
        let spans = self.case.event.spans();
        let mut out = String::new();
        let mut left = excerpt::MOST;
        for (i, (part, span)) in parts.iter().zip(spans).enumerate() {
            let here = |mark: &&Mark| span.start <= mark.span.start && mark.span.end <= span.end;
            let marks: Vec<Mark> = marks
                .iter()
                .filter(here)
                .map(|mark| mark.moved_back(span.start))
                .collect();
            if content.len() > excerpt::WHOLE {
                if marks.is_empty() {
                    continue;
                }
                if left == 0 {
                    out.push_str("  …\n");
                    break;
                }
            }
            left = left.saturating_sub(marks.len());
            let role = ROLES.get(usize::from(part.role)).copied().unwrap_or("?");
            let back = match part.direction {
                0 => "",
                _ => lang.pick(", kommt zurück", ", comes back"),
            };
            let heading = format!("{} {}: {role}{back}", lang.pick("Teil", "Part"), i + 1);
            out.push_str(&format!("  {}\n", styled(DIM, &heading)));
            let text = content.get(span).unwrap_or_default();
            out.push_str(&excerpt::render(text, &marks, self.color));
        }
        out
    }

    fn findings(&self) -> String {
        let lang = self.case.lang;
        let decision = &self.case.outcome.decision;
        if decision.findings.is_empty() {
            return String::new();
        }
        let detectors = &self.case.guard.anatomy().info.detectors;
        let parts = self.case.event.parts().len();
        let event = self.case.event;
        let places = Places::of_parts(event.content().as_bytes(), event.spans());
        let shown: Vec<_> = decision
            .findings
            .iter()
            .filter(|finding| finding.flags & FINDING_ALSO == 0)
            .collect();
        let rows: Vec<Vec<String>> = shown
            .iter()
            .take(MOST_FINDINGS)
            .filter_map(|finding| {
                let detector = detectors.get(usize::from(finding.detector))?;
                let (line, column) = places.line_column(finding.start as usize);
                let mut place = match lang {
                    super::words::Lang::De => format!("Zeile {line}, Spalte {column}"),
                    super::words::Lang::En => format!("line {line}, column {column}"),
                };
                if parts > 1 {
                    let word = lang.pick("Teil", "part");
                    place.push_str(&format!(", {word} {}", finding.part + 1));
                }
                let title = match detector.class.as_str() {
                    "" => lang.pick("Wortlaut der Regel", "text of the rule"),
                    _ => detector.title_in(lang.code()),
                };
                Some(vec![
                    cut(&one_line(title), 44) + lang.encoded(finding),
                    lang.confidence(finding.confidence).to_owned(),
                    place,
                ])
            })
            .collect();
        let mut out = self.heading("Funde", "Findings");
        out.push_str(&table("  ", &rows));
        if shown.len() > MOST_FINDINGS {
            let more = shown.len() - MOST_FINDINGS;
            out.push_str(&format!(
                "  … {}\n",
                match lang {
                    super::words::Lang::De => format!("und {more} weitere"),
                    super::words::Lang::En => format!("and {more} more"),
                }
            ));
        }
        out
    }

    fn footer(&self) -> String {
        let lang = self.case.lang;
        let info = &self.case.guard.anatomy().info;
        let decision = &self.case.outcome.decision;
        let bytes = grouped(self.case.event.content().len() as u64);
        let read = if decision.flags & RECORD_CONTENT_READ != 0 {
            format!("{bytes} {}", lang.pick("Bytes gelesen", "bytes read"))
        } else {
            lang.pick("Inhalt nicht gelesen", "content not read")
                .to_owned()
        };
        let time = grouped(u64::try_from(self.case.time.as_micros().max(1)).unwrap_or(u64::MAX));
        let line = format!(
            "{} {} ({})  ·  {read}  ·  {time} µs",
            one_line(&info.id),
            one_line(&info.version),
            info.build.get(..8).unwrap_or(&info.build),
        );
        format!("{}\n", styled(DIM, &cut(&line, WIDTH)))
    }
}

fn verdict_style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Allow | Verdict::Log => GREEN,
        Verdict::Warn | Verdict::Justify | Verdict::Redact | Verdict::Approve => YELLOW,
        Verdict::Block => RED,
    }
}
