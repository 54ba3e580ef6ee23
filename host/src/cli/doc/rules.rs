//! Each rule as a section: the message first, then what follows from it.

use super::facts::class;
use super::page::Block;
use super::roles;
use super::source::{Listed, Sources};
use crate::cli::decide::words::Lang;
use riegel::check::model::{Condition, Leaf, Obligation, Policy, Rule};
use riegel::syntax::ast::{Date, Stage, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// The chapter of rules, and the terms that they use.
pub fn all(policy: &Policy, today: Option<Date>, lang: Lang) -> Vec<Block> {
    let sources = Sources::of(policy);
    let mut out = vec![Block::head(2, lang.pick("Die Regeln", "The rules"))];
    out.push(Block::text(lang.pick(
        "Jede Regel beginnt mit dem, was die Person am Bildschirm liest, wenn sie greift. Greifen mehrere Regeln, gilt die strengste.",
        "Each rule begins with what the person at the screen reads when it applies. Where several apply, the strictest counts.",
    )));
    for (index, rule) in policy.rules.iter().enumerate() {
        let word = lang.pick("Regel", "Rule");
        let name = format!("{word} {}: {}", index + 1, heading(rule.verdict, lang));
        out.push(Block::head(3, name));
        out.extend(section(policy, rule, &sources, today, lang));
    }
    if policy.rules.iter().all(|rule| rule.exceptions.is_empty()) {
        out.push(Block::head(2, lang.pick("Ausnahmen", "Exceptions")));
        out.push(Block::text(lang.pick(
            "Keine. Jede Regel gilt für alle.",
            "None. Every rule holds for everybody.",
        )));
    }
    let terms = sources.terms();
    if !terms.is_empty() {
        out.push(Block::head(
            2,
            lang.pick("Begriffe in den Bedingungen", "Terms in the conditions"),
        ));
        out.push(Block::text(lang.pick(
            "Die Bedingungen der Regeln benutzen diese Kurzwörter. Rechts steht, was sie im Regelwerk bedeuten.",
            "The conditions of the rules use these short words. On the right is what the policy means by them.",
        )));
        let head = [
            lang.pick("Begriff", "Term"),
            lang.pick("Bedeutung", "Meaning"),
        ];
        let rows = terms.into_iter().map(|(name, said)| vec![name, said]);
        out.push(Block::Table(
            head.map(str::to_owned).to_vec(),
            rows.collect(),
        ));
    }
    let lists = sources.lists();
    if !lists.is_empty() {
        out.push(Block::head(2, lang.pick("Listen", "Lists")));
        let head = [lang.pick("Liste", "List"), lang.pick("Inhalt", "Content")];
        let rows = lists.into_iter().map(|(name, words)| {
            let shown = match words {
                Listed::Words(words) if words.is_empty() => lang.pick("leer", "empty").to_owned(),
                Listed::Words(words) => words.join("; "),
                Listed::File(file) => {
                    format!("{} {file}", lang.pick("aus der Datei", "from the file"))
                }
                Listed::Hashed(file) => format!(
                    "{} {file}",
                    lang.pick(
                        "nur als Prüfsummen, aus der Datei",
                        "as checksums only, from the file"
                    )
                ),
            };
            vec![name, shown]
        });
        out.push(Block::Table(
            head.map(str::to_owned).to_vec(),
            rows.collect(),
        ));
    }
    out
}

fn section(
    policy: &Policy,
    rule: &Rule,
    sources: &Sources<'_>,
    today: Option<Date>,
    lang: Lang,
) -> Vec<Block> {
    let mut out = Vec::new();
    if let Some(text) = in_language(policy, &rule.say, lang) {
        out.push(Block::Lead(readable(policy, rule, text, lang)));
    }
    if let Some(text) = in_language(policy, &rule.hint, lang) {
        out.push(Block::text(readable(policy, rule, text, lang)));
    }
    let mut facts: Vec<(&str, Vec<String>)> = vec![(
        lang.pick("Folge", "What happens"),
        vec![verdict(rule.verdict, lang).to_owned()],
    )];
    facts.push((
        lang.pick("Dazu gehört", "With it"),
        obligations(policy, rule, lang),
    ));
    let found = sought(&rule.condition);
    facts.push((
        lang.pick("Gesucht wird", "Looks for"),
        named(policy, &found, lang),
    ));
    let redacted: BTreeSet<usize> = rule.redact.iter().copied().collect();
    facts.push((
        lang.pick("Ersetzt wird", "Replaces"),
        match redacted == found && !found.is_empty() {
            true => vec![
                lang.pick("alles, was davon gefunden wird", "all of it that is found")
                    .to_owned(),
            ],
            false => named(policy, &redacted, lang),
        },
    ));
    facts.push((
        lang.pick("Rechtsgrundlage", "Legal basis"),
        rule.cite.clone(),
    ));
    let stages = rule.stages.as_ref().map(|stages| steps(stages, lang));
    facts.push((
        lang.pick("Eigene Einführung", "Roll-out of its own"),
        stages.unwrap_or_default(),
    ));
    let exceptions = rule.exceptions.iter().map(|exception| {
        let until = lang.pick("bis", "until");
        let ended = lang.pick("abgelaufen, gilt nicht mehr", "ended, no longer in force");
        let day = due(exception.until, today, ended);
        let when = sources.exception(exception.place).unwrap_or_default();
        format!("{} ({until} {day}){when}", exception.because)
    });
    facts.push((lang.pick("Ausnahmen", "Exceptions"), exceptions.collect()));
    facts.push((
        lang.pick("Gesetzt von", "Set by"),
        layers(policy, rule, lang),
    ));
    facts.push((lang.pick("Kennung", "Id"), vec![rule.id.clone()]));
    let facts = facts.into_iter().filter(|(_, what)| !what.is_empty());
    out.push(Block::Facts(
        facts.map(|(name, what)| (name.to_owned(), what)).collect(),
    ));
    let clauses = sources.clauses(rule);
    if !clauses.is_empty() {
        out.push(Block::Code(clauses.join("\n")));
    }
    out
}

/// A day, and what it means that it is over.
pub fn due(day: Date, today: Option<Date>, over: &str) -> String {
    match today {
        Some(today) if day < today => format!("{day}, {over}"),
        _ => day.to_string(),
    }
}

/// The layer that set a rule, and what layers above added; nothing where there is one policy only.
fn layers(policy: &Policy, rule: &Rule, lang: Lang) -> Vec<String> {
    if policy.layers.len() < 2 {
        return Vec::new();
    }
    let name = |index: u16| {
        let layer = policy.layers.get(usize::from(index));
        layer.map_or_else(String::new, |l| format!("{} {}", l.id, l.version))
    };
    let mut out = vec![name(rule.layer)];
    for added in &rule.tightened {
        let made = lang.pick("verschärft durch", "made stricter by");
        out.push(format!(
            "{made} {}: {}",
            name(added.layer),
            added.what.join("; ")
        ));
    }
    out
}

fn obligations(policy: &Policy, rule: &Rule, lang: Lang) -> Vec<String> {
    let all = rule
        .obligations
        .iter()
        .filter_map(|index| policy.obligations.get(*index));
    all.filter_map(|obligation| obligation_words(obligation, lang))
        .collect()
}

/// An obligation in words; `None`: the verdict says it already.
fn obligation_words(obligation: &Obligation, lang: Lang) -> Option<String> {
    let (kind, argument) = match obligation {
        Obligation::Show => return None,
        Obligation::Justify => ("justify", ""),
        Obligation::Redact => ("redact", ""),
        Obligation::Approve(role) => ("approve", role.as_str()),
        Obligation::Disclose => ("disclose", ""),
        Obligation::Train(unit) => ("train", unit.as_str()),
        Obligation::Label(label) => ("label", label.as_str()),
        Obligation::Notify(role) => ("notify", role.as_str()),
    };
    lang.obligation(kind, &roles::called(argument, lang))
}

/// The verdict as a heading.
fn heading(verdict: Verdict, lang: Lang) -> &'static str {
    match verdict {
        Verdict::Allow => lang.pick("erlaubt", "allowed"),
        Verdict::Log => lang.pick("Protokoll", "logged"),
        Verdict::Warn => lang.pick("Hinweis", "warning"),
        Verdict::Justify => lang.pick("Begründung", "reason"),
        Verdict::Redact => lang.pick("Schwärzung", "redaction"),
        Verdict::Approve => lang.pick("Freigabe", "approval"),
        Verdict::Block => lang.pick("Stopp", "stop"),
    }
}

