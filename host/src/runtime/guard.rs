//! A loaded module, ready to decide.
//!
//! A [`Guard`] is cheap to clone and can be shared between threads. It makes a
//! fresh instance per decision ([`Guard::decide`]), or keeps one for many
//! ([`Guard::session`]), which saves about a microsecond each and is what a
//! command line or a single-tenant host wants.
//!
//! Parameters belong to the guard: [`Guard::configure`] tries them on an instance
//! and, if the module takes them, every instance made afterwards gets them.

use super::anatomy::Anatomy;
use super::instance::{Instance, State};
use super::limits::Limits;
use super::outcome::{self, Outcome};
use crate::content::Content;
use crate::errors::{self, Problem};
use crate::event::Event;
use riegel::abi;
use riegel::check::model::{Config, Part};
use std::sync::Arc;
use std::time::Duration;
use wasmtime::InstancePre;

/// A loaded module.
#[derive(Clone)]
pub struct Guard {
    module: Arc<Loaded>,
    config: Option<Arc<[u8]>>,
}

struct Loaded {
    pre: InstancePre<State>,
    anatomy: Anatomy,
    digest: [u8; 32],
    digest_text: String,
    bytes: usize,
    limits: Limits,
}

impl Guard {
    pub(super) fn new(
        pre: InstancePre<State>,
        anatomy: Anatomy,
        digest: [u8; 32],
        bytes: usize,
        limits: Limits,
    ) -> Self {
        Guard {
            module: Arc::new(Loaded {
                pre,
                anatomy,
                digest_text: outcome::hex(&digest),
                digest,
                bytes,
                limits,
            }),
            config: None,
        }
    }

    /// What the module says about itself.
    pub fn anatomy(&self) -> &Anatomy {
        &self.module.anatomy
    }

    /// SHA-256 of the module.
    pub fn digest(&self) -> &[u8; 32] {
        &self.module.digest
    }

    /// The same as hex digits, which every answer has.
    pub fn digest_text(&self) -> &str {
        &self.module.digest_text
    }

    /// Length of the module in bytes.
    pub fn bytes(&self) -> usize {
        self.module.bytes
    }

    /// Digest of the configuration in force, as records carry it; 0: defaults.
    pub fn config_digest(&self) -> u64 {
        self.config.as_deref().map_or(0, abi::config::digest)
    }

    /// Sets parameters, all or nothing. On an error the earlier ones stay in force.
    pub fn configure(&mut self, values: &Config) -> Result<(), Problem> {
        let refuse = |why: String| {
            Problem::new(
                &errors::CONFIGURE,
                format!("the parameters were refused: {why}"),
            )
            .help("`riegel inspect` lists parameters with type, range and default")
        };
        if values.iter().all(Option::is_none) {
            self.config = None;
            return Ok(());
        }
        let frame = abi::config::encode(&self.module.anatomy.schema, values)
            .map_err(|error| refuse(error.message))?;
        let mut instance = self.fresh()?;
        self.module.configure(&mut instance, &frame)?;
        self.config = Some(frame.into());
        Ok(())
    }

    /// Decides with a fresh instance.
    pub fn decide(&self, event: &Event) -> Outcome {
        self.session().decide(event)
    }

    /// Decides with a fresh instance and at most this much time.
    pub fn decide_within(&self, event: &Event, most: Duration) -> Outcome {
        let mut session = self.session();
        session.most = Some(most);
        session.decide(event)
    }

    /// What applies where the host could not even ask.
    pub fn failed(&self, today: i32, failure: Problem) -> Outcome {
        outcome::failed(&self.module.anatomy.info, today, failure)
    }

    /// Keeps one instance for many decisions.
    pub fn session(&self) -> Session {
        Session {
            guard: self.clone(),
            live: None,
            most: None,
        }
    }

    fn fresh(&self) -> Result<Instance, Problem> {
        let limits = &self.module.limits;
        Instance::new(&self.module.pre, limits.memory_bytes, limits.floor)
    }

    fn configured(&self) -> Result<Instance, Problem> {
        let mut instance = self.fresh()?;
        if let Some(frame) = &self.config {
            self.module.configure(&mut instance, frame)?;
        }
        Ok(instance)
    }
}

impl Loaded {
    fn configure(&self, instance: &mut Instance, frame: &[u8]) -> Result<(), Problem> {
        let status = instance.configure(
            frame,
            self.limits.deadline(&self.anatomy.bound, frame.len()),
        )?;
        match status {
            0 => Ok(()),
            status => Err(Problem::new(
                &errors::CONFIGURE,
                format!("the module refused the parameters (status {status})"),
            )
            .help("`riegel inspect` lists parameters with type, range and default")),
        }
    }
}

/// One instance, kept for many decisions; nothing of one is visible in the next.
/// It is thrown away after any failure, and when its memory grew beyond its limit.
pub struct Session {
    guard: Guard,
    live: Option<Instance>,
    most: Option<Duration>,
}

impl Session {
    /// Decides. A failure of any kind ends in `on_error`, never in silence.
    pub fn decide(&mut self, event: &Event) -> Outcome {
        match self.attempt(event) {
            Ok(outcome) => outcome,
            Err(failure) => {
                self.live = None;
                let info = &self.guard.module.anatomy.info;
                outcome::failed(info, event.today(), failure)
            }
        }
    }

    /// Makes the instance now instead of at the first decision. A failure is not
    /// reported here: the decision meets it again and ends in `on_error`.
    pub fn warm(&mut self) {
        if self.live.is_none() {
            self.live = self.guard.configured().ok();
        }
    }

    /// True when an instance is waiting for the next decision.
    pub fn is_warm(&self) -> bool {
        self.live.is_some()
    }

    fn attempt(&mut self, event: &Event) -> Result<Outcome, Problem> {
        let module = self.guard.module.clone();
        room(&module, event.content())?;
        let mut instance = match self.live.take() {
            Some(instance) => instance,
            None => self.guard.configured()?,
        };
        let deadline = module
            .limits
            .deadline(&module.anatomy.bound, event.content().len());
        let deadline = self.most.map_or(deadline, |most| most.min(deadline));
        let record = instance.decide(event.frame(), event.content().as_bytes(), deadline)?;
        let decision = believe(&module, &record, event.parts(), event.content())?;
        if instance.memory_bytes() <= module.limits.session_bytes {
            self.live = Some(instance);
        }
        Ok(Outcome {
            decision,
            failure: None,
        })
    }
}

/// Content that is too long is refused before an instance is asked.
fn room(module: &Loaded, content: &Content) -> Result<(), Problem> {
    let limits = &module.limits;
    if content.len() > limits.content_bytes {
        return Err(Problem::new(
            &errors::CONTENT_SIZE,
            format!(
                "the content has {} bytes, this host takes {}",
                content.len(),
                limits.content_bytes
            ),
        )
        .help("split the content into several events"));
    }
    Ok(())
}

fn believe(
    module: &Loaded,
    record: &[u8],
    parts: &[Part],
    content: &Content,
) -> Result<abi::record::Decision, Problem> {
    let decision = abi::record::decode(record)
        .and_then(|decision| {
            abi::record::validate(&decision, &module.anatomy.info)?;
            Ok(decision)
        })
        .map_err(|error| super::instance::bad_record(&error.to_string()))?;
    outcome::findings_fit(&decision, parts, content)?;
    Ok(decision)
}
