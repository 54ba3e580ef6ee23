//! `envoy.service.ext_proc.v3.ExternalProcessor/Process`: one stream per request through Envoy.
//!
//! Envoy sends headers, then the buffered body, of the request and then of the response; each is
//! answered by *go on* or by an answer in the upstream's place. Where Envoy sends pieces, of which each
//! alone would look harmless, or no body at all, the request is refused: at its headers, if Envoy says
//! how it will send the body, so that nothing reaches the upstream; else at the first piece.

use super::messages::{
    Answer, BUFFERED, Empty, HeaderMutation, HttpBody, HttpHeaders, HttpStatus, Immediate, NONE,
    Phase, ProcessingRequest, ProcessingResponse, Protocol, header,
};
use super::{Caller, MESSAGE, refusal_as_status, status, unreadable};
use crate::serve::Edge;
use crate::serve::http::Peer;
use crate::serve::http::refusal::Refusal;
use axum::extract::{Extension, Request, State};
use axum::response::Response;
use riegel::syntax::ast::Verdict;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::server::{Grpc, StreamingService};
use tonic::{Status, Streaming};

struct Process {
    edge: Arc<Edge>,
    caller: Option<Caller>,
}

/// `POST /envoy.service.ext_proc.v3.ExternalProcessor/Process`
pub async fn process(
    State(edge): State<Arc<Edge>>,
    peer: Option<Extension<Peer>>,
    request: Request,
) -> Response {
    let peer = peer.map(|Extension(peer)| peer);
    let caller = match Caller::of(&edge, request.headers().clone(), peer.as_ref()).await {
        Ok(caller) => Some(caller),
        Err(refusal) => return refusal_as_status(&refusal).into_http(),
    };
    let codec = tonic_prost::ProstCodec::<ProcessingResponse, ProcessingRequest>::default();
    let mut grpc = Grpc::new(codec).max_decoding_message_size(MESSAGE);
    let answer = grpc.streaming(Process { edge, caller }, request).await;
    answer.map(axum::body::Body::new)
}

type Answers = ReceiverStream<Result<ProcessingResponse, Status>>;

impl StreamingService<ProcessingRequest> for Process {
    type Response = ProcessingResponse;
    type ResponseStream = Answers;
    type Future = Pin<Box<dyn Future<Output = Result<tonic::Response<Answers>, Status>> + Send>>;

    fn call(&mut self, request: tonic::Request<Streaming<ProcessingRequest>>) -> Self::Future {
        let (edge, caller) = (self.edge.clone(), self.caller.take());
        Box::pin(async move {
            let caller = caller.ok_or_else(|| Status::internal("asked twice"))?;
            let mut messages = request.into_inner();
            let (sender, receiver) = mpsc::channel(4);
            tokio::spawn(async move {
                let mut exchange = Exchange::default();
                while let Ok(Some(message)) = messages.message().await {
                    if message.protocol.is_some() {
                        exchange.protocol = message.protocol;
                    }
                    let Some(phase) = message.phase else { continue };
                    let answer = exchange.answer(&edge, &caller, phase).await;
                    let last = answer.is_err();
                    let answer = ProcessingResponse {
                        answer: Some(answer.unwrap_or_else(Answer::Immediate)),
                    };
                    if sender.send(Ok(answer)).await.is_err() || last {
                        return;
                    }
                }
            });
            Ok(tonic::Response::new(ReceiverStream::new(receiver)))
        })
    }
}

/// What is known of one request through Envoy.
#[derive(Default)]
struct Exchange {
    protocol: Option<Protocol>,
    host: String,
    compressed: bool,
    /// What the body calls itself.
    kind: String,
    bodies: [bool; 2],
}

impl Exchange {
    async fn answer(
        &mut self,
        edge: &Edge,
        caller: &Caller,
        phase: Phase,
    ) -> Result<Answer, Immediate> {
        Ok(match phase {
            Phase::RequestHeaders(headers) => {
                self.host = value(&headers, ":authority")
                    .or_else(|| value(&headers, "host"))
                    .unwrap_or_default();
                self.compressed = is_compressed(&headers);
                self.kind = value(&headers, "content-type").unwrap_or_default();
                if headers.end_of_stream {
                    self.decide(edge, caller, None).await?;
                } else if self.protocol.is_some_and(|p| p.request_body != BUFFERED) {
                    return Err(refuse("the body is not sent as a whole (`BUFFERED`)"));
                }
                Answer::RequestHeaders(Empty {})
            }
            Phase::ResponseHeaders(headers) => {
                self.compressed = is_compressed(&headers);
                self.kind = value(&headers, "content-type").unwrap_or_default();
                // Who asks for no answers has chosen so.
                let whole = |p: Protocol| matches!(p.response_body, BUFFERED | NONE);
                if !headers.end_of_stream && !self.protocol.is_none_or(whole) {
                    return Err(refuse("the answer is not sent as a whole (`BUFFERED`)"));
                }
                Answer::ResponseHeaders(Empty {})
            }
            Phase::RequestBody(body) => {
                self.body(edge, caller, &body, 0).await?;
                Answer::RequestBody(Empty {})
            }
            Phase::ResponseBody(body) => {
                self.body(edge, caller, &body, 1).await?;
                Answer::ResponseBody(Empty {})
            }
            Phase::RequestTrailers(_) => Answer::RequestTrailers(Empty {}),
            Phase::ResponseTrailers(_) => Answer::ResponseTrailers(Empty {}),
        })
    }

    async fn body(
        &mut self,
        edge: &Edge,
        caller: &Caller,
        body: &HttpBody,
        way: usize,
    ) -> Result<(), Immediate> {
        let again = self
            .bodies
            .get_mut(way)
            .map(|seen| std::mem::replace(seen, true));
        if again != Some(false) || !body.end_of_stream {
            return Err(refuse("the body comes in pieces"));
        }
        if self.compressed && !body.body.is_empty() {
            return Err(refuse("the body is compressed"));
        }
        let direction = if way == 0 { "outbound" } else { "inbound" };
        self.decide(edge, caller, Some((&body.body, direction, &self.kind)))
            .await
    }

    async fn decide(
        &self,
        edge: &Edge,
        caller: &Caller,
        content: Option<(&[u8], &str, &str)>,
    ) -> Result<(), Immediate> {
        match caller.decide(edge, &self.host, content).await {
            Ok(decided) if decided.effective <= Verdict::Warn => Ok(()),
            Ok(decided) => Err(stop(403, decided.json, decided.effective.as_str())),
            Err(refusal) => Err(refused(&refusal)),
        }
    }
}

fn value(headers: &HttpHeaders, name: &str) -> Option<String> {
    let all = headers.headers.as_ref()?;
    let found = all.headers.iter().find(|header| header.key == name)?;
    Some(match found.raw_value.is_empty() {
        true => found.value.clone(),
        false => String::from_utf8_lossy(&found.raw_value).into_owned(),
    })
}

fn is_compressed(headers: &HttpHeaders) -> bool {
    value(headers, "content-encoding").is_some_and(|coding| coding != "identity")
}

fn refuse(why: &str) -> Immediate {
    refused(&unreadable(why))
}

fn refused(refusal: &Refusal) -> Immediate {
    stop(status(refusal), refusal.json().to_string(), "block")
}

fn stop(status: i32, body: String, verdict: &str) -> Immediate {
    Immediate {
        status: Some(HttpStatus { code: status }),
        headers: Some(HeaderMutation {
            set: vec![
                header("riegel-verdict", verdict),
                header("content-type", "application/json"),
            ],
        }),
        body: body.into_bytes(),
        details: "riegel".to_owned(),
    }
}
