//! Development only.
use riegel::check::Resolver;
struct Disk;
fn root() -> String {
    std::env::var("LIBROOT").unwrap_or("/tmp/libcopy".into())
}
impl Resolver for Disk {
    fn resolve(&self, path: &str) -> Option<String> {
        let (a, b) = path.split_once('.')?;
        std::fs::read_to_string(format!("{}/{a}/{b}.riegel", root())).ok()
    }
    fn names(&self) -> Vec<String> {
        Vec::new()
    }
    fn file(&self, _from: &str, path: &str) -> Option<String> {
        std::fs::read_to_string(format!("{}/lib/{path}", root())).ok()
    }
}
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let text = std::fs::read_to_string(&a[1]).unwrap();
    let t = std::time::Instant::now();
    let all = riegel::check::Options {
        today: None,
        all_detectors: std::env::var("ALL").is_ok(),
    };
    let checked = riegel::check::check("dev", &text, &Disk, &all);
    eprintln!("checked {:.0} ms", t.elapsed().as_secs_f64() * 1e3);
    for d in checked.diagnostics.iter().filter(|d| d.is_error()) {
        eprintln!("{} {:?}", d.message, d.place);
    }
    let policy = checked.policy.unwrap();
    let t = std::time::Instant::now();
    match riegel::compile::compile(&policy, riegel::emit::KERNEL) {
        Ok(m) => {
            eprintln!(
                "compiled {:.0} ms, {} bytes",
                t.elapsed().as_secs_f64() * 1e3,
                m.wasm.len()
            );
            std::fs::write(&a[2], m.wasm).unwrap();
        }
        Err(p) => {
            for d in p {
                eprintln!("{} {:?}", d.message, d.place);
            }
        }
    }
}
