//! What happens before a call, or while its prompt is shown.

use std::sync::Arc;
use std::time::Duration;

use strongroom_core::policy::GateMode;
use strongroom_core::ports::{KeyErrorKind, Prompt, RefusalReason};
use strongroom_core::{ErrorCode, LockTrigger, SealedVault, Vault};
use strongroom_testkit::{GateEffect, GateOperation, Reply, World, key, set};

use super::states::{biometry, impatient};

pub(super) struct Occurrence {
    pub(super) name: &'static str,
    pub(super) arm: fn(&World, &Arc<SealedVault>),
    /// Takes the cause away, and says whether the store must then open as before.
    pub(super) heal: fn(&World) -> bool,
    /// How a call may fail because of it.
    pub(super) codes: &'static [ErrorCode],
    /// Whether the user may be asked once more.
    pub(super) asks_again: bool,
    /// Another process writes the file or asks for keys.
    pub(super) other_process: bool,
    /// Another process changes items, or how the store asks.
    pub(super) changes_items: bool,
}

const NONE: Occurrence = Occurrence {
    name: "nothing",
    arm: |_, _| {},
    heal: |_| true,
    codes: &[],
    asks_again: false,
    other_process: false,
    changes_items: false,
};

macro_rules! refusals {
    ($($name:literal $reason:ident $code:ident;)*) => {
        [$(Occurrence {
            name: $name,
            arm: |world, _| world.device.reply([Reply::Refuse(RefusalReason::$reason), Reply::Refuse(RefusalReason::$reason)]),
            codes: &[ErrorCode::$code],
            ..NONE
        },)*]
    };
}

macro_rules! faults {
    ($($name:literal $operation:ident $kind:ident $times:literal $($code:ident)*;)*) => {
        [$(Occurrence {
            name: $name,
            arm: |world, _| world.device.fail(GateOperation::$operation, GateEffect::Fail(KeyErrorKind::$kind), $times),
            codes: &[$(ErrorCode::$code),*],
            asks_again: true,
            ..NONE
        },)*]
    };
}

const REFUSALS: [Occurrence; 12] = refusals! {
    "the user cancels" Cancelled AuthCancelled;
    "the other button" Fallback AuthCancelled;
    "the system cancels" System AuthCancelled;
    "a time-out" TimedOut AuthCancelled;
    "the activity is destroyed" Dismissed AuthCancelled;
    "wrong finger" Failed AuthFailed;
    "lockout" Lockout BiometryLockout;
    "lockout for good" LockoutPermanent BiometryLockout;
    "nothing enrolled" NotEnrolled BiometryNotEnrolled;
    "sensor unavailable" Unavailable BiometryUnavailable;
    "no passcode" NoDeviceCredential InsufficientSecurity;
    "the app is hidden" NotVisible AuthRequired;
};

const FAULTS: [Occurrence; 20] = faults! {
    "create: unavailable once" Create Unavailable 1;
    "create: unavailable" Create Unavailable 99 Unavailable;
    "create: impossible" Create InsufficientSecurity 99 InsufficientSecurity;
    "create: time-out" Create Timeout 1 Unavailable;
    "begin: unavailable once" Begin Unavailable 1;
    "begin: unavailable" Begin Unavailable 99 Unavailable;
    "begin: absent once" Begin Absent 1;
    "begin: absent six times" Begin Absent 6;
    "begin: absent, and listed" Begin Absent 99 Unavailable;
    "begin: invalidated once" Begin Invalidated 1;
    "begin: invalidated" Begin Invalidated 99 BiometryUnavailable KeyInvalidated Unavailable;
    "begin: locked" Begin Locked 99 Locked;
    "begin: time-out" Begin Timeout 99 Unavailable;
    "finish: no token once" Finish NotAuthorised 1;
    "finish: no token" Finish NotAuthorised 99 AuthFailed;
    "finish: pruned once" Finish Pruned 1;
    "finish: pruned" Finish Pruned 99 Unavailable;
    "finish: unavailable" Finish Unavailable 99 Unavailable;
    "finish: time-out" Finish Timeout 99 Unavailable;
    "finish: invalidated" Finish Invalidated 99 Unavailable;
};

/// While the prompt is shown, and then the user authenticates.
fn meanwhile(world: &World, act: impl FnOnce() + Send + 'static) {
    world.device.reply([Reply::Meanwhile(Box::new(act))]);
}

