//! Connections: taken, limited, ended.
//!
//! A connection that is too many is closed at once. A head that is too large, too slow, or has too
//! many lines is refused by hyper before anything of ours sees it. When the host stops, it takes
//! no more connections and lets the requests that are running come to their end.

use super::Peer;
use super::certificates::Certificates;
use super::stream::{FirstBytes, Rest};
use crate::errors::Problem;
use crate::serve::Edge;
use crate::serve::config::HostLimits;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Version, header};
use axum::response::Response;
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

/// Most lines of a request's head.
const HEADERS: usize = 100;
/// Most requests of one HTTP/2 connection at the same time.
const STREAMS: u32 = 128;

/// Bytes of a body that nobody wanted which are still read.
const DRAIN: usize = 256 << 10;
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// Serves until `stop` ends.
pub async fn serve(
    edge: Arc<Edge>,
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
) -> Result<(), Problem> {
    let tls = match &edge.config.tls {
        Some(tls) => Some(Arc::new(Certificates::read(tls)?)),
        None => None,
    };
    let renewal = tls.clone().map(|tls| tokio::spawn(tls.watch(edge.clone())));
    let limits = edge.config.limits.clone();
    let places = Arc::new(Semaphore::new(limits.connections.max(1)));
    let (end, ending) = watch::channel(false);
    tokio::pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            () = &mut stop => break,
            taken = listener.accept() => match taken {
                Ok(taken) => taken,
                // No more files, or a peer that left: go on, but not in a circle.
                Err(_) => {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    continue;
                }
            },
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            edge.counters.connections_refused.fetch_add(1, Relaxed);
            continue;
        };
        let _ = stream.set_nodelay(true);
        let tls = tls.as_ref().map(|tls| tls.acceptor());
        let (edge, router, limits) = (edge.clone(), router.clone(), limits.clone());
        let ending = ending.clone();
        tokio::spawn(async move {
            edge.counters.connections.fetch_add(1, Relaxed);
            match tls {
                None => connection(stream, Peer(peer), router, &limits, ending).await,
                Some(tls) => {
                    let handshake = tokio::time::timeout(limits.header_time(), tls.accept(stream));
                    if let Ok(Ok(stream)) = handshake.await {
                        connection(stream, Peer(peer), router, &limits, ending).await;
                    }
                }
            }
            edge.counters.connections.fetch_sub(1, Relaxed);
            drop(place);
        });
    }
    drop(listener);
    if let Some(renewal) = renewal {
        renewal.abort();
    }
    let _ = end.send(true);
    drop(ending);
    let patience = Duration::from_secs(edge.config.limits.stop_seconds);
    let all = u32::try_from(edge.config.limits.connections.max(1)).unwrap_or(u32::MAX);
    // Whoever is still running after this is cut off.
    let _ = tokio::time::timeout(patience, places.acquire_many(all)).await;
    Ok(())
}

async fn connection<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    peer: Peer,
    router: Router,
    limits: &HostLimits,
    mut ending: watch::Receiver<bool>,
) {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time())
        .max_headers(HEADERS)
        .max_buf_size(limits.header_bytes.max(8 << 10));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(limits.header_bytes).unwrap_or(16 << 10))
        .keep_alive_interval(limits.header_time())
        .keep_alive_timeout(limits.header_time());
    let running = Arc::new(Running::default());
    let counted = running.clone();
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let turn = Turn::begin(&counted, request.version());
        let answer = answer(router.clone(), peer, request);
        async move { answer.await.map(|response| turn.until_sent(response)) }
    });
    let stream = FirstBytes::new(stream, limits.header_time());
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = ending.changed() => {}
        () = running.rests(limits.header_time() * 2) => {
            connection.as_mut().graceful_shutdown();
            let _ = tokio::time::timeout(limits.header_time(), connection).await;
            return;
        }
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

/// What runs on a connection. hyper ends HTTP/1 connections on which no head comes; HTTP/2 stays for
/// whoever answers pings.
#[derive(Default)]
struct Running {
    requests: AtomicUsize,
    /// Requests that have begun, so that one between two looks is seen.
    begun: AtomicUsize,
    /// Does it speak HTTP/1?
    one_by_one: AtomicBool,
}

impl Running {
    /// Waits until an HTTP/2 connection has had nothing to do for so long.
    async fn rests(&self, time: Duration) {
        let mut begun = self.begun.load(Relaxed);
        let mut since = Instant::now();
        loop {
            tokio::time::sleep_until(since + time).await;
            let now = self.begun.load(Relaxed);
            if self.one_by_one.load(Relaxed) {
                return std::future::pending().await;
            }
            if now == begun && self.requests.load(Relaxed) == 0 {
                return;
            }
            (begun, since) = (now, Instant::now());
        }
    }
}

/// A request that runs; over HTTP/2 until its answer is sent or nobody wants it any more.
struct Turn(Option<Arc<Running>>);

impl Turn {
    fn begin(running: &Arc<Running>, version: Version) -> Self {
        if version < Version::HTTP_2 {
            running.one_by_one.store(true, Relaxed);
            return Turn(None);
        }
        running.begun.fetch_add(1, Relaxed);
        running.requests.fetch_add(1, Relaxed);
        Turn(Some(running.clone()))
    }

    fn until_sent(self, response: Response) -> Response {
        if self.0.is_none() {
            return response;
        }
        response.map(|body| axum::body::Body::new(Sending { body, _turn: self }))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(running) = &self.0 {
            running.requests.fetch_sub(1, Relaxed);
        }
    }
}

/// An answer on its way.
struct Sending {
    body: axum::body::Body,
    _turn: Turn,
}

impl Body for Sending {
    type Data = <axum::body::Body as Body>::Data;
    type Error = <axum::body::Body as Body>::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Answers one request. A body that nobody read is read to its end, if that is near: a client that
/// is still sending when it is refused would find the connection closed and hear nothing.
async fn answer(
    mut router: Router,
    peer: Peer,
    request: hyper::Request<Incoming>,
) -> Result<Response, Infallible> {
    let one_by_one = request.version() < Version::HTTP_2;
    let (head, body) = request.into_parts();
    let rest = Rest::new(body);
    let mut request = Request::from_parts(head, axum::body::Body::new(rest.clone()));
    request.extensions_mut().insert(peer);
    let mut response = tower_service::Service::call(&mut router, request).await?;
    if one_by_one && !rest.is_end_stream() {
        let near = Limited::new(rest, DRAIN).collect();
        if !matches!(tokio::time::timeout(DRAIN_TIME, near).await, Ok(Ok(_))) {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
    }
    Ok(response)
}
