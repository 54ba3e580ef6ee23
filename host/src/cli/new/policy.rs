//! The text of a starter policy, of a provider's clients, and of an event to try it with.
//!
//! ```text
//! office.riegel            header with stages · packs · settings · services · clients · tests
//! client_….riegel          a layer for each client of a provider
//! paste.json               a number pasted into a public chat
//! ```

use super::answers::{Answers, Clients, Country, Known, Law, Service};
use super::files::Made;
use super::sayings;
use crate::cli::decide::words::Lang;
use riegel::syntax::{self, ast::Date};

/// All files; the policy is the first.
pub fn all(answers: &Answers) -> Vec<Made> {
    let mut made = vec![Made {
        name: "office.riegel".to_owned(),
        text: laid_out(office(answers)),
    }];
    if let Clients::Names(names) = &answers.clients {
        made.extend(names.iter().map(|(name, id)| Made {
            name: format!("{id}.riegel"),
            text: laid_out(client(answers, name, id)),
        }));
    }
    made.push(Made {
        name: "paste.json".to_owned(),
        text: event(answers),
    });
    made
}

/// In the standard layout; a text with an error stays, and the check says what is wrong.
fn laid_out(text: String) -> String {
    syntax::format(&text).unwrap_or(text)
}

fn office(answers: &Answers) -> String {
    let lang = answers.lang;
    let branch = [Lang::De, Lang::En].map(|lang| answers.branch.name(lang));
    let title = format!(
        "{}: {} ({})",
        lang.pick("KI-Regeln", "AI rules"),
        lang.pick(branch[0], branch[1]),
        answers.country.name(lang)
    );
    let mut out = head(answers);
    out.push_str(&format!(
        "policy office \"{title}\" {{\n  version \"1.0.0\"\n"
    ));
    out.push_str(&header(answers));
    let [observe, warn, enforce] = answers.stages;
    out.push_str(&format!(
        "  stage observe from {observe}, warn from {warn}, enforce from {enforce}\n}}\n\n"
    ));
    let packs: Vec<String> = std::iter::once("packs.baseline".to_owned())
        .chain(answers.laws.iter().map(|law| format!("packs.{}", law.id())))
        .collect();
    out.push_str(lang.pick(
        "// Der Grundschutz und die gewählten Regelwerke. Sie haben keine eigenen Stufen und folgen\n// deshalb denen oben.\n",
        "// The baseline and the chosen packs. They have no stages of their own, and so follow those above.\n",
    ));
    out.push_str(&format!(
        "include {}\n\nuse lib.event\n\n",
        packs.join(", ")
    ));
    for law in &answers.laws {
        for (name, value, said) in sayings::settings(*law, answers.country, answers.branch) {
            let said = lang.pick(said[0], said[1]);
            out.push_str(&format!("// {said}\nparam {name}: bool = {value}\n"));
        }
    }
    if let Some([de, en]) = sayings::missing(answers.country, answers.branch) {
        out.push_str(&comment(lang.pick(de, en)));
    }
    out.push('\n');
    if !answers.services.is_empty() {
        out.push_str(&services(answers));
    }
    let number = matches!(answers.clients, Clients::Number(_));
    if !answers.services.is_empty() || number {
        out.push_str("let outgoing = not destination.self_hosted and action != response\n");
    }
    if number {
        out.push_str(&format!(
            "let approved = {APPROVED} and destination.account != personal\n"
        ));
    }
    out.push('\n');
    if !answers.services.is_empty() {
        out.push_str(&service_rule(answers));
    }
    if let Clients::Number(number) = &answers.clients {
        out.push_str(&client_number(number, answers));
    }
    out.push_str(lang.pick("// ---- Tests ----\n\n", "// ---- Tests ----\n\n"));
    out.push_str(&number_tests(answers));
    if let Some(service) = answers.services.first() {
        out.push_str(&service_tests(service, answers));
    }
    if let Clients::Number(number) = &answers.clients {
        out.push_str(&client_tests(number, answers));
    }
    out
}

