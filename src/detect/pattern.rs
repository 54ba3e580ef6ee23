//! A detector's patterns, parsed: `\b` becomes flags, the rest one tree per detector.

use super::codes;
use crate::check::model::{Detector, Pattern};
use crate::diagnostics::Diagnostic;
use regex_syntax::hir::{Class, Hir, HirKind};
use riegel_kernel::scan::LONGEST;

/// What the scanner must know of a detector's patterns.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// The alternatives of the span as one tree, without `\b` at the ends.
    pub(super) span: Hir,
    /// The alternatives of what stands before the span.
    pub(super) lead: Option<Hir>,
    /// A boundary is asked at the start (of the lead, where there is one).
    pub(super) start: bool,
    /// A boundary is asked at the end of the span.
    pub(super) end: bool,
    /// No pattern of the span can match an ASCII letter or a byte above 7F.
    pub(super) digits_only: bool,
    /// A span holds at least so many digits.
    pub(super) digits: u8,
    /// Shortest span.
    pub(super) min_len: u32,
    /// Longest span.
    pub(super) max_len: u32,
    /// Longest lead.
    pub(super) max_lead: u32,
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Start,
    End,
}

impl Shape {
    /// The shape of a detector's patterns; none where it has none.
    pub(super) fn of(detector: &Detector) -> Result<Option<Shape>, Box<Diagnostic>> {
        if detector.patterns.is_empty() {
            return Ok(None);
        }
        let spans = parse(detector, &detector.patterns)?;
        let leads = parse(detector, &detector.after)?;
        let all = |trees: &[Hir], side| !trees.is_empty() && trees.iter().all(|t| has(t, side));
        let first = if leads.is_empty() { &spans } else { &leads };
        let (start, end) = (all(first, Side::Start), all(&spans, Side::End));
        let bare = |trees: &[Hir]| -> Vec<Hir> {
            trees
                .iter()
                .map(|t| strip(&strip(t, Side::Start), Side::End))
                .collect()
        };
        let (spans, leads) = (bare(&spans), bare(&leads));
        let digits_only = !spans.is_empty() && spans.iter().all(digits_only);
        let span = Hir::alternation(spans);
        let lead = (!leads.is_empty()).then(|| Hir::alternation(leads));
        let most = |tree: &Hir| -> Result<u32, Box<Diagnostic>> {
            tree.properties()
                .maximum_len()
                .filter(|&n| n <= LONGEST)
                .and_then(|n| u32::try_from(n).ok())
                .ok_or_else(|| {
                    let text = format!(
                        "a match of `{}` can be longer than {LONGEST} bytes",
                        detector.id
                    );
                    Box::new(
                        Diagnostic::new(&codes::R0402, detector.place, text)
                            .help("bound every repetition, such as `{0,200}` instead of `*`"),
                    )
                })
        };
        let least = span.properties().minimum_len().unwrap_or(1).max(1);
        Ok(Some(Shape {
            start,
            end,
            digits_only,
            digits: detector.digits,
            min_len: u32::try_from(least)
                .unwrap_or(1)
                .max(u32::from(detector.digits)),
            max_len: most(&span)?,
            max_lead: lead.as_ref().map_or(Ok(0), most)?,
            span,
            lead,
        }))
    }
}

fn parse(detector: &Detector, patterns: &[Pattern]) -> Result<Vec<Hir>, Box<Diagnostic>> {
    patterns
        .iter()
        .map(|pattern| {
            crate::syntax::regex::parse(&pattern.regex, pattern.fold).map_err(|error| {
                let text = format!("a pattern of `{}` cannot be read: {error}", detector.id);
                Box::new(Diagnostic::new(&codes::R0402, pattern.place, text))
            })
        })
        .collect()
}

/// Does every way through the tree have a `\b` at this side?
fn has(tree: &Hir, side: Side) -> bool {
    match tree.kind() {
        HirKind::Look(_) => true,
        HirKind::Capture(capture) => has(&capture.sub, side),
        HirKind::Concat(parts) => edge(parts, side).is_some_and(|part| has(part, side)),
        HirKind::Alternation(parts) => parts.iter().all(|part| has(part, side)),
        _ => false,
    }
}

fn edge(parts: &[Hir], side: Side) -> Option<&Hir> {
    if side == Side::Start {
        parts.first()
    } else {
        parts.last()
    }
}

/// The tree without look-around at this side.
fn strip(tree: &Hir, side: Side) -> Hir {
    match tree.kind() {
        HirKind::Look(_) => Hir::empty(),
        HirKind::Capture(capture) => strip(&capture.sub, side),
        HirKind::Concat(parts) => {
            let mut parts = parts.clone();
            let place = if side == Side::Start {
                parts.first_mut()
            } else {
                parts.last_mut()
            };
            if let Some(part) = place {
                *part = strip(part, side);
            }
            Hir::concat(parts)
        }
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.iter().map(|part| strip(part, side)).collect())
        }
        _ => tree.clone(),
    }
}

/// Is every match what parts cells, or a line end, and behind that blanks and quotation marks at most?
pub(super) fn begins_cell(tree: &Hir) -> bool {
    fn fits(tree: &Hir, first: bool) -> bool {
        let wanted: &[u8] = if first { b"\t;|,\n" } else { b" \"'" };
        match tree.kind() {
            HirKind::Empty => !first,
            HirKind::Literal(literal) => literal.0.iter().enumerate().all(|(i, b)| match i {
                0 => wanted.contains(b),
                _ => b" \"'".contains(b),
            }),
            HirKind::Class(Class::Unicode(class)) => class.ranges().iter().all(|r| {
                (u32::from(r.start())..=u32::from(r.end()))
                    .take(0x81)
                    .all(|c| u8::try_from(c).is_ok_and(|b| wanted.contains(&b)))
            }),
            HirKind::Class(Class::Bytes(class)) => class
                .ranges()
                .iter()
                .all(|r| (r.start()..=r.end()).all(|b| wanted.contains(&b))),
            HirKind::Repetition(repetition) => !first && fits(&repetition.sub, false),
            HirKind::Capture(capture) => fits(&capture.sub, first),
            HirKind::Concat(parts) => {
                let mut parts = parts.iter();
                parts.next().is_some_and(|part| fits(part, first))
                    && parts.all(|part| fits(part, false))
            }
            HirKind::Alternation(parts) => parts.iter().all(|part| fits(part, first)),
            HirKind::Look(_) => false,
        }
    }
    fits(tree, true)
}

/// No literal and no class holds an ASCII letter or anything above 7F.
fn digits_only(tree: &Hir) -> bool {
    match tree.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => literal
            .0
            .iter()
            .all(|b| b.is_ascii() && !b.is_ascii_alphabetic()),
        HirKind::Class(class) => {
            let plain = |low: u32, high: u32| {
                high < 0x80
                    && (low..=high).all(|c| !u8::try_from(c).is_ok_and(|b| b.is_ascii_alphabetic()))
            };
            match class {
                Class::Unicode(class) => class
                    .ranges()
                    .iter()
                    .all(|r| plain(r.start().into(), r.end().into())),
                Class::Bytes(class) => class
                    .ranges()
                    .iter()
                    .all(|r| plain(r.start().into(), r.end().into())),
            }
        }
        HirKind::Repetition(repetition) => digits_only(&repetition.sub),
        HirKind::Capture(capture) => digits_only(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(digits_only),
    }
}