/// What a verdict means for the person.
pub fn verdict(verdict: Verdict, lang: Lang) -> &'static str {
    match verdict {
        Verdict::Allow => lang.pick("Erlaubt.", "Allowed."),
        Verdict::Log => lang.pick(
            "Erlaubt; der Vorgang wird protokolliert.",
            "Allowed; the event is logged.",
        ),
        Verdict::Warn => lang.pick(
            "Hinweis: Die Person liest ihn und entscheidet selbst.",
            "Warning: the person reads it and decides.",
        ),
        Verdict::Justify => lang.pick(
            "Begründung: Weiter geht es, sobald die Person einen Grund angibt.",
            "Reason needed: it goes on once the person gives a reason.",
        ),
        Verdict::Redact => lang.pick(
            "Schwärzung: Weiter geht es, sobald die erkannten Angaben durch Platzhalter ersetzt sind.",
            "Redaction: it goes on once placeholders stand for the details found.",
        ),
        Verdict::Approve => lang.pick(
            "Freigabe: Der Vorgang wartet, bis die zuständige Stelle zustimmt.",
            "Approval: it waits until the person in charge agrees.",
        ),
        Verdict::Block => lang.pick(
            "Stopp: Der Inhalt wird nicht übermittelt.",
            "Stop: the content is not sent.",
        ),
    }
}

