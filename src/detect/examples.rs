//! A detector's examples are run through the kernel's own scanner when it compiles.
//!
//! An example must give a finding of its detector at medium or more (low, where the
//! detector never comes further), alone or beside the first context word; a counterexample must never come above the
//! confidence of the bare pattern.

use super::{ScanTables, build, codes};
use crate::check::keep;
use crate::check::model::{Detector, Policy};
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::Confidence;
use crate::tables::TableWriter;
use riegel_kernel::blocks::{PAD, Way};
use riegel_kernel::compose::compose;
use riegel_kernel::decide::also_demanded;
use riegel_kernel::judge::{Found, Judge};
use riegel_kernel::layout::{Header, LAYOUT, PartEntry, TABLES_MAGIC};
use riegel_kernel::normalise::{self, Marks, Origin};
use riegel_kernel::scan::{ENDS, FOLDED, QUEUE, Scanner, View};
use riegel_kernel::tables::Tables;
use riegel_kernel::verbatim;

/// Tables that hold the detectors of a policy and nothing else: for looking at single texts.
#[derive(Clone, Debug)]
pub struct Probe {
    tables: Vec<u8>,
    detectors: usize,
}

impl Probe {
    /// Builds the tables.
    ///
    /// # Errors
    /// Those of [`build`].
    pub fn new(policy: &Policy) -> Result<Probe, Vec<Diagnostic>> {
        let mut writer = TableWriter::default();
        let scan: ScanTables = build(policy, &mut writer)?;
        let mut header = Header {
            magic: TABLES_MAGIC,
            layout: LAYOUT,
            max_findings: policy.max_findings,
            demand_words: scan.detectors_n.div_ceil(64),
            ..Header::default()
        };
        scan.fill(&mut header);
        Ok(Probe {
            tables: writer.finish(header),
            detectors: policy.detectors.len(),
        })
    }

    /// Findings of one detector in a text, placed in its view, before any giving way. One that is reported
    /// as another has its findings under the other's number.
    pub fn findings(&self, way: Way, text: &str, detector: usize) -> Vec<Found> {
        let Ok(tables) = Tables::new(&self.tables) else {
            return Vec::new();
        };
        self.findings_in(tables, way, text, detector)
    }

    fn findings_in(&self, tables: Tables<'_>, way: Way, text: &str, detector: usize) -> Vec<Found> {
        let mut padded = text.as_bytes().to_vec();
        padded.resize(text.len() + PAD, 0);
        let mut marks = Marks::new(text.len());
        let mut steps = vec![0; 2 + normalise::count(text.as_bytes(), &mut marks)];
        let mut normal = vec![0; text.len()];
        let (len, n) = normalise::write(text.as_bytes(), &marks, &mut normal, &mut steps)
            .filter(|&(_, n)| n > 0)
            .unwrap_or((text.len(), 0));
        steps.truncate(n);
        if n > 0 {
            normal.truncate(len);
            normal.resize(len + PAD, 0);
        } else {
            normal.clone_from(&padded);
        }
        let mut demand = vec![0u64; self.detectors.div_ceil(64)];
        if let Some(word) = demand.get_mut(detector / 64) {
            *word |= 1 << (detector % 64);
        }
        also_demanded(&tables, &mut demand);
        let (mut last_end, mut counts) = (vec![0; self.detectors], vec![0; self.detectors]);
        let mut found = vec![Found::default(); 16 * (text.len() + 1)];
        let (mut ends, mut more) = (vec![0; ENDS], vec![0; ENDS]);
        let (mut queue, mut folded) = (vec![0; QUEUE], vec![0; FOLDED]);
        let mut judge = Judge::new(
            (tables, &[]),
            &demand,
            &mut last_end,
            &mut counts,
            &mut found,
            &mut ends,
        );
        let view = View {
            padded: &normal,
            len,
        };
        Scanner::new(tables, &demand, &mut more, (&mut queue, &mut folded))
            .scan(way, view, &mut judge);
        compose(&mut judge, view, 0);
        let whole = PartEntry {
            len: u32::try_from(text.len()).unwrap_or(u32::MAX),
            ..PartEntry::default()
        };
        verbatim::search(&mut judge, &padded, &whole, Origin { steps: &steps });
        let n = judge.n;
        found.truncate(n);
        let of = |f: &Found| usize::from(f.detector);
        let whole = tables
            .detector(detector)
            .map_or(u16::MAX, |d| d.reported_as);
        found.retain(|f| of(f) == detector || f.detector == whole);
        found
    }
}

