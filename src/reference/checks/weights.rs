//! Weighted sums: the family most national numbers belong to.
//!
//! ```text
//! weights(3,7,9,0,5,8,4,2,1,6) mod 11 equals digit 4     (Austrian SVNR)
//!   value 1 2 3 7 0 1 0 1 8 0   sum of digit × weight, mod 11, is the 4th digit
//! ```

use crate::syntax::ast::{Weights, WeightsEquals};

/// `slice` is weighed; `equals digit` reads the whole value.
pub(super) fn holds(weights: &Weights, slice: &[u8], whole: &[u8]) -> bool {
    let numbers = numbers(slice, weights.letters_two_digits);
    let fits = numbers.len() == weights.weights.len() || weights.repeat;
    if !fits || weights.weights.is_empty() || weights.modulus <= 0 {
        return false;
    }
    let products = numbers
        .iter()
        .zip(weights.weights.iter().cycle())
        .map(|(number, weight)| number * weight)
        .map(|product| match weights.digit_sum {
            true => digit_sum(product),
            false => product,
        });
    let sum: i64 = products.sum();
    let rest = sum.rem_euclid(weights.modulus);
    let result = match weights.complement {
        true => (weights.modulus - rest) % weights.modulus,
        false => rest,
    };
    let at = match weights.equals {
        WeightsEquals::Constant(constant) => return result == constant,
        WeightsEquals::Digit(0) => whole.len().checked_sub(1),
        WeightsEquals::Digit(n) => usize::try_from(n).ok().and_then(|n| n.checked_sub(1)),
    };
    let sign = match result {
        0..=9 => u32::try_from(result)
            .ok()
            .and_then(|r| char::from_digit(r, 10)),
        10 => weights.ten_is.map(|sign| sign.to_ascii_uppercase()),
        _ => None,
    };
    let written = at
        .and_then(|at| whole.get(at))
        .map(|&byte| char::from(byte));
    sign.is_some() && sign == written
}

/// The numbers that are weighed: A=10 … Z=35, or A=01 … Z=26 as two digits each.
fn numbers(value: &[u8], two_digits: bool) -> Vec<i64> {
    let mut numbers = Vec::new();
    for &byte in value {
        let letter = i64::from(byte) - i64::from(b'A');
        match byte {
            b'0'..=b'9' => numbers.push(i64::from(byte - b'0')),
            _ if two_digits => numbers.extend([(letter + 1) / 10, (letter + 1) % 10]),
            _ => numbers.push(letter + 10),
        }
    }
    numbers
}

fn digit_sum(product: i64) -> i64 {
    let mut rest = product.abs();
    let mut sum = 0;
    while rest > 0 {
        sum += rest % 10;
        rest /= 10;
    }
    sum
}