/// What a reader has to know before the first line.
fn head(answers: &Answers) -> String {
    let [observe, warn, enforce] = answers.stages;
    // Works councils are Germany's and Austria's; Switzerland and Liechtenstein have representatives
    // (CH Mitwirkungsgesetz, FL Mitwirkungsgesetz).
    let swiss = matches!(answers.country, Country::Ch | Country::Li);
    let (with, council) = match (answers.lang, swiss) {
        (Lang::De, false) => ("Betriebsrat", "Der Betriebsrat, wo es einen gibt,"),
        (Lang::De, true) => (
            "Arbeitnehmervertretung",
            "Die Arbeitnehmervertretung, wo es eine gibt,",
        ),
        (Lang::En, false) => ("the works council", "a works council, it comes"),
        (Lang::En, true) => (
            "the staff's representatives",
            "a representation of the staff, it comes",
        ),
    };
    match answers.lang {
        Lang::De => format!(
            "// Ein Anfang: lesen, anpassen, mit Datenschutz und {with} besprechen.\n//\n\
             // Eingeführt wird in drei Stufen:\n\
             //   ab {observe} wird beobachtet: Niemand wird aufgehalten, es wird nur protokolliert;\n\
             //   ab {warn} erscheinen Hinweise;\n\
             //   ab {enforce} gilt, was in den Regeln steht.\n//\n\
             // {council} ist vor der ersten Stufe zu beteiligen.\n\
             // `riegel test` prüft die Beispiele am Ende, `riegel doc` macht daraus eine Seite zum Lesen.\n\n"
        ),
        Lang::En => format!(
            "// A beginning: read it, change it, talk it over with data protection and {with}.\n//\n\
             // It is rolled out in three stages:\n\
             //   from {observe} on it observes: nobody is held up, it is only logged;\n\
             //   from {warn} on it shows warnings;\n\
             //   from {enforce} on the rules apply.\n//\n\
             // Where there is {council} before the first stage.\n\
             // `riegel test` runs the examples at the end, `riegel doc` makes a page to read.\n\n"
        ),
    }
}

/// Lines of a header that a policy and its layers share.
fn header(answers: &Answers) -> String {
    let languages = answers.lang.pick("de, en", "en, de");
    let review = review(answers.stages[2]);
    format!("  languages {languages}\n  review by {review}\n  on_error block\n")
}

/// Half a year behind the roll-out.
fn review(enforced: Date) -> Date {
    Date::from_days(enforced.days() + 182).unwrap_or(enforced)
}

/// The baseline's list approves by itself; a host may say so as well.
const APPROVED: &str = "(destination.approved or destination.host in baseline.approved_services)";

/// Lines of a comment, of at most 100 characters.
fn comment(text: &str) -> String {
    let mut out = String::new();
    let mut line = String::from("//");
    for word in text.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > 100 {
            out.push_str(&line);
            out.push('\n');
            line = String::from("//");
        }
        line.push(' ');
        line.push_str(word);
    }
    out + &line + "\n"
}

/// What a host says of a service beside the list: the attribute, and what it means.
const FACTS: [[&str; 3]; 5] = [
    [
        "destination.account = company",
        "angemeldet mit dem Firmenkonto",
        "signed in with the company's account",
    ],
    [
        "destination.processing_agreement = true",
        "der Vertrag zur Auftragsverarbeitung ist geschlossen",
        "the processing agreement is signed",
    ],
    [
        "destination.no_training = true",
        "Eingaben trainieren laut Vertrag kein Modell",
        "by contract, inputs train no model",
    ],
    [
        "destination.region = eea",
        "wo verarbeitet wird: de, at, ch, eea, adequate, us, other",
        "where it processes: de, at, ch, eea, adequate, us, other",
    ],
    [
        "destination.approved = true",
        "für Regelwerke, die die Liste nicht lesen, etwa dsgvo",
        "for packs that do not read the list, such as dsgvo",
    ],
];

