//! Signatures: who vouches for a module, and for the data that configures one.
//!
//! A digest finds damage; whoever changes a module on purpose computes it anew. A signature says which
//! key stood behind these bytes, and a [`Trust`] set which keys count. Two things are signed:
//!
//! ```text
//! module   \0asm 1 | 00 size 09 "signature" payload | the module's own sections … riegel.digest
//! data     riegel signed data 1 … signature … | empty line | the data
//! ```
//!
//! * A **module** carries its signatures in its first section, as the WebAssembly tool convention for
//!   module signatures has it (github.com/WebAssembly/tool-conventions, Signatures.md). Where the
//!   convention leaves a choice there is none here: version 1, SHA-256, Ed25519, one hash over all
//!   that follows, key ids of 16 bytes, at most [`MOST_SIGNATURES`]. The module is the same without the
//!   section, to the byte: loaders take it out ([`bare`]) before they look at the digest.
//! * **Data** (parameters, hashed lists) has no place for a signature inside, so it gets a head of text
//!   in front: for which policy, which tenant, under which name, which version ([`data`]).
//!
//! Ed25519 is deterministic, so signing needs no randomness and this module does no I/O: keys, trust
//! sets and today come from the caller.
//!
//! | file | idea |
//! | --- | --- |
//! | here | signing and verifying modules; what is expected of a file |
//! | `section` | the bytes of the section |
//! | `data` | the head of signed data |
//! | `keys` | keys, their ids and their files |
//! | `trust` | which keys count, and when |
//! | `refused` | why something is not believed |
//!
//! **Invariant:** nothing of a file is looked at before a signature over it was believed, but what
//! the signature needs to be found. `tests/signing.rs`: `every_flipped_bit_is_refused`.

pub mod data;
mod keys;
mod refused;
mod section;
mod trust;

pub use keys::{KeyId, PublicKey, SigningKey};
pub use refused::Refused;
pub use section::{MOST_SIGNATURES, bare};
pub use trust::{MOST_KEYS, Trust, Trusted, date};

use crate::syntax::ast::Date;
use crate::version::{LONGEST, Version};
use section::Section;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use wasmparser::{Parser, Payload};

/// What stands before the hash in the signed message: `wasmsig`, version 1, a module, SHA-256.
const DOMAIN: &[u8; 10] = b"wasmsig\x01\x01\x01";

/// What a host expects of a file, so that another rightly signed one cannot take its place.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'e> {
    /// Id of the policy.
    pub policy: &'e str,
    /// The lowest version that is taken: mostly the one that was taken last.
    pub lowest: Option<&'e Version>,
    /// For the validity of keys.
    pub today: Date,
}

/// A module that was believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedModule {
    /// The module without its signatures.
    pub module: Vec<u8>,
    /// Its version: the `lowest` of the next one.
    pub version: Version,
    /// The keys whose signatures were believed.
    pub keys: Vec<KeyId>,
}

/// What a module says it is, believed or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Id of the policy.
    pub policy: String,
    /// Its version.
    pub version: Version,
}

/// Signs a module. It keeps the signatures that it has, if they are for these bytes.
///
/// # Errors
/// Where this is no module with a policy in it, where its signatures belong to other bytes, or where it
/// has as many as it can hold.
pub fn sign(module: &[u8], key: &SigningKey) -> Result<Vec<u8>, Refused> {
    let (section, rest) = section::split(module)?;
    named(module)?;
    let hash: [u8; 32] = Sha256::digest(rest).into();
    let mut section = match section {
        Some(old) if old.hash != hash => {
            return Err(Refused::new(
                Refused::SIGNATURE,
                "the module was changed after it was signed",
            ));
        }
        Some(old) => old,
        None => Section {
            hash,
            signatures: Vec::new(),
        },
    };
    let id = key.public().id();
    section.signatures.retain(|(other, _)| *other != id);
    section.signatures.push((id, key.sign(&message(&hash))));
    if section.signatures.len() > MOST_SIGNATURES {
        return Err(Refused::new(
            Refused::FORM,
            format!("the module has {MOST_SIGNATURES} signatures already"),
        ));
    }
    Ok(section.write(rest))
}

/// Verifies a module: by whom it is signed, that it is the policy that is expected, and not an older one.
///
/// # Errors
/// With the code of what is not as it should be.
pub fn verify(
    module: &[u8],
    trust: &Trust,
    expected: &Expected<'_>,
) -> Result<SignedModule, Refused> {
    let (section, rest) = section::split(module)?;
    let section =
        section.ok_or_else(|| Refused::new(Refused::UNSIGNED, "the module has no signature"))?;
    let hash: [u8; 32] = Sha256::digest(rest).into();
    if hash != section.hash {
        return Err(Refused::new(
            Refused::SIGNATURE,
            "the signature is for other bytes",
        ));
    }
    let keys = trust.judge(&message(&hash), &section.signatures, expected.today)?;
    let module = section::without(rest);
    let name = named(&module)?;
    expected.takes(&name.policy, &name.version)?;
    Ok(SignedModule {
        module,
        version: name.version,
        keys,
    })
}

/// The ids of the keys that a module says it is signed with. Nothing is verified.
///
/// # Errors
/// Where the signatures cannot be read.
pub fn signers(module: &[u8]) -> Result<Vec<KeyId>, Refused> {
    let (section, _) = section::split(module)?;
    let signatures = section.map_or_else(Vec::new, |section| section.signatures);
    Ok(signatures.into_iter().map(|(id, _)| id).collect())
}

/// What a module says it is. Nothing is verified.
///
/// # Errors
/// Where it does not say so.
pub fn named(module: &[u8]) -> Result<Name, Refused> {
    #[derive(Deserialize)]
    struct Info {
        id: String,
        version: String,
    }
    let unnamed = || {
        Refused::new(
            Refused::FORM,
            "the module does not say which policy and which version it is",
        )
    };
    let mut found = None;
    for payload in Parser::new(0).parse_all(module) {
        let Payload::CustomSection(section) = payload.map_err(|_| unnamed())? else {
            continue;
        };
        let policy = section.name() == "riegel.policy";
        if policy && found.replace(section.data()).is_some() {
            return Err(unnamed());
        }
    }
    let info: Info = serde_json::from_slice(found.ok_or_else(unnamed)?).map_err(|_| unnamed())?;
    let version = Version::parse(&info.version).filter(|_| info.version.len() <= LONGEST);
    Ok(Name {
        policy: info.id,
        version: version.ok_or_else(unnamed)?,
    })
}

impl Expected<'_> {
    fn takes(&self, policy: &str, version: &Version) -> Result<(), Refused> {
        if policy != self.policy {
            return Err(Refused::new(
                Refused::OTHER,
                format!("it is for policy `{policy}`, not `{}`", self.policy),
            ));
        }
        match self.lowest {
            Some(lowest) if version < lowest => Err(Refused::new(
                Refused::OLDER,
                format!("version {version} is older than {lowest}"),
            )),
            _ => Ok(()),
        }
    }
}

fn message(hash: &[u8; 32]) -> [u8; 42] {
    let mut message = [0; 42];
    let (domain, rest) = message.split_at_mut(DOMAIN.len());
    domain.copy_from_slice(DOMAIN);
    rest.copy_from_slice(hash);
    message
}
