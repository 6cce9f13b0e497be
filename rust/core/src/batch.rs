//! Limits on the keys and items of one call, whichever method it is.

use std::collections::BTreeSet;

use crate::error::{Error, ErrorCode};
use crate::name::ItemKey;
use crate::vault::NewItem;

/// The largest number of keys or items in one call.
pub const MAX_BATCH_ITEMS: usize = 1000;

/// The largest number of UTF-8 bytes that one call stores (keys and values together) or returns (values).
pub const MAX_BATCH_BYTES: usize = 4 * 1024 * 1024;

/// The keys of one call.
///
/// # Errors
/// `INVALID_ARGUMENT` for more than [`MAX_BATCH_ITEMS`], or the first error of a key.
pub fn keys(keys: impl ExactSizeIterator<Item = Result<ItemKey, Error>>) -> Result<Vec<ItemKey>, Error> {
    within_items(keys.len())?;
    keys.collect()
}

/// The items that one call stores. It collects no more of them than may be stored.
///
/// # Errors
/// `INVALID_ARGUMENT` for more than [`MAX_BATCH_ITEMS`] and for a key that comes twice, `TOO_LARGE` for more than
/// [`MAX_BATCH_BYTES`], or the first error of an item.
pub fn records(
    records: impl ExactSizeIterator<Item = Result<NewItem, Error>>,
) -> Result<Vec<NewItem>, Error> {
    within_items(records.len())?;
    let mut bytes = 0;
    let mut batch = Vec::with_capacity(records.len());
    for record in records {
        let record = record?;
        bytes += record.bytes();
        within_bytes(bytes)?;
        batch.push(record);
    }
    let distinct: BTreeSet<&ItemKey> = batch.iter().map(|record| &record.key).collect();
    if distinct.len() < batch.len() {
        return Err(Error::new(
            ErrorCode::InvalidArgument,
            "A key appears twice in one call: pass each key once",
        ));
    }
    Ok(batch)
}

/// Checks the number of bytes that one call stores or returns.
///
/// # Errors
/// `TOO_LARGE` for more than [`MAX_BATCH_BYTES`].
pub fn within_bytes(bytes: usize) -> Result<(), Error> {
    if bytes > MAX_BATCH_BYTES {
        return Err(Error::new(
            ErrorCode::TooLarge,
            "The keys and values of one call are larger than 4 MiB of UTF-8: use several calls",
        ));
    }
    Ok(())
}

fn within_items(count: usize) -> Result<(), Error> {
    if count > MAX_BATCH_ITEMS {
        return Err(Error::new(
            ErrorCode::InvalidArgument,
            "One call takes at most 1000 keys or items: use several calls",
        ));
    }
    Ok(())
}
