//! Rules: one condition, one verdict, its obligations and its messages.

use super::codes;
use super::conditions::Conditions;
use super::findings::target_span;
use super::header::not_far_away;
use super::layers::header::Headers;
use super::messages::messages;
use super::model::{
    Clause, Comparison, Condition, DateNumber, Detector, Exception, Leaf, Obligation, Place, Rule,
    Source,
};
use super::report::{Report, Sourced, at};
use super::stages;
use super::values;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{
    self, Date, Except, Expr, ExprKind, Messages, ObligationKind, Span, Stages, Target, Then,
    Verdict,
};

/// Clause bits of a rule hit (a u64 in the record).
pub(super) const MOST_CLAUSES: usize = 64;
/// Who approves where no role is named.
const APPROVER: &str = "dpo";

/// A rule with what later passes need to know about it.
#[derive(Debug)]
pub(super) struct Lowered {
    pub rule: Rule,
    /// `when` alone.
    pub when: Condition,
    /// Each `unless`, and where.
    pub unless: Vec<(Condition, Place)>,
    /// Where `when` stands.
    pub when_place: Place,
    /// `when` says `true` itself.
    pub says_true: bool,
    /// Attributes that it says it rests on, and where.
    pub rests: Vec<(usize, Place)>,
}

/// The clauses of a rule, sorted out.
#[derive(Default)]
pub(super) struct Parts<'a> {
    pub when: Option<&'a Expr>,
    pub unless: Vec<&'a Expr>,
    pub then: Option<&'a Then>,
    pub also: Vec<&'a ast::Obligation>,
    pub cite: Vec<String>,
    pub say: Option<&'a Messages>,
    pub hint: Option<&'a Messages>,
    pub stages: Option<&'a Stages>,
    pub rests: Vec<&'a ast::Path>,
}

/// What surrounds the rules of a policy.
#[derive(Clone, Copy)]
pub(super) struct Around<'p> {
    pub headers: &'p Headers,
    pub sources: &'p [Source],
    /// By the indices of [`super::names::Names::detectors`]; wrong ones are `None`.
    pub detectors: &'p [Option<Detector>],
    pub today: Option<Date>,
}

