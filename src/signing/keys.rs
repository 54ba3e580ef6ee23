//! Keys and their files.
//!
//! ```text
//! riegel signing key 1         riegel public key 1
//! id 3f0c…                     id 3f0c…
//! key 81 seed public           key 01 public
//! ```
//!
//! in hexadecimal digits; behind `key` stands what the tool convention calls the serialised key. The id is the
//! first 16 bytes of the SHA-256 of the serialised public key.

use super::refused::Refused;
use crate::emit::sections::hex;
use ed25519_dalek::{Signer, VerifyingKey};
use sha2::{Digest, Sha256};
use std::fmt;

/// A signature's bytes.
pub(super) type Signature = [u8; 64];

const PRIVATE: &str = "riegel signing key 1";
const PUBLIC: &str = "riegel public key 1";
/// Marks of the serialised keys.
const PUBLIC_MARK: u8 = 0x01;
const PRIVATE_MARK: u8 = 0x81;

/// Names a key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 16]);

/// A key that verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// A key that signs. It cannot be printed, and its memory is wiped when it goes.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl KeyId {
    /// From 32 hexadecimal digits.
    pub fn parse(text: &str) -> Option<KeyId> {
        Some(KeyId(from_hex(text)?))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PublicKey {
    /// From the 66 digits of its serialised form. Points that sign for anybody are no keys.
    pub fn parse(text: &str) -> Option<PublicKey> {
        let [PUBLIC_MARK, point @ ..] = from_hex::<33>(text)? else {
            return None;
        };
        let key = VerifyingKey::from_bytes(&point).ok()?;
        (!key.is_weak()).then_some(PublicKey(key))
    }

    /// Names it.
    pub fn id(&self) -> KeyId {
        let mut id = [0; 16];
        id.iter_mut()
            .zip(Sha256::digest(self.serialised()))
            .for_each(|(to, from)| *to = from);
        KeyId(id)
    }

    fn serialised(&self) -> [u8; 33] {
        let mut out = [PUBLIC_MARK; 33];
        let (_, point) = out.split_at_mut(1);
        point.copy_from_slice(self.0.as_bytes());
        out
    }

    /// The text of its file.
    pub fn text(&self) -> String {
        format!("{PUBLIC}\nid {}\nkey {self}\n", self.id())
    }

    /// Reads its file.
    ///
    /// # Errors
    /// Where it holds something else.
    pub fn read(text: &str) -> Result<PublicKey, Refused> {
        let [id, key] = lines(text, PUBLIC).ok_or_else(|| {
            Refused::new(
                Refused::KEY,
                if text.starts_with(PRIVATE) {
                    "this is the key that signs, which is nobody's business"
                } else {
                    "the file holds no public key"
                },
            )
        })?;
        PublicKey::parse(key)
            .filter(|key| KeyId::parse(id) == Some(key.id()))
            .ok_or_else(|| Refused::new(Refused::KEY, "the public key is damaged"))
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        self.0.verify_strict(message, &signature).is_ok()
    }
}

/// The 66 digits of its serialised form.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.serialised()))
    }
}

impl SigningKey {
    /// From 32 random bytes.
    pub fn from_seed(seed: &[u8; 32]) -> SigningKey {
        SigningKey(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// Its other half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub(super) fn sign(&self, message: &[u8]) -> Signature {
        self.0.sign(message).to_bytes()
    }

    /// The text of its file: a secret.
    pub fn text(&self) -> String {
        let pair = hex(&self.0.to_keypair_bytes());
        format!(
            "{PRIVATE}\nid {}\nkey {PRIVATE_MARK:02x}{pair}\n",
            self.public().id()
        )
    }

    /// Reads its file.
    ///
    /// # Errors
    /// Where it holds something else, or two halves that do not belong together.
    pub fn read(text: &str) -> Result<SigningKey, Refused> {
        let [id, key] = lines(text, PRIVATE).ok_or_else(|| {
            Refused::new(
                Refused::KEY,
                if text.starts_with(PUBLIC) {
                    "a public key verifies, it does not sign"
                } else {
                    "the file holds no signing key"
                },
            )
        })?;
        let damaged = || Refused::new(Refused::KEY, "the signing key is damaged");
        let [PRIVATE_MARK, pair @ ..] = from_hex::<65>(key).ok_or_else(damaged)? else {
            return Err(damaged());
        };
        let key = ed25519_dalek::SigningKey::from_keypair_bytes(&pair).map_err(|_| damaged())?;
        let key = SigningKey(key);
        if KeyId::parse(id) == Some(key.public().id()) {
            Ok(key)
        } else {
            Err(damaged())
        }
    }
}

/// What stands behind `id` and `key`. Line ends may be those of Windows.
fn lines<'t>(text: &'t str, first: &str) -> Option<[&'t str; 2]> {
    let mut lines = text.lines();
    if lines.next()? != first {
        return None;
    }
    let id = lines.next()?.strip_prefix("id ")?;
    let key = lines.next()?.strip_prefix("key ")?;
    lines.all(|line| line.is_empty()).then_some([id, key])
}

/// So many bytes from lower-case hexadecimal digits.
pub(super) fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let bytes: Option<Vec<u8>> = pairs
        .iter()
        .map(|[h, l]| Some(digit(*h)? << 4 | digit(*l)?))
        .collect();
    bytes?.try_into().ok()
}
