//! Tells another system that an approval waits or was decided: ids and states, nothing else.
//!
//! The body is signed with the tenant's secret (`riegel-signature: sha256=…`, HMAC-SHA-256). It is
//! tried three times; who needs certainty reads the queue.

use super::keys::hex;
use super::people::tokens::agent;
use super::tenants::Tenant;
use ring::hmac;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// Tells it, in the background.
pub fn tell(tenant: &Arc<Tenant>, what: &'static str, id: &str, role: &str, state: &str) {
    let Some(address) = tenant.config.webhook.clone() else {
        return;
    };
    let body = json!({
        "event": what, "tenant": &*tenant.name, "approval": id, "role": role, "state": state,
        "at": super::clock::now(),
    })
    .to_string();
    let signature = tenant.config.webhook_secret.as_ref().map(|secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        format!("sha256={}", hex(hmac::sign(&key, body.as_bytes()).as_ref()))
    });
    tokio::task::spawn_blocking(move || {
        let Ok(agent) = agent(None) else { return };
        for pause in [0, 2, 10] {
            std::thread::sleep(Duration::from_secs(pause));
            let mut request = agent
                .post(&address)
                .header("content-type", "application/json");
            if let Some(signature) = &signature {
                request = request.header("riegel-signature", signature);
            }
            if request.send(&body).is_ok() {
                return;
            }
        }
    });
}
