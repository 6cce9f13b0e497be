//! Worlds, each a keychain with its device, and the world of each thread.

use std::cell::RefCell;
use std::ffi::c_void;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::faults::{Calls, Effect, Kind, Plan, When};
use crate::masked::Masked;
use crate::objects::{Payload, misuse, register};
use crate::row::{Accessible, Row, Stored};
use crate::state::{AUTH_FAILED, Auth, Lock, State};

/// The group of an app that asked for none.
const DEFAULT_GROUP: &str = "TEAM.dev.example.app";

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

thread_local! {
    static CURRENT: RefCell<Vec<App>> = const { RefCell::new(Vec::new()) };
}

/// The app that a thread acts as.
struct App {
    world: Arc<World>,
    /// Its groups, unless it is the world's own app.
    groups: Option<Vec<String>>,
}

/// A keychain with its device. It outlives the processes of the app as long as a test keeps it.
pub struct World {
    id: u64,
    state: Mutex<State>,
    plan: Mutex<Plan>,
    violations: Mutex<Vec<&'static str>>,
}

impl World {
    /// An unlocked device with a passcode and an empty keychain, whose user agrees to everything.
    // Only an `Arc` can be entered.
    #[allow(
        clippy::new_ret_no_self,
        reason = "a world is shared between threads or of no use"
    )]
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            state: Mutex::new(State {
                rows: Vec::new(),
                groups: vec![DEFAULT_GROUP.to_owned()],
                lock: Lock::Unlocked,
                passcode: true,
                auth: Auth::Success,
                prompts: 0,
                answered: 0,
                enrolment: 0,
                invalidated: AUTH_FAILED,
            }),
            plan: Mutex::default(),
            violations: Mutex::default(),
        })
    }

    /// Makes it the world of this thread until the guard is dropped, which restores the former one.
    #[must_use]
    pub fn enter(self: &Arc<Self>) -> Entered {
        CURRENT.with_borrow_mut(|worlds| {
            worlds.push(App {
                world: Arc::clone(self),
                groups: None,
            });
        });
        Entered(PhantomData)
    }

    /// As [`World::enter`], but as another app of the device with its own entitlements, its default group first.
    #[must_use]
    pub fn enter_as(self: &Arc<Self>, groups: &[&str]) -> Entered {
        let groups = groups.iter().map(|&group| group.to_owned()).collect();
        CURRENT.with_borrow_mut(|worlds| {
            worlds.push(App {
                world: Arc::clone(self),
                groups: Some(groups),
            });
        });
        Entered(PhantomData)
    }

    /// The number of objects that a thread created while in this world, and nobody released.
    pub fn live_objects(&self) -> usize {
        register().live_in(self.id)
    }

    /// Locks or unlocks the device.
    pub fn set_lock(&self, lock: Lock) {
        self.state().lock = lock;
    }

    /// Sets or removes the passcode; rows that need one are deleted with it.
    pub fn set_passcode(&self, passcode: bool) {
        let mut state = self.state();
        state.passcode = passcode;
        if !passcode {
            state
                .rows
                .retain(|row| row.protection.accessible != Accessible::WhenPasscodeSetThisDeviceOnly);
        }
    }

    /// Sets the groups that the app is entitled to, its default first.
    pub fn set_entitled(&self, groups: &[&str]) {
        self.state().groups = groups.iter().map(|&group| group.to_owned()).collect();
    }

    /// Sets what the user does from now on when asked.
    pub fn set_authentication(&self, auth: Auth) {
        self.state().auth = auth;
    }

    /// How often the user was asked.
    pub fn prompts(&self) -> usize {
        self.state().prompts
    }

    /// Enrols biometry again. Reading rows for the earlier enrolment returns `status`: -25293, -50 and -25300 were seen
    /// (`authpass/biometric_storage#128`, `tutao/tutanota#3664`).
    pub fn change_enrolment(&self, status: i32) {
        let mut state = self.state();
        state.enrolment += 1;
        state.invalidated = status;
    }

    /// Makes calls fail.
    pub fn fail(&self, when: impl Into<When>, status: i32, effect: Effect) {
        self.plan().fail(when.into(), status, effect);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.plan().clear_faults();
    }

    /// Runs an action just before the `n`-th call of a kind from now, as another process would.
    pub fn race(&self, kind: Kind, n: usize, action: impl FnOnce(&Self) + Send + 'static) {
        self.plan().race(When::nth(n).of(kind), Box::new(action));
    }

    /// Runs an action just before a call, as another process would while this one is suspended there.
    pub fn suspend(&self, when: impl Into<When>, action: impl FnOnce(&Self) + Send + 'static) {
        self.plan().race(when.into(), Box::new(action));
    }

    /// Copies what is synchronized to another device of the user: additions, changes and deletions.
    pub fn sync_to(&self, other: &Self) {
        let rows: Vec<Stored> = self
            .state()
            .rows
            .iter()
            .filter(|row| row.synchronizable)
            .cloned()
            .collect();
        let mut state = other.state();
        state.rows.retain(|row| !row.synchronizable);
        state.rows.extend(rows);
    }

    /// The encrypted backup of the device, restored to a new one. Rows of a class for this device only are left out.
    #[must_use]
    pub fn restored_to_a_new_device(&self) -> Arc<Self> {
        let new = Self::new();
        {
            let (old, mut state) = (self.state(), new.state());
            state.groups.clone_from(&old.groups);
            let travels = |row: &&Stored| !row.protection.accessible.stays_on_device();
            state.rows = old.rows.iter().filter(travels).cloned().collect();
        }
        new
    }

    /// Asks `gate` before each call: if it returns a status, the call fails with it. The gate may run other code first.
    pub fn ask_before_each_call(&self, gate: impl Fn() -> Option<i32> + Send + Sync + 'static) {
        self.plan().gate = Some(Arc::new(gate));
    }

    /// How many rows all calls so far returned.
    pub fn rows_answered(&self) -> usize {
        self.state().answered
    }

    /// The number of calls.
    pub fn calls(&self) -> Calls {
        self.plan().calls
    }

    /// What the calls so far must not have contained, one text for each time.
    pub fn violations(&self) -> Vec<&'static str> {
        lock(&self.violations).clone()
    }

    /// The rows in the order in which they were added, unmasked: a search of the heap must not ask for them before.
    pub fn rows(&self) -> Vec<Row> {
        self.state().rows.iter().map(Stored::row).collect()
    }

    /// Adds a row, or replaces the one with the same primary key, whatever the lock.
    pub fn put_row(&self, row: &Row) {
        let mut state = self.state();
        let default = state.groups.first().map_or(DEFAULT_GROUP, String::as_str);
        let row = Stored::of(row, default, state.enrolment);
        match state.rows.iter_mut().find(|other| other.same_key(&row)) {
            Some(place) => *place = row,
            None => state.rows.push(row),
        }
    }

    /// Deletes the rows of a service and account in any group, and returns how many there were.
    pub fn delete_row(&self, service: &str, account: &str) -> usize {
        let mut state = self.state();
        let before = state.rows.len();
        let (service, account) = (Masked::new(service.as_bytes()), Masked::new(account.as_bytes()));
        state
            .rows
            .retain(|row| row.service != service || row.account != account);
        before - state.rows.len()
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub(crate) fn plan(&self) -> MutexGuard<'_, Plan> {
        lock(&self.plan)
    }

    pub(crate) fn note(&self, violations: Vec<&'static str>) {
        lock(&self.violations).extend(violations);
    }
}

