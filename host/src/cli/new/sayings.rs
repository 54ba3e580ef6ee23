//! What is said of packs and countries: names, settings, invented numbers.

use super::answers::{Branch, Country, Law};

/// Id of a pack, and what it is about in German and English.
pub fn law(law: Law) -> (&'static str, &'static str, &'static str) {
    match law {
        Law::Dsgvo => (
            "dsgvo",
            "dsgvo: Datenschutz (DSGVO, BDSG, DSG in Österreich und der Schweiz)",
            "dsgvo: data protection (GDPR, BDSG, Austrian and Swiss DSG)",
        ),
        Law::Berufsgeheimnis => (
            "berufsgeheimnis",
            "berufsgeheimnis: Verschwiegenheit der Berufe (§ 203 StGB, Art. 321 StGB CH …)",
            "berufsgeheimnis: secrecy of the professions",
        ),
        Law::Geschaeftsgeheimnis => (
            "geschaeftsgeheimnis",
            "geschaeftsgeheimnis: Geschäftsgeheimnisse, Quelltext, Preise",
            "geschaeftsgeheimnis: trade secrets, source code, prices",
        ),
        Law::AiAct => (
            "ai_act",
            "ai_act: KI-Verordnung der EU",
            "ai_act: the EU's AI Act",
        ),
        Law::KiGovernance => (
            "ki_governance",
            "ki_governance: Prüfung von Antworten, Verträge mit KI-Diensten",
            "ki_governance: checked answers, contracts with AI services",
        ),
        Law::Mandantentrennung => (
            "mandantentrennung",
            "mandantentrennung: Daten eines Kunden nie beim anderen",
            "mandantentrennung: one client's data never at another's",
        ),
        Law::PromptSicherheit => (
            "prompt_sicherheit",
            "prompt_sicherheit: eingeschleuste Anweisungen, verdächtige Links",
            "prompt_sicherheit: injected instructions, links that leak",
        ),
        Law::Datenqualitaet => (
            "datenqualitaet",
            "datenqualitaet: doppelte, widersprüchliche, undatierte Daten",
            "datenqualitaet: duplicated, contradictory, undated data",
        ),
        Law::Fairness => (
            "fairness",
            "fairness: Einstellung, Kredit, Preise ohne Benachteiligung",
            "fairness: hiring, credit, prices without discrimination",
        ),
        Law::Reifegrad => (
            "reifegrad",
            "reifegrad: welche Nutzung bei welchem Stand der Sicherheit",
            "reifegrad: which use at which level of security",
        ),
        Law::Schulung => (
            "schulung",
            "schulung: welche Nutzung welche Schulung braucht",
            "schulung: which use needs which training",
        ),
        Law::Urheberrecht => (
            "urheberrecht",
            "urheberrecht: geschützte Texte, Marken, Bilder von Menschen",
            "urheberrecht: protected texts, marks, images of people",
        ),
        Law::PciDss => ("pci_dss", "pci_dss: Kartendaten", "pci_dss: card data"),
        Law::Hipaa => (
            "hipaa",
            "hipaa: Gesundheitsdaten (USA)",
            "hipaa: health data (USA)",
        ),
        Law::Ccpa => (
            "ccpa",
            "ccpa: Datenschutz (Kalifornien)",
            "ccpa: privacy (California)",
        ),
        Law::Cmmc => (
            "cmmc",
            "cmmc: Aufträge des US-Verteidigungsministeriums",
            "cmmc: US defence contracts",
        ),
    }
}

