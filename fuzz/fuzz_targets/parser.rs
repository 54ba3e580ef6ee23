//! Any text: parsing and checking never panic, and what has no error compiles or says why not.
#![no_main]

use libfuzzer_sys::fuzz_target;
use riegel::check::{Options, check};
use riegel::library::Library;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (_, errors) = riegel::syntax::parse(&text, 0);
    let checked = check("fuzz.riegel", &text, &Library, &Options::default());
    assert!(errors.is_empty() || checked.policy.is_none());
    for diagnostic in &checked.diagnostics {
        let source = &checked.sources[diagnostic.place.source as usize];
        let span = diagnostic.place.span;
        assert!(
            source
                .text
                .get(span.start as usize..span.end as usize)
                .is_some(),
            "a place lies inside its source, on character boundaries"
        );
    }
});
