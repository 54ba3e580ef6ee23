//! `envoy.service.auth.v3.Authorization/Check`

use super::messages::{
    Allowed, CheckRequest, CheckResponse, Denied, HeaderOption, HttpStatus, RpcStatus, text_header,
};
use super::{Caller, MESSAGE, refusal_as_status, status, unreadable};
use crate::serve::Edge;
use crate::serve::http::Peer;
use crate::serve::http::decide::Decided;
use crate::serve::http::refusal::Refusal;
use axum::extract::{Extension, Request, State};
use axum::response::Response;
use riegel::syntax::ast::Verdict;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use tonic::server::{Grpc, UnaryService};

/// gRPC's codes for *fine* and *may not*.
const OK: i32 = 0;
const PERMISSION_DENIED: i32 = 7;

struct Check {
    edge: Arc<Edge>,
    caller: Option<Caller>,
}

/// `POST /envoy.service.auth.v3.Authorization/Check`
pub async fn check(
    State(edge): State<Arc<Edge>>,
    peer: Option<Extension<Peer>>,
    request: Request,
) -> Response {
    let peer = peer.map(|Extension(peer)| peer);
    let caller = match Caller::of(&edge, request.headers().clone(), peer.as_ref()).await {
        Ok(caller) => Some(caller),
        Err(refusal) => return refusal_as_status(&refusal).into_http(),
    };
    let codec = tonic_prost::ProstCodec::<CheckResponse, CheckRequest>::default();
    let mut grpc = Grpc::new(codec).max_decoding_message_size(MESSAGE);
    let answer = grpc.unary(Check { edge, caller }, request).await;
    answer.map(axum::body::Body::new)
}

type Answered<T> = Pin<Box<dyn Future<Output = Result<tonic::Response<T>, tonic::Status>> + Send>>;

impl UnaryService<CheckRequest> for Check {
    type Response = CheckResponse;
    type Future = Answered<CheckResponse>;

    fn call(&mut self, request: tonic::Request<CheckRequest>) -> Self::Future {
        let (edge, caller) = (self.edge.clone(), self.caller.take());
        Box::pin(async move {
            let caller = caller.ok_or_else(|| tonic::Status::internal("asked twice"))?;
            let answer = match decide(&edge, caller, request.into_inner()).await {
                Ok(decided) => answer(&decided),
                Err(refusal) => denied(status(&refusal), refusal.json().to_string(), "block"),
            };
            Ok(tonic::Response::new(answer))
        })
    }
}

async fn decide(
    edge: &Edge,
    mut caller: Caller,
    message: CheckRequest,
) -> Result<Decided, Refusal> {
    let context = message.attributes.unwrap_or_default();
    for (name, value) in &context.context_extensions {
        if let Some(name) = name.strip_prefix("attribute.") {
            let value = crate::serve::http::foreign::plain(&caller.tenant, name, value);
            caller.attributes.insert(name.to_owned(), value);
        }
    }
    let http = context.request.and_then(|request| request.http);
    let http = http.unwrap_or_default();
    let says = |name: &str| http.headers.get(name).map(String::as_str);
    if says("x-envoy-auth-partial-body") == Some("true") {
        return Err(unreadable("the body was cut off"));
    }
    let body = match http.raw_body.is_empty() {
        true => http.body.as_bytes(),
        false => http.raw_body.as_slice(),
    };
    let plain = says("content-encoding").is_none_or(|coding| coding == "identity");
    if !plain && !body.is_empty() {
        return Err(unreadable("the body is compressed"));
    }
    let content =
        (!body.is_empty()).then_some((body, "outbound", says("content-type").unwrap_or_default()));
    caller.decide(edge, &http.host, content).await
}

fn answer(decided: &Decided) -> CheckResponse {
    let verdict = decided.effective.as_str();
    if decided.effective > Verdict::Warn {
        return denied(403, decided.json.clone(), verdict);
    }
    CheckResponse {
        status: Some(RpcStatus { code: OK }),
        denied: None,
        ok: Some(Allowed {
            headers: vec![text_header("riegel-verdict", verdict)],
        }),
    }
}

fn denied(status: i32, body: String, verdict: &str) -> CheckResponse {
    let headers: Vec<HeaderOption> = vec![
        text_header("riegel-verdict", verdict),
        text_header("content-type", "application/json"),
    ];
    CheckResponse {
        status: Some(RpcStatus {
            code: PERMISSION_DENIED,
        }),
        denied: Some(Denied {
            status: Some(HttpStatus { code: status }),
            headers,
            body,
        }),
        ok: None,
    }
}
