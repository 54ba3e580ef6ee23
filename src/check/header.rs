//! The policy header: version, languages, review date, what an error means.

use super::codes;
use super::model::Place;
use super::names::twice;
use super::report::{Report, at};
use super::stages;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{Date, Name, Policy, Setting, Spanned, Stage, Verdict};
use crate::version::Version;

/// Where nothing else is said.
const TIME_ZONE: &str = "Europe/Berlin";
/// Findings per detector where nothing else is said (semantics 13).
const MAX_FINDINGS: u32 = 4096;
/// The highest cap.
const MOST_FINDINGS: i64 = 65_535;

/// ISO 639-1, the codes in use.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// What the header says, with defaults filled in.
#[derive(Debug)]
pub(super) struct Header {
    pub id: String,
    pub title: String,
    pub version: String,
    pub languages: Vec<String>,
    pub review_by: Option<Date>,
    pub on_error: Verdict,
    pub time_zone: String,
    pub max_findings: u32,
    pub stages: Vec<(Stage, Date)>,
}

impl Default for Header {
    /// The header of a library that is checked on its own.
    fn default() -> Self {
        Header {
            id: "library".to_owned(),
            title: String::new(),
            version: "0.0.0".to_owned(),
            languages: Vec::new(),
            review_by: None,
            on_error: Verdict::Block,
            time_zone: TIME_ZONE.to_owned(),
            max_findings: MAX_FINDINGS,
            stages: Vec::new(),
        }
    }
}

/// Reads the header of the policy in this source.
pub(super) fn header(
    report: &mut Report,
    source: u32,
    policy: &Policy,
    today: Option<Date>,
) -> Header {
    let mut header = Header {
        id: policy.id.value.clone(),
        title: policy.title.value.clone(),
        ..Header::default()
    };
    let mut seen: Vec<(&str, Place)> = Vec::new();
    for setting in &policy.settings {
        let (what, place) = describe(source, setting);
        if let Some((_, first)) = seen.iter().find(|(w, _)| *w == what) {
            report.push(
                Diagnostic::new(
                    &codes::SETTING_TWICE,
                    place,
                    format!("`{what}` stands in the header twice"),
                )
                .label("given again")
                .also(*first, "first given here"),
            );
            continue;
        }
        seen.push((what, place));
        self::setting(report, (source, setting), &mut header, today);
    }
    for (what, example) in [
        ("version", "version \"1.0.0\""),
        ("languages", "languages de, en"),
    ] {
        if !seen.iter().any(|(w, _)| *w == what) {
            report.push(
                Diagnostic::new(
                    &codes::MISSING_SETTING,
                    at(source, policy.id.span),
                    format!("the policy `{}` has no `{what}`", policy.id.value),
                )
                .label(format!("needs `{what}`"))
                .help(format!("add a line such as `{example}`")),
            );
        }
    }
    header
}

fn describe(source: u32, setting: &Setting) -> (&'static str, Place) {
    let (what, span) = match setting {
        Setting::Version(text) => ("version", text.span),
        Setting::Languages(names) => (
            "languages",
            names
                .iter()
                .map(|n| n.span)
                .reduce(|a, b| a.to(b))
                .unwrap_or_default(),
        ),
        Setting::ReviewBy(date) => ("review by", date.span),
        Setting::OnError(verdict) => ("on_error", verdict.span),
        Setting::TimeZone(text) => ("time_zone", text.span),
        Setting::MaxFindings(n) => ("max_findings", n.span),
        Setting::Stage(stages) => ("stage", stages.span),
    };
    (what, at(source, span))
}

