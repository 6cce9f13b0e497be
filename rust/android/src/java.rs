//! The only module that calls the JVM.
//!
//! Every call is checked: a pending exception is cleared at once and becomes a [`KeyError`], so that the next call
//! never meets it. `clippy.toml` keeps raw calls out of the rest of the crate.
#![expect(clippy::disallowed_methods, reason = "the checked wrappers live here")]

use jni::objects::{JByteArray, JClass, JClassLoader, JObject, JString, JThrowable};
use jni::refs::{Global, LoaderContext};
use jni::signature::{FieldSignature, MethodSignature};
use jni::strings::JNIStr;
use jni::{Env, JValue, JValueOwned, jni_sig, jni_str};
use strongroom_core::ports::{KeyError, KeyErrorKind};
use zeroize::Zeroizing;

use crate::exceptions::{Thrown, classify};

/// An attached thread, and the loader that finds the framework's classes.
pub(crate) struct Java<'a, 'local> {
    env: &'a mut Env<'local>,
    loader: &'a Global<JClassLoader<'static>>,
}

/// What runs with an attached thread. It is called at most once.
pub(crate) type Body<'a> = &'a mut dyn FnMut(&mut Java<'_, '_>) -> Result<(), KeyError>;

/// Passes `body` on without its type, and returns its result.
pub(crate) fn once<T>(
    body: impl FnOnce(&mut Java<'_, '_>) -> Result<T, KeyError>,
    run: impl FnOnce(Body<'_>) -> Result<(), KeyError>,
) -> Result<T, KeyError> {
    let (mut body, mut done) = (Some(body), None);
    run(&mut |java| {
        if let Some(body) = body.take() {
            done = Some(body(java)?);
        }
        Ok(())
    })?;
    done.ok_or_else(|| KeyError::new(KeyErrorKind::Unavailable, "no result"))
}

/// For the elements of an enumeration; each needs a few references.
const FRAME_CAPACITY: usize = 16;

impl<'a, 'local> Java<'a, 'local> {
    pub(crate) fn new(env: &'a mut Env<'local>, loader: &'a Global<JClassLoader<'static>>) -> Self {
        Self { env, loader }
    }

    /// Runs `body` with local references of its own, which are released afterwards.
    pub(crate) fn frame<T>(
        &mut self,
        body: impl FnOnce(&mut Java<'_, '_>) -> Result<T, KeyError>,
    ) -> Result<T, KeyError> {
        once(body, |body| self.framed(body))
    }

    /// Compiled once, not once for each body, to keep the library small.
    fn framed(&mut self, body: Body<'_>) -> Result<(), KeyError> {
        let loader = self.loader;
        let result = self
            .env
            .with_local_frame(FRAME_CAPACITY, |env| Ok(body(&mut Java { env, loader })));
        self.checked(result)?
    }

    /// `new class(args)`.
    pub(crate) fn construct(
        &mut self,
        class: &JNIStr,
        sig: MethodSignature<'_, '_>,
        args: &[JValue<'_>],
    ) -> Result<JObject<'local>, KeyError> {
        let class = self.class(class)?;
        let result = self.env.new_object(class, sig, args);
        self.checked(result)
    }

    /// `class.method(args)`, for a static method that returns an object.
    pub(crate) fn static_object(
        &mut self,
        class: &JNIStr,
        method: &JNIStr,
        sig: MethodSignature<'_, '_>,
        args: &[JValue<'_>],
    ) -> Result<JObject<'local>, KeyError> {
        let class = self.class(class)?;
        let result = self.env.call_static_method(class, method, sig, args);
        self.checked(result.and_then(JValueOwned::l))
    }

    /// The static `int` field `class.field`.
    pub(crate) fn static_int(&mut self, class: &JNIStr, field: &JNIStr) -> Result<i32, KeyError> {
        const INT: FieldSignature<'_> = jni_sig!(jint);
        let class = self.class(class)?;
        let result = self.env.get_static_field(class, field, INT);
        self.checked(result.and_then(JValueOwned::i))
    }

    /// `object.method(args)`, for a method that returns an object, which may be null.
    pub(crate) fn object(
        &mut self,
        object: &JObject<'_>,
        method: &JNIStr,
        sig: MethodSignature<'_, '_>,
        args: &[JValue<'_>],
    ) -> Result<JObject<'local>, KeyError> {
        self.call(object, method, sig, args, JValueOwned::l)
    }

    /// `object.method(args)`, for a method that returns a boolean.
    pub(crate) fn boolean(
        &mut self,
        object: &JObject<'_>,
        method: &JNIStr,
        sig: MethodSignature<'_, '_>,
        args: &[JValue<'_>],
    ) -> Result<bool, KeyError> {
        self.call(object, method, sig, args, JValueOwned::z)
    }

    /// `object.method()`, for a method that returns an int.
    pub(crate) fn int(&mut self, object: &JObject<'_>, method: &JNIStr) -> Result<i32, KeyError> {
        self.call(object, method, jni_sig!(() -> jint), &[], JValueOwned::i)
    }

    /// `object.method(args)`, for a method that returns nothing.
    pub(crate) fn void(
        &mut self,
        object: &JObject<'_>,
        method: &JNIStr,
        sig: MethodSignature<'_, '_>,
        args: &[JValue<'_>],
    ) -> Result<(), KeyError> {
        self.call(object, method, sig, args, JValueOwned::v)
    }

    /// A Java string.
    pub(crate) fn string(&mut self, text: &str) -> Result<JString<'local>, KeyError> {
        let result = self.env.new_string(text);
        self.checked(result)
    }

    /// The text of a Java string.
    pub(crate) fn text(&mut self, string: JObject<'_>) -> Result<String, KeyError> {
        let result = JString::cast_local(self.env, string).and_then(|string| string.try_to_string(self.env));
        self.checked(result)
    }

    /// An `Object[]` of one string, for the varargs of a builder.
    pub(crate) fn string_array(&mut self, only: &str) -> Result<JObject<'local>, KeyError> {
        let string = self.string(only)?;
        let result = self
            .env
            .new_object_type_array::<JString<'_>>(1, &string)
            .map(Into::into);
        self.checked(result)
    }

    /// A Java byte array with a copy of `bytes`.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<JByteArray<'local>, KeyError> {
        let result = self.env.byte_array_from_slice(bytes);
        self.checked(result)
    }

    /// Lets `body` use a byte array with a copy of `secret`, and overwrites the array afterwards.
    pub(crate) fn with_secret<T>(
        &mut self,
        secret: &[u8],
        body: impl FnOnce(&mut Self, &JByteArray<'local>) -> Result<T, KeyError>,
    ) -> Result<T, KeyError> {
        let array = self.bytes(secret)?;
        let result = body(self, &array);
        self.wipe(&array, secret.len())?;
        result
    }

    /// Copies a Java byte array and overwrites it. Null counts as empty.
    pub(crate) fn take_bytes(&mut self, array: JObject<'_>) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        if array.is_null() {
            return Ok(Zeroizing::default());
        }
        let result = JByteArray::cast_local(self.env, array);
        let array = self.checked(result)?;
        let result = array.len(self.env);
        let len = self.checked(result)?;
        let mut signed = Zeroizing::new(vec![0_i8; len]);
        let result = array.get_region(self.env, 0, &mut signed);
        let copied = self.checked(result);
        self.wipe(&array, len)?;
        copied?;
        Ok(Zeroizing::new(
            signed.iter().map(|byte| byte.cast_unsigned()).collect(),
        ))
    }

    /// The loader of the class of `object`.
    pub(crate) fn loader_of(
        env: &mut Env<'_>,
        object: &JObject<'_>,
    ) -> jni::errors::Result<Global<JClassLoader<'static>>> {
        let loader = env.get_object_class(object)?.get_class_loader(env)?;
        env.new_global_ref(loader)
    }

    /// A reference that outlives this call.
    pub(crate) fn global(&mut self, object: JObject<'_>) -> Result<Global<JObject<'static>>, KeyError> {
        let result = self.env.new_global_ref(object);
        self.checked(result)
    }

    /// A reference for this call.
    pub(crate) fn local(&mut self, object: &JObject<'_>) -> Result<JObject<'local>, KeyError> {
        let result = self.env.new_local_ref(object);
        self.checked(result)
    }

    /// A class of the framework.
    pub(crate) fn class(&mut self, name: &JNIStr) -> Result<JClass<'local>, KeyError> {
        let result = LoaderContext::Loader(self.loader).load_class(self.env, name, true);
        self.checked(result)
    }

    fn call<T>(
        &mut self,
        object: &JObject<'_>,
        method: &JNIStr,
        sig: MethodSignature<'_, '_>,
        args: &[JValue<'_>],
        convert: impl FnOnce(JValueOwned<'local>) -> jni::errors::Result<T>,
    ) -> Result<T, KeyError> {
        let result = self.env.call_method(object, method, sig, args);
        self.checked(result.and_then(convert))
    }

    fn wipe(&mut self, array: &JByteArray<'_>, len: usize) -> Result<(), KeyError> {
        let result = array.set_region(self.env, 0, &vec![0; len]);
        self.checked(result)
    }

    fn checked<T>(&mut self, result: jni::errors::Result<T>) -> Result<T, KeyError> {
        result.map_err(|error| failure(self.env, &error))
    }
}

/// Clears the pending exception and classifies the failure.
pub(crate) fn failure(env: &mut Env<'_>, error: &jni::errors::Error) -> KeyError {
    use jni::errors::Error;

    if let Some(throwable) = env.exception_occurred() {
        env.exception_clear();
        return classify(&chain(env, throwable));
    }
    KeyError::new(
        KeyErrorKind::Unavailable,
        match error {
            Error::FieldNotFound { .. } => "JNI: field not found",
            Error::JniCall(_) => "JNI: call failed",
            Error::MethodNotFound { .. } => "JNI: method not found",
            Error::NoClassDefFound { .. } | Error::LinkageError { .. } => "JNI: class not found",
            Error::NullPtr(_) => "JNI: null reference",
            Error::WrongObjectType => "JNI: unexpected class",
            _ => "JNI: failure",
        },
    )
}

/// Longer cause chains add nothing, and a cycle must end.
const MAX_CAUSES: usize = 8;

fn chain<'local>(env: &mut Env<'local>, throwable: JThrowable<'local>) -> Vec<Thrown> {
    let mut chain = Vec::new();
    let mut next = Some(throwable);
    while let Some(throwable) = next.filter(|throwable| !throwable.is_null() && chain.len() < MAX_CAUSES) {
        let classes = class_names(env, &throwable).unwrap_or_default();
        let code = error_code(env, &throwable, &classes);
        chain.push(Thrown { classes, code });
        next = throwable.get_cause(env).ok();
        // Describing a failure may fail, too, for example without memory. What is known so far must do.
        env.exception_clear();
    }
    chain
}

fn class_names(env: &mut Env<'_>, throwable: &JThrowable<'_>) -> jni::errors::Result<Vec<String>> {
    env.with_local_frame(FRAME_CAPACITY, |env| {
        let mut names = Vec::new();
        let mut class = Some(env.get_object_class(throwable)?);
        while let Some(current) = class {
            let name = current.get_name(env)?.try_to_string(env)?;
            if name == "java.lang.Throwable" {
                break;
            }
            names.push(name);
            class = env.get_superclass(current)?;
        }
        Ok(names)
    })
}

/// Only newer systems have the method; a class without it has no code.
fn error_code(env: &mut Env<'_>, throwable: &JThrowable<'_>, classes: &[String]) -> Option<i32> {
    if classes.first()? != "android.security.KeyStoreException" {
        return None;
    }
    let code = env.call_method(
        throwable,
        jni_str!("getNumericErrorCode"),
        jni_sig!(() -> jint),
        &[],
    );
    env.exception_clear();
    code.and_then(JValueOwned::i).ok()
}
