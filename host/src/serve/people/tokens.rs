//! Tokens of identity providers (OpenID Connect): signed JSON, checked against the keys that the
//! provider publishes.
//!
//! A provider's word counts for the tenants that `tenants` lists: a client's own provider must not
//! make anybody administrator of another client, or of everything.
//!
//! What is asked of a token: an algorithm with a public key (never `none`, never a shared secret),
//! a signature by a key of that very provider, `iss`, `aud`, `exp`, `nbf`. Roles are a claim, a
//! list of `tenant:role`. Keys are fetched when an unknown key id is met, at most once in ten
//! seconds, and again after an hour.
//!
//! The claims are read by `jsonwebtoken`; the signatures are checked by *ring*, which is here for
//! TLS anyway, instead of a second stack of cryptography.

use super::{Grant, Principal};
use crate::errors::{self, Problem};
use crate::serve::config::Identity;
use crate::serve::keys::Key;
use crate::serve::tenants::is_name;
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, EncodingKey, Validation};
use ring::signature as sig;
use serde_json::Value as Json;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// Algorithms that are taken.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];
const STALE: Duration = Duration::from_secs(3600);
const PAUSE: Duration = Duration::from_secs(10);
const TIME: Duration = Duration::from_secs(5);
/// Longest answer of a provider.
const MOST: u64 = 1 << 20;

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: no_signer,
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

fn no_signer(_: &Algorithm, _: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    Err(ErrorKind::InvalidAlgorithm.into())
}

struct Verifier {
    algorithm: Algorithm,
    key: DecodingKey,
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    if !ALGORITHMS.contains(algorithm) {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    Ok(Box::new(Verifier {
        algorithm: *algorithm,
        key: key.clone(),
    }))
}

impl signature::Verifier<Vec<u8>> for Verifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let rsa = |parameters: &'static sig::RsaParameters| match self.key.kind() {
            DecodingKeyKind::RsaModulusExponent { n, e } => {
                sig::RsaPublicKeyComponents { n, e }.verify(parameters, message, signature)
            }
            DecodingKeyKind::SecretOrDer(_) => Err(ring::error::Unspecified),
        };
        let plain = |algorithm: &'static dyn sig::VerificationAlgorithm| match self.key.kind() {
            DecodingKeyKind::SecretOrDer(bytes) => {
                sig::UnparsedPublicKey::new(algorithm, bytes).verify(message, signature)
            }
            DecodingKeyKind::RsaModulusExponent { .. } => Err(ring::error::Unspecified),
        };
        match self.algorithm {
            Algorithm::RS256 => rsa(&sig::RSA_PKCS1_2048_8192_SHA256),
            Algorithm::RS384 => rsa(&sig::RSA_PKCS1_2048_8192_SHA384),
            Algorithm::RS512 => rsa(&sig::RSA_PKCS1_2048_8192_SHA512),
            Algorithm::PS256 => rsa(&sig::RSA_PSS_2048_8192_SHA256),
            Algorithm::PS384 => rsa(&sig::RSA_PSS_2048_8192_SHA384),
            Algorithm::PS512 => rsa(&sig::RSA_PSS_2048_8192_SHA512),
            Algorithm::ES256 => plain(&sig::ECDSA_P256_SHA256_FIXED),
            Algorithm::ES384 => plain(&sig::ECDSA_P384_SHA384_FIXED),
            Algorithm::EdDSA => plain(&sig::ED25519),
            _ => Err(ring::error::Unspecified),
        }
        .map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for Verifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

/// A provider that is believed.
pub struct Provider {
    identity: Identity,
    agent: ureq::Agent,
    keys: Mutex<Fetched>,
    /// One asks for keys; the others wait here, not on a thread.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Fetched {
    keys: Option<Arc<JwkSet>>,
    when: Option<Instant>,
}

impl Provider {
    /// Asks nothing yet: a provider that is down must not keep the host from starting.
    pub fn new(identity: Identity) -> Result<Self, Problem> {
        // It can be installed once; the second time it is there.
        let _ = PROVIDER.install_default();
        if let Some(name) = identity.tenants.iter().find(|name| !is_name(name)) {
            let what = format!("`{name}` cannot be the name of a tenant");
            return Err(Problem::new(&errors::CONFIG, what)
                .at("[[identity]] tenants")
                .help("list names of tenants; leave `tenants` out for all of them"));
        }
        let agent = agent(identity.authority.as_deref())?;
        Ok(Provider {
            identity,
            agent,
            keys: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        })
    }

