//! `=`, `<` and their like: what may be compared with what.
//!
//! The attribute stands left, a constant, a parameter or (strings and hosts) a
//! second attribute right. Enums, strings and sets have no order; a boolean is a
//! condition already.

use super::codes;
use super::conditions::Conditions;
use super::model::{
    Comparison, Condition, DateNumber, Leaf, Number, ParamType, Place, SlotType, Value,
};
use super::names::Kind;
use super::report::at;
use super::values;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{CompareOp, Literal, LiteralValue, Operand, Span};

/// One side of a comparison, resolved as far as it can be without the other.
#[derive(Clone, Debug)]
enum Side<'e> {
    Slot(usize),
    Param(usize),
    Today,
    /// A word that names nothing: an enum value, perhaps.
    Word(&'e str, Span),
    Literal(&'e Literal),
}

fn negated(op: CompareOp, condition: Condition) -> Condition {
    if op == CompareOp::Ne {
        Condition::Not(Box::new(condition))
    } else {
        condition
    }
}

/// `!=` is lowered as `not =`.
/// What may stand on the right of a number or a date.
struct Expected {
    ty: SlotType,
    param: fn(&ParamType) -> bool,
    words: &'static str,
}

/// What stands there.
enum Right {
    Const(Value),
    Param(usize),
}

fn comparison(op: CompareOp) -> Comparison {
    match op {
        CompareOp::Eq | CompareOp::Ne => Comparison::Eq,
        CompareOp::Lt => Comparison::Lt,
        CompareOp::Le => Comparison::Le,
        CompareOp::Gt => Comparison::Gt,
        CompareOp::Ge => Comparison::Ge,
    }
}

fn flipped(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Lt => CompareOp::Gt,
        CompareOp::Le => CompareOp::Ge,
        CompareOp::Gt => CompareOp::Lt,
        CompareOp::Ge => CompareOp::Le,
        same => same,
    }
}

fn operand_span(operand: &Operand) -> Span {
    match operand {
        Operand::Path(path) => path.span,
        Operand::Literal(literal) => literal.span,
    }
}

impl Conditions<'_, '_> {
    /// `a OP b`.
    pub(super) fn compare(
        &mut self,
        place: Place,
        left: &Operand,
        op: CompareOp,
        right: &Operand,
    ) -> Option<Condition> {
        let source = place.source;
        let a = self.side(left);
        let b = self.side(right);
        let subject = |s: &Side<'_>| matches!(s, Side::Slot(_) | Side::Today);
        // The attribute comes first.
        let (a, op, b, left, right) = if !subject(&a) && subject(&b) {
            (b, flipped(op), a, right, left)
        } else {
            (a, op, b, left, right)
        };
        match a {
            Side::Slot(slot) => self.compare_slot(place, slot, op, b, operand_span(right)),
            Side::Today => self.compare_date(place, None, "today", op, b, operand_span(right)),
            Side::Word(word, span) => {
                match self.names.kind(word) {
                    Some(Kind::Let | Kind::List) => self.report.push(
                        Diagnostic::new(
                            &codes::NOTHING_TO_COMPARE,
                            at(source, span),
                            format!("`{word}` cannot be compared"),
                        )
                        .label("expected an attribute"),
                    ),
                    Some(_) => {}
                    None => self.report.unknown(
                        &codes::UNKNOWN_ATTRIBUTE,
                        at(source, span),
                        "attribute",
                        word,
                        self.names.slot_at.keys().copied(),
                    ),
                }
                None
            }
            Side::Param(_) | Side::Literal(_) => {
                self.report.push(
                    Diagnostic::new(
                        &codes::NOTHING_TO_COMPARE,
                        at(source, operand_span(left)),
                        "neither side of the comparison is an attribute",
                    )
                    .label("known before any event")
                    .help("compare an attribute with a constant or a parameter"),
                );
                None
            }
        }
    }

