//! The skeleton of an impact assessment (GDPR Art. 35(7)) and the facts for a processing agreement
//! (Art. 28(3)). What the policy knows is filled in; the rest is asked.

use super::facts;
use super::page::Block;
use super::rules;
use crate::cli::decide::words::Lang;
use riegel::check::model::{Obligation, Policy, SlotType};
use riegel::syntax::ast::Verdict;
use std::collections::BTreeSet;

/// Art. 35(7)(a) to (d).
pub fn assessment(policy: &Policy, lang: Lang) -> Vec<Block> {
    let mut out = vec![
        Block::head(
            2,
            lang.pick(
                "Datenschutz-Folgenabschätzung (Entwurf nach Art. 35 Abs. 7 DSGVO)",
                "Data protection impact assessment (draft under GDPR Art. 35(7))",
            ),
        ),
        Block::text(lang.pick(
            "Ausgefüllt ist, was sich aus dem Regelwerk ergibt. Die markierten Fragen beantwortet der Verantwortliche; er holt dazu den Rat des Datenschutzbeauftragten ein (Art. 35 Abs. 2) und, wo es angebracht ist, den Standpunkt der betroffenen Personen oder ihrer Vertretung (Art. 35 Abs. 9).",
            "What follows from the policy is filled in. The marked questions are for the controller, who seeks the advice of the data protection officer (Art. 35(2)) and, where appropriate, the views of the persons concerned or their representatives (Art. 35(9)).",
        )),
    ];
    out.extend(description(policy, lang));
    out.extend(necessity(policy, lang));
    out.extend(risks(lang));
    out.extend(measures(policy, lang));
    out
}

fn description(policy: &Policy, lang: Lang) -> Vec<Block> {
    let kinds: BTreeSet<String> = facts::detector_titles(policy, lang)
        .into_iter()
        .map(|(kind, _)| kind)
        .collect();
    let slots = policy.slots.iter().map(|slot| {
        let ty = match &slot.ty {
            SlotType::Bool => lang.pick("ja oder nein", "yes or no").to_owned(),
            SlotType::Int => lang.pick("Zahl", "number").to_owned(),
            SlotType::Date => lang.pick("Datum", "date").to_owned(),
            SlotType::String | SlotType::Host => lang.pick("Text", "text").to_owned(),
            SlotType::Set => lang.pick("mehrere Texte", "several texts").to_owned(),
            SlotType::Enum(variants) => variants.join(", "),
        };
        let need = match slot.required {
            true => lang.pick("ja", "yes"),
            false => lang.pick("nein", "no"),
        };
        vec![slot.name.clone(), ty, need.to_owned()]
    });
    let head = [
        lang.pick("Angabe", "Fact"),
        lang.pick("Art", "Kind"),
        lang.pick("Pflicht", "Required"),
    ];
    let mut out = vec![
        Block::head(
            3,
            lang.pick(
                "a) Systematische Beschreibung der Verarbeitung und ihrer Zwecke",
                "(a) Systematic description of the processing and its purposes",
            ),
        ),
        Block::text(match lang {
            Lang::De => format!(
                "Das Regelwerk „{}“ (Fassung {}) prüft Inhalte, bevor sie an einen KI-Dienst übermittelt oder dessen Antworten verwendet werden, und entscheidet nach festen Regeln. Zweck ist, dass Angaben, die dort nicht hingehören, nicht übermittelt werden. Die Prüfung lernt nicht aus den Inhalten und bewertet keine Personen.",
                policy.title, policy.version
            ),
            Lang::En => format!(
                "The policy “{}” (version {}) checks content before it is sent to an AI service, or the service’s answers are used, and decides by fixed rules. Its purpose is that details which do not belong there are not sent. The check does not learn from content and rates no person.",
                policy.title, policy.version
            ),
        }),
        Block::text(match lang {
            Lang::De => format!(
                "Erkannt werden Angaben dieser Arten: {}.",
                listed(&kinds, lang)
            ),
            Lang::En => format!(
                "Details of these kinds are recognised: {}.",
                listed(&kinds, lang)
            ),
        }),
        Block::text(lang.pick(
            "Diese Angaben über die Umstände kann die Prüfung auswerten:",
            "The check can take these facts about the circumstances into account:",
        )),
        Block::Table(head.map(str::to_owned).to_vec(), slots.collect()),
    ];
    let questions = lang.pick(
        [
            "Wer ist Verantwortlicher, wer Datenschutzbeauftragter?",
            "Wessen Eingaben werden geprüft (Beschäftigte, Kundschaft, Dritte), und um wie viele Personen geht es?",
            "Wo läuft die Prüfung (Browser, Gateway, Server), und wer betreibt sie?",
            "Welche Angaben speichert das umgebende System neben dem Protokolleintrag, wie lange, und wer darf sie sehen?",
            "Stützt sich die Verarbeitung auf berechtigte Interessen? Dann: auf welche?",
        ],
        [
            "Who is the controller, who the data protection officer?",
            "Whose input is checked (staff, customers, others), and how many people are concerned?",
            "Where does the check run (browser, gateway, server), and who operates it?",
            "What does the surrounding system store beside the record, for how long, and who may see it?",
            "Does the processing rest on legitimate interests? If so, on which?",
        ],
    );
    out.extend(questions.map(Block::ask));
    out
}

