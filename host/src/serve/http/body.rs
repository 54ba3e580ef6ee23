//! Bodies: so many bytes, in so much time.

use super::refusal::Refusal;
use crate::errors::{self, Problem};
use axum::body::Body;
use axum::http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Reads a whole body.
pub async fn read(body: Body, most: usize, time: Duration) -> Result<Vec<u8>, Refusal> {
    let too_large = || {
        Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            Problem::new(
                &errors::BODY,
                format!("the body is longer than {most} bytes"),
            )
            .help("split the content, or raise `body_bytes` of the tenant"),
        )
    };
    let says = http_body::Body::size_hint(&body).lower();
    if says > most as u64 {
        return Err(too_large());
    }
    match tokio::time::timeout(time, Limited::new(body, most).collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes().to_vec()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Refusal::bad(
            Problem::new(&errors::BODY, "the body ended too early").help("send it again"),
        )),
        Err(_) => Err(Refusal::new(
            StatusCode::REQUEST_TIMEOUT,
            Problem::new(&errors::BODY, "the body took too long").help("send it again, faster"),
        )),
    }
}

/// A body as text.
pub fn text(bytes: Vec<u8>) -> Result<String, Refusal> {
    String::from_utf8(bytes).map_err(|_| {
        Refusal::bad(
            Problem::new(&errors::EVENT_JSON, "the body is not UTF-8 text")
                .help("JSON is always UTF-8"),
        )
    })
}

/// A small JSON body of the given shape.
pub async fn json<T: DeserializeOwned>(body: Body, time: Duration) -> Result<T, Refusal> {
    let bytes = read(body, 64 << 10, time).await?;
    serde_json::from_slice(&bytes).map_err(|error| {
        // serde repeats values in some of its messages; the place is enough.
        let place = format!("line {}, column {}", error.line(), error.column());
        Refusal::bad(
            Problem::new(
                &errors::REQUEST,
                "the body is not the JSON that is expected here",
            )
            .at(place)
            .help("`/openapi.json` describes it"),
        )
    })
}