/// The approved services, what is known of them, and what the list does not say.
fn services(answers: &Answers) -> String {
    let lang = answers.lang;
    let mut out = comment(lang.pick(
        "Freigegebene KI-Dienste. Was über sie öffentlich bekannt ist, ersetzt den Blick in Ihren Vertrag nicht: Er entscheidet, und er hängt oft vom Tarif ab.",
        "Approved AI services. What is publicly known of them does not replace a look into your contract: it decides, and often depends on the plan.",
    ));
    for service in &answers.services {
        let known = service.known.as_ref().map(|known| terms(known, lang));
        let known = known.unwrap_or_else(|| {
            lang.pick(
                "nicht im Verzeichnis: Vertrag, Ort und Training selbst klären",
                "not in the catalogue: look up agreement, place and training yourself",
            )
            .to_owned()
        });
        out.push_str(&format!("//   {}: {known}\n", service.name));
    }
    out.push_str("//\n");
    out.push_str(&comment(lang.pick(
        "Die Liste gibt frei: Text ohne Personendaten geht dorthin. Für Personendaten kommt es auf den Vertrag an; der Host (Erweiterung, SDK, Gateway) muss deshalb bei jedem Vorgang mitschicken, was davon gilt. Was er nicht schickt, gilt als nicht vereinbart:",
        "The list approves: text without personal data goes there. For personal data it is the contract that counts; so the host (extension, SDK, gateway) must send with every event what holds of it. What it does not send counts as not agreed:",
    )));
    for [fact, de, en] in FACTS {
        out.push_str(&format!("//   {fact:<41}{}\n", lang.pick(de, en)));
    }
    out.push_str(&comment(lang.pick(
        "In der Erweiterung steht das unter `services` (docs/extension-administration.md).",
        "The extension has it under `services` (docs/extension-administration.md).",
    )));
    let hosts = answers.services.iter().flat_map(|service| &service.hosts);
    let hosts: Vec<String> = hosts.map(|host| format!("\"{host}\"")).collect();
    let hosts = hosts.join(", ");
    out.push_str(&format!("list baseline.approved_services = {hosts}\n"));
    if answers.laws.contains(&Law::KiGovernance) {
        out.push_str(&format!("list ki_governance.register = {hosts}\n"));
    }
    out + "\n"
}

/// Lines with the provisions of the country.
fn cites(all: &[&str]) -> String {
    all.iter()
        .map(|cite| format!("  cite \"{cite}\"\n"))
        .collect()
}

fn service_rule(answers: &Answers) -> String {
    format!(
        "// {}\nrule service_not_on_the_list {{\n  when outgoing and destination.approved\n  unless destination.host in baseline.approved_services\n  then approve by \"management\"\n{}  say {{\n    de \"{}\"\n    en \"{}\"\n  }}\n  hint {{\n    de \"{}\"\n    en \"{}\"\n  }}\n}}\n\n",
        answers.lang.pick(
            "Was ein System über die Liste hinaus als freigegeben meldet, sieht erst jemand an.",
            "What a system reports as approved beyond the list, somebody looks at first.",
        ),
        cites(sayings::processor(answers.country)),
        "{destination.host} ist als freigegeben gemeldet, steht aber nicht auf unserer Liste. Ob ein Vertrag die Eingaben dort schützt, ist deshalb offen.",
        "{destination.host} is reported as approved, but is not on our list. So it is open whether a contract protects what is entered there.",
        "Nutzen Sie einen Dienst der Liste, oder lassen Sie diesen aufnehmen.",
        "Use a service of the list, or have this one added.",
    )
}

/// What the catalogue knows, in a line.
fn terms(known: &Known, lang: Lang) -> String {
    let word = |value: &Option<String>| match value.as_deref() {
        Some("yes") => lang.pick("ja", "yes"),
        Some("no") => lang.pick("nein", "no"),
        Some("plan") => lang.pick("je nach Tarif", "depends on the plan"),
        Some("opt-out") => lang.pick("abwählbar", "can be switched off"),
        _ => lang.pick("unbekannt", "unknown"),
    };
    let plain = |text: &str| text.replace(['\n', '\r'], " ");
    format!(
        "{}, {}; {} {}; {} {}; {} {}; {} {}",
        plain(&known.vendor),
        known
            .country
            .as_deref()
            .unwrap_or(lang.pick("Land unbekannt", "country unknown")),
        lang.pick("Verarbeitung in EU oder CH:", "processing in EU or CH:"),
        word(&known.eu_or_ch_processing),
        lang.pick(
            "Training mit Eingaben von Firmen:",
            "trains on inputs of companies:"
        ),
        word(&known.trains_on_business_inputs),
        lang.pick("Auftragsverarbeitung:", "processing agreement:"),
        word(&known.processing_agreement),
        lang.pick("Stand", "as of"),
        known
            .as_of
            .as_deref()
            .unwrap_or(lang.pick("unbekannt", "unknown")),
    )
}