    /// Does this token say that it is from here? Nothing is believed yet.
    pub fn issued(&self, token: &str) -> bool {
        jsonwebtoken::dangerous::insecure_decode::<Json>(token).is_ok_and(|token| {
            token.claims.get("iss").and_then(Json::as_str) == Some(self.identity.issuer.as_str())
        })
    }

    /// Checks a token against the keys that are there.
    pub fn recognise(&self, token: &str) -> Option<Principal> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        if !ALGORITHMS.contains(&header.alg) {
            return None;
        }
        let keys = self.fetched().keys.clone()?;
        let fits = |key: &&Jwk| {
            let named = header.kid.is_none() || key.common.key_id == header.kid;
            // A key that says what it is for is for nothing else.
            let says = key.common.key_algorithm;
            let signs = key.common.public_key_use != Some(PublicKeyUse::Encryption);
            let same = says.is_none_or(|says| format!("{says:?}") == format!("{:?}", header.alg));
            named && signs && same
        };
        let claims = keys.keys.iter().filter(fits).find_map(|jwk| {
            let key = DecodingKey::from_jwk(jwk).ok()?;
            let mut validation = Validation::new(header.alg);
            validation.set_issuer(&[&self.identity.issuer]);
            validation.set_audience(&[&self.identity.audience]);
            validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
            validation.validate_nbf = true;
            validation.leeway = 30;
            jsonwebtoken::decode::<Json>(token, &key, &validation)
                .ok()
                .map(|token| token.claims)
        })?;
        let person = claims.get(&self.identity.person).and_then(Json::as_str)?;
        let person = person.trim();
        if person.is_empty() || person.chars().any(char::is_control) {
            return None;
        }
        let roles = claims.get(&self.identity.roles_claim);
        let grants = roles.and_then(Json::as_array).into_iter().flatten();
        let own = &self.identity.tenants;
        Some(Principal {
            name: format!("{} {person}", self.identity.issuer),
            person: Some(person.to_owned()),
            grants: grants
                .filter_map(Json::as_str)
                .filter_map(Grant::parse)
                .filter(|grant| own.is_empty() || own.contains(&grant.tenant))
                .collect(),
            maker: None,
        })
    }

    fn fetched(&self) -> MutexGuard<'_, Fetched> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Must the provider be asked before this token can be judged?
    fn lacks(&self, token: &str) -> bool {
        let kid = jsonwebtoken::decode_header(token).ok().and_then(|h| h.kid);
        let fetched = self.fetched();
        let age = fetched.when.map(|when| when.elapsed());
        let keys = fetched.keys.as_ref();
        let knows = keys.is_some_and(|keys| kid.is_none_or(|kid| keys.find(&kid).is_some()));
        let fresh = age.is_some_and(|age| age < STALE);
        !(knows && fresh) && age.is_none_or(|age| age > PAUSE)
    }

    /// Fetches keys where one is missing. Tokens whose key is there do not wait for it.
    async fn renew(self: &Arc<Self>, token: &str) {
        if !self.lacks(token) {
            return;
        }
        let _turn = self.turn.lock().await;
        if !self.lacks(token) {
            return;
        }
        let provider = self.clone();
        let work = tokio::task::spawn_blocking(move || provider.fetch());
        let keys = work.await.ok().flatten();
        let mut fetched = self.fetched();
        fetched.when = Some(Instant::now());
        if let Some(keys) = keys {
            fetched.keys = Some(Arc::new(keys));
        }
    }

    fn fetch(&self) -> Option<JwkSet> {
        let address = match &self.identity.jwks {
            Some(address) => address.clone(),
            None => {
                let issuer = self.identity.issuer.trim_end_matches('/');
                let known = self.get(&format!("{issuer}/.well-known/openid-configuration"))?;
                if known.get("issuer").and_then(Json::as_str) != Some(&self.identity.issuer) {
                    return None;
                }
                known.get("jwks_uri")?.as_str()?.to_owned()
            }
        };
        serde_json::from_value(self.get(&address)?).ok()
    }

    fn get(&self, address: &str) -> Option<Json> {
        let mut answer = self.agent.get(address).call().ok()?;
        let text = answer
            .body_mut()
            .with_config()
            .limit(MOST)
            .read_to_string()
            .ok()?;
        serde_json::from_str(&text).ok()
    }
}