/// Parameters of a pack that follow from country and branch: name, value, what it says.
pub fn settings(
    law: Law,
    country: Country,
    branch: Branch,
) -> Vec<(&'static str, bool, [&'static str; 2])> {
    let switzerland = [
        "Der Betrieb unterliegt dem schweizerischen Recht.",
        "The office is subject to Swiss law.",
    ];
    let austria = [
        "Der Betrieb unterliegt dem österreichischen Recht.",
        "The office is subject to Austrian law.",
    ];
    let germany = [
        "Deutsches Berufsrecht gilt hier nicht.",
        "The German law of the professions does not apply here.",
    ];
    let insured = [
        "Die Praxis behandelt gesetzlich Versicherte (§ 393 SGB V); sonst `false`.",
        "The practice treats patients of statutory insurers (SGB V § 393); otherwise `false`.",
    ];
    match (law, country) {
        (Law::Dsgvo, Country::Ch) => vec![("dsgvo.switzerland", true, switzerland)],
        (Law::Dsgvo, Country::At) => vec![("dsgvo.austria", true, austria)],
        (Law::Geschaeftsgeheimnis, Country::Ch) => {
            vec![("geschaeftsgeheimnis.switzerland", true, switzerland)]
        }
        (Law::Berufsgeheimnis, Country::De) if branch == Branch::Medical => {
            vec![("berufsgeheimnis.statutory_health_care", true, insured)]
        }
        (Law::Berufsgeheimnis, Country::At) => vec![
            ("berufsgeheimnis.germany", false, germany),
            ("berufsgeheimnis.austria", true, austria),
        ],
        (Law::Berufsgeheimnis, Country::Ch) => vec![
            ("berufsgeheimnis.germany", false, germany),
            ("berufsgeheimnis.switzerland", true, switzerland),
        ],
        (Law::Berufsgeheimnis, Country::Li) => vec![("berufsgeheimnis.germany", false, germany)],
        _ => Vec::new(),
    }
}

/// What no pack knows of such an office yet.
pub fn missing(country: Country, branch: Branch) -> Option<[&'static str; 2]> {
    match (country, branch) {
        (Country::Li, Branch::Fiduciary | Branch::Law | Branch::Medical) => Some([
            "Es fehlt: Das Berufsgeheimnis nach liechtensteinischem Recht (Rechtsanwaltsgesetz, Treuhändergesetz, Ärztegesetz, § 121 StGB) kennt noch kein Regelwerk; berufsgeheimnis spricht für Deutschland, Österreich und die Schweiz. Schreiben Sie dafür eine eigene Regel, oder lassen Sie Mandats- und Patientendaten im Haus.",
            "Missing: no pack knows professional secrecy under the law of Liechtenstein yet (RAG, TrHG, Ärztegesetz, StGB § 121); berufsgeheimnis speaks for Germany, Austria and Switzerland. Write a rule of your own for it, or keep client and patient data in-house.",
        ]),
        _ => None,
    }
}

/// Provisions on choosing who processes.
pub fn processor(country: Country) -> &'static [&'static str] {
    match country {
        Country::Ch => &[
            "CH DSG Art. 9 Abs. 1, 2 (seit 2023-09-01)",
            "ISO/IEC 27001:2022 A.5.23 (2022-10)",
        ],
        _ => &[
            "DSGVO Art. 28 Abs. 1 (seit 2018-05-25)",
            "ISO/IEC 27001:2022 A.5.23 (2022-10)",
        ],
    }
}

/// Provisions on passing on no more than needed.
pub fn minimisation(country: Country) -> &'static [&'static str] {
    match country {
        Country::Ch => &["CH DSG Art. 6 Abs. 2, 3 (seit 2023-09-01)"],
        _ => &["DSGVO Art. 5 Abs. 1 Buchst. c (seit 2018-05-25)"],
    }
}

/// A number that a state gives to people: its name in German and English, an invented one that holds,
/// and the same with a digit that makes it wrong.
pub fn number(country: Country) -> [&'static str; 4] {
    match country {
        Country::De => ["Steuer-ID", "tax id", "86 095 742 719", "86 095 742 718"],
        Country::At => ["SVNR", "SVNR", "1237 010180", "1238 010180"],
        Country::Ch | Country::Li => [
            "AHV-Nummer",
            "AHV number",
            "756.9217.0769.85",
            "756.9217.0769.84",
        ],
    }
}