/// Builds the detectors that the policy's own file declares and checks their examples. Those of
/// libraries are somebody else's, who has checked them.
pub fn check_own(policy: &Policy) -> Vec<Diagnostic> {
    let mut own = policy.clone();
    for detector in &mut own.detectors {
        detector.yields_to.clear();
    }
    let is_own = |d: &Detector| d.place.source == 0 && !d.id.contains('#');
    let asked: Vec<usize> = (0..own.detectors.len())
        .filter(|&i| own.detectors.get(i).is_some_and(is_own))
        .collect();
    if asked.is_empty() {
        return Vec::new();
    }
    keep::keep(&mut own, asked);
    for detector in own.detectors.iter_mut().filter(|d| !is_own(d)) {
        detector.examples.clear();
        detector.counterexamples.clear();
    }
    check(&own)
}

/// Checks the examples and counterexamples of every detector of the policy.
pub fn check(policy: &Policy) -> Vec<Diagnostic> {
    let probe = match Probe::new(policy) {
        Ok(probe) => probe,
        Err(problems) => return problems,
    };
    let Ok(tables) = Tables::new(&probe.tables) else {
        let place = policy.detectors.first().map(|d| d.place);
        let text = "the detectors' tables are not sound, so no example can be tried";
        return vec![Diagnostic::new(
            &codes::R0402,
            place.unwrap_or_default(),
            text,
        )];
    };
    let mut problems = Vec::new();
    for (index, detector) in policy.detectors.iter().enumerate() {
        let word = detector
            .context
            .as_ref()
            .and_then(|c| c.words.first())
            .cloned();
        let best = |text: &str| {
            let beside = word.as_ref().map(|word| format!("{word} {text}"));
            [Some(text.to_string()), beside]
                .into_iter()
                .flatten()
                .flat_map(|text| probe.findings_in(tables, Way::Portable, &text, index))
                .map(|f| f.confidence)
                .max()
                .unwrap_or(0)
        };
        // At medium, where the detector can come so far.
        let table = &detector.confidence;
        let levels = [table.plain, table.context, table.check, table.both];
        let highest = levels.into_iter().flatten().map(|c| c as u8).max();
        let asked = highest.unwrap_or(0).min(Confidence::Medium as u8);
        for example in &detector.examples {
            if best(example) < asked.max(1) {
                let text = format!(
                    "`{}` does not find its own example {example:?}",
                    detector.id
                );
                problems.push(Diagnostic::new(&codes::R0401, detector.place, text).help(
                    "an example gives a finding at medium or more, alone or beside the first context word",
                ));
            }
        }
        let plain = detector.confidence.plain.map_or(0, |c| c as u8);
        for counterexample in &detector.counterexamples {
            if best(counterexample) > plain {
                let text = format!(
                    "`{}` finds its counterexample {counterexample:?}",
                    detector.id
                );
                problems.push(
                    Diagnostic::new(&codes::R0401, detector.place, text).help(
                        "a counterexample never comes above the confidence of the bare pattern, also beside the first context word",
                    ),
                );
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::{Probe, Tables, also_demanded};
    use crate::check::{Options, check};
    use crate::library::Library;

    /// Semantics 41: what is demanded for another one's sake brings nothing more along, in whichever word
    /// of the demand it stands.
    #[test]
    fn demand_goes_one_step() {
        let mut text =
            String::from("policy d \"D\" { version \"1.0.0\" languages en on_error block }\n");
        for i in 100..240 {
            let yields = match i {
                100 => "yields to a.d200",
                200 => "yields to a.d239",
                _ => "",
            };
            text += &format!(
                "detector a.d{i} \"D\" {{ class personal pattern /\\bK{i}\\b/ confidence medium \
                 redact as \"D\" {yields} }}\n"
            );
        }
        let options = Options {
            all_detectors: true,
            ..Options::default()
        };
        let checked = check("d.riegel", &text, &Library, &options);
        let policy = checked.policy.unwrap();
        let probe = Probe::new(&policy).unwrap();
        let tables = Tables::new(&probe.tables).unwrap();
        let mut demand = [1u64, 0, 0];
        also_demanded(&tables, &mut demand);
        assert_eq!(demand, [1, 1 << (100 - 64), 0]);
    }
}
