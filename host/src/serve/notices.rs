//! Tells others that an approval waits or was decided: a webhook, and people by mail. Ids, roles
//! and states, nothing else.
//!
//! The webhook's body is signed with the tenant's secret (`riegel-signature: sha256=…`,
//! HMAC-SHA-256). It is tried three times; who needs certainty reads the queue. Two at a time per
//! tenant: one whose receiver is slow holds up nobody else's.

use super::Edge;
use super::people::tokens::agent;
use super::tenants::Tenant;
use crate::runtime::hex;
use ring::hmac;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// Pauses before each try, in seconds.
const TRIES: [u64; 3] = [0, 2, 10];

/// What happened.
#[derive(Clone)]
pub struct Notice {
    /// `approval.asked` or `approval.decided`.
    pub what: &'static str,
    /// Which approval.
    pub id: String,
    /// Of which role.
    pub role: String,
    /// How it stands.
    pub state: String,
}

/// Tells it, in the background.
pub fn tell(edge: &Arc<Edge>, tenant: &Arc<Tenant>, notice: Notice) {
    let mails = recipients(tenant, &notice);
    let hook = tenant.config.webhook.is_some();
    if hook {
        let (tenant, notice) = (tenant.clone(), notice.clone());
        let edge = edge.clone();
        tokio::spawn(async move {
            let work = move |tenant: Arc<Tenant>| webhook(&tenant, &notice);
            tried(&edge, &tenant, work).await;
        });
    }
    if !mails.is_empty() && edge.config.mail.is_some() {
        let (edge, tenant) = (edge.clone(), tenant.clone());
        tokio::spawn(async move {
            let host = edge.clone();
            let work = move |tenant: Arc<Tenant>| mail(&host, &tenant, &mails, &notice);
            tried(&edge, &tenant, work).await;
        });
    }
}

/// Who approves for the role is told when something waits; nobody is told twice.
fn recipients(tenant: &Tenant, notice: &Notice) -> Vec<String> {
    if notice.what != "approval.asked" {
        return Vec::new();
    }
    let of = |role: &str| tenant.config.mail.get(role).cloned().unwrap_or_default();
    let mut all = of(&notice.role);
    if all.is_empty() {
        all = of("*");
    }
    all.sort();
    all.dedup();
    all
}

async fn tried(
    edge: &Edge,
    tenant: &Arc<Tenant>,
    work: impl Fn(Arc<Tenant>) -> bool + Clone + Send + 'static,
) {
    for pause in TRIES {
        tokio::time::sleep(Duration::from_secs(pause)).await;
        let Ok(turn) = tenant.notices.clone().acquire_owned().await else {
            return;
        };
        let (work, tenant) = (work.clone(), tenant.clone());
        let done = tokio::task::spawn_blocking(move || {
            let done = work(tenant);
            drop(turn);
            done
        });
        if done.await.unwrap_or(false) {
            return;
        }
    }
    edge.counters.notices_lost.fetch_add(1, Relaxed);
    edge.log(&format!(
        "tenant {}: a notice of an approval was not taken; it waits in the queue all the same",
        tenant.name
    ));
}

fn webhook(tenant: &Tenant, notice: &Notice) -> bool {
    let Some(address) = &tenant.config.webhook else {
        return true;
    };
    let body = json!({
        "event": notice.what, "tenant": &*tenant.name, "approval": notice.id, "role": notice.role,
        "state": notice.state, "at": super::clock::now(),
    })
    .to_string();
    let Ok(agent) = agent(None) else { return false };
    let mut request = agent
        .post(address)
        .header("content-type", "application/json");
    if let Some(secret) = &tenant.config.webhook_secret {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let signature = hex(hmac::sign(&key, body.as_bytes()).as_ref());
        request = request.header("riegel-signature", format!("sha256={signature}"));
    }
    request.send(&body).is_ok()
}

fn mail(edge: &Edge, tenant: &Tenant, to: &[String], notice: &Notice) -> bool {
    let Some(mail) = &edge.config.mail else {
        return true;
    };
    let (name, id, role) = (&tenant.name, &notice.id, plain(&notice.role));
    let console = mail.console.as_deref().unwrap_or("");
    let lines = format!(
        "Eine Freigabe wartet: Mandant {name}, Rolle {role}, Nummer {id}.\n\
         Bitte in der Konsole ansehen und entscheiden. {console}\n\n\
         An approval waits: tenant {name}, role {role}, number {id}.\n\
         Please look at it in the console, and decide. {console}\n"
    );
    let subject = format!("Riegel: Freigabe wartet / approval waits ({name})");
    super::mail::send(mail, to, &subject, &lines).is_ok()
}

/// A role is a word of the policy's author: no line of it begins another.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(64).collect()
}
