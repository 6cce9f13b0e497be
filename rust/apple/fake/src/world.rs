//! Worlds, each a keychain with its device.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::faults::{Calls, Effect, Kind, Plan, When};
use crate::masked::Masked;
use crate::objects::{misuse, register};
use crate::row::{Accessible, Row, Stored};
use crate::saved::Folder;
use crate::state::{Auth, DEFAULT_GROUP, Lock, State};

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// A keychain with its device. It outlives the processes of the app as long as a test keeps it, or in a folder.
pub struct World {
    id: u64,
    /// Where its state is saved, if anywhere.
    folder: Option<Folder>,
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
        Self::with(State::default(), None)
    }

    /// The device that a folder holds, or a new one, as [`World::new`] creates it. From now on each change is in the
    /// folder before the call that makes it returns, so that it survives the process. Faults and counts do not. Only one
    /// process at a time may change a device.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] for a saved device that is damaged; it stays as it is. Any error of the file
    /// system.
    pub fn open(folder: &Path) -> io::Result<Arc<Self>> {
        let folder = Folder::prepare(folder)?;
        let state = if let Some(state) = folder.load()? {
            state
        } else {
            let state = State::default();
            folder.save(&state)?;
            state
        };
        Ok(Self::with(state, Some(folder)))
    }

    fn with(state: State, folder: Option<Folder>) -> Arc<Self> {
        Arc::new(Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            folder,
            state: Mutex::new(state),
            plan: Mutex::default(),
            violations: Mutex::default(),
        })
    }

    /// The number of objects that a thread created while in this world, and nobody released.
    pub fn live_objects(&self) -> usize {
        register().live_in(self.id)
    }

    /// Locks or unlocks the device.
    pub fn set_lock(&self, lock: Lock) {
        self.change(|state| state.lock = lock);
    }

    /// Sets or removes the passcode; rows that need one are deleted with it.
    pub fn set_passcode(&self, passcode: bool) {
        self.change(|state| {
            state.passcode = passcode;
            if !passcode {
                state
                    .rows
                    .retain(|row| row.protection.accessible != Accessible::WhenPasscodeSetThisDeviceOnly);
            }
        });
    }

    /// Sets the groups that the app is entitled to, its default first.
    pub fn set_entitled(&self, groups: &[&str]) {
        let groups = groups.iter().map(|&group| group.to_owned()).collect();
        self.change(|state| state.groups = groups);
    }

    /// Sets what the user does from now on when asked.
    pub fn set_authentication(&self, auth: Auth) {
        self.change(|state| state.auth = auth);
    }

    /// How often the user was asked.
    pub fn prompts(&self) -> usize {
        self.state().prompts
    }

    /// Counts from now on how often the user is asked.
    pub fn reset_prompts(&self) {
        self.state().prompts = 0;
    }

    /// Enrols biometry again. Reading rows for the earlier enrolment returns `status`: -25293, -50 and -25300 were seen
    /// (`authpass/biometric_storage#128`, `tutao/tutanota#3664`).
    pub fn change_enrolment(&self, status: i32) {
        self.change(|state| {
            state.enrolment += 1;
            state.invalidated = status;
        });
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
        self.suspend(When::nth(n).of(kind), action);
    }

    /// Runs an action just before a call, as another process would while this one is suspended there.
    pub fn suspend(&self, when: impl Into<When>, action: impl FnOnce(&Self) + Send + 'static) {
        self.plan().act(when.into(), Effect::Before, Box::new(action));
    }

    /// Runs an action once a call did its work, and before it returns.
    pub fn after(&self, when: impl Into<When>, action: impl FnOnce(&Self) + Send + 'static) {
        self.plan().act(when.into(), Effect::After, Box::new(action));
    }

    /// Removes all actions whose call did not come yet.
    pub fn clear_actions(&self) {
        self.plan().clear_actions();
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
        other.change(|state| {
            state.rows.retain(|row| !row.synchronizable);
            state.rows.extend(rows);
        });
    }

    /// The encrypted backup of the device, restored to a new one. Rows of a class for this device only are left out.
    #[must_use]
    pub fn restored_to_a_new_device(&self) -> Arc<Self> {
        Self::with(self.state().restored(), None)
    }

    /// As [`World::restored_to_a_new_device`], but this becomes the new device.
    pub fn restore(&self) {
        self.change(|state| *state = state.restored());
    }

    /// Deletes the app and installs it again: the Keychain stays as it is.
    pub fn reinstall(&self) {
        self.change(|state| state.installation += 1);
    }

    /// Erases the device, and installs the app on it.
    pub fn erase(&self) {
        self.change(|state| *state = state.erased());
    }

    /// How often the app was installed before this time, on this device and on those that it was restored from.
    pub fn installation(&self) -> u64 {
        self.state().installation
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

    /// Counts the calls from now on.
    pub fn reset_calls(&self) {
        self.plan().calls = Calls::default();
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
        self.change(|state| {
            let default = state.groups.first().map_or(DEFAULT_GROUP, String::as_str);
            let row = Stored::of(row, default, state.enrolment);
            match state.rows.iter_mut().find(|other| other.same_key(&row)) {
                Some(place) => *place = row,
                None => state.rows.push(row),
            }
        });
    }

    /// Deletes the rows of a service and account in any group, and returns how many there were.
    pub fn delete_row(&self, service: &str, account: &str) -> usize {
        let (service, account) = (Masked::new(service.as_bytes()), Masked::new(account.as_bytes()));
        self.change(|state| {
            let before = state.rows.len();
            state
                .rows
                .retain(|row| row.service != service || row.account != account);
            before - state.rows.len()
        })
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Changes the state, and saves it.
    pub(crate) fn change<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.state();
        let outcome = act(&mut state);
        self.save(&state);
        outcome
    }

    /// Ends the process if the state cannot be saved: what the caller would be told could be lost.
    pub(crate) fn save(&self, state: &State) {
        if let Some(folder) = &self.folder
            && let Err(error) = folder.save(state)
        {
            misuse("a device", format_args!("it cannot be saved: {error}"))
        }
    }

    pub(crate) fn plan(&self) -> MutexGuard<'_, Plan> {
        lock(&self.plan)
    }

    pub(crate) fn note(&self, violations: Vec<&'static str>) {
        lock(&self.violations).extend(violations);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
