//! Signed data: parameters, hashed lists, whatever configures a policy and is not code.
//!
//! ```text
//! riegel signed data 1
//! policy kanzlei_meyer
//! tenant meyer
//! name params
//! version 1.4.0
//! sha256 9f86d081…
//! signature 3f0c… 128 digits
//!
//! {"bulk_limit": 3}
//! ```
//!
//! What is signed is the text from the first line through that of `sha256`, as it stands; behind the
//! empty line follows the data, any bytes. The line `tenant` is there where the data belongs to one
//! tenant of several that share a policy. One file, not two: data and signature cannot be mixed up or
//! arrive at different times.

use super::Expected;
use super::keys::{KeyId, Signature, SigningKey, from_hex};
use super::refused::Refused;
use super::section::MOST_SIGNATURES;
use super::trust::Trust;
use crate::emit::sections::hex;
use crate::version::{LONGEST, Version};
use sha2::{Digest, Sha256};

/// First line.
pub const FIRST: &str = "riegel signed data 1";
/// The head is not longer.
const LONGEST_HEAD: usize = 4096;
/// Longest policy, tenant or name.
const LONGEST_WORD: usize = 128;

/// What data is, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Id of the policy that it configures.
    pub policy: String,
    /// Of one tenant among several with this policy.
    pub tenant: Option<String>,
    /// What it is among the data of this policy: `params`, `clients.hashed`.
    pub name: String,
    /// Its own version, counted apart from the policy's.
    pub version: Version,
}

/// Data that was believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedData<'d> {
    /// What it is; its version is the `lowest` of the next one.
    pub about: About,
    /// The data.
    pub data: &'d [u8],
    /// The keys whose signatures were believed.
    pub keys: Vec<KeyId>,
}

struct File<'d> {
    about: About,
    /// What is signed.
    text: &'d str,
    signatures: Vec<(KeyId, Signature)>,
    sha256: [u8; 32],
    data: &'d [u8],
}

/// Signs data.
///
/// # Errors
/// Where a word of `about` does not fit.
pub fn sign(data: &[u8], about: &About, key: &SigningKey) -> Result<Vec<u8>, Refused> {
    about.fits()?;
    let text = about.text(&Sha256::digest(data).into());
    let signatures = [(key.public().id(), key.sign(text.as_bytes()))];
    Ok(write(&text, &signatures, data))
}

/// Adds a signature to data that is signed already.
///
/// # Errors
/// Where the file has another form, was changed, or has as many as it can hold.
pub fn sign_again(file: &[u8], key: &SigningKey) -> Result<Vec<u8>, Refused> {
    let mut file = File::read(file)?;
    file.unchanged()?;
    let id = key.public().id();
    file.signatures.retain(|(other, _)| *other != id);
    file.signatures.push((id, key.sign(file.text.as_bytes())));
    if file.signatures.len() > MOST_SIGNATURES {
        return Err(Refused::new(
            Refused::FORM,
            format!("the data has {MOST_SIGNATURES} signatures already"),
        ));
    }
    Ok(write(file.text, &file.signatures, file.data))
}

/// Verifies data: by whom it is signed, that it is what is expected, and not an older one.
///
/// # Errors
/// With the code of what is not as it should be.
pub fn verify<'d>(
    file: &'d [u8],
    trust: &Trust,
    expected: &Expected<'_>,
    tenant: Option<&str>,
    name: &str,
) -> Result<SignedData<'d>, Refused> {
    let file = File::read(file)?;
    file.unchanged()?;
    let keys = trust.judge(file.text.as_bytes(), &file.signatures, expected.today)?;
    let about = file.about;
    if about.tenant.as_deref() != tenant {
        return Err(Refused::new(Refused::OTHER, "it is for another tenant"));
    }
    if about.name != name {
        return Err(Refused::new(
            Refused::OTHER,
            format!("it is `{}`, not `{name}`", about.name),
        ));
    }
    expected.takes(&about.policy, &about.version)?;
    Ok(SignedData {
        about,
        data: file.data,
        keys,
    })
}

/// What signed data says it is, and whose signatures it has. Nothing is verified.
///
/// # Errors
/// Where the file has another form.
pub fn about(file: &[u8]) -> Result<(About, Vec<KeyId>), Refused> {
    let file = File::read(file)?;
    let keys = file.signatures.iter().map(|(id, _)| *id).collect();
    Ok((file.about, keys))
}

