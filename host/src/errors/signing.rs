//! What `riegel::signing` refuses, as a problem: its code, and the next step.

use super::{Problem, codes, explain};
use riegel::signing::Refused;

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let help = match refused.code {
            Refused::UNSIGNED => "sign it with `riegel sign`, or fetch the signed one",
            Refused::FORM => "fetch it again, or sign it anew with `riegel sign`",
            Refused::FOREIGN => "if the key is yours, `riegel trust add` it",
            Refused::SIGNATURE => "do not use the file: fetch it again, or ask whoever signed it",
            Refused::REVOKED => "take a file that is signed with a key in use",
            Refused::DAY => {
                "sign it with a key that counts today, or correct the days in the trust set"
            }
            Refused::OLDER => "take the newer one; to go back on purpose, give it a higher version",
            Refused::OTHER => "take the file that was made for this place",
            Refused::KEY => "`riegel key FILE --signing` makes a pair",
            _ => "`riegel trust add` writes trust sets; `riegel explain E8009` shows the form",
        };
        let kind = explain(refused.code).unwrap_or(&codes::SIGNATURE_FORM);
        Problem::new(kind, refused.message).help(help)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_page() {
        for n in 1..=10 {
            assert!(explain(&format!("E80{n:02}")).is_some());
        }
    }
}
