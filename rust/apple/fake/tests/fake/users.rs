//! Rows that require authentication.

use core_foundation::base::{CFType, TCFType};
use core_foundation::error::{CFErrorGetCode, CFErrorRef};
use std::ptr;
use std::sync::Arc;
use strongroom_apple_fake::{Auth, Context, Row, World};

use crate::support::*;

#[test]
fn reading_and_changing_ask_for_the_user() {
    let world = protected_by(kSecAccessControlUserPresence);
    let _entered = world.enter();
    let name = Words::of("name");
    assert_eq!(name.read().as_deref(), Ok(SECRET));
    assert_eq!(world.prompts(), 1);
    assert_eq!(name.update(&Words::default().data(b"new")), 0);
    assert_eq!(world.prompts(), 2);
    assert!(name.clone().returning_attributes().copy().is_ok());
    assert_eq!(Words::of_service().list().map(|rows| rows.len()), Ok(1));
    assert!(name.copy().is_ok());
    assert_eq!(name.delete(), 0);
    assert_eq!(world.prompts(), 2, "neither attributes nor deletion ask");
}

#[test]
fn the_user_may_refuse() {
    let world = protected_by(kSecAccessControlUserPresence);
    let _entered = world.enter();
    for (auth, status) in [(Auth::Cancel, -128), (Auth::Fail, AUTH_FAILED)] {
        world.set_authentication(auth);
        assert_eq!(Words::of("name").read(), Err(status));
        assert_eq!(Words::of("name").update(&Words::default().data(b"new")), status);
    }
    world.set_authentication(Auth::Lockout);
    assert_eq!(
        Words::of("name").read().as_deref(),
        Ok(SECRET),
        "the passcode will do"
    );
    assert_eq!(world.rows()[0].data, SECRET);
    assert_eq!(world.prompts(), 5);
}

#[test]
fn a_lockout_of_biometry_is_a_failure_where_nothing_else_will_do() {
    for flags in [kSecAccessControlBiometryAny, kSecAccessControlBiometryCurrentSet] {
        let world = protected_by(flags);
        let _entered = world.enter();
        world.set_authentication(Auth::Lockout);
        assert_eq!(Words::of("name").read(), Err(AUTH_FAILED));
        world.set_authentication(Auth::Success);
        assert_eq!(Words::of("name").read().as_deref(), Ok(SECRET));
    }
}

#[test]
fn access_control_without_flags_asks_for_nobody() {
    let world = protected_by(0);
    let _entered = world.enter();
    world.set_authentication(Auth::Fail);
    assert_eq!(Words::of("name").read().as_deref(), Ok(SECRET));
    assert_eq!((world.prompts(), world.rows()[0].access_control), (0, None));
}

#[test]
fn a_context_answers_for_the_user_or_forbids_to_ask() {
    let world = protected_by(kSecAccessControlUserPresence);
    let _entered = world.enter();
    world.set_authentication(Auth::Fail);
    let with = |context: Context| {
        // SAFETY: the caller owns what was created.
        let context = unsafe { CFType::wrap_under_create_rule(context.create()) };
        Words::of("name").put(k!(kSecUseAuthenticationContext), &context)
    };
    assert_eq!(
        with(Context::InteractionNotAllowed).read(),
        Err(INTERACTION_NOT_ALLOWED)
    );
    assert_eq!(with(Context::Authenticated).read().as_deref(), Ok(SECRET));
    assert_eq!(
        with(Context::Authenticated).update(&Words::default().data(b"new")),
        0
    );
    assert_eq!(world.prompts(), 0);
    assert_eq!(with(Context::Interactive).read(), Err(AUTH_FAILED));
    assert_eq!(world.prompts(), 1);
    assert_eq!(world.live_objects(), 0);
}

#[test]
fn rows_that_ask_can_be_left_out() {
    let world = protected_by(kSecAccessControlUserPresence);
    let _entered = world.enter();
    let skip = |words: Words| words.put(k!(kSecUseAuthenticationUI), &k!(kSecUseAuthenticationUISkip));
    assert_eq!(skip(Words::of("name")).read(), Err(NOT_FOUND));
    assert_eq!(skip(Words::of("name")).delete(), NOT_FOUND);
    world.put_row(&Row::new(SERVICE, "open", SECRET));
    assert_eq!(skip(Words::of_service()).list().map(|rows| rows.len()), Ok(1));
    assert_eq!(world.prompts(), 0);
}

