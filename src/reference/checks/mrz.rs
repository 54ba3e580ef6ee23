//! Machine-readable zones: ICAO 9303, parts 3 to 7.

/// A place in the zone: line and position from 1 on, as the standard counts, and the last position.
type Field = (usize, usize, usize);

/// One document: lines, characters of each, its check digits (line, position) with their fields.
struct Layout {
    lines: usize,
    length: usize,
    digits: Vec<(usize, usize, Vec<Field>)>,
}

/// The three fields that all documents of two lines share, in this line.
fn common(line: usize) -> Vec<(usize, usize, Vec<Field>)> {
    vec![
        (line, 10, vec![(line, 1, 9)]),
        (line, 20, vec![(line, 14, 19)]),
        (line, 28, vec![(line, 22, 27)]),
    ]
}

fn passport(line: usize) -> Vec<(usize, usize, Vec<Field>)> {
    let mut digits = common(line);
    digits.push((line, 43, vec![(line, 29, 42)]));
    let all = vec![(line, 1, 10), (line, 14, 20), (line, 22, 43)];
    digits.push((line, 44, all));
    digits
}

fn card(line: usize) -> Vec<(usize, usize, Vec<Field>)> {
    let mut digits = common(line);
    let all = vec![(line, 1, 10), (line, 14, 20), (line, 22, 35)];
    digits.push((line, 36, all));
    digits
}

fn three_lines() -> Vec<(usize, usize, Vec<Field>)> {
    let all = vec![(1, 6, 30), (2, 1, 7), (2, 9, 15), (2, 19, 29)];
    vec![
        (1, 15, vec![(1, 6, 14)]),
        (2, 7, vec![(2, 1, 6)]),
        (2, 15, vec![(2, 9, 14)]),
        (2, 30, all),
    ]
}

/// All check digits hold, but for so many.
pub(super) fn mrz(span: &[u8], tolerated: i64) -> bool {
    let zone: Vec<u8> = span
        .iter()
        .copied()
        .filter(|byte| !b" \t\n\r\x0c".contains(byte))
        .collect();
    let allowed = |byte: &u8| *byte == b'<' || byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let visa = zone.first() == Some(&b'V');
    let (lines, length, digits) = match (zone.len(), visa) {
        (88, false) => (2, 44, passport(2)),
        (88, true) => (2, 44, common(2)),
        (72, false) => (2, 36, card(2)),
        (72, true) => (2, 36, common(2)),
        (90, _) => (3, 30, three_lines()),
        (44, _) => (1, 44, passport(1)),
        (36, _) => (1, 36, card(1)),
        _ => return false,
    };
    let layout = Layout {
        lines,
        length,
        digits,
    };
    let wrong = layout.wrong(&zone);
    zone.iter().all(allowed) && i64::try_from(wrong).is_ok_and(|wrong| wrong <= tolerated)
}

impl Layout {
    /// How many check digits do not hold.
    fn wrong(&self, zone: &[u8]) -> usize {
        let lines: Vec<&[u8]> = zone.chunks(self.length).take(self.lines).collect();
        let field = |(line, from, to): Field| {
            let line = lines.get(line - 1).copied().unwrap_or_default();
            line.get(from - 1..to).unwrap_or_default().to_vec()
        };
        let holds = |line: usize, at: usize, fields: &[Field]| {
            let read: Vec<u8> = fields.iter().flat_map(|f| field(*f)).collect();
            let sum: u32 = read
                .iter()
                .zip([7, 3, 1].into_iter().cycle())
                .map(|(c, w)| worth(*c) * w)
                .sum();
            field((line, at, at)).first().map(|c| worth(*c)) == Some(sum % 10)
        };
        let digits = self.digits.iter();
        digits
            .filter(|(line, at, fields)| !holds(*line, *at, fields))
            .count()
    }
}

/// 0-9, A=10 … Z=35, `<` is 0.
fn worth(character: u8) -> u32 {
    char::from(character).to_digit(36).unwrap_or(0)
}
