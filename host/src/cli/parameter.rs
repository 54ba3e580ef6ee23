//! `--param name=value`: texts to values, by the module's own list of parameters.

use super::hashed::read_key;
use crate::errors::{self, Problem};
use crate::event::{normalise_host, parse_date};
use riegel::check::model::{Config, ParamValue};
use riegel::manifest::{ParamInfo, Schema};
use riegel::syntax::near::closest;

/// Reads all of them; the last of the same name wins nothing: it is an error.
pub fn read(parameters: &[String], schema: &Schema) -> Result<Config, Vec<Problem>> {
    let mut values: Config = vec![None; schema.params.len()];
    let mut problems = Vec::new();
    for parameter in parameters {
        match one(parameter, schema) {
            Ok((index, value)) => match values.get_mut(index) {
                Some(place @ None) => *place = Some(value),
                _ => problems.push(
                    Problem::new(&errors::ARGUMENT, "the parameter is set twice")
                        .at(format!("--param {parameter}"))
                        .help("keep one of the two"),
                ),
            },
            Err(problem) => problems.push(problem.at(format!("--param {parameter}"))),
        }
    }
    if problems.is_empty() {
        Ok(values)
    } else {
        Err(problems)
    }
}

fn one(parameter: &str, schema: &Schema) -> Result<(usize, ParamValue), Problem> {
    let Some((name, value)) = parameter.split_once('=') else {
        return Err(
            Problem::new(&errors::ARGUMENT, "a parameter needs a value").help("write `name=value`")
        );
    };
    let found = schema
        .params
        .iter()
        .enumerate()
        .find(|(_, param)| param.name == name);
    let Some((index, param)) = found else {
        let names = schema.params.iter().map(|param| param.name.as_str());
        let help = match closest(name, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`riegel inspect` lists the parameters".to_owned(),
        };
        return Err(Problem::new(
            &errors::ARGUMENT,
            format!("the policy has no parameter `{name}`"),
        )
        .help(help));
    };
    parse(param, value)
        .map(|value| (index, value))
        .ok_or_else(|| {
            Problem::new(
                &errors::ARGUMENT,
                format!("`{name}` does not take this value"),
            )
            .help(format!("it is {}", describe(param)))
        })
}

fn parse(param: &ParamInfo, value: &str) -> Option<ParamValue> {
    let most = param.max.unwrap_or(i32::MAX);
    match param.ty.as_str() {
        "bool" => value.parse().ok().map(ParamValue::Bool),
        "int" => {
            let least = param.min.unwrap_or(i32::MIN);
            let number: i32 = value.parse().ok()?;
            (least..=most)
                .contains(&number)
                .then_some(ParamValue::Int(number))
        }
        "date" => parse_date(value).ok().map(ParamValue::Date),
        // A key on the command line would stand in the list of processes.
        "key" => read_key(value.strip_prefix('@')?).ok().map(ParamValue::Key),
        kind @ ("strings" | "hosts") => {
            let items: Option<Vec<String>> = value
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| match kind {
                    "hosts" => normalise_host(item).ok(),
                    _ => Some(item.to_owned()),
                })
                .collect();
            items
                .filter(|items| items.len() <= usize::try_from(most).unwrap_or(0))
                .map(ParamValue::List)
        }
        _ => None,
    }
}

/// Type and range in words.
pub fn describe(param: &ParamInfo) -> String {
    match (param.ty.as_str(), param.min, param.max) {
        ("int", Some(min), Some(max)) => format!("a whole number from {min} to {max}"),
        ("int", ..) => "a whole number".to_owned(),
        ("bool", ..) => "`true` or `false`".to_owned(),
        ("key", ..) => "a file that `riegel key` made: `@FILE`".to_owned(),
        ("date", ..) => "a day as YYYY-MM-DD".to_owned(),
        ("strings", _, Some(max)) => format!("a list of at most {max} texts"),
        ("hosts", _, Some(max)) => format!("a list of at most {max} host names"),
        (other, ..) => other.to_owned(),
    }
}
