//! Headers, declarations, rules and tests.

use super::detector::detector;
use super::expr::{expr, fill};
use super::page::{Gap, Page};
use super::words::{
    confidence, literal, obligation, parts, quoted, stages, target, target_start, text, type_name,
};
use crate::syntax::ast::*;

pub(super) fn policy(page: &mut Page<'_>, policy: &Policy) {
    page.start_line(0, policy.span.start, Gap::AsWritten);
    let title = quoted(&policy.title.value);
    page.push(&format!("policy {} {title} {{", policy.id.value));
    page.opens_block();
    for setting in &policy.settings {
        let first = |names: &[Name]| names.first().map_or(0, |n| n.span.start);
        let (word, value, start) = match setting {
            Setting::Version(t) => ("version", quoted(&t.value), t.span.start),
            Setting::TimeZone(t) => ("time_zone", quoted(&t.value), t.span.start),
            Setting::Languages(names) => {
                let names_list: Vec<&str> = names.iter().map(|n| n.value.as_str()).collect();
                ("languages", names_list.join(", "), first(names))
            }
            Setting::ReviewBy(date) => ("review by", date.value.to_string(), date.span.start),
            Setting::OnError(v) => ("on_error", v.value.as_str().into(), v.span.start),
            Setting::MaxFindings(n) => ("max_findings", n.value.to_string(), n.span.start),
            Setting::Stage(s) => ("stage", stages(s), s.span.start),
        };
        page.start_line(2, start, Gap::AsWritten);
        page.push(&format!("{word:9} {value}"));
    }
    page.close(0, policy.span.end);
}

/// What a declaration is, for the blank lines between items; `None` for blocks.
pub(super) fn kind(item: &Item) -> Option<u8> {
    match item {
        Item::Use(_) | Item::Extends(_) | Item::Include(_) => Some(0),
        Item::Attribute(_) => Some(1),
        Item::List(_) => Some(2),
        Item::Group(_) => Some(3),
        Item::Param(_) => Some(4),
        Item::Let(_) => Some(5),
        Item::Except(_) => Some(6),
        Item::Rule(_) | Item::Detector(_) | Item::Test(_) | Item::Tighten(_) => None,
    }
}

/// Where an item begins. A bare path stands behind its keyword, which is near enough.
fn start(item: &Item) -> u32 {
    match item {
        Item::Use(path) | Item::Extends(path) => path.span.start,
        Item::Include(paths) => paths.first().map_or(0, |p| p.span.start),
        Item::Attribute(a) => a.span.start,
        Item::List(l) => l.span.start,
        Item::Group(g) => g.span.start,
        Item::Param(p) => p.span.start,
        Item::Let(l) => l.span.start,
        Item::Rule(r) | Item::Tighten(r) => r.span.start,
        Item::Except(e) => e.span.start,
        Item::Detector(d) => d.span.start,
        Item::Test(t) => t.span.start,
    }
}

pub(super) fn item(page: &mut Page<'_>, item: &Item, gap: Gap) {
    page.start_line(0, start(item), gap);
    let relaxable = |yes: bool| if yes { "relaxable " } else { "" };
    match item {
        Item::Use(path) => page.push(&format!("use {}", path.value)),
        Item::Extends(path) => page.push(&format!("extends {}", path.value)),
        Item::Include(paths) => {
            page.push("include ");
            fill(
                page,
                2,
                paths.iter().map(|p| (p.span.start, p.value.clone())),
            );
        }
        Item::Attribute(a) => attribute(page, a),
        Item::List(list) => {
            let name = &list.name.value;
            let relaxable = relaxable(list.relaxable);
            if let Some(file) = &list.file {
                let file = quoted(&file.value);
                if let Some(hashed) = &list.hashed {
                    let item = if hashed.passages {
                        "fingerprint"
                    } else {
                        "hashed list"
                    };
                    let key = hashed.key.as_ref();
                    let key = key.map_or(String::new(), |key| format!(" key {}", key.value));
                    return page.push(&format!("{item} {name} from {file}{key}"));
                }
                return page.push(&format!("{relaxable}list {name} from {file}"));
            }
            page.push(&format!("{relaxable}list {name} = "));
            fill(
                page,
                2,
                list.items.iter().map(|t| (t.span.start, quoted(&t.value))),
            );
        }
        Item::Group(group) => {
            page.push(&format!("group {} = ", group.name.value));
            fill(
                page,
                2,
                group.members.iter().map(|t| (target_start(t), target(t))),
            );
        }
        Item::Param(param) => {
            let range = param.range.as_ref();
            let range = range.map_or(String::new(), |(low, high)| {
                format!(" in {}..{}", low.value, high.value)
            });
            let stricter = param.stricter.as_ref();
            let stricter =
                stricter.map_or(String::new(), |s| format!(" stricter {}", s.value.as_str()));
            page.push(&format!(
                "{}param {}: {}{range} = {}{stricter}",
                relaxable(param.relaxable),
                param.name.value,
                type_name(&param.ty.value),
                literal(&param.default)
            ));
        }
        Item::Let(binding) => {
            let name = &binding.name.value;
            page.push(&format!("{}let {name} = ", relaxable(binding.relaxable)));
            expr(page, 2, &binding.value);
        }
        Item::Rule(r) => rule(page, r, &format!("{}rule", relaxable(r.relaxable))),
        Item::Tighten(r) => rule(page, r, "tighten"),
        Item::Except(except) => self::except(page, except),
        Item::Detector(d) => detector(page, d),
        Item::Test(t) => test(page, t),
    }
}

