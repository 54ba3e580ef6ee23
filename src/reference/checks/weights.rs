//! Weighted sums: the family most national numbers belong to.
//!
//! ```text
//! weights(3,7,9,0,5,8,4,2,1,6) mod 11 equals digit 4     (Austrian SVNR)
//!   value 1 2 3 7 0 1 0 1 8 0   sum of digit × weight, mod 11, is the 4th digit
//! ```

use crate::syntax::ast::{NumberCheck, NumberEquals, Slice, Weights, WeightsEquals};

/// `slice` is weighed; `equals digit` reads the whole value.
pub(super) fn holds(weights: &Weights, slice: &[u8], whole: &[u8]) -> bool {
    let numbers = numbers(slice, weights);
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
    let sum = products.sum::<i64>() + weights.plus.unwrap_or(0);
    let rest = sum.rem_euclid(weights.modulus) * weights.times.unwrap_or(1);
    let result = match weights.complement {
        true => (weights.modulus - rest).rem_euclid(weights.modulus),
        false => rest,
    };
    let result = weights.second.map_or(result, |second| result % second);
    let position = match weights.equals {
        WeightsEquals::Constant(constant) => return result == constant,
        WeightsEquals::Digit(n) => n,
    };
    let sign = match (&weights.signs, result) {
        (Some(signs), _) => sign_of(&signs.value, result),
        (None, 10) => weights
            .ten_is
            .and_then(|sign| u8::try_from(sign.to_ascii_uppercase()).ok()),
        (None, _) => sign_of("0123456789", result),
    };
    sign.is_some() && sign == at(whole, position)
}

/// A number of up to 30 digits; `cut` gives slices of the value.
pub(super) fn number_holds(
    number: &NumberCheck,
    cut: impl Fn(Option<&Slice>) -> Option<Vec<u8>>,
    whole: &[u8],
) -> bool {
    let Some(n) = cut(number.slice.as_ref()).and_then(|digits| read(&digits, 30)) else {
        return false;
    };
    let sum = n + i128::from(number.plus.unwrap_or(0));
    let modulus = i128::from(number.modulus.max(1));
    let rest = (sum.rem_euclid(modulus) * i128::from(number.times.unwrap_or(1))) % modulus;
    let result = match number.complement {
        true => (modulus - rest) % modulus,
        false => rest,
    };
    let result = number.second.map_or(result, |s| result % i128::from(s));
    match &number.equals {
        NumberEquals::Constant(constant) => result == i128::from(*constant),
        NumberEquals::Number(slice) => {
            cut(Some(slice)).and_then(|digits| read(&digits, 18)) == Some(result)
        }
        NumberEquals::Signs(signs, position) => {
            let sign = i64::try_from(result).ok();
            let sign = sign.and_then(|result| sign_of(&signs.value, result));
            sign.is_some() && sign == at(whole, *position)
        }
    }
}

/// Digits as a number, at most so many.
fn read(digits: &[u8], most: usize) -> Option<i128> {
    let text = std::str::from_utf8(digits).ok()?;
    let right = digits.len() <= most && digits.iter().all(u8::is_ascii_digit);
    right.then(|| text.parse().ok()).flatten()
}

/// The character at a position from 1 on; 0: the last.
fn at(whole: &[u8], position: i64) -> Option<u8> {
    match usize::try_from(position).ok()? {
        0 => whole.last().copied(),
        n => whole.get(n - 1).copied(),
    }
}

/// The character of an alphabet with this index, in upper case.
fn sign_of(alphabet: &str, index: i64) -> Option<u8> {
    let sign = alphabet.as_bytes().get(usize::try_from(index).ok()?);
    sign.map(|sign| sign.to_ascii_uppercase())
}

/// The numbers that are weighed: A=10 … Z=35, or A=01 … Z=26 as two digits each, or what a map says.
fn numbers(value: &[u8], weights: &Weights) -> Vec<i64> {
    let mut numbers = Vec::new();
    for (place, &byte) in value.iter().enumerate() {
        let Some(worth) = char::from(byte).to_digit(36) else {
            continue;
        };
        let map = match place % 2 {
            0 if !weights.odd_map.is_empty() => &weights.odd_map,
            _ => &weights.map,
        };
        let mapped = usize::try_from(worth).ok().and_then(|i| map.get(i));
        let worth = i64::from(worth);
        match mapped {
            Some(mapped) => numbers.push(*mapped),
            None if weights.letters_two_digits && worth > 9 => {
                numbers.extend([(worth - 9) / 10, (worth - 9) % 10]);
            }
            None => numbers.push(worth),
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
