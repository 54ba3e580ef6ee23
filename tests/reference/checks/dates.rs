//! Dates within numbers, and dates as they are written.

use super::judge;
use crate::generate::build::*;

#[test]
fn date() {
    let on_tail = texts("date", &["DDMMYY"], on(5, Some(10)));
    judge(
        &on_tail,
        &["1237 010180", "1237 290204"],
        &["1237 290205", "1237 320180", "1237 0101"],
    );
    judge(
        &texts("date", &["YYMMDD"], None),
        &["991231"],
        &["991301", "9912310"],
    );
    judge(
        &texts("date", &["DDMMYYYY"], None),
        &["29.02.2000"],
        &["29.02.1900", "00.01.2000"],
    );
    judge(
        &texts("date", &["YYYYMMDD"], None),
        &["2024-02-29", "0000-02-29"],
        &["2023-02-29"],
    );
    judge(
        &texts("date", &["MMDDYYYY"], None),
        &["12/31/1999"],
        &["31/12/1999"],
    );
}

#[test]
fn date_with_offsets() {
    // Poland adds 20 to the month from 2000 on, Sweden 60 to the day of a coordination number.
    let pesel = texts("date", &["YYMMDD", "month+20", "month+80"], on(1, Some(6)));
    judge(
        &pesel,
        &["44051401359", "02270803628", "85832312345"],
        &["44451401359", "02330803628", "02200803628"],
    );
    let both = texts("date", &["DDMMYY", "day+40", "month+50"], None);
    judge(
        &both,
        &["410180", "710180", "015180", "715180"],
        &["720180", "400180", "716380"],
    );
}

#[test]
fn written_date() {
    let check = texts("written_date", &[], None);
    judge(
        &check,
        &[
            "31.12.1999",
            "1.2.99",
            "1999-12-31",
            "12/31/1999",
            "31/12/1999",
            "12. März 1980",
            "12. MÄRZ 1980",
            "March 12, 1980",
            "12 Mar 1980",
            "12-Mar-80",
            "March 12th, 1980",
            "1st of May 2001",
            "5. Jänner 2024",
            "5. Jaenner 2024",
            "3. Dez. 2020",
            "Dec 3 2020",
            "Sept. 4, 2021",
            "1. Oktober 2021",
            "2024-02-29",
            "2100/1/1",
        ],
        &[
            "31.11.1999",
            "12.31.1999",
            "13/32/1999",
            "2023-02-29",
            "31.12.1899",
            "1.1.2101",
            "1.1.199",
            "001.1.1999",
            "1.1",
            "1.1.1999 2",
            "12. Mond 1980",
            "12. Septemberfest 1980",
            "12 1980 March",
            "Mar Apr 1980",
            "1.1.1999+",
            "12345.1.1",
        ],
    );
    judge(
        &check,
        &["1.1.1999."],
        &["März 1980", "12 März", "12 st 1980", "1.\u{e9}.1999"],
    );
    judge(
        &texts("written_date", &[], on(4, None)),
        &["am 1.1.1999"],
        &["am", "am 31.2.1999"],
    );
}
