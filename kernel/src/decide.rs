//! One decision from frame to record.
//!
//! ```text
//! frame -> facts -> rules(0): what attributes alone decide, and what is demanded
//!       -> (only where something is demanded) read, scan, settle, answer questions
//!       -> rules(1): the rules that asked -> verdicts, stages, obligations -> record
//! ```
//! Nothing of a decision survives it: every buffer that held content is zeroed by
//! [`search`], every other one is written before it is read.

use crate::blocks::{PAD, Way};
use crate::compose::compose;
use crate::config;
use crate::encoded;
use crate::event::{Facts, Frame};
use crate::findings;
use crate::judge::{Found, Judge};
use crate::layout::{
    ErrorCode, FINDING_REDACT, NONE, ObligationKind, PartEntry, RECORD_CONTENT_READ, RECORD_STAGED,
    RECORD_TRUNCATED, RECORD_UNKNOWN_VALUE, RuleEntry, RuleHit, StageStep,
};
use crate::memory::{carve, cut};
use crate::normalise::{self, Marks, Origin};
use crate::record::Record;
use crate::scan::{ENDS, FOLDED, QUEUE, Scanner, View};
use crate::tables::Tables;
use crate::verbatim;

/// The compiled rules: emitted code in a module, an interpreter natively.
pub trait Rules {
    /// Phase 0: sets fired bits of rules without questions, and demand bits. Phase 1: the others.
    fn rules(&self, facts: &mut Facts<'_>, phase: u32);
    /// Which clauses of the rule hold.
    fn clauses(&self, facts: &Facts<'_>, rule: u32) -> u64;
}

/// Findings that there is room for, however short the content is.
const DENSE: usize = 4_096;
/// Findings that there is room for, however long it is.
const MOST_FOUND: usize = 1 << 18;

/// How much memory a decision needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    words: usize,
    nums: usize,
    detectors: usize,
    /// Of the longest part that is not read in place, and behind it of the longest text that is decoded.
    view: usize,
    steps: usize,
    /// Where parts need normalising; `None`: nowhere.
    marks: Option<Marks>,
    found: usize,
    table: usize,
    listed: usize,
    record: usize,
    bytes: usize,
}

impl Needs {
    /// What a decision over this frame and content needs; `content` without padding.
    pub fn of(tables: &Tables<'_>, frame: &[u8], content: &[u8]) -> Self {
        let h = &tables.header;
        let (mut view, mut changes) = (0, 0);
        let mut marks = Marks::new(content.len());
        if !content.is_empty()
            && let Ok(frame) = Frame::new(tables, frame)
            && frame.check_parts(content.len()).is_ok()
        {
            for index in 0..frame.header.parts as usize {
                let Some(part) = frame.part(index) else { break };
                let n = normalise::count(part_of(content, part), &mut marks);
                if n > 0 || !in_place(part, content.len()) {
                    view = view.max(part.len as usize + PAD);
                    changes = changes.max(n);
                }
            }
        }
        let detectors = h.detectors_n as usize;
        let found = (content.len() as u64 * u64::from(h.findings_per_kib) / 1024) as usize;
        let found = if content.is_empty() {
            0
        } else {
            // As many as can be, and no more than any text in earnest holds.
            let dense = (content.len() / 2).max(DENSE);
            (found.min(dense) + detectors).min(MOST_FOUND)
        };
        view += usize::from(h.decodes) * (content.len().min(encoded::DECODED) + PAD);
        let (rules, listed) = (h.rules_n as usize, h.listed as usize);
        let words = (h.bit_words + h.demand_words + h.fired_words) as usize;
        let nums = h.nums as usize;
        let steps = if changes > 0 { changes + 1 } else { 0 };
        let table = (2 * found).next_power_of_two();
        let record = Record::most(rules, h.demand_words as usize, listed, found);
        Needs {
            words,
            nums,
            detectors,
            view,
            marks: (changes > 0).then_some(marks),
            steps,
            found,
            table,
            listed,
            record,
            // With room for alignment.
            bytes: 8 * words
                + 4 * nums
                + 8 * detectors
                + view
                + 8 * steps
                + 44 * found
                + 4 * table
                + 8 * (found / 64 + 1)
                + 4 * listed
                + record
                + 8 * 2 * ENDS
                + 4 * QUEUE
                + FOLDED
                + 128,
        }
    }

