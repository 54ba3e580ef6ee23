//! The vector path, the plain loop and the definition (semantics 26) agree on every byte.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use riegel_kernel::blocks::{
    BLOCK, Carry, Masks, PAD, Wanted, Way, each_suspicious, fold, suspects,
};
use riegel_kernel::layout;
use riegel_kernel::text::is_word;

/// A small generator: the same texts in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

const PIECES: [&[u8]; 20] = [
    b"a",
    b"Z",
    b"0",
    b"9",
    b"/",
    b":",
    b"@",
    b"[",
    b"`",
    b"{",
    b" ",
    b"\n",
    "ä".as_bytes(),
    "ß".as_bytes(),
    "€".as_bytes(),
    "漢".as_bytes(),
    "😀".as_bytes(),
    b"\xC3",
    b"\xE4\xB8",
    b"\xFF",
];

fn text(dice: &mut Dice) -> Vec<u8> {
    let mut out = Vec::new();
    for _ in 0..dice.below(300) {
        if dice.below(4) == 0 {
            out.push(dice.below(256) as u8);
        } else {
            out.extend_from_slice(PIECES[dice.below(PIECES.len() as u64) as usize]);
        }
    }
    out
}

fn masks(way: Way, padded: &[u8], len: usize, wanted: &Wanted) -> Vec<Masks> {
    let mut carry = Carry::default();
    let (blocks, _) = padded.as_chunks::<BLOCK>();
    blocks
        .iter()
        .take(len.div_ceil(BLOCK))
        .map(|block| Masks::of(way, block, wanted, &mut carry))
        .collect()
}

#[test]
fn vectors_the_plain_loop_and_the_definition_agree() {
    let mut dice = Dice(7);
    let specials = b"+([%;-@\\\xE2";
    let triggers = b"@;";
    let wanted = Wanted::new(specials).told(specials, triggers).unwrap();
    // `+` has the upper half of `%` and the lower one of `;`.
    assert_eq!(Wanted::new(specials).told(specials, b"@;%"), None);
    assert_eq!(Wanted::read(&wanted.write(), true), Some(wanted));
    for round in 0..20_000 {
        let text = text(&mut dice);
        let mut padded = text.clone();
        padded.resize(text.len() + PAD, 0);
        let simd = masks(Way::Simd, &padded, text.len(), &wanted);
        let portable = masks(Way::Portable, &padded, text.len(), &wanted);
        assert_eq!(simd, portable, "round {round}: {text:?}");
        for (at, b) in text.iter().enumerate() {
            let mask = simd[at / BLOCK];
            let bit = |m: u64| m >> (at % BLOCK) & 1 == 1;
            assert_eq!(
                bit(mask.digit),
                b.is_ascii_digit(),
                "round {round}, digit at {at}: {text:?}"
            );
            assert_eq!(
                bit(mask.word),
                is_word(&text, at),
                "round {round}, letter at {at}: {text:?}"
            );
            assert_eq!(
                bit(mask.special),
                specials.contains(b),
                "round {round}, special at {at}: {text:?}"
            );
            assert_eq!(
                bit(mask.trigger),
                triggers.contains(b),
                "round {round}, trigger at {at}: {text:?}"
            );
        }
    }
}

#[test]
fn blocks_are_folded_as_single_bytes_are() {
    let mut dice = Dice(8);
    for _ in 0..2_000 {
        let block: [u8; BLOCK] = std::array::from_fn(|_| dice.below(256) as u8);
        let right = block.map(layout::fold);
        for way in [Way::Simd, Way::Portable] {
            let mut folded = [0; BLOCK];
            fold(way, &block, &mut folded);
            assert_eq!(folded, right, "{way:?}: {block:?}");
        }
    }
}

#[test]
fn suspects_are_the_same_in_every_way() {
    let mut dice = Dice(9);
    for first in 0..=255u8 {
        for next in 0..=255 {
            let bytes = std::array::from_fn(|i| if i % 2 == 0 { first } else { next });
            let simd = suspects(Way::Simd, &bytes);
            assert_eq!(
                simd,
                suspects(Way::Portable, &bytes),
                "{first:02X} {next:02X}"
            );
            assert!(first >= 0x80 || b"\r%&-=".contains(&first) || simd & 1 == 0);
        }
    }
    for quiet in ["§ 5", "„Müßte“", "’tis – ", "a-b = c", "--------"] {
        let bytes: Vec<u8> = quiet.bytes().cycle().take(17).collect();
        assert_eq!(
            suspects(Way::Simd, bytes.first_chunk().unwrap()),
            0,
            "{quiet}"
        );
    }
    for _ in 0..2_000 {
        let text = text(&mut dice);
        let mut found = Vec::new();
        each_suspicious(&text, 0, text.len(), |at| found.push(at));
        let mut padded = text.clone();
        padded.push(0);
        let right: Vec<usize> = (0..text.len())
            .filter(|&at| {
                let mut bytes = [0; 17];
                bytes[..2].copy_from_slice(&padded[at..at + 2]);
                suspects(Way::Portable, &bytes) & 1 == 1
            })
            .collect();
        assert_eq!(found, right, "{text:?}");
    }
}
