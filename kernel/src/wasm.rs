//! The exports of a module, and the way its memory is used.
//!
//! ```text
//! 0 … stack | kernel data and bss | tables | settings | event frame | content, padding | workspace
//!                                  ^ __heap_base, 16-aligned                            grows
//! ```
//! The linker puts the tables at the first multiple of 16 from `__heap_base` on and
//! replaces `riegel.tables` by that address.

use crate::blocks::{PAD, Way};
use crate::config;
use crate::decide::{Needs, Rules, Workspace, decide};
use crate::event::{Facts, SLOT};
use crate::layout::{ConfigStatus, ErrorCode, FrameHeader};
use crate::record::Record;
use crate::tables::Tables;

#[link(wasm_import_module = "riegel")]
unsafe extern "C" {
    fn rules(facts: usize, phase: u32);
    fn clauses(facts: usize, rule: u32) -> u64;
    fn tables() -> usize;
    fn slots(facts: usize, frame: usize) -> u32;
}

/// Tells the linker which tables this kernel reads.
#[unsafe(link_section = "riegel.layout")]
#[used]
static LAYOUT: [u8; 4] = crate::layout::LAYOUT.to_le_bytes();

const PAGE: usize = 65_536;
/// Longest event frame or configuration frame.
const MOST_FRAME: usize = 16 << 20;
/// Longest content.
const MOST_CONTENT: usize = 512 << 20;

/// Where the buffers lie, once the module has been used.
struct Place {
    /// Settings have their defaults.
    ready: bool,
    /// Address and length that `reserve` promised.
    frame: usize,
    reserved: usize,
}

static mut PLACE: Place = Place {
    ready: false,
    frame: 0,
    reserved: 0,
};

struct Emitted;

impl Rules for Emitted {
    fn rules(&self, facts: &mut Facts<'_>, phase: u32) {
        // SAFETY: the emitted code reads and writes inside the facts, words then nums, which
        // stand next to each other (`Workspace::new`).
        unsafe { rules(facts.words.as_mut_ptr() as usize, phase) }
    }

    fn clauses(&self, facts: &Facts<'_>, rule: u32) -> u64 {
        // SAFETY: as above; it only reads.
        unsafe { clauses(facts.words.as_ptr() as usize, rule) }
    }
}

const fn align(at: usize) -> usize {
    (at + 15) & !15
}

#[inline(always)]
fn grown_to(end: usize) -> bool {
    let have = core::arch::wasm32::memory_size(0);
    let want = end.div_ceil(PAGE);
    want <= have || core::arch::wasm32::memory_grow(0, want - have) != usize::MAX
}

/// # Safety
/// `at .. at + len` lies inside the memory, and nobody else writes there meanwhile.
unsafe fn bytes<'a>(at: usize, len: usize) -> &'a [u8] {
    // SAFETY: the caller's promise.
    unsafe { core::slice::from_raw_parts(at as *const u8, len) }
}

/// # Safety
/// As [`bytes`], and nobody else reads there either.
unsafe fn bytes_mut<'a>(at: usize, len: usize) -> &'a mut [u8] {
    // SAFETY: the caller's promise.
    unsafe { core::slice::from_raw_parts_mut(at as *mut u8, len) }
}

/// What never changes, read once.
struct Bound {
    tables: Tables<'static>,
    /// Address and length of the settings.
    settings: usize,
    settings_len: usize,
    /// What a decision without content needs.
    needs: Needs,
}

#[inline(always)]
fn bound() -> Option<&'static Bound> {
    static mut BOUND: Option<Bound> = None;
    // SAFETY: one instance runs on one thread, and once written it is only read.
    let known = unsafe { &mut *core::ptr::addr_of_mut!(BOUND) };
    if known.is_none() {
        bind(known);
    }
    known.as_ref()
}

#[inline(never)]
fn bind(to: &mut Option<Bound>) {
    // SAFETY: the linker appended the tables there and their header says how long they are; the
    // module's digest covers them.
    let tables = unsafe {
        let base = tables();
        let len = core::ptr::read_unaligned((base + 8) as *const u32) as usize;
        Tables::bind(bytes(base, len))
    };
    if let Ok(tables) = tables {
        *to = Some(Bound {
            settings: align(tables.bytes.as_ptr() as usize + tables.bytes.len()),
            settings_len: config::settings_len(&tables),
            needs: Needs::of(&tables, &[], &[]),
            tables,
        });
    }
}

/// ABI version.
#[unsafe(no_mangle)]
extern "C" fn abi_version() -> u32 {
    u32::from(crate::record::ABI_VERSION)
}