const OTHERS: [Occurrence; 18] = [
    NONE,
    Occurrence {
        name: "success without a token once",
        arm: |world, _| world.device.reply([Reply::SuccessWithoutToken]),
        asks_again: true,
        ..NONE
    },
    Occurrence {
        name: "success without a token",
        arm: |world, _| world.device.reply([const { Reply::SuccessWithoutToken }; 8]),
        codes: &[ErrorCode::AuthFailed],
        asks_again: true,
        ..NONE
    },
    Occurrence {
        name: "silence",
        arm: |world, _| world.device.reply([Reply::Silence]),
        codes: &[ErrorCode::AuthCancelled],
        ..NONE
    },
    Occurrence {
        name: "another answer",
        arm: |world, _| {
            world
                .device
                .fail(GateOperation::Finish, GateEffect::OtherAnswer, 1);
        },
        codes: &[
            ErrorCode::Unavailable,
            ErrorCode::KeyMismatch,
            ErrorCode::InsufficientSecurity,
        ],
        // A new gate that gives another answer later is not known before.
        heal: |_| false,
        ..NONE
    },
    Occurrence {
        name: "answers that change",
        arm: |world, _| {
            world
                .device
                .fail(GateOperation::Finish, GateEffect::RandomAnswer, 8);
        },
        codes: &[ErrorCode::Unavailable, ErrorCode::InsufficientSecurity],
        heal: |_| false,
        ..NONE
    },
    Occurrence {
        name: "no enrolment is named",
        arm: |world, _| world.device.enrol([]),
        heal: |world| {
            world.device.enrol([1]);
            true
        },
        codes: &[ErrorCode::BiometryNotEnrolled, ErrorCode::InsufficientSecurity],
        ..NONE
    },
    Occurrence {
        name: "the sensor is silent",
        arm: |world, _| {
            world.device.enrol([]);
            world.device.set_sensor(false);
        },
        heal: |world| {
            world.device.set_sensor(true);
            world.device.enrol([1]);
            true
        },
        codes: &[ErrorCode::BiometryUnavailable, ErrorCode::InsufficientSecurity],
        ..NONE
    },
    Occurrence {
        name: "another enrolment",
        arm: |world, _| world.device.enrol([1, 2]),
        heal: |world| {
            world.device.enrol([1]);
            // What was bound to the new enrolment is not bound to the old one.
            false
        },
        codes: &[ErrorCode::BiometryUnavailable, ErrorCode::KeyInvalidated],
        ..NONE
    },
    Occurrence {
        name: "the lock screen is removed",
        arm: |world, _| world.device.remove_lock_screen(),
        heal: |_| false,
        codes: &[ErrorCode::KeyLost, ErrorCode::InsufficientSecurity],
        ..NONE
    },
    Occurrence {
        name: "a lock during the prompt",
        arm: |world, vault| {
            let vault = vault.clone();
            meanwhile(world, move || {
                std::thread::spawn(move || vault.lock(LockTrigger::Manual));
                std::thread::sleep(Duration::from_millis(20));
            });
        },
        codes: &[ErrorCode::AuthCancelled, ErrorCode::AuthRequired],
        ..NONE
    },
    Occurrence {
        name: "the background during the prompt",
        arm: |world, vault| {
            let vault = vault.clone();
            meanwhile(world, move || {
                vault.set_visible(false);
                vault.set_visible(true);
            });
        },
        codes: &[ErrorCode::AuthCancelled, ErrorCode::AuthRequired],
        ..NONE
    },
    Occurrence {
        name: "the background before the call",
        arm: |_, vault| {
            vault.set_visible(false);
            vault.set_visible(true);
        },
        codes: &[ErrorCode::AuthRequired],
        ..NONE
    },
    Occurrence {
        name: "another unlock during the prompt",
        arm: |world, vault| {
            let vault = vault.clone();
            meanwhile(world, move || {
                std::thread::spawn(move || vault.unlock(&Prompt::default()));
                std::thread::sleep(Duration::from_millis(20));
            });
        },
        ..NONE
    },
    Occurrence {
        name: "another process writes during the prompt",
        arm: |world, _| {
            let other = impatient(world);
            meanwhile(world, move || {
                // It may have to ask, too.
                let _ = other.unlock(&Prompt::default());
                let _ = set(&other, "more", "1");
                let _ = other.remove(&key("more"));
                other.maintain();
            });
        },
        codes: &[ErrorCode::Unavailable],
        asks_again: true,
        other_process: true,
        changes_items: true,
        ..NONE
    },
    Occurrence {
        name: "another process changes the gate during the prompt",
        arm: |world, _| {
            let other = impatient(world);
            meanwhile(world, move || {
                let _ = other.unlock(&Prompt::default());
                let _ = other.protect(Some(biometry(GateMode::Session)), &Prompt::default(), false);
                let _ = other.rotate_keys();
            });
        },
        codes: &[
            ErrorCode::Unavailable,
            ErrorCode::AuthRequired,
            ErrorCode::AuthCancelled,
        ],
        asks_again: true,
        other_process: true,
        changes_items: true,
        ..NONE
    },
    Occurrence {
        name: "the disk is full",
        arm: |world, _| {
            world
                .fs
                .fail(Some(strongroom_testkit::FsOperation::Write), 0, usize::MAX, 28);
        },
        codes: &[ErrorCode::StorageFull],
        ..NONE
    },
    Occurrence {
        name: "the rename fails",
        arm: |world, _| {
            world
                .fs
                .fail(Some(strongroom_testkit::FsOperation::Rename), 0, 1, 5);
        },
        codes: &[ErrorCode::Io],
        ..NONE
    },
];

pub(super) const EVENTS: &[&[Occurrence]] = &[&REFUSALS, &FAULTS, &OTHERS];
