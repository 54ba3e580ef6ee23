//! A server of a few fixed files, for one person on one machine.
//!
//! It reads the head of a request, a path out of a list, and nothing more: no file system, no body, no
//! state. Whoever listens on a port of one's own machine is still reached by every page that is open in
//! a browser there, so a request must name this address as its host (else another page's name could be
//! pointed here), and nothing may frame what is served.

use riegel::library::Library;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Longest head of a request.
const LONGEST_HEAD: u64 = 16 << 10;
/// Connections at a time; a browser opens six.
const MOST_CONNECTIONS: usize = 32;
/// How long a request may take to arrive, and an answer to leave.
const PATIENCE: Duration = Duration::from_secs(10);

const PAGE: &str = include_str!("../../../../www/playground/built/index.html");
/// What stands in the page where the number of its answer belongs.
const NONCE: &str = "{{nonce}}";

/// Path, type, bytes.
type File = (&'static str, &'static str, &'static [u8]);

macro_rules! files {
    ($($name:literal $mime:literal)*) => {
        /// Everything but the page itself and the library, packed with gzip.
        const FILES: &[File] = &[$((
            concat!("/", $name),
            $mime,
            include_bytes!(concat!("../../../../www/playground/built/", $name, ".gz")),
        )),*];
    };
}

files! {
    "index.js" "text/javascript; charset=utf-8"
    "worker.js" "text/javascript; charset=utf-8"
    "core.js" "text/javascript; charset=utf-8"
    "no-library.js" "text/javascript; charset=utf-8"
    "packed-module.js" "text/javascript; charset=utf-8"
    "index.css" "text/css; charset=utf-8"
    "icon.svg" "image/svg+xml"
    "licences.txt" "text/plain; charset=utf-8"
}

/// Answers until the listener fails.
pub fn serve(listener: &TcpListener, port: u16) -> io::Result<()> {
    static OPEN: AtomicUsize = AtomicUsize::new(0);
    for stream in listener.incoming() {
        let stream = match stream {
            Ok(stream) => stream,
            // Whoever called has hung up already.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
            Err(error) => return Err(error),
        };
        if OPEN.fetch_add(1, Ordering::Relaxed) >= MOST_CONNECTIONS {
            OPEN.fetch_sub(1, Ordering::Relaxed);
            continue;
        }
        std::thread::spawn(move || {
            // A browser that goes away in the middle is nobody's problem.
            let _ = answer(stream, port);
            OPEN.fetch_sub(1, Ordering::Relaxed);
        });
    }
    Ok(())
}

fn answer(mut stream: TcpStream, port: u16) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let head = head(&stream)?;
    let mut lines = head.lines();
    let mut request = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (request.next(), request.next().unwrap_or_default());
    let host = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("host"))
        .map_or("", |(_, value)| value.trim());
    let path = target.split('?').next().unwrap_or_default();
    let ours = ["127.0.0.1", "localhost"]
        .iter()
        .any(|name| host == format!("{name}:{port}"));
    let reply = match method {
        _ if !ours => Reply::text(
            "421 Misdirected Request",
            "this page is at http://127.0.0.1\n",
        ),
        Some("GET" | "HEAD") => Reply::of(path),
        _ => Reply::text("405 Method Not Allowed", "only GET\n"),
    };
    reply.write(&mut stream, method == Some("HEAD"))
}

/// The lines up to the empty one.
fn head(stream: &TcpStream) -> io::Result<String> {
    let mut reader = BufReader::new(stream.take(LONGEST_HEAD));
    let mut head = String::new();
    while reader.read_line(&mut head)? > 0 && !head.ends_with("\r\n\r\n") && !head.ends_with("\n\n")
    {
    }
    Ok(head)
}

/// What is sent back.
struct Reply {
    status: &'static str,
    mime: &'static str,
    nonce: String,
    packed: bool,
    body: Body,
}

enum Body {
    Fixed(&'static [u8]),
    Made(String),
}

impl Reply {
    fn text(status: &'static str, text: &'static str) -> Self {
        Reply {
            status,
            mime: "text/plain; charset=utf-8",
            nonce: String::new(),
            packed: false,
            body: Body::Fixed(text.as_bytes()),
        }
    }

    fn of(path: &str) -> Self {
        let mut reply = Reply::text("200 OK", "");
        match path {
            "/" | "/index.html" => {
                reply.nonce = nonce();
                reply.mime = "text/html; charset=utf-8";
                reply.body = Body::Made(PAGE.replace(NONCE, &reply.nonce));
            }
            "/library.bin" => {
                reply.mime = "application/octet-stream";
                reply.body = Body::Fixed(library());
            }
            path => match FILES.iter().find(|(name, _, _)| *name == path) {
                Some((_, mime, bytes)) => {
                    (reply.mime, reply.packed) = (mime, true);
                    reply.body = Body::Fixed(bytes);
                }
                None => return Reply::text("404 Not Found", "there is no such file\n"),
            },
        }
        reply
    }

    fn write(&self, stream: &mut TcpStream, head_only: bool) -> io::Result<()> {
        let body = match &self.body {
            Body::Fixed(bytes) => bytes,
            Body::Made(text) => text.as_bytes(),
        };
        let packed = if self.packed {
            "Content-Encoding: gzip\r\n"
        } else {
            ""
        };
        let style = match self.nonce.as_str() {
            "" => String::new(),
            nonce => format!(" 'nonce-{nonce}'"),
        };
        // The editor writes its style sheet into the page; nothing else may, and nothing reaches out.
        let policy = format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
             style-src 'self'{style}; img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'"
        );
        write!(
            stream,
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{packed}\
             Content-Security-Policy: {policy}\r\nX-Content-Type-Options: nosniff\r\n\
             Referrer-Policy: no-referrer\r\nCross-Origin-Opener-Policy: same-origin\r\n\
             Cross-Origin-Resource-Policy: same-origin\r\nCache-Control: no-cache\r\n\
             Connection: close\r\n\r\n",
            self.status,
            self.mime,
            body.len(),
        )?;
        if !head_only {
            stream.write_all(body)?;
        }
        stream.flush()
    }
}

/// A number for one answer. Without randomness the page still works, but for the editor's colours.
fn nonce() -> String {
    let mut bytes = [0; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Err(_) => String::new(),
    }
}

/// The library, as the page's compiler takes it.
fn library() -> &'static [u8] {
    static ARCHIVE: OnceLock<Vec<u8>> = OnceLock::new();
    ARCHIVE.get_or_init(Library::archive)
}