    /// Bytes, with room for alignment.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

/// The buffers of one decision, cut from one block of memory.
#[derive(Debug)]
pub struct Workspace<'w> {
    words: &'w mut [u64],
    nums: &'w mut [i32],
    obligations: &'w mut [u16],
    would: &'w mut [u16],
    record: &'w mut [u8],
    /// The rest, of which [`Search`] is cut where something is demanded.
    rest: &'w mut [u8],
    needs: &'w Needs,
}

/// The buffers of a search.
struct Search<'w> {
    found: &'w mut [Found],
    kept: &'w mut [u64],
    ends: [&'w mut [u64]; 2],
    queue: &'w mut [u32],
    folded: &'w mut [u8],
    last_end: &'w mut [u32],
    counts: &'w mut [u32],
    steps: &'w mut [u64],
    order: &'w mut [u32],
    table: &'w mut [u32],
    view: &'w mut [u8],
}

impl<'w> Search<'w> {
    #[inline(never)]
    fn new(needs: &Needs, mut memory: &'w mut [u8]) -> Option<Self> {
        let m = &mut memory;
        let found = cut(m, needs.found)?;
        Some(Search {
            found,
            kept: cut(m, needs.found / 64 + 1)?,
            ends: [cut(m, ENDS)?, cut(m, ENDS)?],
            last_end: cut(m, needs.detectors)?,
            counts: cut(m, needs.detectors)?,
            steps: cut(m, needs.steps)?,
            order: cut(m, needs.found)?,
            table: cut(m, needs.table)?,
            queue: cut(m, QUEUE)?,
            folded: cut(m, FOLDED)?,
            view: cut(m, needs.view)?,
        })
    }
}

impl<'w> Workspace<'w> {
    /// Cuts the buffers; `None` where the memory is smaller than [`Needs::bytes`].
    /// The facts come first, words then nums, as the emitted code expects; then the record, at a
    /// multiple of 4.
    pub fn new(needs: &'w Needs, mut memory: &'w mut [u8]) -> Option<Self> {
        let m = &mut memory;
        Some(Workspace {
            words: carve(m, needs.words)?,
            nums: carve(m, needs.nums)?,
            record: carve(m, needs.record)?,
            obligations: carve(m, needs.listed)?,
            would: carve(m, needs.listed)?,
            rest: memory,
            needs,
        })
    }

    /// The record's bytes.
    pub fn record(&self, len: usize) -> &[u8] {
        self.record.get(..len).unwrap_or(&[])
    }
}

pub(crate) fn part_of<'c>(content: &'c [u8], part: &PartEntry) -> &'c [u8] {
    content
        .get(part.offset as usize..part.offset as usize + part.len as usize)
        .unwrap_or(&[])
}

/// The padding follows only the part that ends the content.
fn in_place(part: &PartEntry, content: usize) -> bool {
    part.offset as usize + part.len as usize == content
}