fn attribute(page: &mut Page<'_>, a: &Attribute) {
    page.push(&format!("attribute {}: ", a.name.value));
    match &a.ty.value {
        Type::Enum(values) => {
            page.push("enum { ");
            fill(
                page,
                2,
                values.iter().map(|v| (v.span.start, v.value.clone())),
            );
            page.push(" }");
        }
        ty => page.push(&type_name(ty)),
    }
    match &a.default {
        AttributeDefault::Required => page.push(" required"),
        AttributeDefault::Value(value) => page.push(&format!(" = {}", literal(value))),
        AttributeDefault::Absent(_) => page.push(" = absent"),
    }
    if a.printable {
        page.push(" printable");
    }
}

fn except(page: &mut Page<'_>, except: &Except) {
    page.push(&format!("except {}", except.rule.value));
    page.start_line(2, except.when.span.start, Gap::No);
    page.push("when ");
    expr(page, 4, &except.when);
    page.start_line(2, except.because.span.start, Gap::No);
    page.push("because ");
    page.push_lines(&text(&except.because.value, 4));
    page.start_line(2, except.until.span.start, Gap::No);
    page.push(&format!("until {}", except.until.value));
}

fn rule(page: &mut Page<'_>, rule: &Rule, word: &str) {
    page.push(&format!("{word} {} {{", rule.name.value));
    page.opens_block();
    for clause in &rule.clauses {
        page.start_line(2, clause_start(clause), Gap::AsWritten);
        self::clause(page, clause);
    }
    page.close(0, rule.span.end);
}

fn clause_start(clause: &Clause) -> u32 {
    match clause {
        Clause::When(e) | Clause::Unless(e) => e.span.start,
        Clause::Then(then) => then.verdict.span.start,
        Clause::Also(o) => o.span.start,
        Clause::Cite(t) => t.span.start,
        Clause::Say(m) | Clause::Hint(m) => m.span.start,
        Clause::Stage(s) => s.span.start,
        Clause::RestsOn(paths) => paths.first().map_or(0, |p| p.span.start),
    }
}

fn clause(page: &mut Page<'_>, clause: &Clause) {
    match clause {
        Clause::When(e) => {
            page.push("when ");
            expr(page, 4, e);
        }
        Clause::Unless(e) => {
            page.push("unless ");
            expr(page, 4, e);
        }
        Clause::Then(then) => {
            page.push(&format!("then {}", then.verdict.value.as_str()));
            targets(page, &then.redact);
            if let Some(role) = &then.approve_by {
                page.push(&format!(" by {}", quoted(&role.value)));
            }
        }
        Clause::Also(o) => match &o.kind {
            ObligationKind::Redact(list) => {
                page.push("redact");
                targets(page, list);
            }
            _ => page.push(&obligation(o)),
        },
        Clause::Cite(t) => page.push(&format!("cite {}", quoted(&t.value))),
        Clause::Say(m) => {
            page.push("say  ");
            messages(page, m);
        }
        Clause::Hint(m) => {
            page.push("hint ");
            messages(page, m);
        }
        Clause::Stage(s) => page.push(&format!("stage {}", stages(s))),
        Clause::RestsOn(paths) => {
            page.push("rests on ");
            fill(
                page,
                4,
                paths.iter().map(|p| (p.span.start, p.value.clone())),
            );
        }
    }
}

