//! The day. No module sees a clock (semantics 4); the host computes `today` in the
//! time zone that the policy declares, or takes it from the event.

use crate::errors::{self, Problem};
use riegel::syntax::ast::Date;

/// A civil date as `YYYY-MM-DD`.
pub fn parse_date(text: &str) -> Result<Date, Problem> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| match i {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    let date: Option<jiff::civil::Date> = shaped.then(|| text.parse().ok()).flatten();
    date.and_then(from_jiff)
        .ok_or_else(|| Problem::new(&errors::DATE, "not a date").help("write `YYYY-MM-DD`"))
}

/// Today in a time zone, as days since 1970-01-01.
pub fn today_in(time_zone: &str) -> Result<i32, Problem> {
    let now = jiff::Timestamp::now()
        .in_tz(time_zone)
        .map_err(|_| unknown_zone(time_zone))?;
    from_jiff(now.date())
        .map(Date::days)
        .ok_or_else(|| unknown_zone(time_zone))
}

fn unknown_zone(time_zone: &str) -> Problem {
    Problem::new(
        &errors::TIME_ZONE,
        format!("there is no time zone `{time_zone}`"),
    )
    .help("say the day in the event: `\"today\": \"2027-01-31\"`")
}

fn from_jiff(date: jiff::civil::Date) -> Option<Date> {
    Some(Date {
        year: u16::try_from(date.year()).ok().filter(|year| *year > 0)?,
        month: u8::try_from(date.month()).ok()?,
        day: u8::try_from(date.day()).ok()?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn dates_are_strict() {
        assert_eq!(parse_date("1970-01-02").unwrap().days(), 1);
        for text in [
            "2027-02-30",
            "2027-2-3",
            "27-02-03",
            "2027-02-03T00:00",
            "0000-01-01",
            "",
        ] {
            assert!(parse_date(text).is_err(), "{text}");
        }
    }

    #[test]
    fn zones_are_bundled() {
        assert!(today_in("Europe/Berlin").unwrap() > 20_000);
        assert_eq!(today_in("Europe/Bärlin").unwrap_err().kind.id, "E6006");
    }
}