    fn side<'e>(&self, operand: &'e Operand) -> Side<'e> {
        let (word, span) = match operand {
            Operand::Path(path) => (path.value.as_str(), path.span),
            Operand::Literal(literal) => match &literal.value {
                LiteralValue::Word(word) => (word.as_str(), literal.span),
                _ => return Side::Literal(literal),
            },
        };
        if let Some(&slot) = self.names.slot_at.get(word) {
            Side::Slot(slot)
        } else if let Some(&param) = self.names.param_at.get(word) {
            Side::Param(param)
        } else if word == "today" {
            Side::Today
        } else {
            Side::Word(word, span)
        }
    }

    fn compare_slot(
        &mut self,
        place: Place,
        slot: usize,
        op: CompareOp,
        right: Side<'_>,
        right_span: Span,
    ) -> Option<Condition> {
        let names = self.names;
        let declared = names.slots.get(slot)?;
        let name = declared.name.as_str();
        let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
        let right_place = at(place.source, right_span);
        match &declared.ty {
            SlotType::Bool => {
                self.bool_compared(place, name, op, &right);
                None
            }
            SlotType::Set => {
                self.report.push(
                    Diagnostic::new(
                        &codes::WRONG_TYPE,
                        place,
                        format!("`{name}` is a set and cannot be compared"),
                    )
                    .label("a set is asked with `has`")
                    .help(format!("write `{name} has \"…\"`")),
                );
                None
            }
            SlotType::Int => self.compare_int(place, slot, name, op, right, right_span),
            SlotType::Date => self.compare_date(place, Some(slot), name, op, right, right_span),
            ty if !equality => {
                self.report.push(
                    Diagnostic::new(
                        &codes::NO_ORDER,
                        place,
                        format!("`{name}` is {}, which has no order", values::type_name(ty)),
                    )
                    .label("only `=`, `!=` and `in` fit"),
                );
                None
            }
            SlotType::Enum(variants) => {
                let index = match right {
                    Side::Word(word, span) => {
                        values::variant(self.report, at(place.source, span), word, variants, name)?
                    }
                    Side::Literal(literal) => {
                        match values::value(self.report, place.source, literal, &declared.ty, name)?
                        {
                            Value::Enum(Some(index)) => index,
                            _ => return None,
                        }
                    }
                    // A word that also names something else means the variant here.
                    Side::Slot(other) if self.is_variant(other, variants).is_some() => {
                        self.is_variant(other, variants)?
                    }
                    Side::Slot(_) | Side::Param(_) | Side::Today => {
                        self.wrong_right(right_place, name, "one of its values");
                        return None;
                    }
                };
                Some(negated(
                    op,
                    Condition::Leaf(Leaf::EnumIn(slot, vec![index])),
                ))
            }
            SlotType::String | SlotType::Host => {
                let host = declared.ty == SlotType::Host;
                let leaf = match right {
                    Side::Slot(other) => {
                        if names.slots.get(other).map(|s| &s.ty) != Some(&declared.ty) {
                            self.wrong_right(
                                right_place,
                                name,
                                if host { "a host" } else { "a string" },
                            );
                            return None;
                        }
                        Leaf::Same(slot, other)
                    }
                    Side::Literal(literal) => {
                        match values::value(self.report, place.source, literal, &declared.ty, name)?
                        {
                            Value::Text(text) if host => Leaf::HostIn(slot, vec![text]),
                            Value::Text(text) => Leaf::StringIn(slot, vec![text]),
                            _ => return None,
                        }
                    }
                    Side::Word(word, span) => {
                        self.unknown_word(at(place.source, span), word);
                        return None;
                    }
                    Side::Param(_) | Side::Today => {
                        self.wrong_right(right_place, name, "a text or an attribute");
                        return None;
                    }
                };
                Some(negated(op, Condition::Leaf(leaf)))
            }
        }
    }

    fn is_variant(&self, slot: usize, variants: &[String]) -> Option<u16> {
        let name = &self.names.slots.get(slot)?.name;
        u16::try_from(variants.iter().position(|v| v == name)?).ok()
    }

    fn bool_compared(&mut self, place: Place, name: &str, op: CompareOp, right: &Side<'_>) {
        let value = match right {
            Side::Literal(literal) => match literal.value {
                LiteralValue::Bool(b) => Some(b == (op == CompareOp::Eq)),
                _ => None,
            },
            Side::Word("true", _) => Some(op == CompareOp::Eq),
            Side::Word("false", _) => Some(op != CompareOp::Eq),
            _ => None,
        };
        let mut d = Diagnostic::new(
            &codes::BOOL_COMPARED,
            place,
            format!("`{name}` is a bool and needs no comparison"),
        )
        .label("already true or false");
        d = match value {
            Some(true) => d.suggest(name.to_owned()),
            Some(false) => d.suggest(format!("not {name}")),
            None => d.help(format!("write `{name}` or `not {name}`")),
        };
        self.report.push(d);
    }

    fn wrong_right(&mut self, place: Place, name: &str, expected: &str) {
        self.report.push(
            Diagnostic::new(
                &codes::WRONG_TYPE,
                place,
                format!("`{name}` cannot be compared with this"),
            )
            .label(format!("expected {expected}")),
        );
    }

    fn unknown_word(&mut self, place: Place, word: &str) {
        let known: Vec<&str> = self.names.slot_at.keys().copied().collect();
        let mut d = Diagnostic::new(
            &codes::UNKNOWN_ATTRIBUTE,
            place,
            format!("unknown attribute `{word}`"),
        );
        d = match super::suggest::nearest(word, known) {
            Some(near) => d
                .label(format!("did you mean `{near}`?"))
                .suggest(near.to_owned()),
            None => d
                .label("a text stands in quotes")
                .suggest(values::quoted(word)),
        };
        self.report.push(d);
    }

    fn compare_int(
        &mut self,
        place: Place,
        slot: usize,
        name: &str,
        op: CompareOp,
        right: Side<'_>,
        right_span: Span,
    ) -> Option<Condition> {
        let expected = Expected {
            ty: SlotType::Int,
            param: |ty| matches!(ty, ParamType::Int { .. }),
            words: "a number or an `int` parameter",
        };
        let number = match self.right_value(place, name, right, right_span, &expected)? {
            Right::Const(Value::Int(n)) => Number::Const(n),
            Right::Const(_) => return None,
            Right::Param(param) => Number::Param(param),
        };
        let leaf = Condition::Leaf(Leaf::Int(slot, comparison(op), number));
        Some(negated(op, leaf))
    }

    fn compare_date(
        &mut self,
        place: Place,
        slot: Option<usize>,
        name: &str,
        op: CompareOp,
        right: Side<'_>,
        right_span: Span,
    ) -> Option<Condition> {
        let expected = Expected {
            ty: SlotType::Date,
            param: |ty| matches!(ty, ParamType::Date(_)),
            words: "a date or a `date` parameter",
        };
        let date = match self.right_value(place, name, right, right_span, &expected)? {
            Right::Const(Value::Date(d)) => DateNumber::Const(d),
            Right::Const(_) => return None,
            Right::Param(param) => DateNumber::Param(param),
        };
        let leaf = Condition::Leaf(Leaf::Date(slot, comparison(op), date));
        Some(negated(op, leaf))
    }

    /// The constant or the parameter on the right of a number or a date.
    fn right_value(
        &mut self,
        place: Place,
        name: &str,
        right: Side<'_>,
        right_span: Span,
        expected: &Expected,
    ) -> Option<Right> {
        match right {
            Side::Literal(literal) => {
                values::value(self.report, place.source, literal, &expected.ty, name)
                    .map(Right::Const)
            }
            Side::Param(param) if self.param_is(param, expected.param) => Some(Right::Param(param)),
            Side::Word(word, span) => {
                self.unknown_param(at(place.source, span), word);
                None
            }
            Side::Param(_) | Side::Slot(_) | Side::Today => {
                self.wrong_right(at(place.source, right_span), name, expected.words);
                None
            }
        }
    }

    pub(super) fn param_is(&self, param: usize, is_it: impl Fn(&ParamType) -> bool) -> bool {
        self.names.params.get(param).is_some_and(|p| is_it(&p.ty))
    }

    /// Reports a word that is no parameter.
    pub(super) fn unknown_param(&mut self, place: Place, word: &str) {
        match self.names.kind(word) {
            Some(Kind::Param) => {}
            Some(kind) => self.report.push(
                Diagnostic::new(
                    &codes::WRONG_TYPE,
                    place,
                    format!(
                        "`{word}` is {}, a number or a parameter is expected",
                        kind.word()
                    ),
                )
                .label("expected a parameter"),
            ),
            None => self.report.unknown(
                &codes::UNKNOWN_PARAM,
                place,
                "parameter",
                word,
                self.names.of_kind(&[Kind::Param]),
            ),
        }
    }
}
