//! One header out of several (semantics 52).
//!
//! What a layer's header does not say, it inherits. `on_error` is the strictest of all, its stage the
//! one that is furthest along on each day; `max_findings` and `time_zone` are those of every policy
//! below, because another cap or another midnight would change what the rules below say. Each
//! policy's rules keep that policy's stages; an included policy without any has those of the one that
//! includes it, so that a company rolls out the packs that it takes along (decision 019).

use super::Units;
use crate::check::codes;
use crate::check::header::{self, Header};
use crate::check::model::{Layer, Place};
use crate::check::report::{Report, at};
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{Date, File, Setting, Span, Stage};
use std::collections::BTreeMap;

/// Roll-out steps, ascending by date; none: enforced.
type Steps = Vec<(Stage, Date)>;

/// The header of the whole, and what each policy's own header says.
#[derive(Debug, Default)]
pub(in crate::check) struct Headers {
    /// The header of the policy that is compiled.
    pub whole: Header,
    /// Languages of each policy's messages, by source.
    pub languages: BTreeMap<u32, Vec<String>>,
    /// Stages of each policy's rules, by source.
    pub stages: BTreeMap<u32, Steps>,
    /// The policies, the whole's own first.
    pub layers: Vec<Layer>,
}

/// Reads and joins the headers.
pub(in crate::check) fn headers(
    files: &[File],
    units: &Units<'_>,
    report: &mut Report,
    today: Option<Date>,
) -> Headers {
    let mut joining = Joining {
        files,
        units,
        report,
        today,
        out: Headers::default(),
    };
    let whole = joining.whole(0, &Steps::new());
    joining.covered(&whole.languages);
    joining.layers();
    Headers {
        whole,
        ..joining.out
    }
}

struct Joining<'j, 'u> {
    files: &'j [File],
    units: &'j Units<'u>,
    report: &'j mut Report,
    today: Option<Date>,
    out: Headers,
}

impl Joining<'_, '_> {
    /// The header of a policy with everything that it stands on. `around` are the stages of the
    /// policy that includes it: its own, where it says none.
    fn whole(&mut self, unit: u32, around: &Steps) -> Header {
        let file = self.files.get(unit as usize);
        let Some(policy) = file.and_then(|f| f.policy.as_ref()) else {
            return Header::default();
        };
        let mut own = header::header(self.report, unit, policy, self.today);
        self.out.languages.insert(unit, own.languages.clone());
        let given = |what: fn(&Setting) -> bool| policy.settings.iter().find(|s| what(s));
        let on_error = given(|s| matches!(s, Setting::OnError(_)));
        let stage = given(|s| matches!(s, Setting::Stage(_)));
        let zone = given(|s| matches!(s, Setting::TimeZone(_)));
        let cap = given(|s| matches!(s, Setting::MaxFindings(_)));
        let id = policy.id.span;
        let spot = |setting: Option<&Setting>| at(unit, setting.map_or(id, setting_span));

        let base = self.units.base(unit);
        if let Some(base) = base {
            let below = self.whole(base, around);
            let layer = own.id.clone();
            let below_id = self.header_place(base);
            let weaker = |report: &mut Report, place: Place, what: String, why: &str| {
                let message = format!("layer `{layer}`: {what}");
                report.push(
                    Diagnostic::new(&codes::WEAKER_HEADER, place, message)
                        .label(why.to_owned())
                        .also(below_id, "the policy below")
                        .help("leave the line out: a layer inherits what its header does not say"),
                );
            };
            if on_error.is_none() {
                own.on_error = below.on_error;
            } else if own.on_error < below.on_error {
                weaker(
                    self.report,
                    spot(on_error),
                    format!(
                        "it answers an error with `{}`, `{}` with `{}`",
                        own.on_error.as_str(),
                        below.id,
                        below.on_error.as_str()
                    ),
                    "weaker than what is inherited",
                );
                own.on_error = below.on_error;
            }
            if zone.is_none() {
                own.time_zone.clone_from(&below.time_zone);
            } else if own.time_zone != below.time_zone {
                weaker(
                    self.report,
                    spot(zone),
                    format!("it counts days in another time zone than `{}`", below.id),
                    "rules below would begin at another hour",
                );
                own.time_zone.clone_from(&below.time_zone);
            }
            if cap.is_none() {
                own.max_findings = below.max_findings;
            } else if own.max_findings != below.max_findings {
                weaker(
                    self.report,
                    spot(cap),
                    format!(
                        "it keeps {} findings of a detector, `{}` {}",
                        own.max_findings, below.id, below.max_findings
                    ),
                    "counts below would reach another number",
                );
                own.max_findings = below.max_findings;
            }
            if own.review_by.is_none() {
                own.review_by = below.review_by;
            }
            let of_rules = match stage {
                Some(_) => own.stages.clone(),
                None => self.out.stages.get(&base).cloned().unwrap_or_default(),
            };
            self.out.stages.insert(unit, of_rules);
            own.stages = match stage {
                Some(_) => furthest(&[own.stages, below.stages]),
                None => below.stages,
            };
        } else {
            if stage.is_none() {
                own.stages.clone_from(around);
            }
            self.out.stages.insert(unit, own.stages.clone());
        }
        let of_rules = self.out.stages.get(&unit).cloned().unwrap_or_default();
        let included: Vec<u32> = self.units.included(unit).collect();
        for pack in included {
            let below = self.whole(pack, &of_rules);
            own.on_error = own.on_error.max(below.on_error);
            if base.is_some() && below.max_findings > own.max_findings {
                let message = format!(
                    "layer `{}`: with `{}` it keeps {} findings of a detector, below {}",
                    own.id, below.id, below.max_findings, own.max_findings
                );
                let place = self.units.named(pack).unwrap_or_default();
                self.report.push(
                    Diagnostic::new(&codes::WEAKER_HEADER, place, message)
                        .label("counts below would reach another number")
                        .also(
                            self.header_place(pack),
                            "this policy's `max_findings` is greater",
                        )
                        .help(
                            "include it in the policy below, or give it a smaller `max_findings`",
                        ),
                );
            }
            own.max_findings = own.max_findings.max(below.max_findings);
            own.stages = furthest(&[own.stages, below.stages]);
            if own.time_zone != below.time_zone {
                self.report.push(
                    Diagnostic::new(
                        &codes::UNEQUAL,
                        self.units.named(pack).unwrap_or_default(),
                        format!(
                            "`{}` counts days in `{}`, `{}` in `{}`",
                            below.id, below.time_zone, own.id, own.time_zone
                        ),
                    )
                    .label("another time zone")
                    .help("policies that are composed share one `time_zone`"),
                );
            }
        }
        own
    }

