//! A device that asks its user, with both in the hands of a test.

mod gates;
mod witness;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use strongroom_core::Asking;
use strongroom_core::policy::UserAuthentication;
use strongroom_core::ports::{AskRequest, Device, KeyErrorKind, Proof, Refusal, RefusalReason, Ticket, User};

pub use self::witness::{SeenAnswer, WitnessGates};
use crate::{ManualClock, SoftwareKeys};

/// How long a prompt stays if nobody answers it.
const PATIENCE: Duration = Duration::from_secs(60);

/// What happens to a prompt. The user authenticates if nothing else was said.
#[non_exhaustive]
pub enum Reply {
    /// The user authenticates.
    Success,
    /// The system says so, but the key store never hears of it.
    SuccessWithoutToken,
    /// The prompt ends for this reason.
    Refuse(RefusalReason),
    /// Nothing happens until the time is over.
    Silence,
    /// This happens while the prompt is shown; then the next reply counts.
    Meanwhile(Box<dyn FnOnce() + Send>),
}

/// A call of the key store about a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GateOperation {
    /// [`GateKeys::create`](strongroom_core::ports::GateKeys::create)
    Create,
    /// [`GateKeys::begin`](strongroom_core::ports::GateKeys::begin)
    Begin,
    /// [`GateKeys::finish`](strongroom_core::ports::GateKeys::finish)
    Finish,
}

/// What becomes of a call about a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GateEffect {
    /// It fails.
    Fail(KeyErrorKind),
    /// It succeeds with another answer than before, each time the same one.
    OtherAnswer,
    /// It succeeds with another answer each time.
    RandomAnswer,
}

/// A prompt that was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shown {
    /// How the user had to authenticate.
    pub authentication: UserAuthentication,
    /// Whether it was the second one of its call.
    pub again: bool,
}

/// The device and its user. Gates are in the [`SoftwareKeys`] of the same device, beside its other keys.
pub struct ScriptedDevice {
    keys: Arc<SoftwareKeys>,
    clock: Arc<ManualClock>,
    inner: Mutex<Inner>,
}

struct Inner {
    /// The identity of the lock screen; 0 if there is none.
    root: u64,
    /// The enrolments that the sensors name.
    enrolled: BTreeSet<u64>,
    sensor: bool,
    visible: bool,
    next: u64,
    replies: VecDeque<Reply>,
    shown: Vec<Shown>,
    faults: Vec<(GateOperation, GateEffect, usize)>,
    /// What each gate is bound to.
    bound: BTreeMap<String, Bound>,
    uses: BTreeMap<Ticket, Usage>,
    authorised: BTreeSet<Ticket>,
    dismissed: BTreeSet<Ticket>,
}

#[derive(Clone)]
enum Bound {
    Root(u64),
    Enrolled(BTreeSet<u64>),
}

struct Usage {
    alias: String,
}

impl ScriptedDevice {
    /// A device with a passcode and one finger, whose user authenticates whenever asked.
    #[must_use]
    pub fn new(keys: Arc<SoftwareKeys>, clock: Arc<ManualClock>) -> Self {
        Self {
            keys,
            clock,
            inner: Mutex::new(Inner {
                root: 1,
                enrolled: BTreeSet::from([1]),
                sensor: true,
                visible: true,
                next: 1,
                replies: VecDeque::new(),
                shown: Vec::new(),
                faults: Vec::new(),
                bound: BTreeMap::new(),
                uses: BTreeMap::new(),
                authorised: BTreeSet::new(),
                dismissed: BTreeSet::new(),
            }),
        }
    }

    /// What a vault needs to be protected by this device.
    #[must_use]
    pub fn asking(self: &Arc<Self>) -> Asking {
        Asking {
            gates: self.clone(),
            user: self.clone(),
        }
    }

    /// What happens to the next prompts.
    pub fn reply(&self, replies: impl IntoIterator<Item = Reply>) {
        self.inner().replies.extend(replies);
    }

    /// Makes the next `times` calls of `operation` end so, after the faults already queued for it.
    pub fn fail(&self, operation: GateOperation, effect: GateEffect, times: usize) {
        self.inner().faults.push((operation, effect, times));
    }

    /// Forgets replies and faults that did not happen yet.
    pub fn heal(&self) {
        let mut inner = self.inner();
        inner.replies.clear();
        inner.faults.clear();
    }

    /// The prompts since the last call.
    pub fn shown(&self) -> Vec<Shown> {
        std::mem::take(&mut self.inner().shown)
    }

    /// The uses of gates that have begun and not ended.
    pub fn open_uses(&self) -> usize {
        self.inner().uses.len()
    }

    /// The enrolments that the sensors name from now on.
    pub fn enrol(&self, enrolled: impl IntoIterator<Item = u64>) {
        self.inner().enrolled = enrolled.into_iter().collect();
    }

    /// Whether the sensor can be used.
    pub fn set_sensor(&self, works: bool) {
        self.inner().sensor = works;
    }

    /// Whether the app can be seen.
    pub fn set_visible(&self, visible: bool) {
        self.inner().visible = visible;
    }

    /// Removes the lock screen, and with it every gate and every enrolment, as Android does.
    pub fn remove_lock_screen(&self) {
        let mut inner = self.inner();
        inner.root = 0;
        inner.enrolled.clear();
        let gates = std::mem::take(&mut inner.bound);
        drop(inner);
        for alias in gates.keys() {
            self.keys.remove(alias);
        }
    }

    /// Sets a lock screen, which is not the one that there was before.
    pub fn set_lock_screen(&self) {
        let mut inner = self.inner();
        inner.next += 1;
        inner.root = inner.next;
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_reply(&self) -> Reply {
        self.inner().replies.pop_front().unwrap_or(Reply::Success)
    }
}

impl User for ScriptedDevice {
    fn ask(&self, request: &AskRequest<'_>) -> Result<Proof, Refusal> {
        let ticket = request.ticket;
        let refuse = |reason| Err(Refusal::new(reason, "injected"));
        let mut inner = self.inner();
        if !inner.visible {
            return refuse(RefusalReason::NotVisible);
        }
        if inner.dismissed.remove(&ticket) {
            return refuse(RefusalReason::Dismissed);
        }
        inner.shown.push(Shown {
            authentication: request.authentication,
            again: request.again,
        });
        drop(inner);
        loop {
            let reply = self.next_reply();
            if self.inner().dismissed.remove(&ticket) {
                return refuse(RefusalReason::Dismissed);
            }
            return match reply {
                Reply::Success => {
                    self.inner().authorised.insert(ticket);
                    Ok(Proof(ticket.0))
                }
                Reply::SuccessWithoutToken => Ok(Proof(ticket.0)),
                Reply::Refuse(reason) => refuse(reason),
                Reply::Silence => {
                    self.clock.elapse(PATIENCE);
                    refuse(RefusalReason::TimedOut)
                }
                Reply::Meanwhile(act) => {
                    act();
                    continue;
                }
            };
        }
    }

    fn dismiss(&self, ticket: Ticket) {
        self.inner().dismissed.insert(ticket);
    }

    fn device(&self) -> Device {
        let inner = self.inner();
        Device {
            secure: inner.root != 0,
            enrolled: !inner.enrolled.is_empty(),
            biometry: inner.sensor,
        }
    }
}
