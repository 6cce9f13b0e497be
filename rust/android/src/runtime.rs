//! What the app passed in: the JVM and its `Context`.
//!
//! A library that JNA loads never gets a `JNI_OnLoad` call, and a process can ask for its JVM with a public function
//! only from Android 12 on. So the Kotlin shim passes the `Context` in once, and the JVM comes with it.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use jni::objects::{JClassLoader, JObject};
use jni::refs::Global;
use jni::{AttachConfig, Env, JavaVM, jni_sig, jni_str};
use strongroom_core::ports::{KeyError, KeyErrorKind};

use crate::java::{Body, Java, failure, once};
use crate::worker::Worker;

/// What the process keeps: the JVM, the app's `Context`, and the one thread that calls the Keystore.
pub struct AndroidRuntime {
    vm: JavaVM,
    context: Global<JObject<'static>>,
    loader: Global<JClassLoader<'static>>,
    no_backup_dir: PathBuf,
    package: String,
    sdk_int: i32,
    worker: Worker,
}

/// The app's `Context` was not passed in yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotInitialised;

/// The runtime, after the app passed its `Context` in.
///
/// # Errors
/// [`NotInitialised`] before that.
pub fn runtime() -> Result<&'static AndroidRuntime, NotInitialised> {
    RUNTIME.get().ok_or(NotInitialised)
}

static RUNTIME: OnceLock<AndroidRuntime> = OnceLock::new();

impl AndroidRuntime {
    /// `Context.getNoBackupFilesDir()`: private to the app and never part of a backup.
    #[must_use]
    pub fn no_backup_dir(&self) -> &Path {
        &self.no_backup_dir
    }

    /// `Context.getPackageName()`. Apps that share a UID share a Keystore, too; the name tells them apart.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// The API level of the system.
    pub(crate) fn sdk_int(&self) -> i32 {
        self.sdk_int
    }

    pub(crate) fn worker(&'static self) -> &'static Worker {
        &self.worker
    }

    /// Keeps what is needed of `context`. Calls after the first one do nothing.
    pub(crate) fn initialise(env: &mut Env<'_>, context: &JObject<'_>) -> Result<(), KeyError> {
        static ONCE: Mutex<()> = Mutex::new(());

        let _once = ONCE.lock().unwrap_or_else(PoisonError::into_inner);
        if RUNTIME.get().is_none() {
            let runtime = Self::from_context(env, context)?;
            RUNTIME.get_or_init(|| runtime);
        }
        Ok(())
    }

    /// Attaches the current thread, runs `body`, and detaches the thread again. So a thread that waits for its next job
    /// is unknown to the JVM and cannot keep it from exiting.
    pub(crate) fn attach<T>(
        &self,
        body: impl FnOnce(&mut Java<'_, '_>) -> Result<T, KeyError>,
    ) -> Result<T, KeyError> {
        once(body, |body| self.attached(body))
    }

    /// Compiled once, not once for each body, to keep the library small.
    fn attached(&self, body: Body<'_>) -> Result<(), KeyError> {
        let config = || {
            AttachConfig::new()
                .scoped(true)
                .thread_name(jni_str!("strongroom-keystore"))
        };
        self.vm
            .attach_current_thread_with_config(config, Some(LOCAL_REFERENCES), |env| {
                Ok(body(&mut Java::new(env, &self.loader)))
            })
            .unwrap_or_else(|_: jni::errors::Error| {
                Err(KeyError::new(KeyErrorKind::Unavailable, "JNI: no attachment"))
            })
    }

    /// A thread that Java has attached.
    pub(crate) fn java<'a, 'local>(&'a self, env: &'a mut Env<'local>) -> Java<'a, 'local> {
        Java::new(env, &self.loader)
    }

    /// Whether the directory of the files can be read. Before the first unlock it cannot, unless the app declared that
    /// its files are available then, too.
    pub(crate) fn readable(&self, java: &mut Java<'_, '_>) -> Result<bool, KeyError> {
        Ok(self.user_unlocked(java)?
            || java.boolean(
                &self.context,
                jni_str!("isDeviceProtectedStorage"),
                jni_sig!(() -> jboolean),
                &[],
            )?)
    }

    /// Whether the user has unlocked the device since it started.
    pub(crate) fn user_unlocked(&self, java: &mut Java<'_, '_>) -> Result<bool, KeyError> {
        let name = java.string("user")?;
        let manager = java.object(
            &self.context,
            jni_str!("getSystemService"),
            jni_sig!((name: JString) -> JObject),
            &[(&name).into()],
        )?;
        java.boolean(
            &manager,
            jni_str!("isUserUnlocked"),
            jni_sig!(() -> jboolean),
            &[],
        )
    }

    fn from_context(env: &mut Env<'_>, context: &JObject<'_>) -> Result<Self, KeyError> {
        let vm = env.get_java_vm().map_err(|error| failure(env, &error))?;
        // The loader of the class, not `Context.getClassLoader()`: both find the framework on a phone, but if the
        // framework itself runs in a sandbox, only the sandbox's loader does.
        let loader = Java::loader_of(env, context).map_err(|error| failure(env, &error))?;
        // Not `getApplicationContext()`, which returns null while the application is being attached. The shim has
        // called it.
        let application = env.new_local_ref(context).map_err(|error| failure(env, &error))?;
        let mut java = Java::new(env, &loader);
        let directory = java.object(
            &application,
            jni_str!("getNoBackupFilesDir"),
            jni_sig!(() -> java.io.File),
            &[],
        )?;
        let path = java.object(
            &directory,
            jni_str!("getAbsolutePath"),
            jni_sig!(() -> JString),
            &[],
        )?;
        let no_backup_dir = java.text(path)?.into();
        let package = java.object(
            &application,
            jni_str!("getPackageName"),
            jni_sig!(() -> JString),
            &[],
        )?;
        let package = java.text(package)?;
        let sdk_int = java.static_int(jni_str!("android.os.Build$VERSION"), jni_str!("SDK_INT"))?;
        let context = java.global(application)?;
        Ok(Self {
            vm,
            context,
            loader,
            no_backup_dir,
            package,
            sdk_int,
            worker: Worker::default(),
        })
    }
}

const LOCAL_REFERENCES: usize = 64;

impl From<NotInitialised> for KeyError {
    fn from(_: NotInitialised) -> Self {
        Self::new(KeyErrorKind::NotInitialised, "There is no Context")
    }
}
