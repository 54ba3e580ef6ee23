//! What crosses the syntax room: whole files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use riegel::syntax::parse;

const DESIGN: &str = include_str!("syntax/design.riegel");
const WHOLE: &str = include_str!("syntax/whole.riegel");

fn assert_clean(text: &str) {
    let (_, problems) = parse(text, 0);
    for d in &problems {
        let place = d.place.span.range();
        println!(
            "{} {:?} {} {:?}",
            d.code.id, &text[place], d.message, d.help
        );
    }
    assert!(problems.is_empty());
}

#[test]
fn the_designs_examples_and_every_construct_parse() {
    assert_clean(DESIGN);
    assert_clean(WHOLE);
}
