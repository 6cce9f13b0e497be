//! Records in a former place.