#[test]
fn a_new_enrolment_invalidates_what_was_for_the_former() {
    for status in [AUTH_FAILED, PARAM, NOT_FOUND] {
        let world = protected_by(kSecAccessControlBiometryCurrentSet);
        let _entered = world.enter();
        let new = access_control(
            &k!(kSecAttrAccessibleWhenUnlocked),
            kSecAccessControlBiometryCurrentSet,
        );
        world.change_enrolment(status);
        assert_eq!(Words::of("name").read(), Err(status));
        assert_eq!(Words::of("name").update(&Words::default().data(b"new")), status);
        assert!(
            Words::of("name").returning_attributes().copy().is_ok(),
            "its attributes are there"
        );
        assert_eq!(world.prompts(), 0);
        let later = Words::adding("later").put(k!(kSecAttrAccessControl), &new.unwrap());
        assert_eq!(later.add(), 0);
        assert_eq!(Words::of("later").read().as_deref(), Ok(SECRET));
        assert_eq!(Words::of("name").delete(), 0);
    }
    let world = protected_by(kSecAccessControlBiometryAny);
    let _entered = world.enter();
    world.change_enrolment(AUTH_FAILED);
    assert_eq!(Words::of("name").read().as_deref(), Ok(SECRET));
}

#[test]
fn an_update_gives_and_takes_access_control() {
    let world = World::new();
    let _entered = world.enter();
    Words::adding("name").add();
    let control = access_control(
        &k!(kSecAttrAccessibleWhenUnlocked),
        kSecAccessControlDevicePasscode,
    )
    .unwrap();
    let give = Words::default().put(k!(kSecAttrAccessControl), &control);
    assert_eq!(Words::of("name").update(&give), 0);
    assert_eq!(
        (world.prompts(), world.rows()[0].access_control),
        (0, Some(kSecAccessControlDevicePasscode))
    );
    let take = Words::default().accessible(&k!(kSecAttrAccessibleWhenUnlocked));
    assert_eq!(Words::of("name").update(&take), 0);
    assert_eq!((world.prompts(), world.rows()[0].access_control), (1, None));
}

#[test]
fn access_control_is_of_a_known_protection_and_known_flags() {
    let world = World::new();
    let _entered = world.enter();
    let class = k!(kSecAttrAccessibleWhenUnlocked);
    let made = access_control(&class, kSecAccessControlUserPresence).unwrap();
    // SAFETY: the function has no arguments.
    assert_eq!(made.type_of(), unsafe { SecAccessControlGetTypeID() });
    for flags in [
        kSecAccessControlBiometryAny,
        kSecAccessControlBiometryCurrentSet,
        kSecAccessControlDevicePasscode,
        kSecAccessControlWatch,
        kSecAccessControlBiometryAny | kSecAccessControlOr | kSecAccessControlDevicePasscode,
        kSecAccessControlBiometryAny | kSecAccessControlAnd | kSecAccessControlDevicePasscode,
    ] {
        assert!(access_control(&class, flags).is_some(), "{flags:#x}");
    }
    assert!(access_control(&k!(kSecAttrService), 0).is_none());
    assert!(access_control(&class, 1 << 20).is_none());
    assert!(access_control(&class, kSecAccessControlAnd | kSecAccessControlOr).is_none());

    let mut error: CFErrorRef = ptr::null_mut();
    let wrong = k!(kSecAttrService);
    // SAFETY: a live protection, and a place for an error, which the caller then owns.
    let code = unsafe {
        SecAccessControlCreateWithFlags(ptr::null(), wrong.as_CFTypeRef(), 0, &raw mut error);
        let code = CFErrorGetCode(error);
        drop(CFType::wrap_under_create_rule(error.cast_const().cast()));
        code
    };
    assert_eq!(code, -50);
    drop(made);
    assert_eq!(world.live_objects(), 0);
}

/// A world with a row with this access control.
fn protected_by(flags: usize) -> Arc<World> {
    let world = World::new();
    let entered = world.enter();
    let control = access_control(&k!(kSecAttrAccessibleWhenUnlocked), flags).unwrap();
    assert_eq!(
        Words::adding("name")
            .put(k!(kSecAttrAccessControl), &control)
            .add(),
        0
    );
    drop(entered);
    world
}