/// A number as a pattern: its letters stay, each run of digits keeps its length.
fn pattern(number: &str) -> String {
    let mut out = String::from("\\b");
    let mut digits = 0;
    for c in number.chars().chain(std::iter::once('\0')) {
        if c.is_ascii_digit() {
            digits += 1;
            continue;
        }
        if digits > 0 {
            out.push_str(&format!("[0-9]{{{digits}}}"));
            digits = 0;
        }
        match c {
            '\0' => {}
            '.' => out.push_str("\\."),
            c => out.push(c),
        }
    }
    out + "\\b"
}

/// Digits alone are numbers of many things: they need a word beside them.
fn tells_alone(number: &str) -> bool {
    let letters = number.bytes().filter(u8::is_ascii_alphabetic).count();
    letters + number.bytes().filter(|b| matches!(b, b'-' | b'.')).count() >= 2
}

fn client_number(number: &str, answers: &Answers) -> String {
    let confidence = match tells_alone(number) {
        true => "medium, with context high",
        false => "none, with context high",
    };
    format!(
        "// {}\ndetector office.client_number \"Client number\" {{\n  title {{ de \"Kundennummer\" }}\n  class personal\n  tags person\n  pattern /{}/\n  context \"kunde\", \"kundin\", \"kundennummer\", \"mandant\", \"mandantin\", \"mandat\", \"patient\", \"patientin\", \"client\", \"customer\"\n  confidence {confidence}\n  redact as \"CLIENT\"\n  examples \"Mandant {number}\", \"Die Kundennummer ist {number}.\", \"client {number}\"\n  counterexamples \"Die Bestellung {number}7 ist da.\"\n}}\n\n\
         rule client_number_leaves {{\n  when outgoing and found office.client_number\n  unless approved and destination.processing_agreement\n  then redact\n{}  say {{\n    de \"Eine Kundennummer wurde erkannt. Sie führt jeden, der die Liste hat, zur Person.\"\n    en \"A client number was found. It leads anybody who has the list to the person.\"\n  }}\n  hint {{\n    de \"Ein Platzhalter ersetzt sie; in der Antwort steht sie wieder.\"\n    en \"A placeholder replaces it; in the answer it stands again.\"\n  }}\n}}\n\n",
        answers.lang.pick(
            "Kundennummern, wie sie hier aussehen. Namen gehören nicht in diesen Text: siehe `riegel hash-list`.",
            "Client numbers as they look here. Names do not belong into this text: see `riegel hash-list`.",
        ),
        pattern(number),
        cites(sayings::minimisation(answers.country)),
    )
}

/// A sentence with the state's number, and one with a number that is none.
fn sentences(answers: &Answers) -> [String; 2] {
    let [de, en, number, wrong] = sayings::number(answers.country);
    match answers.lang {
        Lang::De => [
            format!("Bitte prüfe die Abrechnung zur {de} {number}."),
            format!("Bitte prüfe die Bestellung {wrong}."),
        ],
        Lang::En => [
            format!("Please check the statement for the {en} {number}."),
            format!("Please check the order {wrong}."),
        ],
    }
}

const PUBLIC_CHAT: &str = "given action = paste, destination.host = \"chatgpt.com\"";

