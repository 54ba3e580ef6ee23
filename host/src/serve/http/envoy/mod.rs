//! Envoy: `ext_authz` asks before a request goes on, `ext_proc` shows bodies on both ways.
//!
//! The tenant comes in the metadata `riegel-tenant` of the gRPC call (`initial_metadata` in
//! Envoy's configuration), the key in `authorization`. Attributes of the event are
//! `riegel-attribute-NAME` in the same place, or `attribute.NAME` among ext_authz's context
//! extensions; `destination.host` is the host of the request where nothing else was said. What an
//! end user sends in the request's own headers is no attribute.
//!
//! Content that cannot be read as a whole is refused: a body that Envoy cut off, a body in pieces,
//! a body that is compressed, a body that is no UTF-8 text. What is JSON is decided about as its
//! texts read, not as they are escaped (`says`).

mod authz;
mod messages;
mod process;
mod says;

pub use authz::check;
pub use process::process;

use super::decide::{Decided, admit, decide_text};
use super::refusal::Refusal;
use super::{Edge, Peer};
use crate::errors::{self, Problem};
use crate::serve::people::Role;
use crate::serve::tenants::Tenant;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// Largest message: a body and what surrounds it.
const MESSAGE: usize = 16 << 20;
const ATTRIBUTE: &str = "riegel-attribute-";

/// Who asks, for whom, with which facts.
struct Caller {
    tenant: Arc<Tenant>,
    attributes: Map<String, Json>,
    headers: HeaderMap,
}

impl Caller {
    async fn of(edge: &Edge, headers: HeaderMap, peer: Option<&Peer>) -> Result<Self, Refusal> {
        let name = headers
            .get("riegel-tenant")
            .and_then(|name| name.to_str().ok())
            .unwrap_or("default")
            .to_owned();
        let (_, tenant) = edge.enter(&headers, peer, &name, Role::Decide).await?;
        let mut attributes = Map::new();
        for (header, value) in &headers {
            if let Some(name) = header.as_str().strip_prefix(ATTRIBUTE) {
                let (name, text) = (name.replace('-', "_"), super::foreign::text(value)?);
                let value = super::foreign::plain(&tenant, &name, text);
                attributes.insert(name, value);
            }
        }
        Ok(Caller {
            tenant,
            attributes,
            headers,
        })
    }

    /// Decides about a text on its way to a host, or back from it.
    async fn decide(
        &self,
        edge: &Edge,
        host: &str,
        content: Option<(&[u8], &str, &str)>,
    ) -> Result<Decided, Refusal> {
        let _admission = admit(&self.tenant)?;
        let mut event = self.attributes.clone();
        if !host.is_empty() {
            let name = host.rsplit_once(':').map_or(host, |(name, port)| {
                if port.bytes().all(|b| b.is_ascii_digit()) {
                    name
                } else {
                    host
                }
            });
            event
                .entry("destination.host")
                .or_insert_with(|| json!(name));
        }
        if let Some((bytes, direction, kind)) = content {
            let most = self.tenant.config.limits.body_bytes;
            if bytes.len() > most {
                return Err(too_large(most));
            }
            self.tenant
                .admit_bytes(bytes.len())
                .map_err(Refusal::later)?;
            let role = if direction == "inbound" {
                "assistant"
            } else {
                "user"
            };
            let text = says::read(bytes, kind).map_err(unreadable)?;
            event.insert(
                "content".to_owned(),
                json!([{ "role": role, "direction": direction, "text": text }]),
            );
        }
        let text = Json::Object(event).to_string();
        decide_text(edge, &self.tenant, &text, &self.headers).await
    }
}

fn too_large(most: usize) -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        Problem::new(
            &errors::BODY,
            format!("the body is longer than {most} bytes"),
        )
        .help("split the content, or raise `body_bytes` of the tenant"),
    )
}

/// A body that would be decided about without having been read.
fn unreadable(why: &str) -> Refusal {
    Refusal::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Problem::new(&errors::BODY, why.to_owned())
            .help("let Envoy buffer the whole body, and take `accept-encoding` away"),
    )
}

/// Why a call is not taken, before its message is read.
fn refusal_as_status(refusal: &Refusal) -> tonic::Status {
    let code = match refusal.status().as_u16() {
        401 => tonic::Code::Unauthenticated,
        403 => tonic::Code::PermissionDenied,
        404 => tonic::Code::NotFound,
        429 => tonic::Code::ResourceExhausted,
        _ => tonic::Code::Unavailable,
    };
    tonic::Status::new(code, "riegel does not take this call")
}

/// The status of a refusal, as a person behind the proxy sees it.
fn status(refusal: &Refusal) -> i32 {
    match refusal.status().as_u16() {
        // What cannot be read as an event is the proxy's set-up, not the mistake of who asks.
        422 => 400,
        other => i32::from(other),
    }
}
