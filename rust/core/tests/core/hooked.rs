//! A key store in which something else happens whenever it is asked: what another thread, process or app does meanwhile.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use strongroom_core::policy::{KeyPolicy, SecurityLevel};
use strongroom_core::ports::{DataKey, KeyError, KeyWrapper};
use strongroom_testkit::{KeyOperation, SoftwareKeys};

type Hook = Box<dyn FnOnce() + Send>;
type Refusal = Box<dyn Fn(KeyOperation, &str, Duration) -> Result<(), KeyError> + Send + Sync>;

#[derive(Default)]
pub(crate) struct HookedKeys {
    pub(crate) inner: Arc<SoftwareKeys>,
    hook: Mutex<Option<(KeyOperation, Hook)>>,
    refusal: Option<Refusal>,
}

impl HookedKeys {
    pub(crate) fn over(inner: &Arc<SoftwareKeys>) -> Self {
        Self {
            inner: Arc::clone(inner),
            hook: Mutex::default(),
            refusal: None,
        }
    }

    /// Asks `refusal` before each call, with the alias and with how long the caller waits.
    pub(crate) fn refusing(
        inner: &Arc<SoftwareKeys>,
        refusal: impl Fn(KeyOperation, &str, Duration) -> Result<(), KeyError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            refusal: Some(Box::new(refusal)),
            ..Self::over(inner)
        }
    }

    /// Runs `hook` in front of the next such call, once.
    pub(crate) fn before(&self, operation: KeyOperation, hook: impl FnOnce() + Send + 'static) {
        *self.hook.lock().unwrap() = Some((operation, Box::new(hook)));
    }

    /// Whether the hook ran.
    pub(crate) fn ran(&self) -> bool {
        self.hook.lock().unwrap().is_none()
    }

    fn called(&self, operation: KeyOperation, alias: &str, wait: Duration) -> Result<(), KeyError> {
        let mut hook = self.hook.lock().unwrap();
        if hook.as_ref().is_some_and(|(on, _)| *on == operation) {
            let hook = hook.take();
            if let Some((_, hook)) = hook {
                hook();
            }
        }
        drop(hook);
        self.refusal
            .as_ref()
            .map_or(Ok(()), |refusal| refusal(operation, alias, wait))
    }
}

impl KeyWrapper for HookedKeys {
    fn aliases(&self, prefix: &str, wait: Duration) -> Result<Vec<String>, KeyError> {
        self.called(KeyOperation::Aliases, prefix, wait)?;
        self.inner.aliases(prefix, wait)
    }

    fn create(&self, alias: &str, policy: &KeyPolicy, wait: Duration) -> Result<SecurityLevel, KeyError> {
        self.called(KeyOperation::Create, alias, wait)?;
        self.inner.create(alias, policy, wait)
    }

    fn wrap(
        &self,
        alias: &str,
        data_key: &[u8; 32],
        aad: &[u8],
        wait: Duration,
    ) -> Result<Vec<u8>, KeyError> {
        self.called(KeyOperation::Wrap, alias, wait)?;
        self.inner.wrap(alias, data_key, aad, wait)
    }

    fn unwrap(&self, alias: &str, wrapped: &[u8], aad: &[u8], wait: Duration) -> Result<DataKey, KeyError> {
        self.called(KeyOperation::Unwrap, alias, wait)?;
        self.inner.unwrap(alias, wrapped, aad, wait)
    }

    fn destroy(&self, alias: &str, wait: Duration) -> Result<(), KeyError> {
        self.called(KeyOperation::Destroy, alias, wait)?;
        self.inner.destroy(alias, wait)
    }
}
