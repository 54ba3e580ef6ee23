//! What is known of an office, and how words become that.

use super::sayings;
use crate::cli::decide::words::Lang;
use crate::errors::{self, Problem};
use riegel::syntax::ast::Date;
use serde::Deserialize;

/// Where the office is established.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Country {
    /// Germany
    De,
    /// Austria
    At,
    /// Switzerland
    Ch,
    /// Liechtenstein
    Li,
}

impl Country {
    const ALL: [Country; 4] = [Country::De, Country::At, Country::Ch, Country::Li];

    /// Its name.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Country::De => lang.pick("Deutschland", "Germany"),
            Country::At => lang.pick("Österreich", "Austria"),
            Country::Ch => lang.pick("Schweiz", "Switzerland"),
            Country::Li => lang.pick("Liechtenstein", "Liechtenstein"),
        }
    }

    /// All, with their names.
    pub fn choices(lang: Lang) -> Vec<(&'static str, Country)> {
        Country::ALL.map(|c| (c.name(lang), c)).to_vec()
    }
}

/// What the office does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Branch {
    /// Fiduciaries, tax advisers, auditors
    #[value(alias = "tax")]
    Fiduciary,
    /// Law firms, notaries
    Law,
    /// Medical practices, therapists
    Medical,
    /// Software and engineering
    Software,
    /// Trade and crafts
    #[value(alias = "craft")]
    Trade,
    /// Public bodies
    Public,
    /// Managed service providers
    Msp,
    /// Anything else
    Other,
}

impl Branch {
    const ALL: [Branch; 8] = [
        Branch::Fiduciary,
        Branch::Law,
        Branch::Medical,
        Branch::Software,
        Branch::Trade,
        Branch::Public,
        Branch::Msp,
        Branch::Other,
    ];

    /// Its name.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Branch::Fiduciary => {
                lang.pick("Treuhand und Steuerberatung", "Fiduciary and tax advice")
            }
            Branch::Law => lang.pick("Anwaltskanzlei", "Law firm"),
            Branch::Medical => lang.pick("Arzt- oder Therapiepraxis", "Medical practice"),
            Branch::Software => lang.pick("Software und Technik", "Software and engineering"),
            Branch::Trade => lang.pick("Handwerk und Handel", "Trade and crafts"),
            Branch::Public => lang.pick("Behörde", "Public body"),
            Branch::Msp => lang.pick(
                "IT-Dienstleister für viele Kunden",
                "Managed service provider",
            ),
            Branch::Other => lang.pick("Büro", "Office"),
        }
    }

    /// All, with their names.
    pub fn choices(lang: Lang) -> Vec<(&'static str, Branch)> {
        Branch::ALL.map(|b| (b.name(lang), b)).to_vec()
    }
}

/// A pack that can be included; the baseline always is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[allow(missing_docs, reason = "the names of the packs")]
#[value(rename_all = "snake_case")]
pub enum Law {
    Dsgvo,
    Berufsgeheimnis,
    Geschaeftsgeheimnis,
    AiAct,
    KiGovernance,
    Mandantentrennung,
    PromptSicherheit,
    Datenqualitaet,
    Fairness,
    Reifegrad,
    Schulung,
    Urheberrecht,
    PciDss,
    Hipaa,
    Ccpa,
    Cmmc,
}

impl Law {
    /// Its name as a pack.
    pub fn id(self) -> &'static str {
        sayings::law(self).0
    }

    /// What it is about.
    pub fn about(self, lang: Lang) -> &'static str {
        let (_, de, en) = sayings::law(self);
        lang.pick(de, en)
    }

    /// All, with what they are about.
    pub fn choices(lang: Lang) -> Vec<(&'static str, Law)> {
        use clap::ValueEnum;
        let all = Law::value_variants().iter();
        all.map(|law| (law.about(lang), *law)).collect()
    }
}

/// The packs that such an office usually needs.
pub fn usual(country: Country, branch: Branch) -> Vec<Law> {
    let mut laws = vec![Law::Dsgvo];
    match branch {
        // The pack knows the secrecy of Germany, Austria and Switzerland.
        Branch::Fiduciary | Branch::Law | Branch::Medical if country != Country::Li => {
            laws.push(Law::Berufsgeheimnis);
        }
        Branch::Software => laws.extend([Law::Geschaeftsgeheimnis, Law::PromptSicherheit]),
        Branch::Public => laws.push(Law::KiGovernance),
        Branch::Msp => laws.extend([Law::Mandantentrennung, Law::PromptSicherheit]),
        _ => {}
    }
    laws
}