fn necessity(policy: &Policy, lang: Lang) -> Vec<Block> {
    let bases: BTreeSet<&String> = policy.rules.iter().flat_map(|rule| &rule.cite).collect();
    let mut out = vec![
        Block::head(
            3,
            lang.pick(
                "b) Notwendigkeit und Verhältnismäßigkeit",
                "(b) Necessity and proportionality",
            ),
        ),
        Block::text(lang.pick(
            "Aus dem Aufbau der Prüfung ergibt sich:",
            "From the way the check is built:",
        )),
        Block::list(&lang.pick(
            [
                "Datenminimierung: Der Protokolleintrag enthält weder den Inhalt noch gefundene Werte.",
                "Inhalte werden nur durchsucht, wenn die Umstände eine Regel überhaupt in Betracht kommen lassen.",
                "Nach jeder Prüfung wird der Inhalt im Speicher des Moduls überschrieben.",
                "Gleiche Eingaben führen zu gleichen Entscheidungen; jede lässt sich auf Regel und Bedingung zurückführen.",
                "Ein milderes Mittel geht vor, wo die Regeln es vorsehen: Hinweis, Begründung oder Schwärzung statt Stopp.",
            ],
            [
                "Data minimisation: the record holds neither content nor values found.",
                "Content is searched only where the circumstances leave a rule in question.",
                "After each check the content is overwritten in the module’s memory.",
                "Equal input gives equal decisions; each can be traced to a rule and a condition.",
                "A milder means comes first where the rules provide for it: a warning, a reason or a redaction before a stop.",
            ],
        )),
    ];
    if !bases.is_empty() {
        out.push(Block::text(lang.pick(
            "Die Regeln stützen sich auf diese Vorschriften und Vorgaben:",
            "The rules rest on these provisions and requirements:",
        )));
        out.push(Block::List(bases.into_iter().cloned().collect()));
    }
    let questions = lang.pick(
        [
            "Auf welche Rechtsgrundlage stützt sich die Prüfung selbst (Art. 6 DSGVO, bei Beschäftigten auch Betriebs- oder Dienstvereinbarung, Art. 88 DSGVO)?",
            "Ist die Mitbestimmung geklärt (Deutschland: § 87 Abs. 1 Nr. 6 BetrVG; Österreich: §§ 96, 96a ArbVG)?",
            "Wie werden die betroffenen Personen informiert (Art. 13, 14 DSGVO)?",
            "Welche milderen Mittel wurden erwogen (Schulung, Sperre einzelner Dienste), und warum genügen sie nicht?",
            "Wie werden Auskunft, Löschung und Widerspruch erfüllt, soweit das umgebende System Personen erkennen lässt?",
        ],
        [
            "On which legal basis does the check itself rest (GDPR Art. 6; for staff also a works agreement, Art. 88)?",
            "Is co-determination settled (Germany: BetrVG § 87(1) no. 6; Austria: ArbVG §§ 96, 96a)?",
            "How are the persons concerned informed (GDPR Art. 13, 14)?",
            "Which milder means were considered (training, closing single services), and why do they not suffice?",
            "How are access, erasure and objection honoured where the surrounding system identifies people?",
        ],
    );
    out.extend(questions.map(Block::ask));
    out
}

