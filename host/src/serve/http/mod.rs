//! HTTP: who asks, may they, and what then.
//!
//! Every route stands in [`router`]; `openapi.json` beside this file describes them, and a test
//! holds the two together. A handler first knows who asks ([`Edge::who`]), then whether they may,
//! then whether the tenant has room; only then is a body read.
//!
//! | file | idea |
//! | --- | --- |
//! | `listen`, `stream`, `certificates` | connections, limits on them, the end; TLS |
//! | `body`, `read` | so many bytes in so much time; addresses into types |
//! | `refusal` | RFC 9457 |
//! | `decide`, `answer` | events in, decisions out |
//! | `foreign`, `envoy` | the same asked in other words: AuthZEN, nginx, Envoy |
//! | `versions`, `approvals`, `admin` | what people do |
//! | `pages` | health, metrics, the description, the console |

mod admin;
pub mod answer;
mod approvals;
pub mod body;
mod certificates;
pub mod decide;
mod envoy;
mod foreign;
pub mod listen;
mod pages;
mod read;
pub mod refusal;
mod stream;
mod versions;

use super::people::api_keys::Refused;
use super::people::{Principal, Role};
use super::tenants::Tenant;
use super::{Edge, traces};
use axum::Router;
use axum::http::{HeaderMap, header};
use axum::routing::{any, get, post};
use refusal::Refusal;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Whence a request comes.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// All routes.
pub fn router(edge: Arc<Edge>) -> Router {
    let tenant = Router::new()
        .route(
            "/",
            get(admin::settings)
                .put(admin::set_up)
                .delete(admin::take_away),
        )
        .route("/decide", post(decide::one))
        .route("/decide/batch", post(decide::batch))
        .route("/access/v1/evaluation", post(foreign::authzen))
        .route("/authorize", any(foreign::nginx))
        .route("/policy", get(versions::policy))
        .route("/module", get(versions::module))
        .route("/versions", get(versions::list).post(versions::give))
        .route("/versions/{number}/activate", post(versions::activate))
        .route("/versions/{number}/changes", get(versions::changes))
        .route("/versions/{number}/simulation", post(versions::simulate))
        .route("/approvals", get(approvals::list).post(approvals::ask))
        .route("/approvals/{id}", get(approvals::one))
        .route("/approvals/{id}/excerpt", get(approvals::excerpt))
        .route("/approvals/{id}/decision", post(approvals::decide))
        .route("/audit", get(admin::audit))
        .route("/audit/verify", get(admin::verify))
        .route("/statistics", get(admin::statistics))
        .route("/erase", post(admin::erase));
    let around = axum::middleware::from_fn_with_state(edge.clone(), traces::around);
    let traced = edge.tracer.is_some();
    let router = Router::new()
        .route("/", get(pages::home))
        .route("/console/{file}", get(pages::console))
        .route("/healthz", get(pages::alive))
        .route("/readyz", get(pages::ready))
        .route("/metrics", get(pages::metrics))
        .route("/openapi.json", get(pages::description))
        .route("/v1/me", get(admin::me))
        .route("/v1/tenants", get(admin::tenants))
        .route("/v1/keys", get(admin::keys).post(admin::make_key))
        .route("/v1/keys/{id}", axum::routing::delete(admin::revoke_key))
        .route(
            "/envoy.service.auth.v3.Authorization/Check",
            post(envoy::check),
        )
        .route(
            "/envoy.service.ext_proc.v3.ExternalProcessor/Process",
            post(envoy::process),
        )
        .nest("/v1/tenants/{tenant}", tenant)
        .fallback(|| async { Refusal::nothing("address") })
        .method_not_allowed_fallback(pages::other_method)
        .with_state(edge);
    // Whoever wants no traces does not pay for them.
    if traced { router.layer(around) } else { router }
}

impl Edge {
    /// Who asks?
    pub async fn who(
        &self,
        headers: &HeaderMap,
        peer: Option<&Peer>,
    ) -> Result<Principal, Refusal> {
        let Some(given) = headers.get(header::AUTHORIZATION) else {
            return if self.is_open_to(headers, peer) {
                Ok(Principal::local())
            } else {
                Err(self.unknown())
            };
        };
        let token = given.to_str().ok().and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        let Some(token) = token else {
            return Err(self.unknown());
        };
        match self.keys.recognise(token).await {
            Ok(principal) => {
                // Somebody has set up keys.
                self.open.store(false, Relaxed);
                return Ok(principal);
            }
            Err(Refused::Later(wait)) => return Err(Refusal::guessed(wait)),
            Err(Refused::Store(problem)) => return Err(problem.into()),
            Err(Refused::Unknown) => {}
        }
        self.tokens
            .recognise(token)
            .await
            .ok_or_else(|| self.unknown())
    }

    fn unknown(&self) -> Refusal {
        self.counters.unauthenticated.fetch_add(1, Relaxed);
        Refusal::who()
    }

    /// Programs on this machine may ask for decisions while nobody has set up keys. A page in a
    /// browser is none: it would have to name a host that it is not (DNS rebinding), and a proxy
    /// in front would say whom it speaks for.
    fn is_open_to(&self, headers: &HeaderMap, peer: Option<&Peer>) -> bool {
        let local_name = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .is_some_and(|host| {
                let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
                ["localhost", "127.0.0.1", "[::1]"].contains(&name)
            });
        let proxied = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
        let direct = !proxied.iter().any(|name| headers.contains_key(*name));
        let same_site = headers
            .get("sec-fetch-site")
            .is_none_or(|site| site == "same-origin" || site == "none");
        self.open.load(Relaxed)
            && local_name
            && direct
            && same_site
            && peer.is_some_and(|peer| peer.0.ip().is_loopback())
    }

    /// The tenant, for somebody who may. Who has no right at a tenant learns nothing about it,
    /// not even whether it is there.
    pub fn tenant_for(
        &self,
        who: &Principal,
        name: &str,
        role: Role,
    ) -> Result<Arc<Tenant>, Refusal> {
        if !who.may(name, role) {
            return Err(Refusal::may_not());
        }
        self.tenants
            .get(name)
            .ok_or_else(|| Refusal::nothing("tenant"))
    }

    /// Both at once.
    pub async fn enter(
        &self,
        headers: &HeaderMap,
        peer: Option<&Peer>,
        tenant: &str,
        role: Role,
    ) -> Result<(Principal, Arc<Tenant>), Refusal> {
        let who = self.who(headers, peer).await?;
        let tenant = self.tenant_for(&who, tenant, role)?;
        Ok((who, tenant))
    }
}