impl Around<'_> {
    /// What stands at a place, white space folded.
    pub(super) fn written(&self, source: u32, span: Span) -> String {
        let source = self.sources.get(source as usize);
        let text = source.and_then(|s| s.text.get(span.range())).unwrap_or("");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl<'a> Conditions<'_, 'a> {
    /// Lowers one rule with what layers add to it; `None` where something is wrong with it.
    pub(super) fn rule(
        &mut self,
        rule: Sourced<'a, ast::Rule>,
        added: &[Sourced<'a, ast::Rule>],
        excepts: &[Sourced<'a, Except>],
        around: Around<'_>,
        obligations: &mut Vec<Obligation>,
    ) -> Option<Lowered> {
        let name = &rule.item.name;
        let source = rule.source;
        let parts = self.parts(rule);
        self.begin(source);
        let when = parts.when.map(|e| self.lower(source, e));
        let unless: Vec<Option<Condition>> =
            parts.unless.iter().map(|e| self.lower(source, e)).collect();
        let exceptions: Vec<Option<(Condition, Exception)>> = excepts
            .iter()
            .map(|e| self.exception(*e, around.today))
            .collect();
        self.begin(source);
        let stages = parts.stages.map(|s| stages::stages(self.report, source, s));
        let say = self.texts(source, "say", parts.say, around);
        let hint = self.texts(source, "hint", parts.hint, around);
        obligations_say_something(self.report, source, &parts);
        if parts.when.is_none() {
            missing(
                self.report,
                &codes::MISSING_WHEN,
                rule,
                "when",
                "when destination.approved",
            );
        }
        if parts.then.is_none() {
            missing(self.report, &codes::MISSING_THEN, rule, "then", "then warn");
        }
        if let Some(then) = parts.then
            && then.verdict.value >= Verdict::Warn
            && parts.say.is_none()
        {
            self.silent(rule, then, around);
        }

        let redacts = redactions(&parts);
        let explicit: Vec<Option<Vec<usize>>> = redacts
            .iter()
            .map(|targets| self.targets(source, targets))
            .collect();
        let explicit: Option<Vec<usize>> = explicit
            .into_iter()
            .collect::<Option<Vec<_>>>()
            .map(|a| a.concat());
        let clauses = self.clauses(rule, &parts);
        let rests = self.rests(source, &parts);

        let when = when??;
        let unless: Vec<Condition> = unless.into_iter().collect::<Option<_>>()?;
        let exceptions: Vec<(Condition, Exception)> =
            exceptions.into_iter().collect::<Option<_>>()?;
        let then = parts.then?;
        let redact = if wants_redaction(&parts) {
            self.redact(rule, &parts, explicit?, &when)?
        } else {
            Vec::new()
        };
        let mut own: Vec<usize> = Vec::new();
        for obligation in rule_obligations(&parts) {
            let index = index_of(obligations, obligation);
            if !own.contains(&index) {
                own.push(index);
            }
        }
        let mut lowered = Lowered {
            when,
            when_place: rule.at(parts.when.map_or(name.span, |e| e.span)),
            rests: rests?,
            says_true: parts.when.is_some_and(|e| e.kind == ExprKind::Const(true)),
            unless: unless
                .into_iter()
                .zip(parts.unless.iter().map(|e| rule.at(e.span)))
                .collect(),
            rule: Rule {
                id: name.value.clone(),
                layer: self.units.layer(source),
                tightened: Vec::new(),
                condition: Condition::Const(true),
                clauses: clauses?,
                verdict: then.verdict.value,
                obligations: own,
                redact,
                cite: parts.cite,
                say,
                hint,
                stages: stages.or_else(|| {
                    let own = around.headers.stages.get(&source);
                    own.filter(|own| **own != around.headers.whole.stages)
                        .cloned()
                }),
                exceptions: Vec::new(),
                place: rule.at(name.span),
            },
        };
        let mut right = true;
        for more in added {
            right &= self
                .tighten(&mut lowered, rule, *more, around, obligations)
                .is_some();
        }
        lowered.rule.condition = whole(&lowered, &exceptions);
        lowered.rule.exceptions = exceptions.into_iter().map(|(_, e)| e).collect();
        right.then_some(lowered)
    }

    /// The attributes that the rule says it rests on.
    pub(super) fn rests(&mut self, source: u32, parts: &Parts<'a>) -> Option<Vec<(usize, Place)>> {
        let named = parts.rests.iter();
        let slots = named.map(|p| Some((self.slot(source, p)?, at(source, p.span))));
        let slots: Vec<Option<(usize, Place)>> = slots.collect();
        slots.into_iter().collect()
    }

    /// A message in every language of the whole policy.
    pub(super) fn texts(
        &mut self,
        source: u32,
        what: &str,
        said: Option<&Messages>,
        around: Around<'_>,
    ) -> Vec<String> {
        let Some(said) = said else { return Vec::new() };
        let file = around.sources.get(source as usize);
        let file = file.map_or("", |s| s.text.as_str());
        let own = around.headers.languages.get(&source);
        let own = own.map_or(&[][..], Vec::as_slice);
        let texts = messages(self.report, self.names, source, file, what, said, own);
        let whole = around.headers.whole.languages.iter();
        let place = |language: &String| own.iter().position(|l| l == language);
        whole
            .filter_map(|language| texts.get(place(language)?).cloned())
            .collect()
    }

    pub(super) fn silent(&mut self, rule: Sourced<'a, ast::Rule>, then: &Then, around: Around<'_>) {
        self.report.push(
            Diagnostic::new(
                &codes::MISSING_SAY,
                rule.at(then.verdict.span),
                format!(
                    "the rule `{}` says `{}` and does not tell people why",
                    rule.item.name.value,
                    then.verdict.value.as_str()
                ),
            )
            .label("needs `say`")
            .help(say_example(&around.headers.whole.languages)),
        );
    }

    pub(super) fn parts(&mut self, rule: Sourced<'a, ast::Rule>) -> Parts<'a> {
        let mut parts = Parts::default();
        for clause in &rule.item.clauses {
            let (what, span, first) = match clause {
                ast::Clause::When(e) => ("when", e.span, parts.when.map(|f| f.span)),
                ast::Clause::Then(t) => {
                    ("then", t.verdict.span, parts.then.map(|f| f.verdict.span))
                }
                ast::Clause::Say(m) => ("say", m.span, parts.say.map(|f| f.span)),
                ast::Clause::Hint(m) => ("hint", m.span, parts.hint.map(|f| f.span)),
                ast::Clause::Stage(s) => ("stage", s.span, parts.stages.map(|f| f.span)),
                ast::Clause::Unless(e) => {
                    parts.unless.push(e);
                    continue;
                }
                ast::Clause::Also(o) => {
                    parts.also.push(o);
                    continue;
                }
                ast::Clause::RestsOn(paths) => {
                    parts.rests.extend(paths);
                    continue;
                }
                ast::Clause::Cite(text) => {
                    if values::not_empty(self.report, rule.source, text, "the legal basis") {
                        parts.cite.push(text.value.clone());
                    }
                    continue;
                }
            };
            if let Some(first) = first {
                self.clause_twice(rule, what, span, first);
                continue;
            }
            match clause {
                ast::Clause::When(e) => parts.when = Some(e),
                ast::Clause::Then(t) => parts.then = Some(t),
                ast::Clause::Say(m) => parts.say = Some(m),
                ast::Clause::Hint(m) => parts.hint = Some(m),
                ast::Clause::Stage(s) => parts.stages = Some(s),
                ast::Clause::Unless(_)
                | ast::Clause::Also(_)
                | ast::Clause::Cite(_)
                | ast::Clause::RestsOn(_) => {}
            }
        }
        parts
    }

    fn clause_twice(&mut self, rule: Sourced<'a, ast::Rule>, what: &str, span: Span, first: Span) {
        let d = Diagnostic::new(
            &codes::CLAUSE_TWICE,
            rule.at(span),
            format!("the rule `{}` has a second `{what}`", rule.item.name.value),
        )
        .label("given again")
        .also(rule.at(first), "first given here");
        self.report.push(match what {
            "when" => d.help("join both with `and` or `or`"),
            "then" => d.help(
                "a rule has one verdict; obligations such as `train` or `redact` stand beside it",
            ),
            _ => d,
        });
    }

    fn exception(
        &mut self,
        except: Sourced<'a, Except>,
        today: Option<Date>,
    ) -> Option<(Condition, Exception)> {
        let (source, except) = (except.source, except.item);
        self.begin(source);
        let condition = self.lower(source, &except.when);
        values::not_empty(self.report, source, &except.because, "the reason");
        let end = at(source, except.until.span);
        not_far_away(self.report, end, except.until.value, today);
        if today.is_some_and(|today| today > except.until.value) {
            self.report.push(
                Diagnostic::new(
                    &codes::EXCEPTION_PAST,
                    end,
                    format!(
                        "the exception from `{}` ended on {}",
                        except.rule.value, except.until.value
                    ),
                )
                .label("has passed")
                .help("take it out, or set a new date with a new reason"),
            );
        }
        Some((
            condition?,
            Exception {
                because: except.because.value.clone(),
                until: except.until.value,
                place: at(source, except.span),
            },
        ))
    }

    pub(super) fn clauses(
        &mut self,
        rule: Sourced<'a, ast::Rule>,
        parts: &Parts<'a>,
    ) -> Option<Vec<Clause>> {
        let mut leaves = Vec::new();
        for expr in parts.when.iter().chain(&parts.unless) {
            leaf_exprs(expr, &mut leaves);
        }
        if let Some(beyond) = leaves.get(MOST_CLAUSES) {
            self.report.push(
                Diagnostic::new(
                    &codes::TOO_MANY_CLAUSES,
                    rule.at(beyond.span),
                    format!(
                        "the rule `{}` has {} clauses, at most {MOST_CLAUSES} are possible",
                        rule.item.name.value,
                        leaves.len()
                    ),
                )
                .label("one too many")
                .help("gather some in a `let`, which counts as one, or use `in` and `any of`"),
            );
            return None;
        }
        // They were lowered before as parts of the whole: what is wrong has been told.
        let before = self.report.diagnostics.len();
        self.begin(rule.source);
        let clauses = leaves
            .into_iter()
            .map(|leaf| {
                Some(Clause {
                    condition: self.lower(rule.source, leaf)?,
                    place: rule.at(leaf.span),
                })
            })
            .collect();
        self.report.diagnostics.truncate(before);
        clauses
    }

    fn redact(
        &mut self,
        rule: Sourced<'a, ast::Rule>,
        parts: &Parts<'a>,
        mut explicit: Vec<usize>,
        when: &Condition,
    ) -> Option<Vec<usize>> {
        let mut asked = Vec::new();
        asked_for(when, &mut asked);
        asked.sort_unstable();
        asked.dedup();
        let place = rule.at(redact_span(parts));
        if redactions(parts).iter().all(|targets| targets.is_empty()) {
            if asked.is_empty() {
                self.report.push(
                    Diagnostic::new(
                        &codes::NOTHING_TO_REDACT,
                        place,
                        format!("the rule `{}` has nothing to redact", rule.item.name.value),
                    )
                    .label("no targets, and `when` asks for no finding")
                    .help("name what to redact, such as `redact class payment`, or ask for it with `found`"),
                );
                return None;
            }
            return Some(asked);
        }
        if asked.is_empty() {
            self.report.push(
                Diagnostic::new(
                    &codes::REDACT_UNASKED,
                    place,
                    format!(
                        "`when` of `{}` does not ask for a finding",
                        rule.item.name.value
                    ),
                )
                .label("with nothing to redact, this ends in `on_error`")
                .help("ask for what is redacted, such as `and found class payment`"),
            );
        }
        explicit.sort_unstable();
        explicit.dedup();
        Some(explicit)
    }
}

fn say_example(languages: &[String]) -> String {
    let texts: Vec<String> = languages.iter().map(|l| format!("{l} \"…\"")).collect();
    if texts.is_empty() {
        "add a `say` with a text in every language".to_owned()
    } else {
        format!("add `say {{ {} }}`", texts.join(" "))
    }
}

fn missing(
    report: &mut Report,
    code: &'static crate::diagnostics::Code,
    rule: Sourced<'_, ast::Rule>,
    what: &str,
    example: &str,
) {
    report.push(
        Diagnostic::new(
            code,
            rule.at(rule.item.name.span),
            format!("the rule `{}` has no `{what}`", rule.item.name.value),
        )
        .label(format!("needs `{what}`"))
        .help(format!("add a line such as `{example}`")),
    );
}

/// `when`, and not `unless`, and no exception before its last day.
pub(super) fn whole(lowered: &Lowered, exceptions: &[(Condition, Exception)]) -> Condition {
    let mut all = vec![lowered.when.clone()];
    all.extend(lowered.unless.iter().map(|(c, _)| not(c.clone())));
    for (condition, exception) in exceptions {
        all.push(not(until(condition.clone(), exception.until)));
    }
    match <[Condition; 1]>::try_from(all) {
        Ok([only]) => only,
        Err(all) => Condition::And(all),
    }
}

/// The condition, up to this day.
pub(super) fn until(condition: Condition, day: Date) -> Condition {
    let last_day = Leaf::Date(None, Comparison::Le, DateNumber::Const(day));
    Condition::And(vec![condition, Condition::Leaf(last_day)])
}

pub(super) fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

fn leaf_exprs<'a>(expr: &'a Expr, leaves: &mut Vec<&'a Expr>) {
    match &expr.kind {
        ExprKind::And(all) | ExprKind::Or(all) => all.iter().for_each(|e| leaf_exprs(e, leaves)),
        ExprKind::Not(inner) | ExprKind::Paren(inner) => leaf_exprs(inner, leaves),
        _ => leaves.push(expr),
    }
}

/// The detectors that a condition asks for.
pub(super) fn asked_for(condition: &Condition, asked: &mut Vec<usize>) {
    match condition {
        Condition::Const(_) => {}
        Condition::And(all) | Condition::Or(all) => all.iter().for_each(|c| asked_for(c, asked)),
        Condition::Not(inner) => asked_for(inner, asked),
        Condition::Leaf(Leaf::Count(f, ..) | Leaf::Distinct(f, ..)) => asked.extend(&f.detectors),
        Condition::Leaf(Leaf::Near(f, others, _)) => {
            asked.extend(&f.detectors);
            asked.extend(others);
        }
        Condition::Leaf(_) => {}
    }
}

pub(super) fn wants_redaction(parts: &Parts<'_>) -> bool {
    parts
        .then
        .is_some_and(|t| t.verdict.value == Verdict::Redact)
        || parts
            .also
            .iter()
            .any(|o| matches!(o.kind, ObligationKind::Redact(_)))
}

pub(super) fn redactions<'a>(parts: &Parts<'a>) -> Vec<&'a [Target]> {
    let own = parts
        .then
        .filter(|t| t.verdict.value == Verdict::Redact)
        .map(|t| t.redact.as_slice());
    own.into_iter()
        .chain(parts.also.iter().filter_map(|o| match &o.kind {
            ObligationKind::Redact(targets) => Some(targets.as_slice()),
            _ => None,
        }))
        .collect()
}

