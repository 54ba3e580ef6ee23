//! What a page says of the policy as a whole: its head, detectors, records, parameters.

use super::circumstances;
use super::page::Block;
use super::rules;
use crate::cli::decide::words::Lang;
use riegel::check::model::{ParamType, Policy};
use riegel::syntax::ast::{Date, Stricter, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// Title, version, stages, what happens on an error.
pub fn head(policy: &Policy, today: Option<Date>, lang: Lang) -> Vec<Block> {
    let mut made = vec![format!("{} {}", policy.id, policy.version)];
    made.push(match lang {
        Lang::De => format!("Prüfnummer {}", fingerprint(policy)),
        Lang::En => format!("check number {}", fingerprint(policy)),
    });
    if let Some(day) = today {
        made.push(format!("{} {day}", lang.pick("Stand:", "as of")));
    }
    let mut facts = vec![
        (lang.pick("Regelwerk", "Policy"), made),
        (
            lang.pick("Sprachen", "Languages"),
            vec![languages(policy, lang)],
        ),
        (
            lang.pick("Zu überprüfen bis", "Review by"),
            vec![policy.review_by.map_or_else(
                || lang.pick("nicht festgelegt", "not set").to_owned(),
                |day| rules::due(day, today, lang.pick("überfällig", "overdue")),
            )],
        ),
        (
            lang.pick("Einführung", "Roll-out"),
            match policy.stages.as_slice() {
                [] => vec![
                    lang.pick(
                        "ohne Stufen: Die Regeln gelten sofort in vollem Umfang.",
                        "no stages: the rules apply in full at once.",
                    )
                    .to_owned(),
                ],
                stages => rules::steps(stages, lang),
            },
        ),
        (
            lang.pick("Wenn die Prüfung scheitert", "If the check fails"),
            on_error(policy, lang),
        ),
        (
            lang.pick("Zeitzone", "Time zone"),
            vec![policy.time_zone.clone()],
        ),
        (
            lang.pick("Umfang", "Size"),
            vec![match lang {
                Lang::De => format!("{} Regeln", policy.rules.len()),
                Lang::En => format!("{} rules", policy.rules.len()),
            }],
        ),
    ];
    if policy.layers.len() > 1 {
        let layers = policy
            .layers
            .iter()
            .map(|l| format!("{} {}", l.id, l.version));
        facts.push((
            lang.pick("Setzt sich zusammen aus", "Composed of"),
            layers.collect(),
        ));
    }
    let mut out = vec![
        Block::Lead(
            lang.pick(
                "Diese Seite beschreibt, was geprüft wird, bevor Inhalte an einen KI-Dienst gehen oder eine Antwort zurückkommt, und was daraus folgt.",
                "This page describes what is checked before content goes to an AI service, or an answer comes back, and what follows from it.",
            )
            .to_owned(),
        ),
        Block::Facts(
            facts.into_iter().map(|(name, what)| (name.to_owned(), what)).collect(),
        ),
    ];
    if !policy.languages.iter().any(|code| code == lang.code()) {
        out.push(Block::text(lang.pick(
            "Die Meldungen liegen nur in der ersten Sprache des Regelwerks vor.",
            "The messages exist only in the first language of the policy.",
        )));
    }
    out
}

fn languages(policy: &Policy, lang: Lang) -> String {
    let name = |code: &String| match code.as_str() {
        "de" => lang.pick("Deutsch", "German").to_owned(),
        "en" => lang.pick("Englisch", "English").to_owned(),
        other => other.to_owned(),
    };
    let names: Vec<String> = policy.languages.iter().map(name).collect();
    names.join(", ")
}

fn on_error(policy: &Policy, lang: Lang) -> Vec<String> {
    let what = match policy.on_error {
        Verdict::Block => lang.pick("Der Vorgang wird gestoppt.", "It is stopped."),
        Verdict::Approve => lang.pick(
            "Der Vorgang wartet auf eine Freigabe.",
            "It waits for an approval.",
        ),
        _ => lang.pick(
            "Die Person muss einen Grund angeben.",
            "The person has to give a reason.",
        ),
    };
    let stages = match policy.stages.is_empty() {
        true => lang.pick(
            "Ein Fehler führt nie dazu, dass etwas unbemerkt durchgeht.",
            "An error never lets anything pass unnoticed.",
        ),
        false => lang.pick(
            "Während der Einführung gilt auch dafür die Stufe: Beim Beobachten wird der Fehler nur protokolliert, beim Hinweisen nur gemeldet, und der Vorgang geht ungeprüft weiter.",
            "During the roll-out its stage counts for this too: while observing, the error is only logged, while warning only told, and it goes on unchecked.",
        ),
    };
    vec![format!("{what} {stages}")]
}

/// By which a version is known: what a decision's record carries, too.
fn fingerprint(policy: &Policy) -> String {
    let build = riegel::compile::build_id(policy, riegel::emit::KERNEL);
    build.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Kinds of personal data that rules ask about; keys and company secrets are none.
pub fn personal_kinds(policy: &Policy, lang: Lang) -> BTreeSet<String> {
    let of_people = [
        "personal",
        "special",
        "health",
        "financial",
        "payment",
        "government",
    ];
    let of_people = of_people.map(|kind| class(kind, lang));
    let kinds = detector_titles(policy, lang)
        .into_iter()
        .map(|(kind, _)| kind);
    kinds
        .filter(|kind| of_people.contains(&kind.as_str()))
        .collect()
}

/// Names of all detectors that rules ask about, in the language, sorted.
pub fn detector_titles(policy: &Policy, lang: Lang) -> Vec<(String, String)> {
    let mut asked: BTreeSet<usize> = BTreeSet::new();
    for rule in &policy.rules {
        asked.extend(rules::detectors(&rule.condition));
        asked.extend(&rule.redact);
    }
    let detectors = asked
        .iter()
        .filter_map(|index| policy.detectors.get(*index));
    let shown = detectors.filter(|d| !d.hidden && d.reported_as.is_none() && !d.class.is_empty());
    let mut rows: Vec<(String, String)> = shown
        .map(|d| {
            let title = d.titles.get(lang.code()).unwrap_or(&d.title);
            (class(&d.class, lang).to_owned(), title.clone())
        })
        .collect();
    rows.sort();
    rows.dedup();
    rows
}

/// A class of detectors in words.
pub fn class(class: &str, lang: Lang) -> &str {
    match class {
        "personal" => lang.pick("Angaben zu Personen", "Personal details"),
        "special" => lang.pick("Besonders heikle Angaben", "Especially delicate details"),
        "health" => lang.pick("Gesundheit", "Health"),
        "financial" => lang.pick("Finanzen", "Finance"),
        "payment" => lang.pick("Zahlungsmittel", "Payment"),
        "secret" => lang.pick("Zugangsdaten", "Credentials"),
        "trade_secret" => lang.pick(
            "Geschäfts- und Berufsgeheimnisse",
            "Trade and professional secrets",
        ),
        "government" => lang.pick(
            "Amtliche Nummern und Kennzeichnungen",
            "Official numbers and markings",
        ),
        "technical" => lang.pick("Technik", "Technical"),
        "ai_risk" => lang.pick("Risiken der KI-Nutzung", "Risks of using AI"),
        other => other,
    }
}

/// Detectors, what is recorded, parameters.
pub fn tail(policy: &Policy, lang: Lang) -> Vec<Block> {
    let mut out = vec![Block::head(
        2,
        lang.pick("Wonach gesucht wird", "What is looked for"),
    )];
    let titles = detector_titles(policy, lang);
    if titles.is_empty() {
        out.push(Block::text(lang.pick(
            "Dieses Regelwerk durchsucht keine Inhalte; es urteilt nur nach den Umständen.",
            "This policy searches no content; it judges by the circumstances alone.",
        )));
    } else {
        out.push(Block::text(lang.pick(
            "Inhalte werden nur durchsucht, wenn die Umstände es verlangen. Die Suche läuft auf dem Gerät oder Server, der prüft; dafür wird nichts anderswohin übertragen.",
            "Content is searched only where the circumstances call for it. The search runs on the device or server that checks; nothing is sent elsewhere for it.",
        )));
        let head = [
            lang.pick("Art", "Kind"),
            lang.pick("Erkannt wird", "What is recognised"),
        ];
        let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (kind, title) in titles {
            kinds.entry(kind).or_default().push(title);
        }
        let rows = kinds.into_iter();
        let rows = rows.map(|(kind, titles)| vec![kind, titles.join("; ")]);
        out.push(Block::Table(
            head.map(str::to_owned).to_vec(),
            rows.collect(),
        ));
    }
    out.extend(circumstances::table(policy, lang));
    out.extend(records(lang));
    out.extend(parameters(policy, lang));
    out
}

/// Where those who answer for it say that they have read it.
pub fn signatures(policy: &Policy, lang: Lang) -> Vec<Block> {
    let head = lang.pick(
        ["Für", "Name", "Datum", "Unterschrift"],
        ["For", "Name", "Date", "Signature"],
    );
    let rows = lang.pick(
        [
            "Verantwortliche Stelle",
            "Datenschutzbeauftragte Person",
            "Betriebsrat oder Personalvertretung, wo es sie gibt",
        ],
        [
            "Controller",
            "Data protection officer",
            "Works council, where there is one",
        ],
    );
    let row = |who: &str| vec![who.to_owned(), String::new(), String::new(), String::new()];
    vec![
        Block::head(2, lang.pick("Geprüft und freigegeben", "Read and approved")),
        Block::text(match lang {
            Lang::De => format!(
                "Geprüft wurde die Fassung mit der Prüfnummer {}. Jede Entscheidung nennt diese Nummer. Ändert sich am Regelwerk, an seinen Listen oder am Prüfprogramm irgendetwas, ändert sich die Nummer, und die Seite wird neu erzeugt.",
                fingerprint(policy)
            ),
            Lang::En => format!(
                "What was read is the version with the check number {}. Every decision names it. When anything changes in the policy, its lists or the program that checks, so does the number, and the page is made anew.",
                fingerprint(policy)
            ),
        }),
        Block::Table(head.map(str::to_owned).to_vec(), rows.map(row).to_vec()),
    ]
}

fn records(lang: Lang) -> Vec<Block> {
    vec![
        Block::head(2, lang.pick("Was aufgezeichnet wird", "What is recorded")),
        Block::text(lang.pick(
            "Zu jeder Entscheidung entsteht ein Protokolleintrag. Er enthält:",
            "Every decision gives a record. It holds:",
        )),
        Block::list(&lang.pick(
            [
                "welches Regelwerk in welcher Fassung und mit welchen Einstellungen entschieden hat",
                "die Entscheidung, und wie sie ohne Einführungsstufen lautete",
                "welche Regeln griffen und welche ihrer Bedingungen erfüllt waren",
                "welche Pflichten daraus folgen (etwa Begründung, Freigabe, Schwärzung)",
                "nach welchen Arten von Angaben gesucht wurde",
                "zu jedem Fund: die Art der Angabe, ihre Stelle im Text und wie sicher die Erkennung ist",
                "ob die Prüfung scheiterte, mit einer Fehlernummer",
            ],
            [
                "which policy decided, in which version and with which settings",
                "the decision, and what it would be without stages",
                "which rules applied, and which of their conditions held",
                "which obligations follow (such as a reason, an approval, a redaction)",
                "for which kinds of details the content was searched",
                "for each finding: the kind of detail, its place in the text, how sure it is",
                "whether the check failed, with a number for the error",
            ],
        )),
        Block::text(lang.pick(
            "Der Eintrag enthält nicht:",
            "The record does not hold:",
        )),
        Block::list(&lang.pick(
            [
                "den Inhalt, auch keine Ausschnitte daraus",
                "die gefundenen Werte (keine Namen, Nummern, Kennwörter), auch nicht verschlüsselt oder als Hash",
                "wer gehandelt hat, und Dateinamen",
                "eine Bewertung der Person",
            ],
            [
                "the content, nor any part of it",
                "the values found (no names, numbers, passwords), not even encrypted or as a hash",
                "who acted, nor names of files",
                "any rating of the person",
            ],
        )),
        Block::text(lang.pick(
            "Der Eintrag trägt weder Namen noch Uhrzeit. Was das System, das ihn ablegt, daneben speichert (etwa Benutzerkennung, Zeitpunkt, Begründung), legt der Verantwortliche fest.",
            "The record carries neither a name nor a time. What the system that keeps it stores beside it (such as a user id, a time, a reason) is for the controller to decide.",
        )),
    ]
}

fn parameters(policy: &Policy, lang: Lang) -> Vec<Block> {
    let mut out = vec![Block::head(2, lang.pick("Einstellungen", "Parameters"))];
    if policy.params.is_empty() {
        out.push(Block::text(lang.pick(
            "Dieses Regelwerk hat keine Einstellungen.",
            "This policy has no parameters.",
        )));
        return out;
    }
    let head = [
        lang.pick("Einstellung", "Parameter"),
        lang.pick("Vorgabe", "Default"),
        lang.pick("Möglich", "Possible"),
        lang.pick("Strenger wird es", "Stricter"),
        lang.pick("Bedeutung", "Meaning"),
    ];
    let rows = policy.params.iter().map(|param| {
        let (default, range) = possible(&param.ty, lang);
        let stricter = match param.stricter {
            Some(Stricter::Up) => lang.pick("nach oben", "upwards"),
            Some(Stricter::Down) => lang.pick("nach unten", "downwards"),
            None => "–",
        };
        let meaning = circumstances::parameter(&param.name, lang).unwrap_or("–");
        vec![
            param.name.clone(),
            default,
            range,
            stricter.to_owned(),
            meaning.to_owned(),
        ]
    });
    out.push(Block::Table(
        head.map(str::to_owned).to_vec(),
        rows.collect(),
    ));
    out
}

/// Default and range of a parameter.
fn possible(ty: &ParamType, lang: Lang) -> (String, String) {
    match ty {
        ParamType::Bool(value) => {
            let word = |value| {
                if value {
                    lang.pick("ja", "yes")
                } else {
                    lang.pick("nein", "no")
                }
            };
            (
                word(*value).to_owned(),
                lang.pick("ja, nein", "yes, no").to_owned(),
            )
        }
        ParamType::Int { min, max, default } => (
            default.to_string(),
            format!("{min} {} {max}", lang.pick("bis", "to")),
        ),
        ParamType::Date(day) => (day.to_string(), lang.pick("ein Datum", "a date").to_owned()),
        ParamType::List { max, default, .. } => {
            let none = || lang.pick("leer", "empty").to_owned();
            let default = if default.is_empty() {
                none()
            } else {
                default.join(", ")
            };
            (
                default,
                format!("{} {max}", lang.pick("Liste, höchstens", "a list, at most")),
            )
        }
        ParamType::Key => (
            "–".to_owned(),
            lang.pick(
                "ein Schlüssel, den der Betreiber verwahrt",
                "a key that the operator keeps",
            )
            .to_owned(),
        ),
    }
}
