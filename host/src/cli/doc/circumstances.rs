//! What a host says of an event: the attributes that the rules ask for, in words.
//!
//! Those of the standard event (`lib.event`) are explained here in both languages; one that a policy
//! declares itself is shown by its name.

use super::page::Block;
use super::rules;
use crate::cli::decide::words::Lang;
use riegel::check::model::{Policy, Slot, SlotType, Value};
use std::collections::BTreeSet;

/// The chapter; nothing where no rule asks for an attribute.
pub fn table(policy: &Policy, lang: Lang) -> Vec<Block> {
    let mut asked = BTreeSet::new();
    for rule in &policy.rules {
        rules::attributes(&rule.condition, &mut asked);
    }
    let slots = asked.iter().filter_map(|index| policy.slots.get(*index));
    let rows: Vec<Vec<String>> = slots
        .map(|slot| {
            let meaning = meaning(&slot.name, lang).unwrap_or("–");
            vec![slot.name.clone(), meaning.to_owned(), unsaid(slot, lang)]
        })
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let head = lang.pick(
        ["Angabe", "Bedeutung", "Wenn sie fehlt"],
        ["Fact", "Meaning", "Where it is missing"],
    );
    vec![
        Block::head(
            2,
            lang.pick(
                "Was über den Vorgang bekannt sein muss",
                "What has to be known of an event",
            ),
        ),
        Block::text(lang.pick(
            "Diese Angaben macht das System, das die Prüfung aufruft; was zu einem Dienst vereinbart und belegt ist, pflegt die verantwortliche Stelle. Was fehlt, gilt in der vorsichtigen Lesart.",
            "The system that asks for the check states these facts; what is agreed and on file for a service is kept by the controller. What is missing is read the careful way.",
        )),
        Block::Table(head.map(str::to_owned).to_vec(), rows),
    ]
}

/// What counts where the host says nothing.
fn unsaid(slot: &Slot, lang: Lang) -> String {
    if slot.required {
        return lang
            .pick("Die Prüfung scheitert.", "The check fails.")
            .to_owned();
    }
    let unknown = || lang.pick("unbekannt", "unknown").to_owned();
    match (&slot.default, &slot.ty) {
        (Some(Value::Bool(true)), _) => lang.pick("ja", "yes").to_owned(),
        (Some(Value::Bool(false)), _) => lang.pick("nein", "no").to_owned(),
        (Some(Value::Enum(Some(index))), SlotType::Enum(words)) => {
            match words.get(usize::from(*index)).map(String::as_str) {
                None | Some("unknown" | "unstated") => unknown(),
                Some(word) => word.to_owned(),
            }
        }
        (Some(Value::Set(all)), _) if all.is_empty() => lang.pick("keine", "none").to_owned(),
        _ => unknown(),
    }
}