/// Decides. `frame` is `None` where the facts are filled already, by emitted code, and there is no
/// part. `padded` is the content followed by [`PAD`] zero bytes, `len` its length without them.
/// Gives the length of the record, which stands at the front of the workspace's record buffer.
pub fn decide(
    way: Way,
    tables: &Tables<'_>,
    settings: &[u8],
    frame: Option<&[u8]>,
    (padded, len): (&[u8], usize),
    rules: &impl Rules,
    work: &mut Workspace<'_>,
) -> usize {
    let h = &tables.header;
    let digest = config::digest_in_force(settings);
    let mut record = Record::new(tables, digest, work.record, work.obligations, work.would);
    let mut facts = Facts {
        words: work.words,
        nums: work.nums,
    };
    let fired_from = (h.bit_words + h.demand_words) as usize;
    let demand = h.bit_words as usize..fired_from;
    let frame = match frame {
        None => None,
        Some(frame) => {
            facts.words.fill(0);
            facts.nums.fill(0);
            let frame = read(tables, settings, frame, len, &mut facts, &mut record);
            if frame.is_none() {
                return record.finish(facts.words.get(demand).unwrap_or(&[]), &[]);
            }
            frame
        }
    };
    let today = facts.nums.first().copied().unwrap_or(0);
    params(tables, settings, &mut facts);
    rules.rules(&mut facts, 0);

    let mut found: &mut [Found] = &mut [];
    let asked = facts.words.get_mut(demand.clone()).unwrap_or(&mut []);
    if asked.iter().any(|&w| w != 0) {
        // Without a part there is nothing to find, and every question's answer is the zero that stands there.
        if let Some(frame) = frame.filter(|f| f.header.parts > 0) {
            let memory = core::mem::take(&mut work.rest);
            if let Some(buffers) = Search::new(work.needs, memory) {
                also_demanded(tables, asked);
                let content = (padded, len, work.needs.marks.as_ref());
                found = search(
                    way,
                    (tables, settings),
                    &frame,
                    content,
                    buffers,
                    &mut facts,
                    &mut record,
                );
            } else {
                record.blame(ErrorCode::Memory);
            }
        }
        rules.rules(&mut facts, 1);
    }

    for at in fired_from..fired_from + h.fired_words as usize {
        let mut word = facts.words.get(at).copied().unwrap_or(0);
        while word != 0 {
            let index = (at - fired_from) * 64 + word.trailing_zeros() as usize;
            word &= word - 1;
            hit(tables, index, today, &facts, rules, found, &mut record);
        }
    }
    if record.header.error != ErrorCode::None as u8 {
        record.on_error(tables, Some(today));
    }
    record.finish(facts.words.get(demand).unwrap_or(&[]), found)
}

/// Frame to facts; `None` where no rule can be evaluated, and then the record says why.
#[inline(never)]
fn read<'f>(
    tables: &Tables<'f>,
    settings: &[u8],
    frame: &'f [u8],
    content: usize,
    facts: &mut Facts<'_>,
    record: &mut Record<'_>,
) -> Option<Frame<'f>> {
    let frame = match Frame::new(tables, frame) {
        Ok(frame) => frame,
        Err(code) => {
            // The policy's stage needs a day; a frame that cannot be read has none.
            record.blame(code);
            record.on_error(tables, None);
            return None;
        }
    };
    let filled = frame.facts(tables, settings, facts);
    if let Some(slot) = filled.unknown {
        record.header.flags |= RECORD_UNKNOWN_VALUE;
        record.header.slot = slot;
    }
    let parts = frame.check_parts(content).err().map(|code| (code, 255));
    if let Some((code, slot)) = filled.error.or(parts) {
        record.blame(code);
        if slot != 255 {
            record.header.slot = slot;
        }
        record.on_error(tables, Some(frame.header.today));
        return None;
    }
    Some(frame)
}