fn risks(lang: Lang) -> Vec<Block> {
    let head = [
        lang.pick("Risiko", "Risk"),
        lang.pick("Wodurch es entsteht", "How it arises"),
        lang.pick("Was dagegen vorgesehen ist", "What is done about it"),
    ];
    let rows = lang.pick(
        [
            ["Angaben gelangen trotz Prüfung an einen Dienst", "Eine Angabe wird nicht erkannt, oder jemand umgeht die Prüfung", "Erkennung mit Prüfziffern und Kontext; Prüfung auch verschleierter Schreibweisen; Schulung"],
            ["Zulässige Arbeit wird aufgehalten", "Eine Angabe wird fälschlich erkannt", "Meldung mit Grund und Ausweg; Ausnahmen mit Frist; stufenweise Einführung"],
            ["Beschäftigte fühlen sich überwacht", "Protokolle werden je Person ausgewertet", "Eintrag ohne Inhalt, Werte und Namen; Auswertung ist vom Verantwortlichen zu regeln"],
            ["Protokolle werden zweckentfremdet", "Fristen und Zugriffsrechte fehlen", "vom Verantwortlichen zu regeln"],
        ],
        [
            ["Details reach a service in spite of the check", "A detail is not recognised, or somebody gets round the check", "Recognition with check digits and context; disguised spellings are read too; training"],
            ["Legitimate work is held up", "Something is wrongly recognised", "Messages with a reason and a way out; exceptions with an end; roll-out in stages"],
            ["Staff feel watched", "Records are evaluated per person", "Records without content, values and names; evaluation is for the controller to govern"],
            ["Records are used for other ends", "Retention and access rights are missing", "for the controller to govern"],
        ],
    );
    let rows = rows.map(|row| row.map(str::to_owned).to_vec()).to_vec();
    let mut out = vec![
        Block::head(
            3,
            lang.pick(
                "c) Risiken für die Rechte und Freiheiten der betroffenen Personen",
                "(c) Risks to the rights and freedoms of the persons concerned",
            ),
        ),
        Block::Table(head.map(str::to_owned).to_vec(), rows),
    ];
    let questions = lang.pick(
        [
            "Wie wahrscheinlich und wie schwer ist jedes dieser Risiken im eigenen Betrieb?",
            "Welche weiteren Risiken gibt es, etwa bei Minderjährigen, Patientinnen und Patienten oder Berufsgeheimnissen?",
            "Bleibt nach den Maßnahmen ein hohes Risiko? Dann ist die Aufsichtsbehörde zu konsultieren (Art. 36 DSGVO).",
        ],
        [
            "How likely and how grave is each of these risks in your own organisation?",
            "Which further risks are there, such as for minors, patients or professional secrets?",
            "Does a high risk remain after the measures? Then the supervisory authority is to be consulted (GDPR Art. 36).",
        ],
    );
    out.extend(questions.map(Block::ask));
    out
}

fn measures(policy: &Policy, lang: Lang) -> Vec<Block> {
    let counts = Verdict::ALL.into_iter().rev().filter_map(|verdict| {
        let count = policy
            .rules
            .iter()
            .filter(|rule| rule.verdict == verdict)
            .count();
        let row = || vec![rules::verdict(verdict, lang).to_owned(), count.to_string()];
        (count > 0).then(row)
    });
    let mut people: BTreeSet<&str> = BTreeSet::new();
    let mut units: BTreeSet<&str> = BTreeSet::new();
    for obligation in &policy.obligations {
        match obligation {
            Obligation::Approve(role) | Obligation::Notify(role) if !role.is_empty() => {
                people.insert(role);
            }
            Obligation::Train(unit) => {
                units.insert(unit);
            }
            _ => {}
        }
    }
    let head = [
        lang.pick("Maßnahme", "Measure"),
        lang.pick("Zahl der Regeln", "Number of rules"),
    ];
    let mut out = vec![
        Block::head(
            3,
            lang.pick("d) Abhilfemaßnahmen", "(d) Measures envisaged"),
        ),
        Block::Table(head.map(str::to_owned).to_vec(), counts.collect()),
    ];
    let joined = |names: &BTreeSet<&str>| names.iter().copied().collect::<Vec<_>>().join(", ");
    if !people.is_empty() {
        let text = lang.pick("Beteiligte Stellen", "Those involved");
        out.push(Block::text(format!("{text}: {}.", joined(&people))));
    }
    if !units.is_empty() {
        let text = lang.pick("Vorgesehene Schulungen", "Training units");
        out.push(Block::text(format!("{text}: {}.", joined(&units))));
    }
    let questions = lang.pick(
        [
            "Wer nimmt Freigaben entgegen, und wer vertritt diese Stelle?",
            "Wie wird das Modul verteilt und gegen Veränderung geschützt, und wer darf das Regelwerk ändern?",
            "Wann wird die Folgenabschätzung überprüft (Art. 35 Abs. 11 DSGVO)?",
        ],
        [
            "Who handles approvals, and who stands in?",
            "How is the module distributed and protected against change, and who may change the policy?",
            "When will the assessment be reviewed (GDPR Art. 35(11))?",
        ],
    );
    out.extend(questions.map(Block::ask));
    out
}

