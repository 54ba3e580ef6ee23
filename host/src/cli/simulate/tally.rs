//! What is counted.

use crate::errors::Kind;
use crate::runtime::Outcome;
use riegel::abi::record::{Decision, verdict};
use riegel::manifest::{PolicyInfo, RuleInfo};
use riegel::syntax::ast::Verdict;
use riegel_kernel::layout::{RECORD_ERROR, RuleHit};
use serde_json::{Value as Json, json};

/// Most bad lines that are listed.
const LISTED: usize = 100;

/// Counts over all events.
pub struct Tally {
    /// Events that were decided.
    pub events: u64,
    /// By [`Verdict::ALL`]: what applies.
    pub applies: [u64; 7],
    /// The same without stages.
    pub enforced: [u64; 7],
    /// Decisions in which `on_error` had the say.
    pub on_error: u64,
    /// Events with a value that the policy does not know.
    pub unknown_values: u64,
    /// Lines that are no events.
    pub bad_lines: u64,
    /// The first of them, with their codes.
    pub listed: Vec<(u64, &'static Kind)>,
    /// Both policies' rules, those of POLICY first.
    pub rules: Vec<RuleCount>,
    /// The comparison; `None`: there is no other policy.
    pub changes: Option<Changes>,
    /// Where the rules of POLICY and of OTHER stand in `rules`.
    places: [Vec<usize>; 2],
    by_enforced: bool,
}

/// A rule's counts.
pub struct RuleCount {
    /// Its name.
    pub id: String,
    /// Events in which it fired; `None`: the policy has no such rule.
    pub fires: Option<u64>,
    /// The same under OTHER.
    pub fires_there: Option<u64>,
    /// Events in which it decided, by what applies.
    pub decides: u64,
    /// Events that are stronger than under OTHER, and this rule decided.
    pub stronger: u64,
    /// Events that are weaker, and this rule had decided under OTHER.
    pub weaker: u64,
}

/// How decisions differ.
#[derive(Default)]
pub struct Changes {
    /// POLICY is stricter.
    pub stronger: u64,
    /// POLICY is milder.
    pub weaker: u64,
    /// From (OTHER), to (POLICY).
    pub moves: [[u64; 7]; 7],
}

impl Tally {
    /// For the rules of both.
    pub fn new(rules: &[RuleInfo], other: Option<&[RuleInfo]>, by_enforced: bool) -> Self {
        let mut all: Vec<RuleCount> = Vec::new();
        let mut places = [Vec::new(), Vec::new()];
        for (side, rules) in [Some(rules), other].into_iter().enumerate() {
            for rule in rules.unwrap_or_default() {
                let known = all.iter().position(|count| count.id == rule.id);
                let place = known.unwrap_or(all.len());
                if known.is_none() {
                    all.push(RuleCount {
                        id: rule.id.clone(),
                        fires: None,
                        fires_there: None,
                        decides: 0,
                        stronger: 0,
                        weaker: 0,
                    });
                }
                if let Some(count) = all.get_mut(place) {
                    match side {
                        0 => count.fires = Some(0),
                        _ => count.fires_there = Some(0),
                    }
                }
                if let Some(places) = places.get_mut(side) {
                    places.push(place);
                }
            }
        }
        Tally {
            events: 0,
            applies: [0; 7],
            enforced: [0; 7],
            on_error: 0,
            unknown_values: 0,
            bad_lines: 0,
            listed: Vec::new(),
            rules: all,
            changes: other.map(|_| Changes::default()),
            places,
            by_enforced,
        }
    }

    /// A line that is no event.
    pub fn bad(&mut self, line: u64, kind: &'static Kind) {
        self.bad_lines += 1;
        if self.listed.len() < LISTED {
            self.listed.push((line, kind));
        }
    }

    /// A decision, and that of the other policy about the same event.
    pub fn count(&mut self, outcome: &Outcome, other: Option<&Outcome>) {
        let decision = &outcome.decision;
        self.events += 1;
        add(&mut self.applies, decision.effective);
        add(&mut self.enforced, decision.verdict);
        self.on_error += u64::from(decision.flags & RECORD_ERROR != 0);
        for hit in &decision.rules {
            let decides = self.decides(decision, hit);
            if let Some(rule) = self.rule(0, hit) {
                *rule.fires.get_or_insert(0) += 1;
                rule.decides += u64::from(decides);
            }
        }
        if let Some(other) = other {
            self.compare(decision, &other.decision);
        }
    }