/// An approved AI service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// The hosts by which it is known.
    pub hosts: Vec<String>,
    /// What is publicly known of it, for a comment.
    pub known: Option<Known>,
}

/// What the catalogue says of a service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Known {
    id: String,
    name: String,
    /// Its vendor.
    pub vendor: String,
    #[serde(default)]
    hosts: Vec<String>,
    /// The vendor's country.
    #[serde(default)]
    pub country: Option<String>,
    /// May it be used so that inputs are processed in the EU or Switzerland?
    #[serde(default)]
    pub eu_or_ch_processing: Option<String>,
    /// Do a company's inputs train models?
    #[serde(default)]
    pub trains_on_business_inputs: Option<String>,
    /// Is a processing agreement offered?
    #[serde(default)]
    pub processing_agreement: Option<String>,
    /// The month of the newest source.
    #[serde(default)]
    pub as_of: Option<String>,
}

#[derive(Deserialize)]
struct Catalogue {
    services: Vec<Known>,
}

const CATALOGUE: &str = include_str!("../../../../policies/lib/services.json");

/// Elements of an answer; `none` is none of them.
fn elements(text: &str) -> Vec<&str> {
    let all = text.split(',').map(str::trim);
    let all = all.filter(|word| !word.is_empty());
    match text.trim().to_lowercase().as_str() {
        "none" | "keine" | "-" => Vec::new(),
        _ => all.collect(),
    }
}

/// Services by id, name or host; what is wrong is said in `lang`.
pub fn services(text: &str, lang: Lang) -> Result<Vec<Service>, Problem> {
    let words = elements(text);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let catalogue: Catalogue = serde_json::from_str(CATALOGUE).map_err(|_| {
        Problem::new(
            &errors::ARGUMENT,
            lang.pick(
                "das Verzeichnis der Dienste ist nicht lesbar",
                "the catalogue of services cannot be read",
            ),
        )
    })?;
    let mut out: Vec<Service> = Vec::new();
    for word in words {
        let service = service(word, &catalogue.services, lang)?;
        if !out.contains(&service) {
            out.push(service);
        }
    }
    Ok(out)
}

fn service(word: &str, catalogue: &[Known], lang: Lang) -> Result<Service, Problem> {
    let same = |name: &str| name.to_lowercase() == word.to_lowercase();
    let known = catalogue
        .iter()
        .find(|s| same(&s.id) || same(&s.name))
        .or_else(|| {
            catalogue
                .iter()
                .find(|s| s.hosts.iter().any(|host| same(host)))
        });
    if let Some(known) = known.filter(|known| !known.hosts.is_empty()) {
        return Ok(Service {
            name: known.name.clone(),
            hosts: known.hosts.clone(),
            known: Some(known.clone()),
        });
    }
    let host = idna::domain_to_ascii_strict(word.trim_end_matches('.')).ok();
    match host.filter(|host| host.contains('.') && !host.contains('*')) {
        Some(host) => Ok(Service {
            name: host.clone(),
            hosts: vec![host],
            known: None,
        }),
        None => Err(unknown(word, known, catalogue, lang)),
    }
}

/// A word that names no service: with the names that are near it.
fn unknown(word: &str, known: Option<&Known>, catalogue: &[Known], lang: Lang) -> Problem {
    if known.is_some() {
        return Problem::new(
            &errors::ARGUMENT,
            match lang {
                Lang::De => format!("für `{word}` nennt das Verzeichnis keine Adresse"),
                Lang::En => format!("the catalogue has no host for `{word}`"),
            },
        )
        .help(lang.pick(
            "nennen Sie die Adresse aus der Adresszeile des Browsers (`ki.example.com`)",
            "name the host in the browser's address line (`ki.example.com`)",
        ));
    }
    let near = near(word, catalogue);
    let help = match (near.is_empty(), lang) {
        (true, Lang::De) => {
            "nennen Sie einen Dienst (`chatgpt`) oder die Adresse aus der Adresszeile des Browsers (`ki.example.com`)"
                .to_owned()
        }
        (true, Lang::En) => {
            "name a service (`chatgpt`), or the host in the browser's address line (`ki.example.com`)"
                .to_owned()
        }
        (false, Lang::De) => format!("gemeint ist vielleicht: {}", near.join(", ")),
        (false, Lang::En) => format!("perhaps you mean: {}", near.join(", ")),
    };
    Problem::new(
        &errors::ARGUMENT,
        match lang {
            Lang::De => {
                format!("`{word}` ist kein KI-Dienst des Verzeichnisses und keine Adresse")
            }
            Lang::En => format!("`{word}` is no AI service of the catalogue, and no host"),
        },
    )
    .help(help)
}

