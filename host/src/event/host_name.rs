//! A host name as it is compared (semantics 3): lower-case A-labels, no port, no
//! trailing dot. The module compares bytes, so the host has to settle spelling
//! before: `Bücher.Example.` and `xn--bcher-kva.example` are one name.

use crate::errors::{self, Problem};

/// The normal form, or what is wrong with the name.
pub fn normalise(name: &str) -> Result<String, Problem> {
    let refuse = |message: &str, help: &str| {
        Err(Problem::new(&errors::NOT_A_HOST, message).help(help.to_owned()))
    };
    if name.contains("://") {
        return refuse(
            "a host name has no scheme",
            "write `chat.example.com`, not `https://chat.example.com`",
        );
    }
    if name.contains(['/', '?', '#', '@']) {
        return refuse(
            "a host name has no path and no user",
            "write the name between `://` and the next `/` only",
        );
    }
    if name.starts_with('[') || name.parse::<std::net::Ipv6Addr>().is_ok() {
        return address(name);
    }
    if name.contains(':') {
        return refuse(
            "a host name has no port",
            "leave out the colon and what follows",
        );
    }
    let bare = name.strip_suffix('.').unwrap_or(name);
    let ascii = match idna::domain_to_ascii(bare) {
        Ok(ascii) => ascii,
        Err(_) => {
            return refuse(
                "this is not a host name",
                "a name such as `chat.example.com` is expected",
            );
        }
    };
    let fits = !ascii.is_empty()
        && ascii.len() <= 253
        && ascii.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
        });
    if fits {
        Ok(ascii)
    } else {
        refuse(
            "this is not a host name",
            "a name such as `chat.example.com` is expected",
        )
    }
}

/// An IPv6 address, with or without brackets, in its shortest form and without them.
fn address(name: &str) -> Result<String, Problem> {
    let bare = name
        .strip_prefix('[')
        .map_or(Some(name), |rest| rest.strip_suffix(']'));
    bare.and_then(|bare| bare.parse::<std::net::Ipv6Addr>().ok())
        .map(|address| address.to_string())
        .ok_or_else(|| {
            Problem::new(&errors::NOT_A_HOST, "this is not a host name")
                .help("an IPv6 address is written `2001:db8::1`, without a port")
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn names_are_settled() {
        for (written, normal) in [
            ("ChatGPT.com", "chatgpt.com"),
            ("chatgpt.com.", "chatgpt.com"),
            ("Bücher.example", "xn--bcher-kva.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("localhost", "localhost"),
            ("10.0.0.1", "10.0.0.1"),
            ("[2001:DB8::1]", "2001:db8::1"),
            ("_dmarc.example.com", "_dmarc.example.com"),
        ] {
            assert_eq!(normalise(written).unwrap(), normal, "{written}");
        }
    }

    #[test]
    fn other_things_are_refused() {
        for written in [
            "https://chatgpt.com",
            "chatgpt.com/c/1",
            "chatgpt.com:443",
            "user@chatgpt.com",
            "",
            ".",
            "a..b",
            "two words.example",
            "[::1]:80",
        ] {
            assert_eq!(
                normalise(written).unwrap_err().kind.id,
                "E3004",
                "{written}"
            );
        }
    }
}
