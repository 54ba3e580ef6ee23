//! `tighten`: a rule and what a layer adds to it (semantics 51).
//!
//! ```text
//! base                     layer                     together
//! when a unless u          when b                    when (a or b) unless u
//! then redact d            then block                then block
//! train "x"                notify "dpo"              train "x", notify "dpo", redact d
//! ```
//!
//! The rule then fires wherever it fired before, with a verdict that is not weaker and every
//! obligation that it had. One thing needs a second look: a rule that redacts and finds nothing to
//! redact ends in `on_error` (semantics 39). With more targets there may be something to redact, the
//! error goes, and with it a verdict that was stronger. So targets are added only to a rule that never
//! fires without a finding of its own targets ([`always_finds`]).

use super::super::codes;
use super::super::conditions::Conditions;
use super::super::model::{Comparison, Condition, Leaf, Number, Obligation, Tightening};
use super::super::report::Sourced;
use super::super::rules::{
    Around, Lowered, MOST_CLAUSES, asked_for, index_of, obligations_say_something, redact_span,
    redactions, rule_obligations, wants_redaction, whole,
};
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{self, Span, Verdict};

impl<'a> Conditions<'_, 'a> {
    /// Adds what a layer says of a rule; `None` where it cannot.
    pub(in crate::check) fn tighten(
        &mut self,
        lowered: &mut Lowered,
        rule: Sourced<'a, ast::Rule>,
        more: Sourced<'a, ast::Rule>,
        around: Around<'_>,
        obligations: &mut Vec<Obligation>,
    ) -> Option<()> {
        let source = more.source;
        let parts = self.parts(more);
        self.begin(source);
        let before = self.report.diagnostics.len();
        let when = parts.when.map(|e| self.lower(source, e));
        for e in &parts.unless {
            self.only_more(rule, more, e.span, "`unless`", "it would fire more rarely");
        }
        if let Some(stages) = parts.stages {
            self.only_more(
                rule,
                more,
                stages.span,
                "`stage`",
                "a stage puts a cap on the verdict",
            );
        }
        for (what, said, known) in [
            ("say", parts.say, &lowered.rule.say),
            ("hint", parts.hint, &lowered.rule.hint),
        ] {
            if let Some(said) = said.filter(|_| !known.is_empty()) {
                let what = format!("another `{what}`");
                self.only_more(rule, more, said.span, &what, "it tells people already");
            }
        }
        let say = self.texts(source, "say", parts.say, around);
        let hint = self.texts(source, "hint", parts.hint, around);
        obligations_say_something(self.report, source, &parts);
        let verdict = parts.then.map_or(lowered.rule.verdict, |t| t.verdict.value);
        if let Some(then) = parts.then
            && verdict < lowered.rule.verdict
        {
            self.weaker(lowered, rule, more, then.verdict.span, verdict);
        }
        let targets: Vec<Option<Vec<usize>>> = redactions(&parts)
            .iter()
            .map(|targets| self.targets(source, targets))
            .collect();
        let targets: Option<Vec<Vec<usize>>> = targets.into_iter().collect();
        let clauses = self.clauses(more, &parts);
        let rests = self.rests(source, &parts);
        let when = match when {
            Some(when) => Some(when?),
            None => None,
        };
        let targets = targets?.concat();
        self.redact_more(lowered, (rule, more), (when.as_ref(), targets), &parts);
        if self.shows(lowered, (source, before), around) {
            return None;
        }

        let mut what = Vec::new();
        if let Some(when) = when {
            let place = parts.when.map_or(Span::default(), |e| e.span);
            what.push(format!("when {}", around.written(source, place)));
            let all = match std::mem::replace(&mut lowered.when, Condition::Const(true)) {
                Condition::Or(mut any) if !lowered.rule.tightened.is_empty() => {
                    any.push(when);
                    any
                }
                known => vec![known, when],
            };
            lowered.when = Condition::Or(all);
        }
        if verdict > lowered.rule.verdict {
            what.push(format!(
                "then {} (before: {})",
                verdict.as_str(),
                lowered.rule.verdict.as_str()
            ));
            lowered.rule.verdict = verdict;
        }
        let first = parts.then.is_some_and(|t| t.verdict.value == verdict);
        for (i, obligation) in rule_obligations(&parts).into_iter().enumerate() {
            let index = index_of(obligations, obligation);
            let own = &mut lowered.rule.obligations;
            if own.contains(&index) {
                continue;
            }
            what.extend(obligations.get(index).map(said));
            // The verdict's own obligation comes first.
            match first && i == 0 {
                true => own.insert(0, index),
                false => own.push(index),
            }
        }
        for cite in &parts.cite {
            if !lowered.rule.cite.contains(cite) {
                lowered.rule.cite.push(cite.clone());
                what.push(format!("cite \"{cite}\""));
            }
        }
        if !say.is_empty() {
            lowered.rule.say = say;
        }
        if !hint.is_empty() {
            lowered.rule.hint = hint;
        }
        lowered.rule.clauses.extend(clauses?);
        lowered.rests.extend(rests?);
        if lowered.rule.clauses.len() > MOST_CLAUSES {
            self.report.push(
                Diagnostic::new(
                    &codes::TOO_MANY_CLAUSES,
                    more.at(more.item.name.span),
                    format!(
                        "with this the rule `{}` has {} clauses, at most {MOST_CLAUSES} are possible",
                        more.item.name.value,
                        lowered.rule.clauses.len()
                    ),
                )
                .label("too many together")
                .help("write a rule of your own beside it"),
            );
            return None;
        }
        if let Some(then) = parts.then
            && verdict >= Verdict::Warn
            && lowered.rule.say.is_empty()
        {
            self.silent(more, then, around);
            return None;
        }
        lowered.rule.tightened.push(Tightening {
            layer: self.units.layer(source),
            what,
            place: more.at(more.item.name.span),
        });
        Some(())
    }

    /// Whether something is wrong; then an event shows what would be weakened.
    fn shows(
        &mut self,
        lowered: &Lowered,
        (source, before): (u32, usize),
        around: Around<'_>,
    ) -> bool {
        for index in before..self.report.diagnostics.len() {
            let code = self.report.diagnostics[index].code;
            if code.id.starts_with("R06") {
                let message = &mut self.report.diagnostics[index].message;
                *message = format!("{}: {message}", Self::layer_name(around, source));
            }
            let example = if code == &codes::REDACTION_HIDES {
                self.shown_unfound(around, lowered)
            } else if code == &codes::TIGHTEN_TAKES || code == &codes::WEAKER_VERDICT {
                self.shown(around, lowered, &whole(lowered, &[]))
            } else {
                None
            };
            self.report.diagnostics[index].example = example;
        }
        let mut mine = self.report.diagnostics[before..].iter();
        mine.any(Diagnostic::is_error)
    }

    /// What `tighten` cannot say, because the rule would say less.
    fn only_more(
        &mut self,
        rule: Sourced<'a, ast::Rule>,
        more: Sourced<'a, ast::Rule>,
        span: Span,
        what: &str,
        why: &str,
    ) {
        let name = &more.item.name.value;
        let help = match rule.item.relaxable {
            true => format!("`{name}` is `relaxable`: write it anew, as `rule {name} {{ … }}`"),
            false => "`tighten` adds: a further `when`, a stronger `then`, obligations, `cite`; for anything else write a rule of your own".to_owned(),
        };
        self.report.push(
            Diagnostic::new(
                &codes::TIGHTEN_TAKES,
                more.at(span),
                format!("`tighten {name}` cannot have {what}"),
            )
            .label(why.to_owned())
            .also(rule.at(rule.item.name.span), "inherited from here")
            .help(help),
        );
    }

    fn weaker(
        &mut self,
        lowered: &Lowered,
        rule: Sourced<'a, ast::Rule>,
        more: Sourced<'a, ast::Rule>,
        span: Span,
        verdict: Verdict,
    ) {
        let known = lowered.rule.verdict.as_str();
        let name = &more.item.name.value;
        let help = match (rule.item.relaxable, verdict) {
            (true, _) => {
                format!("`{name}` is `relaxable`: write it anew, as `rule {name} {{ … }}`")
            }
            (false, Verdict::Redact | Verdict::Justify) => format!(
                "leave `then` out; as an obligation `{}` stands beside the verdict",
                verdict.as_str()
            ),
            (false, _) => format!("leave `then` out, or write one that is stronger than `{known}`"),
        };
        self.report.push(
            Diagnostic::new(
                &codes::WEAKER_VERDICT,
                more.at(span),
                format!(
                    "the rule `{name}` would be weakened from `{known}` to `{}`",
                    verdict.as_str()
                ),
            )
            .label(format!("weaker than `{known}`"))
            .also(
                rule.at(rule.item.name.span),
                format!("`{known}` is inherited"),
            )
            .help(help),
        );
    }

    /// Joins the targets of the redaction.
    fn redact_more(
        &mut self,
        lowered: &mut Lowered,
        (rule, more): (Sourced<'a, ast::Rule>, Sourced<'a, ast::Rule>),
        (when, mut targets): (Option<&Condition>, Vec<usize>),
        parts: &super::super::rules::Parts<'a>,
    ) {
        let redacted = !lowered.rule.redact.is_empty();
        let wants = wants_redaction(parts);
        let named = redactions(parts).iter().any(|targets| !targets.is_empty());
        // Without targets: the detectors in `when`, as in a rule.
        if (wants && !named) || (redacted && !wants) {
            let mut asked = Vec::new();
            if let Some(when) = when {
                asked_for(when, &mut asked);
            }
            if !redacted {
                asked_for(&lowered.when, &mut asked);
            }
            targets.extend(asked);
        }
        let mut all = lowered.rule.redact.clone();
        all.extend(targets);
        all.sort_unstable();
        all.dedup();
        if wants && all.is_empty() {
            self.report.push(
                Diagnostic::new(
                    &codes::NOTHING_TO_REDACT,
                    more.at(redact_span(parts)),
                    format!("the rule `{}` has nothing to redact", more.item.name.value),
                )
                .label("no targets, and `when` asks for no finding")
                .help("name what to redact, such as `redact class payment`, or ask for it with `found`"),
            );
            return;
        }
        if redacted
            && all != lowered.rule.redact
            && !always_finds(&lowered.when, &lowered.rule.redact)
        {
            let span = match parts.when {
                Some(when) if !wants => when.span,
                _ => redact_span(parts),
            };
            self.report.push(
                Diagnostic::new(
                    &codes::REDACTION_HIDES,
                    more.at(span),
                    format!(
                        "the rule `{}` cannot redact more than it does",
                        more.item.name.value
                    ),
                )
                .label("this would be redacted, too")
                .also(
                    rule.at(rule.item.name.span),
                    "fires without a finding, and then ends in `on_error`",
                )
                .help("with more to redact, that error and its verdict could go: write a rule of your own that redacts this"),
            );
            return;
        }
        lowered.rule.redact = all;
    }
}

