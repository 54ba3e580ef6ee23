//! `cargo xtask bench`: the numbers in `docs/benchmarks.md`, measured in one run.
//!
//! Every measuring program is started five times, one process after the other, and the
//! median of the five counts. Before any speed is written, the finding counts are
//! compared: a module that finds something else in V8 than in wasmtime has no speed.

use crate::guard;
use crate::run::{Outcome, ask, output, root, run, say};
use crate::{kernel, node, npm, quality};
use serde_json::Value as Json;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Heading of what `cargo xtask soak` came to: kept as it is.
const LONG_RUNS: &str = "## Long runs";
/// Names what we are measured against.
const OPPONENTS: &str = "tests/bench";
const RUNS: usize = 5;
/// Texts: prose, lines of logs and tables, and the examples of the library one after the other.
const CORPORA: [&str; 4] = ["de", "en", "logs", "dense"];
/// Seconds of hill-climbing per module: ten minutes in all.
const CLIMB: u32 = 300;

/// `cargo xtask bench`
pub fn main(arguments: &[String]) -> Outcome {
    if !arguments.is_empty() {
        return Err("usage: cargo xtask bench".into());
    }
    let node = node::get()?;
    let (target, directory) = (root().join("target/release"), root().join("target/bench"));
    say("building");
    let riegel = quality::scanner()?;
    npm::no_registry(OPPONENTS)?;
    npm::packages(OPPONENTS)?;
    npm::packages(guard::PACKAGE)?;
    npm::script(guard::PACKAGE, &riegel, "build")?;
    run(script("attributes.mjs").arg("write").arg(&directory))?;
    let texts = directory.join("texts");
    run(script("texts.mjs").arg(&texts))?;
    let [thirty, plain, everything] =
        ["thirty", "plain", "everything"].map(|name| directory.join(name).with_extension("wasm"));
    let compile = |policy: &Path, module: &Path| {
        run(Command::new(target.join("riegel"))
            .arg("build")
            .arg(policy)
            .arg("-o")
            .arg(module))
    };
    compile(&root().join("tests/bench/thirty.riegel"), &thirty)?;
    compile(&root().join("tests/bench/everything.riegel"), &everything)?;
    compile(&without_dictionaries(&directory)?, &plain)?;
    let (baseline, packs) = (
        directory.join("baseline.wasm"),
        directory.join("packs.wasm"),
    );
    compile(&root().join("policies/packs/baseline.riegel"), &baseline)?;
    compile(&root().join("policies/examples/everything.riegel"), &packs)?;
    for size in ["rules30", "rules1000"] {
        let policy = directory.join(size);
        compile(
            &policy.with_extension("riegel"),
            &policy.with_extension("wasm"),
        )?;
    }
    say(&format!("measuring, {RUNS} processes each"));
    let native = five(|| {
        let mut command = Command::new(target.join("examples/bench"));
        command.args([&thirty, &plain, &everything]);
        command.arg(root()).arg(&texts);
        command
    })?;
    let v8 = five(|| {
        let mut command = script("scan.mjs");
        command.args([&thirty, &plain, &everything, &texts]);
        command
    })?;
    let attributes = five(|| {
        let mut command = script("attributes.mjs");
        command.arg("run").arg(&directory);
        command
    })?;
    let sixteen = five(|| {
        let mut command = script("packs.mjs");
        command.arg(&baseline).arg(&packs);
        command
    })?;
    let sdk = five(|| {
        let mut command = script("sdk.mjs");
        command.arg(&directory);
        command
    })?;
    let cold = |side: &str| {
        five(|| {
            let mut command = script("cold.mjs");
            command.arg(side).arg(&directory);
            command
        })
    };
    let cold = [cold("riegel")?, cold("cedar")?];
    compare(&native, &v8)?;
    say("compiling the library");
    let mut seconds = Vec::new();
    for _ in 0..RUNS {
        let begun = Instant::now();
        compile(&root().join("tests/bench/everything.riegel"), &everything)?;
        seconds.push(begun.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let compile_s = seconds.get(RUNS / 2).copied().unwrap_or(f64::NAN);
    say("weighing each detector");
    let sizes = output(
        Command::new(target.join("examples/bench"))
            .arg("sizes")
            .arg(root()),
    )?;
    let sizes = serde_json::from_str(&sizes)
        .map_err(|error| format!("a measuring program printed no JSON: {error}"))?;
    same_rules(&cold)?;
    say(&format!(
        "climbing to texts that cost, {CLIMB} seconds per module"
    ));
    let hard = |module: &Path| {
        let text = output(script("hard.mjs").arg(module).arg(CLIMB.to_string()))?;
        serde_json::from_str(&text).map_err(|error| format!("hard.mjs printed no JSON: {error}"))
    };
    let asked = |module: &Path| {
        let mut inspect = Command::new(target.join("riegel"));
        inspect.args(["inspect", "--format", "json"]).arg(module);
        asked_for(&output(&mut inspect)?)
    };
    let mut packed = Vec::new();
    for (name, module, goal) in [
        ("the baseline", &baseline, "80"),
        ("#few detectors", &thirty, ""),
        ("#plain detectors, without dictionaries", &plain, "150"),
        ("all #all detectors", &everything, "350"),
        ("all sixteen packs", &packs, "400"),
    ] {
        let bytes = fs::read(module)
            .map_err(|error| format!("cannot read {}: {error}", module.display()))?;
        packed.push((name, kernel::gzip(&bytes), goal));
    }
    let text = page(&Measured {
        compile_s,
        packed,
        node,
        few: asked(&thirty)?,
        plain: asked(&plain)?,
        all: asked(&everything)?,
        sizes,
        native,
        v8,
        attributes,
        sixteen,
        sdk,
        cold,
        hard: [hard(&thirty)?, hard(&everything)?],
    });
    if text.contains("NaN") {
        return Err(format!("a number was not measured:\n{text}"));
    }
    let file = root().join("docs/benchmarks.md");
    // What the soak came to stands behind it, written by hand.
    let before = fs::read_to_string(&file).unwrap_or_default();
    let long = before.find(LONG_RUNS).and_then(|at| before.get(at..));
    let text = format!("{text}\n{}", long.unwrap_or_default());
    fs::write(&file, &text).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    println!("\n{text}");
    Ok(())
}

fn script(name: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(root().join("tests/bench").join(name));
    command
}

/// Five processes, and what each printed.
fn five(mut command: impl FnMut() -> Command) -> Outcome<Vec<Json>> {
    (0..RUNS)
        .map(|_| {
            let text = output(&mut command())?;
            serde_json::from_str(&text)
                .map_err(|error| format!("a measuring program printed no JSON: {error}"))
        })
        .collect()
}

/// The library without the files that carry lists of words or names, and what stands on them.
fn without_dictionaries(directory: &Path) -> Outcome<PathBuf> {
    const LEFT_OUT: [&str; 5] = ["ai", "business", "health", "person", "special"];
    let from = root().join("tests/bench/everything.riegel");
    let text = fs::read_to_string(&from)
        .map_err(|error| format!("cannot read {}: {error}", from.display()))?;
    let left_out = |line: &str| {
        LEFT_OUT
            .iter()
            .any(|name| line == format!("use lib.{name}"))
    };
    let kept: Vec<&str> = text.lines().filter(|line| !left_out(line)).collect();
    let to = directory.join("plain.riegel");
    fs::write(&to, kept.join("\n"))
        .map_err(|error| format!("cannot write {}: {error}", to.display()))?;
    Ok(to)
}

/// How many detectors the only rule of an inspected module speaks of.
fn asked_for(inspected: &str) -> Outcome<usize> {
    let json: Json = serde_json::from_str(inspected)
        .map_err(|error| format!("`riegel inspect` printed no JSON: {error}"))?;
    match json.pointer("/policy/rules/0/detectors") {
        Some(Json::Array(detectors)) => Ok(detectors.len()),
        _ => Err("the module has no rule with detectors".into()),
    }
}

/// The same module must find the same everywhere, in every process.
fn compare(native: &[Json], v8: &[Json]) -> Outcome {
    for corpus in CORPORA {
        for module in ["thirty", "plain", "everything"] {
            let counts = |runs: &[Json], module: &str| -> Vec<Option<u64>> {
                let at = format!("/corpora/{corpus}/{module}/findings");
                let count = |run: &Json| run.pointer(&at).and_then(Json::as_u64);
                runs.iter().map(count).collect()
            };
            let mut all = counts(native, module);
            all.extend(counts(v8, module));
            if module == "thirty" {
                all.extend(counts(v8, "thirty_strings"));
            }
            let Some(Some(first)) = all.first().copied() else {
                return Err(format!("no count of {module} on {corpus}"));
            };
            if all.iter().any(|count| *count != Some(first)) {
                return Err(format!(
                    "{module} on {corpus}: the engines find different numbers: {all:?}"
                ));
            }
            println!("{module} on {corpus}: {first} findings, the same in all processes");
        }
        // The opponents find what their patterns say, each in all processes the same.
        for (runs, name) in [
            (native, "regex"),
            (v8, "regexp_combined"),
            (v8, "regexp_loop"),
        ] {
            let at = format!("/corpora/{corpus}/{name}/findings");
            let counts: Vec<Option<u64>> = runs
                .iter()
                .map(|run| run.pointer(&at).and_then(Json::as_u64))
                .collect();
            let Some(Some(first)) = counts.first().copied() else {
                return Err(format!("no count of {name} on {corpus}"));
            };
            if counts.iter().any(|count| *count != Some(first)) {
                return Err(format!("{name} on {corpus} counts differently: {counts:?}"));
            }
            println!("{name} on {corpus}: {first} matches, the same in all processes");
        }
        // Both search for the same twelve patterns at once, so they find the same.
        let count = |runs: &[Json], name: &str| {
            let at = format!("/corpora/{corpus}/{name}/findings");
            runs.first().and_then(|run| run.pointer(&at)?.as_u64())
        };
        let (regex, regexp) = (count(native, "regex"), count(v8, "regexp_combined"));
        if regex != regexp {
            return Err(format!(
                "twelve patterns on {corpus}: `regex` finds {regex:?}, V8 {regexp:?}"
            ));
        }
    }
    Ok(())
}

/// Both sides fired the same rules, and some.
fn same_rules(cold: &[Vec<Json>; 2]) -> Outcome {
    let mut fired = cold.iter().flatten().map(|run| run.pointer("/rules"));
    let first = fired.next().flatten();
    let some = first
        .and_then(Json::as_array)
        .is_some_and(|r| !r.is_empty());
    if !some || fired.any(|rules| rules != first) {
        return Err("cold start: Riegel and Cedar fire different rules, or none".into());
    }
    Ok(())
}

struct Measured {
    node: String,
    /// Seconds to compile every detector into a module, from the start of the process.
    compile_s: f64,
    /// Modules with their bytes after gzip, and the KB asked for.
    packed: Vec<(&'static str, usize, &'static str)>,
    /// Detectors that the modules look for; `#few`, `#plain` and `#all` in the page.
    few: usize,
    plain: usize,
    all: usize,
    /// Bytes of tables by detector.
    sizes: Json,
    native: Vec<Json>,
    v8: Vec<Json>,
    attributes: Vec<Json>,
    /// The baseline beside all packs in one module.
    sixteen: Vec<Json>,
    /// The SDK beside the hand-written host.
    sdk: Vec<Json>,
    /// From bytes to the first decision: the SDK, and Cedar's module.
    cold: [Vec<Json>; 2],
    /// Texts that cost, for the two modules.
    hard: [Json; 2],
}

/// The median of one number over the processes.
fn median(runs: &[Json], pointer: &str) -> f64 {
    let mut values: Vec<f64> = runs
        .iter()
        .filter_map(|run| run.pointer(pointer)?.as_f64())
        .collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn page(m: &Measured) -> String {
    let native = |corpus: &str, what: &str| median(&m.native, &format!("/corpora/{corpus}/{what}"));
    let v8 = |corpus: &str, what: &str| median(&m.v8, &format!("/corpora/{corpus}/{what}"));
    let rules = |size: &str, what: &str| median(&m.attributes, &format!("/{size}/{what}/us"));
    let mut text = String::from(
        "# Benchmarks\n\nWritten by `cargo xtask bench`; do not edit. Medians of five processes; in each the fastest pass of about \
         a second. A module's finding counts were equal in all processes and engines, and an opponent's in all processes, before any speed was written.\n\n",
    );
    let mut line = |args: std::fmt::Arguments<'_>| {
        let _ = text.write_fmt(args);
        text.push('\n');
    };
    line(format_args!(
        "## Ratios\n\n| | German prose | English prose | goal |\n| --- | --- | --- | --- |"
    ));
    let regexp = |c: &str| v8(c, "regexp_combined/mb_s").max(v8(c, "regexp_loop/mb_s"));
    let ratio = |f: &dyn Fn(&str) -> f64| (f("de"), f("en"));
    for (name, what, goal) in [
        ("#few detectors", "thirty", "≥ 6 ×"),
        (
            "#few detectors, from JavaScript strings",
            "thirty_strings",
            "",
        ),
        ("#plain detectors, without dictionaries", "plain", "≥ 10 ×"),
        ("all #all detectors", "everything", "≥ 10 ×"),
    ] {
        let (de, en) = ratio(&|c| v8(c, &format!("{what}/mb_s")) / regexp(c));
        line(format_args!(
            "| V8: {name}, against V8 RegExp with twelve patterns | {de:.1} × | {en:.1} × | {goal} |"
        ));
    }
    for (name, what, goal) in [
        ("#few detectors", "thirty", ""),
        ("all #all detectors", "everything", "≥ 2 ×"),
    ] {
        let (de, en) = ratio(&|c| native(c, &format!("{what}/mb_s")) / native(c, "regex/mb_s"));
        line(format_args!(
            "| wasmtime: {name}, against `regex` (native) with twelve patterns | {de:.2} × | {en:.2} × | {goal} |"
        ));
    }
    let (de, en) = ratio(&|c| v8(c, "decision_us") / v8(c, "regexp_us"));
    line(format_args!(
        "| V8: a decision on 1 KB, #few detectors, against the time of V8 RegExp for its twelve patterns | {de:.2} × | {en:.2} × | ≤ 0.2 × |"
    ));
    let (de, en) = ratio(&|c| native(c, "masks/mb_s") / native(c, "thirty/mb_s"));
    line(format_args!(
        "| the kernel's masks alone (native), against all of it in wasmtime | {de:.1} × | {en:.1} × | |"
    ));
    line(format_args!(
        "\n| attributes alone, in V8 | 30 rules | 1,000 rules |\n| --- | --- | --- |"
    ));
    let share = |size: &str| rules(size, "module") / rules(size, "javascript");
    line(format_args!(
        "| module, against generated JavaScript (time) | {:.2} × | {:.2} × |",
        share("30"),
        share("1000")
    ));
    line(format_args!("| goal | ≤ 2 × | ≤ 0.5 × |"));
    let packs = |what: &str| {
        let of = |module: &str| median(&m.sixteen, &format!("/{module}/{what}"));
        of("packs") / of("baseline")
    };
    line(format_args!(
        "\n| all sixteen packs in one module, in V8 | 1 KB pasted | attributes alone |\n| --- | --- | --- |\n\
         | against the baseline (time) | {:.1} × | {:.1} × |\n| goal | ≤ 3 × | ≤ 3 × |",
        packs("content_us"),
        packs("attributes_us")
    ));
    let sdk = |what: &str| {
        let of = |side: &str| median(&m.sdk, &format!("/{what}/{side}_us"));
        of("sdk") / of("host")
    };
    line(format_args!(
        "\n| `@riegel/guard`, in V8 | German, 1 KB | English, 1 KB | attributes, 30 rules | attributes, 1,000 rules |\n\
         | --- | --- | --- | --- | --- |\n\
         | against the hand-written host (time) | {:.2} × | {:.2} × | {:.2} × | {:.2} × |\n| goal | ≤ 1.3 × | ≤ 1.3 × | ≤ 2 × | |",
        sdk("de"),
        sdk("en"),
        sdk("30"),
        sdk("1000")
    ));
    let [ours, cedar] = m.cold.each_ref().map(|runs| median(runs, "/ms"));
    line(format_args!(
        "\n| from bytes to the first decision, 30 rules | time |\n| --- | --- |\n\
         | `@riegel/guard` with its self-test, against `cedar-wasm` | {:.2} × ({ours:.1} of {cedar:.1} ms) |\n| goal | ≤ 0.33 × |",
        ours / cedar
    ));
    line(format_args!(
        "\n## Throughput, MB/s\n\nGoals for every detector: 1,000 without dictionaries, 800 with them, 600 on logs and tables, 400 where findings are dense.\n\n\
         | | German prose | English prose | logs, tables | dense |\n| --- | --- | --- | --- | --- |"
    ));
    for (name, what, from) in [
        ("module in wasmtime, #few detectors", "thirty", true),
        (
            "module in wasmtime, #plain without dictionaries",
            "plain",
            true,
        ),
        ("module in wasmtime, all #all", "everything", true),
        ("module in V8, #few detectors", "thirty", false),
        ("the same, from JavaScript strings", "thirty_strings", false),
        ("module in V8, #plain without dictionaries", "plain", false),
        ("module in V8, all #all", "everything", false),
        (
            "`regex`, native, twelve patterns in one search",
            "regex",
            true,
        ),
        (
            "V8 RegExp, twelve patterns in one expression",
            "regexp_combined",
            false,
        ),
        (
            "V8 RegExp, twelve patterns one after the other",
            "regexp_loop",
            false,
        ),
        ("the kernel's masks only, native", "masks", true),
    ] {
        let what = format!("{what}/mb_s");
        let cells = CORPORA.map(|c| {
            let value = if from { native(c, &what) } else { v8(c, &what) };
            format!("{value:.0}")
        });
        line(format_args!("| {name} | {} |", cells.join(" | ")));
    }
    for (name, what) in [
        ("#few detectors", "thirty"),
        ("#plain without dictionaries", "plain"),
        ("all #all", "everything"),
        ("`regex` with twelve patterns", "regex"),
    ] {
        let cells = CORPORA.map(|c| native(c, &format!("{what}/findings")).to_string());
        line(format_args!(
            "| findings, {name} (all confidences) | {} |",
            cells.join(" | ")
        ));
    }
    line(format_args!(
        "\n## Times, µs\n\n| | wasmtime | V8 |\n| --- | --- | --- |"
    ));
    for (name, corpus) in [("German", "de"), ("English", "en")] {
        let (a, b) = (native(corpus, "decision_us"), v8(corpus, "decision_us"));
        line(format_args!(
            "| one decision on about 1 KB, {name} | {a:.2} | {b:.2} |"
        ));
    }
    let (a, b) = (median(&m.native, "/cold_us"), median(&m.v8, "/cold_us"));
    line(format_args!(
        "| cold start: bytes to first decision (in wasmtime with all checks and the self-test) | {a:.0} | {b:.0} |"
    ));
    line(format_args!(
        "\n| attributes alone, in V8 | 30 rules | 1,000 rules |\n| --- | --- | --- |"
    ));
    for (name, what) in [
        (
            "write the frame (texts by number), decide, read the rules",
            "module",
        ),
        (
            "the same with texts as bytes, writer not generated",
            "bytes",
        ),
        ("generated JavaScript", "javascript"),
    ] {
        line(format_args!(
            "| {name} | {:.2} | {:.2} |",
            rules("30", what),
            rules("1000", what)
        ));
    }
    line(format_args!(
        "\n## Size and compiling\n\n| module | KB with gzip | goal |\n| --- | --- | --- |"
    ));
    for (name, bytes, goal) in &m.packed {
        let kb = *bytes as f64 / 1024.0;
        line(format_args!("| {name} | {kb:.0} | {goal} |"));
    }
    line(format_args!(
        "\nAll #all detectors become a module in {:.2} s (goal: 1 s).",
        m.compile_s
    ));
    weights(m, &mut line);
    hard(&m.hard, &mut line);
    line(format_args!(
        "\n## Circumstances\n\n- {}",
        circumstances(&m.node)
    ));
    text.replace("#few", &m.few.to_string())
        .replace("#plain", &m.plain.to_string())
        .replace("#all", &m.all.to_string())
}

/// What the modules weigh in memory, and which detectors bring the most.
fn weights(m: &Measured, line: &mut impl FnMut(std::fmt::Arguments<'_>)) {
    const SHOWN: usize = 20;
    let memory = |module: &str| median(&m.v8, &format!("/memory/{module}")) / 1e6;
    line(format_args!(
        "\n## Memory\n\n| | #few detectors | #plain without dictionaries | all #all |\n| --- | --- | --- | --- |\n\
         | memory of an instance that has read 1 MB and found what is in it, MB | {:.1} | {:.1} | {:.1} |\n",
        memory("thirty"),
        memory("plain"),
        memory("everything")
    ));
    let mut sizes: Vec<(&str, u64)> = m
        .sizes
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(id, bytes)| Some((id.as_str(), bytes.as_u64()?)))
        .collect();
    sizes.sort_by_key(|&(id, bytes)| (std::cmp::Reverse(bytes), id));
    let middle = sizes.get(sizes.len() / 2).map_or(0, |s| s.1);
    line(format_args!(
        "Tables that a detector brings into a module that looks for nothing else, with the detectors and lists that it stands on \
         (shared ones are counted for each): half of them bring less than {middle} bytes. The largest:\n\n| detector | bytes |\n| --- | --- |"
    ));
    for (id, bytes) in sizes.iter().take(SHOWN) {
        line(format_args!("| `{id}` | {bytes} |"));
    }
}

/// How slow the modules get, from what, and whether more so in longer texts.
fn hard(modules: &[Json; 2], line: &mut impl FnMut(std::fmt::Arguments<'_>)) {
    line(format_args!(
        "\n## Texts made to cost, MB/s in V8\n\nEvery example of the library repeated, whole and cut (`tests/bench/hard.mjs`), \
         then {CLIMB} seconds of hill-climbing from the slowest. By detector whose example it is; the goal is a fortieth of the masks alone.\n\n\
         | | #few detectors | all #all |\n| --- | --- | --- |"
    ));
    let of = |module: &Json, list: &str, i: usize| {
        let at = |what: &str| module.pointer(&format!("/{list}/{i}/{what}"));
        let speed = at("mb_s").and_then(Json::as_f64).unwrap_or(f64::NAN);
        let name = at("name").and_then(Json::as_str).unwrap_or("?");
        format!("{speed:.2} (`{name}`)")
    };
    let [few, all] = modules;
    for (i, name) in ["slowest example", "second", "third", "fourth", "fifth"]
        .iter()
        .enumerate()
    {
        line(format_args!(
            "| {name} | {} | {} |",
            of(few, "worst", i),
            of(all, "worst", i)
        ));
    }
    line(format_args!(
        "| slowest after climbing | {} | {} |",
        of(few, "climbed", 0),
        of(all, "climbed", 0)
    ));
    let growth = |module: &Json| {
        module
            .pointer("/growth")
            .and_then(Json::as_f64)
            .unwrap_or(f64::NAN)
    };
    line(format_args!(
        "| time per byte in 256 KB of it, against 4 KB | {:.1} × | {:.1} × |",
        growth(few),
        growth(all)
    ));
}

fn circumstances(node: &str) -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1))
        .unwrap_or("unknown")
        .to_owned();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let date = ask("date", &["-u", "+%Y-%m-%d"]).unwrap_or_default();
    let rustc = ask("rustc", &["-V"]).unwrap_or_default();
    let wasmtime = fs::read_to_string(root().join("Cargo.lock"))
        .unwrap_or_default()
        .split("name = \"wasmtime\"\nversion = \"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or("unknown")
        .to_owned();
    format!(
        "command: `cargo xtask bench`\n- date: {date}\n- CPU: {cpu}, {cores} cores\n- {rustc}, wasmtime {wasmtime}, Node {node}\n\
         - corpora: `tests/corpus/benign`, about 1 MB each; #few detectors: contact, payment, identifiers, \
         network, secrets, markings (`tests/bench/thirty.riegel`); all: the whole library (`tests/bench/everything.riegel`); \
         logs, tables and dense text: `tests/bench/texts.mjs`; patterns: `tests/bench/patterns.json`; rules: `tests/bench/rules.mjs`"
    )
}
