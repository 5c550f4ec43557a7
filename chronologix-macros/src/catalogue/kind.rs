//! What the source shows of the kind of a value. Types are not known to a macro, so that is what
//! the expression says by itself: a literal, a cast, a comparison, a `format!`.

use chronologix_schema::layout::ValueKind;
use proc_macro2::TokenStream;
use syn::{BinOp, Expr, ExprBinary, Lit, Type, UnOp};

/// The types of integers, as they are named in casts and behind literals.
const INTEGERS: [&str; 12] = [
    "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize",
];

/// Returns the kind of the value of an expression, or `None` if the source does not show it.
pub(super) fn of_value(value: &TokenStream) -> Option<ValueKind> {
    of_expression(&syn::parse2(value.clone()).ok()?)
}

fn of_expression(expression: &Expr) -> Option<ValueKind> {
    match expression {
        Expr::Lit(literal) => of_literal(&literal.lit),
        Expr::Cast(cast) => of_type(&cast.ty),
        Expr::Paren(inner) => of_expression(&inner.expr),
        Expr::Group(inner) => of_expression(&inner.expr),
        Expr::Reference(inner) => of_expression(&inner.expr),
        // `!x` is no `bool` if `x` is an integer.
        Expr::Unary(unary) => match unary.op {
            UnOp::Neg(_) | UnOp::Not(_) => of_expression(&unary.expr),
            _ => None,
        },
        Expr::Binary(binary) => is_condition(binary).then_some(ValueKind::Bool),
        Expr::Macro(call) if call.mac.path.is_ident("format") => Some(ValueKind::Text),
        Expr::Macro(call) if call.mac.path.is_ident("matches") => Some(ValueKind::Bool),
        _ => None,
    }
}

fn of_literal(literal: &Lit) -> Option<ValueKind> {
    match literal {
        Lit::Int(number) if number.suffix().starts_with('f') => Some(ValueKind::Float),
        Lit::Int(_) | Lit::Byte(_) => Some(ValueKind::Integer),
        Lit::Float(_) => Some(ValueKind::Float),
        Lit::Bool(_) => Some(ValueKind::Bool),
        Lit::Str(_) | Lit::Char(_) => Some(ValueKind::Text),
        _ => None,
    }
}

fn of_type(named: &Type) -> Option<ValueKind> {
    let Type::Path(named) = named else {
        return None;
    };
    let name = named.path.get_ident()?.to_string();
    match name.as_str() {
        "f32" | "f64" => Some(ValueKind::Float),
        "bool" => Some(ValueKind::Bool),
        "char" => Some(ValueKind::Text),
        name if INTEGERS.contains(&name) => Some(ValueKind::Integer),
        _ => None,
    }
}

fn is_condition(binary: &ExprBinary) -> bool {
    matches!(
        binary.op,
        BinOp::And(_)
            | BinOp::Or(_)
            | BinOp::Eq(_)
            | BinOp::Ne(_)
            | BinOp::Lt(_)
            | BinOp::Le(_)
            | BinOp::Gt(_)
            | BinOp::Ge(_)
    )
}
