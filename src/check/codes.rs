//! Every diagnostic that the checker raises, declared once.
//!
//! R01xx speaks of names and types, R02xx of the header, of dates and of rules,
//! R03xx of detectors and tests, R06xx of layers. A number is never reused. Each code has a page
//! in `docs/diagnostics/`, which `riegel explain` prints; a test holds codes,
//! pages and golden files together.

use crate::diagnostics::{Code, Severity};

macro_rules! codes {
    ($($name:ident $id:literal $severity:ident $title:literal;)*) => {
        $(
            #[doc = $title]
            pub static $name: Code = Code {
                id: $id,
                title: $title,
                severity: Severity::$severity,
                page: crate::diagnostics::page!(concat!("../../docs/diagnostics/", $id, ".md")),
            };
        )*
        /// All of them, by id.
        pub static ALL: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    UNKNOWN_ATTRIBUTE "R0101" Error "unknown attribute";
    UNKNOWN_LIST "R0102" Error "unknown list";
    UNKNOWN_CONDITION "R0103" Error "unknown condition";
    UNKNOWN_PARAM "R0104" Error "unknown parameter";
    UNKNOWN_RULE "R0105" Error "unknown rule";
    UNKNOWN_DETECTOR "R0106" Error "unknown detector";
    UNKNOWN_CLASS "R0107" Error "unknown class";
    UNKNOWN_TAG "R0108" Error "unknown tag";
    UNKNOWN_GROUP "R0109" Error "unknown group";
    UNKNOWN_VARIANT "R0110" Error "unknown enum value";
    UNKNOWN_LIBRARY "R0111" Error "unknown library";
    UNKNOWN_LANGUAGE "R0112" Error "unknown language";
    UNKNOWN_CHECK "R0113" Error "unknown check";
    DUPLICATE_NAME "R0114" Error "name declared twice";
    UNUSED_NAME "R0115" Warning "unused name";
    LET_CYCLE "R0116" Error "condition that names itself";
    ONLY_IN_POLICY "R0118" Error "item that only a policy may have";
    POLICY_AS_LIBRARY "R0119" Error "policy used as a library";
    EMPTY_CLASS "R0120" Error "class without detectors";
    NAME_IN_NAME "R0121" Error "attribute that is the beginning of another";

    WRONG_TYPE "R0151" Error "wrong type";
    HAS_NEEDS_SET "R0152" Error "`has` on something that is not a set";
    MATCHES_NEEDS_HOST "R0153" Error "`matches` on something that is not a host";
    NO_ORDER "R0154" Error "order comparison without an order";
    BOOL_COMPARED "R0155" Error "boolean in a comparison";
    NOT_A_CONDITION "R0156" Error "value in the place of a condition";
    INT_OUT_OF_RANGE "R0157" Error "number out of 32 bits";
    EMPTY_RANGE "R0158" Error "empty range";
    BAD_HOST "R0159" Error "not a host";
    BAD_DEFAULT "R0160" Error "default outside of its range";
    LIST_TOO_LONG "R0161" Error "list too long";
    BAD_PARAM_TYPE "R0162" Error "type that cannot stand here";
    NOTHING_TO_COMPARE "R0163" Error "comparison without an attribute";

    MISSING_SETTING "R0201" Error "missing setting";
    SETTING_TWICE "R0202" Error "setting given twice";
    BAD_VERSION "R0203" Error "not a version";
    BAD_ON_ERROR "R0204" Error "verdict that cannot stand for an error";
    REVIEW_PAST "R0205" Warning "review date has passed";
    EXCEPTION_PAST "R0206" Warning "exception has expired";
    STAGES_OUT_OF_ORDER "R0207" Error "stages out of order";
    BAD_TIME_ZONE "R0208" Error "not a time zone";
    BAD_MAX_FINDINGS "R0209" Error "cap of findings out of range";
    NO_RULE "R0210" Warning "policy without a rule";
    FAR_AWAY "R0211" Warning "day that is years away";

    MISSING_WHEN "R0221" Error "rule without `when`";
    MISSING_THEN "R0222" Error "rule without `then`";
    CLAUSE_TWICE "R0223" Error "clause given twice";
    MISSING_SAY "R0224" Error "rule without a message";
    MISSING_TRANSLATION "R0225" Error "missing translation";
    SUPERFLUOUS_LANGUAGE "R0226" Error "text in a language that the policy does not declare";
    UNKNOWN_PLACEHOLDER "R0227" Error "unknown placeholder";
    NOT_PRINTABLE "R0228" Error "placeholder of an attribute that is not printable";
    OPEN_PLACEHOLDER "R0229" Error "placeholder that does not end";
    NEVER_FIRES "R0230" Error "rule that can never fire";
    ALWAYS_TRUE "R0231" Warning "condition that is always true";
    UNLESS_ALWAYS "R0232" Error "`unless` that always holds";
    DEFAULT_DISABLES "R0233" Warning "default that disables a rule that blocks";
    RESTS_ON_HOST "R0234" Warning "rule whose strength rests on the host";
    NOTHING_TO_REDACT "R0235" Error "nothing to redact";
    REDACT_UNASKED "R0236" Warning "redaction of something that `when` does not ask for";
    COUNT_OUT_OF_REACH "R0237" Error "count that cannot be reached";
    TOO_MANY_CLAUSES "R0238" Error "too many clauses";
    TOO_MANY "R0239" Error "too many rules or obligations";
    WINDOW_OUT_OF_RANGE "R0240" Error "window out of range";

    TOO_LARGE "R0241" Error "condition too large";
    RESTS_ON_NOTHING "R0242" Warning "`rests on` of something that the rule does not rest on";

    MISSING_LINE "R0301" Error "detector without a line it needs";
    LINE_TWICE "R0302" Error "detector line given twice";
    BAD_REGEX "R0303" Error "not a regular expression";
    NOT_REGULAR "R0304" Error "look-around or back-reference";
    BOUNDARY_INSIDE "R0305" Error "boundary in the middle of a pattern";
    EMPTY_MATCH "R0306" Error "pattern that matches nothing at all";
    MATCH_TOO_LONG "R0307" Error "match too long";
    UNBOUNDED_REPEAT "R0308" Error "repetition without an end";
    CHECK_ARGUMENTS "R0309" Error "wrong arguments of a check";
    WEIGHTS_COUNT "R0310" Error "weights do not fit";
    CONFIDENCE_MISMATCH "R0311" Error "confidence does not fit the evidence";
    YIELDS_TO_ITSELF "R0312" Error "detector that yields to itself";
    FEW_EXAMPLES "R0313" Warning "fewer than three examples";
    BAD_LABEL "R0314" Error "not a redaction label";
    DIGITS_OUT_OF_RANGE "R0315" Error "number of digits out of range";
    EMPTY_TEXT "R0316" Error "empty text";
    TWO_FORMS "R0317" Error "detector of more than one form";
    NUMBER_OUT_OF_RANGE "R0318" Error "number out of range";
    NO_SUCH_FILE "R0319" Error "file that cannot be read";
    HIDDEN_ASKED "R0320" Error "hidden detector asked for";
    NEVER_BESIDE "R0321" Error "nothing can stand beside";
    NOT_REPORTED "R0322" Error "detector that nothing can be reported as";
    NOT_HASHED "R0323" Error "not a hashed list";
    GUESSABLE "R0324" Error "hashed values that can be guessed";
    KEY_MISMATCH "R0325" Error "hashed list and key do not fit";
    HASHED_ELSEWHERE "R0326" Error "hashed list where only a list can stand";
    VERBATIM_ALONE "R0327" Error "verbatim detector that looks around";

    GIVEN_INCOMPLETE "R0341" Warning "test without a required attribute";
    NO_EXPECTATION "R0342" Error "test that expects nothing";
    OBLIGATION_UNASKED "R0343" Error "obligation that no rule asks for";
    GIVEN_TWICE "R0344" Error "test line given twice";

    NOT_RELAXABLE "R0601" Error "layer that replaces what is not relaxable";
    WEAKER_VERDICT "R0602" Error "layer that weakens a verdict";
    TIGHTEN_TAKES "R0603" Error "`tighten` that takes something away";
    EXCEPTION_REFUSED "R0604" Error "exception from a rule that is not relaxable";
    PARAM_WIDENED "R0605" Error "layer that does not narrow a parameter";
    AGAINST_DIRECTION "R0606" Error "parameter used against its direction";
    WEAKER_HEADER "R0607" Error "header of a layer that weakens";
    REQUIRED_ADDED "R0608" Error "layer that requires a further attribute";
    REDACTION_HIDES "R0609" Error "redaction that could hide an error";
    UNEQUAL "R0610" Error "unequal declarations in composed policies";
    LANGUAGE_NOT_COVERED "R0611" Error "policy without a language of the whole";
    UNKNOWN_POLICY "R0612" Error "unknown policy";
    NOT_A_POLICY "R0613" Error "library in the place of a policy";
    SECOND_BASE "R0614" Error "policies that cannot be told apart";
    LAYER_DISAGREES "R0615" Error "layer over another policy than it says";
    POLICY_CYCLE "R0616" Error "policy that stands on itself";
    NOT_INHERITED "R0617" Error "`tighten` of something that is not inherited";
    DETECTOR_CHANGED "R0618" Error "detector that changes an inherited one";
}
