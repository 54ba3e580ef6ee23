//! Roles that approve or are told, in words; what a company names itself stays as it is.

use crate::cli::decide::words::Lang;

/// A role in words, with its id behind, by which the host knows it.
pub fn called(role: &str, lang: Lang) -> String {
    let name = match role {
        "dpo" | "privacy" => lang.pick("Datenschutz", "data protection"),
        "hr" => lang.pick("Personalabteilung", "human resources"),
        "legal" => lang.pick("Rechtsabteilung", "legal"),
        "security" => lang.pick("Informationssicherheit", "information security"),
        "it" => lang.pick("IT", "IT"),
        "management" => lang.pick("Geschäftsleitung", "management"),
        "finance" => lang.pick("Finanzabteilung", "finance"),
        "professional" => lang.pick("Berufsträger", "the professional in charge"),
        "reporting_office" => lang.pick("Meldestelle", "reporting office"),
        "decision_owner" => lang.pick("wer über den Fall entscheidet", "who decides the case"),
        other => return other.to_owned(),
    };
    format!("{name} ({role})")
}
