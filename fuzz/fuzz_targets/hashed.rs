//! Any text as the file of a hashed list: it is refused with a line, or it is the text of what was read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use riegel::hashed::Hashed;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    match Hashed::parse(&text) {
        Ok(list) => assert_eq!(Hashed::parse(&list.text()).as_ref(), Ok(&list)),
        Err(refused) => assert!(refused.line >= 1 && refused.line <= text.lines().count() + 1),
    }
});
