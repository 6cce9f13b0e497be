//! The world of each thread.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::sync::{Arc, PoisonError, RwLock};

use crate::objects::misuse;
use crate::world::World;

/// The world of the threads that entered none.
static DEFAULT: RwLock<Option<Arc<World>>> = RwLock::new(None);

thread_local! {
    static CURRENT: RefCell<Vec<App>> = const { RefCell::new(Vec::new()) };
}

/// The app that a thread acts as.
struct App {
    world: Arc<World>,
    /// Its groups, unless it is the world's own app.
    groups: Option<Vec<String>>,
}

impl World {
    /// Makes it the world of this thread until the guard is dropped, which restores the former one.
    #[must_use]
    pub fn enter(self: &Arc<Self>) -> Entered {
        self.enter_with(None)
    }

    /// As [`World::enter`], but as another app of the device with its own entitlements, its default group first.
    #[must_use]
    pub fn enter_as(self: &Arc<Self>, groups: &[&str]) -> Entered {
        self.enter_with(Some(groups.iter().map(|&group| group.to_owned()).collect()))
    }

    /// Makes it the world of all threads that entered none, for a program that does not start the threads of its calls
    /// itself.
    pub fn make_default(self: &Arc<Self>) {
        let former = DEFAULT
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(Arc::clone(self));
        drop(former);
    }

    fn enter_with(self: &Arc<Self>, groups: Option<Vec<String>>) -> Entered {
        CURRENT.with_borrow_mut(|apps| {
            apps.push(App {
                world: Arc::clone(self),
                groups,
            });
        });
        Entered(PhantomData)
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
    let entered = CURRENT.with_borrow(|apps| apps.last().map(|app| Arc::clone(&app.world)));
    match entered.or_else(default_world) {
        Some(world) => world,
        None => misuse(function, format_args!("this thread has entered no world")),
    }
}

/// The groups of the app that this thread acts as, unless it is the world's own app.
pub(crate) fn current_groups() -> Option<Vec<String>> {
    CURRENT.with_borrow(|apps| apps.last().and_then(|app| app.groups.clone()))
}

/// While a thread ends, it is in no world that it entered.
pub(crate) fn current_id() -> Option<u64> {
    CURRENT
        .try_with(|apps| apps.borrow().last().map(|app| app.world.id()))
        .ok()
        .flatten()
        .or_else(|| default_world().map(|world| world.id()))
}

fn default_world() -> Option<Arc<World>> {
    DEFAULT.read().unwrap_or_else(PoisonError::into_inner).clone()
}
