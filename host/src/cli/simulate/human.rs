//! The page for people, in German and English.

use super::tally::{Changes, RuleCount, Tally};
use crate::cli::console::{BOLD, styled};
use crate::cli::decide::words::Lang;
use crate::cli::text::{grouped, one_line, table};
use riegel::manifest::PolicyInfo;
use riegel::syntax::ast::Verdict;

/// The whole page.
pub fn render(
    tally: &Tally,
    info: &PolicyInfo,
    against: Option<&PolicyInfo>,
    lang: Lang,
) -> String {
    let mut out = format!(
        "{}  {}  {} {}",
        styled(BOLD, &one_line(&info.id)),
        one_line(&info.version),
        grouped(tally.events),
        match tally.events {
            1 => lang.pick("Ereignis", "event"),
            _ => lang.pick("Ereignisse", "events"),
        },
    );
    let also = [
        (
            tally.bad_lines,
            lang.pick("Zeilen ausgelassen", "lines left out"),
        ),
        (
            tally.on_error,
            lang.pick("durch on_error entschieden", "decided by on_error"),
        ),
        (
            tally.unknown_values,
            lang.pick("mit unbekanntem Wert", "with an unknown value"),
        ),
    ];
    for (count, what) in also.into_iter().filter(|(count, _)| *count > 0) {
        out.push_str(&format!(", {} {what}", grouped(count)));
    }
    out.push('\n');
    out.push_str(&verdicts(tally, lang));
    out.push_str(&rules(tally, lang));
    if let (Some(changes), Some(other)) = (&tally.changes, against) {
        out.push_str(&compared(tally, changes, other, lang));
    }
    out
}

fn verdicts(tally: &Tally, lang: Lang) -> String {
    let mut rows = vec![vec![
        lang.pick("Entscheidung", "Verdict").to_owned(),
        lang.pick("gilt", "applies").to_owned(),
        lang.pick("ohne Einführungsstufen", "without stages")
            .to_owned(),
    ]];
    let counts = tally.applies.iter().zip(&tally.enforced);
    for (verdict, (applies, enforced)) in Verdict::ALL.into_iter().zip(counts).rev() {
        if *applies > 0 || *enforced > 0 {
            rows.push(vec![
                lang.verdict_word(verdict).to_owned(),
                grouped(*applies),
                grouped(*enforced),
            ]);
        }
    }
    format!("\n{}", headed(&rows))
}

fn rules(tally: &Tally, lang: Lang) -> String {
    let mut rows = vec![vec![
        lang.pick("Regel", "Rule").to_owned(),
        lang.pick("greift", "fires").to_owned(),
        lang.pick("entscheidet", "decides").to_owned(),
    ]];
    let mut fired: Vec<&RuleCount> = tally.rules.iter().collect();
    fired.retain(|rule| rule.fires.is_some_and(|count| count > 0));
    fired.sort_by_key(|rule| std::cmp::Reverse((rule.fires, rule.decides)));
    let own = tally.rules.iter().filter(|rule| rule.fires.is_some());
    let silent = own.count() - fired.len();
    for rule in fired {
        rows.push(vec![
            one_line(&rule.id),
            grouped(rule.fires.unwrap_or_default()),
            grouped(rule.decides),
        ]);
    }
    let mut out = match rows.len() {
        1 => String::new(),
        _ => format!("\n{}", headed(&rows)),
    };
    if silent > 0 {
        let text = lang.pick("Regeln, die nie griffen", "rules that never fired");
        out.push_str(&format!("\n{silent} {text}\n"));
    }
    out
}

fn compared(tally: &Tally, changes: &Changes, other: &PolicyInfo, lang: Lang) -> String {
    let equal = tally.events - changes.stronger - changes.weaker;
    let basis = match tally.is_enforced() {
        true => lang.pick(", ohne Einführungsstufen", ", without stages"),
        false => "",
    };
    let heading = format!(
        "{} {} {}{basis}",
        lang.pick("Verglichen mit", "Compared with"),
        one_line(&other.id),
        one_line(&other.version),
    );
    let mut out = format!("\n{}\n", styled(BOLD, &heading));
    let rows: Vec<Vec<String>> = [
        (lang.pick("strenger", "stronger"), changes.stronger),
        (lang.pick("milder", "weaker"), changes.weaker),
        (lang.pick("gleich", "equal"), equal),
    ]
    .map(|(what, count)| vec![what.to_owned(), grouped(count)])
    .to_vec();
    out.push_str(&table("  ", &rows));
    let moves: Vec<Vec<String>> = changes
        .moves()
        .map(|(from, to, count)| {
            let way = format!("{} → {}", lang.verdict_word(from), lang.verdict_word(to));
            vec![way, grouped(count)]
        })
        .collect();
    if !moves.is_empty() {
        out.push_str(&format!("\n{}", table("  ", &moves)));
    }
    let mut rows = vec![vec![
        lang.pick("Regel", "Rule").to_owned(),
        lang.pick("strenger", "stronger").to_owned(),
        lang.pick("milder", "weaker").to_owned(),
        lang.pick("greift hier", "fires here").to_owned(),
        lang.pick("greift dort", "fires there").to_owned(),
    ]];
    let count = |fires: Option<u64>| fires.map_or_else(|| "–".to_owned(), grouped);
    for rule in &tally.rules {
        let differs = rule.fires.unwrap_or_default() != rule.fires_there.unwrap_or_default();
        if rule.stronger > 0 || rule.weaker > 0 || differs {
            rows.push(vec![
                one_line(&rule.id),
                grouped(rule.stronger),
                grouped(rule.weaker),
                count(rule.fires),
                count(rule.fires_there),
            ]);
        }
    }
    if rows.len() > 1 {
        out.push_str(&format!("\n{}", headed(&rows)));
    }
    out
}

/// A table whose first row is its head.
fn headed(rows: &[Vec<String>]) -> String {
    let text = table("  ", rows);
    match text.split_once('\n') {
        Some((head, rest)) => format!("{}\n{rest}", styled(BOLD, head)),
        None => text,
    }
}
