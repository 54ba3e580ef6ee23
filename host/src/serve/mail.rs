//! Mail: that an approval waits. Ids, roles and states, nothing that anybody wrote.
//!
//! `smtps://` speaks TLS from the first byte. `smtp://` is for a relay on this machine or in the
//! same private network, which then does the rest.

use super::config::Mail;
use super::wire::{self, Wire};
use crate::errors::{self, Problem};
use std::io::{self, BufRead, BufReader, Write};

/// A line longer than this is no answer of a mail server.
const LINE: u64 = 2_000;

/// Is this one address, and nothing that could begin another line or command?
pub fn is_address(text: &str) -> bool {
    let fine = |b: u8| b.is_ascii_graphic() && !b"<>\"(),:;[]\\".contains(&b);
    let sound = text.len() <= 254 && text.bytes().all(fine);
    sound
        && text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && !host.is_empty() && !host.contains('@') && !host.starts_with('-')
        })
}

/// Whether a server, a port and TLS are named.
fn server(text: &str) -> Option<((&str, u16), bool)> {
    let (rest, tls) = match text.strip_prefix("smtps://") {
        Some(rest) => (rest, true),
        None => (text.strip_prefix("smtp://")?, false),
    };
    Some((wire::split(rest)?, tls))
}

impl Mail {
    /// Can it be used at all? Said when the host starts, not when the first approval waits.
    pub fn check(&self) -> Result<(), Problem> {
        let wrong = |place: &str, what: &str, help: &str| {
            Err(Problem::new(&errors::CONFIG, what.to_owned())
                .at(format!("[mail] {place}"))
                .help(help))
        };
        if server(&self.server).is_none() {
            return wrong(
                "server",
                "this is no mail server",
                "write `smtp://127.0.0.1:25` or `smtps://mail.example:465`",
            );
        }
        if !is_address(&self.from) {
            return wrong(
                "from",
                "this is no address",
                "write one address, without a name",
            );
        }
        Ok(())
    }
}

/// Sends one mail. `subject` and `lines` are words of this program.
pub fn send(mail: &Mail, to: &[String], subject: &str, lines: &str) -> io::Result<()> {
    let other = |what: &str| io::Error::other(what.to_owned());
    let (place, tls) = server(&mail.server).ok_or_else(|| other("no mail server"))?;
    let to: Vec<&String> = to.iter().filter(|to| is_address(to)).collect();
    if to.is_empty() || !is_address(&mail.from) {
        return Err(other("no address"));
    }
    let wire = wire::connect(place, tls, mail.authority.as_deref())?;
    let mut talk = Talk(BufReader::new(wire));
    talk.hear(220)?;
    talk.say("EHLO riegel", 250)?;
    if let Some(user) = &mail.user {
        let password = std::env::var("RIEGEL_MAIL_PASSWORD").unwrap_or_default();
        let plain = format!("\0{user}\0{password}");
        let plain = super::tenants::base64(plain.as_bytes());
        talk.say(&format!("AUTH PLAIN {plain}"), 235)?;
    }
    talk.say(&format!("MAIL FROM:<{}>", mail.from), 250)?;
    for to in &to {
        talk.say(&format!("RCPT TO:<{to}>"), 250)?;
    }
    talk.say("DATA", 354)?;
    let now = jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S +0000");
    let id = super::keys::random::<12>().map(|id| crate::runtime::hex(&id));
    let id = id.map_err(|_| other("no random numbers"))?;
    let all: Vec<&str> = to.iter().map(|to| to.as_str()).collect();
    let host = mail.from.rsplit('@').next().unwrap_or_default();
    let text = format!(
        "From: Riegel <{}>\nTo: {}\nSubject: {subject}\nDate: {now}\nMessage-ID: <{id}@{host}>\n\
         Auto-Submitted: auto-generated\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\
         Content-Transfer-Encoding: 8bit\n\n{lines}",
        mail.from,
        all.join(", ")
    );
    let mut bytes = String::new();
    for line in text.lines() {
        // A line that is only a dot would end the mail.
        if line.starts_with('.') {
            bytes.push('.');
        }
        bytes.push_str(line);
        bytes.push_str("\r\n");
    }
    talk.0.get_mut().write_all(bytes.as_bytes())?;
    talk.say(".", 250)?;
    // It is taken; how the other one says goodbye does not matter.
    let _ = talk.say("QUIT", 221);
    Ok(())
}

struct Talk(BufReader<Box<dyn Wire>>);

impl Talk {
    fn say(&mut self, line: &str, expect: u16) -> io::Result<()> {
        let wire = self.0.get_mut();
        wire.write_all(format!("{line}\r\n").as_bytes())?;
        wire.flush()?;
        self.hear(expect)
    }

    fn hear(&mut self, expect: u16) -> io::Result<()> {
        loop {
            let mut line = Vec::new();
            let mut limited = io::Read::take(&mut self.0, LINE);
            limited.read_until(b'\n', &mut line)?;
            let text = String::from_utf8_lossy(&line);
            let code = text.get(..3).and_then(|code| code.parse::<u16>().ok());
            match (code, text.as_bytes().get(3)) {
                (Some(code), Some(b'-')) if code == expect => {}
                (Some(code), _) if code == expect => return Ok(()),
                (Some(code), _) => {
                    return Err(io::Error::other(format!("the mail server says {code}")));
                }
                (None, _) => return Err(io::ErrorKind::InvalidData.into()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn an_address_is_one_address() {
        assert!(is_address(&["legal", "kanzlei.example"].join("@")));
        for text in [
            "",
            "a",
            "@b",
            "a@",
            "a@b@c",
            "a@b>\r\nDATA",
            "a@b\r\nBcc: c@d",
            "a b@c",
            "A <a@b>",
            "a@b,c@d",
        ] {
            assert!(!is_address(text), "{text}");
        }
    }
}