/// An attribute of the standard event in words.
fn meaning(name: &str, lang: Lang) -> Option<&'static str> {
    let (de, en) = match name {
        "action" => (
            "was geschieht: einfügen, tippen, hochladen, absenden, Antwort, teilen …",
            "what happens: paste, type, upload, send, answer, share …",
        ),
        "user.id" => (
            "Kennung der handelnden Person, nie ihr Name",
            "an opaque id of the person who acts, never the name",
        ),
        "user.roles" => (
            "Rollen der handelnden Person im Betrieb",
            "roles of the person who acts",
        ),
        "user.department" => ("ihre Abteilung", "the person's department"),
        "user.trainings" => (
            "bestandene und noch gültige Schulungen",
            "trainings passed and still valid",
        ),
        "user.second_factor" => (
            "mit zweitem Faktor angemeldet",
            "signed in with a second factor",
        ),
        "tenant.id" => (
            "das Unternehmen, für das gehandelt wird",
            "the company on whose behalf the person acts",
        ),
        "data.owner_tenant" => (
            "das Unternehmen, dem der Inhalt gehört",
            "the company the content belongs to",
        ),
        "data.labels" => (
            "Kennzeichen, die der Inhalt schon trägt",
            "labels that the content already carries",
        ),
        "data.source_host" => ("woher der Inhalt stammt", "where the content comes from"),
        "destination.host" => (
            "der Dienst, an den der Inhalt geht, nach seiner Adresse",
            "the service the content goes to, by its host",
        ),
        "destination.service" => (
            "der Dienst nach dem Verzeichnis der KI-Dienste",
            "the service by its id in the catalogue",
        ),
        "destination.kind" => (
            "Art des Dienstes: Chat, Assistent, Besprechung, Agent …",
            "kind of service: chat, suite, meeting, agent …",
        ),
        "destination.region" => (
            "wo der Dienst die Daten verarbeitet",
            "where the service processes the data",
        ),
        "destination.approved" => (
            "Der Betrieb hat den Dienst für die Arbeit freigegeben.",
            "The company has approved the service for work.",
        ),
        "destination.self_hosted" => (
            "Der Dienst läuft im eigenen Haus.",
            "The service runs in the company's own house.",
        ),
        "destination.account" => (
            "benutztes Konto: des Betriebs oder privat",
            "account in use: the company's or private",
        ),
        "destination.processing_agreement" => (
            "Ein Vertrag zur Auftragsverarbeitung (Art. 28 DSGVO) ist geschlossen.",
            "A processing agreement (GDPR Art. 28) is signed.",
        ),
        "destination.no_training" => (
            "Der Vertrag schließt aus, dass mit Eingaben trainiert wird.",
            "The contract says that inputs do not train models.",
        ),
        "destination.attestations" => (
            "Nachweise, die vorliegen: dpf, scc (Standardvertragsklauseln), dpia (Folgenabschätzung) …",
            "evidence on file: dpf, scc (standard clauses), dpia (impact assessment) …",
        ),
        "destination.ai_role" => (
            "Rolle des Betriebs nach der KI-Verordnung",
            "the company's role under the AI Act",
        ),
        "destination.ai_risk" => (
            "Risikoklasse des Einsatzes nach der KI-Verordnung",
            "risk class of the use under the AI Act",
        ),
        "purpose" => (
            "wozu der Inhalt oder die Antwort dient",
            "what the content or the answer is for",
        ),
        "consent" => (
            "Einwilligung der betroffenen Personen, wo sie der Rechtsgrund ist",
            "consent of the data subjects, where it is the legal ground",
        ),
        "review.checked" => (
            "Eine fachkundige Person hat die Antwort geprüft.",
            "A competent person has checked the answer.",
        ),
        "review.by_role" => (
            "Rolle der Person, die geprüft hat",
            "role of the person who checked",
        ),
        "content.length" => (
            "Länge des Inhalts in Bytes",
            "length of the content in bytes",
        ),
        "content.language" => ("Sprache des Inhalts", "language of the content"),
        "content.mime" => ("Art der Datei", "type of the file"),
        "content.file_name" => ("Name der Datei", "name of the file"),
        _ => return None,
    };
    Some(lang.pick(de, en))
}

/// A parameter of the shipped packs in words.
pub fn parameter(name: &str, lang: Lang) -> Option<&'static str> {
    let (de, en) = match name.rsplit('.').next()? {
        "austria" => (
            "Der Betrieb unterliegt österreichischem Recht.",
            "The company is subject to Austrian law.",
        ),
        "germany" => (
            "Der Betrieb unterliegt deutschem Recht.",
            "The company is subject to German law.",
        ),
        "switzerland" => (
            "Der Betrieb unterliegt schweizerischem Recht.",
            "The company is subject to Swiss law.",
        ),
        "bulk_limit" => (
            "ab so vielen verschiedenen Angaben gilt ein Inhalt als Massendaten",
            "from so many different details on content counts as bulk",
        ),
        "large_document" => (
            "ab so vielen Bytes gilt eine Datei als groß",
            "from so many bytes on a file counts as large",
        ),
        "instructed" => (
            "Der Mandant hat angewiesen, KI für seine Daten zu nutzen.",
            "The client has instructed us to use AI for its data.",
        ),
        "works_council" => ("Es gibt einen Betriebsrat.", "There is a works council."),
        "statutory_health_care" => (
            "Die Praxis behandelt gesetzlich Versicherte (§ 393 SGB V).",
            "The practice treats patients of statutory insurers (SGB V § 393).",
        ),
        _ => return None,
    };
    Some(lang.pick(de, en))
}
