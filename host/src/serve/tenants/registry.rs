//! Modules from an OCI registry: what is named by `oci = "registry.example/policies/demo:stable"`.
//!
//! The manifest says which layer is the module; its bytes must have the digest that the manifest
//! gives, and the manifest the digest that the reference gives, if it gives one. A registry is
//! spoken to over TLS, on this machine also without. Who may read is asked as the distribution
//! specification says; `RIEGEL_OCI_USER` and `RIEGEL_OCI_PASSWORD` are the answer.

use crate::errors::{self, Problem};
use crate::runtime::hex;
use crate::serve::keys::sha256;
use crate::serve::people::tokens::client;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// What a layer with a module is called.
const MODULES: [&str; 3] = [
    "application/wasm",
    "application/vnd.wasm.content.layer.v1+wasm",
    "application/vnd.riegel.module.v1+wasm",
];
const MOST: u64 = 16 << 20;
const MOST_MANIFEST: u64 = 1 << 20;
/// Redirections of a registry to where its bytes lie.
const REDIRECTS: u32 = 3;

/// Where a module lies.
#[derive(Debug, PartialEq, Eq)]
struct Reference {
    base: String,
    name: String,
    version: String,
}

impl Reference {
    fn parse(text: &str) -> Option<Self> {
        let plain = text.strip_prefix("http://");
        let rest = plain
            .or_else(|| text.strip_prefix("https://"))
            .unwrap_or(text);
        let (host, path) = rest.split_once('/')?;
        let machine = host.rsplit_once(':').map_or(host, |(machine, _)| machine);
        let here = ["localhost", "127.0.0.1", "[::1]"].contains(&machine);
        if host.is_empty() || (plain.is_some() && !here) {
            return None;
        }
        let (name, version) = match path.split_once('@') {
            Some((name, digest)) => (name, digest),
            None => path.rsplit_once(':').unwrap_or((path, "latest")),
        };
        let fine = |b: u8| b.is_ascii_alphanumeric() || b"._-/:".contains(&b);
        let sound = !name.is_empty()
            && !version.is_empty()
            && !name.split('/').any(|part| part.is_empty() || part == "..")
            && name.bytes().chain(version.bytes()).all(fine);
        let scheme = if plain.is_some() { "http" } else { "https" };
        sound.then(|| Reference {
            base: format!("{scheme}://{host}/v2/{name}"),
            name: name.to_owned(),
            version: version.to_owned(),
        })
    }
}

/// Fetches a module; bytes that are in the folder already are not fetched again.
pub fn pull(reference: &str, folder: &Path) -> Result<Vec<u8>, Problem> {
    let at = |problem: Problem| problem.at(reference.to_owned());
    let place = Reference::parse(reference).ok_or_else(|| {
        Problem::new(&errors::CONFIG, "this names no module in a registry")
            .at(reference.to_owned())
            .help("write `registry.example/policies/demo:stable`; without TLS on this machine only")
    })?;
    let mut asker = Asker::new(&place).map_err(at)?;
    let address = format!("{}/manifests/{}", place.base, place.version);
    let manifest = asker
        .get(&address, Some(MANIFEST), MOST_MANIFEST)
        .map_err(at)?;
    if place.version.starts_with("sha256:") && place.version != digest(&manifest) {
        return Err(at(unfit("the manifest is not the one that was asked for")));
    }
    let manifest: Json =
        serde_json::from_slice(&manifest).map_err(|_| at(unfit("the manifest cannot be read")))?;
    let layers = manifest.get("layers").and_then(Json::as_array);
    let layer = layers.into_iter().flatten().find(|layer| {
        let kind = layer.get("mediaType").and_then(Json::as_str);
        kind.is_some_and(|kind| MODULES.contains(&kind))
    });
    let wanted = layer
        .and_then(|layer| layer.get("digest")?.as_str())
        .filter(|wanted| {
            let hex = wanted.strip_prefix("sha256:").unwrap_or_default();
            hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit())
        })
        .ok_or_else(|| at(unfit("the manifest names no module")))?;
    let kept = kept(folder, wanted);
    if let Ok(bytes) = std::fs::read(&kept)
        && digest(&bytes) == wanted
    {
        note(reference, folder, wanted)?;
        return Ok(bytes);
    }
    let address = format!("{}/blobs/{wanted}", place.base);
    let bytes = asker.get(&address, None, MOST).map_err(at)?;
    if digest(&bytes) != wanted {
        return Err(at(unfit("the bytes are not those that the manifest names")));
    }
    crate::cli::write::file(&kept, &bytes)?;
    note(reference, folder, wanted)?;
    Ok(bytes)
}

/// What was fetched last, where it is still there.
pub fn last(reference: &str, folder: &Path) -> Option<Vec<u8>> {
    let wanted = std::fs::read_to_string(noted(reference, folder)).ok()?;
    let bytes = std::fs::read(kept(folder, &wanted)).ok()?;
    (digest(&bytes) == wanted).then_some(bytes)
}

fn kept(folder: &Path, digest: &str) -> PathBuf {
    folder.join(format!("{}.oci", digest.trim_start_matches("sha256:")))
}