/// Up to six services whose id or name holds the word; where there is none, the one a slip away.
fn near(word: &str, catalogue: &[Known]) -> Vec<String> {
    let word = word.to_lowercase();
    let shown = |s: &Known| format!("`{}` ({})", s.id, s.name);
    let holds = |s: &&Known| {
        word.len() > 2
            && !s.hosts.is_empty()
            && (s.id.contains(&word) || s.name.to_lowercase().contains(&word))
    };
    let mut all: Vec<&Known> = catalogue.iter().filter(holds).collect();
    // A company's own come first: a private account is no place for work.
    all.sort_by_key(|s| s.processing_agreement.as_deref() == Some("no"));
    if all.is_empty() {
        let ids = catalogue.iter().map(|s| s.id.as_str());
        let meant = riegel::syntax::near::closest(&word, ids);
        all.extend(catalogue.iter().filter(|s| Some(s.id.as_str()) == meant));
    }
    all.into_iter().take(6).map(shown).collect()
}

/// Whom the office works for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clients {
    /// Nothing is said of them.
    None,
    /// An invented number, as clients have them here.
    Number(String),
    /// Names of companies, each with an id for its layer.
    Names(Vec<(String, String)>),
}

impl Clients {
    /// For a summary.
    pub fn said(&self) -> Option<String> {
        match self {
            Clients::None => None,
            Clients::Number(number) => Some(number.clone()),
            Clients::Names(names) => {
                let names: Vec<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
                Some(names.join(", "))
            }
        }
    }
}

/// Clients of an office: a number as a pattern; of a provider their names.
pub fn clients(text: &str, branch: Branch, lang: Lang) -> Result<Clients, Problem> {
    let words = elements(text);
    let wrong = |what: [&'static str; 2], help: [&'static str; 2]| {
        let [de, en] = help;
        let help = lang.pick(de, en);
        let [de, en] = what;
        Err(Problem::new(&errors::ARGUMENT, lang.pick(de, en)).help(help))
    };
    if words.is_empty() {
        return Ok(Clients::None);
    }
    if branch != Branch::Msp {
        let [number] = words.as_slice() else {
            return wrong(
                ["eine Kundennummer genügt", "one client number is enough"],
                [
                    "eine erfundene, etwa `K-10023`",
                    "an invented one, such as `K-10023`",
                ],
            );
        };
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        let plain = number
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
        let ends = number.bytes().next().zip(number.bytes().last());
        let ends = ends.is_some_and(|(a, b)| a.is_ascii_alphanumeric() && b.is_ascii_digit());
        return match plain && ends && digits >= 4 && number.len() <= 24 {
            true => Ok(Clients::Number((*number).to_owned())),
            false => wrong(
                ["das ist keine Kundennummer", "this is no client number"],
                [
                    "eine erfundene, etwa `K-10023`: Buchstaben, Ziffern, `-` oder `.`, mindestens vier Ziffern, am Ende eine Ziffer. \
                     Namen von Kunden gehören nicht in den Text eines Regelwerks; `riegel hash-list` verbirgt sie",
                    "an invented one, such as `K-10023`: letters, digits, `-` or `.`, at least four digits, a digit at its end. \
                     Names of clients do not belong into the text of a policy; `riegel hash-list` hides them",
                ],
            ),
        };
    }
    let mut names: Vec<(String, String)> = Vec::new();
    for name in words {
        let id = format!("client_{}", slug(name));
        let printable = !name
            .chars()
            .any(|c| c.is_control() || matches!(c, '"' | '\\' | '{' | '}'));
        if id == "client_" || !printable || name.chars().count() > 80 {
            return wrong(
                [
                    "ein Kundenname ist nicht verwendbar",
                    "a client's name cannot be used",
                ],
                [
                    "Buchstaben, Ziffern und Leerzeichen, höchstens 80 Zeichen; ein erfundener Name tut es auch",
                    "letters, digits and blanks, at most 80 characters; an invented name serves as well",
                ],
            );
        }
        if names.iter().any(|(_, other)| *other == id) {
            return wrong(
                [
                    "zwei Kunden hätten dieselbe Datei",
                    "two clients would have the same file",
                ],
                [
                    "schreiben Sie die Namen so, dass Buchstaben oder Ziffern verschieden sind",
                    "write their names so that letters or digits differ",
                ],
            );
        }
        names.push((name.to_owned(), id));
    }
    Ok(Clients::Names(names))
}