fn targets(page: &mut Page<'_>, list: &[Target]) {
    if !list.is_empty() {
        page.push(" ");
        fill(page, 4, list.iter().map(|t| (target_start(t), target(t))));
    }
}

/// One text a line.
pub(super) fn messages(page: &mut Page<'_>, messages: &Messages) {
    page.push("{");
    page.opens_block();
    for (language, message) in &messages.texts {
        page.start_line(4, language.span.start, Gap::AsWritten);
        page.push(&format!("{} ", language.value));
        page.push_lines(&text(&message.value, 6));
    }
    page.close(2, messages.span.end);
}

fn test(page: &mut Page<'_>, test: &Test) {
    page.push(&format!("test {} {{", quoted(&test.name.value)));
    page.opens_block();
    for line in &test.lines {
        page.start_line(2, line_start(line), Gap::AsWritten);
        test_line(page, line);
    }
    page.close(0, test.span.end);
}

fn line_start(line: &TestLine) -> u32 {
    match line {
        TestLine::Given(pairs) => pairs.first().map_or(0, |(path, _)| path.span.start),
        TestLine::Today(date) => date.span.start,
        TestLine::Param(name, _) => name.span.start,
        TestLine::Text { part, text } => {
            let word = part.roles.first().or(part.direction.as_ref());
            word.map_or(text.span.start, |w| w.span.start)
        }
        TestLine::Expect(expect) => match expect {
            Expect::Verdict(v, _) | Expect::Would(v, _) => v.span.start,
            Expect::NoRule(path) | Expect::NotFound(path) => path.span.start,
            Expect::Found { detector, .. } => detector.span.start,
            Expect::Obligation(o) => o.span.start,
            Expect::Unread(span) => span.start,
        },
    }
}

fn test_line(page: &mut Page<'_>, line: &TestLine) {
    match line {
        TestLine::Given(pairs) => {
            page.push("given  ");
            let pair = |(path, value): &(Path, Literal)| {
                (
                    path.span.start,
                    format!("{} = {}", path.value, literal(value)),
                )
            };
            fill(page, 9, pairs.iter().map(pair));
        }
        TestLine::Today(date) => page.push(&format!("today  {}", date.value)),
        TestLine::Param(name, value) => {
            page.push(&format!("param  {} = {}", name.value, literal(value)));
        }
        TestLine::Text {
            part,
            text: content,
        } => {
            page.push("text   ");
            let words = parts(part);
            if !words.is_empty() {
                page.push(&format!("{words} "));
            }
            page.push_lines(&text(&content.value, 4));
        }
        TestLine::Expect(e) => {
            page.push("expect ");
            expect(page, e);
        }
    }
}

fn expect(page: &mut Page<'_>, expect: &Expect) {
    let by = |page: &mut Page<'_>, rules: &[Path]| {
        if !rules.is_empty() {
            page.push(" by ");
            fill(
                page,
                9,
                rules.iter().map(|r| (r.span.start, r.value.clone())),
            );
        }
    };
    match expect {
        Expect::Verdict(verdict, rules) => {
            page.push(verdict.value.as_str());
            by(page, rules);
        }
        Expect::Would(verdict, rules) => {
            page.push(&format!("would {}", verdict.value.as_str()));
            by(page, rules);
        }
        Expect::NoRule(rule) => page.push(&format!("no {}", rule.value)),
        Expect::Found {
            detector,
            confidence: level,
            at,
        } => {
            page.push(&format!("found {}{}", detector.value, confidence(level)));
            if let Some(at) = at {
                page.push(&format!(" at {}", quoted(&at.value)));
            }
        }
        Expect::NotFound(path) => page.push(&format!("not found {}", path.value)),
        Expect::Obligation(o) => page.push(&format!("obligation {}", obligation(o))),
        Expect::Unread(_) => page.push("content unread"),
    }
}