/// Whether the condition never holds without a finding of these detectors.
fn always_finds(condition: &Condition, detectors: &[usize]) -> bool {
    let among = |some: &[usize]| some.iter().all(|d| detectors.contains(d));
    match condition {
        Condition::And(all) => all.iter().any(|c| always_finds(c, detectors)),
        Condition::Or(any) => !any.is_empty() && any.iter().all(|c| always_finds(c, detectors)),
        Condition::Leaf(
            Leaf::Count(f, op, Number::Const(n)) | Leaf::Distinct(f, op, Number::Const(n)),
        ) => {
            let least = match op {
                Comparison::Ge | Comparison::Eq => *n,
                Comparison::Gt => n.saturating_add(1),
                Comparison::Ne | Comparison::Lt | Comparison::Le => 0,
            };
            least >= 1 && among(&f.detectors)
        }
        Condition::Leaf(Leaf::Near(f, others, _)) => among(&f.detectors) || among(others),
        Condition::Const(_) | Condition::Not(_) | Condition::Leaf(_) => false,
    }
}

/// An obligation as the language writes it.
fn said(obligation: &Obligation) -> String {
    match obligation {
        Obligation::Show => "show".to_owned(),
        Obligation::Justify => "justify".to_owned(),
        Obligation::Redact => "redact".to_owned(),
        Obligation::Disclose => "disclose".to_owned(),
        Obligation::Approve(role) => format!("approve by \"{role}\""),
        Obligation::Train(unit) => format!("train \"{unit}\""),
        Obligation::Label(label) => format!("label \"{label}\""),
        Obligation::Notify(role) => format!("notify \"{role}\""),
    }
}