fn number_tests(answers: &Answers) -> String {
    let [de, en, ..] = sayings::number(answers.country);
    let name = answers.lang.pick(de, en);
    let [observe, warn, enforce] = answers.stages;
    let [text, near] = sentences(answers);
    let titles = answers.lang.pick(
        [
            "in einem öffentlichen Chat wird gestoppt",
            "wird am ersten Tag nur beobachtet",
            "bringt danach einen Hinweis",
            "mit falscher Prüfziffer ist keine",
        ],
        [
            "in a public chat is stopped",
            "is only observed on the first day",
            "shows a warning after that",
            "with a wrong check digit is none",
        ],
    );
    let rule = "baseline.missing_processing_agreement";
    let mut out = String::new();
    for (title, day, expect) in [
        (titles[0], enforce, format!("expect block by {rule}")),
        (
            titles[1],
            observe,
            format!("expect log\n  expect would block by {rule}"),
        ),
        (
            titles[2],
            warn,
            format!("expect warn\n  expect would block by {rule}"),
        ),
    ] {
        out.push_str(&format!(
            "test \"{name} {title}\" {{\n  today {day}\n  {PUBLIC_CHAT}\n  text \"{text}\"\n  {expect}\n}}\n\n"
        ));
    }
    out.push_str(&format!(
        "test \"{name} {}\" {{\n  today {enforce}\n  {PUBLIC_CHAT}\n  text \"{near}\"\n  expect no {rule}\n}}\n\n",
        titles[3]
    ));
    out
}

/// A host of the service, as a test sends it.
fn a_host(service: &Service) -> Option<String> {
    let host = service
        .hosts
        .iter()
        .min_by_key(|host| host.starts_with('*'));
    host.map(|host| host.replace('*', "api"))
}

fn service_tests(service: &Service, answers: &Answers) -> String {
    let host = a_host(service).unwrap_or_default();
    let question = answers.lang.pick(
        "Wie schreibt man einen guten Betreff?",
        "How does one write a good subject line?",
    );
    let day = answers.stages[2];
    let private = match answers.laws.contains(&Law::KiGovernance) {
        true => "expect approve by baseline.private_account",
        false => "expect justify by baseline.private_account",
    };
    let tests = [
        (
            [
                "ein Dienst der Liste ist freigegeben",
                "a service of the list is approved",
            ],
            "prompt",
            host.as_str(),
            "destination.account = company",
            "expect no baseline.unapproved_service\n  expect no service_not_on_the_list",
        ),
        (
            [
                "ein Dienst der Liste, im privaten Konto, ist es nicht",
                "a service of the list, in a private account, is not",
            ],
            "prompt",
            host.as_str(),
            "destination.account = personal",
            private,
        ),
        (
            [
                "ein Dienst der Liste, auch vom System freigegeben",
                "a service of the list that the system approves as well",
            ],
            "prompt",
            host.as_str(),
            "destination.approved = true",
            "expect no service_not_on_the_list",
        ),
        (
            [
                "ein Dienst, der nicht auf der Liste steht",
                "a service that is not on the list",
            ],
            "prompt",
            "neu.example",
            "destination.approved = true",
            "expect approve by service_not_on_the_list",
        ),
        (
            [
                "ein Dienst, den niemand freigegeben hat",
                "a service that nobody has approved",
            ],
            "prompt",
            "neu.example",
            "destination.approved = false",
            "expect no service_not_on_the_list",
        ),
        (
            [
                "ein Dienst im eigenen Haus steht auf keiner Liste",
                "a service in-house is on no list",
            ],
            "prompt",
            "neu.example",
            "destination.approved = true, destination.self_hosted = true",
            "expect no service_not_on_the_list",
        ),
        (
            ["eine Antwort geht nirgendwohin", "an answer goes nowhere"],
            "response",
            "neu.example",
            "destination.approved = true",
            "expect no service_not_on_the_list",
        ),
    ];
    tests
        .iter()
        .map(|([de, en], action, host, facts, expect)| {
            let title = answers.lang.pick(de, en);
            format!(
                "test \"{title}\" {{\n  today {day}\n  given action = {action}, destination.host = \"{host}\", {facts}\n  text \"{question}\"\n  {expect}\n}}\n\n"
            )
        })
        .collect()
}