/// Reads the content and answers the questions; gives the findings.
#[inline(never)]
fn search<'w>(
    way: Way,
    (tables, settings): (&Tables<'_>, &[u8]),
    frame: &Frame<'_>,
    (padded, len, marks): (&[u8], usize, Option<&Marks>),
    mut work: Search<'w>,
    facts: &mut Facts<'_>,
    record: &mut Record<'_>,
) -> &'w mut [Found] {
    record.header.flags |= RECORD_CONTENT_READ;
    let demand_from = tables.header.bit_words as usize;
    let demand_to = demand_from + tables.header.demand_words as usize;
    let demand = facts.words.get(demand_from..demand_to).unwrap_or(&[]);
    let [ends, more] = &mut work.ends;
    let mut judge = Judge::new(
        (*tables, settings),
        demand,
        work.last_end,
        work.counts,
        work.found,
        ends,
    );
    judge.counts.fill(0);
    let mut scanner = Scanner::new(*tables, demand, more, (work.queue, work.folded));
    for index in 0..frame.header.parts as usize {
        let Some(part) = frame.part(index) else {
            break;
        };
        judge.last_end.fill(0);
        judge.table.get_mut().forget();
        let from = judge.n;
        let read = Part {
            way,
            index,
            part,
            padded,
            len,
            marks,
        };
        read.scan(&mut scanner, &mut judge, work.view, work.steps);
        let kept = findings::settle(
            tables,
            judge.found.get_mut(from..judge.n).unwrap_or(&mut []),
        );
        judge.n = from + kept;
    }
    // Nothing of the content stays.
    work.view.fill(0);
    work.folded.fill(0);
    let n = judge.n;
    record.header.flags |= RECORD_TRUNCATED * u16::from(judge.truncated);
    if judge.keyless {
        record.blame(ErrorCode::Key);
    }
    let found = work.found.get_mut(..n).unwrap_or(&mut []);
    let table = work
        .table
        .get_mut(..(2 * n).next_power_of_two())
        .unwrap_or(&mut []);
    findings::mark_overlaps(
        tables,
        found,
        work.order.get_mut(..n).unwrap_or(&mut []),
        work.kept.get_mut(..n / 64 + 1).unwrap_or(&mut []),
    );
    findings::number(found, work.counts, table);
    for index in 0..tables.header.questions_n as usize {
        let Some(question) = tables.question(index) else {
            break;
        };
        let answer = findings::answer(tables, question, found, table);
        if let Some(slot) = facts.nums.get_mut(question.num as usize) {
            *slot = answer;
        }
    }
    found
}

/// A rule that fired: its verdict, stage, obligations and redaction go into the record.
fn hit(
    tables: &Tables<'_>,
    index: usize,
    today: i32,
    facts: &Facts<'_>,
    rules: &impl Rules,
    found: &mut [Found],
    record: &mut Record<'_>,
) {
    let Some(rule) = tables.rule(index) else {
        return;
    };
    let cap = cap(tables, rule.stage_at, today);
    let capped = cap != 6;
    let effective = rule.verdict.min(cap);
    record.header.flags |= RECORD_STAGED * u16::from(capped);
    record.rule(RuleHit {
        rule: index as u16,
        verdict: rule.verdict,
        effective,
        clauses: rules.clauses(facts, index as u32),
    });
    let redacts = obligations(tables, rule, capped, effective, record);
    if redacts && !capped {
        flag_redaction(tables, rule, found, record);
    }
}

/// A demanded detector demands those that it cannot be found or judged without, so that it finds the
/// same whichever rules are open. Which those are, the compiler has worked out.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.demands"))]
pub fn also_demanded(tables: &Tables<'_>, demand: &mut [u64]) {
    // What is added brings nothing more along: what was asked is read before anything is added.
    let mut added = findings::Set([0; findings::SET_WORDS]);
    for index in 0..tables.header.detectors_n as usize {
        let asked = demand
            .get(index / 64)
            .is_some_and(|w| w >> (index % 64) & 1 != 0);
        if asked && let Some(entry) = tables.detector(index) {
            added.add(tables, entry.demands_at, u32::from(entry.demands_n));
        }
    }
    for (word, added) in demand.iter_mut().zip(added.0) {
        *word |= added;
    }
}

/// Sets the bits and numbers of the parameters.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.params"))]
fn params(tables: &Tables<'_>, settings: &[u8], facts: &mut Facts<'_>) {
    for index in 0..tables.header.params_n as usize {
        let Some(param) = tables.param(index) else {
            break;
        };
        let value = config::value(settings, index);
        match param.kind {
            0 if value == 1 => facts.set(param.place),
            1 | 2 => facts.put(param.place, value),
            _ => {}
        }
    }
}

/// The strongest effective verdict on a day: of a stage list, or of the policy's ([`NONE`]).
#[inline(never)]
pub(crate) fn cap(tables: &Tables<'_>, stage_at: u32, today: i32) -> u8 {
    match (stage_at, tables.header.stage_at) {
        (NONE, NONE) => 6,
        (NONE, at) | (at, _) => stage(tables, at, today),
    }
}