/// Art. 28(3).
pub fn processing(policy: &Policy, lang: Lang) -> Vec<Block> {
    let kinds = facts::personal_kinds(policy, lang);
    let facts = lang.pick(
        [
            ("Gegenstand und Zweck", "Prüfung von Inhalten vor der Übermittlung an KI-Dienste und von deren Antworten nach dem beschriebenen Regelwerk"),
            ("Art der Verarbeitung", "automatisiertes Lesen im Arbeitsspeicher, Entscheidung, Protokolleintrag ohne Inhalt; kein Training"),
            ("Unterauftragsverhältnisse der Prüfung selbst", "keine: Das Modul hat keinen Zugang zu Netz, Dateien oder Uhr"),
            ("Löschung und Rückgabe", "Inhalte werden nach jeder Prüfung überschrieben; für Protokolle siehe die Frage unten"),
        ],
        [
            ("Subject matter and purpose", "checking content before it goes to AI services, and their answers, by the policy described here"),
            ("Nature of the processing", "automated reading in memory, a decision, a record without content; no training"),
            ("Sub-processors of the check itself", "none: the module reaches no network, no files and no clock"),
            ("Deletion and return", "content is overwritten after each check; for records see the question below"),
        ],
    );
    let mut rows: Vec<(String, Vec<String>)> = facts
        .into_iter()
        .map(|(name, what)| (name.to_owned(), vec![what.to_owned()]))
        .collect();
    rows.push((
        lang.pick("Art der personenbezogenen Daten", "Type of personal data")
            .to_owned(),
        vec![listed(&kinds, lang)],
    ));
    let mut out = vec![
        Block::head(
            2,
            lang.pick(
                "Angaben für einen Vertrag zur Auftragsverarbeitung (Art. 28 Abs. 3 DSGVO)",
                "Facts for a processing agreement (GDPR Art. 28(3))",
            ),
        ),
        Block::text(lang.pick(
            "Nötig, wenn ein Dienstleister die Prüfung für den Verantwortlichen betreibt.",
            "Needed where a service provider operates the check for the controller.",
        )),
        Block::Facts(rows),
    ];
    let questions = lang.pick(
        [
            "Wie lange dauert die Verarbeitung, und wessen Daten sind betroffen (Kategorien betroffener Personen)?",
            "Wer erteilt Weisungen, und in welcher Form werden sie dokumentiert (Buchst. a)?",
            "Sind die eingesetzten Personen zur Vertraulichkeit verpflichtet (Buchst. b)?",
            "Welche technischen und organisatorischen Maßnahmen gelten beim Betreiber (Buchst. c, Art. 32)?",
            "Welche weiteren Auftragsverarbeiter setzt der Betreiber ein, etwa für Hosting (Buchst. d)?",
            "Wie unterstützt er bei Anfragen betroffener Personen und bei Datenpannen (Buchst. e, f)?",
            "Wann und wie werden Protokolle nach Vertragsende gelöscht oder zurückgegeben (Buchst. g)?",
            "Welche Nachweise und Prüfungen sind vereinbart (Buchst. h)?",
        ],
        [
            "How long does the processing last, and whose data is concerned (categories of persons)?",
            "Who gives instructions, and how are they documented (point (a))?",
            "Are the people involved bound to confidentiality (point (b))?",
            "Which technical and organisational measures hold at the operator (point (c), Art. 32)?",
            "Which further processors does the operator use, such as for hosting (point (d))?",
            "How does it assist with requests of data subjects and with breaches (points (e), (f))?",
            "When and how are records deleted or returned after the agreement ends (point (g))?",
            "Which evidence and audits are agreed (point (h))?",
        ],
    );
    out.extend(questions.map(Block::ask));
    out
}

fn listed(kinds: &BTreeSet<String>, lang: Lang) -> String {
    if kinds.is_empty() {
        return lang.pick("keine", "none").to_owned();
    }
    kinds.iter().cloned().collect::<Vec<_>>().join(", ")
}