/// All providers, and the tokens that were recognised in the last minute.
pub struct Tokens {
    providers: RwLock<Vec<Arc<Provider>>>,
    process: Key,
    known: Mutex<HashMap<[u8; 32], (Principal, Instant)>>,
}

fn providers(identities: &[Identity]) -> Result<Vec<Arc<Provider>>, Problem> {
    let identities = identities.iter();
    identities
        .map(|identity| Provider::new(identity.clone()).map(Arc::new))
        .collect()
}

/// How long a recognised token is believed without being checked again.
const REMEMBER: Duration = Duration::from_secs(30);
const MOST_KNOWN: usize = 10_000;
/// Longest token.
const LONGEST: usize = 8 << 10;

impl Tokens {
    /// Of these providers.
    pub fn new(identities: &[Identity]) -> Result<Self, Problem> {
        Ok(Tokens {
            providers: RwLock::new(providers(identities)?),
            process: Key::random()?,
            known: Mutex::default(),
        })
    }

    /// Believes these from now on, and no other; says whether that is a change. Who stays keeps its
    /// keys.
    pub fn believe(&self, identities: &[Identity]) -> Result<bool, Problem> {
        let before = self.believed();
        let same = before.iter().map(|provider| &provider.identity);
        if same.eq(identities) {
            return Ok(false);
        }
        let mut now = providers(identities)?;
        for provider in &mut now {
            let stays = before.iter().find(|old| old.identity == provider.identity);
            *provider = stays.unwrap_or(provider).clone();
        }
        let write = self.providers.write();
        *write.unwrap_or_else(PoisonError::into_inner) = now;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.clear();
        Ok(true)
    }

    fn believed(&self) -> Vec<Arc<Provider>> {
        let providers = self.providers.read();
        providers.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whose token is this?
    pub async fn recognise(&self, token: &str) -> Option<Principal> {
        if token.len() > LONGEST {
            return None;
        }
        let seen = self.process.mac(&[token.as_bytes()]);
        if let Some(principal) = self.remembered(&seen) {
            return Some(principal);
        }
        // One issuer may stand here for several audiences.
        let all = self.believed();
        let providers: Vec<_> = all.iter().filter(|p| p.issued(token)).cloned().collect();
        for provider in &providers {
            provider.renew(token).await;
        }
        let (token, theirs) = (token.to_owned(), all);
        let work = tokio::task::spawn_blocking(move || {
            let mut providers = providers.iter();
            providers.find_map(|provider| provider.recognise(&token))
        });
        let principal = work.await.ok()??;
        // Where others are believed meanwhile, this is not relied on a second time.
        let now = self.believed();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        if now.len() == theirs.len() && now.iter().zip(&theirs).all(|(a, b)| Arc::ptr_eq(a, b)) {
            known.insert(seen, (principal.clone(), Instant::now()));
        }
        Some(principal)
    }

    /// The issuers that are believed.
    pub fn issuers(&self) -> Vec<String> {
        let providers = self.believed();
        providers
            .iter()
            .map(|one| one.identity.issuer.clone())
            .collect()
    }

    fn remembered(&self, seen: &[u8; 32]) -> Option<Principal> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (principal, when) = known.get(seen)?;
        (when.elapsed() < REMEMBER).then(|| principal.clone())
    }
}

/// A client for other hosts' HTTP.
pub fn agent(authority: Option<&Path>) -> Result<ureq::Agent, Problem> {
    client(authority, 0)
}

/// The same, for those who follow redirections.
pub fn client(authority: Option<&Path>, redirects: u32) -> Result<ureq::Agent, Problem> {
    let mut tls = ureq::tls::TlsConfig::builder();
    if let Some(file) = authority {
        let unusable = || {
            Problem::new(&errors::CONFIG, "the file is no certificate authority")
                .at(file.display().to_string())
                .help("it holds certificates in PEM")
        };
        let pem = std::fs::read(file).map_err(|_| unusable())?;
        let certificates: Vec<_> = ureq::tls::parse_pem(&pem)
            .filter_map(|item| match item {
                Ok(ureq::tls::PemItem::Certificate(certificate)) => Some(certificate),
                _ => None,
            })
            .collect();
        if certificates.is_empty() {
            return Err(unusable());
        }
        tls = tls.root_certs(ureq::tls::RootCerts::new_with_certs(&certificates));
    }
    Ok(ureq::Agent::config_builder()
        .timeout_global(Some(TIME))
        .max_redirects(redirects)
        .user_agent("riegel")
        .tls_config(tls.build())
        .build()
        .new_agent())
}
