//! The tool's own words for `decide`, in German and English. Messages and hints of
//! rules come from the policy; everything around them stands here, so that the two
//! languages can be read side by side.

use riegel::syntax::ast::Verdict;

/// Languages of the tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Lang {
    /// German
    De,
    /// English
    En,
}

impl Lang {
    /// The first of a policy's languages that the tool speaks; else English.
    pub fn of_policy(languages: &[String]) -> Self {
        let known = |code: &String| match code.as_str() {
            "de" => Some(Lang::De),
            "en" => Some(Lang::En),
            _ => None,
        };
        languages.iter().find_map(known).unwrap_or(Lang::En)
    }

    /// Two letters.
    pub fn code(self) -> &'static str {
        match self {
            Lang::De => "de",
            Lang::En => "en",
        }
    }

    /// One of two texts.
    pub fn pick<T>(self, de: T, en: T) -> T {
        match self {
            Lang::De => de,
            Lang::En => en,
        }
    }

    /// The verdict as a headline.
    pub fn verdict(self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Allow => self.pick("ERLAUBT", "ALLOWED"),
            Verdict::Log => self.pick("ERLAUBT, WIRD PROTOKOLLIERT", "ALLOWED, LOGGED"),
            Verdict::Warn => self.pick("HINWEIS", "WARNING"),
            Verdict::Justify => self.pick("BEGRÜNDUNG NÖTIG", "REASON NEEDED"),
            Verdict::Redact => self.pick("ERST SCHWÄRZEN", "REDACT FIRST"),
            Verdict::Approve => self.pick("FREIGABE NÖTIG", "APPROVAL NEEDED"),
            Verdict::Block => self.pick("GESTOPPT", "BLOCKED"),
        }
    }

    /// The verdict as a small word.
    pub fn verdict_word(self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Allow => self.pick("erlaubt", "allow"),
            Verdict::Log => self.pick("protokolliert", "log"),
            Verdict::Warn => self.pick("Hinweis", "warn"),
            Verdict::Justify => self.pick("Begründung", "justify"),
            Verdict::Redact => self.pick("Schwärzen", "redact"),
            Verdict::Approve => self.pick("Freigabe", "approve"),
            Verdict::Block => self.pick("Stopp", "block"),
        }
    }

    /// What would happen: "would … from a day".
    pub fn would(self, verdict: Verdict, day: Option<&str>) -> String {
        let word = self.verdict_word(verdict);
        match (self, day) {
            (Lang::De, Some(day)) => format!("ab {day}: {word}"),
            (Lang::De, None) => format!("ohne Einführungsstufe: {word}"),
            (Lang::En, Some(day)) => format!("from {day}: {word}"),
            (Lang::En, None) => format!("without its stage: {word}"),
        }
    }

    /// An obligation in words; `None`: it needs no words here.
    pub fn obligation(self, kind: &str, argument: &str) -> Option<String> {
        Some(match (kind, self) {
            ("justify", Lang::De) => "Begründung angeben, bevor es weitergeht".to_owned(),
            ("justify", Lang::En) => "Give a reason before going on".to_owned(),
            ("redact", Lang::De) => "Markierte Stellen schwärzen".to_owned(),
            ("redact", Lang::En) => "Redact the marked places".to_owned(),
            ("approve", Lang::De) if argument.is_empty() => "Freigabe einholen".to_owned(),
            ("approve", Lang::En) if argument.is_empty() => "Ask for approval".to_owned(),
            ("approve", Lang::De) => format!("Freigabe einholen bei: {argument}"),
            ("approve", Lang::En) => format!("Ask for approval by: {argument}"),
            ("disclose", Lang::De) => "Offenlegen, dass KI eingesetzt wird".to_owned(),
            ("disclose", Lang::En) => "Tell people that AI is used".to_owned(),
            ("train", Lang::De) => format!("Schulung absolvieren: {argument}"),
            ("train", Lang::En) => format!("Take the training unit: {argument}"),
            ("label", Lang::De) => format!("Inhalt kennzeichnen als: {argument}"),
            ("label", Lang::En) => format!("Label the content as: {argument}"),
            ("notify", Lang::De) => format!("Benachrichtigt wird: {argument}"),
            ("notify", Lang::En) => format!("To be notified: {argument}"),
            _ => return None,
        })
    }

    /// Said behind what was found in a text that is itself encoded.
    pub fn encoded(self, finding: &riegel_kernel::layout::FindingEntry) -> &'static str {
        match finding.flags & riegel_kernel::layout::FINDING_ENCODED {
            0 => "",
            _ => self.pick(", kodiert", ", encoded"),
        }
    }

    /// A confidence in words.
    pub fn confidence(self, level: u8) -> &'static str {
        match level {
            1 => self.pick("niedrig", "low"),
            2 => self.pick("mittel", "medium"),
            _ => self.pick("hoch", "high"),
        }
    }

    /// Why `on_error` has the say, when the module said so.
    pub fn error(self, error: riegel_kernel::layout::ErrorCode) -> &'static str {
        use riegel_kernel::layout::ErrorCode as E;
        match error {
            E::None => self.pick("Die Prüfung ist gescheitert.", "The check failed."),
            E::Frame => self.pick(
                "Das Ereignis war nicht lesbar.",
                "The event could not be read.",
            ),
            E::Schema => self.pick(
                "Das Ereignis gehört zu einem anderen Regelwerk.",
                "The event was written for another policy.",
            ),
            E::Required => self.pick(
                "Eine Pflichtangabe fehlt",
                "A required attribute is missing",
            ),
            E::Part => self.pick(
                "Die Aufteilung des Inhalts ist fehlerhaft.",
                "The parts of the content do not fit it.",
            ),
            E::NothingToRedact => self.pick(
                "Es gab nichts zu schwärzen, obwohl eine Regel es verlangt.",
                "A rule asks for redaction, but there was nothing to redact.",
            ),
            E::RedactTruncated => self.pick(
                "Es gibt zu viele Funde, um alle zu schwärzen.",
                "There are too many findings to redact all of them.",
            ),
            E::Memory => self.pick(
                "Der Inhalt ist zu groß für den Speicher der Prüfung.",
                "The content is too large for the memory of the check.",
            ),
            E::Key => self.pick(
                "Der Schlüssel einer Liste fehlt oder ist ein anderer, darum konnte nicht nach ihren Werten gesucht werden.",
                "The key of a list is missing, or another one, so its values could not be looked for.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_obligation_but_show_has_words_in_both_languages() {
        for kind in [
            "justify", "redact", "approve", "disclose", "train", "label", "notify",
        ] {
            for lang in [Lang::De, Lang::En] {
                assert!(lang.obligation(kind, "x").is_some(), "{kind}");
            }
        }
        assert_eq!(Lang::De.obligation("show", ""), None);
    }
}