fn client_tests(number: &str, answers: &Answers) -> String {
    let day = answers.stages[2];
    let contract = "destination.processing_agreement = true";
    let listed = answers.services.first().and_then(a_host);
    let other = "neu.example";
    // Where no service is on the list, the system says what is approved.
    let (host, approval) = match &listed {
        Some(host) => (host.as_str(), ""),
        None => (other, ", destination.approved = true"),
    };
    let tests = [
        (
            [
                "eine Kundennummer wird ersetzt",
                "a client number is replaced",
            ],
            "",
            "paste",
            "chatgpt.com",
            String::new(),
            true,
        ),
        (
            [
                "eine Ziffer mehr ist keine Kundennummer",
                "one digit more is no client number",
            ],
            "7",
            "paste",
            "chatgpt.com",
            String::new(),
            false,
        ),
        (
            [
                "ein freigegebener Dienst mit Vertrag darf sie sehen",
                "an approved service with an agreement may see it",
            ],
            "",
            "paste",
            host,
            format!(", {contract}{approval}, destination.account = company"),
            false,
        ),
        (
            [
                "auch einer, den nur das System freigibt",
                "so may one that only the system approves",
            ],
            "",
            "paste",
            other,
            format!(", {contract}, destination.approved = true"),
            false,
        ),
        (
            [
                "derselbe Dienst im privaten Konto nicht",
                "the same service in a private account may not",
            ],
            "",
            "paste",
            host,
            format!(", {contract}{approval}, destination.account = personal"),
            true,
        ),
        (
            [
                "ein freigegebener Dienst ohne Vertrag nicht",
                "an approved service without an agreement may not",
            ],
            "",
            "paste",
            host,
            format!("{approval}, destination.account = company"),
            true,
        ),
        (
            [
                "ein Dienst mit Vertrag, den niemand freigegeben hat, nicht",
                "a service with an agreement that nobody has approved may not",
            ],
            "",
            "paste",
            other,
            format!(", {contract}"),
            true,
        ),
        (
            ["im eigenen Haus bleibt sie stehen", "in-house it stays"],
            "",
            "paste",
            other,
            ", destination.self_hosted = true".to_owned(),
            false,
        ),
        (
            [
                "in einer Antwort bleibt sie stehen",
                "in an answer it stays",
            ],
            "",
            "response",
            other,
            String::new(),
            false,
        ),
    ];
    tests
        .iter()
        .map(|([de, en], digit, action, host, facts, redacted)| {
            let title = answers.lang.pick(de, en);
            // A pack may ask for more than that, so it is the obligation that is looked for.
            let expect = match redacted {
                true => "expect obligation redact office.client_number",
                false => "expect no client_number_leaves",
            };
            format!(
                "test \"{title}\" {{\n  today {day}\n  given action = {action}, destination.host = \"{host}\"{facts}\n  text \"Mandant {number}{digit}: Welche Frist gilt?\"\n  {expect}\n}}\n\n"
            )
        })
        .collect()
}

/// A client's layer: everything of the office, and room for what is stricter here.
fn client(answers: &Answers, name: &str, id: &str) -> String {
    let [text, _] = sentences(answers);
    let day = answers.stages[2];
    format!(
        "// {}\npolicy {id} \"{name}\" {{\n  version \"1.0.0\"\n{}}}\n\nextends office\n\n\
         test \"{}\" {{\n  today {day}\n  {PUBLIC_CHAT}\n  text \"{text}\"\n  expect block by baseline.missing_processing_agreement\n}}\n",
        answers.lang.pick(
            "Eine Schicht für einen Kunden: Sie kann nur strenger werden (docs/writing-policies.md).",
            "A layer for one client: it can only become stricter (docs/writing-policies.md).",
        ),
        header(answers),
        answers.lang.pick("was für alle gilt, gilt auch hier", "what holds for all holds here"),
    )
}

/// A number pasted into a public chat, on the first enforced day.
fn event(answers: &Answers) -> String {
    let [text, _] = sentences(answers);
    let event = serde_json::json!({
        "action": "paste",
        "today": answers.stages[2].to_string(),
        "destination": { "host": "chatgpt.com", "service": "chatgpt", "kind": "ai_chat" },
        "purpose": "draft",
        "content": text,
    });
    format!("{event:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_shape() {
        assert_eq!(pattern("K-10023"), "\\bK-[0-9]{5}\\b");
        assert_eq!(pattern("12.34AB567"), "\\b[0-9]{2}\\.[0-9]{2}AB[0-9]{3}\\b");
        assert!(tells_alone("K-10023") && tells_alone("KD10023"));
        assert!(!tells_alone("10023") && !tells_alone("100-23"));
    }
}