pub(super) fn redact_span(parts: &Parts<'_>) -> Span {
    let targets = redactions(parts).concat_spans();
    let beside = parts.also.iter().find_map(|o| match o.kind {
        ObligationKind::Redact(_) => Some(o.span),
        _ => None,
    });
    targets
        .or(beside)
        .or(parts.then.map(|t| t.verdict.span))
        .unwrap_or_default()
}

trait TargetSpans {
    fn concat_spans(&self) -> Option<Span>;
}

impl TargetSpans for Vec<&[Target]> {
    fn concat_spans(&self) -> Option<Span> {
        self.iter()
            .flat_map(|targets| targets.iter())
            .map(target_span)
            .reduce(Span::to)
    }
}

/// Whom, what and as what: an obligation names it.
pub(super) fn obligations_say_something(report: &mut Report, source: u32, parts: &Parts<'_>) {
    let approver = parts.then.and_then(|t| t.approve_by.as_ref());
    let named = parts.also.iter().filter_map(|o| match &o.kind {
        ObligationKind::Approve(by) => Some((by.as_ref()?, "the role that approves")),
        ObligationKind::Train(unit) => Some((unit, "the training unit")),
        ObligationKind::Label(label) => Some((label, "the label")),
        ObligationKind::Notify(role) => Some((role, "the role to be notified")),
        ObligationKind::Redact(_) | ObligationKind::Justify | ObligationKind::Disclose => None,
    });
    let approver = approver.map(|by| (by, "the role that approves"));
    for (text, what) in approver.into_iter().chain(named) {
        values::not_empty(report, source, text, what);
    }
}