/// A name as an id: small letters, digits, underscores.
fn slug(name: &str) -> String {
    let mut out = String::new();
    for c in name.to_lowercase().chars() {
        match c {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            'a'..='z' | '0'..='9' => out.push(c),
            _ if out.ends_with('_') => {}
            _ => out.push('_'),
        }
    }
    out.trim_matches('_').to_owned()
}

/// The first days of observe, warn and enforce.
pub fn stages(from: Date, days: i32) -> Option<[Date; 3]> {
    let later = |days| Date::from_days(from.days().checked_add(days)?).filter(|d| d.year <= 2100);
    Some([from, later(days / 2)?, later(days)?])
}

/// Everything that was answered.
pub struct Answers {
    /// Of comments and questions.
    pub lang: Lang,
    /// Where.
    pub country: Country,
    /// What.
    pub branch: Branch,
    /// Packs beside the baseline.
    pub laws: Vec<Law>,
    /// Approved services.
    pub services: Vec<Service>,
    /// Clients.
    pub clients: Clients,
    /// The first day.
    pub from: Date,
    /// First days of observe, warn and enforce.
    pub stages: [Date; 3],
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn services_are_known_by_id_name_or_host() {
        let by = |text: &str| services(text, Lang::En).ok().unwrap();
        let chatgpt = by("chatgpt");
        assert_eq!(chatgpt, by("ChatGPT"));
        assert_eq!(chatgpt, by("chatgpt.com, ChatGPT"));
        assert!(chatgpt.first().unwrap().known.is_some());
        assert_eq!(
            by("KI.Muster.Example").first().unwrap().hosts,
            ["ki.muster.example"]
        );
        assert!(by("none").is_empty() && by(" ").is_empty());
        for wrong in ["chatgtp", "a b.example", "*.example.com", "x\" y"] {
            assert!(services(wrong, Lang::De).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_word_that_names_no_service_brings_near_names() {
        let said = |word: &str, lang| services(word, lang).err().unwrap();
        let problem = said("copilot", Lang::En);
        let help = problem.help.unwrap();
        assert!(help.contains("`m365_copilot`"), "{help}");
        assert!(help.contains("`github_copilot`"), "{help}");
        let help = said("chatgtp", Lang::De).help.unwrap();
        assert!(help.contains("`chatgpt`"), "{help}");
        let problem = said("gibts nicht", Lang::De);
        assert!(
            problem.message.contains("kein KI-Dienst"),
            "{}",
            problem.message
        );
    }

    #[test]
    fn names_of_clients_are_no_numbers() {
        let office = |text: &str| clients(text, Branch::Fiduciary, Lang::De);
        assert_eq!(
            office("K-10023").ok().unwrap(),
            Clients::Number("K-10023".to_owned())
        );
        for wrong in [
            "Muster AG",
            "K-1",
            "K-10023, K-2",
            "K 10023",
            "-10023",
            "K-10023-",
            "K(1)2345",
        ] {
            assert!(office(wrong).is_err(), "{wrong}");
        }
        let msp = |text: &str| clients(text, Branch::Msp, Lang::En);
        let Clients::Names(names) = msp("Müller & Söhne, Demo GmbH").ok().unwrap() else {
            unreachable!()
        };
        assert_eq!(names.first().unwrap().1, "client_mueller_soehne");
        for wrong in ["Demo, demo", "\u{4e2d}", "a\"b", "{x}"] {
            assert!(msp(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_law_is_a_shipped_pack() {
        use clap::ValueEnum;
        use riegel::check::Resolver;
        for law in Law::value_variants() {
            let pack = format!("packs.{}", law.id());
            assert!(riegel::library::Library.resolve(&pack).is_some(), "{pack}");
            assert_eq!(law.to_possible_value().unwrap().get_name(), law.id());
        }
    }
}
