use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The faults that were ordered of a file system, and the operations it was asked for.
#[derive(Clone, Debug, Default)]
pub struct FsFaults(Arc<Mutex<Inner>>);

/// An operation of [`FileSystem`](strongroom_core::ports::FileSystem) or
/// [`FileHandle`](strongroom_core::ports::FileHandle).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FsOperation {
    /// Creating a file.
    Create,
    /// Creating a directory.
    CreateDir,
    /// Asking which file a name or a descriptor stands for.
    Identify,
    /// Listing a directory.
    List,
    /// Taking a lock.
    Lock,
    /// Opening a file.
    Open,
    /// Reading.
    Read,
    /// Unlinking a file.
    Remove,
    /// Renaming a file.
    Rename,
    /// Taking space.
    Reserve,
    /// Changing the length of a file.
    SetLen,
    /// Making data durable.
    SyncData,
    /// Making a directory durable.
    SyncDir,
    /// Writing.
    Write,
}

#[derive(Debug, Default)]
struct Inner {
    log: Vec<FsOperation>,
    fault: Option<Fault>,
    interruption: Option<Interruption>,
    skips_syncs: bool,
}

#[derive(Debug)]
struct Fault {
    operation: Option<FsOperation>,
    skip: usize,
    times: usize,
    errno: i32,
}

/// Something that happens in front of an operation.
struct Interruption {
    skip: usize,
    happens: Box<dyn FnOnce() + Send>,
}

impl fmt::Debug for Interruption {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Interruption").finish_non_exhaustive()
    }
}

impl FsFaults {
    /// Lets `skip` operations of a kind (of any kind if `None`) pass, then fails `times` of them with `errno`.
    pub fn fail(&self, operation: Option<FsOperation>, skip: usize, times: usize, errno: i32) {
        self.inner().fault = Some(Fault {
            operation,
            skip,
            times,
            errno,
        });
    }

    /// Lets `skip` operations pass, and calls `happens` in front of the next one.
    pub fn interrupt(&self, skip: usize, happens: impl FnOnce() + Send + 'static) {
        self.inner().interruption = Some(Interruption {
            skip,
            happens: Box::new(happens),
        });
    }

    /// No more faults.
    pub fn heal(&self) {
        self.inner().fault = None;
    }

    /// Logs and fails syncs of the real file system, but makes nothing durable: for tests that end with their process, and have
    /// many cases.
    pub fn skip_syncs(&self) {
        self.inner().skips_syncs = true;
    }

    /// The operations so far, in order.
    #[must_use]
    pub fn log(&self) -> Vec<FsOperation> {
        self.inner().log.clone()
    }

    pub(super) fn skips_syncs(&self) -> bool {
        self.inner().skips_syncs
    }

    pub(super) fn begin(&self, operation: FsOperation) -> io::Result<()> {
        self.interrupted();
        let mut inner = self.inner();
        inner.log.push(operation);
        if let Some(fault) = &mut inner.fault
            && fault.operation.is_none_or(|on| on == operation)
        {
            if fault.skip > 0 {
                fault.skip -= 1;
            } else if fault.times > 0 {
                fault.times -= 1;
                return Err(io::Error::from_raw_os_error(fault.errno));
            }
        }
        Ok(())
    }

    fn interrupted(&self) {
        let mut inner = self.inner();
        let interruption = match &mut inner.interruption {
            Some(later) if later.skip > 0 => {
                later.skip -= 1;
                None
            }
            due => due.take(),
        };
        drop(inner);
        if let Some(interruption) = interruption {
            (interruption.happens)();
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
