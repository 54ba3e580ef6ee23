//! The passes in their order, and the policy that they make.

use super::Options;
use super::codes;
use super::conditions::Conditions;
use super::defaults;
use super::keep;
use super::layers::header::headers;
use super::layers::{Units, direction};
use super::loading::Loaded;
use super::model::{Obligation, Policy};
use super::names::{Names, twice};
use super::report::{Report, Sourced, at};
use super::rules::{Around, Lowered};
use super::usage;
use super::verdicts;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{self, File, Item, Span};

/// Obligation words of a record have twelve bits for the index.
const MOST_OBLIGATIONS: usize = 4095;
/// Rule indices have sixteen bits.
const MOST_RULES: usize = 65_535;

/// Builds the policy; what is wrong stands in `report`.
pub(super) fn build(loaded: &Loaded, options: &Options, report: &mut Report) -> Option<Policy> {
    let (files, sources) = (loaded.files.as_slice(), loaded.sources.as_slice());
    let root = files.first()?;
    let units = Units::new(&loaded.units);
    let names = Names::collect(files, &units, report);
    misplaced(files, report);
    let headers = headers(files, &units, report, options.today);
    let library = root.policy.is_none();
    let max_findings = headers.whole.max_findings;
    let mut conditions = Conditions::new(&names, &units, report, max_findings);
    let detectors = conditions.detectors(library);
    let ids: Vec<&str> = names
        .rules
        .iter()
        .map(|r| r.item.name.value.as_str())
        .collect();
    let around = Around {
        headers: &headers,
        sources,
        detectors: &detectors,
        today: options.today,
    };

    let mut obligations = vec![Obligation::Show];
    let mut lowered: Vec<Option<Lowered>> = Vec::new();
    if !library {
        let excepts = conditions.exceptions_of_rules(&ids);
        let added = conditions.tightenings_of_rules(&ids);
        for (index, rule) in names.rules.iter().enumerate() {
            let added = of_rule(&added, index);
            let excepts = of_rule(&excepts, index);
            lowered.push(conditions.rule(*rule, &added, &excepts, around, &mut obligations));
        }
        let lowered: Vec<&Lowered> = lowered.iter().flatten().collect();
        conditions.stand(&lowered, around);
    }
    for rule in lowered.iter().flatten() {
        verdicts::look(conditions.report, &names, rule, max_findings);
        defaults::look(conditions.report, &names, rule, max_findings);
        direction::look(conditions.report, &names.params, &rule.rule);
    }
    let complete = lowered.iter().all(Option::is_some);
    let tests = if library {
        Vec::new()
    } else {
        tests(&mut conditions, root, &ids, &obligations, complete, options)
    };
    limits(&mut conditions, root, names.rules.len(), obligations.len());
    conditions.all_lets();
    conditions.all_groups();
    let failed = conditions
        .report
        .diagnostics
        .iter()
        .any(Diagnostic::is_error);
    if !library && !failed {
        usage::unused(&mut conditions);
        no_rule(&mut conditions, root);
    }
    let Conditions {
        anonymous,
        lists,
        report,
        ..
    } = conditions;
    if report.diagnostics.iter().any(Diagnostic::is_error) {
        return None;
    }
    let mut detectors: Vec<super::model::Detector> =
        detectors.into_iter().collect::<Option<_>>()?;
    detectors.extend(anonymous);
    let header = headers.whole;
    let mut policy = Policy {
        id: header.id,
        title: header.title,
        version: header.version,
        languages: header.languages,
        review_by: header.review_by,
        on_error: header.on_error,
        time_zone: header.time_zone,
        max_findings: header.max_findings,
        stages: header.stages,
        detectors,
        rules: lowered
            .into_iter()
            .map(|l| l.map(|l| l.rule))
            .collect::<Option<_>>()?,
        obligations,
        tests,
        lists,
        layers: headers.layers,
        sources: sources.to_vec(),
        slots: names.slots,
        params: names.params,
    };
    if !options.all_detectors && !library {
        keep::needed_only(&mut policy);
    }
    Some(policy)
}