fn noted(reference: &str, folder: &Path) -> PathBuf {
    folder.join(format!("{}.last", hex(&sha256(reference.as_bytes()))))
}

/// Notes what was fetched.
fn note(reference: &str, folder: &Path, digest: &str) -> Result<(), Problem> {
    let file = noted(reference, folder);
    match std::fs::read_to_string(&file) {
        Ok(known) if known == digest => Ok(()),
        _ => crate::cli::write::file(&file, digest.as_bytes()),
    }
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(&sha256(bytes)))
}

fn unfit(why: &str) -> Problem {
    Problem::new(&errors::REGISTRY, why.to_owned())
        .help("look at what was pushed there; the tenant keeps the module that it has")
}

/// Asks, and shows who asks when it is told to.
struct Asker<'a> {
    agent: ureq::Agent,
    place: &'a Reference,
    user: Option<String>,
    shown: Option<String>,
}

impl<'a> Asker<'a> {
    fn new(place: &'a Reference) -> Result<Self, Problem> {
        let user = std::env::var("RIEGEL_OCI_USER").ok();
        let password = std::env::var("RIEGEL_OCI_PASSWORD").unwrap_or_default();
        Ok(Asker {
            agent: client(None, REDIRECTS)?,
            place,
            user: user
                .map(|user| format!("Basic {}", base64(format!("{user}:{password}").as_bytes()))),
            shown: None,
        })
    }

    fn get(&mut self, address: &str, accept: Option<&str>, most: u64) -> Result<Vec<u8>, Problem> {
        for _ in 0..2 {
            let mut request = self.agent.get(address);
            if let Some(accept) = accept {
                request = request.header("accept", accept);
            }
            if let Some(shown) = &self.shown {
                request = request.header("authorization", shown);
            }
            let answer = request.config().http_status_as_error(false).build().call();
            let mut answer = answer.map_err(|_| unfit("the registry cannot be reached"))?;
            match answer.status().as_u16() {
                200 => {
                    let body = answer.body_mut().with_config().limit(most).read_to_vec();
                    return body.map_err(|_| unfit("the answer is too long, or ended too early"));
                }
                401 if self.shown.is_none() => {
                    let asked = answer.headers().get("www-authenticate");
                    let asked = asked
                        .and_then(|asked| asked.to_str().ok())
                        .unwrap_or_default();
                    self.shown = Some(self.show(asked)?);
                }
                status => return Err(unfit(&format!("the registry answers with status {status}"))),
            }
        }
        Err(unfit("the registry does not let this host read"))
    }

    fn show(&self, asked: &str) -> Result<String, Problem> {
        let no = || unfit("the registry asks for a name and a password");
        let Some(fields) = asked.strip_prefix("Bearer ") else {
            return self.user.clone().ok_or_else(no);
        };
        let field = |name: &str| {
            let start = fields.find(&format!("{name}=\""))? + name.len() + 2;
            fields.get(start..)?.split('"').next()
        };
        let realm = field("realm").filter(|realm| {
            realm.starts_with("https://") || self.place.base.starts_with("http://")
        });
        let mut request = self
            .agent
            .get(realm.ok_or_else(no)?)
            .query("scope", format!("repository:{}:pull", self.place.name));
        if let Some(service) = field("service") {
            request = request.query("service", service);
        }
        if let Some(user) = &self.user {
            request = request.header("authorization", user);
        }
        let mut answer = request.call().map_err(|_| no())?;
        let text = answer
            .body_mut()
            .with_config()
            .limit(MOST_MANIFEST)
            .read_to_string();
        let json: Json = serde_json::from_str(&text.map_err(|_| no())?).map_err(|_| no())?;
        let token = json.get("token").or_else(|| json.get("access_token"));
        let token = token.and_then(Json::as_str).ok_or_else(no)?;
        Ok(format!("Bearer {token}"))
    }
}

/// RFC 4648.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let digit = usize::try_from(bits >> (18 - 6 * i) & 63).unwrap_or(0);
            let digit = DIGITS.get(digit).copied().unwrap_or(b'=');
            out.push(char::from(if i <= chunk.len() { digit } else { b'=' }));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn references() {
        let parsed = |text: &str| Reference::parse(text).map(|r| (r.base, r.version));
        let found = |base: &str, version: &str| Some((base.to_owned(), version.to_owned()));
        assert_eq!(
            parsed("r.example/a/b:v1"),
            found("https://r.example/v2/a/b", "v1")
        );
        assert_eq!(
            parsed("r.example:5000/a"),
            found("https://r.example:5000/v2/a", "latest")
        );
        assert_eq!(
            parsed("http://127.0.0.1:5000/a:x"),
            found("http://127.0.0.1:5000/v2/a", "x")
        );
        assert_eq!(
            parsed("r.example/a@sha256:00"),
            found("https://r.example/v2/a", "sha256:00")
        );
        for text in [
            "",
            "a",
            "/a",
            "http://r.example/a",
            "r.example/",
            "r.example/a/../b",
            "r.example/a b",
            "r.example/a:",
            "r.example//a",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn base64_is_padded() {
        for (text, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ] {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }
}