/// Stages in words.
pub fn steps(stages: &[(Stage, Date)], lang: Lang) -> Vec<String> {
    let steps = stages.iter().map(|(stage, day)| {
        let what = match stage {
            Stage::Observe => lang.pick(
                "beobachten (nur protokollieren, niemand wird aufgehalten)",
                "observe (log only, nobody is held up)",
            ),
            Stage::Warn => lang.pick(
                "hinweisen (Hinweise, aber kein Stopp)",
                "warn (warnings, but no stop)",
            ),
            Stage::Enforce => lang.pick("durchsetzen", "enforce"),
        };
        format!("{} {day}: {what}", lang.pick("ab", "from"))
    });
    steps.collect()
}

/// A text in the language, else in the policy's first.
fn in_language<'t>(policy: &Policy, texts: &'t [String], lang: Lang) -> Option<&'t str> {
    let place = policy.languages.iter().position(|code| code == lang.code());
    let text = texts.get(place.unwrap_or(0)).or_else(|| texts.first())?;
    (!text.is_empty()).then_some(text.as_str())
}

/// Placeholders become words in angle quotes: nobody has sent anything yet.
fn readable(policy: &Policy, rule: &Rule, text: &str, lang: Lang) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once('{') {
        out.push_str(before);
        if let Some(tail) = tail.strip_prefix('{') {
            out.push('{');
            rest = tail;
            continue;
        }
        let Some((name, after)) = tail.split_once('}') else {
            rest = tail;
            continue;
        };
        let role = rule
            .obligations
            .iter()
            .find_map(|index| match policy.obligations.get(*index) {
                Some(Obligation::Approve(role)) => Some(role.as_str()),
                _ => None,
            });
        match name.trim() {
            "count" => out.push_str(lang.pick("‹Anzahl›", "‹number›")),
            "detectors" => out.push_str(lang.pick("‹was erkannt wurde›", "‹what was found›")),
            "rule" => out.push_str(&rule.id),
            "role" => out.push_str(&roles::called(role.unwrap_or_default(), lang)),
            "destination.host" | "destination.service" => {
                out.push_str(lang.pick("‹Dienst›", "‹service›"));
            }
            other => out.push_str(&format!("‹{other}›")),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The detectors that a condition asks about.
pub fn detectors(condition: &Condition) -> BTreeSet<usize> {
    let mut out = BTreeSet::new();
    collect(condition, true, &mut out);
    out
}

/// The attributes that a condition asks about.
pub fn attributes(condition: &Condition, out: &mut BTreeSet<usize>) {
    match condition {
        Condition::And(all) | Condition::Or(all) => {
            for one in all {
                attributes(one, out);
            }
        }
        Condition::Not(inner) => attributes(inner, out),
        Condition::Leaf(leaf) => out.extend(leaf.slots().into_iter().flatten()),
        Condition::Const(_) => {}
    }
}

/// Those whose findings can make it true: not what stands behind `not` and `unless`.
fn sought(condition: &Condition) -> BTreeSet<usize> {
    let mut out = BTreeSet::new();
    collect(condition, false, &mut out);
    out
}

fn collect(condition: &Condition, negated_too: bool, out: &mut BTreeSet<usize>) {
    match condition {
        Condition::And(all) | Condition::Or(all) => {
            for one in all {
                collect(one, negated_too, out);
            }
        }
        Condition::Not(inner) if negated_too => collect(inner, negated_too, out),
        Condition::Leaf(Leaf::Count(findings, ..) | Leaf::Distinct(findings, ..)) => {
            out.extend(&findings.detectors);
        }
        Condition::Leaf(Leaf::Near(findings, others, _)) => {
            out.extend(findings.detectors.iter().chain(others));
        }
        Condition::Const(_) | Condition::Not(_) | Condition::Leaf(_) => {}
    }
}

/// Their names in the language, each once; of many the kinds, because the table of detectors names
/// them one by one.
fn named(policy: &Policy, detectors: &BTreeSet<usize>, lang: Lang) -> Vec<String> {
    const SHOWN: usize = 12;
    let mut titles: BTreeSet<(String, String)> = BTreeSet::new();
    let mut names: Vec<String> = Vec::new();
    for detector in detectors
        .iter()
        .filter_map(|index| policy.detectors.get(*index))
    {
        let title = detector.titles.get(lang.code()).unwrap_or(&detector.title);
        if !detector.hidden && !title.is_empty() && !names.contains(title) {
            titles.insert((class(&detector.class, lang).to_owned(), title.clone()));
            names.push(title.clone());
        }
    }
    if names.len() <= SHOWN {
        return match names.is_empty() {
            true => Vec::new(),
            false => vec![names.join(", ")],
        };
    }
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for (kind, _) in &titles {
        *kinds.entry(kind).or_default() += 1;
    }
    let kinds: Vec<String> = kinds.iter().map(|(k, n)| format!("{k} ({n})")).collect();
    let line = match lang {
        Lang::De => format!(
            "{} Arten von Angaben: {}; einzeln unter „Wonach gesucht wird“",
            names.len(),
            kinds.join(", ")
        ),
        Lang::En => format!(
            "{} kinds of details: {}; one by one under “What is looked for”",
            names.len(),
            kinds.join(", ")
        ),
    };
    vec![line]
}
