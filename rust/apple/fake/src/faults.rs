//! Calls that fail, and actions between calls.

use std::sync::Arc;

use crate::query::Status;
use crate::world::World;

/// One of the four calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// `SecItemAdd`.
    Add,
    /// `SecItemCopyMatching`.
    Copy,
    /// `SecItemUpdate`.
    Update,
    /// `SecItemDelete`.
    Delete,
}

/// What a failing call did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// It failed before it did anything.
    Before,
    /// It did everything, and its result was lost.
    After,
}

/// The number of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Of `SecItemAdd`.
    pub add: usize,
    /// Of `SecItemCopyMatching`.
    pub copy: usize,
    /// Of `SecItemUpdate`.
    pub update: usize,
    /// Of `SecItemDelete`.
    pub delete: usize,
}

impl Calls {
    /// Of any kind.
    #[must_use]
    pub fn total(self) -> usize {
        self.add + self.copy + self.update + self.delete
    }

    fn count(&mut self, kind: Kind) {
        *match kind {
            Kind::Add => &mut self.add,
            Kind::Copy => &mut self.copy,
            Kind::Update => &mut self.update,
            Kind::Delete => &mut self.delete,
        } += 1;
    }
}

/// Which calls from now on fail. The next call is number 1. A number means that one call, of any kind.
#[derive(Clone, Copy, Debug)]
pub struct When {
    skip: usize,
    times: usize,
    kind: Option<Kind>,
}

impl When {
    /// The `n`-th call.
    #[must_use]
    pub fn nth(n: usize) -> Self {
        Self {
            skip: n.saturating_sub(1),
            times: 1,
            kind: None,
        }
    }

    /// Counts only calls of a kind.
    #[must_use]
    pub fn of(self, kind: Kind) -> Self {
        Self {
            kind: Some(kind),
            ..self
        }
    }

    /// That many calls in a row.
    #[must_use]
    pub fn times(self, times: usize) -> Self {
        Self { times, ..self }
    }

    /// That call and all after it.
    #[must_use]
    pub fn for_ever(self) -> Self {
        self.times(usize::MAX)
    }

    /// Whether the present call is meant.
    fn is_now(&mut self, kind: Kind) -> bool {
        if self.times == 0 || self.kind.is_some_and(|wanted| wanted != kind) {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        self.times -= 1;
        true
    }
}

impl From<usize> for When {
    fn from(n: usize) -> Self {
        Self::nth(n)
    }
}

pub(crate) type Action = Box<dyn FnOnce(&World) + Send>;

/// Called before each call.
pub(crate) type Gate = Arc<dyn Fn() -> Option<Status> + Send + Sync>;

/// What is to happen at a call.
pub(crate) struct Planned {
    pub(crate) before: Vec<Action>,
    pub(crate) fault: Option<(Status, Effect)>,
    pub(crate) after: Vec<Action>,
}

#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) calls: Calls,
    faults: Vec<(When, Status, Effect)>,
    actions: Vec<(When, Effect, Option<Action>)>,
    pub(crate) gate: Option<Gate>,
}

impl Plan {
    pub(crate) fn fail(&mut self, when: When, status: Status, effect: Effect) {
        self.faults.push((when, status, effect));
    }

    pub(crate) fn act(&mut self, when: When, order: Effect, action: Action) {
        self.actions.push((when, order, Some(action)));
    }

    pub(crate) fn clear_faults(&mut self) {
        self.faults.clear();
    }

    pub(crate) fn clear_actions(&mut self) {
        self.actions.clear();
    }

    /// Counts a call. If several faults apply, the first one that was set counts.
    pub(crate) fn next(&mut self, kind: Kind) -> Planned {
        self.calls.count(kind);
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for (when, order, action) in &mut self.actions {
            if when.is_now(kind) {
                match order {
                    Effect::Before => before.extend(action.take()),
                    Effect::After => after.extend(action.take()),
                }
            }
        }
        self.actions.retain(|(.., action)| action.is_some());
        let mut fault = None;
        for (when, status, effect) in &mut self.faults {
            if when.is_now(kind) && fault.is_none() {
                fault = Some((*status, *effect));
            }
        }
        Planned { before, fault, after }
    }
}