/// Makes room; gives the address of the frame, 0 where it is refused. The content goes to the
/// next multiple of 16 behind the frame.
#[unsafe(no_mangle)]
extern "C" fn reserve(event_len: usize, text_len: usize) -> usize {
    let Some(&Bound {
        ref tables,
        settings,
        settings_len,
        ..
    }) = bound()
    else {
        return 0;
    };
    if event_len > MOST_FRAME || text_len > MOST_CONTENT {
        return 0;
    }
    let frame = align(settings + settings_len);
    let end = align(frame + event_len) + text_len + PAD;
    if !grown_to(end) {
        return 0;
    }
    // SAFETY: one instance runs on one thread; no other reference to PLACE lives.
    let place = unsafe { &mut *core::ptr::addr_of_mut!(PLACE) };
    if !place.ready {
        // SAFETY: inside the memory (just grown), used by nobody else now.
        config::defaults(tables, unsafe { bytes_mut(settings, settings_len) });
        place.ready = true;
    }
    place.frame = frame;
    place.reserved = end;
    frame
}

/// Decides; gives the address of the record, 0 where nothing was reserved for these lengths.
#[unsafe(export_name = "decide")]
extern "C" fn decide_export(event_len: usize, text_len: usize) -> usize {
    let Some(bound) = bound() else {
        return 0;
    };
    let (tables, settings, settings_len) = (&bound.tables, bound.settings, bound.settings_len);
    // SAFETY: one instance runs on one thread; no other reference to PLACE lives.
    let place = unsafe { &mut *core::ptr::addr_of_mut!(PLACE) };
    if event_len > MOST_FRAME || text_len > MOST_CONTENT || place.frame == 0 {
        return 0;
    }
    let text = align(place.frame + event_len);
    let end = text + text_len + PAD;
    if end > place.reserved {
        return 0;
    }
    // SAFETY: the regions settings, frame, content and workspace follow each other without
    // overlap, and all lie inside the memory (`reserve` and `grown_to` made sure).
    let (settings, content) = unsafe {
        (
            bytes(settings, settings_len),
            bytes_mut(text, text_len + PAD),
        )
    };
    let slots_only = FrameHeader::SIZE + SLOT * tables.header.slots_n as usize;
    // SAFETY: as above; the frame is only read while this lives.
    let frame = unsafe { bytes(place.frame, event_len) };
    let with_content;
    let needs = if text_len == 0 {
        &bound.needs
    } else {
        with_content = Needs::of(tables, frame, content.get(..text_len).unwrap_or(&[]));
        &with_content
    };
    let work_at = align(end);
    if !grown_to(work_at + needs.bytes()) {
        content.fill(0);
        return no_memory(tables, settings, place.frame);
    }
    // SAFETY: the emitted code reads a frame of this length and writes the facts, which begin the
    // workspace (`Workspace::new`); where it gives 1 it has read all of the frame and zeroed it.
    let quick =
        text_len == 0 && event_len == slots_only && unsafe { slots(work_at, place.frame) } != 0;
    if !quick {
        // The host may have written into the padding before an earlier, shorter reservation.
        content.get_mut(text_len..).unwrap_or(&mut []).fill(0);
    }
    // SAFETY: see above.
    let memory = unsafe { bytes_mut(work_at, needs.bytes()) };
    let Some(mut work) = Workspace::new(needs, memory) else {
        return 0;
    };
    let len = decide(
        Way::Simd,
        tables,
        settings,
        (!quick).then_some(frame),
        (content, text_len),
        &Emitted,
        &mut work,
    );
    let address = work.record(len).as_ptr() as usize;
    if !quick {
        content.fill(0);
        // SAFETY: the frame's region, which nobody reads any more.
        unsafe { bytes_mut(place.frame, event_len) }.fill(0);
    }
    address
}

/// A record that says so, written over the frame, which is no longer needed.
fn no_memory(tables: &Tables<'_>, settings: &[u8], at: usize) -> usize {
    // SAFETY: the frame's region; at least the padding behind it is reserved too.
    let out = unsafe { bytes_mut(at, PAD) };
    let digest = config::digest_in_force(settings);
    let mut record = Record::new(tables, digest, out, &mut [], &mut []);
    record.blame(ErrorCode::Memory);
    record.on_error(tables, None);
    record.finish(&[], &[]);
    at
}

/// Takes the configuration frame that was written where `reserve(len, 0)` said.
#[unsafe(no_mangle)]
extern "C" fn configure(len: usize) -> u32 {
    let Some(&Bound {
        ref tables,
        settings,
        settings_len,
        ..
    }) = bound()
    else {
        return ConfigStatus::Malformed as u32;
    };
    // SAFETY: one instance runs on one thread; no other reference to PLACE lives.
    let place = unsafe { &*core::ptr::addr_of!(PLACE) };
    if place.frame == 0 || align(place.frame + len.min(MOST_FRAME)) + PAD > place.reserved {
        return ConfigStatus::Malformed as u32;
    }
    // SAFETY: both inside the memory and apart from each other.
    let (frame, settings) = unsafe { (bytes(place.frame, len), bytes_mut(settings, settings_len)) };
    config::configure(tables, frame, settings) as u32
}

/// A panic cannot be reported from here: it traps, and the host answers `on_error`.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
