//! What a layer may declare anew: nothing that could weaken what it inherits, unless that is
//! `relaxable`; a parameter may be narrowed in the direction in which it is said to be stricter.

use super::super::codes;
use super::super::model::{Param, ParamType, Place};
use super::super::report::at;
use super::qualify::named;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{self, File, Item, Name, Stricter};
use std::collections::BTreeSet;

/// Says that an inherited name is declared again.
pub(in crate::check) fn redefined(
    what: &str,
    name: &Name,
    source: u32,
    first: Place,
) -> Diagnostic {
    let help = match what {
        "rule" => {
            "write `tighten` to make it stricter, or a rule of another name beside it; only a `relaxable rule` can be replaced"
        }
        "condition" | "list" | "parameter" => {
            "give it another name and use that in rules of your own; only what is `relaxable` can be replaced"
        }
        _ => "give it another name, and use that in rules of your own",
    };
    Diagnostic::new(
        &codes::NOT_RELAXABLE,
        at(source, name.span),
        format!("the {what} `{}` cannot be replaced", name.value),
    )
    .label("declared again")
    .also(first, "inherited from here, and not `relaxable`")
    .help(help)
}

/// Says why a parameter is not narrowed.
pub(in crate::check) fn widened(
    param: &ast::Param,
    source: u32,
    first: Place,
    why: &str,
) -> Diagnostic {
    Diagnostic::new(
        &codes::PARAM_WIDENED,
        at(source, param.name.span),
        format!(
            "the parameter `{}` cannot be changed like this",
            param.name.value
        ),
    )
    .label(why)
    .also(first, "inherited from here")
    .help("narrow it in its direction: `stricter down` allows a smaller greatest value and a smaller default, `stricter up` the opposite")
}

/// Is the new parameter the old one, narrowed in its direction? If not, why.
pub(in crate::check) fn narrower(old: &Param, new: &Param, relaxable: bool) -> Result<(), String> {
    use ParamType::{Bool, Date, Int, List};
    let said = |text: &str| Err(text.to_owned());
    match (&old.ty, &new.ty) {
        (Bool(_), Bool(_)) | (Int { .. }, Int { .. }) | (Date(_), Date(_)) => {}
        (List { host: a, .. }, List { host: b, .. }) if a == b => {}
        _ => return said("of another type"),
    }
    if relaxable {
        return Ok(());
    }
    let Some(direction) = old.stricter else {
        return said("no direction in which it would be stricter is declared");
    };
    if new.stricter.is_some_and(|s| s != direction) {
        return said("turns the direction round");
    }
    let up = direction == Stricter::Up;
    let (default, range) = match (&old.ty, &new.ty) {
        (Bool(a), Bool(b)) => (if up { b >= a } else { b <= a }, true),
        (Date(a), Date(b)) => (if up { b >= a } else { b <= a }, true),
        (
            Int {
                min: a_min,
                max: a_max,
                default: a,
            },
            Int {
                min: b_min,
                max: b_max,
                default: b,
            },
        ) => (
            if up { b >= a } else { b <= a },
            b_min >= a_min && b_max <= a_max,
        ),
        (
            List {
                max: a_max,
                default: a,
                ..
            },
            List {
                max: b_max,
                default: b,
                ..
            },
        ) => {
            let has = |all: &[String], few: &[String]| few.iter().all(|f| all.contains(f));
            (if up { has(b, a) } else { has(a, b) }, b_max <= a_max)
        }
        _ => (false, false),
    };
    match (default, range) {
        (true, true) => Ok(()),
        (false, _) => Err(format!(
            "its default is weaker; `{}` is `stricter {}`",
            old.name,
            direction.as_str()
        )),
        (true, false) => said("allows values that are not allowed below"),
    }
}

/// The rules below a layer that rest on a name: those that name it, or something that does.
pub(in crate::check) fn resting_on(files: &[File], name: &str, layer: u32) -> Vec<String> {
    let mut names: BTreeSet<String> = [name.to_owned()].into();
    let mut rules = Vec::new();
    let others = files
        .iter()
        .enumerate()
        .filter(|(i, _)| *i != layer as usize);
    let items: Vec<&Item> = others.flat_map(|(_, file)| &file.items).collect();
    loop {
        let before = names.len();
        rules.clear();
        for item in &items {
            let mut names_it = false;
            named(&mut (*item).clone(), &mut |_, word| {
                names_it |= names.contains(word);
            });
            if !names_it {
                continue;
            }
            match item {
                Item::Rule(rule) => rules.push(rule.name.value.clone()),
                Item::Let(value) => {
                    names.insert(value.name.value.clone());
                }
                Item::Group(group) => {
                    names.insert(group.name.value.clone());
                }
                Item::Detector(detector) => {
                    names.insert(detector.id.value.clone());
                }
                _ => {}
            }
        }
        if names.len() == before {
            return rules;
        }
    }
}
