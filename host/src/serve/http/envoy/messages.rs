//! The messages that are needed, as the protocol buffers of Envoy's API v3 number them
//! (`envoy/service/auth/v3`, `envoy/service/ext_proc/v3`). Fields that nobody here reads are left
//! out: protocol buffers skip them.

use std::collections::HashMap;

/// `envoy.service.auth.v3.CheckRequest`
#[derive(Clone, PartialEq, prost::Message)]
pub struct CheckRequest {
    #[prost(message, optional, tag = "1")]
    pub attributes: Option<AttributeContext>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct AttributeContext {
    #[prost(message, optional, tag = "4")]
    pub request: Option<Request>,
    #[prost(map = "string, string", tag = "10")]
    pub context_extensions: HashMap<String, String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Request {
    #[prost(message, optional, tag = "2")]
    pub http: Option<HttpRequest>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct HttpRequest {
    #[prost(map = "string, string", tag = "3")]
    pub headers: HashMap<String, String>,
    #[prost(string, tag = "5")]
    pub host: String,
    #[prost(string, tag = "11")]
    pub body: String,
    #[prost(bytes = "vec", tag = "12")]
    pub raw_body: Vec<u8>,
}

/// `envoy.service.auth.v3.CheckResponse`
#[derive(Clone, PartialEq, prost::Message)]
pub struct CheckResponse {
    #[prost(message, optional, tag = "1")]
    pub status: Option<RpcStatus>,
    #[prost(message, optional, tag = "2")]
    pub denied: Option<Denied>,
    #[prost(message, optional, tag = "3")]
    pub ok: Option<Allowed>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct RpcStatus {
    #[prost(int32, tag = "1")]
    pub code: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Denied {
    #[prost(message, optional, tag = "1")]
    pub status: Option<HttpStatus>,
    #[prost(message, repeated, tag = "2")]
    pub headers: Vec<HeaderOption>,
    #[prost(string, tag = "3")]
    pub body: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Allowed {
    #[prost(message, repeated, tag = "2")]
    pub headers: Vec<HeaderOption>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct HttpStatus {
    #[prost(int32, tag = "1")]
    pub code: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct HeaderOption {
    #[prost(message, optional, tag = "1")]
    pub header: Option<Header>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Header {
    #[prost(string, tag = "1")]
    pub key: String,
    #[prost(string, tag = "2")]
    pub value: String,
    #[prost(bytes = "vec", tag = "3")]
    pub raw_value: Vec<u8>,
}

/// `envoy.service.ext_proc.v3.ProcessingRequest`
#[derive(Clone, PartialEq, prost::Message)]
pub struct ProcessingRequest {
    #[prost(oneof = "Phase", tags = "2, 3, 4, 5, 6, 7")]
    pub phase: Option<Phase>,
    /// In the first message of a stream, since Envoy 1.33.
    #[prost(message, optional, tag = "11")]
    pub protocol: Option<Protocol>,
}

/// `envoy.service.ext_proc.v3.ProtocolConfiguration`: how Envoy sends the two bodies
/// (`envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode`).
#[derive(Clone, Copy, PartialEq, prost::Message)]
pub struct Protocol {
    #[prost(int32, tag = "1")]
    pub request_body: i32,
    #[prost(int32, tag = "2")]
    pub response_body: i32,
}

/// The body is not sent.
pub const NONE: i32 = 0;
/// The body is sent whole.
pub const BUFFERED: i32 = 2;

#[derive(Clone, PartialEq, prost::Oneof)]
pub enum Phase {
    #[prost(message, tag = "2")]
    RequestHeaders(HttpHeaders),
    #[prost(message, tag = "3")]
    ResponseHeaders(HttpHeaders),
    #[prost(message, tag = "4")]
    RequestBody(HttpBody),
    #[prost(message, tag = "5")]
    ResponseBody(HttpBody),
    #[prost(message, tag = "6")]
    RequestTrailers(Empty),
    #[prost(message, tag = "7")]
    ResponseTrailers(Empty),
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct HttpHeaders {
    #[prost(message, optional, tag = "1")]
    pub headers: Option<HeaderMap>,
    #[prost(bool, tag = "3")]
    pub end_of_stream: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct HeaderMap {
    #[prost(message, repeated, tag = "1")]
    pub headers: Vec<Header>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct HttpBody {
    #[prost(bytes = "vec", tag = "1")]
    pub body: Vec<u8>,
    #[prost(bool, tag = "2")]
    pub end_of_stream: bool,
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
pub struct Empty {}

/// `envoy.service.ext_proc.v3.ProcessingResponse`
#[derive(Clone, PartialEq, prost::Message)]
pub struct ProcessingResponse {
    #[prost(oneof = "Answer", tags = "1, 2, 3, 4, 5, 6, 7")]
    pub answer: Option<Answer>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
pub enum Answer {
    #[prost(message, tag = "1")]
    RequestHeaders(Empty),
    #[prost(message, tag = "2")]
    ResponseHeaders(Empty),
    #[prost(message, tag = "3")]
    RequestBody(Empty),
    #[prost(message, tag = "4")]
    ResponseBody(Empty),
    #[prost(message, tag = "5")]
    RequestTrailers(Empty),
    #[prost(message, tag = "6")]
    ResponseTrailers(Empty),
    #[prost(message, tag = "7")]
    Immediate(Immediate),
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Immediate {
    #[prost(message, optional, tag = "1")]
    pub status: Option<HttpStatus>,
    #[prost(message, optional, tag = "2")]
    pub headers: Option<HeaderMutation>,
    #[prost(bytes = "vec", tag = "3")]
    pub body: Vec<u8>,
    #[prost(string, tag = "5")]
    pub details: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct HeaderMutation {
    #[prost(message, repeated, tag = "1")]
    pub set: Vec<HeaderOption>,
}

/// One header as ext_authz reads it.
pub fn text_header(key: &str, value: &str) -> HeaderOption {
    HeaderOption {
        header: Some(Header {
            key: key.to_owned(),
            value: value.to_owned(),
            raw_value: Vec::new(),
        }),
    }
}

/// One header as ext_proc reads it.
pub fn header(key: &str, value: &str) -> HeaderOption {
    HeaderOption {
        header: Some(Header {
            key: key.to_owned(),
            value: String::new(),
            raw_value: value.as_bytes().to_vec(),
        }),
    }
}