/// What belongs to the rule of this index.
fn of_rule<'a, T>(all: &[(usize, Sourced<'a, T>)], index: usize) -> Vec<Sourced<'a, T>> {
    let mine = all.iter().filter(|(rule, _)| *rule == index);
    mine.map(|(_, item)| *item).collect()
}

/// A policy without a rule allows everything, which is what is left when a file was cut off.
fn no_rule(conditions: &mut Conditions<'_, '_>, root: &File) {
    let Some(policy) = &root.policy else {
        return;
    };
    if conditions.names.rules.is_empty() {
        conditions.report.push(
            Diagnostic::new(
                &codes::NO_RULE,
                at(0, policy.id.span),
                format!("the policy `{}` has no rule", policy.id.value),
            )
            .label("allows everything")
            .help("write a `rule`; a library of detectors and lists has no `policy` header"),
        );
    }
}

/// Items that cannot stand where they stand.
fn misplaced(files: &[File], report: &mut Report) {
    for (index, file) in files.iter().enumerate() {
        let source = u32::try_from(index).unwrap_or(u32::MAX);
        for item in &file.items {
            // A policy as a library has been reported where it is used.
            if file.policy.is_some() {
                continue;
            }
            let only = match item {
                Item::Rule(rule) => Some(("a rule", rule.name.span)),
                Item::Except(except) => Some(("an exception", except.rule.span)),
                Item::Test(test) => Some(("a test", test.name.span)),
                Item::Tighten(rule) => Some(("`tighten`", rule.name.span)),
                Item::Extends(path) => Some(("`extends`", path.span)),
                Item::Include(paths) => {
                    let span = paths.iter().map(|p| p.span).reduce(Span::to);
                    Some(("`include`", span.unwrap_or_default()))
                }
                _ => None,
            };
            if let Some((what, span)) = only {
                report.push(
                    Diagnostic::new(
                        &codes::ONLY_IN_POLICY,
                        at(source, span),
                        format!("{what} stands only in a policy"),
                    )
                    .label("this file is a library")
                    .help("a policy begins with `policy name \"Title\" { version \"1.0.0\" languages de, en }`"),
                );
            }
        }
    }
}

fn tests<'a>(
    conditions: &mut Conditions<'_, 'a>,
    root: &'a File,
    ids: &[&str],
    obligations: &[Obligation],
    rules_right: bool,
    options: &Options,
) -> Vec<super::model::Test> {
    let mut seen: Vec<&ast::Text> = Vec::new();
    let mut tests = Vec::new();
    for item in &root.items {
        let Item::Test(test) = item else {
            continue;
        };
        match seen.iter().find(|t| t.value == test.name.value) {
            Some(first) => twice(conditions.report, 0, "test", &test.name, at(0, first.span)),
            None => seen.push(&test.name),
        }
        let before = conditions.report.diagnostics.len();
        let sourced = Sourced {
            source: 0,
            item: test,
        };
        tests.extend(conditions.test(sourced, ids, obligations, options.today));
        if !rules_right {
            // Rules that could not be read ask for obligations that are not known here.
            let late = conditions.report.diagnostics.split_off(before);
            conditions.report.diagnostics.extend(
                late.into_iter()
                    .filter(|d| d.code != &codes::OBLIGATION_UNASKED),
            );
        }
    }
    tests
}

fn limits(conditions: &mut Conditions<'_, '_>, root: &File, rules: usize, obligations: usize) {
    let Some(policy) = &root.policy else {
        return;
    };
    let place = at(0, policy.id.span);
    for (count, most, what) in [
        (rules, MOST_RULES, "rules"),
        (obligations, MOST_OBLIGATIONS, "obligations"),
    ] {
        if count > most {
            conditions.report.push(
                Diagnostic::new(
                    &codes::TOO_MANY,
                    place,
                    format!("the policy has {count} {what}, at most {most} are possible"),
                )
                .label("too large for one policy"),
            );
        }
    }
}