    fn compare(&mut self, here: &Decision, there: &Decision) {
        for hit in &there.rules {
            if let Some(rule) = self.rule(1, hit) {
                *rule.fires_there.get_or_insert(0) += 1;
            }
        }
        let (now, before) = (self.basis(here), self.basis(there));
        if let Some(changes) = &mut self.changes {
            changes.stronger += u64::from(now > before);
            changes.weaker += u64::from(now < before);
            if let Some(row) = changes.moves.get_mut(before as usize) {
                add(row, now);
            }
        }
        let (side, decision) = match now.cmp(&before) {
            std::cmp::Ordering::Greater => (0, here),
            std::cmp::Ordering::Less => (1, there),
            std::cmp::Ordering::Equal => return,
        };
        for hit in &decision.rules {
            let decides = self.decides(decision, hit);
            if let Some(rule) = self.rule(side, hit).filter(|_| decides) {
                match side {
                    0 => rule.stronger += 1,
                    _ => rule.weaker += 1,
                }
            }
        }
    }

    /// The verdict by which decisions are compared.
    fn basis(&self, decision: &Decision) -> Verdict {
        match self.by_enforced {
            true => decision.verdict,
            false => decision.effective,
        }
    }

    /// Is the rule's verdict the decision's?
    fn decides(&self, decision: &Decision, hit: &RuleHit) -> bool {
        let own = match self.by_enforced {
            true => hit.verdict,
            false => hit.effective,
        };
        verdict(own) == Some(self.basis(decision))
    }

    fn place(&self, side: usize, hit: &RuleHit) -> Option<usize> {
        let places = self.places.get(side)?;
        places.get(usize::from(hit.rule)).copied()
    }

    fn rule(&mut self, side: usize, hit: &RuleHit) -> Option<&mut RuleCount> {
        let place = self.place(side, hit)?;
        self.rules.get_mut(place)
    }

    /// Verdicts are counted without stages.
    pub fn is_enforced(&self) -> bool {
        self.by_enforced
    }

    /// For programs.
    pub fn json(&self, info: &PolicyInfo, other: Option<&PolicyInfo>) -> Json {
        let policy = |info: &PolicyInfo| json!({ "id": info.id, "version": info.version, "build": info.build });
        let rules: Vec<Json> = self
            .rules
            .iter()
            .map(|rule| match &self.changes {
                None => json!({ "id": rule.id, "fires": rule.fires, "decides": rule.decides }),
                Some(_) => json!({
                    "id": rule.id,
                    "fires": rule.fires,
                    "decides": rule.decides,
                    "fires_against": rule.fires_there,
                    "stronger": rule.stronger,
                    "weaker": rule.weaker,
                }),
            })
            .collect();
        let bad = self.listed.iter();
        let bad: Vec<Json> = bad
            .map(|(line, kind)| json!({ "line": line, "code": kind.id }))
            .collect();
        json!({
            "policy": policy(info),
            "against": other.map(policy),
            "basis": if self.by_enforced { "verdict" } else { "effective" },
            "events": self.events,
            "effective": verdicts(&self.applies),
            "verdict": verdicts(&self.enforced),
            "on_error": self.on_error,
            "unknown_values": self.unknown_values,
            "rules": rules,
            "changes": self.changes.as_ref().map(|changes| changes.json(self.events)),
            "bad_lines": self.bad_lines,
            "bad": bad,
        })
    }
}

impl Changes {
    fn json(&self, events: u64) -> Json {
        let moves: Vec<Json> = self
            .moves()
            .map(|(from, to, count)| json!({ "from": from.as_str(), "to": to.as_str(), "events": count }))
            .collect();
        json!({
            "stronger": self.stronger,
            "weaker": self.weaker,
            "equal": events - self.stronger - self.weaker,
            "moves": moves,
        })
    }

    /// From, to, how many; only where they differ.
    pub fn moves(&self) -> impl Iterator<Item = (Verdict, Verdict, u64)> + '_ {
        Verdict::ALL
            .into_iter()
            .zip(&self.moves)
            .flat_map(|(from, row)| {
                let cells = Verdict::ALL.into_iter().zip(row);
                cells.filter_map(move |(to, count)| {
                    (*count > 0 && from != to).then_some((from, to, *count))
                })
            })
    }
}

fn add(counts: &mut [u64; 7], verdict: Verdict) {
    if let Some(count) = counts.get_mut(verdict as usize) {
        *count += 1;
    }
}

fn verdicts(counts: &[u64; 7]) -> Json {
    let pairs = Verdict::ALL.into_iter().zip(counts);
    pairs
        .map(|(verdict, count)| (verdict.as_str().to_owned(), json!(count)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
