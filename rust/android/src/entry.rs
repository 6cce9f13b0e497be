//! The functions that Kotlin calls directly: those of `NativeLibrary`.

use std::any::Any;
use std::fmt;

use jni::errors::ErrorPolicy;
use jni::objects::{JClass, JObject};
use jni::strings::JNIString;
use jni::{Env, EnvUnowned, jni_str};
use strongroom_core::ports::KeyError;

use crate::gates;
use crate::java::failure;
use crate::runtime::{AndroidRuntime, runtime};

/// `dev.strongroom.capacitor.NativeLibrary.initialize(Context)`. It may be called any number of times and throws an
/// `IllegalStateException` if the `Context` cannot be used.
// SAFETY: the name is the one that JNI derives from the class and method above, and no other crate uses it. The
// parameters are those that JNI passes to a static native method with one object argument.
#[unsafe(no_mangle)]
pub(crate) extern "system" fn Java_dev_strongroom_capacitor_NativeLibrary_initialize<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    context: JObject<'local>,
) {
    env.with_env(|env| Ok::<_, Failure>(AndroidRuntime::initialise(env, &context)?))
        .resolve::<ThrowIllegalState>();
}

/// `dev.strongroom.capacitor.NativeLibrary.borrow(long)`: the `Mac` of a use that has begun, for `CryptoObject`; null if
/// it has ended.
// SAFETY: the name is the one that JNI derives from the class and method above, and no other crate uses it. The
// parameters are those that JNI passes to a static native method with one long argument, and the result is a local
// reference or null.
#[unsafe(no_mangle)]
pub(crate) extern "system" fn Java_dev_strongroom_capacitor_NativeLibrary_borrow<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    ticket: i64,
) -> JObject<'local> {
    env.with_env(|env| {
        let runtime = runtime().map_err(KeyError::from)?;
        Ok::<_, Failure>(gates::borrow(&mut runtime.java(env), ticket.cast_unsigned())?)
    })
    .resolve::<ThrowIllegalState>()
}

/// Why there is no runtime.
enum Failure {
    Jni(jni::errors::Error),
    Key(KeyError),
}

impl From<jni::errors::Error> for Failure {
    fn from(error: jni::errors::Error) -> Self {
        Self::Jni(error)
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

/// Throws a Java exception in place of unwinding into the JVM or aborting.
struct ThrowIllegalState;

impl<T: Default> ErrorPolicy<T, Failure> for ThrowIllegalState {
    type Captures<'unowned_env_local: 'native_method, 'native_method> = ();

    fn on_error<'unowned_env_local: 'native_method, 'native_method>(
        env: &mut Env<'unowned_env_local>,
        (): &mut (),
        error: Failure,
    ) -> jni::errors::Result<T> {
        let error = match error {
            Failure::Jni(error) => failure(env, &error),
            Failure::Key(error) => error,
        };
        throw(env, &format_args!("Strongroom: {}", error.detail()));
        Ok(T::default())
    }

    fn on_panic<'unowned_env_local: 'native_method, 'native_method>(
        env: &mut Env<'unowned_env_local>,
        (): &mut (),
        _payload: Box<dyn Any + Send>,
    ) -> jni::errors::Result<T> {
        env.exception_clear();
        throw(env, &"Strongroom: panic");
        Ok(T::default())
    }
}

fn throw(env: &mut Env<'_>, message: &dyn fmt::Display) {
    let message = JNIString::from(message.to_string());
    // This always returns an error: that an exception is pending now, which is intended.
    drop(env.throw_new(jni_str!("java/lang/IllegalStateException"), message));
}
