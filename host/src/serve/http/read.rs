//! Places and questions in an address, read into types. What does not fit is refused like
//! everything else: with a code, and without a piece of what was sent.

use super::refusal::Refusal;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

/// What stands in the path, such as the tenant.
pub struct At<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for At<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let read = Path::<T>::from_request_parts(parts, state).await;
        read.map(|Path(value)| At(value))
            .map_err(|_| Refusal::nothing("address"))
    }
}

/// What stands behind the question mark.
pub struct Asked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Asked<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let read = Query::<T>::from_request_parts(parts, state).await;
        read.map(|Query(value)| Asked(value)).map_err(|_| {
            Refusal::malformed(
                "what stands behind the question mark cannot be read",
                "`/openapi.json` describes it",
            )
        })
    }
}
