//! What is answered when something is not done: problem details (RFC 9457) with a stable code,
//! the place, and the next step. Never a piece of the request's content.

use crate::errors::{self, Problem};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::time::Duration;

/// A refusal.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    problems: Vec<Problem>,
    wait: Option<Duration>,
}

impl Refusal {
    /// With a status.
    pub fn new(status: StatusCode, problem: Problem) -> Self {
        Refusal {
            status,
            problems: vec![problem],
            wait: None,
        }
    }

    /// The request cannot be read.
    pub fn bad(problem: Problem) -> Self {
        Refusal::new(StatusCode::BAD_REQUEST, problem)
    }

    /// The request cannot be read, for several reasons.
    pub fn all(problems: Vec<Problem>) -> Self {
        Refusal {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            problems,
            wait: None,
        }
    }

    /// Nobody that we know.
    pub fn who() -> Self {
        let problem = Problem::new(&errors::WHO, "no key, or one that is not known")
            .help("send `Authorization: Bearer …` with an API key or a token");
        Refusal::new(StatusCode::UNAUTHORIZED, problem)
    }

    /// Somebody that may not.
    pub fn may_not() -> Self {
        let problem = Problem::new(&errors::MAY_NOT, "this key has no right to do that here")
            .help("ask an administrator of the tenant for the role");
        Refusal::new(StatusCode::FORBIDDEN, problem)
    }

    /// Nothing is there.
    pub fn nothing(what: &str) -> Self {
        let problem = Problem::new(&errors::NOTHING, format!("there is no such {what}"))
            .help("check the address; `/openapi.json` lists what there is");
        Refusal::new(StatusCode::NOT_FOUND, problem)
    }

    /// Later.
    pub fn later(wait: Duration) -> Self {
        Refusal::wait(wait, "more requests than this tenant may send")
    }

    /// Later, because somebody guesses.
    pub fn guessed(wait: Duration) -> Self {
        Refusal::wait(wait, "too many wrong secrets were tried for this key's id")
    }

    fn wait(wait: Duration, message: &str) -> Self {
        let problem =
            Problem::new(&errors::LATER, message).help("wait as long as `Retry-After` says");
        Refusal {
            wait: Some(wait),
            ..Refusal::new(StatusCode::TOO_MANY_REQUESTS, problem)
        }
    }

    /// It contradicts how things stand.
    pub fn conflict(message: &str, help: &str) -> Self {
        let problem = Problem::new(&errors::CONFLICT, message).help(help);
        Refusal::new(StatusCode::CONFLICT, problem)
    }

    /// A request that is not as the description says.
    pub fn malformed(message: &str, help: &str) -> Self {
        Refusal::bad(Problem::new(&errors::REQUEST, message).help(help))
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<Problem> for Refusal {
    /// What the host itself could not do.
    fn from(problem: Problem) -> Self {
        let status = if problem.kind == &errors::STORE || problem.kind == &errors::UNWRITABLE {
            StatusCode::SERVICE_UNAVAILABLE
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        Refusal::new(status, problem)
    }
}

impl Refusal {
    /// The body.
    pub fn json(&self) -> serde_json::Value {
        let first = self.problems.first();
        let mut body = json!({
            "type": first.map(|p| format!("urn:riegel:error:{}", p.kind.id)),
            "title": first.map(|p| p.kind.title),
            "status": self.status.as_u16(),
            "detail": first.map(|p| p.message.as_str()),
            "code": first.map(|p| p.kind.id),
            "help": first.and_then(|p| p.help.as_deref()),
        });
        let placed = self.problems.iter().any(|p| !p.place.is_empty());
        if let Some(object) = body.as_object_mut()
            && (self.problems.len() > 1 || placed)
        {
            let all: Vec<_> = self.problems.iter().map(Problem::to_json).collect();
            object.insert("errors".to_owned(), json!(all));
        }
        body
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.json().to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"riegel\""),
            );
        }
        if let Some(wait) = self.wait {
            let seconds = wait.as_secs_f64().ceil().max(1.0) as u64;
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
