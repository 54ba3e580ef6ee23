//! Keys at rest.
//!
//! ```text
//! master key (a file of this host, or RIEGEL_MASTER_KEY)
//!   └ seals ─ one root per tenant (in the store)
//!               ├ index key       a person's id -> tag, under which the person's key lies
//!               ├ content keys    one per period: HMAC of content, so that equal contents can be
//!               │                 recognised by this tenant, and by nobody else
//!               ├ signing key     checkpoints of the audit chains (Ed25519)
//!               └ excerpt key     what an approver sees
//! ```
//!
//! A store alone, stolen or restored from a backup, opens nothing. Deleting a tenant's root makes
//! everything below it unreadable at once; deleting a person's key makes the pseudonyms of that
//! person nobody's.

use crate::errors::{self, Problem};
use crate::runtime::hex;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::signature::{Ed25519KeyPair, KeyPair};
use ring::{digest, hmac};
use std::path::Path;

/// Bytes of a key.
pub const KEY: usize = 32;

/// A key. It cannot be printed.
#[derive(Clone)]
pub struct Key([u8; KEY]);

/// Random bytes.
pub fn random<const N: usize>() -> Result<[u8; N], Problem> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| {
        Problem::new(&errors::STORE, "the system gives no random numbers")
            .help("check `/dev/urandom`")
    })?;
    Ok(bytes)
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

impl Key {
    /// A new one.
    pub fn random() -> Result<Self, Problem> {
        random().map(Key)
    }

    /// From bytes of the right number.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Key)
    }

    /// The host's master key: from the environment, or a file that is made at the first start.
    pub fn master(folder: &Path, environment: Option<&str>) -> Result<Self, Problem> {
        if let Some(hex) = environment {
            return crate::runtime::from_hex(hex.trim())
                .and_then(|bytes| Key::from_bytes(&bytes))
                .ok_or_else(|| {
                    Problem::new(&errors::CONFIG, "`RIEGEL_MASTER_KEY` is not a key")
                        .help("it has 64 hex digits: `openssl rand -hex 32`")
                });
        }
        let file = folder.join("master.key");
        match Key::from_file(&file)? {
            Some(key) => Ok(key),
            None => Key::make(&file),
        }
    }

    fn from_file(file: &Path) -> Result<Option<Self>, Problem> {
        match std::fs::read_to_string(file) {
            Ok(text) => crate::runtime::from_hex(text.trim())
                .and_then(|bytes| Key::from_bytes(&bytes))
                .map(Some)
                .ok_or_else(|| {
                    Problem::new(&errors::CONFIG, "the file is not a master key")
                        .at(file.display().to_string())
                        .help("restore it from the backup; without it the store stays closed")
                }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Problem::new(
                &errors::UNREADABLE,
                format!("cannot read the file: {error}"),
            )
            .at(file.display().to_string())
            .help("check the permissions")),
        }
    }

    /// Writes a new one beside its place and links it there: whoever looks sees no key or a whole one,
    /// and of hosts that start at once the first one's counts.
    fn make(file: &Path) -> Result<Self, Problem> {
        let key = Key::random()?;
        let mut aside = file.as_os_str().to_owned();
        aside.push(format!(".{}", hex(&random::<8>()?)));
        let aside = Path::new(&aside);
        crate::cli::write::secret(aside, format!("{}\n", hex(&key.0)).as_bytes())?;
        let linked = std::fs::hard_link(aside, file);
        let _ = std::fs::remove_file(aside);
        match linked {
            Ok(()) => Ok(key),
            Err(error) => Key::from_file(file)?.ok_or_else(|| {
                Problem::new(
                    &errors::UNWRITABLE,
                    format!("cannot write the file: {error}"),
                )
                .at(file.display().to_string())
                .help("choose another place with `--data`")
            }),
        }
    }

    /// A key for one purpose.
    pub fn derive(&self, label: &str, number: i64) -> Key {
        let mut out = [0; KEY];
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &self.0));
        context.update(b"riegel.key.1\0");
        context.update(label.as_bytes());
        context.update(&[0]);
        context.update(&number.to_le_bytes());
        out.copy_from_slice(context.sign().as_ref());
        Key(out)
    }

    /// HMAC-SHA-256 over pieces, each with its length, so that no two lists run into one.
    pub fn mac(&self, pieces: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &self.0));
        for piece in pieces {
            context.update(&(piece.len() as u64).to_le_bytes());
            context.update(piece);
        }
        let mut out = [0; 32];
        out.copy_from_slice(context.sign().as_ref());
        out
    }

    fn cipher(&self) -> Result<LessSafeKey, Problem> {
        UnboundKey::new(&CHACHA20_POLY1305, &self.0)
            .map(LessSafeKey::new)
            .map_err(|_| closed())
    }

    /// Encrypts; `about` must be said again to open it.
    pub fn seal(&self, about: &str, bytes: &[u8]) -> Result<Vec<u8>, Problem> {
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut sealed = bytes.to_vec();
        self.cipher()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(about.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| closed())?;
        let mut out = nonce.to_vec();
        out.extend(sealed);
        Ok(out)
    }

    /// Decrypts.
    pub fn open(&self, about: &str, sealed: &[u8]) -> Result<Vec<u8>, Problem> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>().ok_or_else(closed)?;
        let mut bytes = rest.to_vec();
        let opened = self.cipher()?.open_in_place(
            Nonce::assume_unique_for_key(*nonce),
            Aad::from(about.as_bytes()),
            &mut bytes,
        );
        opened.map(|plain| plain.to_vec()).map_err(|_| closed())
    }

    /// A key pair for signatures.
    pub fn signer(&self) -> Result<Ed25519KeyPair, Problem> {
        Ed25519KeyPair::from_seed_unchecked(&self.0).map_err(|_| closed())
    }

    /// Its public half.
    pub fn public(&self) -> Result<Vec<u8>, Problem> {
        Ok(self.signer()?.public_key().as_ref().to_vec())
    }

    /// The bytes, to be sealed under another key.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

fn closed() -> Problem {
    Problem::new(&errors::STORE, "a sealed value of the store does not open")
        .help("use the master key with which the store was made")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn sealed_values_open_with_their_key_and_name_only() {
        let (key, other) = (Key::random().unwrap(), Key::random().unwrap());
        let sealed = key.seal("a", b"secret").unwrap();
        assert_eq!(key.open("a", &sealed).unwrap(), b"secret");
        assert!(key.open("b", &sealed).is_err());
        assert!(other.open("a", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert!(key.open("a", &bent).is_err());
            assert!(key.open("a", &sealed[..at]).is_err());
        }
    }

    #[test]
    fn pieces_do_not_run_into_each_other() {
        let key = Key::random().unwrap();
        assert_ne!(key.mac(&[b"ab", b"c"]), key.mac(&[b"a", b"bc"]));
        assert_ne!(key.derive("a", 1).0, key.derive("a", 2).0);
    }
}
