//! `x in …`: one of some constants, an element of a list, within a range.

use super::codes;
use super::conditions::Conditions;
use super::model::{
    Comparison, Condition, DateNumber, Leaf, Number, ParamType, Place, SlotType, Value,
};
use super::names::Kind;
use super::report::at;
use super::values;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{InSet, Literal, LiteralValue, Path, Spanned};

impl Conditions<'_, '_> {
    /// `x in …`.
    pub(super) fn is_in(&mut self, place: Place, path: &Path, set: &InSet) -> Option<Condition> {
        let slot = self.slot(place.source, path)?;
        match set {
            InSet::Literals(items) => self.in_literals(place, slot, items),
            InSet::Named(name) => self.in_named(place.source, slot, name),
        }
    }

    fn in_literals(&mut self, place: Place, slot: usize, items: &[Literal]) -> Option<Condition> {
        let names = self.names;
        let declared = names.slots.get(slot)?;
        let (name, source) = (declared.name.as_str(), place.source);
        match &declared.ty {
            SlotType::Bool | SlotType::Set => {
                self.in_unfit(place, name, &declared.ty);
                None
            }
            SlotType::Host => {
                let mut hosts = Vec::new();
                let mut right = true;
                for item in items {
                    let host = match &item.value {
                        LiteralValue::Text(text) => {
                            values::host(self.report, at(source, item.span), text, true)
                        }
                        _ => match values::value(self.report, source, item, &declared.ty, name) {
                            Some(Value::Text(text)) => Some(text),
                            _ => None,
                        },
                    };
                    right &= host.is_some();
                    hosts.extend(host);
                }
                right.then_some(Condition::Leaf(Leaf::HostIn(slot, hosts)))
            }
            ty => {
                let found: Vec<Option<Value>> = items
                    .iter()
                    .map(|item| values::value(self.report, source, item, ty, name))
                    .collect();
                let all: Vec<Value> = found.into_iter().collect::<Option<_>>()?;
                Some(one_of(slot, all))
            }
        }
    }

    fn in_unfit(&mut self, place: Place, name: &str, ty: &SlotType) {
        let mut d = Diagnostic::new(
            &codes::WRONG_TYPE,
            place,
            format!(
                "`{name}` is {} and cannot be asked with `in`",
                values::type_name(ty)
            ),
        );
        d = if *ty == SlotType::Set {
            d.label("a set is asked with `has`")
                .help(format!("write `{name} has any of [\"…\"]`"))
        } else {
            d.label("expected a single value")
        };
        self.report.push(d);
    }

    fn in_named(&mut self, source: u32, slot: usize, name: &Path) -> Option<Condition> {
        let names = self.names;
        let declared = names.slots.get(slot)?;
        let place = at(source, name.span);
        if let Some((&key, list)) = names.lists.get_key_value(name.value.as_str()) {
            self.used.insert(key);
            return match &declared.ty {
                SlotType::String => {
                    let all = list.item.items.iter().map(|t| t.value.clone()).collect();
                    Some(Condition::Leaf(Leaf::StringIn(slot, all)))
                }
                SlotType::Host => {
                    let hosts: Vec<Option<String>> = list
                        .item
                        .items
                        .iter()
                        .map(|t| values::host(self.report, list.at(t.span), &t.value, true))
                        .collect();
                    let hosts = hosts.into_iter().collect::<Option<_>>()?;
                    Some(Condition::Leaf(Leaf::HostIn(slot, hosts)))
                }
                ty => {
                    self.list_unfit(place, &name.value, &declared.name, ty);
                    None
                }
            };
        }
        if let Some(&param) = names.param_at.get(name.value.as_str()) {
            let host = match names.params.get(param).map(|p| &p.ty) {
                Some(ParamType::List { host, .. }) => *host,
                _ => {
                    self.report.push(
                        Diagnostic::new(
                            &codes::WRONG_TYPE,
                            place,
                            format!("the parameter `{}` is not a list", name.value),
                        )
                        .label("expected a list"),
                    );
                    return None;
                }
            };
            let fits = match declared.ty {
                SlotType::String => !host,
                SlotType::Host => host,
                _ => false,
            };
            if !fits {
                self.list_unfit(place, &name.value, &declared.name, &declared.ty);
                return None;
            }
            return Some(Condition::Leaf(Leaf::InParam(slot, param)));
        }
        match names.kind(&name.value) {
            Some(Kind::Param | Kind::List) => {}
            Some(kind) => self.report.push(
                Diagnostic::new(
                    &codes::WRONG_TYPE,
                    place,
                    format!("`{}` is {}, not a list", name.value, kind.word()),
                )
                .label("expected a list"),
            ),
            None => self.report.unknown(
                &codes::UNKNOWN_LIST,
                place,
                "list",
                &name.value,
                names.of_kind(&[Kind::List, Kind::Param]),
            ),
        }
        None
    }

    fn list_unfit(&mut self, place: Place, list: &str, name: &str, ty: &SlotType) {
        self.report.push(
            Diagnostic::new(
                &codes::WRONG_TYPE,
                place,
                format!(
                    "`{name}` is {}, which `{list}` does not hold",
                    values::type_name(ty)
                ),
            )
            .label("does not fit")
            .help(
                "a list holds strings, or hosts where a host is asked; a list parameter says which",
            ),
        );
    }

    /// `x in 1..50`.
    pub(super) fn in_range(
        &mut self,
        source: u32,
        path: &Path,
        low: &Spanned<i64>,
        high: &Spanned<i64>,
    ) -> Option<Condition> {
        let slot = self.slot(source, path)?;
        let ty = &self.names.slots.get(slot)?.ty;
        if *ty != SlotType::Int {
            self.report.push(
                Diagnostic::new(
                    &codes::WRONG_TYPE,
                    at(source, path.span),
                    format!("`{}` is {}, not an int", path.value, values::type_name(ty)),
                )
                .label("a range is asked of an int"),
            );
            return None;
        }
        let (min, max) = values::range(self.report, source, low, high)?;
        let leaf = |op, n| Condition::Leaf(Leaf::Int(slot, op, Number::Const(n)));
        Some(Condition::And(vec![
            leaf(Comparison::Ge, min),
            leaf(Comparison::Le, max),
        ]))
    }
}

/// `x in [a, b]` for constants that are no hosts.
fn one_of(slot: usize, all: Vec<Value>) -> Condition {
    let mut variants = Vec::new();
    let mut texts = Vec::new();
    let mut others = Vec::new();
    for value in all {
        match value {
            Value::Enum(Some(index)) => variants.push(index),
            Value::Text(text) => texts.push(text),
            Value::Int(n) => others.push(Condition::Leaf(Leaf::Int(
                slot,
                Comparison::Eq,
                Number::Const(n),
            ))),
            Value::Date(d) => others.push(Condition::Leaf(Leaf::Date(
                Some(slot),
                Comparison::Eq,
                DateNumber::Const(d),
            ))),
            Value::Bool(_) | Value::Set(_) | Value::Enum(None) => {}
        }
    }
    if !variants.is_empty() {
        variants.sort_unstable();
        variants.dedup();
        Condition::Leaf(Leaf::EnumIn(slot, variants))
    } else if !texts.is_empty() {
        Condition::Leaf(Leaf::StringIn(slot, texts))
    } else {
        Condition::Or(others)
    }
}
