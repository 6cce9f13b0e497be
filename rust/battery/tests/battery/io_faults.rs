//! Errors of the file system at every operation of every kind of call: each fails the call with its code or does not matter, and
//! costs nothing.

use std::sync::Arc;

use strongroom_core::ErrorCode;
use strongroom_testkit::{Row, scaled};

use super::scripts::{LEFT, SCRIPTS};
use super::stage::{visible, works_on};

const EIO: i32 = 5;
const EACCES: i32 = 13;
const EINTR: i32 = 4;
const ENOSPC: i32 = 28;
const EROFS: i32 = 30;

/// A write that fails has done half of what it was asked for.
#[test]
fn an_error_at_any_operation_loses_nothing() {
    let mut row = Row::start("io-faults");
    let stride = scaled(11, 1);
    for (start, script) in SCRIPTS.iter().enumerate() {
        for (number, errno) in [EIO, ENOSPC, EINTR, EROFS, EACCES].into_iter().enumerate() {
            for times in [1, 2, 5, usize::MAX] {
                for skip in ((start + number) % stride..).step_by(stride) {
                    let mut stage = (script.prepare)();
                    stage.begin();
                    let before = stage.disk.log().len();
                    stage.disk.fail(None, skip, times, errno);
                    (script.play)(&mut stage);
                    stage.disk.heal();
                    if stage.disk.log().len() - before <= skip {
                        break;
                    }
                    row.case();
                    let case = format!(
                        "{}: error {errno} at operation {skip}, {times} times",
                        script.name
                    );
                    let expected = match errno {
                        ENOSPC => ErrorCode::StorageFull,
                        _ => ErrorCode::Io,
                    };
                    // One script has a disk that is really full.
                    let expected = [expected, LEFT, stage.full.unwrap_or(expected)];
                    assert!(
                        stage.failures.iter().all(|code| expected.contains(code)),
                        "{case}: {:?}",
                        stage.failures
                    );
                    for vault in [&stage.vault, &stage.reopened()] {
                        assert_eq!(visible(vault).as_ref(), Ok(&stage.model), "{case}");
                    }
                    works_on(
                        &stage,
                        &stage.disk,
                        &Arc::new(stage.keys.keys.fork()),
                        stage.model.clone(),
                    )
                    .unwrap_or_else(|failure| panic!("{case}: {failure}"));
                }
            }
        }
    }
}