fn setting(
    report: &mut Report,
    (source, setting): (u32, &Setting),
    header: &mut Header,
    today: Option<Date>,
) {
    let (_, place) = describe(source, setting);
    match setting {
        Setting::Version(text) => {
            header.version = text.value.clone();
            if Version::parse(&text.value).is_none() {
                report.push(
                    Diagnostic::new(
                        &codes::BAD_VERSION,
                        place,
                        format!("`{}` is not a version", text.value),
                    )
                    .label("expected three numbers, such as `\"1.0.0\"`"),
                );
            }
        }
        Setting::Languages(names) => {
            for name in names {
                let first = names.iter().find(|n| n.value == name.value);
                if let Some(first) = first.filter(|f| f.span != name.span) {
                    twice(report, source, "language", name, at(source, first.span));
                    continue;
                }
                language(report, source, name);
                header.languages.push(name.value.clone());
            }
        }
        Setting::ReviewBy(date) => {
            header.review_by = Some(date.value);
            review(report, place, date, today);
        }
        Setting::OnError(verdict) => {
            header.on_error = verdict.value;
            if !matches!(
                verdict.value,
                Verdict::Block | Verdict::Approve | Verdict::Justify
            ) {
                report.push(
                    Diagnostic::new(
                        &codes::BAD_ON_ERROR,
                        place,
                        format!("`{}` is no answer to an error", verdict.value.as_str()),
                    )
                    .label("expected `block`, `approve` or `justify`"),
                );
            }
        }
        Setting::TimeZone(text) => {
            header.time_zone = text.value.clone();
            if !is_time_zone(&text.value) {
                report.push(
                    Diagnostic::new(
                        &codes::BAD_TIME_ZONE,
                        place,
                        format!("`{}` is not the name of a time zone", text.value),
                    )
                    .label("expected a name such as `\"Europe/Berlin\"` or `\"UTC\"`"),
                );
            }
        }
        Setting::MaxFindings(n) => {
            match u32::try_from(n.value)
                .ok()
                .filter(|_| (1..=MOST_FINDINGS).contains(&n.value))
            {
                Some(max) => header.max_findings = max,
                None => report.push(
                    Diagnostic::new(
                        &codes::BAD_MAX_FINDINGS,
                        place,
                        format!("`{}` findings cannot be the cap", n.value),
                    )
                    .label(format!("expected 1 to {MOST_FINDINGS}")),
                ),
            }
        }
        Setting::Stage(all) => header.stages = stages::stages(report, source, all),
    }
}

/// A language that exists.
pub(super) fn language(report: &mut Report, source: u32, name: &Name) {
    if !LANGUAGES.split(' ').any(|l| l == name.value) {
        report.unknown(
            &codes::UNKNOWN_LANGUAGE,
            at(source, name.span),
            "language",
            &name.value,
            [
                "de", "en", "fr", "it", "nl", "pl", "es", "pt", "cs", "da", "sv",
            ],
        );
    }
}

/// Years that a review or the end of an exception may be away without a question.
const YEARS: u16 = 3;

/// Asks about a day that nobody will live to see, as `9999-12-31`: what has such an end has none.
pub(super) fn not_far_away(report: &mut Report, place: Place, date: Date, today: Option<Date>) {
    let latest = today.map(|today| Date {
        year: today.year.saturating_add(YEARS),
        ..today
    });
    if latest.is_some_and(|latest| date > latest) {
        report.push(
            Diagnostic::new(
                &codes::FAR_AWAY,
                place,
                format!("{date} is more than {YEARS} years away"),
            )
            .label("who will look then?")
            .help("choose a day within the next year, and set it anew when you have looked"),
        );
    }
}

fn review(report: &mut Report, place: Place, date: &Spanned<Date>, today: Option<Date>) {
    not_far_away(report, place, date.value, today);
    if today.is_some_and(|today| today > date.value) {
        report.push(
            Diagnostic::new(
                &codes::REVIEW_PAST,
                place,
                format!("this policy was to be reviewed by {}", date.value),
            )
            .label("has passed")
            .help("read it again with the people it concerns, then set the next date"),
        );
    }
}

/// The shape of an IANA name; hosts know which exist.
fn is_time_zone(text: &str) -> bool {
    text == "UTC"
        || (text.contains('/')
            && text.split('/').all(|part| {
                part.starts_with(|c: char| c.is_ascii_alphabetic())
                    && part
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+'))
            }))
}

#[cfg(test)]
mod tests {
    use super::is_time_zone;

    #[test]
    fn zones() {
        assert!(is_time_zone("Europe/Berlin") && is_time_zone("America/Argentina/Ushuaia"));
        assert!(!is_time_zone("Berlin") && !is_time_zone("Europe/") && !is_time_zone("CET+1"));
    }
}