    fn header_place(&self, unit: u32) -> Place {
        let policy = self
            .files
            .get(unit as usize)
            .and_then(|f| f.policy.as_ref());
        at(unit, policy.map_or(Span::default(), |p| p.id.span))
    }

    /// Every policy speaks the languages of the whole.
    fn covered(&mut self, languages: &[String]) {
        for (&unit, own) in &self.out.languages {
            let missing: Vec<&str> = languages
                .iter()
                .filter(|l| !own.contains(l))
                .map(String::as_str)
                .collect();
            if missing.is_empty() {
                continue;
            }
            let policy = self
                .files
                .get(unit as usize)
                .and_then(|f| f.policy.as_ref());
            let id = policy.map_or("", |p| p.id.value.as_str());
            let place = self.units.named(unit).unwrap_or_default();
            self.report.push(
                Diagnostic::new(
                    &codes::LANGUAGE_NOT_COVERED,
                    place,
                    format!("`{id}` has no texts in `{}`", missing.join("`, `")),
                )
                .label("its messages would be missing")
                .help(format!(
                    "leave the language out of `languages`, or add its texts to `{id}`"
                )),
            );
        }
    }

    fn layers(&mut self) {
        let count = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        for unit in (0..count).filter(|&u| self.units.is_policy(u)) {
            let policy = self
                .files
                .get(unit as usize)
                .and_then(|f| f.policy.as_ref());
            let id = policy.map_or("library", |p| p.id.value.as_str());
            let version = policy.and_then(|p| {
                p.settings.iter().find_map(|s| match s {
                    Setting::Version(text) => Some(text.value.clone()),
                    _ => None,
                })
            });
            self.out.layers.push(Layer {
                id: self.units.called(unit, id),
                version: version.unwrap_or_default(),
                place: self.header_place(unit),
            });
        }
    }
}

fn setting_span(setting: &Setting) -> Span {
    match setting {
        Setting::OnError(v) => v.span,
        Setting::TimeZone(t) | Setting::Version(t) => t.span,
        Setting::MaxFindings(n) => n.span,
        Setting::Stage(s) => s.span,
        Setting::ReviewBy(d) => d.span,
        Setting::Languages(names) => {
            let spans = names.iter().map(|n| n.span);
            spans.reduce(Span::to).unwrap_or_default()
        }
    }
}

/// On each day the stage that is furthest along; nothing is furthest of all.
fn furthest(all: &[Steps]) -> Steps {
    if all.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    let on = |steps: &Steps, day: Date| -> Option<Stage> {
        let begun = steps.iter().filter(|(_, from)| *from <= day);
        begun.map(|(stage, _)| *stage).next_back()
    };
    let mut days: Vec<Date> = all.iter().flatten().map(|(_, from)| *from).collect();
    days.sort_unstable();
    days.dedup();
    let mut steps = Steps::new();
    for day in days {
        let stage = all.iter().filter_map(|one| on(one, day)).max();
        if let Some(stage) = stage
            && steps.last().map(|(last, _)| *last) != Some(stage)
        {
            steps.push((stage, day));
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::furthest;
    use crate::syntax::ast::{Date, Stage};

    fn day(day: u8) -> Date {
        Date {
            year: 2026,
            month: 12,
            day,
        }
    }

    #[test]
    fn the_furthest_stage_counts_on_each_day() {
        let slow = vec![(Stage::Observe, day(1)), (Stage::Enforce, day(20))];
        let quick = vec![(Stage::Observe, day(5)), (Stage::Warn, day(10))];
        assert_eq!(
            furthest(&[slow.clone(), quick]),
            [
                (Stage::Observe, day(1)),
                (Stage::Warn, day(10)),
                (Stage::Enforce, day(20))
            ]
        );
        assert!(furthest(&[slow, Vec::new()]).is_empty());
    }
}