/// The verdict's own obligation first, then the others.
pub(super) fn rule_obligations(parts: &Parts<'_>) -> Vec<Obligation> {
    let role = |text: &Option<ast::Text>| {
        text.as_ref()
            .map_or_else(|| APPROVER.to_owned(), |t| t.value.clone())
    };
    let own = parts.then.and_then(|t| match t.verdict.value {
        Verdict::Allow | Verdict::Log | Verdict::Block => None,
        Verdict::Warn => Some(Obligation::Show),
        Verdict::Justify => Some(Obligation::Justify),
        Verdict::Redact => Some(Obligation::Redact),
        Verdict::Approve => Some(Obligation::Approve(role(&t.approve_by))),
    });
    own.into_iter()
        .chain(parts.also.iter().map(|o| obligation(&o.kind)))
        .collect()
}

/// The obligation of the model.
pub(super) fn obligation(kind: &ObligationKind) -> Obligation {
    match kind {
        ObligationKind::Redact(_) => Obligation::Redact,
        ObligationKind::Justify => Obligation::Justify,
        ObligationKind::Approve(by) => Obligation::Approve(
            by.as_ref()
                .map_or_else(|| APPROVER.to_owned(), |t| t.value.clone()),
        ),
        ObligationKind::Disclose => Obligation::Disclose,
        ObligationKind::Train(text) => Obligation::Train(text.value.clone()),
        ObligationKind::Label(text) => Obligation::Label(text.value.clone()),
        ObligationKind::Notify(text) => Obligation::Notify(text.value.clone()),
    }
}

pub(super) fn index_of(obligations: &mut Vec<Obligation>, obligation: Obligation) -> usize {
    match obligations.iter().position(|o| *o == obligation) {
        Some(index) => index,
        None => {
            obligations.push(obligation);
            obligations.len() - 1
        }
    }
}