/// An `LAContext`, as the app's Swift code would pass it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Context {
    /// The user can be asked with it.
    Interactive,
    /// With `interactionNotAllowed`: rows that require authentication are -25308.
    InteractionNotAllowed,
    /// The user has authenticated with it already.
    Authenticated,
}

impl Context {
    /// A new object, for `kSecUseAuthenticationContext`; its receiver has to release it.
    #[must_use]
    pub fn create(self) -> *const c_void {
        register().create(Payload::Context(self)).as_pointer()
    }
}

/// While it lives, its thread is in a [`World`].
// Not `Send`: it must be dropped on its own thread.
pub struct Entered(PhantomData<*const ()>);

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.with_borrow_mut(Vec::pop);
    }
}

/// The world of this thread. There must be one.
pub(crate) fn current(function: &str) -> Arc<World> {
    match CURRENT.with_borrow(|worlds| worlds.last().map(|app| Arc::clone(&app.world))) {
        Some(world) => world,
        None => misuse(function, format_args!("this thread has entered no world")),
    }
}

/// The groups of the app that this thread acts as, unless it is the world's own app.
pub(crate) fn current_groups() -> Option<Vec<String>> {
    CURRENT.with_borrow(|worlds| worlds.last().and_then(|app| app.groups.clone()))
}

/// `None` also while the thread ends.
pub(crate) fn current_id() -> Option<u64> {
    CURRENT
        .try_with(|worlds| worlds.borrow().last().map(|app| app.world.id))
        .ok()
        .flatten()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
