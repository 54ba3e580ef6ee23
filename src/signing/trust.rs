//! Which keys count, and when.
//!
//! ```json
//! { "keys": [
//!   { "key": "01…", "name": "Build 2026", "until": "2027-11-30" },
//!   { "key": "01…", "name": "Build 2027", "from": "2027-11-01" },
//!   { "key": "01…", "name": "Laptop", "revoked": "2026-12-04" }
//! ] }
//! ```
//!
//! A signature holds no time that could be believed, so `from` and `until` speak of the day on which a
//! file is verified, and a revoked key counts for nothing, also for what it signed before.

use super::keys::{KeyId, PublicKey, Signature};
use super::refused::Refused;
use crate::syntax::ast::Date;
use serde::{Deserialize, Serialize};

/// Most keys of a trust set.
pub const MOST_KEYS: usize = 64;
/// Longest name of a key, in characters.
const LONGEST_NAME: usize = 100;

/// A key that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted {
    /// The key.
    pub key: PublicKey,
    /// For people.
    pub name: String,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub until: Option<Date>,
    /// The day on which it was given up; it counts for nothing, whatever the day.
    pub revoked: Option<Date>,
}

/// A trust set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Its keys, each once.
    pub keys: Vec<Trusted>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    keys: Vec<WrittenKey>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenKey {
    key: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked: Option<String>,
}

impl Trust {
    /// Reads its JSON.
    ///
    /// # Errors
    /// Where something in it is not understood: half a trust set would trust too much or too little.
    pub fn parse(json: &str) -> Result<Trust, Refused> {
        let unfit = |why: String| Refused::new(Refused::TRUST, why);
        let written: Written = serde_json::from_str(json)
            .map_err(|error| unfit(format!("line {}, column {}", error.line(), error.column())))?;
        if written.keys.len() > MOST_KEYS {
            return Err(unfit(format!("more than {MOST_KEYS} keys")));
        }
        let mut trust = Trust::default();
        for (n, key) in written.keys.iter().enumerate() {
            let key = key
                .read()
                .map_err(|what| unfit(format!("key number {}: `{what}`", n + 1)))?;
            if trust.find(&key.key.id()).is_some() {
                return Err(unfit(format!("key number {} is there twice", n + 1)));
            }
            trust.keys.push(key);
        }
        Ok(trust)
    }

    /// Its JSON.
    pub fn text(&self) -> String {
        let day = |date: Option<Date>| date.map(|date| date.to_string());
        let keys = self.keys.iter().map(|key| WrittenKey {
            key: key.key.to_string(),
            name: key.name.clone(),
            from: day(key.from),
            until: day(key.until),
            revoked: day(key.revoked),
        });
        let written = Written {
            keys: keys.collect(),
        };
        serde_json::to_string_pretty(&written).unwrap_or_default() + "\n"
    }

    /// The key with this id.
    pub fn find(&self, id: &KeyId) -> Option<&Trusted> {
        self.keys.iter().find(|key| key.key.id() == *id)
    }

    /// The keys whose signatures of a message count today. Keys that are not in the set say nothing; one
    /// that is in it and does not fit the message refuses everything.
    pub(super) fn judge(
        &self,
        message: &[u8],
        signatures: &[(KeyId, Signature)],
        today: Date,
    ) -> Result<Vec<KeyId>, Refused> {
        let mut good = Vec::new();
        let mut why = Refused::new(Refused::FOREIGN, "no key of the trust set signed it");
        for (id, signature) in signatures {
            let Some(key) = self.find(id) else { continue };
            if !key.key.verifies(message, signature) {
                return Err(Refused::new(
                    Refused::SIGNATURE,
                    format!("the signature by key {id} does not fit"),
                ));
            }
            match key.counts(today) {
                Ok(()) => good.push(*id),
                Err(refused) if refused.code == Refused::REVOKED => why = refused,
                Err(refused) if why.code == Refused::FOREIGN => why = refused,
                Err(_) => {}
            }
        }
        if good.is_empty() { Err(why) } else { Ok(good) }
    }
}

impl Trusted {
    /// A key without limits.
    pub fn new(key: PublicKey) -> Trusted {
        Trusted {
            key,
            name: String::new(),
            from: None,
            until: None,
            revoked: None,
        }
    }

    /// Does it count on this day?
    ///
    /// # Errors
    /// Why not.
    pub fn counts(&self, today: Date) -> Result<(), Refused> {
        let id = self.key.id();
        if let Some(day) = self.revoked {
            Err(Refused::new(
                Refused::REVOKED,
                format!("key {id} was revoked on {day}"),
            ))
        } else if let Some(day) = self.from.filter(|from| today < *from) {
            Err(Refused::new(
                Refused::DAY,
                format!("key {id} counts from {day} on"),
            ))
        } else if let Some(day) = self.until.filter(|until| *until < today) {
            Err(Refused::new(
                Refused::DAY,
                format!("key {id} counted until {day}"),
            ))
        } else {
            Ok(())
        }
    }
}

impl WrittenKey {
    /// The key, or the field that is wrong.
    fn read(&self) -> Result<Trusted, &'static str> {
        let day = |text: &Option<String>, field| match text {
            Some(text) => date(text).map(Some).ok_or(field),
            None => Ok(None),
        };
        let (from, until) = (day(&self.from, "from")?, day(&self.until, "until")?);
        if from.is_some() && until.is_some() && until < from {
            return Err("until");
        }
        if self.name.chars().count() > LONGEST_NAME || self.name.chars().any(char::is_control) {
            return Err("name");
        }
        Ok(Trusted {
            key: PublicKey::parse(&self.key).ok_or("key")?,
            name: self.name.clone(),
            from,
            until,
            revoked: day(&self.revoked, "revoked")?,
        })
    }
}

/// A day of the calendar as `YYYY-MM-DD`.
pub fn date(text: &str) -> Option<Date> {
    let number = |at: std::ops::Range<usize>| -> Option<u16> {
        let digits = text.get(at)?;
        digits
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| digits.parse().ok())?
    };
    let day = Date {
        year: number(0..4)?,
        month: u8::try_from(number(5..7)?).ok()?,
        day: u8::try_from(number(8..10)?).ok()?,
    };
    let exists = (1..=12).contains(&day.month) && Date::from_days(day.days()) == Some(day);
    (exists && day.to_string() == text).then_some(day)
}
