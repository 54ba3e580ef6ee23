//! Host names: lower-case A-labels, no port, no trailing dot (semantics 3).
//!
//! The crate carries no IDNA tables, so a host in a policy is ASCII; a non-ASCII
//! one is refused with its A-label form (Punycode, RFC 3492), which is right for
//! lower-case letters that need no further mapping.

/// Why a text is no host.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadHost {
    pub why: &'static str,
    pub instead: Option<String>,
}

fn bad(why: &'static str, instead: Option<String>) -> BadHost {
    BadHost { why, instead }
}

/// The normalised host; with `glob`, `*.x.y` is one as well.
pub(super) fn normalise(text: &str, glob: bool) -> Result<String, BadHost> {
    if text.is_empty() {
        return Err(bad("a host has at least one label", None));
    }
    if let Some((_, rest)) = text.split_once("://") {
        let host = rest.split(['/', ':']).next().unwrap_or("");
        return Err(bad("a host has no scheme", Some(host.to_lowercase())));
    }
    if let Some((host, _)) = text.split_once('/') {
        return Err(bad("a host has no path", Some(host.to_lowercase())));
    }
    if let Some((host, _)) = text.split_once(':') {
        return Err(bad("a host has no port", Some(host.to_lowercase())));
    }
    if !text.is_ascii() {
        let labels: Vec<String> = text.to_lowercase().split('.').map(a_label).collect();
        return Err(bad(
            "a host is written with ASCII letters",
            Some(labels.join(".")),
        ));
    }
    let lower = text.to_ascii_lowercase();
    let host = lower.strip_suffix('.').unwrap_or(&lower);
    let (star, labels) = match host.strip_prefix("*.") {
        Some(rest) => (true, rest),
        None => (false, host),
    };
    if star && !glob {
        return Err(bad(
            "a single host is expected, without `*`",
            Some(labels.to_owned()),
        ));
    }
    if labels.contains('*') {
        return Err(bad(
            "`*` stands only in front, as a whole label: `*.example.com`",
            None,
        ));
    }
    if host.len() > 253 {
        return Err(bad("a host has at most 253 characters", None));
    }
    for label in labels.split('.') {
        if label.is_empty() || label.len() > 63 {
            return Err(bad("a label has 1 to 63 characters", None));
        }
        if !label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        {
            return Err(bad("a label is made of letters, digits and `-`", None));
        }
    }
    Ok(host.to_owned())
}

/// True where every host that `inner` stands for is one that `outer` stands for.
pub(super) fn covers(outer: &str, inner: &str) -> bool {
    match outer.strip_prefix("*.") {
        Some(suffix) => {
            let inner_labels = inner.strip_prefix("*.");
            match inner_labels {
                Some(labels) => labels == suffix || is_below(labels, suffix),
                None => is_below(inner, suffix),
            }
        }
        None => outer == inner,
    }
}

fn is_below(host: &str, suffix: &str) -> bool {
    host.strip_suffix(suffix)
        .is_some_and(|head| head.len() > 1 && head.ends_with('.'))
}

fn a_label(label: &str) -> String {
    if label.is_ascii() {
        return label.to_owned();
    }
    match punycode(label) {
        Some(encoded) => format!("xn--{encoded}"),
        None => label.to_owned(),
    }
}

/// RFC 3492, section 6.3.
fn punycode(label: &str) -> Option<String> {
    const BASE: u32 = 36;
    const T_MIN: u32 = 1;
    const T_MAX: u32 = 26;
    let mut out: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(out.len()).ok()?;
    let total = u32::try_from(label.chars().count()).ok()?;
    if basic > 0 {
        out.push('-');
    }
    let (mut n, mut delta, mut bias, mut done) = (128_u32, 0_u32, 72_u32, basic);
    while done < total {
        let next = label.chars().map(u32::from).filter(|c| *c >= n).min()?;
        delta = delta.checked_add((next - n).checked_mul(done + 1)?)?;
        n = next;
        for c in label.chars().map(u32::from) {
            if c < n {
                delta += 1;
            }
            if c != n {
                continue;
            }
            let mut q = delta;
            let mut k = BASE;
            loop {
                let t = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
                if q < t {
                    break;
                }
                out.push(digit(t + (q - t) % (BASE - t))?);
                q = (q - t) / (BASE - t);
                k += BASE;
            }
            out.push(digit(q)?);
            bias = adapt(delta, done + 1, done == basic);
            delta = 0;
            done += 1;
        }
        delta += 1;
        n += 1;
    }
    Some(out)
}

fn digit(value: u32) -> Option<char> {
    char::from_digit(if value < 26 { value + 10 } else { value - 26 }, 36).filter(|_| value < 36)
}

fn adapt(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > (35 * 26) / 2 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use super::{a_label, covers, normalise};

    #[test]
    fn normalised() {
        assert_eq!(normalise("ChatGPT.com.", false), Ok("chatgpt.com".into()));
        assert_eq!(normalise("*.Openai.com", true), Ok("*.openai.com".into()));
        for text in [
            "",
            "a..b",
            "chat.openai.com:443",
            "https://x.de/",
            "*.x.de",
            "a b",
        ] {
            assert!(normalise(text, false).is_err(), "{text}");
        }
        for text in ["x.*.de", "*", "*x.de"] {
            assert!(normalise(text, true).is_err(), "{text}");
        }
    }

    #[test]
    fn a_labels() {
        assert_eq!(a_label("müller"), "xn--mller-kva");
        assert_eq!(a_label("bücher"), "xn--bcher-kva");
        assert_eq!(a_label("straße"), "xn--strae-oqa");
        assert_eq!(a_label("пример"), "xn--e1afmkfd");
    }

    #[test]
    fn globs() {
        assert!(covers("*.openai.com", "chat.openai.com"));
        assert!(covers("*.openai.com", "*.eu.openai.com"));
        assert!(!covers("*.openai.com", "openai.com"));
        assert!(!covers("*.openai.com", "xopenai.com"));
    }
}