impl About {
    fn fits(&self) -> Result<(), Refused> {
        let words = [("policy", &self.policy), ("name", &self.name)];
        let tenant = self.tenant.iter().map(|tenant| ("tenant", tenant));
        for (what, word) in words.into_iter().chain(tenant) {
            if !is_word(word) {
                return Err(Refused::new(
                    Refused::FORM,
                    format!(
                        "`{what}` is made of letters, digits, `.`, `_` and `-`, at most {LONGEST_WORD}"
                    ),
                ));
            }
        }
        if self.version.as_str().len() > LONGEST {
            return Err(Refused::new(Refused::FORM, "the version is too long"));
        }
        Ok(())
    }

    fn text(&self, sha256: &[u8; 32]) -> String {
        let tenant = self.tenant.as_ref();
        let tenant = tenant.map_or(String::new(), |tenant| format!("tenant {tenant}\n"));
        let Self {
            policy,
            name,
            version,
            ..
        } = self;
        format!(
            "{FIRST}\npolicy {policy}\n{tenant}name {name}\nversion {version}\nsha256 {}\n",
            hex(sha256)
        )
    }
}

fn is_word(text: &str) -> bool {
    (1..=LONGEST_WORD).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

fn write(text: &str, signatures: &[(KeyId, Signature)], data: &[u8]) -> Vec<u8> {
    let mut head = text.to_owned();
    for (id, signature) in signatures {
        head.push_str(&format!("signature {id} {}\n", hex(signature)));
    }
    head.push('\n');
    [head.as_bytes(), data].concat()
}

impl<'d> File<'d> {
    fn read(file: &'d [u8]) -> Result<File<'d>, Refused> {
        if !file.starts_with(FIRST.as_bytes()) {
            return Err(Refused::new(Refused::UNSIGNED, "this is no signed data"));
        }
        File::parts(file).ok_or_else(|| {
            Refused::new(
                Refused::FORM,
                "the head of the signed data has another form",
            )
        })
    }

    fn parts(file: &'d [u8]) -> Option<File<'d>> {
        let end = file.iter().take(LONGEST_HEAD).zip(file.iter().skip(1));
        let end = end.into_iter().position(|pair| pair == (&b'\n', &b'\n'))?;
        let (head, rest) = file.split_at_checked(end + 1)?;
        let data = rest.strip_prefix(b"\n")?;
        let head = std::str::from_utf8(head).ok()?;
        let (text, signatures) = head.split_at_checked(head.find("\nsignature ")? + 1)?;
        let mut lines = text.lines().skip(1).peekable();
        let policy = lines.next()?.strip_prefix("policy ")?.to_owned();
        let tenant = lines.next_if(|line| line.starts_with("tenant "));
        let about = About {
            policy,
            tenant: tenant.and_then(|line| Some(line.strip_prefix("tenant ")?.to_owned())),
            name: lines.next()?.strip_prefix("name ")?.to_owned(),
            version: Version::parse(lines.next()?.strip_prefix("version ")?)?,
        };
        let sha256 = from_hex(lines.next()?.strip_prefix("sha256 ")?)?;
        // What was read is written again: there is one way to write a head.
        if about.fits().is_err() || about.text(&sha256) != text {
            return None;
        }
        let mut found: Vec<(KeyId, Signature)> = Vec::new();
        for line in signatures.split_terminator('\n') {
            let (id, signature) = line.strip_prefix("signature ")?.split_once(' ')?;
            let id = KeyId::parse(id)?;
            if found.len() == MOST_SIGNATURES || found.iter().any(|(other, _)| *other == id) {
                return None;
            }
            found.push((id, from_hex(signature)?));
        }
        Some(File {
            about,
            text,
            signatures: found,
            sha256,
            data,
        })
    }

    fn unchanged(&self) -> Result<(), Refused> {
        let sha256: [u8; 32] = Sha256::digest(self.data).into();
        if sha256 == self.sha256 {
            Ok(())
        } else {
            Err(Refused::new(
                Refused::SIGNATURE,
                "the signature is for other data",
            ))
        }
    }
}
