//! Stages: observe, then warn, then enforce, each from a later day.

use super::codes;
use super::report::{Report, at};
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{Date, Stage, Stages};

fn word(stage: Stage) -> &'static str {
    match stage {
        Stage::Observe => "observe",
        Stage::Warn => "warn",
        Stage::Enforce => "enforce",
    }
}

/// The steps, ascending by date.
pub(super) fn stages(report: &mut Report, source: u32, stages: &Stages) -> Vec<(Stage, Date)> {
    for pair in stages.steps.windows(2) {
        let [(earlier, first), (later, second)] = pair else {
            continue;
        };
        if later.value <= earlier.value {
            report.push(
                Diagnostic::new(
                    &codes::STAGES_OUT_OF_ORDER,
                    at(source, later.span),
                    format!(
                        "`{}` cannot follow `{}`",
                        word(later.value),
                        word(earlier.value)
                    ),
                )
                .label("not stricter than the stage before")
                .also(at(source, earlier.span), "the stage before")
                .help("the order is `observe`, `warn`, `enforce`; leave out what you do not need"),
            );
        } else if second.value <= first.value {
            report.push(
                Diagnostic::new(
                    &codes::STAGES_OUT_OF_ORDER,
                    at(source, second.span),
                    format!("{} is not later than {}", second.value, first.value),
                )
                .label("does not come later")
                .also(at(source, first.span), "the stage before begins here"),
            );
        }
    }
    stages
        .steps
        .iter()
        .map(|(stage, date)| (stage.value, date.value))
        .collect()
}
