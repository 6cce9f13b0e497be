//! The stage of a batch, as the tag of its intent row says.

use super::record::{BatchId, TOKEN_BYTES};

/// The stage of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing is decided: if the row is deleted, the batch does not happen.
    Claimed,
    /// It happens. The process that decided it may still withdraw it.
    Decided,
    /// Others do the steps, so that nobody can withdraw it any more.
    Taken,
    /// A version without stages decided it.
    Old,
}

/// The tag of an intent row.
pub(super) fn tag(id: BatchId, stage: Stage) -> Vec<u8> {
    let mut tag = id.to_vec();
    match stage {
        Stage::Claimed => tag.push(0),
        Stage::Decided => tag.push(1),
        Stage::Taken => tag.push(2),
        Stage::Old => {}
    }
    tag
}

/// Batch and stage of an intent row; `None` for a tag that is not one of ours.
pub(super) fn parse(tag: &[u8]) -> Option<(BatchId, Stage)> {
    let (id, rest) = tag.split_first_chunk::<TOKEN_BYTES>()?;
    let stage = match rest {
        [] => Stage::Old,
        [0] => Stage::Claimed,
        [1] => Stage::Decided,
        [2] => Stage::Taken,
        _ => return None,
    };
    Some((*id, stage))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_tell_batch_and_stage() {
        for stage in [Stage::Claimed, Stage::Decided, Stage::Taken, Stage::Old] {
            assert_eq!(parse(&tag([9; 16], stage)), Some(([9; 16], stage)));
        }
        for foreign in [&[9; 15][..], &[3; 17], &[0; 18], b""] {
            assert_eq!(parse(foreign), None);
        }
    }
}