/// The same of a stage list.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.stages"))]
fn stage(tables: &Tables<'_>, at: u32, today: i32) -> u8 {
    let steps = tables.word(at);
    let mut cap = 0;
    for i in 0..steps as usize {
        let Some(step) = StageStep::view(tables.bytes, at as usize + 4 + i * StageStep::SIZE)
        else {
            break;
        };
        if step.from <= today {
            cap = step.cap as u8;
        }
    }
    cap
}

const fn kind(obligation: u16) -> u8 {
    (obligation >> 12) as u8
}

/// Puts a rule's obligations where they belong; is one of them redaction?
fn obligations(
    tables: &Tables<'_>,
    rule: &RuleEntry,
    capped: bool,
    effective: u8,
    record: &mut Record<'_>,
) -> bool {
    let mut redacts = false;
    for obligation in tables.list(rule.obligations_at, u32::from(rule.obligations_n)) {
        let stays = matches!(kind(obligation), k
            if k == ObligationKind::Train as u8 || k == ObligationKind::Disclose as u8);
        redacts |= kind(obligation) == ObligationKind::Redact as u8;
        if capped && !stays {
            record.would(obligation);
        } else {
            record.obligation(obligation);
        }
    }
    if capped && effective >= 2 {
        record.obligation(0);
    }
    redacts
}

/// Marks the findings that the rule redacts; where there are none, or not all are known, the record is
/// told.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.redact"))]
fn flag_redaction(
    tables: &Tables<'_>,
    rule: &RuleEntry,
    found: &mut [Found],
    record: &mut Record<'_>,
) {
    if rule.redact_n == 0 {
        return;
    }
    let mut any = false;
    for f in found.iter_mut() {
        if tables.lists(rule.redact_at, rule.redact_n, f.detector) {
            f.flags |= FINDING_REDACT;
            any = true;
        }
    }
    if record.header.flags & RECORD_TRUNCATED != 0 {
        record.blame(ErrorCode::RedactTruncated);
    } else if !any {
        record.blame(ErrorCode::NothingToRedact);
    }
}

/// A part on its way through the scanner.
struct Part<'c> {
    way: Way,
    index: usize,
    part: &'c PartEntry,
    padded: &'c [u8],
    len: usize,
    marks: Option<&'c Marks>,
}

impl Part<'_> {
    fn scan<'t>(
        &self,
        scanner: &mut Scanner<'_, 't>,
        judge: &mut Judge<'_, 't>,
        buffer: &mut [u8],
        steps: &mut [u64],
    ) {
        let text = part_of(self.padded, self.part);
        // What cannot be normalised (a part of a gigabyte) is read as it stands.
        let written = self
            .marks
            .and_then(|marks| normalise::write(text, marks, buffer, steps));
        let (mut len, n) = written.unwrap_or((0, 0));
        judge.part = self.index as u32;
        judge.origin = (1 << self.part.role) | (256 << self.part.direction);
        let from = judge.n;
        let in_place = n == 0 && in_place(self.part, self.len);
        let own = if in_place { 0 } else { text.len() + PAD };
        let Some((own, decoded)) = buffer.split_at_mut_checked(own) else {
            return;
        };
        if n == 0 {
            len = text.len();
        }
        if let Some((to, pad)) = own.split_at_mut_checked(len) {
            if n == 0 {
                to.copy_from_slice(text);
            }
            pad.fill(0);
        }
        let padded = match in_place {
            true => self.padded.get(self.part.offset as usize..).unwrap_or(&[]),
            false => own,
        };
        let view = View { padded, len };
        scanner.scan(self.way, view, judge);
        compose(judge, view, from);
        encoded::search(self.way, scanner, judge, view, decoded);
        let steps = steps.get(..n).unwrap_or(&[]);
        judge.place(from, self.part.offset, Origin { steps });
        verbatim::search(judge, self.padded, self.part, Origin { steps });
    }
}
